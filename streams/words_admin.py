"""The back room of banned words: lists of the site (superusers) and of a host's rooms (curators
of the host's prefecture). Every change makes all processes build the list anew."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from livecommerce.wording.normalise import normalise
from officials.admin_scope import ScopedAdmin, has_all, regions_in_scope
from officials.models import Official
from streams.domain.chat_words import add_words, note_change
from streams.models import BannedWord, WordList

MOST_PASTED = 30_000


class WordListForm(forms.ModelForm):  # type: ignore[type-arg]
    pasted = forms.CharField(
        label=_("Add words"),
        required=False,
        widget=UnfoldAdminTextareaWidget,
        help_text=_("One a line. Spaces, signs, width and look-alikes do not matter."),
    )

    class Meta:
        model = WordList
        fields = ("name", "host", "consequence", "is_active")

    def clean_pasted(self) -> list[str]:
        lines: list[str] = self.cleaned_data["pasted"].splitlines()
        if len(lines) > MOST_PASTED:
            raise forms.ValidationError(
                gettext("At most %(count)s lines at once.") % {"count": MOST_PASTED}
            )
        empty = [line for line in lines if line.strip() and not normalise(line).text]
        if empty:
            raise forms.ValidationError(
                gettext("Nothing of this is left to find: %(words)s")
                % {"words": ", ".join(empty[:5])}
            )
        return lines


@admin.register(WordList)
class WordListAdmin(ScopedAdmin):
    form = WordListForm
    scope_lookups = ("host__region", "host__region__parent")
    list_display = ("name", "scope", "consequence", "is_active", "size", "changed_at")
    list_filter = ("consequence", "is_active")
    list_select_related = ("host",)
    search_fields = ("name", "host__name_zh")
    readonly_fields = ("changed_at",)
    fieldsets = (
        (None, {"fields": ("name", "host", ("consequence", "is_active"))}),
        (_("Words"), {"fields": ("pasted",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(words_count=Count("words"))
        return rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "host":
            hosts = Official.objects.filter(region__in=regions_in_scope(request))
            kwargs["queryset"] = hosts.order_by("name_zh")
            if not has_all(request):
                kwargs["required"] = True
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("where"))
    def scope(self, row: WordList) -> str:
        return str(row.host) if row.host else gettext("every room")

    @display(description=_("words"))
    def size(self, row: WordList) -> int:
        return int(row.words_count)  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: WordList, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        pasted = form.cleaned_data.get("pasted")
        if pasted:
            added = add_words(words=obj, lines=pasted)
            messages.success(request, gettext("%(count)s new words.") % {"count": added})
        else:
            note_change(obj.pk)


@admin.register(BannedWord)
class BannedWordAdmin(ScopedAdmin):
    scope_lookups = ("list__host__region", "list__host__region__parent")
    list_display = ("word", "list", "is_exception")
    list_filter = ("list", "is_exception")
    list_select_related = ("list",)
    search_fields = ("word",)
    list_per_page = 100

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "list" and not has_all(request):
            regions = regions_in_scope(request)
            kwargs["queryset"] = WordList.objects.filter(host__region__in=regions)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: BannedWord, form: Any, change: bool) -> None:
        before = form.initial.get("list")
        super().save_model(request, obj, form, change)
        note_change(obj.list_id, *([before] if before else []))

    def delete_model(self, request: HttpRequest, obj: BannedWord) -> None:
        super().delete_model(request, obj)
        note_change(obj.list_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[BannedWord]) -> None:
        lists = set(queryset.values_list("list", flat=True))
        super().delete_queryset(request, queryset)
        note_change(*lists)
