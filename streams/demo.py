"""Seed: a week of planned shows from every prefecture (past ones: `demo_past`), one ready for the
demo's official, and the demo room that `demo_show` puts on air. Adds what is missing; a second run
changes nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from livecommerce.accounts.models import User
from officials.demo import OFFICIAL
from officials.models import Official
from products.domain.deals import highest_price
from products.domain.prices import compute_base_price
from products.models import Deal, Festival, Product
from streams import demo_approvals, demo_draws, demo_past, demo_voice
from streams.demo_run import write_run
from streams.domain.flash_plans import approve_flash_sale, plan_flash_sale
from streams.models import Broadcast, RoomRole, ShelfItem

MODERATOR = "moderator@demo.livecommerce.example"
DEMO_REGION = "451000"
"""Its deputy mayor hosts the demo room; the demo's own official stays free to go live."""
HOURS = (10, 15, 19, 20)
DEMO_ITEMS, ITEMS = 6, 8
DEMO_FLASH_SALES = 3
DEMO_TITLE = ("百色好物五折专场（演示直播间）", "Baise at half price (demo room)")
READY_TITLE = ("凤山核桃和山货专场", "Walnuts and other goods of the Fengshan hills")
_PLANNED = (Broadcast.State.SCHEDULED, Broadcast.State.REHEARSING, Broadcast.State.LIVE)


def seed(out: Callable[[str], object]) -> dict[str, int]:
    hosts = list(
        Official.objects.filter(state=Official.State.VERIFIED).select_related(
            "region__parent", "user"
        )
    )
    if not hosts:
        return {"shows": 0}
    added = 0
    for number, host in enumerate(_with_demo_official_last(hosts)):
        added += _plan_week(host, number)
    added += demo_past.seed_past(hosts, OFFICIAL)
    added += ensure_ready_show()
    ensure_demo_show()
    _appoint_moderator()
    demo_voice.seed()
    demo_approvals.seed_approvals()
    planned = Broadcast.objects.filter(state__in=_PLANNED).count()
    out(f"shows: {planned} to come, {added} of them new")
    return {"shows": added}


def _with_demo_official_last(hosts: Sequence[Official]) -> list[Official]:
    return sorted(hosts, key=lambda host: (host.user.email == OFFICIAL, host.region_id))


def _plan_week(host: Official, number: int) -> int:
    """One show within the next seven days; the demo's own official has one ready instead."""
    if host.broadcasts.filter(state__in=_PLANNED, is_demo=False).exists():
        return 0
    if host.user.email == OFFICIAL:
        return 0
    day = timezone.localtime() + timedelta(days=number % 7)
    at = day.replace(hour=HOURS[number // 7 % len(HOURS)], minute=0, second=0, microsecond=0)
    if at <= timezone.localtime():
        at += timedelta(days=7)
    name_zh, name_en = host.region.short_zh or host.region.name_zh, host.region.name_en
    title = (f"{name_zh}好物五折专场", f"{name_en} at half price")
    add_show(host, at, title, _goods_of(host, ITEMS))
    return 1


def ensure_ready_show() -> int:
    """The demo's official always has a show that can go live now; 1 if it had to be made."""
    hosts = Official.objects.filter(user__email=OFFICIAL, state=Official.State.VERIFIED)
    host = hosts.select_related("region__parent", "user").first()
    if host is None or host.broadcasts.filter(state__in=_PLANNED).exists():
        return 0
    at = timezone.now() + timedelta(minutes=30)
    show = add_show(host, at, READY_TITLE, _goods_of(host, ITEMS))
    _plan_flash_sales(show)
    demo_draws.prepare(show)
    write_run(show)
    return 1


@transaction.atomic
def _plan_flash_sales(show: Broadcast) -> None:
    """Two that may be started at once and one that waits for the curator, at the highest prices
    the festival's rule allows. For as long as the festival: this show waits for its host."""
    boss = User.objects.filter(is_superuser=True).order_by("pk").first()
    now, festival = timezone.now(), show.festival
    if boss is None or festival is None or festival.starts_at > now:
        return
    made = 0
    for item in show.shelf.select_related("product__prefecture", "product__county"):
        product, planned = item.product, made
        base = compute_base_price(product=product, starts_at=now, days=festival.base_window_days)
        if base is None or made == DEMO_FLASH_SALES:
            continue
        sale = plan_flash_sale(
            broadcast=show,
            by=show.host.user,
            product=product,
            price_fen=highest_price(base_price_fen=base, festival=festival) // 10 * 10,
            quantity=30 - 10 * planned,
            per_person_limit=2,
            countdown_seconds=30,
            run_seconds=300,
            opens_at=now,
            closes_at=festival.ends_at,
            subsidy_payer_zh=f"{product.origin.name_zh}助农补贴资金",
            subsidy_payer_en=f"Farm-aid fund of {product.origin.name_en}",
        )
        made += 1
        if made < DEMO_FLASH_SALES:
            approve_flash_sale(sale=sale, by=boss)


def demo_host() -> Official | None:
    hosts = Official.objects.filter(state=Official.State.VERIFIED, region_id=DEMO_REGION)
    return hosts.select_related("region__parent", "user").order_by("pk").first()


def ensure_demo_show() -> Broadcast | None:
    """The demo room that is on air or to come; a new one after the last has ended."""
    known = Broadcast.objects.filter(is_demo=True, state__in=_PLANNED).select_related("host__user")
    show = known.order_by("-state", "pk").first()
    host = demo_host()
    if show is not None or host is None:
        return show
    made = add_show(host, timezone.now(), DEMO_TITLE, _goods_of(host, DEMO_ITEMS), is_demo=True)
    return known.get(pk=made.pk)


def _goods_of(host: Official, most: int) -> list[Product]:
    """Goods of the host's region: those with a deal first, the county's own before the rest."""
    region = host.region
    goods = Product.objects.filter(state=Product.State.LISTED, prefecture=region.prefecture)
    on_deal = set(
        Deal.objects.filter(
            state=Deal.State.APPROVED, product__in=goods, ends_at__gt=timezone.now()
        ).values_list("product_id", flat=True)
    )
    ranked = sorted(
        goods.defer("search"),
        key=lambda one: (one.county_id != region.code, one.pk not in on_deal, one.sku),
    )
    if region.parent_id is None:
        ranked.sort(key=lambda one: (one.pk not in on_deal, one.sku))
    return ranked[:most]


@transaction.atomic
def add_show(
    host: Official,
    at: datetime,
    title: tuple[str, str],
    goods: Sequence[Product],
    *,
    is_demo: bool = False,
) -> Broadcast:
    festival = Festival.objects.filter(starts_at__lte=at, ends_at__gt=at).order_by("pk").first()
    show = Broadcast.objects.create(
        host=host,
        region=host.region,
        festival=festival,
        title_zh=title[0],
        title_en=title[1],
        scheduled_at=at,
        planned_minutes=60,
        is_demo=is_demo,
    )
    deals = {
        deal.product_id: deal
        for deal in Deal.objects.filter(
            state=Deal.State.APPROVED,
            is_flash=False,
            product__in=goods,
            starts_at__lte=at,
            ends_at__gt=at,
        )
    }
    ShelfItem.objects.bulk_create(
        ShelfItem(broadcast=show, product=product, deal=deals.get(product.pk), position=position)
        for position, product in enumerate(goods, start=1)
    )
    return show


def _appoint_moderator() -> None:
    user = User.objects.filter(email=MODERATOR).first()
    if user is not None:
        RoomRole.objects.get_or_create(broadcast=None, user=user, role=RoomRole.Role.MODERATOR)
