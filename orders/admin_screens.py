"""Festivals' walls in the back room: who may look, and the address with its key."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from officials.admin_scope import ScopedAdmin
from orders.models import FestivalScreen
from orders.models.screens import new_screen_key


@admin.register(FestivalScreen)
class FestivalScreenAdmin(ScopedAdmin):
    list_display = ("festival", "access", "changed_at", "address")
    list_select_related = ("festival",)
    fields = ("festival", "access", "address")
    readonly_fields = ("address",)
    actions = ("give_new_keys",)

    @display(description=_("address"))
    def address(self, row: FestivalScreen) -> str:
        if not row.festival_id:  # the form of a new one
            return "–"
        url = settings.PUBLIC_URL + reverse("orders:screen", args=[row.festival.slug])
        if row.access == FestivalScreen.Access.KEY:
            url += "?" + urlencode({"key": row.key})
        return format_html('<a href="{}">{}</a>', url, url)

    @admin.action(description=_("Give a new key: screens with the old one go dark"))
    def give_new_keys(self, request: HttpRequest, rows: QuerySet[FestivalScreen]) -> None:
        for row in rows:
            row.key = new_screen_key()
            row.save(update_fields=["key", "changed_at"])
            self.log_change(request, row, str(_("new key")))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A setting stays its festival's."""
        return self.readonly_fields if obj is None else ("festival", *self.readonly_fields)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only for who may change them."""
        found: dict[str, Any] = super().get_actions(request)
        if not self.has_change_permission(request):
            found.pop("give_new_keys", None)
        return found
