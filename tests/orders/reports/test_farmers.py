"""What reached the farms: from the books, per festival, show and prefecture."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from orders.domain import refunds, settlement
from orders.domain.reports import farmers
from orders.domain.reports.farmers import Income
from orders.models import Payment, Settlement
from tests.factories import make_county, make_deal, make_producer, make_product, make_user
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


def sell(shop, **fields):
    order = shop.paid(**fields)
    settlement.settle_due()
    return order


def test_income_is_what_the_books_say_by_prefecture(shop):
    away = make_county("450325")
    deal = make_deal()
    other = make_deal(
        make_product(county=away, producer=make_producer(away)), festival=deal.festival
    )
    sell(shop, deal=deal, quantity=2)
    sell(shop, deal=other)
    sell(shop)  # of another festival
    found = farmers.income_of_festival(deal.festival)
    assert found["451200"] == Income(6400 + 632, 9600, 1, 1)
    assert found["450300"] == Income(3200 + 316, 4800, 1, 1)
    assert found[""] == Income(7032 + 3516, 14_400, 2, 2)
    assert found[""].share == 733


def test_settled_income_is_of_what_can_no_longer_be_returned(shop):
    show = make_show(state="live")
    done, _other = sell(shop, broadcast=show), sell(shop, broadcast=show)
    Settlement.objects.filter(order=done).update(payable_at=timezone.now())
    income = farmers.income_of_shows([show.pk])[""]
    assert (income.settled_fen, income.coming_fen) == (3516, 3516)
    assert (income.settled_share, income.share) == (733, 733)
    yesterday = timezone.now() - timedelta(days=1)
    assert farmers.income_of_shows([show.pk], at=yesterday)[""].settled_fen == 0


def test_goods_sold_in_a_festivals_show_count_without_its_deal(shop):
    show = make_show(state="live")
    sell(shop, broadcast=show)
    assert farmers.income_of_shows([show.pk])[""].farmers_fen == 3516
    assert farmers.income_of_shows([show.pk + 1]).get("", Income()) == Income()
    since = timezone.now() - timedelta(hours=1)
    assert farmers.income_since(since)[""].farmers_fen == 3516
    assert farmers.income_since(timezone.now()).get("", Income()) == Income()


def test_what_went_back_is_no_income(shop):
    deal = make_deal()
    sell(shop, deal=deal)
    refunds.refund(
        payment=Payment.objects.get(),
        amount_fen=4800,
        reason="坏果",
        actor=make_user(is_staff=True),
        key=str(uuid4()),
    )
    refunds.send_due()
    income = farmers.income_of_festival(deal.festival)[""]
    assert (income.farmers_fen, income.paid_fen, income.share) == (0, 0, None)
