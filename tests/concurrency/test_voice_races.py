"""Many vote while staff merge, many say the same at once, several sweeps tell of what is back."""

import threading

import pytest

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from products.domain import stock, stock_watch
from products.models import StockWatch
from streams.domain import demand_desk, demand_grouping, demand_hearing, demand_votes
from streams.models import Demand, DemandVoice, DemandVote
from tests.factories import make_prefecture, make_product, make_user
from tests.streams.demands import boss, heard, published

pytestmark = pytest.mark.django_db(transaction=True)


def test_votes_and_a_merge_at_once_lose_no_vote_and_count_none_twice(at_once):
    one = published("修通村里的路")
    other = published("换硬一点的箱子", demand=heard("箱子太软", key="x"))
    people, staff = [make_user() for _ in range(6)], boss()
    for person in people[:2]:
        demand_votes.vote(demand=one, user=person)

    def act(number):
        if number == 6:
            return demand_desk.merge(demand=other, into=one, by=staff)
        return demand_votes.vote(demand=other, user=people[number])

    answers = at_once(7, act)

    late = sum(isinstance(answer, DomainError) for answer in answers)
    rows = DemandVote.objects.filter(demand=one).values_list("user", flat=True)
    one.refresh_from_db()
    other.refresh_from_db()
    assert other.state == "merged"
    assert (other.votes, DemandVote.objects.filter(demand=other).count()) == (0, 0)
    assert one.votes == len(rows) == len(set(rows))
    voted = {people[n].pk for n in range(6) if not isinstance(answers[n], DomainError)}
    assert set(rows) == voted | {person.pk for person in people[:2]}
    assert late + len(voted) == 6


def test_those_who_say_the_same_at_once_make_one_demand(at_once):
    place = make_prefecture()
    people = [make_user() for _ in range(5)]
    at_once(5, lambda n: heard("希望包邮到新疆", user=people[n], prefecture=place))
    demand = Demand.objects.get()
    assert (demand.voices, demand.votes, DemandVoice.objects.count()) == (5, 5, 5)


def test_twin_without_the_turn_they_make_several(at_once, monkeypatch):
    """Each looks before any of the others has written."""
    gate = threading.Barrier(3)
    look = demand_grouping.find_group

    def look_together(**fields):
        found = look(**fields)
        gate.wait()
        return found

    monkeypatch.setattr(demand_hearing, "hold_turn", lambda code: None)
    monkeypatch.setattr(demand_hearing, "find_group", look_together)
    place = make_prefecture()
    at_once(3, lambda n: heard("希望包邮到新疆", key=str(n), prefecture=place))
    assert Demand.objects.count() == 3


def test_several_sweeps_tell_one_batch(at_once):
    product = make_product(stock=0)
    for _ in range(9):
        stock_watch.watch(user=make_user(), product=product)
    stock.receive_goods(product=product, quantity=2)
    told = at_once(4, lambda _number: stock_watch.tell_of_returned())
    assert sorted(told) == [0, 0, 0, 6]
    assert Notification.objects.filter(kind="back_in_stock").count() == 6
    assert StockWatch.objects.filter(told_at=None).count() == 3


def test_one_person_asks_many_times_at_once(at_once):
    product, person = make_product(stock=0), make_user()
    at_once(5, lambda _number: stock_watch.watch(user=person, product=product))
    assert StockWatch.objects.count() == 1
