"""Practice draws: in a rehearsal everything of a lucky draw, and nobody wins anything."""

import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from livecommerce.accounts import holdings
from livecommerce.notifications.models import Notification
from livecommerce.realtime import presence
from streams.domain import (
    draw_facts,
    draw_plans,
    draw_prizes,
    draw_terms,
    draw_watching,
    draws,
    pins,
    polls,
    rehearsal_crowd,
    rehearsal_draws,
    rehearsals,
    shows,
)
from streams.models import Draw, DrawEntry, DrawWinner, Rehearsal
from tests.factories import make_address, make_user
from tests.streams.draws import enter, finish, make_draw, open_now, without_triggers
from tests.streams.shows import make_show, told
from tests.streams.test_draw_desk import DRAW, HTMX
from tests.streams.test_moderation import code_of
from tests.streams.test_pages import as_host

__all__ = ["as_host"]

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parent.parent.parent


def rehearse(show=None, crowd=0):
    show = show or make_show()
    return rehearsals.open_rehearsal(show=show, by=show.host.user, crowd=crowd)


def invited(made):
    guest = make_user()
    rehearsals.invite(show=made.rehearsal_of, by=made.host.user, email=guest.email)
    return guest


def visitor(user):
    client = Client()
    client.force_login(user)
    return client


def practised(entrants=3, played=0, **terms):
    """A practice draw that is over, and who entered it."""
    made = rehearse()
    draw = open_now(make_draw(made, **terms))
    people = [invited(made) for _ in range(entrants)]
    for user in people:
        enter(draw, user)
    if played:
        play(made, present=played)
    return finish(draw), people


def play(made, *, present=20, times=20):
    for number in range(times):
        chance = random.Random(number)
        rehearsal_draws.take_part(broadcast=made, present=present, chance=chance)


# --- What it is ------------------------------------------------------------------------------


def test_what_the_show_has_prepared_is_there_in_the_order_it_was_prepared():
    show = make_show()
    first = make_draw(show, key="a", places=2, passphrase="壮乡好物", must_follow=True)
    second = make_draw(show, key="b", prize_zh="八角一袋")
    taken_back = make_draw(show, key="c")
    draw_plans.withdraw_draw(draw=taken_back, by=show.host.user)
    made = rehearse(show)
    copies = list(made.draws.all())
    assert [one.key for one in copies] == ["a", "b"]
    for copy, planned in zip(copies, (first, second), strict=True):
        assert (copy.pk < 0, copy.public_id[0], copy.is_practice) == (True, "0", True)
        for name in rehearsal_draws.TERMS:
            assert getattr(copy, name) == getattr(planned, name)
        assert copy.terms_hash == draw_terms.hash_of(copy) != planned.terms_hash
    opened = draws.open_next(broadcast=made, by=made.host.user)
    assert opened == copies[0]
    assert list(show.draws.values_list("state", flat=True)) == ["planned", "planned", "withdrawn"]


def prepared(broadcast):
    return [event["prepared"] for event in told(broadcast) if event["t"] == "draw_planned"]


def test_what_is_prepared_meanwhile_is_there_at_once_and_what_is_taken_back_is_gone():
    show = make_show()
    made = rehearse(show)
    planned = make_draw(show, key="late", places=3)
    copy = made.draws.get()
    assert (copy.key, copy.places, copy.is_practice) == ("late", 3, True)
    assert copy.terms_hash == draw_terms.hash_of(copy) != planned.terms_hash
    make_draw(show, key="late", places=3)
    assert made.draws.count() == show.draws.count() == 1, "once for each key"
    draw_plans.withdraw_draw(draw=planned, by=show.host.user)
    copy.refresh_from_db()
    assert copy.state == "withdrawn"
    assert prepared(made) == prepared(show) == [1, 0], "both consoles look anew"


def test_a_practice_draw_of_ones_own_and_one_that_is_open_stay():
    show = make_show()
    made = rehearse(show)
    make_draw(made, key="own")
    assert not show.draws.exists(), "what is prepared in a rehearsal is no promise of the show"
    planned = make_draw(show, key="both")
    opened = made.draws.get(key="both")
    draws.open_draw(draw=opened, by=show.host.user)
    draw_plans.withdraw_draw(draw=planned, by=show.host.user)
    assert list(made.draws.order_by("key").values_list("key", "state")) == [
        ("both", "open"),
        ("own", "planned"),
    ]


