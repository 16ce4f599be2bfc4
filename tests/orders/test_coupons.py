"""What a coupon takes off, and who may use it. Whatever the numbers, no line goes below zero."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecommerce.errors import DomainError
from orders.domain import coupons
from orders.domain.bill import reckon
from orders.domain.coupons import LEAVES_FEN, Line, apply_coupons
from orders.models import Coupon, CouponUse, Order
from products.domain.offers import current_offer
from tests.factories import make_coupon, make_deal, make_prefecture, make_product, make_user

db = pytest.mark.django_db


def line(amount=10_000, **fields):
    values = {"prefecture_id": "451200", "producer_id": 1, "festival_id": None, "is_flash": False}
    return Line(amount_fen=amount, **values | fields)


def coupon(pk=1, **fields):
    """Not saved: what applies is arithmetic."""
    now = timezone.now()
    values = {
        "code": f"SYS{pk:03}",
        "name_zh": "三月三满减",
        "total_limit": 10,
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=1),
    }
    if "percent_bps" not in fields:
        values["amount_fen"] = 1000
    return Coupon(pk=pk, **values | fields)


def refused(code, rows, lines):
    with pytest.raises(DomainError) as caught:
        apply_coupons(coupons=rows, lines=lines)
    assert caught.value.code == code
    assert caught.value.message
    return caught.value


amounts = st.lists(st.integers(0, 200_000), min_size=1, max_size=6)
some_coupons = st.lists(
    st.one_of(
        st.builds(lambda fen: {"amount_fen": fen}, st.integers(1, 300_000)),
        st.builds(
            lambda bps, most: {"percent_bps": bps, "most_fen": most},
            st.integers(1, 10_000),
            st.one_of(st.none(), st.integers(1, 50_000)),
        ),
    ),
    min_size=1,
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw imports much
@given(fens=amounts, facts=some_coupons, inside=st.lists(st.booleans(), min_size=6, max_size=6))
def test_discounts_sum_exactly_and_no_line_goes_below_zero(fens, facts, inside):
    lines = [
        line(fen, producer_id=1 if is_in else 2) for fen, is_in in zip(fens, inside, strict=False)
    ]
    rows = [
        coupon(number + 1, is_stackable=True, producer_id=1, **one)
        for number, one in enumerate(facts)
    ]
    try:
        applied = apply_coupons(coupons=rows, lines=lines)
    except DomainError:
        return
    left = [one.amount_fen for one in lines]
    for one, off in zip(applied.coupons, applied.by_coupon, strict=True):
        rest = sum(fen for fen, row in zip(left, lines, strict=True) if row.producer_id == 1)
        most = one.amount_fen or (rest * one.percent_bps * 2 + 10_000) // 20_000
        most = min(most, rest, sum(left) - LEAVES_FEN, one.most_fen or most)
        assert sum(off) == most > 0
        left = [fen - less for fen, less in zip(left, off, strict=True)]
        assert all(fen >= 0 for fen in left)
        assert all(not less for less, row in zip(off, lines, strict=True) if row.producer_id != 1)
    assert sum(left) >= LEAVES_FEN
    assert applied.total_fen == sum(fens) - sum(left)


def test_amounts_come_before_percentages_and_these_take_of_what_is_left():
    rows = [
        coupon(1, percent_bps=1000, is_stackable=True),
        coupon(2, amount_fen=2000, is_stackable=True),
    ]

    applied = apply_coupons(coupons=rows, lines=[line(6000), line(6000)])

    assert applied.codes == ["SYS002", "SYS001"]
    assert applied.by_coupon == ((1000, 1000), (500, 500))


def test_the_odd_fen_goes_to_the_line_that_rounding_hurt_most():
    applied = apply_coupons(coupons=[coupon(amount_fen=100)], lines=[line(100), line(200)])

    assert applied.by_coupon == ((33, 67),)


def test_a_percentage_stops_at_its_most():
    one = coupon(percent_bps=5000, most_fen=700)

    assert apply_coupons(coupons=[one], lines=[line(10_000)]).total_fen == 700


@pytest.mark.parametrize(
    "elsewhere",
    [{"producer_id": 2}, {"prefecture_id": "450100"}, {"festival_id": 8}, {"is_flash": True}],
)
def test_what_is_out_of_scope_keeps_its_price(elsewhere):
    one = coupon(producer_id=1, prefecture_id="451200", festival_id=7)
    inside = line(festival_id=7)
    outside = line(**{"festival_id": 7} | elsewhere)

    applied = apply_coupons(coupons=[one], lines=[outside, inside])

    assert applied.by_coupon == ((0, 1000),)
    refused("coupon_foreign", [one], [outside])


def test_the_minimum_counts_the_goods_in_scope():
    one = coupon(producer_id=1, minimum_fen=10_000)

    refused("coupon_minimum", [one], [line(9_999), line(50_000, producer_id=2)])
    assert apply_coupons(coupons=[one], lines=[line(10_000)]).total_fen == 1000


def test_one_that_stands_alone_is_refused_beside_another():
    rows = [coupon(1, is_stackable=True), coupon(2)]

    assert refused("coupon_stack", rows, [line()]).facts["coupon"] == "SYS002"


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_at": timezone.now() - timedelta(seconds=1)},
        {"starts_at": timezone.now() + timedelta(hours=1)},
        {"is_stopped": True},
    ],
)
def test_one_out_of_its_time_is_refused(fields):
    refused("coupon_over", [coupon(**fields)], [line()])


def test_something_is_always_left_to_pay():
    applied = apply_coupons(coupons=[coupon(amount_fen=99_999)], lines=[line(500), line(0)])

    assert applied.total_fen == 400
    refused("coupon_minimum", [coupon()], [line(LEAVES_FEN)])


@pytest.mark.parametrize("typed", ["sys001", " SYS-001 ", "ｓｙｓ００１", "Sys 001"])
def test_codes_are_found_however_they_are_typed(typed):
    assert coupons.normalise(typed) == "SYS001"


@db
def test_a_code_that_is_none_of_yours_does_not_exist():
    mine, theirs = make_user(), make_user()
    make_coupon(code="ANNA2026", holder=theirs)

    for code in ("NOSUCH", "ANNA2026", "' OR 1=1", "\x00"):
        if not coupons.normalise(code):
            continue
        with pytest.raises(DomainError) as caught:
            coupons.find_coupons(codes=[code], user=mine)
        assert caught.value.code == "coupon_unknown"
    assert coupons.find_coupons(codes=["anna2026"], user=theirs)


@db
def test_the_best_is_offered_of_those_that_are_public_and_open():
    product, user = make_product(), make_user()
    make_coupon(code="SMALL", amount_fen=300)
    make_coupon(code="SECRET", amount_fen=5000, is_public=False)
    make_coupon(code="ELSEWHERE", amount_fen=5000, prefecture=make_prefecture("450100"))
    best = make_coupon(code="BEST", amount_fen=900)
    goods = [(current_offer(product), 1)]

    unasked = reckon(user=user, goods=goods)
    declined = reckon(user=user, goods=goods, codes=[])

    assert unasked.bill.coupons.codes == ["BEST"]
    assert unasked.bill.total_fen == product.list_price_fen - 900
    assert declined.bill.total_fen == product.list_price_fen
    assert declined.best.coupons == (best,)


@db
def test_a_bad_code_is_left_out_and_said():
    product, user = make_product(), make_user()
    make_coupon(code="GOOD", amount_fen=500, is_public=False)

    found = reckon(user=user, goods=[(current_offer(product), 1)], codes=["good", "bad"])

    assert found.bill.coupons.codes == ["GOOD"]
    assert found.refusal.code == "coupon_unknown"


@db
def test_flash_goods_are_offered_none(django_assert_num_queries):
    deal, user = make_deal(is_flash=True), make_user()
    make_coupon()
    goods = [(current_offer(deal.product), 1)]

    with django_assert_num_queries(0):
        assert not reckon(user=user, goods=goods).bill.coupons.coupons


# --- What the database keeps ---------------------------------------------------------------------


def make_order(buyer, number):
    now = timezone.now()
    return Order.objects.create(
        number=number,
        buyer=buyer,
        key="00000000-0000-0000-0000-00000000000" + number[-1],
        items_fen=1000,
        discount_fen=100,
        total_fen=900,
        placed_at=now,
        expires_at=now,
    )


def use(row, buyer, number):
    return CouponUse.objects.create(
        coupon=row, buyer=buyer, order=make_order(buyer, number), discount_fen=100
    )


@db
def test_uses_are_counted_by_the_database_and_given_back():
    row, buyer = make_coupon(per_person_limit=5), make_user()
    first, second = use(row, buyer, "a1"), use(row, buyer, "a2")

    CouponUse.objects.filter(pk=first.pk).update(state="used")
    CouponUse.objects.filter(pk=second.pk).update(state="released")
    row.refresh_from_db()
    assert row.used == 1
    first.delete()
    row.refresh_from_db()
    assert row.used == 0


@db
def test_the_database_refuses_more_than_in_all_and_more_than_a_person():
    row = make_coupon(total_limit=2, per_person_limit=1)
    greedy = make_user()
    kept = use(row, greedy, "b1")
    with pytest.raises(IntegrityError, match="a person"), transaction.atomic():
        use(row, greedy, "b2")
    use(row, make_user(), "b3")
    with pytest.raises(IntegrityError, match="has been used 2 times"), transaction.atomic():
        use(row, make_user(), "b4")

    CouponUse.objects.filter(pk=kept.pk).update(state="released")
    use(row, make_user(), "b5")
    with pytest.raises(IntegrityError, match="has been used"), transaction.atomic():
        CouponUse.objects.filter(pk=kept.pk).update(state="used")


@db
def test_a_use_stays_with_its_order_and_sum():
    kept = use(make_coupon(), make_user(), "c1")

    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        CouponUse.objects.filter(pk=kept.pk).update(discount_fen=1)


@db
def test_saving_a_coupon_never_writes_its_count():
    row = make_coupon(per_person_limit=3)
    stale = Coupon.objects.get(pk=row.pk)
    use(row, make_user(), "d1")

    stale.name_zh = "新名字"
    stale.save()

    row.refresh_from_db()
    assert (row.used, row.name_zh) == (1, "新名字")


@db
@pytest.mark.parametrize(
    "fields",
    [
        {"amount_fen": None},
        {"amount_fen": 500, "percent_bps": 500},
        {"amount_fen": 0},
        {"amount_fen": None, "percent_bps": 10_001},
        {"total_limit": 0},
        {"ends_at": timezone.now() - timedelta(days=90)},
    ],
)
def test_a_coupon_that_means_nothing_is_refused(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_coupon(**fields)
