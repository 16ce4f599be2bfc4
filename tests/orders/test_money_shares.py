"""Whatever the numbers are, no fen is lost or made."""

from hypothesis import given
from hypothesis import strategies as st

from orders.domain.money_shares import LineCosts, receipt_entries, refund_entries, share

fen = st.integers(0, 500_000)
lines = st.lists(
    st.builds(
        LineCosts,
        producer_id=st.one_of(st.none(), st.integers(1, 3)),
        producer_fen=fen,
        packing_fen=fen,
        freight_fen=fen,
    ),
    min_size=1,
    max_size=4,
)
prices = st.integers(1, 3_000_000)


@given(price=prices, freight=fen, lines=lines)
def test_parts_sum_to_the_price_and_the_subsidy(price, freight, lines):
    shares = share(price_fen=price, freight_fen=freight, lines=lines)

    assert sum(shares.parts.values()) == price + shares.subsidy_fen
    assert all(part > 0 for part in shares.parts.values())
    assert shares.subsidy_fen >= 0
    costs = sum(line.producer_fen + line.packing_fen + line.freight_fen for line in lines)
    assert shares.subsidy_fen == max(costs + freight - price, 0)


@given(price=prices, lines=lines, fee=st.integers(0, 100_000))
def test_the_entries_of_a_receipt_sum_to_zero(price, lines, fee):
    shares = share(price_fen=price, freight_fen=0, lines=lines)

    entries = receipt_entries(shares, fee_fen=fee)

    assert sum(entries.values()) == 0
    assert entries["clearing", None] == price
    assert all(entries.values())
    assert len(entries) >= 2


@given(
    price=prices,
    lines=lines,
    fee=st.integers(0, 100_000),
    cuts=st.lists(st.integers(1, 1_000_000), max_size=5),
)
def test_refunds_in_parts_balance_and_sum_to_the_whole(price, lines, fee, cuts):
    shares = share(price_fen=price, freight_fen=0, lines=lines)
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
