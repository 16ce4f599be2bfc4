"""The book of what staff did and decided: who, what, on what, before and after, and why.

    with transaction.atomic():
        before = audit.facts(product, "state", "name_zh")
        …
        audit.record(
            actor=user, action="products.rename", subject=product,
            before=before, after=audit.facts(product, "state", "name_zh"), reason=reason,
        )

See docs/trust.md. The functions live in `book.py`; they are fetched when first asked for, because
an app's package is imported before there are models.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from livecommerce.audit.book import facts, history, record, record_refusal

__all__ = ["facts", "history", "record", "record_refusal"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module("livecommerce.audit.book"), name)
