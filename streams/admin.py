"""The back room of the shows: a curator plans those of their own prefecture."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from livecommerce.accounts.models import User
from livecommerce.audit.admin_trail import AuditedAdmin
from officials.admin_scope import (
    LookOnlyPermissions,
    ScopedAdmin,
    ScopedPermissions,
    has_all,
    regions_in_scope,
)
from officials.models import Official
from products.models import Deal, Product
from streams.domain import shelf_events, shows
from streams.draw_admin import DrawAdmin, PortraitConsentAdmin
from streams.flash_admin import FlashSaleAdmin
from streams.models import Broadcast, ChatMessage, RoomRole, ShelfItem
from streams.moderation_admin import ModerationActionAdmin, SanctionAdmin
from streams.replay_admin import RecordingAlertAdmin, ReplayAdmin
from streams.run_admin import RunTemplateAdmin, ScriptClearanceAdmin
from streams.words_admin import BannedWordAdmin, WordListAdmin

__all__ = [
    "BannedWordAdmin",
    "BroadcastAdmin",
    "ChatMessageAdmin",
    "DrawAdmin",
    "FlashSaleAdmin",
    "ModerationActionAdmin",
    "PortraitConsentAdmin",
    "RecordingAlertAdmin",
    "ReplayAdmin",
    "RoomRoleAdmin",
    "RunTemplateAdmin",
    "SanctionAdmin",
    "ScriptClearanceAdmin",
    "WordListAdmin",
]

IN_REGION = ("broadcast__region", "broadcast__region__parent")


class ShelfInline(ScopedPermissions, TabularInline):  # type: ignore[misc]
    """The goods of a show, in order; fixed once it has begun."""

    model = ShelfItem
    extra = 0
    fields = ("position", "product", "deal")
    ordering = ("position",)
    scope_lookups = IN_REGION

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_open(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_open(obj) and super().has_change_permission(request, None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        regions = regions_in_scope(request)
        if db_field.name == "product":
            goods = Product.objects.filter(state=Product.State.LISTED).defer("search")
            kwargs["queryset"] = goods.filter(prefecture__in=regions)
        elif db_field.name == "deal":
            deals = Deal.objects.filter(state=Deal.State.APPROVED, is_flash=False)
            deals = deals.select_related("product")
            kwargs["queryset"] = deals.filter(product__prefecture__in=regions)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _is_open(show: Broadcast | None) -> bool:
    return show is None or show.state == Broadcast.State.SCHEDULED


class RoleInline(ScopedPermissions, TabularInline):  # type: ignore[misc]
    model = RoomRole
    extra = 0
    fields = ("user", "role")
    raw_id_fields = ("user",)
    scope_lookups = IN_REGION

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, None)


@admin.register(Broadcast)
class BroadcastAdmin(ScopedAdmin):
    """What a show does on air is done in the console; here it is planned, or called off."""

    scope_lookups = ("region", "region__parent")
    list_display = ("title_zh", "host", "region", "scheduled_at", "state_badge", "room_link")
    list_filter = ("state", "is_demo", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("host", "region")
    search_fields = ("title_zh", "title_en", "host__name_zh", "region__name_zh", "public_id")
    date_hierarchy = "scheduled_at"
    ordering = ("-scheduled_at",)
    readonly_fields = (
        *("public_id", "state", "room_link", "started_at", "ended_at", "host_online_at"),
        *("host_offline_at", "likes", "peak_viewers", "created_at"),
    )
    fieldsets = (
        (None, {"fields": (("title_zh", "title_en"), "festival", ("region", "host"), "cover")}),
        (_("When"), {"fields": (("scheduled_at", "planned_minutes"), "state", "room_link")}),
        (_("In the room"), {"fields": ("announcement", "slow_mode_seconds")}),
        (_("What happened"), {"fields": (("started_at", "ended_at"), ("likes", "peak_viewers"))}),
    )
    inlines = (ShelfInline, RoleInline)
    actions = ("cancel_chosen", "end_chosen")

    def get_queryset(self, request: HttpRequest) -> Any:
        """A rehearsal is its host's own business, and no show."""
        return super().get_queryset(request).filter(rehearsal_of=None)

    @display(
        description=_("state"),
        ordering="state",
        label={"scheduled": "info", "live": "danger", "ended": "success", "cancelled": "warning"},
    )
    def state_badge(self, show: Broadcast) -> tuple[str, str]:
        return show.state, show.get_state_display()

    @admin.display(description=_("room"))
    def room_link(self, show: Broadcast) -> str:
        if show._state.adding:
            return "–"
        return format_html('<a href="/rooms/{0}/">/rooms/{0}/</a>', show.public_id)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "host":
            hosts = Official.objects.filter(state=Official.State.VERIFIED)
            kwargs["queryset"] = hosts.filter(region__in=regions_in_scope(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            if any(formset.model is ShelfItem and formset.has_changed() for formset in formsets):
                shelf_events.announce_shelf(form.instance)

    @admin.action(description=_("Call the chosen shows off"))
    def cancel_chosen(self, request: HttpRequest, rows: QuerySet[Broadcast]) -> None:
        assert isinstance(request.user, User)
        by = request.user
        self.run_on_each(
            request,
            rows.select_related("host", "region__parent"),
            lambda show: shows.cancel_show(broadcast=show, by=by),
            _("%(number)s called off."),
        )

    @admin.action(description=_("End the chosen live shows"))
    def end_chosen(self, request: HttpRequest, rows: QuerySet[Broadcast]) -> None:
        assert isinstance(request.user, User)
        by = request.user
        self.run_on_each(
            request,
            rows.select_related("host", "region__parent"),
            lambda show: shows.end_show(broadcast=show, by=by),
            _("%(number)s ended."),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RoomRole)
class RoomRoleAdmin(AuditedAdmin, ModelAdmin):  # type: ignore[misc]
    """Moderators of every room (no show given) are named by superusers only."""

    list_display = ("user", "role", "broadcast")
    list_filter = ("role",)
    list_select_related = ("user", "broadcast")
    raw_id_fields = ("user", "broadcast")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_all(request)


@admin.register(ChatMessage)
class ChatMessageAdmin(LookOnlyPermissions, ScopedAdmin):
    """What was said, for looking only: hiding is done in the room, and kept with a name."""

    scope_lookups = IN_REGION
    list_display = ("created_at", "broadcast", "user", "text", "badge", "visibility", "hidden_by")
    list_filter = ("badge", "visibility", ("hidden_at", admin.EmptyFieldListFilter))
    list_select_related = ("broadcast", "user", "hidden_by")
    search_fields = ("text", "user__display_name", "broadcast__title_zh")
    show_full_result_count = False
