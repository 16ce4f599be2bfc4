"""The door of a producer's desk, which every page of the portal goes through."""

import functools
from collections.abc import Callable
from datetime import date
from typing import Any, Concatenate

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from orders.domain import desks
from orders.domain.desks import Desk
from orders.domain.to_prepare import order_of
from orders.models import Order, PortalVisit

View = Callable[Concatenate[HttpRequest, Desk, ...], HttpResponse]


def at_desk(what: PortalVisit.What | None = None) -> Callable[[View], Callable[..., HttpResponse]]:
    """Decorate `view(request, desk, …)`; its address carries the producer's id.

    Who has no such desk gets 404. Staff come with two factors, and their reading is written down
    as `what` (None: the view writes it itself). Nothing of a desk is kept by a cache.
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @login_required
        @functools.wraps(view)
        def seated(request: HttpRequest, producer: int, *args: Any, **kwargs: Any) -> HttpResponse:
            assert isinstance(request.user, User)
            desk = desks.desk_of(request.user, producer)
            if desk is None:
                raise Http404
            if not desk.is_own and not is_mfa_enabled(request.user):
                messages.info(
                    request, _("This page asks for two-factor sign-in. Set it up once here.")
                )
                return redirect("mfa_activate_totp")
            if what is not None and request.method in ("GET", "HEAD"):
                desks.note_visit(desk, what)
            response = view(request, desk, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            return response

        return seated

    return decorate


def chosen_numbers(sent: QueryDict, most: int) -> list[str]:
    """The orders that were ticked; what is no order's number is left out."""
    return [number for number in sent.getlist("order") if number.isprintable()][:most]


def chosen_day(text: str) -> date | None:
    """None for what is no day of ours: the calendar's own last one has none after it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 3000 else None


def order_or_404(desk: Desk, number: str) -> Order:
    """A paid order that holds goods of this producer; for everybody else there is none."""
    order = order_of(desk.producer, number)
    if order is None:
        raise Http404
    return order
