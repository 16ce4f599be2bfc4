"""Who does it well in a festival: settled orders only, few are not ranked, never by money."""

from datetime import timedelta

import pytest

from orders.domain import ledger
from orders.domain.festival_league import LEAST, count_rows, league_of, wilson_floor
from orders.models import Refund, RefundLine
from tests.factories import make_county, make_festival, make_product, make_user
from tests.orders.fairs import sell
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def fair():
    festival = make_festival()
    return festival, make_show(state="ended", festival=festival)


def row(festival, level, key):
    return next(one for one in count_rows(festival) if (one.level, one.key) == (level, key))


@pytest.mark.parametrize(
    ("good", "of", "floor"), [(0, 0, 0), (0, 10, 0), (10, 10, 722), (9, 10, 595), (90, 100, 825)]
)
def test_wilson_floor_trusts_many_more_than_few(good, of, floor):
    assert wilson_floor(good, of) == floor


def test_league_counts_settled_orders_of_this_festival_only(fair):
    festival, show = fair
    product = make_product()
    sell(show, product, stars=5)
    sell(show, product, stars=1, settled=False)
    sell(make_show(state="ended", festival=make_festival()), product, stars=1)
    found = row(festival, "prefecture", "451200")
    assert (found.orders, found.buyers, found.reviews, found.content) == (1, 1, 1, 1)
    assert row(festival, "county", "451223").orders == 1
    assert row(festival, "producer", str(product.producer_id)).name == product.producer.name


def test_who_bought_again_on_another_day_came_back(fair):
    festival, show = fair
    product, buyer, other = make_product(), make_user(), make_user()
    for days in (1, 4):
        sell(show, product, buyer=buyer, ago=timedelta(days=days))
    for _ in range(2):
        sell(show, product, buyer=other, ago=timedelta(days=2))
    found = row(festival, "prefecture", "451200")
    assert (found.buyers, found.came_back) == (2, 1)


def test_farm_share_is_what_the_books_say(fair):
    festival, show = fair
    product = make_product()
    orders = [sell(show, product, quantity=2), sell(show, product)]
    found = row(festival, "producer", str(product.producer_id))
    owed = sum(sum(ledger.owed(order).values()) for order in orders)
    assert (found.farm_fen, found.price_fen) == (owed, sum(order.total_fen for order in orders))
    assert 0 < found.farm_fen < found.price_fen


def test_a_basket_shares_only_what_is_of_the_festival(fair):
    festival, show = fair
    product = make_product()
    order = sell(show, product)
    line = order.lines.get()
    line.pk, line.broadcast, line.deal = None, None, None
    line.save()
    found = row(festival, "producer", str(product.producer_id))
    assert found.price_fen == line.amount_fen
    assert found.farm_fen * 2 in range(*_near(sum(ledger.owed(order).values())))


def _near(fen):
    return fen - 1, fen + 2


def test_what_was_given_back_counts_for_nobody(fair):
    festival, show = fair
    order = sell(show, make_product(), stars=5)
    line, payment = order.lines.get(), order.payments.get()
    refund = Refund.objects.create(
        payment=payment,
        key=f"r:{order.number}",
        amount_fen=line.amount_fen,
        reason="bad_fruit",
        state="done",
    )
    RefundLine.objects.create(refund=refund, line=line, amount_fen=line.amount_fen)
    assert count_rows(festival) == []


def test_few_are_not_ranked_and_many_are_ranked_by_the_floor(fair):
    festival, show = fair
    product = make_product()
    far = make_product(county=make_county("450123"))
    for number in range(LEAST):
        sell(show, product, stars=2 if number == 0 else 5)
    for _ in range(LEAST - 1):
        sell(show, far, stars=5)
    league = league_of(festival)
    assert [one.row.key for one in league.ranked] == ["451200"]
    assert (league.ranked[0].percent, league.ranked[0].floor, league.too_few) == ("90", 595, 1)


def test_equal_floors_share_a_rank_and_money_does_not_matter(fair):
    festival, show = fair
    cheap, dear = make_product(), make_product(county=make_county("450123"), list_price_fen=99000)
    for _ in range(LEAST):
        sell(show, cheap, stars=5)
        sell(show, dear, stars=5)
    assert [one.rank for one in league_of(festival).ranked] == [1, 1]


def test_league_is_kept_for_some_minutes(fair, django_assert_num_queries):
    festival, show = fair
    sell(show, make_product(), stars=5)
    league_of(festival)
    with django_assert_num_queries(0):
        assert league_of(festival, level="producer", measure="farm").too_few == 1


@pytest.mark.parametrize("query", ["?of=county&by=farm", "?of=x&by=<b>", "?by=back&prefecture=1"])
def test_page_shows_the_league_whatever_is_asked(fair, client, query):
    festival, show = fair
    product = make_product()
    for _ in range(LEAST):
        sell(show, product, stars=5)
    answer = client.get(f"/festival/{festival.slug}/{query}")
    assert answer.status_code == 200
    assert 'class="league-rank digits">1<' in answer.content.decode() or "by=back" in query
