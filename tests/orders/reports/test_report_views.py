"""Who reads which report, and what the pages and files hold."""

import io
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone
from openpyxl import load_workbook

from orders.domain.reports.words import HEADLINE
from streams.domain import watching
from streams.models import ShowVisitor
from tests.factories import (
    make_assistant,
    make_county,
    make_curator,
    make_festival,
    make_official,
    make_prefecture,
    make_user,
)
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    festival = make_festival()
    host = make_official()
    show = make_show(state="ended", host=host, festival=festival, title_en="=2+5")
    person = watching.number_of("u1")
    now = timezone.now()
    ShowVisitor.objects.create(
        broadcast=show, person=person, visits=2, seconds=600, first_at=now, last_at=now
    )
    paths = {
        "show": f"/reports/shows/{show.public_id}/",
        "official": f"/reports/officials/{host.slug}/",
        "prefecture": f"/reports/prefectures/{show.region.prefecture.pk}/",
        "festival": f"/reports/festivals/{festival.slug}/",
    }
    return host, show, festival, paths


def enter(client, user):
    """With two factors, as these pages ask for."""
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user)
    return client


ROLES = {
    "boss": {"show", "official", "prefecture", "festival"},
    "curator": {"show", "official", "prefecture", "festival"},
    "other curator": {"festival"},
    "host": {"show", "official"},
    "assistant": {"show"},
    "other host": set(),
    "viewer": set(),
}


def person(role, host):
    match role:
        case "boss":
            return make_user(is_staff=True, is_superuser=True)
        case "curator":
            return make_curator(host.region.prefecture)
        case "other curator":
            return make_curator(make_prefecture("450300"))
        case "host":
            return host.user
        case "assistant":
            return make_assistant(host).user
        case "other host":
            return make_official(region=make_county("450325")).user
    return make_user()


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reads_what_they_answer_for_and_finds_nothing_else(client, world, role):
    host, _show, _festival, paths = world
    enter(client, person(role, host))
    found = {name for name, path in paths.items() if client.get(path).status_code == 200}
    assert found == ROLES[role]
    refused = {client.get(path).status_code for name, path in paths.items() if name not in found}
    assert refused <= {404}
    files = {
        name for name, path in paths.items() if client.get(f"{path[:-1]}.xlsx").status_code == 200
    }
    assert files == found
    assert client.get("/reports/").status_code == (200 if found else 404)


def test_a_visitor_is_asked_to_sign_in(client, world):
    answer = client.get(world[3]["show"])
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_another_prefectures_curator_sees_only_their_part_of_a_festival(client, world):
    _host, show, festival, paths = world
    place = make_prefecture("450300")
    mine = make_show(
        state="ended",
        host=make_official(region=make_county("450325")),
        festival=festival,
        title_zh="只有这一场",
    )
    enter(client, make_curator(place))
    page = client.get(paths["festival"]).content.decode()
    assert mine.title_zh in page
    assert show.title_zh not in page


def test_the_page_tells_figures_and_what_they_count(client, world):
    host, _show, _festival, paths = world
    page = enter(client, host.user).get(paths["show"]).content.decode()
    assert "平均观看时长" in page
    assert "10 分 0 秒" in page
    assert "统计口径" in page


def test_the_head_of_a_page_tells_of_no_order_that_may_still_be_given_back():
    of_orders = [code for code in HEADLINE if code != "viewers"]
    assert of_orders
    assert all(code.startswith("settled") for code in of_orders)


def test_the_spreadsheet_has_numbers_and_no_formula(client, world):
    host, _show, _festival, paths = world
    client.cookies["django_language"] = "en"
    answer = enter(client, host.user).get(f"{paths['official'][:-1]}.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}
    values = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(max_col=2)}
    assert (values["Views"], values["Viewers"]) == (2, 1)
    # As a time and as a share of one, shown as such: 600 and 7.1 said nothing of what they are.
    assert values["Average watch time"] == timedelta(minutes=10)
    forms = {row[0].value: row[1].number_format for row in book.worksheets[0].iter_rows(max_col=2)}
    assert (forms["Average watch time"], forms["Paid"]) == ("[h]:mm:ss", '"¥"#,##0.00')
    assert any("=2+5" in str(cell.value) for cell in cells)


def test_the_pdf_is_one(client, world):
    host, _show, _festival, paths = world
    answer = enter(client, host.user).get(f"{paths['show'][:-1]}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("number", [1, 12])
def test_a_page_asks_as_often_for_one_show_as_for_many(
    client, world, django_assert_num_queries, number
):
    host, _show, festival, paths = world
    for _ in range(number - 1):
        make_show(state="ended", host=host, festival=festival)
    enter(client, host.user).get(paths["official"])
    with django_assert_num_queries(13):
        assert client.get(paths["official"]).status_code == 200
