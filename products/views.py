"""Public pages of the catalogue. They read; buying is the orders' part."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import select_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from officials.domain.queries import officials_of
from officials.models import Region
from products.domain.festivals import phase_of, prefectures_of
from products.domain.money_split import split_price
from products.domain.offers import Offer, current_offer, offers_for
from products.domain.prices import offered_between
from products.domain.queries import (
    cards,
    current_festival,
    specialties_of,
    viewable,
    with_deal_on,
)
from products.linked_data import data_block, festival_event, product_offer
from products.models import Festival, Product
from products.price_chart import Chart, draw_chart

PAGE_SIZE = 24
HISTORY_DAYS = 60


@require_safe
def prefecture(request: HttpRequest, code: str) -> HttpResponse:
    place = get_object_or_404(Region, code=code, kind=Region.Kind.PREFECTURE)
    specialties = list(specialties_of(place))
    offers = offers_for(specialty.product for specialty in specialties)
    context = {
        "prefecture": place,
        "counties": place.counties.all(),
        "specialties": list(zip(specialties, offers, strict=True)),
        "officials": officials_of(place),
        "shows_template": _hook("streams/_prefecture_shows.html"),
    }
    return render(request, "products/prefecture.html", context)


@require_safe
def product(request: HttpRequest, sku: str) -> HttpResponse:
    item = get_object_or_404(viewable(), sku=sku)
    offer = current_offer(item)
    others = offers_for(
        cards().filter(prefecture=item.prefecture).exclude(pk=item.pk).order_by("sku")[:4]
    )
    context = {
        "product": item,
        "offer": offer,
        "now_ms": int(timezone.now().timestamp() * 1000),
        "split": split_price(offer),
        "chart": _chart_of(offer),
        "others": others,
        "buy_template": _hook("orders/_product_buy.html"),
        "shows_template": _hook("streams/_product_shows.html"),
        "reviews_template": _hook("orders/_product_reviews.html"),
        "linked_data": _linked_data(request, offer),
    }
    return render(request, "products/product.html", context)


@require_safe
def festival(request: HttpRequest, slug: str = "") -> HttpResponse:
    """One festival, or the one that is on."""
    fair = get_object_or_404(Festival, slug=slug) if slug else current_festival()
    if fair is None:
        raise Http404
    found = _narrowed(request, with_deal_on(cards().filter(deals__festival=fair)).distinct())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "festival": fair,
        "phase": phase_of(fair),
        "now_ms": int(timezone.now().timestamp() * 1000),
        "page": page,
        "offers": offers_for(page.object_list),
        "prefectures": prefectures_of(fair),
        "prefecture_code": request.GET.get("prefecture", ""),
        "shows_template": _hook("streams/_festival_shows.html"),
        "league_template": _hook("orders/_festival_league.html"),
        "linked_data": data_block(festival_event(request, fair)),
    }
    return render(request, "products/festival.html", context)


def _narrowed(request: HttpRequest, products: QuerySet[Product]) -> QuerySet[Product]:
    """Unknown values narrow to nothing rather than fail."""
    if category := request.GET.get("category", "").replace("\x00", ""):
        products = products.filter(category__slug=category)
    if code := request.GET.get("prefecture", "").replace("\x00", ""):
        products = products.filter(prefecture_id=code)
    if "deals" in request.GET:
        products = with_deal_on(products)
    return products.order_by("category__position", "sku")


def _hook(name: str) -> Any:
    """A fragment another app may bring; ours is empty, so that this page stands alone."""
    return select_template([name, "products/_nothing.html"])


def _chart_of(offer: Offer) -> Chart:
    """The last sixty days of a product, with the window of its deal's base price if one is on."""
    now = timezone.now()
    since = now - timedelta(days=HISTORY_DAYS)
    days = offer.deal.festival.base_window_days if offer.deal else 30
    end = offer.deal.starts_at if offer.deal else now
    return draw_chart(
        offered_between(product=offer.product, since=since, until=now),
        since=since,
        until=now,
        window=(end - timedelta(days=days), end),
        base_price_fen=offer.base_price_fen,
    )


def _linked_data(request: HttpRequest, offer: Offer) -> SafeString:
    """schema.org's Product as a data block: no script, and nothing in it can end the element."""
    deal = offer.deal
    facts = {
        "price_fen": offer.price_fen,
        "base_fen": offer.base_price_fen,
        "is_in_stock": not offer.is_sold_out,
        "valid_from": deal.starts_at if deal else None,
        "valid_until": offer.ends_at,
        "url": request.build_absolute_uri(offer.product.get_absolute_url()),
    }
    return data_block(product_offer(request, offer.product, facts))
