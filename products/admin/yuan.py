"""Prices are typed in yuan and kept in fen."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminTextInputWidget

from livecommerce.money import format_fen


class YuanField(forms.DecimalField):
    """`48.50` in the form, `4850` in the row; never a float in between."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_digits", 9)
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}))
        super().__init__(decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Any:
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / 100 if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(
            Decimal(initial) / 100 if isinstance(initial, int) else initial, data
        )


class YuanMixin:
    """Every `…_fen` field of the model becomes a YuanField."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name.endswith("_fen"):
            return YuanField(
                label=f"{db_field.verbose_name} (¥)",
                required=not db_field.blank,
                help_text=db_field.help_text,
                initial=db_field.default if db_field.has_default() else None,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


def yuan(fen: int | None) -> str:
    return "–" if fen is None else format_html("¥{}", format_fen(fen))
