"""The back room: rights follow the region, rules answer in words."""

import io
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from livecommerce.audit.models import AuditEntry
from products.domain import approvals
from products.models import Deal, Festival, Product, Specialty, StockPool
from tests.factories import (
    make_category,
    make_county,
    make_curator,
    make_deal,
    make_festival,
    make_official,
    make_prefecture,
    make_producer,
    make_product,
    make_specialty,
    make_user,
)

pytestmark = pytest.mark.django_db


def sign_in(client, user):
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user)
    return client


@pytest.fixture
def boss(client):
    return sign_in(client, make_user(is_staff=True, is_superuser=True))


@pytest.fixture
def curator(client):
    """Signed in as the curator of Hechi (451200)."""
    return sign_in(client, make_curator(make_prefecture("451200")))


def change(row):
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])


def listing(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def elsewhere(**fields):
    return make_product(county=make_county("450110"), name_zh="南宁沃柑", **fields)


def form_of(client, url):
    """What a browser would send back unchanged."""
    page = client.get(url)
    assert page.status_code == 200, page
    form = page.context["adminform"].form
    data = {}
    bound = [
        *form,
        *(
            f
            for fs in page.context["inline_admin_formsets"]
            for sub in [fs.formset.management_form, *fs.formset.forms]
            for f in sub
        ),
    ]
    for field in bound:
        value = field.value()
        if hasattr(field.field, "fields"):
            for number, part in enumerate(field.field.widget.decompress(value)):
                data[f"{field.html_name}_{number}"] = "" if part is None else part
        elif isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        elif hasattr(field.field, "queryset") and isinstance(value, list):
            data[field.html_name] = value
        elif isinstance(value, list):
            data[field.html_name] = ",".join(str(part) for part in value)
        else:
            data[field.html_name] = "" if value is None else value
    return data


def said(answer):
    return " ".join(str(message) for message in answer.context["messages"])


# --- rights ------------------------------------------------------------------------------------


def test_curator_sees_only_their_own(curator):
    mine, theirs = make_product(), elsewhere()
    page = curator.get(listing(Product)).content.decode()
    assert mine.sku in page
    assert theirs.sku not in page


def test_curator_cannot_reach_another_prefectures_rows(curator):
    product = elsewhere()
    deal = make_deal(product)
    official = make_official(region=make_county("450110"))
    for row in (product, deal, official, product.producer, deal.pool, product.price_points.first()):
        assert curator.get(change(row)).status_code == 403, row
        assert curator.post(change(row), {"name_zh": "改"}).status_code in (403, 404), row


def test_curator_cannot_move_a_product_to_another_prefecture(curator):
    product = make_product()
    make_prefecture("450100")
    data = form_of(curator, change(product)) | {"prefecture": "450100"}
    answer = curator.post(change(product), data)
    assert answer.status_code == 200
    assert "prefecture" in answer.context["adminform"].form.errors


def test_curator_cannot_propose_a_deal_for_another_prefecture(curator):
    product, festival = elsewhere(), make_festival()
    url = reverse("admin:products_deal_add")
    data = form_of(curator, url) | {
        "festival": festival.pk,
        "product": product.pk,
        "price_fen": "10",
        "quantity": 1,
        "starts_at_0": "2030-01-01",
        "starts_at_1": "00:00",
        "ends_at_0": "2030-01-02",
        "ends_at_1": "00:00",
    }
    answer = curator.post(url, data)
    assert "product" in answer.context["adminform"].form.errors
    assert not Deal.objects.exists()


def test_curator_may_look_at_festivals_but_not_change_them(curator):
    festival = make_festival()
    assert curator.get(change(festival)).status_code == 200
    assert curator.post(change(festival), {"name_zh": "改"}).status_code == 403
    assert curator.get(reverse("admin:products_festival_add")).status_code == 403


def test_curator_cannot_name_curators(curator):
    assert curator.get(reverse("admin:officials_curator_changelist")).status_code == 403


def test_staff_without_a_prefecture_sees_nothing(client):
    sign_in(client, make_user(is_staff=True))
    assert client.get(listing(Product)).status_code == 403
    assert client.get(change(make_product())).status_code in (403, 404)


def test_superuser_sees_all(boss):
    for row in (make_product(), elsewhere(), make_official(), make_deal(), make_festival()):
        assert boss.get(change(row)).status_code == 200, row


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("product", 9), ("deal", 9), ("stockpool", 7)])
def test_lists_take_as_many_queries(boss, number, name, queries, django_assert_max_num_queries):
    for _ in range(number):
        make_deal()
    with django_assert_max_num_queries(queries + 6):
        boss.get(reverse(f"admin:products_{name}_changelist"))


