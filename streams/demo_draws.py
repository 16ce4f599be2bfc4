"""The demo room's polls and lucky draws: one after the other, so that a visitor can try both."""

from datetime import datetime, timedelta

from django.utils import timezone

from streams.domain import draw_plans, draws, polls
from streams.domain.draw_terms import Terms
from streams.models import Broadcast, Draw, Poll

PAUSE = timedelta(minutes=2)
OPEN_SECONDS = 300
QUESTIONS = (
    ("先讲哪一样？", ("芒果", "茶油", "八角", "香米")),
    ("你最在意什么？", ("产地", "价格", "发货快", "包装好")),
)
WORDS = "壮乡好物"
PRIZE = Terms(
    prize_zh="演示奖品：芒果一箱（不寄送）",
    prize_en="Demo prize: a box of mangoes (not sent)",
    prize_fen=6800,
    passphrase=WORDS,
    entry_seconds=OPEN_SECONDS,
)
READY = Terms(
    prize_zh="凤山核桃一箱",
    prize_en="A box of Fengshan walnuts",
    prize_fen=9900,
    places=3,
    must_follow=True,
)


def keep_going(show: Broadcast) -> None:
    """Open the next one if nothing is open and the last one is over for a while. No state of its
    own: the rows say what comes next."""
    asked = show.polls.order_by("-opened_at").first()
    drawn = show.draws.filter(state__in=Draw.STARTED).order_by("-announced_at").first()
    ends = [asked.closes_at] if asked else []
    ends += [drawn.closes_at] if drawn and drawn.closes_at else []
    if ends and max(ends) > timezone.now() - PAUSE:
        return
    if asked is None or (drawn is not None and _began(drawn) > asked.opened_at):
        _ask(show)
    else:
        _open_draw(show)


def prepare(show: Broadcast) -> None:
    """A draw that the demo's official can open with one key."""
    draw_plans.plan_draw(broadcast=show, by=show.host.user, terms=READY, key="demo")


def _began(draw: Draw) -> datetime:
    assert draw.announced_at is not None
    return draw.announced_at


def _ask(show: Broadcast) -> Poll:
    number = show.polls.count()
    question, choices = QUESTIONS[number % len(QUESTIONS)]
    return polls.open_poll(
        broadcast=show,
        by=show.host.user,
        question=question,
        choices=list(choices),
        seconds=OPEN_SECONDS,
        key=f"demo-{number}",
    )


def _open_draw(show: Broadcast) -> None:
    number = show.draws.count()
    host = show.host.user
    draw = draw_plans.plan_draw(broadcast=show, by=host, terms=PRIZE, key=f"demo-{number}")
    draws.open_draw(draw=draw, by=host)
