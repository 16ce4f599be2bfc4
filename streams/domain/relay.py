"""Handing over: the host of one show takes their viewers along to the next of the festival.

announced → started, or withdrawn. Announced, the next host sees it coming; started, the viewers
of the first room see a card with a countdown and go along when it is over, unless they stay. Only
shows that follow each other in one festival's schedule hand over, as it stands at that moment.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.realtime.publish import publish
from livecommerce.transitions import move
from streams.domain import relay_facts, roles
from streams.domain.relay_facts import OPEN
from streams.events import RelayChanged, RelayComing
from streams.models import Broadcast, Relay

State = Relay.State
COUNTDOWN = timedelta(seconds=30)
"""Time to read the card, to finish paying, and to say good-bye."""
BEFORE_OR_ON = (Broadcast.State.SCHEDULED, Broadcast.State.LIVE)


def next_show(broadcast: Broadcast) -> Broadcast | None:
    """The show after this one in its festival's schedule; None if that one is over already."""
    if broadcast.festival_id is None or broadcast.is_rehearsal:
        return None
    after = Q(scheduled_at__gt=broadcast.scheduled_at) | Q(
        scheduled_at=broadcast.scheduled_at, pk__gt=broadcast.pk
    )
    following = (
        Broadcast.objects.filter(after, festival=broadcast.festival_id, rehearsal_of=None)
        .exclude(state=Broadcast.State.CANCELLED)
        .select_related("host__user", "region")
        .order_by("scheduled_at", "pk")
        .first()
    )
    return following if following is not None and not following.is_over else None


def relay_from(broadcast: Broadcast) -> Relay | None:
    """The open hand-over of this show."""
    rows = Relay.objects.filter(from_show=broadcast, state__in=OPEN)
    return rows.select_related("to_show__host__user", "to_show__region").first()


def relay_to(broadcast: Broadcast) -> Relay | None:
    """The open hand-over to this show."""
    rows = Relay.objects.filter(to_show=broadcast, state__in=OPEN)
    return rows.select_related("from_show__host__user", "from_show__region").first()


def announce(*, broadcast: Broadcast, by: User) -> Relay:
    """Tell the next host that this show will hand over to theirs. Twice is once.

    Raises DomainError: no_such_show (404), not_your_part (403), no_next_show, show_over (409).
    """
    roles.require_console(by, broadcast, "may_run")
    if broadcast.is_over:
        raise DomainError("show_over", _("This show has ended."), status=409)
    following = _require_next(broadcast)
    try:
        with transaction.atomic():
            relay = Relay.objects.create(from_show=broadcast, to_show=following, made_by=by)
            _tell(relay)
            _tell_next_host(relay)
    except IntegrityError:
        known = relay_from(broadcast)
        if known is None or known.to_show_id != following.pk:
            raise DomainError(
                "already_handed_over",
                _("Another show hands over to the next one already."),
                status=409,
            ) from None
        return known
    return relay


def start(*, broadcast: Broadcast, by: User) -> Relay:
    """Ask the viewers along: from now on they see the card. Announces by itself; twice is once.

    Raises DomainError as `announce`, and not_live, not_next_any_more (409).
    """
    roles.require_console(by, broadcast, "may_run")
    if not broadcast.is_live:
        raise DomainError("not_live", _("This show is not live."), status=409)
    relay = relay_from(broadcast) or announce(broadcast=broadcast, by=by)
    if relay.state == State.STARTED:
        return relay
    following = _require_next(broadcast)
    if following.pk != relay.to_show_id:
        raise DomainError(
            "not_next_any_more",
            _("The schedule has changed: another show is next. Withdraw, and hand over anew."),
            status=409,
        )
    with transaction.atomic():
        goes_at = timezone.now() + COUNTDOWN
        if _move(relay, (State.ANNOUNCED,), State.STARTED, goes_at=goes_at):
            _tell(relay)
    return relay


def withdraw(*, broadcast: Broadcast, by: User) -> None:
    """Not after all; possible until the countdown is over. Twice is once.

    Raises DomainError: no_such_show (404), not_your_part (403), already_gone (409).
    """
    roles.require_console(by, broadcast, "may_run")
    relay = relay_from(broadcast)
    if relay is None:
        return
    if relay.goes_at is not None and relay.goes_at <= timezone.now():
        raise DomainError(
            "already_gone", _("The viewers have been handed over already."), status=409
        )
    with transaction.atomic():
        if _move(relay, (relay.state,), State.WITHDRAWN):
            _tell(relay)


def _require_next(broadcast: Broadcast) -> Broadcast:
    following = next_show(broadcast)
    if following is None or following.state not in BEFORE_OR_ON:
        raise DomainError(
            "no_next_show",
            _("No show follows this one in the schedule of its festival."),
            status=409,
        )
    return following


def _move(relay: Relay, from_: tuple[str, ...], to: str, **updates: object) -> bool:
    moved = move(relay, "state", from_, to, version=F("version") + 1, **updates)
    relay.refresh_from_db(fields=["version", "state", "goes_at"])
    return moved


def _tell_next_host(relay: Relay) -> None:
    """In their inbox, too: their console may not be open yet."""
    host = relay.to_show.host.user
    with translation.override(host.language):
        notify(
            user=host,
            kind=Kind.SYSTEM,
            key=f"relay:{relay.pk}",
            title=_("%(host)s will hand over to you") % {"host": relay.from_show.host.name},
            body=_("At the end of “%(title)s” its viewers come to your show. Be ready then.")
            % {"title": relay.from_show.title},
            url=reverse("streams:console", args=[relay.to_show.public_id]),
        )


def _tell(relay: Relay) -> None:
    """Both rooms: the first one's viewers, and the next one's host."""
    publish(relay.from_show.room, RelayChanged(relay=relay_facts.facts(relay)))
    publish(relay.to_show.room, RelayComing(version=relay.version))