def test_a_rehearsal_that_is_over_gets_no_more():
    show = make_show()
    made = rehearse(show)
    shows.end_show(broadcast=made, by=show.host.user)
    make_draw(show)
    assert not made.draws.exists()


def test_its_very_terms_say_that_nothing_is_promised():
    made = rehearse()
    terms = json.loads(draw_terms.text_of(make_draw(made)))
    assert (terms["practice"], terms["claim_hours"]) == (True, 0)
    live = json.loads(draw_terms.text_of(make_draw()))
    assert "practice" not in live
    assert live["claim_hours"] == 48


def test_it_runs_as_a_draw_does_and_the_room_reads_what_it_is():
    draw, _people = practised(entrants=4, places=2)
    assert (draw.state, draw.entries_count) == ("drawn", 4)
    assert hashlib.sha256(draw.seed.encode()).hexdigest() == draw.seed_hash
    events = told(draw.broadcast)
    assert [one["draw"]["state"] for one in events if one["t"] == "draw"] == [
        "open",
        "closed",
        "drawn",
    ]
    assert all(one["draw"]["is_practice"] for one in events if one["t"] == "draw")
    lines = [one["text"] for one in events if one["t"] == "chat"]
    assert [line[:4] for line in lines] == ["彩排抽奖", "彩排开奖"]
    assert all("不发奖品" in line for line in lines)
    assert draw_facts.facts(make_draw())["is_practice"] is False


def test_a_rehearsal_that_is_over_opens_none():
    made = rehearse()
    draw = make_draw(made)
    shows.end_show(broadcast=made, by=made.host.user)
    draw.refresh_from_db()
    assert code_of(draws.open_draw, draw=draw, by=made.host.user) == "not_live"
    assert code_of(make_draw, made) == "show_over"


def test_minutes_watched_count_in_a_rehearsal():
    made = rehearse()
    user = invited(made)
    presence.announce(made.room, [presence.person_of_user(user.pk)], seconds=60)
    assert draw_watching.count_watching() == 1


# --- Nobody wins anything --------------------------------------------------------------------


def test_nobody_is_told_asked_or_reminded():
    before = Notification.objects.count()
    draw, people = practised(entrants=3)
    invitations = Notification.objects.filter(kind="system").count()
    assert Notification.objects.count() - before == invitations == 3
    winner = DrawWinner.objects.get()
    assert (winner.state, winner.deadline, winner.address) == ("practice", None, {})
    assert draw_prizes.run_due() == 0
    assert not any("中奖" in letter.subject for letter in mail.outbox)
    assert code_of(draw_prizes.winner_of, draw=draw, user=winner.entry.user) == "no_such_draw"
    client = visitor(winner.entry.user)
    address = make_address(winner.entry.user)
    for name in ("draw_claim", "draw_decline"):
        url = reverse(f"streams:{name}", args=[draw.public_id])
        assert client.post(url, {"address": address.pk}).status_code == 404, name
    winner.refresh_from_db()
    assert (winner.state, winner.address) == ("practice", {})
    assert winner.entry.user in people


def test_there_are_no_prizes_to_send(as_host):
    draw, _people = practised()
    client = as_host(draw.broadcast.host.user)
    where = [draw.broadcast.public_id, draw.public_id]
    assert client.get(reverse("streams:draw_prizes", args=where)).status_code == 404
    assert client.post(reverse("streams:draw_send", args=[*where, 1])).status_code == 404


@pytest.mark.parametrize(
    "prize",
    [
        {"state": "told"},
        {"state": "claimed", "address": {"recipient": "张三"}},
        {"address": {"recipient": "张三"}},
        {"deadline": timezone.now()},
        {"claimed_at": timezone.now()},
        {"sent_at": timezone.now()},
        {"sent_note": "SF1"},
    ],
)
def test_the_database_takes_no_prize_of_a_rehearsal(prize):
    draw, _people = practised(entrants=1)
    with pytest.raises(IntegrityError, match="no_prize_in_a_rehearsal"), without_triggers():
        DrawWinner.objects.filter(draw=draw).update(**prize)
    with pytest.raises(IntegrityError), transaction.atomic():
        DrawWinner.objects.filter(draw=draw).update(**prize)


