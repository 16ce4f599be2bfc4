"""`manage.py upkeep`: what was kept long enough goes, and nothing else."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from livecommerce import upkeep
from livecommerce.audit.models import AuditEntry
from livecommerce.notifications.models import Notification
from livecommerce.upkeep import Policy
from orders.models import Order
from products.models import SearchMiss
from streams.models import ChatMessage, ShowFigures
from tests.factories import make_product, make_user
from tests.orders.farms import make_paid_order
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db
DOCS = Path(settings.BASE_DIR) / "docs" / "trust.md"


def removed():
    return {one.policy.name: one.removed for one in upkeep.run() if one.removed}


def ago(days):
    return timezone.now() - timedelta(days=days)


def say(show, number):
    return ChatMessage.objects.create(
        broadcast=show, user=make_user(), key=f"k{number}", text="好吃"
    )


def test_chat_of_old_shows_goes_and_of_young_ones_stays():
    old, young = make_show(state="ended"), make_show(state="ended")
    type(old).objects.filter(pk=old.pk).update(ended_at=ago(200))
    say(old, 1)
    kept = say(young, 2)
    assert removed() == {"streams.chat": 1}
    assert list(ChatMessage.objects.all()) == [kept]
    assert removed() == {}


def test_figures_inbox_and_missed_searches_have_their_time():
    show = make_show(state="ended")
    type(show).objects.filter(pk=show.pk).update(ended_at=ago(401))
    ShowFigures.objects.create(broadcast=show)
    SearchMiss.objects.create(text="蓝莓", day=ago(200).date())
    SearchMiss.objects.create(text="沙糖桔")
    note = Notification.objects.create(user=make_user(), kind="system", key="k", title="t")
    Notification.objects.filter(pk=note.pk).update(created_at=ago(190))
    assert removed() == {
        "notifications.inbox": 1,
        "products.missed_searches": 1,
        "streams.figures": 1,
    }
    assert SearchMiss.objects.get().text == "沙糖桔"


def test_orders_stay_and_lose_their_recipient_after_three_years():
    old = make_paid_order((make_product(), 1), state="completed", ago=timedelta(days=1200))
    young = make_paid_order((make_product(), 1), state="completed", ago=timedelta(days=1000))
    still_open = make_paid_order((make_product(), 1), state="paid", ago=timedelta(days=1200))
    assert removed() == {"orders.recipients": 1}
    old.refresh_from_db()
    assert (old.address["phone"], old.address["county"], old.total_fen) == ("", "凤山县", 9600)
    for order in (young, still_open):
        assert Order.objects.get(pk=order.pk).address["phone"] == "13800138000"
    assert removed() == {}


def test_the_audit_book_is_kept_three_years_whatever_is_set(settings):
    for days in (1200, 1000):
        AuditEntry.objects.create(action="x.y", subject_label="z", at=ago(days))
    assert removed() == {"audit.book": 1}
    assert AuditEntry.objects.count() == 1


def test_a_dry_run_counts_and_removes_nothing():
    SearchMiss.objects.create(text="蓝莓", day=ago(200).date())
    out = StringIO()
    call_command("upkeep", dry_run=True, only="products.missed", stdout=out)
    assert out.getvalue().split()[:4] == ["products.missed_searches", "1", "would", "go"]
    assert SearchMiss.objects.count() == 1
    call_command("upkeep", only="products.missed", stdout=out)
    assert not SearchMiss.objects.exists()


def test_an_unknown_policy_is_named():
    with pytest.raises(CommandError):
        call_command("upkeep", only="nothing", stdout=StringIO())


def test_batches_take_all(monkeypatch):
    monkeypatch.setattr(upkeep, "BATCH", 2)
    for number in range(5):
        SearchMiss.objects.create(text=f"果{number}", day=ago(200).date())
    assert removed() == {"products.missed_searches": 5}


def test_one_that_fails_does_not_stop_the_others(monkeypatch, caplog):
    def broken(limit):
        raise RuntimeError("no such table")

    good = Policy("b.good", "good", 1, lambda limit: SearchMiss.objects.filter(day__lt=limit))
    monkeypatch.setattr(upkeep, "policies", lambda: [Policy("a.bad", "bad", 1, broken), good])
    SearchMiss.objects.create(text="蓝莓", day=ago(200).date())
    assert [(one.policy.name, one.removed) for one in upkeep.run()] == [("b.good", 1)]
    assert "upkeep of a.bad failed" in caplog.text


def test_every_policy_stands_in_the_docs_with_its_days():
    text = DOCS.read_text("utf-8")
    for policy in upkeep.policies():
        row = next((line for line in text.splitlines() if f"`{policy.name}`" in line), "")
        days = f"{policy.days} days" if policy.days else "until it expires"
        assert days in row, policy.name
        assert policy.words in row, policy.name
