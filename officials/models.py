"""Places and the people who speak for them."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livecommerce.bilingual import BilingualName, pick


class Region(BilingualName):
    """A prefecture or a county, keyed by its six-digit division code."""

    class Kind(models.TextChoices):
        PREFECTURE = "prefecture", _("prefecture-level city")
        COUNTY = "county", _("county")
        AUTONOMOUS_COUNTY = "autonomous_county", _("autonomous county")
        COUNTY_LEVEL_CITY = "county_level_city", _("county-level city")
        DISTRICT = "district", _("district")

    code = models.CharField(max_length=6, primary_key=True, verbose_name=_("division code"))
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="counties",
        verbose_name=_("prefecture"),
    )
    kind = models.CharField(max_length=20, choices=Kind.choices, verbose_name=_("kind"))
    short_zh = models.CharField(max_length=20, blank=True, verbose_name=_("short name"))
    name_za = models.CharField(_("Zhuang name"), max_length=60, blank=True)
    pinyin = models.CharField(max_length=60, blank=True, verbose_name=_("pinyin"))
    slogan_zh = models.CharField(max_length=120, blank=True, verbose_name=_("slogan (Chinese)"))
    slogan_en = models.CharField(max_length=160, blank=True, verbose_name=_("slogan (English)"))
    area_code = models.CharField(max_length=4, blank=True, verbose_name=_("area code"))
    latitude = models.FloatField(null=True, blank=True, verbose_name=_("latitude"))
    longitude = models.FloatField(null=True, blank=True, verbose_name=_("longitude"))

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^45[0-9]{4}$"),
                name="region_code_guangxi",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="prefecture", parent=None)
                | (~models.Q(kind="prefecture") & models.Q(parent__isnull=False)),
                name="region_county_has_prefecture",
            ),
        ]

    @property
    def slogan(self) -> str:
        return pick(self.slogan_zh, self.slogan_en)

    @property
    def short_name(self) -> str:
        return pick(self.short_zh or self.name_zh, self.name_en)

    @property
    def prefecture(self) -> "Region":
        return self.parent or self

    def covers(self, other: "Region") -> bool:
        """True for the region itself and, for a prefecture, its counties."""
        return other.code == self.code or other.parent_id == self.code


class Official(BilingualName):
    """A post-holder who may host for a region once an admin has verified them."""

    class State(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("an official", "applied")
        VERIFIED = "verified", _("verified")
        SUSPENDED = "suspended", _("suspended")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="official",
        verbose_name=_("account"),
    )
    slug = models.SlugField(max_length=60, unique=True, verbose_name=_("address on this site"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="officials", verbose_name=_("place")
    )
    post_zh = models.CharField(max_length=60, verbose_name=_("post (Chinese)"))
    post_en = models.CharField(max_length=80, blank=True, verbose_name=_("post (English)"))
    intro_zh = models.TextField(
        max_length=1000, blank=True, verbose_name=_("introduction (Chinese)")
    )
    intro_en = models.TextField(
        max_length=1500, blank=True, verbose_name=_("introduction (English)")
    )
    catchphrase_zh = models.CharField(
        max_length=60, blank=True, verbose_name=_("catchphrase (Chinese)")
    )
    catchphrase_en = models.CharField(
        max_length=100, blank=True, verbose_name=_("catchphrase (English)")
    )
    portrait = models.ImageField(upload_to="officials", blank=True, verbose_name=_("portrait"))
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.APPLIED, verbose_name=_("state")
    )
    applied_at = models.DateTimeField(
        auto_now_add=True, verbose_name=pgettext_lazy("when an official did", "applied")
    )
    verified_at = models.DateTimeField(null=True, blank=True, verbose_name=_("verified"))
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    state_reason = models.CharField(max_length=200, blank=True, verbose_name=_("reason"))
    identity_until = models.DateField(
        null=True, blank=True, editable=False, verbose_name=_("identity checked until")
    )

    class Meta:
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        ordering = ["region_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="verified")
                | models.Q(verified_at__isnull=False, verified_by__isnull=False),
                name="official_verified_by_someone",
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("officials:official", args=[self.slug])

    @property
    def post(self) -> str:
        return pick(self.post_zh, self.post_en)

    @property
    def full_post(self) -> str:
        """`凤山县副县长`; in English `Deputy County Head, Fengshan County`."""
        return pick(
            f"{self.region.name_zh}{self.post_zh}",
            f"{self.post_en or self.post_zh}, {self.region.name_en}",
        )

    @property
    def intro(self) -> str:
        return pick(self.intro_zh, self.intro_en)

    @property
    def catchphrase(self) -> str:
        return pick(self.catchphrase_zh, self.catchphrase_en)

    @property
    def is_verified(self) -> bool:
        return self.state == self.State.VERIFIED


class IdentityCheck(models.Model):
    """Who looked at which paper of somebody, when, and until when that counts. The row of the one
    who was checked carries the date as `identity_until`; of the paper's number only the end is
    kept, enough to tell two papers apart."""

    class Paper(models.TextChoices):
        IDENTITY_CARD = "identity_card", _("identity card")
        APPOINTMENT = "appointment", _("letter of appointment")
        LICENCE = "licence", _("business licence")
        COOPERATIVE = "cooperative", _("registration of the cooperative")

    paper = models.CharField(max_length=16, choices=Paper.choices, verbose_name=_("paper"))
    number_end = models.CharField(max_length=4, verbose_name=_("end of its number"))
    expires_on = models.DateField(verbose_name=_("counts until"))
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(auto_now_add=True, verbose_name=_("checked"))
    note = models.CharField(max_length=200, blank=True, verbose_name=_("note"))

    class Meta:
        abstract = True
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_paper_display()} …{self.number_end}"


class OfficialCheck(IdentityCheck):
    official = models.ForeignKey(
        Official, on_delete=models.CASCADE, related_name="checks", verbose_name=_("official")
    )

    class Meta(IdentityCheck.Meta):
        verbose_name = _("identity check of an official")
        verbose_name_plural = _("identity checks of officials")


class Assistant(models.Model):
    """Someone an official named to help run their rooms."""

    official = models.ForeignKey(
        Official, on_delete=models.CASCADE, related_name="assistants", verbose_name=_("official")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assists",
        verbose_name=_("account"),
    )
    named_at = models.DateTimeField(auto_now_add=True, verbose_name=_("named"))

    class Meta:
        verbose_name = _("assistant")
        verbose_name_plural = _("assistants")
        constraints = [
            models.UniqueConstraint(fields=["official", "user"], name="one_assistant_row")
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.official}"


class Curator(models.Model):
    """A staff member's right to edit one prefecture (superusers may edit all)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="curates",
        verbose_name=_("account"),
    )
    prefecture = models.ForeignKey(
        Region, on_delete=models.CASCADE, related_name="curators", verbose_name=_("prefecture")
    )

    class Meta:
        verbose_name = _("curator")
        verbose_name_plural = _("curators")
        constraints = [
            models.UniqueConstraint(fields=["user", "prefecture"], name="one_curator_row")
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.prefecture}"