def test_a_prize_of_a_show_is_never_practice():
    draw = open_now(make_draw())
    enter(draw)
    draw = finish(draw)
    with pytest.raises(IntegrityError, match="no_prize_in_a_rehearsal"), without_triggers():
        DrawWinner.objects.filter(draw=draw).update(state="practice")


def test_the_database_keeps_practice_to_rehearsals():
    show = make_show()
    planned, practice = make_draw(show), make_draw(rehearse(make_show()))
    for draw, change in (
        (planned, {"broadcast": practice.broadcast}),
        (practice, {"broadcast": show}),
        (planned, {"public_id": "0abcdefghjkm"}),
        (practice, {"public_id": "abcdefghjkmn"}),
    ):
        with (
            pytest.raises(IntegrityError, match="practice_draw_is_a_rehearsals"),
            without_triggers(),
        ):
            Draw.objects.filter(pk=draw.pk).update(**change)


def test_ones_own_copy_tells_nothing_of_it():
    draw, (user,) = practised(entrants=1)
    assert DrawEntry.objects.filter(draw=draw, user=user).exists()
    assert {"streams-drawentry", "streams-prizes"}.isdisjoint(holdings.collect(user))
    real = open_now(make_draw())
    enter(real, user)
    finish(real)
    files = holdings.collect(user)
    assert [row["draw__public_id"] for row in files["streams-drawentry"]] == [real.public_id]
    assert len(files["streams-prizes"]) == 1


# --- It goes with its rehearsal ---------------------------------------------------------------


def test_a_show_that_was_rehearsed_with_everything_can_be_deleted():
    show = make_show(items=2)
    make_draw(show)
    made = rehearse(show, crowd=200)
    host = show.host.user
    pins.pin(broadcast=made, item=made.shelf.first(), by=host)
    draw = open_now(made.draws.get())
    for _ in range(12):
        rehearsal_crowd.step(Rehearsal.objects.select_related("broadcast__host").get(pk=made.pk))
    guest = invited(made)
    enter(draw, guest)
    finish(draw)
    asked = {"question": "先讲哪个？", "choices": ["核桃", "茶油"], "seconds": 60, "key": "k"}
    polls.open_poll(broadcast=made, by=host, **asked)
    shows.end_show(broadcast=made, by=host)
    assert DrawWinner.objects.filter(draw__lt=0).exists()
    with pytest.raises(ProtectedError):
        show.delete()  # its own draw is a promise
    show.draws.all().delete()
    show.delete()
    for model in (Draw, DrawEntry, DrawWinner, Rehearsal):
        assert not model.objects.exists(), model


def test_a_draw_of_a_show_stays_with_all_that_belongs_to_it():
    draw = open_now(make_draw())
    enter(draw)
    draw = finish(draw)
    winner = DrawWinner.objects.get()
    for row in (winner, winner.entry, draw, draw.broadcast):
        with pytest.raises((ProtectedError, IntegrityError)), transaction.atomic():
            row.delete()
    for model in (DrawWinner, DrawEntry, Draw):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.all()._raw_delete("default")


# --- Who sees it -----------------------------------------------------------------------------


def test_its_pages_are_for_those_invited():
    draw, (guest,) = practised(entrants=1)
    stranger, host = visitor(make_user()), visitor(draw.broadcast.host.user)
    page = reverse("streams:draw", args=[draw.public_id])
    figures = reverse("streams:draw_proof", args=[draw.public_id])
    entering = reverse("streams:draw_enter", args=[draw.public_id])
    for path in (page, figures):
        assert Client().get(path).status_code == stranger.get(path).status_code == 404
        assert visitor(guest).get(path).status_code == host.get(path).status_code == 200
    assert stranger.post(entering).status_code == 404
    assert "private" in host.get(figures).headers["Cache-Control"]
    assert stranger.get(reverse("streams:draw", args=["0nosuchdraw1"])).status_code == 404


