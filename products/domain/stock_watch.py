"""Tell me when it is back: asked for once, told once, first come first served.

When goods return, as many people are told as could plausibly buy them, the longest waiting first,
and the next ones only if something is still there a while later. Telling a thousand people of five
pieces would be fair to nobody.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import Message, notify_all
from livecommerce.notifications.models import Kind
from products.domain.offers import Offer, current_offer, offers_for
from products.models import Product, StockWatch

MOST_OF_ONE = 50
"""Goods that one person waits for."""
TOLD_PER_UNIT = 3
"""People told for each unit that is back: not everyone who is told buys."""
MOST_AT_ONCE = 500
PAUSE = timedelta(minutes=15)
"""Between two batches of one product, so that those who were told come first."""
SWEEP_SECONDS = 20.0
MOST_PRODUCTS = 200


def watch(*, user: User, product: Product) -> StockWatch:
    """Ask to be told; twice is once.

    Raises DomainError: not_sold (404), in_stock, watch_enough (409), too_fast (429).
    """
    ratelimit.require(f"stock-watch:{user.pk}", rate=20, per=60, burst=20)
    if not product.is_listed:
        raise DomainError("not_sold", _("This is not on sale now."), status=404)
    known = StockWatch.objects.filter(user=user, product=product, told_at=None).first()
    if known is not None:
        return known
    if current_offer(product).can_be_bought:
        raise DomainError("in_stock", _("It can be bought right now."), status=409)
    if StockWatch.objects.filter(user=user, told_at=None).count() >= MOST_OF_ONE:
        raise DomainError("watch_enough", _("You wait for very many goods already."), status=409)
    try:
        with transaction.atomic():
            return StockWatch.objects.create(user=user, product=product)
    except IntegrityError:
        return StockWatch.objects.get(user=user, product=product, told_at=None)


def unwatch(*, user: User, product: Product) -> None:
    """Not any more; twice is once."""
    StockWatch.objects.filter(user=user, product=product, told_at=None).delete()


def is_watching(user: object, product: Product) -> bool:
    if not isinstance(user, User):
        return False
    return StockWatch.objects.filter(user=user, product=product, told_at=None).exists()


def tell_of_returned() -> int:
    """Tell the next of those who wait for what can be bought again. Returns how many were told.

    Several may run at once: a product's row lets one of them through, and the watch is closed in
    the transaction that writes the message.
    """
    told = 0
    for offer in offers_for(_waited_for()):
        if offer.can_be_bought:
            told += _tell_batch(offer)
    return told


def _waited_for() -> QuerySet[Product]:
    """Listed goods for which somebody waits and nobody was told a moment ago."""
    watches = StockWatch.objects.filter(product=OuterRef("pk"))
    waiting, lately = watches.filter(told_at=None), watches.filter(told_at__gt=_pause_begins())
    goods = Product.objects.filter(Exists(waiting), ~Exists(lately), state=Product.State.LISTED)
    return goods.defer("search")[:MOST_PRODUCTS]


def _tell_batch(offer: Offer) -> int:
    with transaction.atomic():
        row = Product.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        if not row.filter(pk=offer.product.pk).values_list("pk", flat=True).first():
            return 0
        watches = StockWatch.objects.filter(product=offer.product)
        if watches.filter(told_at__gt=_pause_begins()).exists():
            return 0
        waiting = watches.filter(told_at=None).select_related("user").order_by("pk")
        size = min(offer.available * TOLD_PER_UNIT, MOST_AT_ONCE)
        batch = list(waiting.select_for_update(of=("self",))[:size])
        closed = watches.filter(pk__in=[one.pk for one in batch])
        closed.update(told_at=timezone.now())
        notify_all([_message(one, offer.product) for one in batch])
    return len(batch)


def _pause_begins() -> datetime:
    return timezone.now() - PAUSE


def _message(row: StockWatch, product: Product) -> Message:
    with translation.override(row.user.language):
        return Message(
            user=row.user,
            kind=Kind.BACK_IN_STOCK,
            key=f"stock:{row.pk}",
            title=_("%(goods)s can be bought again") % {"goods": product.name},
            body=_("You asked us to tell you. There may not be many: nothing is kept for you."),
            url=product.get_absolute_url(),
        )


def most_waited_for(*, fewest: int) -> list[tuple[Product, int]]:
    """Products with at least `fewest` people waiting, the most wanted first."""
    rows = StockWatch.objects.filter(told_at=None, product__state=Product.State.LISTED)
    counted = rows.values("product").annotate(people=Count("pk")).filter(people__gte=fewest)
    people = {row["product"]: row["people"] for row in counted.order_by("-people")}
    found = Product.objects.filter(pk__in=people).defer("search").select_related("prefecture")
    by_id = {product.pk: product for product in found}
    return [(by_id[pk], number) for pk, number in people.items() if pk in by_id]
