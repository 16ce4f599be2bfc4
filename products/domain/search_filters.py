"""By what found goods are narrowed and put in order."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from products.domain.on_air import only_on_air
from products.domain.queries import with_deal_on
from products.models import Deal, Product


class Sort(StrEnum):
    BEST = "best"
    NEW = "new"
    CHEAP = "cheap"
    DEAR = "dear"
    DISCOUNT = "discount"


@dataclass(frozen=True)
class Filters:
    """What a visitor chose; unknown values narrow to nothing rather than fail.

    `month`: 1–12, 0 for any. `state` is for staff.
    """

    prefecture: str = ""
    category: str = ""
    month: int = 0
    on_air: bool = False
    deals: bool = False
    sort: Sort = Sort.BEST
    state: str = ""

    @classmethod
    def read(cls, given: Any) -> "Filters":
        """From the parameters of an address. `season=now` is this month."""

        def text(name: str) -> str:
            return str(given.get(name, "")).replace("\x00", "").strip()[:40]

        season = text("season")
        sort = text("sort")
        return cls(
            prefecture=text("prefecture"),
            category=text("category"),
            month=_month(season),
            on_air=bool(text("air")),
            deals="deals" in given,
            sort=Sort(sort) if sort in set(map(str, Sort)) else Sort.BEST,
            state=text("state"),
        )

    def narrow(self, products: QuerySet[Product]) -> QuerySet[Product]:
        if self.category:
            products = products.filter(category__slug=self.category)
        if self.prefecture:
            products = products.filter(prefecture_id=self.prefecture)
        if self.month:
            in_season = Q(season_months__contains=[self.month]) | Q(season_months=[])
            products = products.filter(in_season)
        if self.deals:
            products = with_deal_on(products)
        if self.on_air:
            products = only_on_air(products)
        return products

    @property
    def are_set(self) -> bool:
        return bool(self.prefecture or self.category or self.month or self.on_air or self.deals)


def _month(text: str) -> int:
    if text == "now":
        return timezone.localdate().month
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 12 else 0


def first_of_sort(products: QuerySet[Product], sort: Sort) -> QuerySet[Product]:
    """Ordered as far as the catalogue's own columns can, by an index where nothing narrows."""
    if sort is Sort.NEW:
        return products.order_by("-pk")
    if sort is Sort.CHEAP:
        return products.order_by("list_price_fen", "pk")
    if sort is Sort.DEAR:
        return products.order_by("-list_price_fen", "pk")
    return products.order_by("category_id", "sku")


def deals_on(products: Collection[int]) -> dict[int, Deal]:
    """The deal each of `products` is sold by now; a flash sale stands in front."""
    now = timezone.now()
    on = Deal.objects.filter(state=Deal.State.APPROVED, starts_at__lte=now, ends_at__gt=now)
    rows = on.filter(product__in=list(products)).order_by("is_flash", "-starts_at", "-pk")
    return {deal.product_id: deal for deal in rows}
