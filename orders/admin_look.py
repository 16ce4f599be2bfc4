"""The back room's rows that only the shop's own rules write: to look at, by region."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django.contrib.admin.utils import flatten
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import display

from livecommerce.money import format_fen
from officials.admin_scope import LookOnlyPermissions, ScopedAdmin, has_all

STATE_LABELS = {
    **dict.fromkeys(("placed", "created", "pending", "due", "requested", "open"), "warning"),
    **dict.fromkeys(("expired", "cancelled", "failed", "refused", "lost"), "danger"),
    **dict.fromkeys(("paid", "preparing", "shipped", "approved", "in_transit", "review"), "info"),
    **dict.fromkeys(("succeeded", "posted", "paid_out", "done", "delivered", "won"), "success"),
    "completed": "success",
}


def yuan(fen: int | None) -> str:
    return "–" if fen is None else f"¥{format_fen(fen)}"


class LookOnly(LookOnlyPermissions):
    """The rows that belong to an order, found by its lines."""

    curators_may_add = curators_may_change = False

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Once each, however many of an order's lines are in scope."""
        if has_all(request):
            return rows
        found = super().scoped(request, self.model._default_manager.all())
        return rows.filter(pk__in=found.values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return flatten(self.fields) if self.fields else [f.name for f in self.model._meta.fields]


class LookOnlyAdmin(LookOnly, ScopedAdmin):
    warn_unsaved_form = False

    @display(description=_("state"), label=STATE_LABELS)
    def state_label(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


class LookOnlyInline(LookOnly, TabularInline):  # type: ignore[misc]
    extra = 0
    hide_title = True
    show_change_link = True


class OnlySuperusers(LookOnlyAdmin):
    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_all(request)


class EventInline(LookOnlyInline):
    fields = ("at", "from_state", "to_state", "actor", "note")
    scope_lookups = ("order__lines__product__prefecture",)
