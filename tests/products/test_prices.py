"""The price history, and the base price that follows from it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from products.domain.prices import (
    change_list_price,
    compute_base_price,
    offered_between,
    prove_base_price,
)
from products.models import PricePoint, Product
from tests.factories import add_price, make_deal, make_festival, make_product

pytestmark = pytest.mark.django_db


def days(number):
    return timedelta(days=number)


def base(product, *, deal=None, starts_in=0, window=30):
    starts_at = timezone.now() + days(starts_in)
    return compute_base_price(product=product, deal=deal, starts_at=starts_at, days=window)


def make_unlisted(**fields):
    return make_product(state="draft", **fields)


def list_with_history(*points, **fields):
    """`points`: (days ago, fen), oldest first; the last is today's price."""
    product = make_unlisted(list_price_fen=points[-1][1], **fields)
    now = timezone.now()
    with transaction.atomic():
        for ago, fen in points:
            add_price(product, fen, now - days(ago))
        Product.objects.filter(pk=product.pk).update(state="listed")
    product.refresh_from_db()
    return product


def test_base_price_is_the_lowest_in_the_window():
    assert base(list_with_history((60, 9600), (20, 7000), (15, 9600))) == 7000


def test_price_in_effect_when_the_window_begins_counts():
    assert base(list_with_history((60, 7000), (29, 9600))) == 7000


def test_price_that_ended_before_the_window_does_not_count():
    assert base(list_with_history((60, 7000), (31, 9600))) == 9600


def test_window_of_the_festival_is_respected():
    product = list_with_history((60, 7000), (20, 9600))
    assert base(product, window=30) == 7000
    assert base(product, window=10) == 9600


def test_own_series_never_counts_but_other_deals_do():
    deal = make_deal(list_with_history((60, 9600)), price_fen=4000)
    after = deal.ends_at + days(1)
    own = compute_base_price(product=deal.product, deal=deal, starts_at=after, days=30)
    others = compute_base_price(product=deal.product, deal=None, starts_at=after, days=30)
    assert (own, others) == (9600, 4000)


@pytest.mark.parametrize(("listed_days", "expected"), [(6, None), (8, 9600)])
def test_less_than_seven_days_on_offer_is_no_base(listed_days, expected):
    assert base(list_with_history((listed_days, 9600))) == expected


def test_days_off_sale_are_not_days_on_offer():
    product = list_with_history((60, 9600), (29, None), (3, 9600))
    assert base(product) is None


def test_proof_says_what_set_the_price_and_when():
    product = list_with_history((60, 9600), (20, 7000), (15, 9600))
    proof = prove_base_price(product=product, starts_at=timezone.now(), days=30)
    assert [span.price_fen for span in proof.offered] == [9600, 7000, 9600]
    assert proof.lowest.price_fen == 7000
    assert (proof.lowest.until - proof.lowest.since) == pytest.approx(days(5), abs=days(0.01))
    assert proof.possible_from is None


def test_proof_says_from_when_a_deal_is_possible():
    product = list_with_history((3, 9600))
    proof = prove_base_price(product=product, starts_at=timezone.now(), days=30)
    assert proof.base_price_fen is None
    assert proof.possible_from == pytest.approx(timezone.now() + days(4), abs=days(0.01))
    assert compute_base_price(product=product, starts_at=proof.possible_from, days=30) == 9600


def test_proof_of_an_unlisted_product_knows_no_date():
    product = make_unlisted()
    proof = prove_base_price(product=product, starts_at=timezone.now(), days=30)
    assert (proof.base_price_fen, proof.possible_from, proof.offered) == (None, None, ())


# --- every way of writing a price is recorded -------------------------------------------------


def test_changing_the_list_price_writes_history():
    product = make_product(list_price_fen=9600)
    change_list_price(product=product, price_fen=9000)
    assert list(product.price_points.values_list("price_fen", flat=True)) == [9600, 9000]


