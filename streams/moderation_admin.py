"""The back room of moderation: appeals are decided here, and the book can be read."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from livecommerce.accounts.models import User
from officials.admin_scope import LookOnlyPermissions, ScopedAdmin
from streams.domain.moderation_appeals import decide_appeal
from streams.models import ModerationAction, Sanction

Appeal = Sanction.Appeal


@admin.register(Sanction)
class SanctionAdmin(ScopedAdmin):
    """Imposed in the room; here the appeal is decided, by somebody else than who imposed it."""

    scope_lookups = ("host__region", "host__region__parent")
    list_display = ("user", "kind", "reason", "host", "created_at", "until", "appeal_badge")
    list_filter = ("appeal", "kind", "reason", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "host")
    search_fields = ("user__display_name", "user__email", "host__name_zh")
    ordering = ("-pk",)
    actions_submit_line = ("grant", "uphold")
    fieldsets = (
        (None, {"fields": (("user", "kind"), ("host", "broadcast"), ("created_at", "until"))}),
        (_("Why"), {"fields": (("reason", "by"), "note", "line")}),
        (
            _("Appeal"),
            {"fields": ("appeal", ("appealed_at", "appeal_text"), "answer", "decided_by")},
        ),
        (_("Lifted"), {"fields": (("lifted_at", "lifted_by"),)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        names = (*(field.name for field in Sanction._meta.fields), "line")
        is_waiting = obj is not None and obj.appeal == Appeal.WAITING
        return tuple(name for name in names if not (is_waiting and name == "answer"))

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        waits = Sanction.objects.filter(pk=object_id, appeal=Appeal.WAITING).exists()
        return super().get_actions_submit_line(request, object_id) if waits else []

    @admin.display(description=_("because of this line"))
    def line(self, row: Sanction) -> str:
        return row.message.text if row.message else "–"

    @display(
        description=_("appeal"),
        ordering="appeal",
        label={"waiting": "warning", "granted": "success", "upheld": "info"},
    )
    def appeal_badge(self, row: Sanction) -> tuple[str, str]:
        return row.appeal, row.get_appeal_display()

    @action(description=_("Grant the appeal"))
    def grant(self, request: HttpRequest, row: Sanction) -> None:
        self._decide(request, row, True)

    @action(description=_("Do not grant it"))
    def uphold(self, request: HttpRequest, row: Sanction) -> None:
        self._decide(request, row, False)

    def _decide(self, request: HttpRequest, row: Sanction, is_granted: bool) -> None:
        assert isinstance(request.user, User)
        found = Sanction.objects.select_related("host__region", "broadcast", "user").get(pk=row.pk)
        decide_appeal(sanction=found, by=request.user, is_granted=is_granted, answer=row.answer)
        messages.success(request, _("Decided; the person was told."))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ModerationAction)
class ModerationActionAdmin(LookOnlyPermissions, ScopedAdmin):
    """The book, for reading only."""

    scope_lookups = ("broadcast__region", "broadcast__region__parent")
    list_display = ("at", "by", "deed", "user", "reason", "note", "until", "broadcast")
    list_filter = ("deed", "reason")
    list_select_related = ("by", "user", "broadcast")
    search_fields = ("user__display_name", "by__display_name", "note")
    date_hierarchy = "at"
    show_full_result_count = False
