"""Sending by spreadsheet: every problem by row in words; all of it or nothing; once."""

import pytest

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from livecommerce.sheets.writing import write_xlsx
from orders.domain import desks, shipping_sheet
from orders.models import Order, Parcel, Payment, ShippingSheet
from tests.orders.farms import make_farm, make_goods, make_paid_order, sf

pytestmark = pytest.mark.django_db
HEADING = "订单号,货号,本次件数（空着就是全部）,快递公司,快递单号"


@pytest.fixture
def farm():
    return make_farm()


@pytest.fixture
def desk(farm):
    return desks.desk_of(farm.user, farm.pk)


def read(desk, *rows, heading=HEADING):
    data = "\n".join([heading, *(",".join(row) for row in rows)]).encode()
    return shipping_sheet.read(desk=desk, file_name="发货.csv", data=data)


def row(order, number="", carrier="顺丰", sku="", units=""):
    return [order.number, sku, units, carrier if number else "", number]


def verdicts(sheet):
    return [judged.verdict.value for judged in shipping_sheet.plan(sheet).rows]


def problems(sheet):
    return {
        judged.wish.line: " ".join(judged.problems)
        for judged in shipping_sheet.plan(sheet).problems
    }


def test_the_list_is_its_own_form(farm, desk):
    nasty = make_goods(farm, name_zh="=1+1")
    order = make_paid_order((make_goods(farm), 2), (nasty, 1))
    make_paid_order((make_goods(make_farm()), 1))
    make_paid_order((make_goods(farm), 1), state="shipped")

    rows = shipping_sheet.rows_to_fill_in(farm)
    assert [(line[0], line[2], line[4]) for line in rows] == [
        (order.number, "凤山核桃", "2"),
        (order.number, "=1+1", "1"),
    ]
    for line in rows:
        line[9], line[10] = "顺丰速运", sf()
    data = write_xlsx(shipping_sheet.columns(), rows, title="x")
    sheet = shipping_sheet.read(desk=desk, file_name="x.xlsx", data=data)
    assert shipping_sheet.apply(desk=desk, sheet=sheet) == 1
    order.refresh_from_db()
    assert order.state == "shipped"


def test_several_orders_and_parts_of_orders(farm, desk):
    one, two = make_paid_order((make_goods(farm), 3)), make_paid_order((make_goods(farm), 1))
    later = make_paid_order((make_goods(farm), 1))
    sheet = read(
        desk,
        row(one, sf(1), units="1"),
        row(one, sf(2), units="2"),
        row(two, "YT2012345678901", "圆通"),
        row(later),
    )

    plan = shipping_sheet.plan(sheet)
    assert (plan.parcels, plan.can_apply) == (3, True)
    assert verdicts(sheet) == ["send", "send", "send", "later"]
    assert not Parcel.objects.exists()
    assert shipping_sheet.apply(desk=desk, sheet=sheet) == 3
    assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == [
        "shipped",
        "shipped",
        "paid",
    ]


def test_applying_twice_sends_once(farm, desk):
    order = make_paid_order((make_goods(farm), 1))
    sheet = read(desk, row(order, sf()))

    assert shipping_sheet.apply(desk=desk, sheet=sheet) == 1
    assert shipping_sheet.apply(desk=desk, sheet=ShippingSheet.objects.get()) == 0
    assert Parcel.objects.count() == 1


def test_the_same_file_sent_again_does_nothing(farm, desk):
    order = make_paid_order((make_goods(farm), 2), (make_goods(farm), 1))
    skus = [line.product.sku for line in order.lines.order_by("pk")]
    rows = [row(order, sf(), sku=sku) for sku in skus]
    shipping_sheet.apply(desk=desk, sheet=read(desk, *rows))

    again = read(desk, *rows)
    assert verdicts(again) == ["done", "done"]
    assert not shipping_sheet.plan(again).can_apply
    assert shipping_sheet.apply(desk=desk, sheet=again) == 0
    assert Parcel.objects.count() == 1


