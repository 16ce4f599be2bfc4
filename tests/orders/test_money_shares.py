"""Whatever the numbers are, no fen is lost or made."""

from hypothesis import given
from hypothesis import strategies as st

from orders.domain.money_shares import LineCosts, receipt_entries, refund_entries, share

fen = st.integers(0, 500_000)
lines = st.lists(
    st.builds(
        LineCosts,
        amount_fen=st.integers(1, 1_000_000),
        producer_id=st.one_of(st.none(), st.integers(1, 3)),
        producer_fen=fen,
        packing_fen=fen,
        freight_fen=fen,
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def orders(draw):
    """Lines, freight, and a coupon that leaves something to pay."""
    bought, freight = draw(lines), draw(fen)
    most = sum(line.amount_fen for line in bought) - 1
    return {"lines": bought, "freight_fen": freight, "discount_fen": draw(st.integers(0, most))}


def short_of(line):
    costs = line.producer_fen + line.packing_fen + line.freight_fen
    return max(costs - line.amount_fen, 0)


@given(order=orders())
def test_parts_sum_to_the_price_and_the_subsidy(order):
    shares = share(**order)

    goods = sum(line.amount_fen for line in order["lines"])
    assert shares.price_fen == goods + order["freight_fen"] - order["discount_fen"]
    assert sum(shares.parts.values()) == shares.price_fen + shares.subsidy_fen
    assert all(part > 0 for part in shares.parts.values())
    assert shares.subsidy_fen == sum(map(short_of, order["lines"])) + order["discount_fen"]


@given(order=orders())
def test_a_coupon_takes_nothing_from_anybodys_share(order):
    assert share(**order).parts == share(**order | {"discount_fen": 0}).parts


@given(bought=lines)
def test_no_producer_pays_for_anothers_line(bought):
    together = share(lines=bought).parts
    apart = [share(lines=[line]).parts for line in bought]

    for key, part in together.items():
        assert part == sum(one.get(key, 0) for one in apart)


@given(order=orders(), fee=st.integers(0, 100_000))
def test_the_entries_of_a_receipt_sum_to_zero(order, fee):
    shares = share(**order)

    entries = receipt_entries(shares, fee_fen=fee)

    assert sum(entries.values()) == 0
    assert entries["clearing", None] == shares.price_fen
    assert all(entries.values())
    assert len(entries) >= 2


@given(
    order=orders(),
    fee=st.integers(0, 100_000),
    cuts=st.lists(st.integers(1, 1_000_000), max_size=5),
)
def test_refunds_in_parts_balance_and_sum_to_the_whole(order, fee, cuts):
    shares = share(**order)
    price = shares.price_fen
    totals = dict(receipt_entries(shares, fee_fen=fee))
    given_back = 0

    for cut in [*cuts, price]:
        amount = min(cut, price - given_back)
        if not amount:
            break
        entries = refund_entries(shares, before_fen=given_back, amount_fen=amount)
        assert sum(entries.values()) == 0
        assert entries["clearing", None] == -amount
        for key, value in entries.items():
            totals[key] = totals.get(key, 0) + value
        given_back += amount

    if given_back == price:  # everybody has given everything back; the fee was the platform's
        left = {key: value for key, value in totals.items() if value}
        assert left == ({("payment_fee", None): -fee, ("platform", None): fee} if fee else {})
