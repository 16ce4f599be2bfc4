"""What is sold, who grows it, and which of it each prefecture is proud of."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import BilingualName, pick
from officials.models import Region


class Category(BilingualName):
    slug = models.SlugField(max_length=40, unique=True, verbose_name=_("address on this site"))
    position = models.PositiveSmallIntegerField(default=0, verbose_name=_("position"))

    class Meta:
        verbose_name = _("kind of goods")
        verbose_name_plural = _("kinds of goods")
        ordering = ["position", "slug"]


class Producer(BilingualName):
    """A farm cooperative or workshop: who prepares the parcel and is paid."""

    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="producers", verbose_name=_("place")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="producers",
        verbose_name=_("account"),
    )
    story_zh = models.TextField(blank=True, verbose_name=_("story (Chinese)"))
    story_en = models.TextField(blank=True, verbose_name=_("story (English)"))
    payout_account = models.CharField(max_length=80, blank=True, verbose_name=_("payout account"))
    identity_until = models.DateField(
        null=True, blank=True, editable=False, verbose_name=_("identity checked until")
    )
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("producer")
        verbose_name_plural = _("producers")
        ordering = ["region_id", "pk"]

    @property
    def story(self) -> str:
        return pick(self.story_zh, self.story_en)


class Product(BilingualName):
    """One sellable unit. Prices in fen; `list_price_fen` mirrors the newest list price point."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        APPROVED = "approved", _("approved")
        LISTED = "listed", _("listed")
        RETIRED = "retired", _("retired")

    class ColdChain(models.TextChoices):
        NONE = "none", _("none")
        CHILLED = "chilled", _("chilled")
        FROZEN = "frozen", _("frozen")
        LIVE = "live_chilled", _("live, chilled")

    sku = models.CharField(max_length=20, unique=True, verbose_name=_("SKU"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("kind of goods")
    )
    producer = models.ForeignKey(
        Producer, on_delete=models.PROTECT, related_name="products", verbose_name=_("producer")
    )
    prefecture = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="prefecture_products",
        verbose_name=_("prefecture"),
    )
    county = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="county_products",
        verbose_name=_("county"),
    )
    unit_zh = models.CharField(max_length=40, verbose_name=_("unit (Chinese)"))
    unit_en = models.CharField(max_length=60, blank=True, verbose_name=_("unit (English)"))
    description_zh = models.TextField(blank=True, verbose_name=_("description (Chinese)"))
    description_en = models.TextField(blank=True, verbose_name=_("description (English)"))
    aliases = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("other names people search for, by spaces"),
        verbose_name=_("other names"),
    )
    net_weight_g = models.PositiveIntegerField(verbose_name=_("net weight (g)"))
    list_price_fen = models.PositiveIntegerField(verbose_name=_("list price"))
    producer_cost_fen = models.PositiveIntegerField(default=0, verbose_name=_("producer’s share"))
    packing_fen = models.PositiveIntegerField(default=0, verbose_name=_("packing"))
    freight_fen = models.PositiveIntegerField(default=0, verbose_name=_("freight"))
    shelf_life_days = models.PositiveIntegerField(verbose_name=_("keeps for (days)"))
    storage = models.CharField(max_length=20, verbose_name=_("storage"))
    cold_chain = models.CharField(
        max_length=16, choices=ColdChain.choices, default="none", verbose_name=_("cold chain")
    )
    season_months = ArrayField(
        models.PositiveSmallIntegerField(), default=list, verbose_name=_("months in season")
    )
    seven_day_return = models.BooleanField(default=False, verbose_name=_("seven-day return"))
    gi_status = models.CharField(max_length=60, blank=True, verbose_name=_("protected origin"))
    fulfilment_note_zh = models.CharField(
        max_length=240, blank=True, verbose_name=_("note on delivery (Chinese)")
    )
    fulfilment_note_en = models.CharField(
        max_length=240, blank=True, verbose_name=_("note on delivery (English)")
    )
    fact_basis = models.CharField(max_length=40, blank=True, verbose_name=_("basis of facts"))
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, verbose_name=_("state")
    )
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))
    updated_at = models.DateTimeField(auto_now=True, verbose_name=_("changed"))

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["sku"]
        indexes = [
            GinIndex(fields=["search"], name="product_search"),
            models.Index(fields=["prefecture", "state"]),
            models.Index(fields=["category", "state"]),
            models.Index(fields=["state", "category", "sku"], name="product_in_order"),
            models.Index(fields=["state", "list_price_fen"], name="product_by_price"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(list_price_fen__gt=0), name="product_price_positive"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("products:product", args=[self.sku])

    @property
    def unit(self) -> str:
        return pick(self.unit_zh, self.unit_en)

    @property
    def description(self) -> str:
        return pick(self.description_zh, self.description_en)

    @property
    def fulfilment_note(self) -> str:
        return pick(self.fulfilment_note_zh, self.fulfilment_note_en)

    @property
    def origin(self) -> Region:
        return self.county or self.prefecture

    @property
    def picture(self) -> "ProductImage | None":
        """The first of its pictures; no query where they are prefetched."""
        return next(iter(self.images.all()), None)

    @property
    def season(self) -> list[tuple[int, bool]]:
        """Each month with whether it is in season; empty when it always is."""
        if len(self.season_months) in (0, 12):
            return []
        return [(month, month in self.season_months) for month in range(1, 13)]

    @property
    def is_listed(self) -> bool:
        return self.state == self.State.LISTED


class ProductImage(models.Model):
    """A picture re-encoded into WebP renditions; `file` is the largest, EXIF gone."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="images", verbose_name=_("product")
    )
    file = models.ImageField(upload_to="products", verbose_name=_("file"))
    renditions = models.JSONField(
        default=dict,
        help_text=_("width in pixels → stored file name"),
        verbose_name=_("renditions"),
    )
    alt_zh = models.CharField(max_length=120, blank=True, verbose_name=_("picture text (Chinese)"))
    alt_en = models.CharField(max_length=160, blank=True, verbose_name=_("picture text (English)"))
    is_made_by_ai = models.BooleanField(
        default=False,
        db_default=False,
        verbose_name=_("made by AI"),
        help_text=_("Drawn or changed by a program. It is shown with that label, as the law asks."),
    )
    position = models.PositiveSmallIntegerField(default=0, verbose_name=_("position"))
    created_at = models.DateTimeField(auto_now_add=True, verbose_name=_("created"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.file.name or "image"

    @property
    def alt(self) -> str:
        """What is seen, and who made it, if no camera did."""
        words = pick(self.alt_zh, self.alt_en)
        if not self.is_made_by_ai:
            return words
        return str(_("%(words)s (made by AI)") % {"words": words})

    def url_at(self, width: int) -> str:
        """Address of the smallest rendition at least `width` pixels wide, or of the largest."""
        widths = sorted(int(known) for known in self.renditions)
        if not widths:
            return str(self.file.url)
        chosen = next((known for known in widths if known >= width), widths[-1])
        return str(self.file.storage.url(self.renditions[str(chosen)]))

    @property
    def small_url(self) -> str:
        return self.url_at(320)

    @property
    def medium_url(self) -> str:
        return self.url_at(640)

    @property
    def large_url(self) -> str:
        return self.url_at(1200)


class Specialty(models.Model):
    """A product's place in its prefecture's ordered list, with the curator's note."""

    prefecture = models.ForeignKey(
        Region, on_delete=models.CASCADE, related_name="specialties", verbose_name=_("prefecture")
    )
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="specialties", verbose_name=_("product")
    )
    position = models.PositiveSmallIntegerField(verbose_name=_("position"))
    note_zh = models.CharField(max_length=200, blank=True, verbose_name=_("note (Chinese)"))
    note_en = models.CharField(max_length=240, blank=True, verbose_name=_("note (English)"))
    season_months = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text=_("when the prefecture shows it first; empty: as the product's own season"),
        verbose_name=_("months to show it"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")
        ordering = ["prefecture_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["prefecture", "product"], name="specialty_once"),
            models.UniqueConstraint(
                fields=["prefecture", "position"],
                name="specialty_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefecture_id} {self.position}"

    @property
    def note(self) -> str:
        return pick(self.note_zh, self.note_en)


class SpecialtyList(models.Model):
    """One row a prefecture: grows with every change of what is in the list or of its order, so
    that two curators do not overwrite each other."""

    prefecture = models.OneToOneField(
        Region,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="specialty_list",
        verbose_name=_("prefecture"),
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("list of specialties")
        verbose_name_plural = _("lists of specialties")

    def __str__(self) -> str:
        return f"{self.prefecture_id} v{self.version}"


class CuratedPrefecture(Region):
    """A prefecture as its curators see it: the list of its specialties."""

    class Meta:
        proxy = True
        verbose_name = _("prefecture's specialties")
        verbose_name_plural = _("specialties by prefecture")
