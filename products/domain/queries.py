"""Querysets the pages share; each loads what a template will touch, and no more."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from officials.models import Region
from products.models import Category, Deal, Festival, Product, Specialty


def cards(products: QuerySet[Product] | None = None) -> QuerySet[Product]:
    """Listed products with what `products/_card.html` shows: two queries for any number."""
    rows = Product.objects.all() if products is None else products
    return with_details(rows.filter(state=Product.State.LISTED))


def viewable() -> QuerySet[Product]:
    """Goods whose page may be seen: those on sale, and those that were, for who bought them."""
    return with_details(
        Product.objects.filter(state__in=(Product.State.LISTED, Product.State.RETIRED))
    )


def with_details(rows: QuerySet[Product]) -> QuerySet[Product]:
    """With what a card or a row of a list touches: two queries for any number."""
    return (
        rows.select_related("prefecture", "county__parent", "category", "producer")
        .defer("search")
        .prefetch_related("images")
    )


def with_deal_on(products: QuerySet[Product], at: datetime | None = None) -> QuerySet[Product]:
    """Those of `products` with an approved deal whose window is open."""
    at = at or timezone.now()
    on = Deal.objects.filter(
        product=OuterRef("pk"), state=Deal.State.APPROVED, starts_at__lte=at, ends_at__gt=at
    )
    return products.filter(Exists(on))


def specialties_of(prefecture: Region) -> QuerySet[Specialty]:
    """The curated list in order, its products ready for cards."""
    return (
        Specialty.objects.filter(prefecture=prefecture, product__state=Product.State.LISTED)
        .order_by("position")
        .prefetch_related(Prefetch("product", queryset=cards()))
    )


def used_categories() -> QuerySet[Category]:
    listed = Product.objects.filter(category=OuterRef("pk"), state=Product.State.LISTED)
    return Category.objects.filter(Exists(listed))


def current_festival(at: datetime | None = None) -> Festival | None:
    """The one that is on, else the next, else the last."""
    at = at or timezone.now()
    on = Festival.objects.filter(starts_at__lte=at, ends_at__gt=at).order_by("starts_at").first()
    if on is not None:
        return on
    upcoming = Festival.objects.filter(starts_at__gt=at).order_by("starts_at").first()
    return upcoming or Festival.objects.order_by("-ends_at").first()
