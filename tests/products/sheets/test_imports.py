"""The life of a sheet: looked at first, applied whole or not at all, once, by whoever may."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from livecommerce import audit
from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from products.domain.sheets import imports, taking
from products.domain.sheets.kinds import BOOKS
from products.models import Product, SheetImport, SheetRow
from tests.factories import (
    make_county,
    make_curator,
    make_deal,
    make_official,
    make_product,
    make_user,
)
from tests.livecommerce.accounts.people import give_factor
from tests.products.sheets.making import (
    apply,
    counts,
    csv_of,
    exported,
    fields_at_fault,
    problems,
    send,
    work_on,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
State = SheetImport.State


@pytest.fixture
def product():
    return make_product(sku="T-A", name_zh="凤山核桃", description_zh="两行\n  说明 ")


@pytest.fixture
def curator(product):
    return make_curator(product.prefecture)


def test_preview_shows_before_and_after_and_changes_nothing(product, curator):
    sheet = send(
        curator, "products", ["sku", "name_zh", "list_price"], ["t-a", "凤山大核桃", "98.5"]
    )

    assert (sheet.state, counts(sheet)) == (State.READ, (0, 1, 0, 0))
    assert sheet.rows.get().changes == [
        ["name_zh", "凤山核桃", "凤山大核桃"],
        ["list_price", "96.00", "98.50"],
    ]
    assert Product.objects.get().name_zh == "凤山核桃"
    assert sheet.data is None


def test_applying_writes_all_and_tells_the_audit_book(product, curator):
    sheet = apply(send(curator, "products", ["sku", "list_price"], ["T-A", "98.50"]))

    product.refresh_from_db()
    assert (sheet.state, product.list_price_fen) == (State.APPLIED, 9850)
    assert product.price_points.order_by("-pk").first().price_fen == 9850
    entry = audit.history(product).first()
    assert (entry.actor, entry.action) == (curator, "products.import_products")
    assert entry.before == {"list_price": "96.00"}
    assert entry.after == {"list_price": "98.50", "waits_for": "prefecture"}
    assert AuditEntry.objects.filter(action="products.import_sheet").count() == 1


def test_applied_once_however_often_it_is_pressed(product, curator):
    sheet = send(curator, "stock", ["sku", "add"], ["T-A", "50"])
    second = SheetImport.objects.get(pk=sheet.pk)
    assert imports.confirm(sheet=sheet, start=lambda pk: None)
    assert not imports.confirm(sheet=second, start=lambda pk: None)
    for _ in range(3):
        work_on(sheet)
    assert not imports.confirm(sheet=work_on(sheet), start=lambda pk: None)

    assert product.pools.get().available == 1050


def test_nothing_is_applied_while_a_row_has_a_problem(product, curator):
    sheet = send(
        curator,
        "products",
        ["sku", "list_price", "net_weight_g"],
        ["T-A", "98", "1500"],
        ["T-A", "abc", "1.5"],
    )

    assert counts(sheet) == (0, 1, 0, 1)
    assert fields_at_fault(sheet) == [(3, "net_weight_g"), (3, "list_price"), (3, "sku")]
    assert not imports.confirm(sheet=sheet, start=lambda pk: None)
    assert Product.objects.get().list_price_fen == 9600


def test_problems_are_told_in_both_languages(product, curator):
    sheet = send(curator, "products", ["sku", "list_price"], ["T-A", "abc"])

    [[_field, words]] = sheet.rows.get().problems
    assert words == {
        "zh-hans": "“abc”不是以元为单位的金额。",
        "en": "“abc” is not an amount in yuan.",
    }


def test_what_changed_since_the_preview_is_not_overwritten(product, curator):
    other = make_product(sku="T-B", county=product.county)
    sheet = send(curator, "products", ["sku", "list_price"], ["T-A", "98"], ["T-B", "99"])
    Product.objects.filter(pk=other.pk).update(list_price_fen=7000)
    sheet = apply(sheet)

    assert (sheet.state, sheet.stale_lines) == (State.READ, [3])
    assert sheet.rows.get(line=3).changes == [["list_price", "70.00", "99.00"]]
    assert Product.objects.get(sku="T-A").list_price_fen == 9600
    assert apply(sheet).state == State.APPLIED
    assert Product.objects.get(sku="T-A").list_price_fen == 9800


def test_a_row_the_database_refuses_takes_all_others_back(product, curator):
    soon = timezone.now() + timedelta(days=1)  # it rests on the price of 96 until then
    make_deal(product, price_fen=4800, starts_at=soon, ends_at=soon + timedelta(hours=3))
    other = make_product(sku="T-B", county=product.county)
    sheet = apply(send(curator, "products", ["sku", "list_price"], ["T-B", "98"], ["T-A", "50"]))

    other.refresh_from_db()
    assert (sheet.state, sheet.stale_lines, other.list_price_fen) == (State.READ, [3], 9600)
    assert "活动价" in problems(sheet)[0][2] or "承诺" in problems(sheet)[0][2]
    words = sheet.rows.get(line=3).problems[0][1]
    assert words["en"].startswith("This price would make an approved deal break its promise.")
    assert not AuditEntry.objects.filter(action="products.import_products").exists()


def test_a_right_that_was_taken_away_counts(product, curator):
    sheet = send(curator, "products", ["sku", "list_price"], ["T-A", "98"])
    curator.curates.all().delete()
    sheet = apply(sheet)

    assert (sheet.state, counts(sheet)) == (State.READ, (0, 0, 0, 1))
    assert Product.objects.get().list_price_fen == 9600


@pytest.mark.parametrize("kind", ["products", "stock", "deals", "officials"])
def test_rows_of_another_prefecture_are_problems(kind):
    mine, foreign = make_product(sku="T-A"), make_product(sku="T-B", county=make_county("450126"))
    official = make_official(region=foreign.county)
    rows = {
        "products": (["sku", "name_zh"], ["T-B", "x"]),
        "stock": (["sku", "add"], ["T-B", "5"]),
        "deals": (["number", "sku", "price"], ["", "T-B", "1"]),
        "officials": (["official", "name_zh"], [official.slug, "x"]),
    }[kind]
    sheet = send(make_curator(mine.prefecture), kind, *rows)

    assert counts(sheet) == (0, 0, 0, 1)
    assert send(make_user(is_superuser=True), kind, *rows).rows_problem == (kind == "deals")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", list(BOOKS))
def test_what_is_taken_out_and_sent_back_changes_nothing(kind, form):
    product = make_product(
        sku="T-A",
        name_zh="=SUM(A1)",
        name_en="+86 @home 'quoted",
        description_zh="-两行\n  说明 ",
        season_months=[1, 2, 11],
        gi_status="something old",
    )
    make_product(sku="T-B", county=make_county("450126"), storage="unknown")
    make_deal(product, price_fen=4800)
    make_deal(product, price_fen=4700, state="draft")
    make_official(region=product.county)
    user = make_user(is_superuser=True)
    data = taking.export(user=user, kind=kind, form=form)
    sheet = send(user, kind, data=data, name=f"x.{form}")

    new, changed, same, wrong = counts(sheet)
    assert (problems(sheet), new, changed, wrong) == ([], 0, 0, 0)
    assert same >= 1
    assert not sheet.can_apply


def test_an_export_holds_only_ones_own(product, curator):
    make_product(sku="T-B", county=make_county("450126"))

    assert [row[0] for row in exported(curator, "products")] == ["商品编号", "T-A"]
    assert [row[0] for row in exported(make_user(is_superuser=True), "stock")][1:] == ["T-A", "T-B"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((["sku", "price of it"], ["T-A", "1"]), "price of it"),
        ((["name_zh"], ["x"]), "商品编号"),
        ((["sku", "SKU"], ["T-A", "T-A"]), "SKU"),
        ((["sku", "", "name_zh"], ["T-A", "1", "x"]), "2"),
        ((["sku", "name_zh"],), ""),
    ],
)
def test_headings_that_do_not_say_what_is_what_are_refused(curator, rows, words):
    sheet = send(curator, "products", *rows)

    assert sheet.state == State.REFUSED
    assert words in sheet.refusal["zh-hans"]
    assert sheet.refusal["en"] != sheet.refusal["zh-hans"]
    assert not SheetRow.objects.exists()


def xlsx(change=lambda book: None, extra=None):
    book = Workbook()
    book.active.append(["sku", "name_zh"])
    book.active.append(["T-A", "x"])
    change(book)
    out = io.BytesIO()
    book.save(out)
    if extra:
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(extra, b"x")
    return out.getvalue()


def hide(book):
    book.create_sheet("two").sheet_state = "hidden"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: xlsx(extra="xl/vbaProject.bin"), "宏"),
        (lambda: xlsx(hide), "隐藏"),
        (lambda: xlsx(lambda book: book.active.merge_cells("A1:A2")), "合并"),
        (lambda: b"PK\x03\x04 nonsense", "读不出来"),
        (lambda: csv_of(["sku", "name_zh"], *[["T", "x"]] * 10_001), "10000"),
    ],
)
def test_hostile_and_huge_files_are_refused_and_nothing_is_written(curator, data, words):
    sheet = send(curator, "products", data=data(), name="x.csv")

    assert (sheet.state, words in sheet.refusal["zh-hans"]) == (State.REFUSED, True)
    assert sheet.data is None
    assert not SheetRow.objects.exists()


def test_a_formula_is_only_its_letters(product, curator):
    sheet = send(
        curator,
        "products",
        data=xlsx(lambda book: book.active.__setitem__("B2", "=1+1")),
        name="x.xlsx",
    )

    assert sheet.rows.get().changes == [["name_zh", "凤山核桃", "=1+1"]]


def test_a_killed_worker_leaves_it_to_the_next(product, curator):
    sheet = send(curator, "products", ["sku", "name_zh"], ["T-A", "x"], work=False)
    SheetImport.objects.filter(pk=sheet.pk).update(
        attempts=1, moved_at=timezone.now() - timedelta(minutes=5)
    )
    assert imports.waiting_too_long() == [sheet.pk]
    assert work_on(sheet).state == State.READ
    assert imports.waiting_too_long() == []


def test_a_sheet_that_kills_workers_is_refused_at_last(product, curator):
    sheet = send(curator, "products", ["sku", "name_zh"], ["T-A", "x"], work=False)
    SheetImport.objects.filter(pk=sheet.pk).update(attempts=imports.MOST_ATTEMPTS)

    assert work_on(sheet).state == State.REFUSED


def test_put_aside_it_is_not_applied(product, curator):
    sheet = send(curator, "products", ["sku", "name_zh"], ["T-A", "x"])
    assert imports.discard(sheet=sheet)
    assert not imports.confirm(sheet=sheet, start=lambda pk: None)
    assert work_on(sheet).state == State.DISCARDED


def test_too_many_at_once_wait(product, curator):
    for _ in range(imports.MOST_WAITING):
        send(curator, "products", ["sku", "name_zh"], ["T-A", "x"], work=False)
    with pytest.raises(DomainError) as error:
        send(curator, "products", ["sku", "name_zh"], ["T-A", "x"], work=False)
    assert error.value.code == "sheets_waiting"


def test_rows_of_any_number_take_the_same_questions(product, curator, django_assert_num_queries):
    more = [make_product(county=product.county).sku for _ in range(20)]

    def judge(*skus):
        rows = [{"sku": sku, "name_zh": "x"} for sku in skus]
        book = BOOKS["products"](
            actor=curator, codes=frozenset({product.prefecture_id}), rows=rows, is_locked=False
        )
        return [book.judge(line, cells) for line, cells in enumerate(rows)]

    with django_assert_num_queries(7):
        judge("T-A")
    with django_assert_num_queries(7):
        judge("T-A", *more)


def test_another_prefectures_goods_are_not_taken_out(client, product, curator):
    far = make_county("450110").prefecture
    client.force_login(give_factor(curator))
    url = reverse("products:sheet_take", args=["products", "export", "csv"])
    assert client.get(url, {"prefecture": product.prefecture_id}).status_code == 200
    assert client.get(url, {"prefecture": far.code}).status_code == 403
    entry = AuditEntry.objects.get(action="products.take_sheet")
    assert (entry.actor, entry.is_refused, entry.subject_pk) == (curator, True, far.code)
