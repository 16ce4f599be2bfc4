"""What is missing for a prefecture's goods to be shown and sold, so that it can be mended."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from officials.domain.identity import Standing, standing
from officials.models import Region
from products.models import Deal, Product, Specialty, StockPool, Submission

NO_DEAL, NO_STOCK, NO_PICTURE, OUT_OF_SEASON, NO_WORDS, NO_IDENTITY, NOT_ON_SALE = GAPS = (
    "deal",
    "stock",
    "picture",
    "season",
    "words",
    "identity",
    "state",
)
PAIRS = (("name_zh", "name_en"), ("unit_zh", "unit_en"), ("description_zh", "description_en"))


@dataclass(frozen=True)
class Row:
    """One specialty with all that is missing, most urgent first. Numbers are units for sale."""

    specialty: Specialty
    gaps: Sequence[str]
    stock: int
    stock_pool: int | None
    deal: Deal | None
    round: Submission | None
    identity: Standing

    @property
    def product(self) -> Product:
        return self.specialty.product

    @property
    def months(self) -> list[int]:
        return season_of(self.specialty)


def rows_of(prefecture: Region) -> list[Row]:
    """The list in order, by five queries however long it is."""
    goods = Product.objects.select_related("producer", "county", "prefecture").defer("search")
    specialties = list(
        Specialty.objects.filter(prefecture=prefecture)
        .order_by("position", "pk")
        .select_related("prefecture")
        .prefetch_related(Prefetch("product", queryset=goods.prefetch_related("images")))
    )
    ids = [one.product_id for one in specialties]
    deals = _first_deals(ids)
    pools: dict[int, list[StockPool]] = {}
    for pool in StockPool.objects.filter(product__in=ids):
        pools.setdefault(pool.product_id, []).append(pool)
    rounds = {
        one.product_id: one
        for one in Submission.objects.filter(product__in=ids, state__in=Submission.OPEN)
    }
    return [
        _row(one, pools.get(one.product_id, []), deals.get(one.product_id), rounds)
        for one in specialties
    ]


def season_of(specialty: Specialty) -> list[int]:
    """The curator's months, else the product's own; empty when it is always in season."""
    months = specialty.season_months or specialty.product.season_months
    return [] if len(months) in (0, 12) else list(months)


def not_in_list(prefecture: Region) -> QuerySet[Product]:
    """Goods of the prefecture that are on sale and nobody has put into the list."""
    listed = Product.objects.filter(prefecture=prefecture, state=Product.State.LISTED)
    return (
        listed.exclude(specialties__prefecture=prefecture)
        .select_related("producer")
        .defer("search")
        .order_by("sku")
    )


def _row(
    specialty: Specialty,
    pools: Sequence[StockPool],
    deal: Deal | None,
    rounds: dict[int, Submission],
) -> Row:
    product = specialty.product
    stock = sum(pool.available for pool in pools)
    identity = standing(product.producer.identity_until)
    months = season_of(specialty)
    found = {
        NOT_ON_SALE: not product.is_listed,
        NO_PICTURE: product.picture is None,
        NO_STOCK: stock == 0,
        NO_IDENTITY: not identity.is_valid,
        NO_DEAL: deal is None,
        NO_WORDS: _lacks_words(specialty),
        OUT_OF_SEASON: bool(months) and timezone.localdate().month not in months,
    }
    everyday = next((pool.pk for pool in pools if pool.deal_id is None), None)
    return Row(
        specialty=specialty,
        gaps=[name for name, is_missing in found.items() if is_missing],
        stock=stock,
        stock_pool=everyday,
        deal=deal,
        round=rounds.get(product.pk),
        identity=identity,
    )


def _lacks_words(specialty: Specialty) -> bool:
    """One language has words and the other none; or a picture that nobody describes."""
    product = specialty.product
    pairs = [(getattr(product, zh), getattr(product, en)) for zh, en in PAIRS]
    pairs.append((specialty.note_zh, specialty.note_en))
    pairs += [(image.alt_zh, image.alt_en) for image in product.images.all()]
    return any(bool(zh.strip()) != bool(en.strip()) for zh, en in pairs)


def _first_deals(ids: Sequence[int]) -> dict[int, Deal]:
    """The deal that is on, or the next one that is approved."""
    rows = Deal.objects.filter(
        Q(product__in=ids),
        state=Deal.State.APPROVED,
        is_flash=False,
        ends_at__gt=timezone.now(),
    ).order_by("-starts_at")
    return {deal.product_id: deal for deal in rows}
