"""What the back room's menu leads to besides the lists: pages of the shop's own look."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from orders.domain import money_rights


def site_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The links of the menu at the back room's name, for this person."""
    links = [{"title": _("The shop"), "link": reverse("streams:home"), "icon": "storefront"}]
    if isinstance(request.user, User) and money_rights.may_see_money(request.user):
        money = {"title": _("Money of the shop"), "link": reverse("orders:money")}
        links.append(money | {"icon": "payments"})
    return links