def test_a_bare_update_cannot_hide_a_price():
    product = make_product(list_price_fen=9600)
    Product.objects.filter(pk=product.pk).update(list_price_fen=20000)
    assert product.price_points.last().price_fen == 20000


def test_retiring_ends_the_offer_and_listing_begins_it_again():
    product = make_product(list_price_fen=9600)
    Product.objects.filter(pk=product.pk).update(state="retired")
    Product.objects.filter(pk=product.pk).update(state="listed")
    assert list(product.price_points.values_list("price_fen", flat=True)) == [9600, None, 9600]


def test_a_draft_has_no_price_history():
    assert not make_unlisted().price_points.exists()


def test_a_deal_writes_its_own_series():
    deal = make_deal(price_fen=4000)
    assert list(deal.price_points.values_list("price_fen", "effective_at")) == [
        (4000, deal.starts_at),
        (None, deal.ends_at),
    ]


# --- what the database refuses -----------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE products_pricepoint SET price_fen = 99999",
        "DELETE FROM products_pricepoint",
    ],
)
def test_history_is_append_only(statement):
    make_product()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_history_cannot_be_truncated():
    make_product()
    cursor = connection.cursor()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute(
            "SELECT set_config('livecommerce.allow_truncate', 'off', true);"
            "TRUNCATE products_pricepoint CASCADE"
        )


@pytest.mark.parametrize("ago", [days(1), -days(1)])
def test_a_price_cannot_be_written_into_the_past_or_future(ago):
    product = make_product()
    with pytest.raises(IntegrityError, match="tells of now"), transaction.atomic():
        PricePoint.objects.create(
            product=product, price_fen=20000, effective_at=timezone.now() - ago
        )


def test_a_point_that_is_not_the_price_is_refused():
    product = make_product(list_price_fen=9600)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="is not the price offered"), transaction.atomic():
        PricePoint.objects.create(product=product, price_fen=20000, effective_at=timezone.now())


def test_a_lower_price_that_breaks_an_approved_deal_is_refused():
    product = make_product(list_price_fen=9600)
    deal = make_deal(product, starts_at=timezone.now() + days(2), ends_at=timezone.now() + days(3))
    with pytest.raises(DomainError, match="price_breaks_deal"):
        change_list_price(product=product, price_fen=9000)
    product.refresh_from_db()
    deal.refresh_from_db()
    assert (product.list_price_fen, deal.base_price_fen) == (9600, 9600)


def test_a_lower_price_within_the_rule_lowers_the_base():
    product = make_product(list_price_fen=9600)
    deal = make_deal(
        product,
        price_fen=4000,
        starts_at=timezone.now() + days(2),
        ends_at=timezone.now() + days(3),
    )
    change_list_price(product=product, price_fen=9000)
    deal.refresh_from_db()
    assert deal.base_price_fen == 9000


def test_a_lower_price_after_the_deal_began_changes_nothing_about_it():
    deal = make_deal(make_product(list_price_fen=9600))
    change_list_price(product=deal.product, price_fen=5000)
    deal.refresh_from_db()
    assert deal.base_price_fen == 9600


def test_another_deal_before_it_that_breaks_it_is_refused():
    product = make_product(list_price_fen=9600)
    now = timezone.now()
    festival = make_festival()
    make_deal(product, festival=festival, starts_at=now + days(5), ends_at=now + days(6))
    with pytest.raises(IntegrityError, match="break an approved deal"), transaction.atomic():
        make_deal(
            product,
            festival=festival,
            price_fen=4700,
            starts_at=now + days(2),
            ends_at=now + days(3),
        )


def test_offered_between_is_ordered_and_clamped():
    product = list_with_history((60, 9600), (20, 7000))
    since, until = timezone.now() - days(30), timezone.now()
    spans = offered_between(product=product, since=since, until=until)
    assert [span.price_fen for span in spans] == [9600, 7000]
    assert (spans[0].since, spans[-1].until) == (since, until)
