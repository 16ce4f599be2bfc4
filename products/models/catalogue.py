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
    slug = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "categories"


class Producer(BilingualName):
    """A farm cooperative or workshop: who prepares the parcel and is paid."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="producers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="producers",
    )
    story_zh = models.TextField(blank=True)
    story_en = models.TextField(blank=True)
    payout_account = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
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

    sku = models.CharField(max_length=20, unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    producer = models.ForeignKey(Producer, on_delete=models.PROTECT, related_name="products")
    prefecture = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="prefecture_products"
    )
    county = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="county_products",
    )
    unit_zh = models.CharField(max_length=40)
    unit_en = models.CharField(max_length=60, blank=True)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    aliases = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("other names people search for, by spaces"),
    )
    net_weight_g = models.PositiveIntegerField()
    list_price_fen = models.PositiveIntegerField()
    producer_cost_fen = models.PositiveIntegerField(default=0)
    packing_fen = models.PositiveIntegerField(default=0)
    freight_fen = models.PositiveIntegerField(default=0)
    shelf_life_days = models.PositiveIntegerField()
    storage = models.CharField(max_length=20)
    cold_chain = models.CharField(max_length=16, choices=ColdChain.choices, default="none")
    season_months = ArrayField(models.PositiveSmallIntegerField(), default=list)
    seven_day_return = models.BooleanField(default=False)
    gi_status = models.CharField(max_length=60, blank=True)
    fulfilment_note_zh = models.CharField(max_length=240, blank=True)
    fulfilment_note_en = models.CharField(max_length=240, blank=True)
    fact_basis = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["sku"]
        indexes = [
            GinIndex(fields=["search"], name="product_search"),
            models.Index(fields=["prefecture", "state"]),
            models.Index(fields=["category", "state"]),
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

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products")
    renditions = models.JSONField(default=dict, help_text=_("width in pixels → stored file name"))
    alt_zh = models.CharField(max_length=120, blank=True)
    alt_en = models.CharField(max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.file.name or "image"

    @property
    def alt(self) -> str:
        return pick(self.alt_zh, self.alt_en)

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

    prefecture = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="specialties")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="specialties")
    position = models.PositiveSmallIntegerField()
    note_zh = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["prefecture_id", "position"]
        verbose_name_plural = "specialties"
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


class CuratedPrefecture(Region):
    """A prefecture as its curators see it: the list of its specialties."""

    class Meta:
        proxy = True
        verbose_name = _("prefecture's specialties")
        verbose_name_plural = _("specialties by prefecture")
