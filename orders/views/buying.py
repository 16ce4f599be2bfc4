"""The buy sheet and what it sends. A fragment in a room, a page of its own without JavaScript."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from livecommerce import ratelimit
from livecommerce.accounts.models import Address, User
from livecommerce.errors import DomainError
from orders.domain import bill, cart, checkout, networks
from orders.domain.checkout import Placed
from orders.domain.counter import offer_of, room_of
from orders.domain.express import PRESSES
from orders.forms import PlaceForm
from orders.views.paying import steps_to_pay
from products.domain.offers import Offer
from streams.domain import cockpit_clicks

OFFER_MAY_BE_OLD = ("sale_over", "price_changed")
REFUSED = "livecommerce.refused"
"""Where the express counter leaves the refusal that is to be drawn. No header has such a name."""


@require_safe
def sheet(request: HttpRequest, sku: str) -> HttpResponse:
    """What it is, how many, where to, what it costs; one button."""
    offer = _offer_or_404(sku)
    room = request.GET.get("room", "")[:12]
    if room and request.method == "GET" and room_of(room):
        cockpit_clicks.note_opened(
            public_id=room,
            product_id=offer.product.pk,
            user_id=request.user.pk,
            cookies=request.COOKIES,
        )
    return _draw(request, offer, {"room": room, "quantity": 1, "key": uuid4()})


@require_POST
@ratelimit.limited("sum", rate=60, per=60, burst=30)
def reckon(request: HttpRequest, sku: str) -> HttpResponse:
    """The sum for another quantity, address or coupon; without JavaScript the whole sheet."""
    if not isinstance(request.user, User):
        return _to_sign_in(request, sku, request.POST.get("room", ""))
    form = PlaceForm(request.POST)
    form.is_valid()
    is_fragment = bool(request.headers.get("HX-Request"))
    return _draw(request, _offer_or_404(sku), _choices(form), only_bill=is_fragment)


@require_POST
def place(request: HttpRequest, sku: str) -> HttpResponse:
    """Hold the goods. The answer is the next step (pay), or the sheet again with the reason."""
    if not isinstance(request.user, User):
        return _to_sign_in(request, sku, request.POST.get("room", ""))
    form = PlaceForm(request.POST)
    is_complete = form.is_valid()
    refused = request.META.get(REFUSED)
    try:
        if isinstance(refused, DomainError):
            raise refused
        ratelimit.require(f"place:{request.user.pk}", **PRESSES)
        if not is_complete:
            raise _first_error(form)
        network = networks.number_of(request.META.get("REMOTE_ADDR", ""))
        placed = _place(request.user, sku, form, network)
    except DomainError as error:
        return _draw_again(request, sku, form, error)
    if request.headers.get("HX-Request"):
        return steps_to_pay(request, placed)
    return redirect("orders:order", placed.number)


def _place(buyer: User, sku: str, form: PlaceForm, network: int | None) -> Placed:
    quantity, price, key = form.asked_for()
    address = Address.objects.filter(user=buyer, pk=form.cleaned_data["address"]).first()
    wish: dict[str, Any] = {
        "network": network,
        "buyer": buyer,
        "address": address.snapshot() if address else {},
        "key": key,
        "perishable_accepted": form.cleaned_data["perishable"],
    }
    show = room_of(form.cleaned_data["room"])
    if codes := form.codes():
        one = cart.Wanted(_offer_or_404(sku), quantity, price, show.pk if show else None)
        total_fen = form.total_fen()
        return cart.place_cart(wanted=[one], expected_total_fen=total_fen, codes=codes, **wish)
    wish |= {
        "quantity": quantity,
        "expected_price_fen": price,
        "expected_freight_fen": form.freight_fen(),
        "broadcast": show,
    }
    try:
        return checkout.place_order(offer=_offer_or_404(sku), **wish)
    except DomainError as error:
        if error.code not in OFFER_MAY_BE_OLD:
            raise
    return checkout.place_order(offer=_offer_or_404(sku, fresh=True), **wish)


def _draw_again(
    request: HttpRequest, sku: str, form: PlaceForm, error: DomainError
) -> HttpResponse:
    """The same sheet with the buyer's choices kept, the new price shown and the reason said."""
    chosen = _choices(form)
    if spare := error.facts.get("spare"):
        chosen["quantity"] = spare
    if error.code == "key_conflict":
        chosen["key"] = uuid4()
    return _draw(request, _offer_after(sku, error), chosen, error)


