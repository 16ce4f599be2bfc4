"""Preparing a lucky draw. What is prepared cannot be changed any more, only taken back.

While the show is rehearsed, its draws are there to be tried out as soon as they are prepared.
"""

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from livecommerce import ratelimit
from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.transitions import move
from streams.domain import draw_events, draw_terms, roles
from streams.domain.draw_refusals import explain
from streams.domain.draw_terms import Terms
from streams.models import Broadcast, Draw
from streams.models.broadcasts import REHEARSAL_MARK

MOST_PREPARED = 10


def plan_draw(*, broadcast: Broadcast, by: User, terms: Terms, key: str) -> Draw:
    """Write the terms down, once for each `key`; in a rehearsal, those of a practice draw.

    Raises DomainError: not_your_show (403), show_over, too_many_draws (409), what
    `draw_terms.check_terms` says (422), too_fast (429).
    """
    roles.require_draw(by, broadcast)
    planned = Draw.objects.filter(broadcast=broadcast, key=key).first()
    if planned is not None:
        return planned
    if broadcast.is_over:
        raise DomainError("show_over", _("This show is over."), status=409)
    if not key or len(key) > 36:
        raise DomainError("bad_key", _("This message could not be read. Please try again."))
    checked = draw_terms.check_terms(terms=terms, broadcast=broadcast)
    ratelimit.require(f"plan-draw:{broadcast.pk}", rate=30, per=3600, burst=10)
    if Draw.objects.filter(broadcast=broadcast, state=Draw.State.PLANNED).count() >= MOST_PREPARED:
        raise DomainError("too_many_draws", _("Open or take back what is prepared."), status=409)
    try:
        with transaction.atomic():
            hold_plans(broadcast)
            draw = write_draw(broadcast=broadcast, by=by, terms=checked, key=key)
            draw_events.tell_planned(broadcast)
            for rehearsal in _running_rehearsals(broadcast):
                write_draw(broadcast=rehearsal, by=by, terms=checked, key=key)
                draw_events.tell_planned(rehearsal)
            return draw
    except IntegrityError as error:
        known = Draw.objects.filter(broadcast=broadcast, key=key).first()
        if known is None:
            raise explain(error) from error
        return known


def hold_plans(show: Broadcast) -> None:
    """Until the end of the transaction nobody else prepares one, or begins to rehearse."""
    Broadcast.objects.select_for_update(of=("self",)).only("pk").get(pk=show.pk)


def _running_rehearsals(show: Broadcast) -> QuerySet[Broadcast]:
    return show.rehearsals.filter(state=Broadcast.State.REHEARSING)


def write_draw(*, broadcast: Broadcast, by: User, terms: Terms, key: str) -> Draw:
    """Terms that were judged already. In a rehearsal it gets the names of a practice draw."""
    draw = Draw(broadcast=broadcast, planned_by=by, key=key, **vars(terms))
    if broadcast.is_rehearsal:
        draw.pk = _next_practice_id()
        draw.public_id = REHEARSAL_MARK + get_random_string(11, "abcdefghjkmnpqrstuvwxyz23456789")
    draw.terms_hash = draw_terms.hash_of(draw)
    draw.save(force_insert=True)
    return draw


def _next_practice_id() -> int:
    """Below zero: no prize can belong to it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('streams_practice_draw_id')")
        number: int = cursor.fetchone()[0]
    return number


def withdraw_draw(*, draw: Draw, by: User) -> None:
    """Before it was opened, and never again afterwards; what it is in the rehearsal that is on goes
    with it. Twice is once.

    Raises DomainError: not_your_show (403), draw_state (409).
    """
    roles.require_draw(by, draw.broadcast)
    with transaction.atomic():
        if move(draw, "state", Draw.State.PLANNED, Draw.State.WITHDRAWN):
            draw_events.tell_planned(draw.broadcast)
            _withdraw_practice(draw)
            return
    draw.refresh_from_db(fields=["state"])
    if draw.state != Draw.State.WITHDRAWN:
        raise DomainError("draw_state", _("A draw that was opened stays."), status=409)


def _withdraw_practice(draw: Draw) -> None:
    for rehearsal in _running_rehearsals(draw.broadcast):
        practice = Draw.objects.filter(broadcast=rehearsal, key=draw.key).first()
        if practice and move(practice, "state", Draw.State.PLANNED, Draw.State.WITHDRAWN):
            draw_events.tell_planned(rehearsal)
