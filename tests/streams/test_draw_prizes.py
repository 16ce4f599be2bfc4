"""Prizes: 48 hours for an address, then the rule that was fixed; who sends them reads addresses."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.utils import timezone

from livecommerce.notifications import domain as notifications
from livecommerce.notifications.models import Notification
from streams.domain import draw_prizes
from streams.models import DrawWinner, RoomRole
from tests.factories import make_address, make_assistant, make_user
from tests.streams.draws import enter, finish, make_draw, open_now, without_triggers
from tests.streams.shows import make_show, told
from tests.streams.test_moderation import code_of

pytestmark = pytest.mark.django_db(transaction=True)


def drawn(entries=6, **terms):
    draw = open_now(make_draw(**terms))
    for _ in range(entries):
        enter(draw)
    return finish(draw)


def first(draw, rank=1):
    return draw_prizes.winner_of(
        draw=draw, user=DrawWinner.objects.get(draw=draw, rank=rank).entry.user
    )


def pass_48_hours(winner):
    with without_triggers():
        row = DrawWinner.objects.filter(pk=winner.pk)
        row.update(
            deadline=timezone.now() - timedelta(seconds=1),
            told_at=timezone.now() - timedelta(hours=48, seconds=1),
        )
    winner.refresh_from_db()


def test_the_winner_is_told_by_inbox_and_mail_and_has_48_hours():
    draw = drawn()
    winner = first(draw)
    assert timedelta(hours=47, minutes=59) < winner.deadline - timezone.now() <= timedelta(hours=48)
    letter = Notification.objects.get(kind="draw_won")
    assert letter.title == "你中奖了：凤山核桃一箱"
    assert letter.url == f"/draws/{draw.public_id}/claim/"
    notifications.send_due()
    assert mail.outbox[-1].to == [winner.entry.user.email]


def test_an_address_of_ones_own_book_claims_and_may_be_changed_until_it_is_sent():
    draw = drawn()
    winner = first(draw)
    user, host = winner.entry.user, draw.broadcast.host.user
    one, two = make_address(user), make_address(user, recipient="李小山")
    send = {"winner": winner, "by": host, "note": "顺丰 SF123"}
    assert code_of(draw_prizes.send_prize, **send) == "draw_winners_stay"
    strange = {"winner": winner, "address": make_address(make_user())}
    assert code_of(draw_prizes.claim_prize, **strange) == "not_your_address"
    draw_prizes.claim_prize(winner=winner, address=one)
    draw_prizes.claim_prize(winner=winner, address=two)
    winner.refresh_from_db()
    assert (winner.state, winner.address["recipient"]) == ("claimed", "李小山")
    assert code_of(draw_prizes.decline_prize, winner=winner) == "too_late_to_claim"
    draw_prizes.send_prize(**send)
    draw_prizes.send_prize(**send)
    assert code_of(draw_prizes.claim_prize, winner=winner, address=one) == "too_late_to_claim"
    assert Notification.objects.get(key=f"draw-sent:{winner.pk}").body == "顺丰 SF123"


def test_who_is_late_loses_it_to_the_next_in_the_order():
    draw = drawn(entries=3)
    loser = first(draw)
    pass_48_hours(loser)
    late = {"winner": loser, "address": make_address(loser.entry.user)}
    assert code_of(draw_prizes.claim_prize, **late) == "too_late_to_claim"
    assert draw_prizes.run_due() == 1
    assert draw_prizes.run_due() == 0
    rows = list(DrawWinner.objects.order_by("rank").values_list("rank", "state"))
    assert rows == [(1, "lapsed"), (2, "told")]
    event = [one for one in told(draw.broadcast) if one["t"] == "draw"][-1]["draw"]
    assert [one["has_lapsed"] for one in event["won"]] == [True, False]
    assert Notification.objects.filter(key__startswith="draw-won:").count() == 2


def test_a_prize_moves_up_three_times_and_then_lapses():
    draw = drawn(entries=6)
    for rank in range(1, 7):
        winner = DrawWinner.objects.filter(draw=draw, rank=rank).first()
        if winner is None:
            break
        pass_48_hours(winner)
        draw_prizes.run_due()
    assert list(DrawWinner.objects.values_list("state", flat=True)) == ["lapsed"] * 4


def test_a_prize_lapses_at_once_if_that_was_the_rule():
    draw = drawn(if_unclaimed="lapse")
    draw_prizes.decline_prize(winner=first(draw))
    assert list(DrawWinner.objects.values_list("state", flat=True)) == ["lapsed"]


def test_declining_leaves_it_to_the_next_at_once():
    draw = drawn(places=2)
    draw_prizes.decline_prize(winner=first(draw, 2))
    states = list(DrawWinner.objects.order_by("rank").values_list("state", flat=True))
    assert states == ["told", "lapsed", "told"]


def test_half_a_day_before_a_reminder_once():
    winner = first(drawn())
    with without_triggers():
        DrawWinner.objects.update(
            deadline=timezone.now() + timedelta(hours=11),
            told_at=timezone.now() - timedelta(hours=37),
        )
    assert [draw_prizes.run_due(), draw_prizes.run_due()] == [1, 0]
    assert Notification.objects.filter(key=f"draw-remind:{winner.pk}").exists()


def test_addresses_are_erased_ninety_days_after_sending():
    draw = drawn()
    winner = first(draw)
    draw_prizes.claim_prize(winner=winner, address=make_address(winner.entry.user))
    winner.refresh_from_db()
    draw_prizes.send_prize(winner=winner, by=draw.broadcast.host.user, note="")
    with without_triggers():
        DrawWinner.objects.update(sent_at=timezone.now() - timedelta(days=91))
    assert draw_prizes.run_due() == 1
    winner.refresh_from_db()
    assert winner.address == {}


# --- pages


def test_the_claim_is_the_winners_page_alone(client):
    draw = drawn(entries=2)
    winner = first(draw)
    address = f"/draws/{draw.public_id}/claim/"
    assert client.get(address).status_code == 302
    other = draw.entries.exclude(pk=winner.entry_id).get().user
    for user in (other, make_user(), draw.broadcast.host.user):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(f"/draws/{draw.public_id}/decline").status_code == 404
    client.force_login(winner.entry.user)
    assert "/me/addresses/new/" in client.get(address).text
    refused = client.post(address, {"address": "999999"})
    assert (refused.status_code, "请选择地址" in refused.text) == (422, True)
    own = make_address(winner.entry.user)
    assert client.post(address, {"address": own.pk}).status_code == 302
    winner.refresh_from_db()
    assert winner.address == own.snapshot()


def test_addresses_are_read_by_host_and_assistants_only(client):
    draw = drawn()
    show, winner = draw.broadcast, first(draw)
    draw_prizes.claim_prize(winner=winner, address=make_address(winner.entry.user))
    helper = make_user()
    RoomRole.objects.create(broadcast=show, user=helper, role="draws")
    address = f"/host/{show.public_id}/draws/{draw.public_id}/prizes/"
    expected = {
        make_user(): 404,
        winner.entry.user: 404,
        helper: 403,
        make_assistant(show.host).user: 200,
        show.host.user: 200,
    }
    for user, status in expected.items():
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status
        assert ("13800138000" in answer.text) == (status == 200)
        sent = client.post(f"{address}1/sent", {"note": "SF1"})
        assert sent.status_code == (302 if status == 200 else status)
    elsewhere = f"/host/{make_show().public_id}/draws/{draw.public_id}/prizes/"
    assert client.get(elsewhere).status_code == 404
    winner.refresh_from_db()
    assert winner.state == "sent"
