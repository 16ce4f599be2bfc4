"""Writing to the book and reading it. Called from the domain, in the transaction of the change."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest
from django.utils.functional import Promise

from livecommerce.accounts.models import User
from livecommerce.audit.models import AuditEntry
from livecommerce.audit.requests import current, network_of

HIDDEN = frozenset(
    ("password", "email", "phone", "recipient", "street", "contact_phone", "bank_account")
)
"""Of these the book says that they changed, never what they are."""
VEIL = "•••"
LONGEST = 2000
"""Characters of one value; a text that changed is told from by what it began with."""


def record(
    *,
    actor: User | None,
    action: str,
    subject: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    request: HttpRequest | None = None,
) -> AuditEntry:
    """Write what `actor` did (None: the shop by itself), in the caller's transaction.

    `action` is `<app>.<verb>` in small letters. Where both `before` and `after` have a key, it is
    kept only if the values differ. The network is that of `request`, or of the request being
    answered.
    """
    then, now = _told(before or {}), _told(after or {})
    same = {name for name in then.keys() & now.keys() if then[name] == now[name]}
    entry = _entry(actor, action, subject, request)
    entry.before = _veiled({name: value for name, value in then.items() if name not in same})
    entry.after = _veiled({name: value for name, value in now.items() if name not in same})
    entry.reason = reason
    entry.save(force_insert=True)
    return entry


def record_refusal(
    *,
    actor: User | None,
    action: str,
    subject: models.Model,
    reason: str = "",
    request: HttpRequest | None = None,
) -> AuditEntry:
    """Write that `actor` tried and was refused. It survives the rollback that a refusal brings:
    inside a transaction of a request it waits until the answer is made (`AuditMiddleware`)."""
    entry = _entry(actor, action, subject, request)
    entry.is_refused = True
    entry.reason = reason
    visit = current.get()
    if visit is not None:
        visit.has_refused = True
        if connection.in_atomic_block:
            visit.refusals.append(entry)
            return entry
    entry.save(force_insert=True)
    return entry


def note_closed_door(actor: User, request: HttpRequest) -> AuditEntry:
    """A page of the back room that this person may not open."""
    return AuditEntry.objects.create(
        actor=actor,
        actor_label=_label(actor),
        action="audit.closed_door",
        is_refused=True,
        subject_label=f"{request.method} {request.path}"[:200],
        network=network_of(request),
    )


def history(subject: models.Model) -> QuerySet[AuditEntry]:
    """All that was written about one thing, newest first."""
    return AuditEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_pk=str(subject.pk)
    ).order_by("-pk")


def facts(row: models.Model, *names: str) -> dict[str, Any]:
    """The fields `names` of a row (all of its own without any), as `record` takes them."""
    wanted = names or tuple(one.name for one in row._meta.concrete_fields)
    found = {}
    for name in wanted:
        one = row._meta.get_field(name)
        found[name] = getattr(row, one.attname if isinstance(one, models.ForeignKey) else name)
    return found


def _entry(
    actor: User | None, action: str, subject: models.Model, request: HttpRequest | None
) -> AuditEntry:
    return AuditEntry(
        actor=actor,
        actor_label=_label(actor),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_pk=str(subject.pk if subject.pk is not None else ""),
        subject_label=_name_of(subject)[:200],
        network=network_of(request),
    )


def _label(actor: User | None) -> str:
    return f"{actor.display_name or '#'} ({actor.pk})"[:80] if actor is not None else ""


def _name_of(subject: models.Model) -> str:
    """People and their things are named by number: the book is kept longer than their data."""
    if isinstance(subject, User) or any(
        one.name in HIDDEN for one in subject._meta.concrete_fields
    ):
        return f"{subject._meta.verbose_name} {subject.pk}"
    return str(subject)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    if isinstance(value, (str, Promise, Decimal, UUID, FieldFile)):
        return str(value)[:LONGEST]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk if isinstance(value.pk, (int, str)) else str(value.pk)
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, QuerySet)):
        inner = [_plain(one) for one in value]
        return sorted(inner, key=str) if isinstance(value, (set, frozenset)) else inner
    return str(value)[:LONGEST]


def _veiled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: VEIL if name in HIDDEN and value else value for name, value in values.items()}
