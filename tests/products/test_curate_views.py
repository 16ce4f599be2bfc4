"""The curators' and producers' pages: doors, forms without JavaScript, words for refusals."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from livecommerce.audit.models import AuditEntry
from officials.models import OfficialCheck
from products.domain import approvals
from products.models import Product, ProductImage, Specialty, Submission
from tests.factories import (
    make_category,
    make_curator,
    make_official,
    make_prefecture,
    make_producer,
    make_product,
    make_specialty,
    make_user,
)

pytestmark = pytest.mark.django_db
HECHI = "/curate/451200/"


def signed_in(user):
    TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def curator():
    return signed_in(make_curator())


@pytest.fixture
def three():
    return [make_specialty(make_product(), position) for position in (1, 2, 3)]


@pytest.fixture
def farm():
    return make_producer(user=make_user())


def order():
    return list(Specialty.objects.order_by("position").values_list("pk", flat=True))


# --- doors -----------------------------------------------------------------------------------


PAGES = ("", "history/", "people/", "shows/", "shows/?month=2026-13")


@pytest.mark.parametrize("page", PAGES)
def test_workspace_is_open_to_its_curator_only(curator, three, page):
    assert curator.get(HECHI + page).status_code == 200
    other = signed_in(make_curator(make_prefecture("450100")))
    assert other.get(HECHI + page).status_code == 403
    entry = AuditEntry.objects.get(is_refused=True)
    assert (entry.action, entry.subject_pk) == ("products.open_workspace", "451200")
    assert signed_in(make_user()).get(HECHI + page).status_code == 404
    assert curator.get("/curate/451223/").status_code == 404, "a county has no workspace"


def test_start_leads_where_one_belongs(curator):
    assert curator.get("/curate/").url == HECHI
    assert signed_in(make_official().user).get("/curate/").url == "/curate/waiting/"
    make_prefecture("450100")
    boss = signed_in(make_user(is_staff=True, is_superuser=True))
    assert "451200" in boss.get("/curate/").content.decode()
    assert signed_in(make_user()).get("/curate/").status_code == 404
    assert signed_in(make_user()).get("/curate/waiting/").status_code == 404


# --- the list --------------------------------------------------------------------------------


def test_order_by_script_and_by_form(curator, three):
    first, second, third = order()
    told = {"order": f"{third},{first},{second}", "version": "1"}
    answer = curator.post(f"{HECHI}order", told)
    assert answer.json() == {"version": 2}
    assert order() == [third, first, second]
    stale = curator.post(f"{HECHI}order", told)
    assert (stale.status_code, stale.json()["code"]) == (409, "list_changed")
    curator.post(f"{HECHI}list/{first}/move", {"step": "up", "version": "2"})
    assert order() == [first, third, second]


@pytest.mark.parametrize("told", [{}, {"order": "x,☃", "version": "9" * 99}, {"order": "1" * 5000}])
def test_nonsense_for_an_order_is_refused(curator, three, told):
    before = order()
    assert curator.post(f"{HECHI}order", told).status_code == 409
    assert order() == before


def test_a_note_is_saved_and_a_stale_one_shown_beside_what_is_there(curator, three):
    page = f"{HECHI}list/{three[0].pk}/"
    words = {"note_zh": "薄皮", "note_en": "Thin", "season_months": ["11", "12"], "version": "1"}
    assert curator.post(page, words).status_code == 302
    stale = curator.post(page, words | {"note_zh": "别的"})
    assert stale.status_code == 409
    assert "薄皮" in stale.content.decode()
    assert Specialty.objects.get(pk=three[0].pk).season_months == [11, 12]
    assert curator.post(page, words | {"season_months": ["13"], "version": "2"}).status_code == 422


def test_added_removed_and_taken_back(curator, three):
    product = make_product()
    curator.post(f"{HECHI}add", {"product": product.pk, "version": "1"})
    assert Specialty.objects.get(product=product).position == 4
    curator.post(f"{HECHI}list/{three[0].pk}/remove", {"version": "2"})
    assert Specialty.objects.count() == 3
    entry = AuditEntry.objects.filter(action="products.remove_specialty").get()
    assert curator.post(f"{HECHI}history/{entry.pk}/undo").status_code == 302
    back = Specialty.objects.get(product=three[0].product)
    assert back.position == 1
    page = curator.get(f"{HECHI}history/").content.decode()
    assert page.count("curate-change") >= 3
    assert curator.post(f"{HECHI}history/999999/undo").status_code == 404


def test_gaps_lead_to_where_they_are_mended(curator, three):
    page = curator.get(HECHI).content.decode()
    product = three[0].product
    assert f"{HECHI}deals/new/?product={product.pk}" in page
    assert f"/admin/products/product/{product.pk}/change/#images-group" in page
    assert curator.get(f"{HECHI}?gap=picture").context["wanted"] == "picture"
    assert curator.get(f"{HECHI}?gap=☃").status_code == 200


# --- people ----------------------------------------------------------------------------------


def test_identity_of_an_official_is_written_down(curator):
    official = make_official(identity_until=None)
    page = f"{HECHI}people/officials/{official.pk}/"
    until = timezone.localdate() + timedelta(days=200)
    asked = {"deed": "check", "paper": "appointment", "number_end": "12A4", "expires_on": until}
    assert curator.post(page, asked | {"number_end": "☃"}).status_code == 422
    assert curator.post(page, asked | {"expires_on": "2020-01-01"}).status_code == 422
    assert curator.post(page, asked).status_code == 302
    official.refresh_from_db()
    assert official.identity_until == until
    assert OfficialCheck.objects.get().number_end == "12A4"
    theirs = make_official(region=make_prefecture("450100"))
    assert curator.get(f"{HECHI}people/officials/{theirs.pk}/").status_code == 404


def test_nobody_checks_themselves():
    user = make_curator()
    official = make_official(user=user)
    client = signed_in(user)
    asked = {"deed": "suspend", "reason": "x"}
    answer = client.post(f"{HECHI}people/officials/{official.pk}/", asked)
    assert answer.status_code == 403
    until = timezone.localdate() + timedelta(days=9)
    check = {"deed": "check", "paper": "appointment", "number_end": "1234", "expires_on": until}
    answer = client.post(f"{HECHI}people/officials/{official.pk}/", check)
    assert answer.status_code == 403


def test_identity_of_a_producer_opens_listing_again(curator, farm):
    farm.identity_until = None
    farm.save()
    until = timezone.localdate() + timedelta(days=9)
    asked = {"paper": "cooperative", "number_end": "1234", "expires_on": until}
    assert curator.post(f"{HECHI}people/producers/{farm.pk}/", asked).status_code == 302
    farm.refresh_from_db()
    assert farm.identity_until == until


# --- the producer, the county, the prefecture ----------------------------------------------------


GOODS = {
    "name_zh": "凤山蜂蜜",
    "name_en": "Fengshan honey",
    "unit_zh": "500克/瓶",
    "net_weight_g": "500",
    "list_price_fen": "58.00",
    "producer_cost_fen": "30",
    "packing_fen": "2",
    "freight_fen": "6.50",
    "shelf_life_days": "720",
    "storage": "ambient",
    "cold_chain": "none",
    "season_months": ["4", "5"],
}


def test_a_product_from_its_draft_to_the_shelf(curator, farm):
    producer, home = signed_in(farm.user), f"/producer/{farm.pk}/goods/"
    asked = GOODS | {"category": make_category().pk}
    too_dear = producer.post(f"{home}new/", asked | {"producer_cost_fen": "90"})
    assert too_dear.status_code == 422
    assert producer.post(f"{home}new/", asked).status_code == 302
    product = Product.objects.get()
    assert (product.list_price_fen, product.freight_fen, product.state) == (5800, 650, "draft")
    page = f"{home}{product.sku}/"
    assert producer.post(page, asked | {"name_zh": "凤山土蜂蜜"}).status_code == 302
    ProductImage.objects.create(product=product, file="a.webp")
    assert producer.post(f"{page}submit").status_code == 302
    assert "county" in producer.get(page).context["round"].state
    official = signed_in(make_official().user)
    submission = Submission.objects.get()
    judge = f"/curate/submissions/{submission.pk}/"
    assert [one.pk for one in official.get("/curate/waiting/").context["inbox"].mine] == [
        submission.pk
    ]
    decide = {"deed": "approve", "seen": "county", "reason": ""}
    assert official.post(judge, decide).status_code == 302
    assert curator.post(judge, decide).status_code == 409, "another state than was seen"
    assert curator.post(judge, decide | {"seen": "prefecture"}).status_code == 302
    product.refresh_from_db()
    assert (product.state, product.name_zh) == ("listed", "凤山土蜂蜜")
    assert producer.get(home).status_code == 200


def test_words_the_law_forbids_are_said_to_the_producer_beside_their_field(farm):
    client, home = signed_in(farm.user), f"/producer/{farm.pk}/goods/"
    asked = GOODS | {"category": make_category().pk}
    refused = client.post(f"{home}new/", asked | {"description_zh": "全国最好的蜜。"})
    assert refused.status_code == 422
    assert "第九条" in refused.context["form"].errors["description_zh"][0]
    assert not Product.objects.exists()
    product = make_product(producer=farm, name_zh="最好蜜", state="draft")
    page = f"{home}{product.sku}/"
    same = asked | {"name_zh": "最好蜜", "list_price_fen": "61"}
    assert client.post(page, same).status_code == 302, "staff let the name stand"


def test_a_self_approval_is_refused(farm):
    boss = make_curator()
    product = make_product(state="draft", producer=farm)
    submission = approvals.submit_product(product=product, by=boss)
    approvals.check_submission(submission=submission, by=make_official().user)
    client = signed_in(boss)
    judge = f"/curate/submissions/{submission.pk}/"
    assert not client.get(judge).context["may_decide"]
    asked = {"deed": "approve", "seen": "prefecture", "reason": ""}
    assert client.post(judge, asked).status_code == 403
    submission.refresh_from_db()
    assert submission.state == "prefecture"
    assert AuditEntry.objects.filter(is_refused=True, actor=boss).exists()


def test_another_offices_submission_is_closed(farm):
    submission = approvals.submit_product(
        product=make_product(state="draft", producer=farm), by=farm.user
    )
    page = f"/curate/submissions/{submission.pk}/"
    other = make_curator(make_prefecture("450100"))
    assert signed_in(other).get(page).status_code == 403
    assert AuditEntry.objects.filter(actor=other, is_refused=True).exists()
    assert signed_in(make_user()).get(page).status_code == 404
    assert signed_in(farm.user).get(page).status_code == 200


def test_goods_of_others_are_not_there(farm, curator):
    product = make_product(producer=farm)
    for client, status in ((signed_in(make_user()), 404), (curator, 200)):
        assert client.get(f"/producer/{farm.pk}/goods/").status_code == status
        assert client.get(f"/producer/{farm.pk}/goods/{product.sku}/").status_code == status
    assert curator.post(f"/producer/{farm.pk}/goods/{product.sku}/", GOODS).status_code == 403
