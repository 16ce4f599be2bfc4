"""What the office of the place says to a review: once, beside the farm's answer, by its post."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.later import later
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from officials.models import Official
from orders.domain.reviews import require_answer
from orders.models import Review, ReviewReply
from products.domain.approval_inbox import verified_official

ACTION = "orders.reply_to_review"


def reviews_for(official: Official) -> QuerySet[Review]:
    """Reviews of goods from the official's own county, newest first. An official of a prefecture
    speaks for what comes from nowhere smaller, and for counties that have no official yet. Neither
    their own goods nor what they wrote themselves."""
    spoken_for = Official.objects.filter(
        state=Official.State.VERIFIED, region=OuterRef("product__county")
    )
    place = Q(product__county=official.region_id) | Q(product__prefecture=official.region_id) & (
        Q(product__county=None) | ~Exists(spoken_for)
    )
    rows = Review.objects.filter(place, hidden_at=None)
    rows = rows.exclude(product__producer__user=official.user_id).exclude(author=official.user_id)
    return rows.select_related(
        "author", "product", "line__producer", "office_reply"
    ).prefetch_related("pictures")


def may_reply(user: User, review: Review) -> bool:
    official = verified_official(user) if user.is_active else None
    return official is not None and reviews_for(official).filter(pk=review.pk).exists()


def reply_as_office(*, review: Review, by: User, text: str) -> ReviewReply:
    """Raises DomainError `not_your_place` (403, into the audit book), `replied_before` (409), and
    those of the words."""
    official = verified_official(by)
    if official is None or not may_reply(by, review):
        audit.record_refusal(actor=by, action=ACTION, subject=review.product)
        message = _("Reviews of these goods are answered by another office.")
        raise DomainError("not_your_place", message, status=403)
    said = require_answer(text)
    try:
        with transaction.atomic():
            row = ReviewReply.objects.create(
                review=review,
                official=official,
                post_zh=f"{official.region.name_zh}{official.post_zh}",
                post_en=f"{official.post_en or official.post_zh}, {official.region.name_en}",
                text=said,
            )
            audit.record(
                actor=by,
                action=ACTION,
                subject=review.product,
                after={"review": review.pk, "official": official.pk, "text": said},
            )
            _tell_author(review, row)
    except IntegrityError as error:
        message = _("This review has its answer already.")
        raise DomainError("replied_before", message, status=409) from error
    return row


def _tell_author(review: Review, row: ReviewReply) -> None:
    notify(
        user=review.author,
        kind=Kind.REVIEW_ANSWERED,
        key=f"review:{review.pk}:office",
        title=format_lazy(gettext_lazy("{post} answers your review"), post=later(lambda: row.post)),
        body=row.text,
        url=f"{review.product.get_absolute_url()}#reviews",
    )
