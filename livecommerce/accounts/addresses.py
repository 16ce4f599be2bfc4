"""The rules of an address book: at most twenty, one of them first, nobody sees another's."""

import re
import unicodedata
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from livecommerce.accounts.models import Address, User
from livecommerce.errors import DomainError

LIMIT = 20
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")


class Facts(TypedDict):
    recipient: str
    phone: str
    province: str
    city: str
    county: str
    street: str


def mainland_mobile(typed: str) -> str:
    """Eleven digits, whatever spaces, dashes, full-width digits or +86 were typed around them;
    empty if it is no mainland mobile number."""
    plain = re.sub(r"[\s\-().]", "", unicodedata.normalize("NFKC", typed))
    match = _MOBILE.fullmatch(plain)
    return match[1] if match else ""


@transaction.atomic
def add_address(*, user: User, facts: Facts, is_first: bool = False) -> Address:
    """The very first address becomes the first choice by itself. Locks the person's row, so that
    two tabs cannot pass the limit together. DomainError `address_limit` (409)."""
    User.objects.select_for_update().get(pk=user.pk)
    kept = user.addresses.count()
    if kept >= LIMIT:
        raise DomainError(
            "address_limit",
            _("An address book holds twenty. Delete one that you no longer use first."),
            status=409,
        )
    is_first = is_first or kept == 0
    if is_first:
        user.addresses.filter(is_default=True).update(is_default=False)
    return Address.objects.create(user=user, is_default=is_first, **facts)


@transaction.atomic
def change_address(*, address: Address, facts: Facts, is_first: bool = False) -> Address:
    """An address that is first stays first; another takes its place only by being put there."""
    User.objects.select_for_update().get(pk=address.user_id)
    for name, value in facts.items():
        setattr(address, name, value)
    if is_first and not address.is_default:
        address.user.addresses.filter(is_default=True).update(is_default=False)
        address.is_default = True
    address.save()
    return address


@transaction.atomic
def put_first(*, address: Address) -> None:
    User.objects.select_for_update().get(pk=address.user_id)
    address.user.addresses.filter(is_default=True).update(is_default=False)
    address.is_default = True
    address.save(update_fields=["is_default", "updated_at"])


@transaction.atomic
def remove_address(*, address: Address) -> None:
    """Orders keep their own copy. The most recent of the others becomes the first choice."""
    User.objects.select_for_update().get(pk=address.user_id)
    was_first = address.is_default
    owner = address.user
    address.delete()
    following = owner.addresses.order_by("-updated_at").first() if was_first else None
    if following is not None:
        following.is_default = True
        following.save(update_fields=["is_default"])
