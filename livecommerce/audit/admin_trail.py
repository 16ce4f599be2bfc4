"""What is saved and deleted in the Django admin goes into the book, before and after."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from livecommerce.accounts.models import User
from livecommerce.audit.book import record

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    _Admin = ModelAdmin[Any]
else:
    _Admin = object

Told = dict[str, Any]


class AuditedAdmin(_Admin):
    """Every ModelAdmin by which rows can be changed has this in front of its bases; a test looks
    at all of them. Django calls these two inside the transaction of the change."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        before, after = changes_of(form, is_new=add)
        for formset in formsets or ():
            then, now = _changes_of_rows(formset)
            before |= then
            after |= now
        if add or before or after:
            verb = "add" if add else "change"
            record(
                actor=_person(request),
                action=_action(verb, form.instance),
                subject=form.instance,
                before=before,
                after=after,
                request=request,
            )
        return super().construct_change_message(request, form, formsets, add)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> Any:
        for row in queryset:
            record(
                actor=_person(request),
                action=_action("delete", row),
                subject=row,
                before=_own_values(row),
                request=request,
            )
        return super().log_deletions(request, queryset)


def changes_of(form: BaseForm, *, is_new: bool = False) -> tuple[Told, Told]:
    """What a valid form changes, as (before, after)."""
    names: Iterable[str] = [name for name in form.changed_data if name in form.cleaned_data]
    after = {name: form.cleaned_data[name] for name in names}
    if is_new:
        return {}, after
    before = {name: form.get_initial_for_field(form.fields[name], name) for name in names}
    return before, after


def _changes_of_rows(formset: Any) -> tuple[Told, Told]:
    """Of the rows below a row: `{"assistant 12": {…}}`."""
    before: Told = {}
    after: Told = {}
    for row in formset.deleted_objects:
        before[_named(row)] = _own_values(row)
    for row in formset.new_objects:
        after[_named(row)] = _own_values(row)
    forms = {form.instance.pk: form for form in formset.initial_forms}
    for row, _ in formset.changed_objects:
        before[_named(row)], after[_named(row)] = changes_of(forms[row.pk])
    return before, after


def _own_values(row: Model) -> Told:
    return {one.name: getattr(row, one.attname) for one in row._meta.concrete_fields}


def _named(row: Model) -> str:
    return f"{row._meta.model_name} {row.pk}"


def _action(verb: str, row: Model) -> str:
    return f"{row._meta.app_label}.{verb}_{row._meta.model_name}"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
