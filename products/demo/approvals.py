"""Goods on their way through the offices of the demo's own prefecture, one at each step."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from livecommerce.accounts.models import User
from officials.demo import CURATOR, OFFICIAL
from officials.demo.people import HOST_OF_THE_DEMO
from officials.models import Region
from products.domain import approvals, deal_desk, specialty_list
from products.domain.search import index_products
from products.models import (
    Category,
    Deal,
    Producer,
    ProducerCheck,
    Product,
    ProductImage,
    Specialty,
)

PREFECTURE = f"{HOST_OF_THE_DEMO[:4]}00"
CHECKED_FOR = timedelta(days=400)


class Draft(NamedTuple):
    sku: str
    name_zh: str
    name_en: str
    category: str
    yuan: int
    step: str
    """draft, county, prefecture, returned, overdue or approved"""
    like: str
    """Part of the English name of goods whose picture stands for it; empty: none yet."""


DRAFTS = (
    Draft("DEMO-A1", "凤山野生蜂蜜", "Fengshan wild honey", "condiment", 68, "county", "sugar"),
    Draft("DEMO-A2", "凤山高山糯玉米", "Fengshan hill corn", "grain", 39, "prefecture", "corn"),
    Draft("DEMO-A3", "凤山八角茶油", "Fengshan camellia oil", "oil", 128, "overdue", "oil"),
    Draft("DEMO-A4", "凤山手编竹篮", "Fengshan bamboo basket", "craft", 88, "returned", ""),
    Draft("DEMO-A5", "凤山酸笋", "Fengshan sour bamboo shoots", "condiment", 26, "draft", ""),
    Draft("DEMO-A6", "凤山红薯粉", "", "noodles", 32, "approved", ""),
)


def check_producers() -> None:
    """Most are checked for a good year; two of the demo's prefecture soon, and one is over."""
    today = timezone.localdate()
    unchecked = Producer.objects.filter(identity_until=None)
    ids = list(unchecked.values_list("pk", flat=True))
    unchecked.update(identity_until=today + CHECKED_FOR)
    here = Producer.objects.filter(pk__in=ids, region__parent=PREFECTURE).exclude(
        region=HOST_OF_THE_DEMO
    )
    for producer, days in zip(here.order_by("-pk")[:3], (6, 25, -3), strict=False):
        Producer.objects.filter(pk=producer.pk).update(identity_until=today + timedelta(days=days))
    boss = User.objects.filter(is_superuser=True).order_by("pk").first()
    ProducerCheck.objects.bulk_create(
        ProducerCheck(
            producer_id=row.pk,
            paper="cooperative",
            number_end=f"{row.pk % 10_000:04}",
            expires_on=row.identity_until or today,
            checked_by=boss,
        )
        for row in Producer.objects.filter(pk__in=ids)
    )


@transaction.atomic
def seed_approvals() -> int:
    """Six products and a wish, once; needs the demo's people."""
    people = {user.email: user for user in User.objects.filter(email__in=[CURATOR, OFFICIAL])}
    region = Region.objects.filter(pk=HOST_OF_THE_DEMO).select_related("parent").first()
    producer = Producer.objects.filter(region=HOST_OF_THE_DEMO).order_by("pk").first()
    known = Product.objects.filter(sku__in=[draft.sku for draft in DRAFTS]).exists()
    if len(people) < 2 or region is None or producer is None or known:
        return 0
    boss = User.objects.filter(is_superuser=True).order_by("pk").first()
    if boss is None:
        return 0
    for draft in DRAFTS:
        product = _product(draft, producer, region)
        if draft.step != "draft":
            _walk(product, draft.step, boss, people[OFFICIAL], people[CURATOR])
    _wish(producer, boss)
    _propose_deal(region.prefecture, boss)
    _edit_list(people[CURATOR])
    return len(DRAFTS)


