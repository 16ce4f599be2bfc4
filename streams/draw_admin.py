"""The back room of lucky draws and portraits: to look at, and nothing else."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from officials.admin_scope import LookOnlyPermissions, ScopedAdmin
from streams.models import Draw, PortraitConsent


@admin.register(Draw)
class DrawAdmin(LookOnlyPermissions, ScopedAdmin):
    scope_lookups = ("broadcast__region", "broadcast__region__parent")
    list_display = ("prize_zh", "broadcast", "places", "state", "closes_at", "entries_count")
    list_filter = ("state",)
    list_select_related = ("broadcast",)
    search_fields = ("prize_zh", "prize_en", "broadcast__title_zh")
    fields = (
        *("broadcast", "prize_zh", "prize_en", "prize_fen", "places", "must_follow", "passphrase"),
        *("min_minutes", "entry_seconds", "if_unclaimed", "state", "closes_at", "entries_count"),
        "drawn_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draw]:
        """A practice draw is its rehearsal's own business."""
        return super().get_queryset(request).filter(pk__gt=0)


@admin.register(PortraitConsent)
class PortraitConsentAdmin(LookOnlyPermissions, ScopedAdmin):
    scope_lookups = ("official__region", "official__region__parent")
    list_display = ("official", "given_at", "withdrawn_at")
    list_select_related = ("official",)
