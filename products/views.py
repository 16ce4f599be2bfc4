"""Public pages of the catalogue. They read; buying is the orders' part."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
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
from products.domain.prices import Proof, offered_between, prove_base_price
from products.domain.queries import (
    cards,
    current_festival,
    specialties_of,
    viewable,
    with_deal_on,
)
from products.linked_data import data_block, festival_event
from products.models import Deal, Festival, Product
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


@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a deal's price is what it says: for people."""
    deal = _public_deal(pk)
    proof = _proof_of(deal)
    context = {"deal": deal, "proof": proof, "chart": _chart_of_deal(deal, proof)}
    return render(request, "products/receipt.html", context)


@require_safe
def receipt_json(request: HttpRequest, pk: int) -> JsonResponse:
    """The same for programs: every price that was offered, so that anyone can compute it again."""
    deal = _public_deal(pk)
    proof = _proof_of(deal)
    return JsonResponse(
        {
            "product": {"sku": deal.product.sku, "name": deal.product.name},
            "festival": {
                "slug": deal.festival.slug,
                "max_price_bps": deal.festival.max_price_bps,
                "base_window_days": deal.festival.base_window_days,
            },
            "currency": "CNY",
            "unit": "fen",
            "price": deal.price_fen,
            "base_price": deal.base_price_fen,
            "discount_percent": deal.discount_percent,
            "starts_at": deal.starts_at.isoformat(),
            "ends_at": deal.ends_at.isoformat(),
            "approved_by": deal.approved_by.display_name if deal.approved_by else None,
            "approved_at": deal.approved_at.isoformat() if deal.approved_at else None,
            "window": {
                "from": proof.window_from.isoformat(),
                "until": proof.window_until.isoformat(),
            },
            "offered": [
                {
                    "price": span.price_fen,
                    "from": span.since.isoformat(),
                    "until": span.until.isoformat(),
                    "series": "list" if span.deal_id is None else f"deal {span.deal_id}",
                }
                for span in proof.offered
            ],
        }
    )


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


def _public_deal(pk: int) -> Deal:
    """A draft's price is nobody's business yet."""
    shown = (Deal.State.APPROVED, Deal.State.ENDED, Deal.State.WITHDRAWN)
    deals = Deal.objects.filter(state__in=shown, base_price_fen__isnull=False)
    related = ("product__prefecture", "product__county", "festival", "approved_by")
    return get_object_or_404(deals.select_related(*related), pk=pk)


def _proof_of(deal: Deal) -> Proof:
    return prove_base_price(
        product=deal.product,
        deal=deal,
        starts_at=deal.starts_at,
        days=deal.festival.base_window_days,
    )


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


def _chart_of_deal(deal: Deal, proof: Proof) -> Chart:
    since = deal.starts_at - timedelta(days=HISTORY_DAYS)
    until = max(min(timezone.now(), deal.ends_at), deal.starts_at + timedelta(days=1))
    return draw_chart(
        offered_between(product=deal.product, since=since, until=until),
        since=since,
        until=until,
        window=(proof.window_from, proof.window_until),
        base_price_fen=deal.base_price_fen,
    )


def _linked_data(request: HttpRequest, offer: Offer) -> SafeString:
    """schema.org's Product as a data block: no script, and nothing in it can end the element."""
    item = offer.product
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": item.name,
        "sku": item.sku,
        "description": item.description,
        "category": item.category.name,
        "offers": {
            "@type": "Offer",
            "priceCurrency": "CNY",
            "price": f"{offer.price_fen / 100:.2f}",
            "availability": "https://schema.org/" + ("SoldOut" if offer.is_sold_out else "InStock"),
            "url": request.build_absolute_uri(item.get_absolute_url()),
        },
    }
    if item.picture:
        data["image"] = request.build_absolute_uri(item.picture.large_url)
    return data_block(data)
