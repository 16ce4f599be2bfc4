"""Staff search: goods in every state, officials and producers, of the places one may edit."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from livecommerce.accounts.models import User
from officials.domain.curation import curated_codes
from officials.models import Official
from products.domain.queries import with_details
from products.domain.search import find_products
from products.domain.search_filters import Filters
from products.models import Producer, Product
from products.search_pages import choices, offers_in_order, typed

PAGE_SIZE = 50
MOST_PEOPLE = 8


@login_required
@require_safe
def staff_search(request: HttpRequest) -> HttpResponse:
    """What the reader may edit, and nothing of anybody else's; always 200 for those who curate."""
    codes = scope_of(request)
    text = typed(request)
    filters = Filters.read(request.GET)
    goods = filters.narrow(in_scope(with_details(Product.objects.all()), codes))
    if filters.state:
        goods = goods.filter(state=filters.state)
    found = find_products(text, among=goods, sort=filters.sort)
    page = Paginator(found.ids, PAGE_SIZE).get_page(request.GET.get("page"))
    told = choices(filters, found)
    if codes is not None:
        told["prefectures"] = [one for one in told["prefectures"] if one[0].code in codes]
    context = {
        "search_query": text,
        "found": found,
        "page": page,
        "offers": offers_in_order(with_details(Product.objects.all()), page.object_list),
        "officials": _officials(text, codes),
        "producers": _producers(text, codes),
        "states": Product.State.choices,
        **told,
    }
    return render(request, "products/staff_search.html", context)


def scope_of(request: HttpRequest) -> frozenset[str] | None:
    """The prefectures the reader may edit; None for all. Nobody else may look."""
    user = request.user
    assert isinstance(user, User)
    if user.is_active and user.is_superuser:
        return None
    codes = curated_codes(user)
    if not codes:
        raise PermissionDenied
    return codes


def in_scope(goods: QuerySet[Product], codes: frozenset[str] | None) -> QuerySet[Product]:
    return goods if codes is None else goods.filter(prefecture__in=codes)


def _officials(text: str, codes: frozenset[str] | None) -> list[Official]:
    if len(text) < 2:
        return []
    named = Q(name_zh__icontains=text) | Q(name_en__icontains=text) | Q(post_zh__icontains=text)
    rows = Official.objects.filter(named & _placed(codes)).select_related("region__parent")
    return list(rows[:MOST_PEOPLE])


def _producers(text: str, codes: frozenset[str] | None) -> list[Producer]:
    if len(text) < 2:
        return []
    named = Q(name_zh__icontains=text) | Q(name_en__icontains=text)
    rows = Producer.objects.filter(named & _placed(codes)).select_related("region__parent")
    return list(rows[:MOST_PEOPLE])


def _placed(codes: frozenset[str] | None) -> Q:
    return Q() if codes is None else Q(region__in=codes) | Q(region__parent__in=codes)