def _choices(form: PlaceForm) -> dict[str, Any]:
    """What the buyer has chosen so far, of a form that was looked at."""
    found = form.cleaned_data
    return {
        "room": form.data.get("room", "")[:12],
        "quantity": found.get("quantity") or 1,
        "key": found.get("key") or uuid4(),
        "address": found.get("address"),
        "perishable": found.get("perishable"),
        "codes": form.codes(),
    }


def _offer_after(sku: str, error: DomainError) -> Offer:
    """The offer as the refusal says it is. When thousands hear that it is sold out, none of them
    asks the database again."""
    if error.code == "sold_out":
        return replace(_offer_or_404(sku), available=error.facts["spare"])
    return _offer_or_404(sku, fresh=error.code in OFFER_MAY_BE_OLD)


def _draw(
    request: HttpRequest,
    offer: Offer,
    chosen: dict[str, Any],
    error: DomainError | None = None,
    *,
    only_bill: bool = False,
) -> HttpResponse:
    user = request.user
    in_room = bool(request.headers.get("HX-Request"))
    if not isinstance(user, User):
        if in_room:
            context = {"offer": offer, "next": _way_back(offer.product.sku, chosen["room"])}
            return render(request, "orders/_sign_in.html", context)
        return _to_sign_in(request, offer.product.sku, chosen["room"])
    addresses = list(user.addresses.all()) if offer.can_be_bought else []
    context = sheet_context(offer, addresses, chosen, error, in_room=in_room)
    if offer.can_be_bought:
        context |= _bill_context(user, offer, addresses, chosen)
    template = "orders/_sheet.html" if in_room else "orders/buy.html"
    if only_bill and offer.can_be_bought:
        template = "orders/_bill.html"
        context["is_alone"] = True
    status = error.status if error else 200
    response = render(request, template, context, status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is no incident
    if error and "retry_after" in error.facts:
        response["Retry-After"] = str(error.facts["retry_after"])
    return response


def sheet_context(
    offer: Offer,
    addresses: list[Address],
    chosen: dict[str, Any],
    error: DomainError | None,
    *,
    in_room: bool,
) -> dict[str, Any]:
    """What `_sheet.html` asks for."""
    most = min(offer.available, offer.per_person_limit or checkout.MAX_QUANTITY)
    return {
        "offer": offer,
        "addresses": addresses,
        "address": chosen.get("address") or (addresses[0].pk if addresses else None),
        "chosen": chosen,
        "most": max(most, 1),
        "error": error,
        "in_room": in_room,
        "here": _way_back(offer.product.sku, chosen["room"]),
    }


def _bill_context(
    user: User, offer: Offer, addresses: list[Address], chosen: dict[str, Any]
) -> dict[str, Any]:
    """What `_bill.html` asks for."""
    sent_to = next((one for one in addresses if one.pk == chosen.get("address")), None)
    if sent_to is None and addresses:
        sent_to = addresses[0]
    reckoning = bill.reckon(
        user=user,
        goods=[(offer, chosen["quantity"])],
        province=sent_to.province if sent_to else "",
        codes=chosen.get("codes"),
    )
    look_url = reverse("orders:sum", args=[offer.product.sku])
    return {"reckoning": reckoning, "bill": reckoning.bill, "look_url": look_url}


def _first_error(form: PlaceForm) -> DomainError:
    """Words for the field a person filled in; a form that was tampered with gets plain ones."""
    if "quantity" in form.errors:
        return DomainError("quantity", str(form.errors["quantity"][0]))
    return DomainError("form", _("This form is not complete. Open it anew."))


def _offer_or_404(sku: str, *, fresh: bool = False) -> Offer:
    offer = offer_of(sku, fresh=fresh)
    if offer is None:
        raise Http404
    return offer


def _way_back(sku: str, room: str) -> str:
    """Where to go on after signing in or adding an address: the room, or the sheet's own page."""
    if room_of(room):
        return reverse("streams:room", args=[room])
    return reverse("orders:sheet", args=[sku])


def _to_sign_in(request: HttpRequest, sku: str, room: str) -> HttpResponse:
    there = redirect_to_login(_way_back(sku, room[:12]))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": there.url})
    return there
