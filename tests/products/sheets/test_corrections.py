"""Goods on sale that change by a sheet: at once, as by hand, and somebody else confirms them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from livecommerce.notifications.models import Notification
from products.domain import approvals
from products.models import DealWithdrawal, Product, Submission
from tests.factories import (
    make_curator,
    make_deal,
    make_official,
    make_producer,
    make_product,
    make_user,
)
from tests.products.sheets.making import apply, counts, fields_at_fault, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def product():
    return make_product(sku="T-A")


@pytest.fixture
def curator(product):
    return make_curator(product.prefecture)


def change(curator, *rows):
    return send(curator, "products", ["sku", "name_zh", "list_price"], *rows)


def notices(sheet):
    return [words for row in sheet.rows.all() for _field, words in row.notices]


def test_a_row_says_for_whom_it_waits_and_makes_a_round(product, curator):
    official = make_official(region=product.county)
    sheet = change(curator, ["T-A", "凤山大核桃", "98"])
    [words] = notices(sheet)
    assert "凤山县" in words["zh-hans"]
    assert "Fengshan County" in words["en"]

    apply(sheet)

    round_ = Submission.objects.get()
    assert (round_.kind, round_.state, round_.submitted_by) == ("correction", "county", curator)
    assert round_.changes["list_price_fen"] == [9600, 9800]
    assert round_.steps.get().actor == curator
    assert list(Notification.objects.values_list("user", flat=True)) == [official.user_id]
    product.refresh_from_db()
    assert product.list_price_fen == 9800, "it counts at once"

    approvals.return_submission(submission=round_, by=official.user, reason="价格不对")

    product.refresh_from_db()
    assert (product.list_price_fen, product.name_zh) == (9600, "凤山核桃")


def test_a_price_alone_waits_for_the_prefecture(product, curator):
    make_official(region=product.county)
    colleague = make_curator(product.prefecture)
    sheet = change(curator, ["T-A", product.name_zh, "98"])
    assert "Hechi" in notices(sheet)[0]["en"]
    apply(sheet)
    round_ = Submission.objects.get()
    assert round_.state == "prefecture"
    approvals.approve_submission(submission=round_, by=colleague)
    product.refresh_from_db()
    assert product.list_price_fen == 9800


def test_drafts_and_aliases_make_no_round(product, curator):
    make_product(sku="T-B", county=product.county, state="draft")
    sheet = send(curator, "products", ["sku", "aliases"], ["T-A", "胡桃"])
    apply(sheet)
    apply(change(curator, ["T-B", "凤山小核桃", "98"]))
    assert not Submission.objects.exists()


def test_what_is_with_an_office_already_is_a_problem(product, curator):
    farm = make_producer(product.county, user=make_user())
    Product.objects.update(producer=farm)
    product.refresh_from_db()
    approvals.propose_change(product=product, by=farm.user, values={"list_price_fen": 9900})
    sheet = change(curator, ["T-A", "凤山大核桃", "96"])
    assert counts(sheet) == (0, 0, 0, 1)
    assert fields_at_fault(sheet) == [(2, "")]


def test_one_message_for_many_rows_and_few_queries(product, curator):
    make_official(region=product.county)
    rows = [["T-A", "新一", "97"]]
    for number in range(30):
        make_product(
            sku=f"T-{number}",
            county=product.county,
            producer=product.producer,
            list_price_fen=9600,
        )
        rows.append([f"T-{number}", f"新{number}", "97"])
    sheet = change(curator, *rows)
    with CaptureQueriesContext(connection) as seen:
        apply(sheet)
    assert Submission.objects.count() == 31
    assert Notification.objects.get().title == "31 件商品通过表格作了更正，请核对"
    judges = [one for one in seen.captured_queries if "products_submission" in one["sql"]]
    assert len(judges) < 10


def test_a_deal_that_is_no_longer_true_goes_in_the_same_transaction(product, curator):
    deal = make_deal(product, price_fen=4800)
    apply(change(curator, ["T-A", product.name_zh, "48"]))
    deal.refresh_from_db()
    assert deal.state == "withdrawn"
    assert DealWithdrawal.objects.get().reason == "not_lower"
