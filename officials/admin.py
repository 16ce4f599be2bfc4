"""The back room of places and people."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from livecommerce.accounts.models import User
from livecommerce.audit.admin_trail import AuditedAdmin
from livecommerce.errors import DomainError
from officials.admin_scope import ScopedAdmin, ScopedPermissions, has_all
from officials.domain.verification import set_portrait, suspend_official, verify_official
from officials.models import Assistant, Curator, Official, Region


@admin.register(Region)
class RegionAdmin(ScopedAdmin):
    """Division codes are facts; what can be edited are names and slogans, by superusers."""

    list_display = ("code", "chinese_name", "english_name", "name_za", "kind", "parent")
    list_filter = ("kind",)
    search_fields = ("code", "name_zh", "name_en", "pinyin")
    list_select_related = ("parent",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AssistantInline(ScopedPermissions, TabularInline):  # type: ignore[misc]
    model = Assistant
    extra = 0
    hide_title = True
    fields = ("user", "named_at")
    readonly_fields = ("user", "named_at")
    scope_lookups = ("official__region", "official__region__parent")
    curators_may_add = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OfficialForm(forms.ModelForm):  # type: ignore[type-arg]
    new_portrait = forms.FileField(label=_("New portrait"), required=False)

    class Meta:
        model = Official
        fields = "__all__"  # noqa: DJ007 -- the admin class names them

    def clean_new_portrait(self) -> Any:
        """Re-encoded here, so that a wrong picture is said beside its field."""
        upload = self.cleaned_data["new_portrait"]
        if upload:
            try:
                set_portrait(official=self.instance, upload=upload)
            except DomainError as error:
                raise forms.ValidationError(error.message, code=error.code) from error
        return upload


@admin.register(Official)
class OfficialAdmin(ScopedAdmin):
    form = OfficialForm
    scope_lookups = ("region", "region__parent")
    curators_may_add = False
    list_display = ("chinese_name", "post_zh", "region", "state_badge", "applied_at", "verified_by")
    list_filter = ("state", ("region", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("region", "verified_by")
    search_fields = ("name_zh", "name_en", "post_zh", "region__name_zh", "user__email")
    readonly_fields = (
        "user",
        "portrait_shown",
        "state",
        "applied_at",
        "verified_at",
        "verified_by",
    )
    fieldsets = (
        (None, {"fields": ("user", "slug", "region", ("name_zh", "name_en"))}),
        (_("Post"), {"fields": (("post_zh", "post_en"), ("catchphrase_zh", "catchphrase_en"))}),
        (_("About"), {"fields": ("intro_zh", "intro_en", "portrait_shown", "new_portrait")}),
        (
            _("Verification"),
            {"fields": ("state", "state_reason", ("applied_at", "verified_at", "verified_by"))},
        ),
    )
    inlines = (AssistantInline,)
    actions = ("verify_chosen",)
    actions_submit_line = ("save_and_verify", "save_and_suspend")

    @display(
        description=_("state"),
        ordering="state",
        label={"applied": "warning", "verified": "success", "suspended": "danger"},
    )
    def state_badge(self, official: Official) -> tuple[str, str]:
        return official.state, official.get_state_display()

    @admin.display(description=_("portrait"))
    def portrait_shown(self, official: Official) -> str:
        if not official.portrait:
            return "–"
        return format_html('<img src="{}" width="160" height="160" alt="">', official.portrait.url)

    @admin.action(description=_("Verify the chosen officials"))
    def verify_chosen(self, request: HttpRequest, rows: QuerySet[Official]) -> None:
        assert isinstance(request.user, User)
        boss = request.user
        self.run_on_each(
            request,
            rows.select_related("region__parent", "user"),
            lambda official: verify_official(official=official, by=boss),
            _("%(number)s verified."),
        )

    @action(description=_("Save and verify"))
    def save_and_verify(self, request: HttpRequest, official: Official) -> None:
        assert isinstance(request.user, User)
        verify_official(official=official, by=request.user)

    @action(description=_("Suspend for the reason given"))
    def save_and_suspend(self, request: HttpRequest, official: Official) -> None:
        assert isinstance(request.user, User)
        suspend_official(official=official, by=request.user, reason=official.state_reason)


@admin.register(Curator)
class CuratorAdmin(AuditedAdmin, ModelAdmin):  # type: ignore[misc]
    """Who may edit which prefecture: only superusers say so."""

    list_display = ("user", "prefecture")
    list_filter = ("prefecture",)
    list_select_related = ("user", "prefecture")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "prefecture":
            kwargs["queryset"] = Region.objects.filter(kind=Region.Kind.PREFECTURE)
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_all(request)
