"""What buyers say of goods they have received: one a bought line, with pictures.

Kept to plain words: no telephone numbers, no links. Staff may hide one and says why; nobody
rewrites what a buyer said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.wording import clean, contacts
from orders.models import Order, OrderLine, Parcel, Review, ReviewPicture
from orders.models.reviews import MOST_PICTURES
from products.domain.images import store_renditions
from products.models import Producer, Product

LONGEST = 500
LONGEST_REPLY = 300
STARS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Rating:
    """`average` is in tenths of a star, rounded half up; 0 where nobody has said anything."""

    count: int
    average: int
    by_stars: tuple[tuple[int, int], ...]
    """Stars and how many gave them, five first."""

    @property
    def text(self) -> str:
        return f"{self.average // 10}.{self.average % 10}"


def can_review(line: OrderLine) -> bool:
    """Some of it has arrived and nothing was said of it yet."""
    return has_arrived(line) and not Review.objects.filter(line=line).exists()


def has_arrived(line: OrderLine) -> bool:
    if line.order.state in (Order.State.DELIVERED, Order.State.COMPLETED):
        return True
    return line.parcel_lines.filter(parcel__state=Parcel.State.DELIVERED).exists()


def is_editable(review: Review) -> bool:
    until = review.written_at + timedelta(days=settings.REVIEW_EDIT_DAYS)
    return review.hidden_at is None and timezone.now() < until


def review(
    *,
    line: OrderLine,
    author: User,
    stars: int,
    text: str,
    pictures: "Sequence[File[bytes]]" = (),
) -> Review:
    """Say something of a line of one's own order. Raises DomainError `not_arrived`,
    `reviewed_before` (409), and those of the words and pictures."""
    _require_stars(stars)
    said = _require_words(text, longest=LONGEST)
    if not has_arrived(line):
        message = _("Tell us how it was when it has arrived.")
        raise DomainError("not_arrived", message, status=409)
    stored = _store(pictures, room=MOST_PICTURES)
    try:
        with transaction.atomic():
            row = Review.objects.create(
                line=line, product=line.product, author=author, stars=stars, text=said
            )
            _hang(row, stored)
    except IntegrityError as error:
        _forget(stored)
        message = _("You have reviewed these goods already.")
        raise DomainError("reviewed_before", message, status=409) from error
    return row


def edit(
    *,
    review: Review,
    stars: int,
    text: str,
    pictures: "Sequence[File[bytes]]" = (),
    drop: Sequence[int] = (),
) -> None:
    """Say it differently, in its first days. `drop` are pictures to take away, by id.

    Raises DomainError `review_closed` (409), and those of the words and pictures.
    """
    _require_stars(stars)
    said = _require_words(text, longest=LONGEST)
    if not is_editable(review):
        message = _("This review can no longer be changed.")
        raise DomainError("review_closed", message, status=409)
    kept = review.pictures.exclude(pk__in=drop).count()
    stored = _store(pictures, room=MOST_PICTURES - kept)
    try:
        with transaction.atomic():
            locked = Review.objects.select_for_update().get(pk=review.pk)
            locked.stars, locked.text, locked.edited_at = stars, said, timezone.now()
            locked.save(update_fields=["stars", "text", "edited_at"])
            _take_down(locked, drop)
            _hang(locked, stored)
    except IntegrityError as error:  # two windows added pictures at once
        _forget(stored)
        raise _too_many() from error
    review.refresh_from_db()


def reply(*, review: Review, producer: Producer, actor: User, text: str) -> None:
    """The farm answers, once. Raises DomainError `replied_before` (409), `not_yours` (404)."""
    if review.line.producer_id != producer.pk:
        raise DomainError("not_yours", _("There is no such review."), status=404)
    said = require_answer(text)
    open_ones = Review.objects.filter(pk=review.pk, replied_at=None, hidden_at=None)
    with transaction.atomic():
        if not open_ones.update(reply=said, replied_at=timezone.now(), replied_by=actor):
            message = _("This review has its answer already.")
            raise DomainError("replied_before", message, status=409)
        _tell_author(review, producer, said)
    review.refresh_from_db()


def require_answer(text: str) -> str:
    """The words of an answer. Raises DomainError `empty_text`, and those of the words (422)."""
    said = _require_words(text, longest=LONGEST_REPLY)
    if not said:
        raise DomainError("empty_text", _("Write something first."))
    return said


def _tell_author(review: Review, producer: Producer, said: str) -> None:
    with translation.override(review.author.language):
        notify(
            user=review.author,
            kind=Kind.REVIEW_ANSWERED,
            key=f"review:{review.pk}",
            title=_("%(farm)s answers your review") % {"farm": producer.name},
            body=said,
            url=f"{review.product.get_absolute_url()}#reviews",
        )


def hide(*, review: Review, actor: User, reason: str) -> None:
    """Staff takes it off the product's page and says why. Raises DomainError `reason` (422)."""
    said = clean.clean_line(reason)[:200]
    if not said:
        raise DomainError("reason", _("Say why it is hidden."))
    Review.objects.filter(pk=review.pk).update(
        hidden_at=timezone.now(), hidden_by=actor, hidden_reason=said
    )
    review.refresh_from_db()


