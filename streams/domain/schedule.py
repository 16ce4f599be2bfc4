"""Planning a show: when, in whose name, and what will be on its shelf."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from officials.domain.hosting import may_host
from officials.domain.identity import require_identity
from officials.models import Official, Region
from products.models import Deal, Festival, Product
from streams.domain import roles, shelf_events
from streams.domain.show_approval import ask_for_approval
from streams.models import Broadcast, ShelfItem

MOST_ITEMS = 30


def products_for(host: Official) -> QuerySet[Product]:
    """What this host may put on a shelf: the listed products of their region."""
    products = Product.objects.filter(state=Product.State.LISTED).defer("search")
    if host.region.parent_id is None:
        return products.filter(prefecture=host.region)
    return products.filter(prefecture_id=host.region.parent_id)


def schedule_show(
    *,
    host: Official,
    by: User,
    title_zh: str,
    title_en: str = "",
    scheduled_at: datetime,
    planned_minutes: int = 60,
    products: Sequence[Product] = (),
    picture_source: str = Broadcast.PictureSource.CAMERA,
) -> Broadcast:
    """Plan a show of `host`, who is `by` or has named `by` an assistant.

    It goes live when the prefecture has approved it (`streams.domain.show_approval`). Raises
    DomainError: not_your_show, identity_expired (403), in_the_past, nothing_to_sell,
    too_many_items, not_your_region (422).
    """
    show = Broadcast(
        host=host,
        region=host.region,
        festival=festival_at(scheduled_at, host.region),
        title_zh=title_zh,
        title_en=title_en,
        scheduled_at=scheduled_at,
        planned_minutes=planned_minutes,
        picture_source=picture_source,
    )
    if not may_host(by, host):
        raise DomainError(
            "not_your_show",
            _("Only a verified official or their assistant may do this."),
            status=403,
        )
    require_identity(host)
    if scheduled_at < timezone.now():
        raise DomainError("in_the_past", _("Choose a time that is still to come."))
    _check_products(host, products)
    with transaction.atomic():
        show.save()
        _fill_shelf(show, products)
        ask_for_approval(show)
    return show


def festival_at(moment: datetime, region: Region) -> Festival | None:
    """The festival that is on then and there: its schedule has the show. One without places is
    everywhere."""
    on = Festival.objects.filter(starts_at__lte=moment, ends_at__gt=moment)
    here = Q(regions=None) | Q(regions__in=[region.pk, region.parent_id or region.pk])
    return on.filter(here).order_by("starts_at", "pk").first()


def change_shelf(*, broadcast: Broadcast, by: User, products: Sequence[Product]) -> None:
    """Put other products on a planned show's shelf. Raises as `schedule_show`, or `too_late`."""
    roles.require_run(by, broadcast)
    if broadcast.state != Broadcast.State.SCHEDULED:
        raise DomainError("too_late", _("The shelf of a show that has begun is fixed."), status=409)
    _check_products(broadcast.host, products)
    with transaction.atomic():
        broadcast.shelf.all().delete()
        _fill_shelf(broadcast, products)
        shelf_events.announce_shelf(broadcast)


def _check_products(host: Official, products: Sequence[Product]) -> None:
    if not products:
        raise DomainError("nothing_to_sell", _("Choose at least one product."))
    if len(products) > MOST_ITEMS:
        raise DomainError(
            "too_many_items", _("At most %(count)s products, please.") % {"count": MOST_ITEMS}
        )
    allowed = set(products_for(host).values_list("pk", flat=True))
    if any(product.pk not in allowed for product in products):
        raise DomainError("not_your_region", _("A host sells the goods of their own region."))


def _fill_shelf(show: Broadcast, products: Sequence[Product]) -> None:
    """Each product with the approved deal that is on when the show is planned, if there is one."""
    deals = {
        deal.product_id: deal
        for deal in Deal.objects.filter(
            product__in=products,
            state=Deal.State.APPROVED,
            is_flash=False,
            starts_at__lte=show.scheduled_at,
            ends_at__gt=show.scheduled_at,
        )
    }
    ShelfItem.objects.bulk_create(
        ShelfItem(broadcast=show, product=product, deal=deals.get(product.pk), position=position)
        for position, product in enumerate(products, start=1)
    )
