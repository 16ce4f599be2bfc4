"""What only the demonstration shows: whom to sign in as, and the code no phone is there for."""

import time
from importlib import import_module
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django import template
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from livecommerce.accounts.models import User

register = template.Library()

_ROLES = {
    "viewer": _("Viewer: watch and buy"),
    "official": _("Official: host a show"),
    "producer": _("Producer: pack and send what was bought"),
    "moderator": _("Moderator: keep the chat kind"),
    "curator": _("Curator: choose a prefecture's goods"),
    "admin": _("Admin: see everything"),
}
_ORDER = list(_ROLES)
STEP_SECONDS = 30


@register.simple_tag
def demo_people() -> list[dict[str, Any]]:
    """The demo accounts, those a newcomer tries first at the top; nobody outside a demo."""
    if not settings.DEMO:
        return []
    # Imported by name and late: the seeds know every app, and production never needs them.
    people = import_module("livecommerce.demo").sign_ins()
    ranks = {role: rank for rank, role in enumerate(_ORDER)}
    return [
        {**person, "label": _ROLES.get(person["role"], person["role"])}
        for person in sorted(people, key=lambda one: ranks.get(one["role"], len(ranks)))
    ]


@register.simple_tag
def demo_code(who: User | str) -> str:
    """Six digits for a demo account, or for the secret that is just being set up; else empty."""
    if not settings.DEMO:
        return ""
    if isinstance(who, User):
        return import_module("livecommerce.demo").current_code(who) or ""
    return str(format_hotp_value(hotp_value(who, int(time.time()) // STEP_SECONDS)))