def show_again(*, review: Review) -> None:
    Review.objects.filter(pk=review.pk).update(hidden_at=None, hidden_by=None, hidden_reason="")
    review.refresh_from_db()


def shown(product: Product) -> QuerySet[Review]:
    """Newest first, with who wrote them and their pictures: two queries a page."""
    rows = Review.objects.filter(product=product, hidden_at=None).select_related(
        "author", "line__producer", "office_reply"
    )
    return rows.prefetch_related("pictures")


def rating_of(product: Product) -> Rating:
    """One query."""
    counts = {f"s{stars}": Count("pk", filter=Q(stars=stars)) for stars in STARS}
    found = Review.objects.filter(product=product, hidden_at=None).aggregate(
        n=Count("pk"), mean=Avg("stars"), **counts
    )
    by_stars = tuple((stars, found[f"s{stars}"]) for stars in reversed(STARS))
    return Rating(found["n"], int(float(found["mean"] or 0) * 10 + 0.5), by_stars)


def of_producer(producer: Producer) -> QuerySet[Review]:
    """What was said of a producer's goods, newest first; the hidden ones are not theirs to see."""
    rows = Review.objects.filter(line__producer=producer, hidden_at=None)
    return rows.select_related("author", "line__order", "office_reply").prefetch_related("pictures")


def with_standing(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Each line with `is_reviewed`."""
    return lines.annotate(is_reviewed=Exists(Review.objects.filter(line=OuterRef("pk"))))


def _require_stars(stars: int) -> None:
    if stars not in STARS:
        raise DomainError("stars", _("Choose one to five stars."))


def _require_words(text: str, *, longest: int) -> str:
    """Plain, short, and without a way around the shop. Empty is allowed."""
    if not clean.clean_text(text[: longest * 20]):
        return ""
    said = clean.require_text(text, longest=longest)
    if contacts.has_contact(said):
        message = _("Please leave out telephone numbers, accounts and links.")
        raise DomainError("contact", message)
    return said


def _too_many() -> DomainError:
    return DomainError(
        "too_many_pictures", _("At most %(count)d pictures, please.") % {"count": MOST_PICTURES}
    )


def _store(pictures: "Sequence[File[bytes]]", *, room: int) -> list[dict[int, str]]:
    """Re-encode before anything is written; a picture we do not take leaves no file behind."""
    if len(pictures) > room:
        raise _too_many()
    stored: list[dict[int, str]] = []
    try:
        for picture in pictures:
            stored.append(store_renditions(picture, folder=f"reviews/{timezone.now():%Y%m}"))
    except DomainError:
        _forget(stored)
        raise
    return stored


def _hang(review: Review, stored: Sequence[dict[int, str]]) -> None:
    taken = set(review.pictures.values_list("position", flat=True))
    free = [place for place in range(1, MOST_PICTURES + 1) if place not in taken]
    if len(free) < len(stored):
        raise IntegrityError("more pictures than places")
    ReviewPicture.objects.bulk_create(
        ReviewPicture(
            review=review,
            file=names[max(names)],
            renditions={str(width): name for width, name in names.items()},
            position=place,
        )
        for place, names in zip(free, stored, strict=False)
    )


def _take_down(review: Review, ids: Sequence[int]) -> None:
    gone = list(review.pictures.filter(pk__in=ids))
    names = [{int(width): name for width, name in row.renditions.items()} for row in gone]
    review.pictures.filter(pk__in=[row.pk for row in gone]).delete()
    transaction.on_commit(lambda: _forget(names), robust=True)


def _forget(stored: Sequence[dict[int, str]]) -> None:
    for names in stored:
        for name in names.values():
            default_storage.delete(name)
