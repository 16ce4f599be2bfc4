"""The back room of recordings: which replays there are, and what was not recorded. To look at:
replays are hidden and exported on the show's own page."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from django.contrib import admin

from officials.admin_scope import LookOnlyPermissions, ScopedAdmin
from streams.models import RecordingAlert, Replay

IN_REGION = ("broadcast__region", "broadcast__region__parent")


class _ToLookAt(LookOnlyPermissions, ScopedAdmin):
    scope_lookups = IN_REGION
    list_select_related = ("broadcast",)


@admin.register(Replay)
class ReplayAdmin(_ToLookAt):
    list_display = ("broadcast", "state", "is_public", "ready_at", "removed_at", "manifest_sha256")
    list_filter = ("state", "is_public")


@admin.register(RecordingAlert)
class RecordingAlertAdmin(_ToLookAt):
    list_display = ("broadcast", "reason", "began_at", "ended_at")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