def test_every_problem_is_said_by_row(farm, desk):
    order = make_paid_order((make_goods(farm), 2))
    both = make_paid_order((make_goods(farm), 1), (make_goods(farm), 1))
    foreign = make_paid_order((make_goods(make_farm()), 1))
    unpaid = make_paid_order((make_goods(farm), 1), state="placed")
    Order.objects.filter(pk=unpaid.pk).update(paid_at=None)
    cancelled = make_paid_order((make_goods(farm), 1), state="cancelled")
    back = make_paid_order((make_goods(farm), 1))
    Payment.objects.filter(order=back).update(refunded_fen=back.total_fen)
    sheet = read(
        desk,
        row(order, sf(1), "顺风"),
        row(order, "SF1"),
        [order.number, "", "", "顺丰", ""],
        [order.number, "", "", "", sf(2)],
        row(order, sf(3), units="3"),
        row(order, sf(3), units="一"),
        row(both, sf(4)),
        row(foreign, sf(5)),
        row(unpaid, sf(6)),
        row(cancelled, sf(7)),
        row(back, sf(8)),
        ["", "", "", "顺丰", sf(9)],
        row(order, "7.73012E+14", "中通"),
        row(order, "=A1", "中通"),
        row(order, sf(10), sku="NONE"),
    )

    said = problems(sheet)
    wanted = {
        2: "不认识快递公司“顺风”",
        3: "SF",
        4: "没有填快递单号",
        5: "没有填快递公司",
        6: "只剩 2 件",
        7: "“一”不是件数",
        8: "有几种货",
        9: "你没有订单",
        10: "你没有订单",
        11: "已取消",
        12: "已全额退款",
        13: "没有填订单号",
        14: "科学计数",
        15: "公式",
        16: "没有你的货",
    }
    assert set(said) == set(wanted)
    for line, words in wanted.items():
        assert words in said[line], (line, said[line])
    with pytest.raises(DomainError) as refused:
        shipping_sheet.apply(desk=desk, sheet=sheet)
    assert refused.value.code == "sheet_problems"
    assert not Parcel.objects.exists()
    assert ShippingSheet.objects.get().state == "read"


def test_rows_share_what_is_left(farm, desk):
    order = make_paid_order((make_goods(farm), 3))
    sheet = read(desk, row(order, sf(1), units="2"), row(order, sf(2), units="2"))

    assert list(problems(sheet)) == [3]


def test_one_number_goes_to_one_door(farm, desk):
    one, two = (make_paid_order((make_goods(farm), 1)) for _ in range(2))
    Order.objects.filter(pk=two.pk).update(address={"recipient": "别人"})
    sheet = read(desk, row(one, sf()), row(two, sf()))

    assert one.number in problems(sheet)[3]


def test_what_changed_since_the_preview_stops_all_of_it(farm, desk):
    one, two = (make_paid_order((make_goods(farm), 1)) for _ in range(2))
    sheet = read(desk, row(one, sf(1)), row(two, sf(2)))
    assert shipping_sheet.plan(sheet).can_apply
    Order.objects.filter(pk=two.pk).update(state="cancelled")

    with pytest.raises(DomainError):
        shipping_sheet.apply(desk=desk, sheet=sheet)
    assert not Parcel.objects.exists()
    one.refresh_from_db()
    assert one.state == "paid"


def test_english_headings_and_any_order_of_columns(farm, desk):
    order = make_paid_order((make_goods(farm), 1))
    sheet = read(
        desk,
        [sf(), "note", "SF Express", order.number.lower()],
        heading="Tracking number,Remarks,carrier,ORDER",
    )

    assert verdicts(sheet) == ["send"]


def test_a_heading_without_the_columns_is_refused(desk):
    with pytest.raises(DomainError) as refused:
        read(desk, ["A", "B"], heading="订单号,快递公司")
    assert refused.value.code == "no_columns"
    assert "快递单号" in refused.value.message


@pytest.mark.parametrize("orders", [1, 30])
def test_a_plan_takes_four_queries(farm, desk, orders, django_assert_num_queries):
    goods = make_goods(farm)
    sheet = read(desk, *(row(make_paid_order((goods, 1)), sf(n)) for n in range(orders)))

    with django_assert_num_queries(4):
        plan = shipping_sheet.plan(sheet)
    assert plan.parcels == orders


@pytest.mark.parametrize("orders", [2, 40])
def test_applying_takes_as_many_statements(farm, desk, orders, django_assert_num_queries):
    goods = make_goods(farm)
    rows = [row(make_paid_order((goods, 1)), sf(n)) for n in range(orders)]
    sheet = read(desk, *rows)

    with django_assert_num_queries(STATEMENTS):
        assert shipping_sheet.apply(desk=desk, sheet=sheet) == orders
    assert Notification.objects.filter(kind="order_shipped").count() == orders
    assert {tuple(o.events.values_list("to_state", flat=True)) for o in Order.objects.all()} == {
        ("placed", "paid", "preparing", "shipped")
    }


STATEMENTS = 23
"""The lock, the judgement, the rows and the messages, however many parcels."""
