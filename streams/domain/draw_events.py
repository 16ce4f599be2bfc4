"""Telling a room what becomes of its lucky draw: to the card, and in words in the chat."""

from collections.abc import Callable

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from livecommerce.realtime.publish import publish
from streams.domain import chat, draw_facts
from streams.domain.draw_proof import masked, winners_of
from streams.events import DrawChanged, DrawPlanned
from streams.models import Broadcast, Draw

NAMES_SAID = 8


def tell(draw: Draw) -> None:
    """Inside the transaction that changed it."""
    publish(draw.broadcast.room, DrawChanged(draw=draw_facts.fresh(draw)))


def tell_planned(broadcast: Broadcast) -> None:
    """Inside the transaction that prepared one or took it back."""
    prepared = Draw.objects.filter(broadcast=broadcast, state=Draw.State.PLANNED).count()
    publish(broadcast.room, DrawPlanned(prepared=prepared))


def tell_changed(draw: Draw) -> None:
    """Inside the transaction that changed something about its winners."""
    Draw.objects.filter(pk=draw.pk).update(version=F("version") + 1)
    tell(draw)


def say_opened(draw: Draw) -> None:
    assert draw.closes_at is not None
    until = timezone.localtime(draw.closes_at).strftime("%H:%M:%S")
    _say(
        draw,
        "open",
        lambda: (
            (
                _("Practice draw, no prizes: %(prize)s, %(places)s. Enter until %(until)s.")
                if draw.is_practice
                else _("Lucky draw: %(prize)s, %(places)s to be won. Enter until %(until)s.")
            )
            % {"prize": draw.prize, "places": draw.places, "until": until}
        ),
    )


def say_drawn(draw: Draw) -> None:
    names = [masked(one) for one in winners_of(draw)]

    def words() -> str:
        if not names and draw.is_practice:
            return _("Nobody entered the practice draw.")
        if not names:
            return _("Nobody entered the lucky draw: %(prize)s stays.") % {"prize": draw.prize}
        won = _("Drawn: %(names)s won %(prize)s. Anyone can check it.")
        if draw.is_practice:
            won = _("Practice, drawn: %(names)s for %(prize)s. No prize is given.")
        return won % {
            "names": _(", ").join(names[:NAMES_SAID]) + ("…" if len(names) > NAMES_SAID else ""),
            "prize": draw.prize,
        }

    _say(draw, "drawn", words)


def _say(draw: Draw, moment: str, words: Callable[[], str]) -> None:
    with translation.override("zh-hans"):
        text = words()
    with translation.override("en"):
        text_en = words()
    chat.tell_room(
        broadcast=draw.broadcast,
        key=f"draw-{draw.public_id}-{moment}",
        text=text[:200],
        text_en=text_en[:200],
    )
