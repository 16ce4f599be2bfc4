"""What each kind of sheet takes, and what it says of a cell that it does not."""

import pytest
from django.utils import timezone

from officials.models import Official
from products.models import Deal, Product
from tests.factories import (
    make_county,
    make_curator,
    make_deal,
    make_festival,
    make_official,
    make_prefecture,
    make_producer,
    make_product,
    make_user,
)
from tests.products.sheets.making import apply, counts, fields_at_fault, problems, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
NEW = {
    "sku": "GX-HC-91",
    "name_zh": "凤山核桃",
    "prefecture": "河池市",
    "county": "凤山县",
    "category": "坚果",
    "producer": "青山",
    "unit_zh": "3斤/袋",
    "net_weight_g": "1,500",
    "list_price": "¥96",
    "shelf_life_days": "270",
    "storage": "ambient",
    "season_months": "9-11、1月",
    "seven_day_return": "是",
}


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def curator(county):
    make_producer(county, name_zh="青山")
    make_product(county=county, sku="T-A")
    return make_curator(county.parent)


def one(user, kind="products", **cells):
    return send(user, kind, list(cells), list(cells.values()))


def test_a_new_product_is_a_draft(curator):
    sheet = apply(one(curator, **NEW))

    product = Product.objects.get(sku="GX-HC-91")
    assert (sheet.state, product.state) == ("applied", "draft")
    assert product.season_months == [1, 9, 10, 11]
    assert (product.list_price_fen, product.net_weight_g) == (9600, 1500)
    assert product.search is not None


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"sku": "坏号码"}, "sku"),
        ({"name_zh": ""}, "name_zh"),
        ({"name_zh": "x" * 121}, "name_zh"),
        ({"prefecture": "北京市"}, "prefecture"),
        ({"county": "宾阳县"}, "county"),
        ({"category": "飞机"}, "category"),
        ({"producer": "没有这家"}, "producer"),
        ({"net_weight_g": "1.5kg"}, "net_weight_g"),
        ({"list_price": "0"}, "list_price"),
        ({"list_price": "9.999"}, "list_price"),
        ({"list_price": "NaN"}, "list_price"),
        ({"list_price": "1e999"}, "list_price"),
        ({"season_months": "13"}, "season_months"),
        ({"storage": "屋里"}, "storage"),
        ({"seven_day_return": "也许"}, "seven_day_return"),
        ({"description_zh": "国家级最佳核桃"}, "description_zh"),
    ],
)
def test_a_wrong_cell_is_named(curator, cells, fault):
    make_county("450126", name_zh="宾阳县", name_en="Binyang County")

    assert {field for _line, field in fields_at_fault(one(curator, **NEW | cells))} == {fault}


def test_a_new_row_needs_its_columns(curator):
    sheet = one(curator, sku="GX-HC-91", name_zh="核桃")

    assert (2, "list_price") in fields_at_fault(sheet)
    assert (2, "producer") in fields_at_fault(sheet)


def test_a_name_that_two_producers_have_needs_its_number(curator, county):
    second = make_producer(county, name_zh="青山")

    assert fields_at_fault(one(curator, **NEW)) == [(2, "producer")]
    assert counts(one(curator, **NEW | {"producer": f"青山 #{second.pk}"})) == (1, 0, 0, 0)


def test_words_to_look_at_are_noted_and_do_not_stop(curator):
    sheet = one(curator, sku="T-A", description_zh="有机核桃，纯天然")

    row = sheet.rows.get()
    assert (row.verdict, row.problems) == ("changed", [])


def test_stock_is_added_and_taken_back(curator):
    product = Product.objects.get(sku="T-A")
    apply(one(curator, "stock", sku="T-A", add="+50"))
    apply(one(curator, "stock", sku="T-A", add="−30"))

    assert product.pools.get().available == 1020
    assert fields_at_fault(one(curator, "stock", sku="T-A", add="-5000")) == [(2, "add")]
    assert fields_at_fault(one(curator, "stock", sku="T-A", add="=9")) == [(2, "add")]
    assert counts(one(curator, "stock", sku="T-A", add="")) == (0, 0, 1, 0)


def deal_cells(**more):
    festival = make_festival(slug="sanyuesan")
    first, last = (timezone.localtime(at) for at in (festival.starts_at, festival.ends_at))
    cells = {
        "number": "",
        "sku": "T-A",
        "festival": festival.slug,
        "price": "48",
        "base_price": "",
        "quantity": "100",
        "starts_at": first.strftime("%Y-%m-%d 23:59"),
        "ends_at": last.strftime("%Y-%m-%d 00:00"),
        "payer_zh": "县农业局",
    }
    return cells | more


def test_a_deal_is_proposed_as_a_draft(curator):
    sheet = apply(one(curator, "deals", **deal_cells()))

    deal = Deal.objects.get()
    assert (sheet.state, deal.state, deal.price_fen) == ("applied", "draft", 4800)
    assert deal.base_price_fen is None


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"base_price": "200"}, "base_price"),
        ({"price": "48.01"}, "price"),
        ({"ends_at": "2099-01-01"}, "price"),
        ({"starts_at": "gestern"}, "starts_at"),
        ({"festival": "x"}, "festival"),
        ({"number": "999999"}, "number"),
        ({"quantity": "0"}, "quantity"),
    ],
)
def test_a_deal_that_breaks_a_rule_is_refused_before_it_is_written(curator, cells, fault):
    sheet = one(curator, "deals", **deal_cells(**cells))

    assert {field for _line, field in fields_at_fault(sheet)} == {fault}
    assert all(words for _line, _field, words in problems(sheet))


def test_two_new_deals_do_not_overlap(curator):
    cells = deal_cells()
    sheet = send(curator, "deals", list(cells), list(cells.values()), list(cells.values()))

    assert counts(sheet) == (1, 0, 0, 1)


def test_an_approved_deal_keeps_its_terms(curator):
    deal = make_deal(Product.objects.get(sku="T-A"), price_fen=4800)
    sheet = one(curator, "deals", number=str(deal.pk), sku="T-A", price="47")

    assert fields_at_fault(sheet) == [(2, "")]


def test_a_draft_deal_changes(curator):
    deal = make_deal(Product.objects.get(sku="T-A"), price_fen=4800, state="draft")
    apply(one(curator, "deals", number=str(deal.pk), sku="", price="47"))

    deal.refresh_from_db()
    assert deal.price_fen == 4700


def test_an_official_changes_and_an_account_applies(curator, county):
    official = make_official(region=county)
    person = make_user("wei@example.org")
    sheet = send(
        curator,
        "officials",
        ["official", "account", "name_zh", "place", "post_zh"],
        [official.slug, "", official.name_zh, "凤山县", "县长"],
        ["", "Wei@example.org", "韦小满", "451223", "副县长"],
    )
    assert counts(sheet) == (1, 1, 0, 0)
    assert apply(sheet).state == "applied"
    official.refresh_from_db()
    assert official.post_zh == "县长"
    assert Official.objects.get(user=person).state == "applied"


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"official": "nobody-here"}, "official"),
        ({"account": ""}, "account"),
        ({"account": "unknown@example.org"}, "account"),
        ({"place": "450100"}, "place"),
    ],
)
def test_an_official_who_may_not_be_is_named(curator, cells, fault):
    make_user("wei@example.org")
    make_prefecture("450100")
    row = {
        "official": "",
        "account": "wei@example.org",
        "name_zh": "韦小满",
        "place": "451223",
        "post_zh": "副县长",
    }
    assert {f for _l, f in fields_at_fault(one(curator, "officials", **row | cells))} == {fault}
