"""What buyers say about goods they received, and what the farm answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livecommerce.bilingual import pick
from officials.models import Official
from orders.models.orders import OrderLine
from products.models import Product

MOST_PICTURES = 6


class Review(models.Model):
    """One a bought line, by its buyer, after delivery. Hidden with a reason, never deleted."""

    line = models.OneToOneField(
        OrderLine, on_delete=models.PROTECT, related_name="review", verbose_name=_("goods")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("product")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reviews",
        verbose_name=_("buyer"),
    )
    stars = models.PositiveSmallIntegerField(verbose_name=_("stars"))
    text = models.TextField(blank=True, verbose_name=_("text"))
    written_at = models.DateTimeField(default=timezone.now, verbose_name=_("written"))
    edited_at = models.DateTimeField(null=True, blank=True, verbose_name=_("changed"))
    reply = models.TextField(blank=True, verbose_name=_("the farm’s answer"))
    replied_at = models.DateTimeField(
        null=True, blank=True, verbose_name=pgettext_lazy("a review", "answered")
    )
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    hidden_at = models.DateTimeField(null=True, blank=True, verbose_name=_("hidden"))
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hidden by"),
    )
    hidden_reason = models.CharField(max_length=200, blank=True, verbose_name=_("why it is hidden"))

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-written_at", "-pk"]
        indexes = [
            models.Index(
                fields=["product", "-written_at"],
                condition=Q(hidden_at=None),
                name="review_shown",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="review_one_to_five_stars"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None) | ~Q(hidden_reason=""),
                name="review_hidden_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{'★' * self.stars} {self.text[:30]}"


class ReviewReply(models.Model):
    """What the office of the place answers, beside the farm; the post is the one of that day."""

    review = models.OneToOneField(
        Review, on_delete=models.CASCADE, related_name="office_reply", verbose_name=_("review")
    )
    official = models.ForeignKey(
        Official,
        on_delete=models.PROTECT,
        related_name="review_replies",
        verbose_name=_("official"),
    )
    post_zh = models.CharField(max_length=200, verbose_name=_("post (Chinese)"))
    post_en = models.CharField(max_length=260, verbose_name=_("post (English)"))
    text = models.TextField(verbose_name=_("text"))
    replied_at = models.DateTimeField(
        default=timezone.now, verbose_name=pgettext_lazy("a review", "answered")
    )

    class Meta:
        verbose_name = _("answer of an office to a review")
        verbose_name_plural = _("answers of offices to reviews")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="office_reply_says_something")
        ]

    def __str__(self) -> str:
        return self.text[:30]

    @property
    def post(self) -> str:
        return pick(self.post_zh, self.post_en)


class ReviewPicture(models.Model):
    """Re-encoded like every upload; `renditions` are width in pixels → stored file name."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="pictures")
    file = models.ImageField(upload_to="reviews")
    renditions = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "position"], name="review_picture_place"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_PICTURES),
                name="review_six_pictures",
            ),
        ]

    def __str__(self) -> str:
        return self.file.name or "picture"

    @property
    def small_url(self) -> str:
        widths = sorted(int(width) for width in self.renditions)
        chosen = next((width for width in widths if width >= 320), widths[-1])
        return str(self.file.storage.url(self.renditions[str(chosen)]))
