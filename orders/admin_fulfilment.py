"""The back room of sending: parcels, who looked at farms' orders, and reviews to be hidden."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from livecommerce.accounts.models import User
from officials.admin_scope import ScopedAdmin
from orders.admin_look import EventInline, LookOnlyAdmin, LookOnlyInline
from orders.domain import reviews
from orders.models import Parcel, ParcelEvent, ParcelLine, PortalVisit, Review


class ParcelLineInline(LookOnlyInline):
    model = ParcelLine
    fields = ("line_name", "quantity")
    scope_lookups = ("line__product__prefecture",)
    show_change_link = False

    @display(description=_("goods"))
    def line_name(self, row: ParcelLine) -> str:
        return row.line.name


class ParcelEventInline(EventInline):
    model = ParcelEvent
    scope_lookups = ("parcel__contents__line__product__prefecture",)


@admin.register(Parcel)
class ParcelAdmin(LookOnlyAdmin):
    """To look; sending and correcting is done at the producer's desk."""

    scope_lookups = ("contents__line__product__prefecture",)
    list_display = (
        "order",
        "carrier",
        "tracking_number",
        "state_label",
        "producer",
        "shipped_at",
        "delivered_at",
    )
    list_filter = ("state", "carrier", "delivered_how")
    list_select_related = ("order", "producer")
    search_fields = ("tracking_number", "order__number")
    date_hierarchy = "shipped_at"
    fields = (
        ("order", "producer", "state"),
        ("carrier", "tracking_number"),
        ("shipped_at", "delivered_at", "delivered_how"),
    )
    inlines = (ParcelLineInline, ParcelEventInline)


@admin.register(PortalVisit)
class PortalVisitAdmin(LookOnlyAdmin):
    """Who looked at a producer's orders, and who took addresses out of the shop."""

    scope_lookups = ("producer__region", "producer__region__parent")
    list_display = ("at", "user", "what", "producer", "order", "orders", "is_staff")
    list_filter = ("what", "is_staff")
    list_select_related = ("user", "producer", "order")
    search_fields = ("user__email", "producer__name_zh", "order__number")
    date_hierarchy = "at"


@admin.register(Review)
class ReviewAdmin(ScopedAdmin):
    """A reason hides a review from the product's page; without one it is shown again. Nobody
    rewrites what a buyer said."""

    scope_lookups = ("product__prefecture",)
    list_display = ("stars_label", "words", "product", "author", "written_at", "is_hidden")
    list_filter = ("stars", ("hidden_at", admin.EmptyFieldListFilter))
    list_select_related = ("product", "author")
    search_fields = ("text", "product__sku", "product__name_zh", "line__order__number")
    date_hierarchy = "written_at"
    fields = (
        ("stars", "product", "author"),
        "text",
        "photos",
        ("written_at", "edited_at"),
        ("reply", "replied_by", "replied_at"),
        "hidden_reason",
        ("hidden_by", "hidden_at"),
    )
    readonly_fields = (
        *("stars", "product", "author", "text", "photos", "written_at", "edited_at"),
        *("reply", "replied_by", "replied_at", "hidden_by", "hidden_at"),
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        reason = form.cleaned_data["hidden_reason"]
        if reason:
            reviews.hide(review=obj, actor=request.user, reason=reason)
        else:
            reviews.show_again(review=obj)

    @display(description=_("stars"), ordering="stars")
    def stars_label(self, row: Review) -> str:
        return "★" * row.stars

    @display(description=_("text"))
    def words(self, row: Review) -> str:
        return row.text[:60] or "–"

    @display(description=_("hidden"), boolean=True)
    def is_hidden(self, row: Review) -> bool:
        return row.hidden_at is not None

    @display(description=_("photos"))
    def photos(self, row: Review) -> str:
        pictures = [(one.file.url, one.small_url) for one in row.pictures.all()]
        if not pictures:
            return "–"
        return format_html_join(
            " ", '<a href="{}"><img src="{}" width="96" height="96" alt=""></a>', pictures
        )