def test_room_console_and_proof_say_that_it_is_practice(as_host):
    draw, (guest,) = practised(entrants=1)
    room_of = draw.broadcast.public_id
    said = "彩排抽奖，不发奖品"
    room = visitor(guest).get(f"/rooms/{room_of}/").text
    assert said in room
    assert 'data-words-open="彩排抽奖"' in room
    assert 'data-f="claim"' not in room
    page = visitor(guest).get(reverse("streams:draw", args=[draw.public_id])).text
    assert said in page
    assert "rehearsal-band" in page
    assert "/claim/" not in page
    console = as_host(draw.broadcast.host.user)
    assert said in console.get(f"/host/{room_of}/").text
    panel = console.get(f"/host/{room_of}/draws/").text
    assert said in panel
    assert "/prizes/" not in panel
    shown = Client().get(f"/rooms/{make_show(state='live').public_id}/").text
    assert said not in shown
    assert 'data-f="claim"' in shown


def test_the_host_prepares_and_opens_one_from_the_console(as_host):
    made = rehearse()
    client = as_host(made.host.user)
    base = f"/host/{made.public_id}/draws/"
    assert 'id="draw-new"' in client.get(base).text
    assert "彩排抽奖，不发奖品" in client.get(f"{base}new/", headers=HTMX).text
    assert client.post(f"{base}new/", DRAW, headers=HTMX).status_code == 200
    draw = made.draws.get()
    assert f'id="draw-open-{draw.public_id}"' in client.get(base).text
    assert client.post(f"{base}{draw.public_id}/open", headers=HTMX).status_code == 200
    draw.refresh_from_db()
    assert (draw.state, draw.is_practice) == ("open", True)


def test_anyone_invited_works_the_result_out_again(tmp_path):
    draw, (guest,) = practised(entrants=1, played=20, places=3)
    proof = visitor(guest).get(reverse("streams:draw_proof", args=[draw.public_id])).json()
    assert proof["is_practice"]
    assert len(proof["entries"]) == draw.entries_count > 3
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), "utf-8")
    check = [sys.executable, str(ROOT / "static/draws/verify_draw.py"), str(file)]
    checked = subprocess.run(check, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert "NO" not in checked.stdout


# --- The played crowd ------------------------------------------------------------------------


def test_the_crowd_enters_once_each_under_names_that_say_simulated():
    made = rehearse()
    draw = open_now(make_draw(made, places=3))
    play(made, present=20, times=60)
    entries = DrawEntry.objects.filter(draw=draw)
    assert entries.count() == 20
    assert not entries.exclude(user=None).exists()
    one = entries.first()
    text = f"{draw.public_id}:{one.device}:{one.nonce}"
    assert one.mark == hashlib.sha256(text.encode()).hexdigest()
    finish(draw)
    won = draw_facts.fresh(draw)["won"]
    assert [winner["name"][:5] for winner in won] == ["模拟观众 "] * 3


def test_the_crowd_leaves_a_draw_alone_that_takes_no_entries():
    made = rehearse()
    draw = make_draw(made)
    play(made)
    draws.open_draw(draw=draw, by=made.host.user)
    play(made)  # five seconds before it opens
    assert not DrawEntry.objects.exists()


def test_a_step_of_the_crowd_says_the_words_and_enters():
    made = rehearse(crowd=200)
    draw = open_now(make_draw(made, passphrase="壮乡好物"))
    for _ in range(12):
        rehearsal_crowd.step(Rehearsal.objects.select_related("broadcast__host").get(pk=made.pk))
    assert DrawEntry.objects.filter(draw=draw, user=None).exists()
    assert made.messages.filter(text="壮乡好物", is_demo=True).exists()


def test_nobody_is_played_in_the_draw_of_a_show():
    draw = open_now(make_draw())
    with pytest.raises(IntegrityError, match="an entry is of somebody"), transaction.atomic():
        DrawEntry.objects.create(draw=draw, nonce="0" * 32, device="x1")
    practice = open_now(make_draw(rehearse()))
    with pytest.raises(IntegrityError, match="an entry is of somebody"), transaction.atomic():
        DrawEntry.objects.create(draw=practice, nonce="0" * 32, device="")
