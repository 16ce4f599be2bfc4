"""What search is told by people, and what people looked for in vain."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from officials.admin_scope import LookOnlyPermissions, ScopedAdmin
from products.domain.search_aliases import forget
from products.models import SearchAlias, SearchMiss


@admin.register(SearchAlias)
class SearchAliasAdmin(ScopedAdmin):
    list_display = ("names", "note", "changed_at")
    search_fields = ("names", "note")

    def save_model(self, request: HttpRequest, obj: SearchAlias, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget()

    def delete_model(self, request: HttpRequest, obj: SearchAlias) -> None:
        super().delete_model(request, obj)
        forget()


@admin.register(SearchMiss)
class SearchMissAdmin(LookOnlyPermissions, ScopedAdmin):
    """Numbers by day; nobody stands behind them."""

    list_display = ("text", "day", "searches", "wishes")
    search_fields = ("text",)
    date_hierarchy = "day"
