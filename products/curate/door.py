"""The door of a prefecture's workspace, which each of its pages goes through."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from livecommerce import audit
from livecommerce.accounts.models import User
from officials.domain.curation import curated_codes
from officials.models import Region

View = Callable[Concatenate[HttpRequest, Region, ...], HttpResponse]


def in_workspace(view: View) -> Callable[..., HttpResponse]:
    """Decorate `view(request, prefecture, …)`; its address carries the prefecture's code.

    Another prefecture's curator is refused with 403, and it is written down; for everybody else
    there is no such page.
    """

    @login_required
    @functools.wraps(view)
    def opened(request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        prefecture = get_object_or_404(Region, code=code, kind=Region.Kind.PREFECTURE)
        if not request.user.has_perm("products.curate_prefecture", prefecture):
            if not (request.user.is_staff or curated_codes(request.user)):
                raise Http404
            audit.record_refusal(
                actor=request.user, action="products.open_workspace", subject=prefecture
            )
            raise PermissionDenied
        response = view(request, prefecture, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return opened


def user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