# --- officials ---------------------------------------------------------------------------------


def test_curator_verifies_an_official_of_their_own(curator):
    official = make_official(verified=False)
    data = form_of(curator, change(official)) | {"officials_official_save_and_verify": "1"}
    curator.post(change(official), data, follow=True)
    official.refresh_from_db()
    assert official.is_verified


def test_suspending_without_a_reason_says_so_and_changes_nothing(boss):
    official = make_official()
    data = form_of(boss, change(official)) | {
        "state_reason": "",
        "officials_official_save_and_suspend": "1",
    }
    answer = boss.post(change(official), data, follow=True)
    official.refresh_from_db()
    assert official.is_verified
    assert said(answer)


# --- products ----------------------------------------------------------------------------------


def test_a_new_list_price_is_typed_in_yuan_and_recorded(curator):
    product = make_product(list_price_fen=9600)
    data = form_of(curator, change(product))
    assert str(data["list_price_fen"]) == "96"
    curator.post(change(product), data | {"list_price_fen": "88.50"})
    product.refresh_from_db()
    assert product.list_price_fen == 8850
    assert product.price_points.last().price_fen == 8850


def test_a_correction_of_listed_goods_waits_to_be_confirmed(curator):
    product = make_product()
    data = form_of(curator, change(product))
    curator.post(change(product), data | {"name_zh": "凤山大核桃"})
    submission = approvals.open_submission(product)
    assert (submission.kind, submission.state) == ("correction", "county")
    assert submission.changes == {"name_zh": ["凤山核桃", "凤山大核桃"]}
    answer = curator.post(change(product), data | {"name_zh": "又改"}, follow=True)
    product.refresh_from_db()
    assert product.name_zh == "凤山大核桃"
    assert said(answer)


