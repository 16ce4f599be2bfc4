"""The back room of runs, to look at: who says that a marked word may stay, and runs to reuse."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from officials.admin_scope import LookOnlyPermissions, ScopedAdmin
from streams.models import Broadcast, RunTemplate, ScriptClearance


@admin.register(ScriptClearance)
class ScriptClearanceAdmin(LookOnlyPermissions, ScopedAdmin):
    scope_lookups = ("segment__broadcast__region", "segment__broadcast__region__parent")
    list_display = ("word", "sentence", "reason", "cleared_by", "cleared_at", "show")
    list_select_related = ("segment__broadcast", "cleared_by")
    search_fields = ("word", "sentence", "segment__broadcast__title_zh")
    ordering = ("-pk",)

    @admin.display(description=_("show"))
    def show(self, clearance: ScriptClearance) -> Broadcast:
        return clearance.segment.broadcast


@admin.register(RunTemplate)
class RunTemplateAdmin(LookOnlyPermissions, ScopedAdmin):
    scope_lookups = ("host__region", "host__region__parent")
    list_display = ("name", "host", "is_shared", "created_by", "created_at")
    list_filter = ("is_shared",)
    list_select_related = ("host", "created_by")