def _product(draft: Draft, producer: Producer, region: Region) -> Product:
    fen = draft.yuan * 100
    product = Product.objects.create(
        sku=draft.sku,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        category=Category.objects.get(slug=draft.category),
        producer=producer,
        prefecture=region.prefecture,
        county=region,
        unit_zh="500克/份",
        unit_en="500 g",
        description_zh=f"产自{region.name_zh}，{producer.name_zh}挑选发货。",
        description_en=f"From {region.name_en}, picked by {producer.name_en}."
        if draft.name_en
        else "",
        net_weight_g=500,
        list_price_fen=fen,
        producer_cost_fen=fen * 6 // 10,
        packing_fen=200,
        freight_fen=600,
        shelf_life_days=180,
        storage="ambient",
        season_months=list(range(9, 13)),
    )
    like = ProductImage.objects.filter(product__name_en__icontains=draft.like).first()
    if draft.like and like is not None:
        ProductImage.objects.create(
            product=product,
            file=like.file.name,
            renditions=like.renditions,
            alt_zh=f"{draft.name_zh}插画",
            alt_en=f"Illustration: {draft.name_en}",
            position=1,
        )
    index_products(Product.objects.filter(pk=product.pk))
    return product


def _walk(product: Product, step: str, boss: User, official: User, curator: User) -> None:
    """Through the real steps, so that the rows are what the pages make."""
    note = "今年新货，请尽快安排核对。"
    submission = approvals.submit_product(product=product, by=boss, note=note)
    if step == "overdue":
        type(submission).objects.filter(pk=submission.pk).update(
            due_at=timezone.now() - timedelta(hours=20)
        )
    if step == "returned":
        reason = "净重与标签不符，请补上正面照片再提交。"
        approvals.return_submission(submission=submission, by=official, reason=reason)
    if step in ("prefecture", "approved"):
        approvals.check_submission(submission=submission, by=official, note="到村里看过，属实。")
    if step == "approved":
        approvals.approve_submission(submission=submission, by=curator)


def _wish(producer: Producer, boss: User) -> None:
    """Another price for what is on sale already."""
    product = producer.products.filter(state=Product.State.LISTED).order_by("sku").first()
    if product is not None:
        values = {"list_price_fen": product.list_price_fen + 200}
        approvals.propose_change(product=product, by=boss, values=values, note="运费上涨。")


def _propose_deal(place: Region, boss: User) -> None:
    """One that waits for the demo's curator, who has not proposed it."""
    listed = Product.objects.filter(prefecture=place, state=Product.State.LISTED)
    product = listed.exclude(deals__state=Deal.State.APPROVED).order_by("sku").first()
    festival = next(iter(deal_desk.festivals_for(product)), None) if product else None
    if product is None or festival is None:
        return
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at = max(midnight + timedelta(days=1, hours=8), festival.starts_at)
    ground = deal_desk.ground_of(product, festival, starts_at)
    ends_at = min(starts_at + timedelta(days=3), festival.ends_at)
    if ground.highest_fen is None or ends_at <= starts_at:
        return
    price = ground.highest_fen // 10 * 10
    terms = {
        "festival": festival,
        "price_fen": price,
        "quantity": 60,
        "per_person_limit": 2,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    if price < ground.cost_fen:
        terms["subsidy_payer_zh"] = f"{product.origin.name_zh}助农补贴资金"
        terms["subsidy_payer_en"] = f"Farm-aid fund of {product.origin.name_en}"
    deal_desk.propose(by=boss, product=product, terms=terms)


def _edit_list(curator: User) -> None:
    """A few changes, so that there is a history to look at."""
    place = Region.objects.get(pk=PREFECTURE)
    rows = list(Specialty.objects.filter(prefecture=place).order_by("position"))
    if len(rows) < 3:
        return
    specialty_list.move(
        prefecture=place,
        by=curator,
        specialty_id=rows[2].pk,
        step=-1,
        version=specialty_list.version_of(place),
    )
    specialty_list.edit(
        specialty=rows[0],
        by=curator,
        note_zh="壳薄肉满，开春前的这一批最香。",
        note_en="Thin shells, full kernels: the harvest before spring smells best.",
        season_months=[10, 11, 12, 1],
        version=rows[0].version,
    )
