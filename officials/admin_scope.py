"""The back room follows the region: a curator sees and edits their own prefecture, and no other."""

import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from livecommerce import audit
from livecommerce.accounts import step_up
from livecommerce.accounts.models import User
from livecommerce.audit.admin_trail import AuditedAdmin
from livecommerce.errors import DomainError
from officials.domain.curation import curated_codes
from officials.models import Region

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    _Admin = BaseModelAdmin[Any]
else:
    _Admin = object


APPROVING = re.compile(r"(?:^|_)(?:approve|verify|send_again)(?:_chosen)?$")
"""Buttons and actions of the back room for which somebody proves anew who they are."""
NAME_LABELS = {"name_zh": _("name (Chinese)"), "name_en": _("name (English)")}


def codes_of(request: HttpRequest) -> frozenset[str]:
    """The prefectures the request's user curates; asked of the database once a request."""
    if not hasattr(request, "curated_codes"):
        request.curated_codes = curated_codes(request.user)  # type: ignore[attr-defined]
    found: frozenset[str] = getattr(request, "curated_codes")  # noqa: B009 -- set above
    return found


def has_all(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)


def regions_in_scope(request: HttpRequest) -> QuerySet[Region]:
    if has_all(request):
        return Region.objects.all()
    codes = codes_of(request)
    return Region.objects.filter(Q(code__in=codes) | Q(parent__in=codes))


class ScopedPermissions(_Admin):
    """For admin classes and inlines alike. `scope_lookups` lead from a row to its place;
    empty means the rows belong to no place: curators may look, superusers may edit."""

    scope_lookups: tuple[str, ...] = ()
    curators_may_add = True
    curators_may_change = True

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if has_all(request) or not self.scope_lookups:
            return rows
        wanted = Q()
        for lookup in self.scope_lookups:
            wanted |= Q(**{f"{lookup}__in": codes_of(request)})
        return rows.filter(wanted)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_all(request) or bool(codes_of(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request) and self._reaches(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if has_all(request):
            return True
        may = bool(self.scope_lookups) and self.curators_may_change and bool(codes_of(request))
        return may and self._reaches(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if has_all(request):
            return True
        return bool(self.scope_lookups) and self.curators_may_add and bool(codes_of(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_all(request)

    def _reaches(self, request: HttpRequest, obj: Any) -> bool:
        if not isinstance(obj, self.model) or obj.pk is None or has_all(request):
            return True
        return self.scoped(request, self.model._default_manager.filter(pk=obj.pk)).exists()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in NAME_LABELS:
            field.label = NAME_LABELS[db_field.name]
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Region:
            kwargs.setdefault("queryset", regions_in_scope(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def _approves(request: HttpRequest) -> bool:
    if request.method != "POST":
        return False
    pressed = (*request.POST, request.POST.get("action", ""))
    return any(APPROVING.search(name) for name in pressed)


class LookOnlyPermissions(ScopedPermissions):
    """Rows that the shop's own rules write: nobody edits them here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScopedAdmin(AuditedAdmin, ScopedPermissions, ModelAdmin):  # type: ignore[misc]
    """Another prefecture's row is refused and that is written down; a rule's refusal is said in
    words; what is saved goes into the audit book."""

    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = True

    @admin.display(description=_("name (Chinese)"), ordering="name_zh")
    def chinese_name(self, row: Any) -> str:
        return str(row.name_zh)

    @admin.display(description=_("name (English)"), ordering="name_en")
    def english_name(self, row: Any) -> str:
        return str(row.name_en)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        found = self._row_out_of_scope(object_id)
        if found is None:
            raise Http404
        assert isinstance(request.user, User)
        audit.record_refusal(
            actor=request.user,
            action=f"{opts.app_label}.change_{opts.model_name}",
            subject=found,
            request=request,
        )
        raise PermissionDenied

    def _row_out_of_scope(self, object_id: str) -> Any:
        try:
            key = self.model._meta.pk.to_python(unquote(object_id))
        except ValidationError:
            return None
        return self.model._default_manager.filter(pk=key).first()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if _approves(request) and not step_up.is_fresh(request):
            return step_up.ask(request)
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if _approves(request) and not step_up.is_fresh(request):
            return step_up.ask(request)
        try:
            answer: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except DomainError as error:
            if request.method != "POST":
                raise
            messages.error(request, error.message)
            return HttpResponseRedirect(request.get_full_path())
        return answer

    def run_on_each(
        self, request: HttpRequest, rows: QuerySet[Any], step: Any, done: object
    ) -> None:
        """Do `step(row)` for each; refusals are said per row, successes once."""
        number = 0
        for row in rows:
            try:
                step(row)
                number += 1
            except DomainError as error:
                self.message_user(request, f"{row}: {error.message}", messages.ERROR)
        if number:
            self.message_user(request, str(done) % {"number": number}, messages.SUCCESS)
