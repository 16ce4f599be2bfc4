"""What an official declares about themselves and the producers of a show's goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.wording import clean
from products.models import Producer
from streams.models import Broadcast, Declaration

LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """One producer of the shelf, and what was said of them, if anything."""

    producer: Producer
    declaration: Declaration | None


def asked_of(broadcast: Broadcast) -> list[Asked]:
    """Every producer whose goods are on the shelf, once, in the shelf's order. Two queries."""
    said = {one.producer_id: one for one in broadcast.declarations.all()}
    found: dict[int, Producer] = {}
    for item in broadcast.shelf.select_related("product__producer__region").order_by("position"):
        found.setdefault(item.product.producer_id, item.product.producer)
    return [Asked(one, said.get(pk)) for pk, one in found.items()]


def undeclared(broadcast: Broadcast) -> list[Producer]:
    return [one.producer for one in asked_of(broadcast) if one.declaration is None]


def shown(broadcast: Broadcast) -> Sequence[Declaration]:
    """What anybody may read on the show's page: only of producers that are on its shelf."""
    return list(
        broadcast.declarations.filter(producer__products__shelf_items__broadcast=broadcast)
        .select_related("producer")
        .distinct()
        .order_by("-is_related", "producer_id")
    )


def declare(*, broadcast: Broadcast, by: User, answers: Mapping[int, tuple[bool, str]]) -> None:
    """Write down, for each producer's id, whether the official is related to them, and how.

    Only the official speaks about themselves, no assistant. Raises DomainError: not_the_official
    (403), declare_words, text_too_long (422).
    """
    if by.pk != broadcast.host.user_id:
        raise DomainError(
            "not_the_official",
            _("Only the official can declare this; an assistant cannot do it for them."),
            status=403,
        )
    known = {one.producer.pk: one for one in asked_of(broadcast)}
    with transaction.atomic():
        for producer_id, (is_related, words) in answers.items():
            if producer_id in known:
                _write(broadcast, by, known[producer_id], is_related, words)


def _write(broadcast: Broadcast, by: User, asked: Asked, is_related: bool, words: str) -> None:
    told = clean.clean_line(words)[:LONGEST]
    if is_related and not told:
        raise DomainError(
            "declare_words",
            _("Say how you are related to %(name)s: viewers read it.")
            % {"name": asked.producer.name},
        )
    told = told if is_related else ""
    was = asked.declaration
    if was is not None and (was.is_related, was.words) == (is_related, told):
        return
    Declaration.objects.update_or_create(
        broadcast=broadcast,
        producer=asked.producer,
        defaults={"is_related": is_related, "words": told, "declared_by": by},
    )
    audit.record(
        actor=by,
        action="streams.declare_interest",
        subject=broadcast,
        before={"related": was.is_related, "words": was.words} if was else {},
        after={"producer": asked.producer.pk, "related": is_related, "words": told},
    )
