"""The book, to be read: by person, by thing and by what was done. Nobody writes here."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from livecommerce.audit.models import AuditEntry

NOTHING = "–"


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("at", "who", "action", "outcome", "what", "short", "reason", "network")
    list_filter = (
        "is_refused",
        "action",
        "subject_type",
        ("actor", admin.RelatedOnlyFieldListFilter),
    )
    list_filter_submit = True
    date_hierarchy = "at"
    search_fields = ("actor_label", "subject_label", "=subject_pk", "action", "reason")
    show_full_result_count = False
    list_per_page = 50
    fields = ("at", "who", "action", "outcome", "what", "changes", "reason", "network")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("who"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return entry.actor_label or str(_("the shop itself"))

    @display(
        description=_("outcome"),
        ordering="is_refused",
        label={"refused": "danger", "done": "success"},
    )
    def outcome(self, entry: AuditEntry) -> tuple[str, str]:
        if entry.is_refused:
            return "refused", str(pgettext_lazy("a deed", "refused"))
        return "done", str(pgettext_lazy("a deed", "done"))

    @admin.display(description=_("on what"), ordering="subject_label")
    def what(self, entry: AuditEntry) -> str:
        """The thing's page in the back room, where it has one."""
        name = entry.subject_type.replace(".", "_")
        try:
            url = reverse(f"admin:{name}_change", args=[entry.subject_pk])
        except NoReverseMatch:
            return entry.subject_label
        return format_html('<a href="{}">{}</a>', url, entry.subject_label)

    @admin.display(description=_("changes"))
    def short(self, entry: AuditEntry) -> str:
        """The names of what changed, and the values of the first."""
        names = list(dict.fromkeys((*entry.before, *entry.after)))
        if not names:
            return NOTHING
        first = names[0]
        told = f"{first}: {_said(entry.before, first)} → {_said(entry.after, first)}"
        more = f" (+{len(names) - 1})" if len(names) > 1 else ""
        return told[:80] + more

    @admin.display(description=_("changes"))
    def changes(self, entry: AuditEntry) -> SafeString | str:
        names = sorted({*entry.before, *entry.after})
        if not names:
            return NOTHING
        rows = format_html_join(
            "",
            "<tr><th scope=row>{}</th><td>{}</td><td>→</td><td>{}</td></tr>",
            ((name, _said(entry.before, name), _said(entry.after, name)) for name in names),
        )
        return format_html("<table><tbody>{}</tbody></table>", rows)


def _said(values: dict[str, Any], name: str) -> str:
    if name not in values:
        return NOTHING
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
