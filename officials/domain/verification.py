"""applied → verified → suspended, and back: who says that an official is who they say they are."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from livecommerce import audit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.pictures import make_renditions
from livecommerce.transitions import move
from officials.domain.identity import FIRST_CHECK, refuse_outsider, standing
from officials.models import Official, Region

RESERVED_SLUGS = {"apply", "assistants"}
PORTRAIT_WIDTH = 640


def apply_to_host(
    *,
    user: User,
    region: Region,
    name_zh: str,
    post_zh: str,
    intro_zh: str,
    name_en: str = "",
    post_en: str = "",
    intro_en: str = "",
    catchphrase_zh: str = "",
    catchphrase_en: str = "",
    portrait: "File[bytes] | None" = None,
) -> Official:
    """An application waits for a curator. One per person; the portrait is encoded anew.

    Raises DomainError if the person has applied before, or for a picture we do not take.
    """
    official = Official(
        user=user,
        region=region,
        slug=_slug(name_en or name_zh),
        name_zh=name_zh,
        name_en=name_en,
        post_zh=post_zh,
        post_en=post_en,
        intro_zh=intro_zh,
        intro_en=intro_en,
        catchphrase_zh=catchphrase_zh,
        catchphrase_en=catchphrase_en,
    )
    if portrait is not None:
        set_portrait(official=official, upload=portrait)
    try:
        with transaction.atomic():
            official.save()
    except IntegrityError as error:
        raise DomainError(
            "applied_before", _("You have applied already. We will write to you."), status=409
        ) from error
    return official


def set_portrait(*, official: Official, upload: "File[bytes]") -> None:
    """Store the re-encoded picture under a name that tells nothing; the caller saves the row."""
    data = make_renditions(upload, widths=(PORTRAIT_WIDTH,))
    name = get_random_string(16, "abcdefghjkmnpqrstuvwxyz23456789")
    official.portrait.save(f"{name}.webp", ContentFile(data[max(data)]), save=False)


def verify_official(*, official: Official, by: User) -> None:
    """They may host from now on, and are told so. Idempotent.

    Their identity counts as checked for a year, unless a check with another date is written down.
    Nobody verifies themselves, and a curator only officials of their own prefecture.
    """
    refuse_outsider(by=by, subject=official, action="officials.verify")
    if official.state == Official.State.VERIFIED:
        return
    waiting = (Official.State.APPLIED, Official.State.SUSPENDED)
    now = timezone.now()
    values: dict[str, Any] = {"verified_by": by, "verified_at": now, "state_reason": ""}
    if not standing(official.identity_until).is_valid:
        values["identity_until"] = timezone.localdate(now) + FIRST_CHECK
    before = audit.facts(official, "state", "verified_by", "state_reason")
    with transaction.atomic():
        if not move(official, "state", waiting, Official.State.VERIFIED, **values):
            raise _elsewhere()
        audit.record(
            actor=by,
            action="officials.verify",
            subject=official,
            before=before,
            after=audit.facts(official, "state", "verified_by", "state_reason"),
        )
        with override(official.user.language):
            place = official.region.name
            notify(
                user=official.user,
                kind=Kind.OFFICIAL_VERIFIED,
                key=_once(official, "verified", now),
                title=_("You are verified"),
                body=_("You can host shows for %(place)s now.") % {"place": place},
                url=official.get_absolute_url(),
            )


def suspend_official(*, official: Official, by: User, reason: str) -> None:
    """They may not host until verified again, and are told why. Also turns down an application."""
    refuse_outsider(by=by, subject=official, action="officials.verify")
    reason = reason.strip()
    if not reason:
        raise DomainError("reason_missing", _("Say why; the official will read it."))
    open_states = (Official.State.APPLIED, Official.State.VERIFIED)
    before = audit.facts(official, "state")
    with transaction.atomic():
        if not move(
            official, "state", open_states, Official.State.SUSPENDED, state_reason=reason[:200]
        ):
            raise _elsewhere()
        audit.record(
            actor=by,
            action="officials.suspend",
            subject=official,
            before=before,
            after=audit.facts(official, "state"),
            reason=reason,
        )
        with override(official.user.language):
            notify(
                user=official.user,
                kind=Kind.SYSTEM,
                key=_once(official, "suspended", timezone.now()),
                title=_("You cannot host for now"),
                body=reason[:200],
                url=reverse("officials:apply"),
            )


def _once(official: Official, what: str, when: datetime) -> str:
    """The notification's key: the move to a state happens once, at one moment."""
    return f"official:{official.pk}:{what}:{when.timestamp():.0f}"


def _elsewhere() -> DomainError:
    return DomainError(
        "official_state", _("Somebody has decided already; reload the page."), status=409
    )


def _slug(name: str) -> str:
    """Readable and unique: `wei-daoxiang`, `wei-daoxiang-4k2p`."""
    from pypinyin import lazy_pinyin  # see products.lexemes

    stem = slugify(" ".join(lazy_pinyin(name)))[:50] or "official"
    if stem in RESERVED_SLUGS or Official.objects.filter(slug=stem).exists():
        return f"{stem}-{get_random_string(4, 'abcdefghjkmnpqrstuvwxyz23456789')}"
    return stem
