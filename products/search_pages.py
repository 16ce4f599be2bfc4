"""The public search: a page that works by links alone, what helps while typing, and wishes."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from officials.models import Region
from products.domain import search_misses
from products.domain.offers import Offer, offers_for
from products.domain.queries import cards, used_categories, with_deal_on
from products.domain.search import Found, find_products
from products.domain.search_filters import Filters, Sort
from products.domain.search_suggestions import suggest
from products.models import Product
from products.words import MONTHS, SORTS

PAGE_SIZE = 24
MOST_TYPED = 100


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything, or what was asked for; narrowed, sorted, counted. Always 200."""
    text = typed(request)
    filters = Filters.read(request.GET)
    found = find_products(
        text,
        among=filters.narrow(cards()),
        sort=filters.sort,
        may_guess=_may_guess(request, text),
    )
    page = Paginator(found.ids, PAGE_SIZE).get_page(request.GET.get("page"))
    if text and not found.ids and not found.is_late and not filters.are_set and page.number == 1:
        search_misses.record(text=text, visitor=ratelimit.who(request))
    context = {
        "search_query": text,
        "found": found,
        "page": page,
        "offers": offers_in_order(cards(), page.object_list),
        "suggestions": [] if found.ids else _near(found, filters),
        "is_nothing": bool(text) and not found.ids,
        "can_wish": bool(search_misses.plain_text(text)),
        "has_wished": "wished" in request.GET,
        **choices(filters, found),
    }
    return render(request, "products/search.html", context)


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """The list under the search box, as a fragment; empty when asked too often."""
    text = typed(request)
    allowed = ratelimit.allow(f"suggest:{ratelimit.who(request)}", rate=300, per=60, burst=60)
    context = {"suggestions": suggest(text) if allowed else [], "search_query": text}
    response = render(request, "products/_suggestions.html", context)
    patch_cache_control(response, private=True, max_age=60)
    return response


@require_POST
@ratelimit.limited("search-wish", rate=10, per=60)
def wish(request: HttpRequest) -> HttpResponse:
    """Nothing was found, and the visitor would like it: counted, with nobody's name."""
    text = request.POST.get("q", "").replace("\x00", "").strip()[:MOST_TYPED]
    search_misses.record(text=text, visitor=ratelimit.who(request), is_wish=True)
    return redirect(f"{reverse('products:search')}?{urlencode({'q': text, 'wished': 1})}#wish")


def typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:MOST_TYPED]


def offers_in_order(rows: QuerySet[Product], ids: Any) -> list[Offer]:
    found = {product.pk: product for product in rows.filter(pk__in=list(ids))}
    return offers_for(found[pk] for pk in ids if pk in found)


def choices(filters: Filters, found: Found) -> dict[str, Any]:
    """The form's lists, with how many of what was found each holds."""
    return {
        "filters": filters,
        "categories": [(kind, found.by_category[kind.pk]) for kind in used_categories()],
        "prefectures": [
            (place, found.by_prefecture[place.code])
            for place in Region.objects.filter(kind=Region.Kind.PREFECTURE)
        ],
        "months": list(MONTHS.items()),
        "sorts": [(sort.value, SORTS[sort.value]) for sort in Sort],
    }


def _may_guess(request: HttpRequest, text: str) -> bool:
    """Guessing costs some times as much as asking; who asks for it all day goes without."""
    return not text or ratelimit.allow(
        f"search-guess:{ratelimit.who(request)}", rate=600, per=60, burst=120
    )


def _near(found: Found, filters: Filters) -> list[Offer]:
    if found.near:
        return offers_in_order(cards(), found.near)
    return offers_for(with_deal_on(filters.narrow(cards())).order_by("sku")[:8])
