"""Factories of lucky draws. Only tests move a draw's times: no code of the shop can."""

from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from itertools import count
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from streams.domain import draw_entries, draw_plans, draws
from streams.domain.draw_terms import Terms
from streams.models import Draw
from tests.factories import make_user
from tests.streams.shows import make_show

_numbers = count(1)


@contextmanager
def without_triggers():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield


def make_draw(show=None, *, key="", **terms) -> Draw:
    """Prepared by the host of a live show."""
    show = show or make_show(state="live")
    values = {"prize_zh": "凤山核桃一箱", "prize_en": "A box of walnuts", "prize_fen": 9900}
    return draw_plans.plan_draw(
        broadcast=show, by=show.host.user, terms=Terms(**values | terms), key=key or str(uuid4())
    )


def open_now(draw) -> Draw:
    """Opened, and its five seconds are over."""
    draws.open_draw(draw=draw, by=draw.broadcast.host.user)
    move_times(draw, opens_at=timezone.now() - timedelta(seconds=1))
    return draw


def over_now(draw) -> Draw:
    """Its time is over; nobody has looked yet."""
    move_times(draw, closes_at=timezone.now() - timedelta(milliseconds=1))
    return draw


def finish(draw) -> Draw:
    over_now(draw)
    draws.run_due()
    draw.refresh_from_db()
    return draw


def move_times(draw, **times) -> None:
    with without_triggers():
        Draw.objects.filter(pk=draw.pk).update(**times)
    draw.refresh_from_db()


def nonce() -> str:
    return sha256(str(next(_numbers)).encode()).hexdigest()[:32]


def enter(draw, user=None, **given):
    return draw_entries.enter(
        draw=draw, user=user or make_user(), nonce=given.pop("nonce", nonce()), **given
    )
