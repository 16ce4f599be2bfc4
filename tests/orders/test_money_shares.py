"""Whatever the numbers are, no fen is lost or made."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from orders.domain.money_shares import (
    LineCosts,
    fund,
    receipt_entries,
    refund_entries,
    share,
    undo_entries,
)

fen = st.integers(0, 500_000)
lines = st.lists(
    st.builds(
        LineCosts,
        amount_fen=st.integers(1, 1_000_000),
        producer_id=st.one_of(st.none(), st.integers(1, 3)),
        producer_fen=fen,
        packing_fen=fen,
        freight_fen=fen,
        payer=st.sampled_from(["", "county", "fund"]),
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def orders(draw):
    """Lines, freight, and coupons that leave something to pay."""
    bought, freight = draw(lines), draw(fen)
    cuts = [draw(st.integers(0, line.amount_fen)) for line in bought]
    cuts[0] = min(cuts[0], bought[0].amount_fen - 1)
    first = draw(st.integers(0, sum(cuts)))
    uses = [("county", first), ("festival", sum(cuts) - first)]
    funded = fund(cuts, uses)
    assert [sum(one.values()) for one in funded] == cuts
    for payer, fen_ in uses:
        assert sum(one.get(payer, 0) for one in funded) == fen_
    bought = [replace(line, funded=by) for line, by in zip(bought, funded, strict=True)]
    return {"lines": bought, "freight_fen": freight}


def discount_of(order):
    return sum(sum(line.funded.values()) for line in order["lines"])


def short_of(line):
    costs = line.producer_fen + line.packing_fen + line.freight_fen
    return max(costs - line.amount_fen, 0)


@given(order=orders())
def test_parts_sum_to_the_price_and_the_subsidy(order):
    shares = share(**order)

    goods = sum(line.amount_fen for line in order["lines"])
    assert shares.price_fen == goods + order["freight_fen"] - discount_of(order)
    assert sum(shares.parts.values()) == shares.price_fen + shares.subsidy_fen
    assert all(part > 0 for part in shares.parts.values())
    assert shares.subsidy_fen == sum(map(short_of, order["lines"])) + discount_of(order)


@given(order=orders())
def test_a_coupon_takes_nothing_from_anybodys_share(order):
    plain = [replace(line, funded={}) for line in order["lines"]]
    assert share(**order).parts == share(**order | {"lines": plain}).parts


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


@given(order=orders(), data=st.data())
def test_refunds_line_by_line_sum_to_the_whole_and_name_each_payer(order, data):
    shares = share(**order)
    totals = dict(receipt_entries(shares, fee_fen=0))

    for line in shares.of_lines:
        cut = data.draw(st.integers(0, line.price_fen))
        parts = [(0, cut), (cut, line.price_fen - cut)]
        for before, amount in [part for part in parts if part[1]]:
            entries = refund_entries(line, before_fen=before, amount_fen=amount)
            assert sum(entries.values()) == 0
            for key, value in entries.items():
                totals[key] = totals.get(key, 0) + value
        if not line.price_fen:
            for key, value in undo_entries(line).items():
                totals[key] = totals.get(key, 0) + value

    assert not any(totals.values())


def test_the_payer_of_a_deal_and_of_a_coupon_are_both_named():
    line = LineCosts(3000, 1, 3200, 300, 600, payer="county", funded={"fund": 500})

    shares = share(lines=[line])

    assert shares.price_fen == 2500
    assert shares.subsidies == {("subsidy", "county"): 1100, ("subsidy", "fund"): 500}
    assert shares.parts == {("producer", 1): 3200, ("packing", None): 300, ("freight", None): 600}
