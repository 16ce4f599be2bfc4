"""Whom a parcel goes to, and how much of it people see who do not write the label.

Only the packing slip and the list of parcels to send hold a whole name, number and street.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Recipient:
    name: str
    phone: str
    place: str
    """Province and city; the street only where `is_whole`."""
    street: str
    is_whole: bool

    @property
    def address(self) -> str:
        return f"{self.place}{self.street}"


def whole(address: Mapping[str, Any]) -> Recipient:
    """As the label needs it, from an order's snapshot."""
    known = {name: str(address.get(name) or "") for name in _FIELDS}
    return Recipient(
        name=known["recipient"],
        phone=known["phone"],
        place=_place(known),
        street=known["county"] + known["street"],
        is_whole=True,
    )


def masked(address: Mapping[str, Any]) -> Recipient:
    """`李小山 13800138000` → `李** 138****8000`, and the city without the street."""
    known = whole(address)
    return Recipient(
        name=mask_name(known.name),
        phone=mask_phone(known.phone),
        place=known.place,
        street="",
        is_whole=False,
    )


def without_person(address: Mapping[str, Any]) -> dict[str, str]:
    """What is left of a snapshot when nobody is to be found by it: the county it went to."""
    kept = {name: str(address.get(name) or "") for name in _FIELDS} if address else {}
    return kept | dict.fromkeys(("recipient", "phone", "street"), "") if kept else {}


def mask_name(name: str) -> str:
    return name[:1] + "*" * min(max(len(name) - 1, 1), 3) if name else ""


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


_FIELDS = ("recipient", "phone", "province", "city", "county", "street")


def _place(known: Mapping[str, str]) -> str:
    """A municipality is its own province: `北京市北京市` is said once."""
    province, city = known["province"], known["city"]
    return province if province == city else province + city