def test_a_price_that_breaks_a_deal_is_refused_in_words(curator):
    now = timezone.now()
    deal = make_deal(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    url = change(deal.product)
    answer = curator.post(url, form_of(curator, url) | {"list_price_fen": "50"}, follow=True)
    assert said(answer)
    deal.product.refresh_from_db()
    assert deal.product.list_price_fen == 9600


def test_saving_makes_a_product_findable(curator):
    product = make_product()
    curator.post(change(product), form_of(curator, change(product)) | {"aliases": "长寿果"})
    found = curator.get(reverse("products:search"), {"q": "长寿果"}).context["offers"]
    assert [offer.product for offer in found] == [product]


def test_listing_needs_a_picture(curator):
    product = make_product(state="approved")
    data = {"action": "list_chosen", "_selected_action": [product.pk]}
    answer = curator.post(listing(Product), data, follow=True)
    product.refresh_from_db()
    assert product.state == "approved"
    assert said(answer)


def add_picture(client, product, upload):
    data = form_of(client, change(product)) | {
        "images-TOTAL_FORMS": "1",
        "images-0-product": product.pk,
        "images-0-position": "1",
        "images-0-upload": upload,
        "images-0-alt_zh": "",
        "images-0-alt_en": "",
        "images-0-id": "",
    }
    return client.post(change(product), data)


def test_a_picture_is_uploaded_and_the_product_listed(curator):
    product = make_product(state="approved")
    out = io.BytesIO()
    Image.new("RGB", (900, 900), "teal").save(out, "JPEG")
    add_picture(curator, product, SimpleUploadedFile("a.jpg", out.getvalue()))
    assert set(product.images.get().renditions) == {"320", "640", "900"}
    data = {"action": "list_chosen", "_selected_action": [product.pk]}
    curator.post(listing(Product), data)
    product.refresh_from_db()
    assert product.state == "listed"
    assert product.price_points.get().price_fen == 9600


def test_a_new_product_goes_all_the_way(curator):
    """Typed in, pictured, submitted, checked, approved, stocked: then it is on sale."""
    place = make_county("451223")
    url = reverse("admin:products_product_add")
    data = form_of(curator, url) | {
        "sku": "NEW-1",
        "name_zh": "凤山蜂蜜",
        "name_en": "Fengshan honey",
        "prefecture": place.parent_id,
        "county": place.code,
        "producer": make_producer(place).pk,
        "category": make_category().pk,
        "list_price_fen": "58.00",
        "producer_cost_fen": "30",
        "packing_fen": "2",
        "freight_fen": "6.50",
        "unit_zh": "500克/瓶",
        "net_weight_g": "500",
        "shelf_life_days": "720",
        "storage": "ambient",
        "cold_chain": "none",
        "season_months": "4,5",
    }
    assert curator.post(url, data).status_code == 302
    product = Product.objects.get(sku="NEW-1")
    assert (product.state, product.list_price_fen, product.freight_fen) == ("draft", 5800, 650)
    out = io.BytesIO()
    Image.new("RGB", (900, 900), "gold").save(out, "JPEG")
    add_picture(curator, product, SimpleUploadedFile("a.jpg", out.getvalue()))
    data = form_of(curator, change(product)) | {"products_product_save_and_submit": "1"}
    curator.post(change(product), data)
    submission = approvals.open_submission(product)
    approvals.check_submission(submission=submission, by=make_official().user)
    approvals.approve_submission(submission=submission, by=make_curator())
    pool = product.pools.get()
    curator.post(change(pool), {"received": "40"})
    page = curator.get(product.get_absolute_url())
    assert (page.status_code, page.context["offer"].available) == (200, 40)
    assert product.price_points.get().price_fen == 5800


def test_a_wrong_picture_is_refused_beside_its_field(curator):
    product = make_product()
    answer = add_picture(curator, product, SimpleUploadedFile("a.jpg", b"GIF89a"))
    errors = answer.context["inline_admin_formsets"][0].formset.errors
    assert errors[0]["upload"]
    assert not product.images.exists()


def test_retiring_a_product_with_a_promised_deal_is_refused(curator):
    deal = make_deal()
    data = {"action": "retire_chosen", "_selected_action": [deal.product_id]}
    answer = curator.post(listing(Product), data, follow=True)
    deal.product.refresh_from_db()
    assert deal.product.is_listed
    assert said(answer)


# --- curation ----------------------------------------------------------------------------------


def test_specialties_can_swap_places(curator):
    first, second = make_specialty(make_product(), 1), make_specialty(make_product(), 2)
    url = reverse("admin:products_curatedprefecture_change", args=["451200"])
    data = form_of(curator, url)
    data |= {"specialties-0-position": "2", "specialties-1-position": "1"}
    assert curator.post(url, data).status_code == 302
    order = Specialty.objects.order_by("position").values_list("pk", "position")
    assert list(order) == [(second.pk, 1), (first.pk, 2)]


def test_specialties_take_only_goods_of_the_prefecture(curator):
    make_specialty(make_product(), 1)
    theirs = elsewhere()
    url = reverse("admin:products_curatedprefecture_change", args=["451200"])
    data = form_of(curator, url) | {"specialties-0-product": theirs.pk}
    answer = curator.post(url, data)
    assert answer.status_code == 200
    assert answer.context["inline_admin_formsets"][0].formset.errors[0]["product"]


def test_another_prefectures_list_is_refused(curator):
    make_prefecture("450100")
    url = reverse("admin:products_curatedprefecture_change", args=["450100"])
    assert curator.get(url).status_code == 403


# --- deals -------------------------------------------------------------------------------------


def new_deal(client, **changes):
    now = timezone.localtime(timezone.now())
    start, end = now + timedelta(hours=1), now + timedelta(hours=5)
    url = reverse("admin:products_deal_add")
    data = form_of(client, url) | {
        "festival": (changes.pop("festival", None) or make_festival()).pk,
        "product": (changes.pop("product", None) or make_product()).pk,
        "price_fen": "48",
        "quantity": "100",
        "per_person_limit": "2",
        "starts_at_0": f"{start:%Y-%m-%d}",
        "starts_at_1": f"{start:%H:%M:%S}",
        "ends_at_0": f"{end:%Y-%m-%d}",
        "ends_at_1": f"{end:%H:%M:%S}",
        "subsidy_payer_zh": "县财政",
    }
    return client.post(url, data | changes, follow=True)


def test_a_deal_is_drafted_and_shows_its_proof(curator):
    new_deal(curator)
    deal = Deal.objects.get()
    assert (deal.state, deal.price_fen) == ("draft", 4800)
    page = curator.get(change(deal)).content.decode()
    assert "¥96" in page
    assert "¥48" in page


def colleague(client):
    """The same browser, with another curator of the prefecture at it."""
    return sign_in(client, make_curator(make_prefecture("451200")))


def test_a_deal_is_approved_from_its_form(curator):
    new_deal(curator)
    deal = Deal.objects.get()
    colleague(curator)
    data = form_of(curator, change(deal)) | {"products_deal_save_and_approve": "1"}
    curator.post(change(deal), data)
    deal.refresh_from_db()
    assert (deal.state, deal.base_price_fen) == ("approved", 9600)
    assert StockPool.objects.get(deal=deal).available == 100


def test_nobody_approves_the_deal_they_wrote(curator):
    new_deal(curator)
    deal = Deal.objects.get()
    data = form_of(curator, change(deal)) | {"products_deal_save_and_approve": "1"}
    curator.post(change(deal), data)
    deal.refresh_from_db()
    assert deal.state == "draft"
    assert AuditEntry.objects.filter(is_refused=True, action="products.approve_deal").exists()
    colleague(curator)
    data = form_of(curator, change(deal)) | {
        "products_deal_save_and_approve": "1",
        "price_fen": "47",
    }
    curator.post(change(deal), data)
    deal.refresh_from_db()
    assert deal.state == "draft", "who changes the price has proposed it"


def test_a_dishonest_deal_is_refused_in_words(curator):
    new_deal(curator, price_fen="49")
    deal = Deal.objects.get()
    colleague(curator)
    data = form_of(curator, change(deal)) | {"products_deal_save_and_approve": "1"}
    answer = curator.post(change(deal), data, follow=True)
    deal.refresh_from_db()
    assert deal.state == "draft"
    assert "¥96" in said(answer)
    assert "¥48" in said(answer)


def test_an_approved_deal_cannot_be_typed_over(curator):
    deal = make_deal()
    form = curator.get(change(deal)).context["adminform"].form
    assert set(form.fields) <= {"subsidy_payer_zh", "subsidy_payer_en"}


def test_a_window_that_ends_before_it_begins_is_said_beside_the_field(curator):
    answer = new_deal(curator, ends_at_0="2020-01-01")
    assert "ends_at" in answer.context["adminform"].form.errors


def test_a_rule_that_would_break_deals_is_refused_in_words(boss):
    deal = make_deal()
    url = change(deal.festival)
    answer = boss.post(url, form_of(boss, url) | {"max_price_bps": "3000"}, follow=True)
    assert said(answer)
    assert Festival.objects.get().max_price_bps == 5000


# --- stock and prices --------------------------------------------------------------------------


def test_goods_are_received_and_numbers_cannot_be_typed(curator):
    pool = make_product(stock=10).pools.get()
    curator.post(change(pool), {"received": "5", "available": "9999", "total": "9999"})
    pool.refresh_from_db()
    assert (pool.total, pool.available) == (15, 15)


def test_taking_back_more_than_there_is_says_so(curator):
    pool = make_product(stock=10).pools.get()
    answer = curator.post(change(pool), {"received": "-11"}, follow=True)
    pool.refresh_from_db()
    assert pool.total == 10
    assert said(answer)


def test_price_history_is_read_only_even_for_superusers(boss):
    point = make_product().price_points.first()
    assert boss.get(change(point)).status_code == 200
    assert boss.post(change(point), {"price_fen": "1"}).status_code == 403
    assert boss.get(reverse("admin:products_pricepoint_add")).status_code == 403
    assert boss.post(change(point).replace("change", "delete")).status_code == 403
