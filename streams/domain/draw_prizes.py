"""Prizes: winners are told and have 48 hours to give an address; then the rule fixed before says
whether the next in the order gets it or it lapses. The order is the draw's; nobody picks."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from livecommerce.accounts.models import Address, User
from livecommerce.errors import DomainError
from livecommerce.notifications.domain import notify
from livecommerce.notifications.models import Kind
from livecommerce.transitions import move
from livecommerce.wording import clean
from streams.domain import draw_events, draw_proof, roles
from streams.domain.draw_refusals import explain
from streams.models import Draw, DrawEntry, DrawWinner

State = DrawWinner.State
REMIND_BEFORE = timedelta(hours=12)
ADDRESS_KEPT = timedelta(days=90)
"""After the prize was sent; then the address is of no use any more."""


def name_winner(*, draw: Draw, entry_id: int, rank: int) -> DrawWinner:
    """Inside a transaction. The database refuses everyone but the one whose turn it is. In a
    practice draw nobody wins anything, and so nobody is told."""
    state = State.PRACTICE if draw.is_practice else State.TOLD
    winner = DrawWinner.objects.create(draw=draw, entry_id=entry_id, rank=rank, state=state)
    winner.refresh_from_db()
    user = winner.entry.user
    if user is not None and not draw.is_practice:
        with translation.override(user.language):
            notify(
                user=user,
                kind=Kind.DRAW_WON,
                key=f"draw-won:{winner.pk}",
                title=_("You won: %(prize)s") % {"prize": draw.prize},
                body=_(
                    "Give an address by %(until)s, and it is sent to you. It costs you nothing:"
                    " nobody will ask you for money or a code."
                )
                % {"until": _until(winner)},
                url=reverse("streams:draw_claim", args=[draw.public_id]),
            )
    return winner


def winner_of(*, draw: Draw, user: User) -> DrawWinner:
    """This person's prize. Raises DomainError `no_such_draw` (404) for everyone else, and for
    everyone in a practice draw."""
    winners = DrawWinner.objects.filter(draw=draw, entry__user=user, draw__gt=0)
    winner = winners.select_related("draw__broadcast", "entry__user").first()
    if winner is None:
        raise DomainError("no_such_draw", _("This draw is not here."), status=404)
    return winner


def claim_prize(*, winner: DrawWinner, address: Address) -> None:
    """Take it: sent to this address (of the winner's own book). Another one may be given until it
    was sent. Raises DomainError: not_your_address (404), too_late_to_claim (409)."""
    if address.user_id != winner.entry.user_id:
        raise DomainError("not_your_address", _("This address is not here."), status=404)
    given = {"address": address.snapshot(), "claimed_at": timezone.now()}
    with transaction.atomic():
        waiting = DrawWinner.objects.filter(pk=winner.pk)
        if waiting.filter(state=State.CLAIMED).update(address=given["address"]):
            return
        in_time = waiting.filter(state=State.TOLD, deadline__gte=timezone.now())
        if not in_time.update(state=State.CLAIMED, **given):
            winner.refresh_from_db(fields=["state"])
            raise DomainError(
                "too_late_to_claim",
                _("The prize is on its way already.")
                if winner.state == State.SENT
                else _("The 48 hours are over: the prize is not yours any more."),
                status=409,
            )


def decline_prize(*, winner: DrawWinner) -> None:
    """Leave it to the next, or let it lapse. Raises DomainError `too_late_to_claim` (409)."""
    with transaction.atomic():
        _lock(winner.draw)
        if not move(winner, "state", State.TOLD, State.LAPSED, declined_at=timezone.now()):
            winner.refresh_from_db(fields=["state"])
            if winner.state == State.LAPSED:
                return
            raise DomainError(
                "too_late_to_claim", _("It is too late for that, or done already."), status=409
            )
        _move_up(winner.draw)


def send_prize(*, winner: DrawWinner, by: User, note: str) -> None:
    """It is on its way; `note` says how (carrier and number). Twice is once.

    Raises DomainError: not_your_show (403), text_too_long (422), draw_winners_stay (409).
    """
    roles.require_run(by, winner.draw.broadcast)
    line = clean.require_line(note, longest=60) if note.strip() else ""
    with transaction.atomic():
        sent = {"sent_at": timezone.now(), "sent_note": line[:60]}
        if not move(winner, "state", State.CLAIMED, State.SENT, **sent):
            winner.refresh_from_db(fields=["state"])
            if winner.state == State.SENT:
                return
            raise DomainError(
                "draw_winners_stay", _("No address was given for this prize."), status=409
            )
        user = winner.entry.user
        if user is None:
            return
        with translation.override(user.language):
            notify(
                user=user,
                kind=Kind.DRAW_WON,
                key=f"draw-sent:{winner.pk}",
                title=_("Your prize is on its way: %(prize)s") % {"prize": winner.draw.prize},
                body=line,
                url=reverse("streams:draw_claim", args=[winner.draw.public_id]),
            )


def run_due() -> int:
    """Lapse what nobody took, move up, remind, and forget old addresses; how many rows moved."""
    now = timezone.now()
    waiting = DrawWinner.objects.filter(state=State.TOLD).select_related(
        "draw__broadcast", "entry__user"
    )
    moved = 0
    for winner in waiting.filter(deadline__lt=now)[:200]:
        with transaction.atomic():
            _lock(winner.draw)
            if move(winner, "state", State.TOLD, State.LAPSED):
                moved += 1
                _move_up(winner.draw)
    soon = waiting.filter(deadline__gte=now, deadline__lt=now + REMIND_BEFORE)
    moved += sum(_remind(winner) for winner in soon.filter(told_at__lt=now - REMIND_BEFORE)[:500])
    old = DrawWinner.objects.filter(state=State.SENT, sent_at__lt=now - ADDRESS_KEPT)
    return moved + old.exclude(address={}).update(address={})


def _move_up(draw: Draw) -> None:
    """The next in the order gets a chance, if the rule says so and there is one. Under the lock."""
    known = DrawWinner.objects.filter(draw=draw).count()
    if known < draw.last_rank and known >= draw.places:
        entries = dict(DrawEntry.objects.filter(draw=draw).values_list("mark", "pk"))
        order = draw_proof.order_of(draw, entries, seed=draw.seed, beacon=draw.beacon_value)
        if known < len(order):
            try:
                name_winner(draw=draw, entry_id=entries[order[known]], rank=known + 1)
            except IntegrityError as error:
                raise explain(error) from error
    draw_events.tell_changed(draw)


def _remind(winner: DrawWinner) -> bool:
    user = winner.entry.user
    if user is None:
        return False
    with transaction.atomic(), translation.override(user.language):
        return notify(
            user=user,
            kind=Kind.DRAW_WON,
            key=f"draw-remind:{winner.pk}",
            title=_("Your prize waits: %(prize)s") % {"prize": winner.draw.prize},
            body=_("Give an address by %(until)s.") % {"until": _until(winner)},
            url=reverse("streams:draw_claim", args=[winner.draw.public_id]),
        )


def _until(winner: DrawWinner) -> str:
    assert winner.deadline is not None
    return date_format(timezone.localtime(winner.deadline), "SHORT_DATETIME_FORMAT")


def _lock(draw: Draw) -> None:
    """One change of a draw's winners after the other."""
    Draw.objects.select_for_update().get(pk=draw.pk)
