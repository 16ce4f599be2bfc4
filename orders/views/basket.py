"""The basket: put in, look, change, and place all of it as one order."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import Address, User
from livecommerce.errors import DomainError, refuse
from orders.domain import basket as baskets
from orders.domain import bill, cart, networks
from orders.domain.basket import Row
from orders.domain.checkout import MAX_QUANTITY, Placed
from orders.domain.counter import offer_of, room_of
from orders.forms import BasketForm, ChoiceForm, WholeNumber
from products.domain.offers import Offer, offers_for
from products.models import Product

COOKIE = "basket"
"""How many lines it has, for the number in the header: no page asks the database for that."""
ALL_YEAR = 365 * 24 * 3600


@require_safe
@login_required
def basket(request: HttpRequest) -> HttpResponse:
    return _draw(request, ChoiceForm(request.GET), uuid4())


@require_POST
@login_required
@ratelimit.limited("sum", rate=60, per=60, burst=30)
def reckon(request: HttpRequest) -> HttpResponse:
    """The sum for another address or coupon. The whole page where there is no JavaScript. Limited,
    as it tells right codes from wrong ones."""
    return _draw(request, ChoiceForm(request.POST), _key_of(request), only_bill=_is_htmx(request))


@require_POST
@ratelimit.limited("basket", rate=60, per=60, burst=20)
def add(request: HttpRequest, sku: str) -> HttpResponse:
    """Put it in, from the product's page or from a room's sheet, which stays where it is."""
    room = request.POST.get("room", "")[:12]
    if not isinstance(request.user, User):
        return _to_sign_in(request, sku, room)
    offer = offer_of(sku, fresh=True)
    if offer is None:
        raise Http404
    try:
        size = baskets.put_in(
            user=request.user,
            offer=offer,
            quantity=_quantity(request),
            broadcast=room_of(room),
        )
    except DomainError as error:
        if _is_htmx(request):
            return refuse(request, error)
        messages.error(request, error.message)
        return redirect("products:product", sku)
    if _is_htmx(request):
        on_page = request.headers.get("HX-Target") == "toasts"
        template = "orders/_added_toast.html" if on_page else "orders/_added.html"
        answer = render(request, template, {"offer": offer, "size": size})
    else:
        messages.success(request, _("It is in your basket."))
        answer = redirect("orders:basket")
    return _with_size(answer, size)


@require_POST
@login_required
@ratelimit.limited("basket", rate=60, per=60, burst=20)
def change(request: HttpRequest, sku: str) -> HttpResponse:
    """Another quantity; zero takes the line out."""
    assert isinstance(request.user, User)
    try:
        quantity = _quantity(request, least=0)
        baskets.set_quantity(user=request.user, sku=sku, quantity=quantity)
    except DomainError as error:
        if _is_htmx(request):
            return _draw(request, ChoiceForm(request.POST), _key_of(request), error=error)
        messages.error(request, error.message)
    if _is_htmx(request):
        return _draw(request, ChoiceForm(request.POST), uuid4())
    return redirect("orders:basket")


@require_POST
@login_required
def place(request: HttpRequest) -> HttpResponse:
    """All lines in one order, or the basket again with the reason."""
    assert isinstance(request.user, User)
    form = BasketForm(request.POST)
    try:
        ratelimit.require(f"place:{request.user.pk}", rate=30, per=60, burst=12)
        network = networks.number_of(request.META.get("REMOTE_ADDR", ""))
        placed, skus = _place(request.user, form, network)
    except DomainError as error:
        is_used_up = error.code == "key_conflict"
        return _draw(request, form, uuid4() if is_used_up else _key_of(request), error=error)
    baskets.take_out(user=request.user, products=skus)
    return _with_size(redirect("orders:order", placed.number), baskets.size_of(request.user))


def _place(buyer: User, form: BasketForm, network: int | None) -> tuple[Placed, list[str]]:
    incomplete = DomainError("form", _("This form is not complete. Open it anew."))
    if not form.is_valid():
        raise incomplete
    try:
        lines = form.lines()
    except ValueError:
        raise incomplete from None
    offers = _offers(sku for sku, _quantity, _price in lines)
    if len(lines) > baskets.MOST_LINES or any(sku not in offers for sku, _q, _p in lines):
        raise incomplete
    address = Address.objects.filter(user=buyer, pk=form.cleaned_data["address"]).first()
    placed = cart.place_cart(
        buyer=buyer,
        wanted=cart.lines_in_basket(
            buyer=buyer, wanted=[(offers[sku], quantity, price) for sku, quantity, price in lines]
        ),
        expected_total_fen=form.cleaned_data["total"],
        address=address.snapshot() if address else {},
        key=form.cleaned_data["key"],
        codes=form.codes() or [],
        network=network,
        perishable_accepted=form.cleaned_data["perishable"],
    )
    return placed, list(offers)


def _offers(skus: Any) -> dict[str, Offer]:
    products = Product.objects.filter(sku__in=list(skus)).exclude(state=Product.State.DRAFT)
    return {offer.product.sku: offer for offer in offers_for(products.select_related("producer"))}


def _draw(
    request: HttpRequest,
    form: ChoiceForm,
    key: UUID,
    *,
    error: DomainError | None = None,
    only_bill: bool = False,
) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    rows = baskets.look(user=user)
    ready = [row for row in rows if row.can_be_bought]
    addresses = list(user.addresses.all())
    chosen = _chosen(addresses, form.address_id())
    context = {
        "rows": rows,
        "ready": ready,
        "addresses": addresses,
        "address": chosen.pk if chosen else None,
        "key": key,
        "error": error,
        "needs_perishable": any(not row.offer.product.seven_day_return for row in ready),
        "perishable": bool(form.data.get("perishable")),
        "most": MAX_QUANTITY,
        "look_url": reverse("orders:basket_sum"),
        "here": reverse("orders:basket"),
        **_reckoned(user, ready, chosen, form.codes()),
    }
    if only_bill:
        template = "orders/_bill.html"
    else:
        template = "orders/_basket.html" if _is_htmx(request) else "orders/basket.html"
    answer = render(request, template, context, status=error.status if error else 200)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is no incident
    baskets.note_prices(rows)
    return _with_size(answer, len(rows))


def _reckoned(
    user: User, ready: Sequence[Row], address: Address | None, codes: Sequence[str] | None
) -> dict[str, Any]:
    if not ready:
        return {}
    reckoning = bill.reckon(
        user=user,
        goods=[(row.offer, row.line.quantity) for row in ready],
        province=address.province if address else "",
        codes=codes,
    )
    return {"reckoning": reckoning, "bill": reckoning.bill}


def _chosen(addresses: Sequence[Address], wanted: int | None) -> Address | None:
    first = addresses[0] if addresses else None
    return next((one for one in addresses if one.pk == wanted), first)


def _quantity(request: HttpRequest, least: int = 1) -> int:
    field = WholeNumber(most=MAX_QUANTITY, least=least)
    try:
        return int(field.clean(request.POST.get("quantity", "1")))
    except Exception as error:
        message = _("Choose a whole number between 1 and %(most)d.") % {"most": MAX_QUANTITY}
        raise DomainError("quantity", message) from error


def _key_of(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _is_htmx(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _with_size(answer: HttpResponse, size: int) -> HttpResponse:
    answer.set_cookie(COOKIE, str(size), max_age=ALL_YEAR, samesite="Lax", httponly=True)
    return answer


def _to_sign_in(request: HttpRequest, sku: str, room: str) -> HttpResponse:
    there = reverse("products:product", args=[sku])
    if room_of(room):
        there = reverse("streams:room", args=[room])
    answer = redirect_to_login(there)
    if _is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    return answer
