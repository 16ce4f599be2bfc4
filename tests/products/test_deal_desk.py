"""A deal takes two people: proposed in the workspace, approved by another, taken back in public."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from products.domain import deal_desk
from products.domain.deals import approve_deal
from products.models import Deal, DealWithdrawal, StockPool
from tests.factories import (
    make_county,
    make_curator,
    make_deal,
    make_festival,
    make_producer,
    make_product,
    make_user,
)

pytestmark = pytest.mark.django_db
HECHI = "/curate/451200/deals/"


def signed_in(user):
    TOTP.activate(user, generate_totp_secret())
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def curator():
    return make_curator()


@pytest.fixture
def colleague(curator):
    return make_curator()


@pytest.fixture
def product():
    return make_product()


@pytest.fixture
def festival():
    return make_festival()


def terms(festival, **fields):
    now = timezone.now().replace(second=0, microsecond=0)
    return {
        "festival": festival,
        "price_fen": 4800,
        "quantity": 100,
        "per_person_limit": 2,
        "starts_at": now + timedelta(hours=1),
        "ends_at": now + timedelta(hours=5),
        "subsidy_payer_zh": "县财政",
        "subsidy_payer_en": "County",
    } | fields


def typed(festival, **fields):
    values = terms(festival)
    local = "%Y-%m-%dT%H:%M"
    return (
        values
        | {
            "festival": festival.pk,
            "price_fen": "48",
            "starts_at": timezone.localtime(values["starts_at"]).strftime(local),
            "ends_at": timezone.localtime(values["ends_at"]).strftime(local),
        }
        | fields
    )


def propose(curator, product, festival, **fields):
    return deal_desk.propose(by=curator, product=product, terms=terms(festival, **fields))


def test_one_proposes_another_approves(curator, colleague, product, festival):
    deal = propose(curator, product, festival)
    assert (deal.state, deal.proposed_by) == ("submitted", curator)
    assert list(Notification.objects.values_list("user", flat=True)) == [colleague.pk]
    assert [deal_desk.waiting_for(one) for one in (curator, colleague)] == [[], [deal]]

    deal_desk.approve(deal=deal, by=colleague, seen=deal_desk.mark_of(deal))

    assert (deal.state, deal.base_price_fen) == ("approved", 9600)
    assert StockPool.objects.get(deal=deal).available == 100
    assert Notification.objects.filter(user=curator).count() == 1


def test_nobody_approves_their_own_whoever_writes_it(curator, product, festival):
    deal = propose(curator, product, festival)
    with pytest.raises(DomainError, match="own_deal"):
        deal_desk.approve(deal=deal, by=curator, seen=deal_desk.mark_of(deal))
    entry = AuditEntry.objects.get(is_refused=True)
    assert (entry.actor, entry.action) == (curator, "products.approve_deal")
    with pytest.raises(IntegrityError, match="deal_approved_by_another"), transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(
            state="approved", approved_by=curator, approved_at=timezone.now()
        )
    farmer = make_curator()
    product.producer.user = farmer
    product.producer.save()
    deal.refresh_from_db()
    with pytest.raises(DomainError, match="own_deal"):
        approve_deal(deal=Deal.objects.get(pk=deal.pk), by=farmer)


def test_what_changed_since_is_looked_at_again(curator, colleague, product, festival):
    deal = propose(curator, product, festival)
    seen = deal_desk.mark_of(deal)
    deal_desk.revise(deal=deal, by=colleague, terms=terms(festival, price_fen=4700))
    assert (deal.proposed_by, deal.price_fen) == (colleague, 4700)
    with pytest.raises(DomainError, match="deal_changed"):
        deal_desk.approve(deal=deal, by=curator, seen=seen)
    deal_desk.approve(deal=deal, by=curator, seen=deal_desk.mark_of(deal))
    with pytest.raises(DomainError, match="deal_state"):
        deal_desk.revise(deal=deal, by=curator, terms=terms(festival))


@pytest.mark.parametrize("fields", [{"price_fen": 4700}, {"quantity": 90}, {}])
def test_terms_that_change_while_one_presses_yes_are_not_approved(
    curator, colleague, product, festival, fields
):
    """Also the same terms, if they are the approver's own by now."""
    deal = propose(curator, product, festival)
    loaded = Deal.objects.get(pk=deal.pk)
    deal_desk.revise(deal=deal, by=colleague, terms=terms(festival, **fields))
    with pytest.raises(DomainError, match="deal_changed"):
        deal_desk.approve(deal=loaded, by=colleague, seen=deal_desk.mark_of(loaded))
    deal.refresh_from_db()
    assert (deal.state, StockPool.objects.filter(deal=deal).count()) == ("submitted", 0)


def test_sent_back_for_a_reason(curator, colleague, product, festival):
    deal = propose(curator, product, festival)
    with pytest.raises(DomainError, match="reason_missing"):
        deal_desk.send_back(deal=deal, by=colleague, reason=" ")
    deal_desk.send_back(deal=deal, by=colleague, reason="库存不够，先补货")
    assert (deal.state, deal.sent_back_reason) == ("draft", "库存不够，先补货")
    assert "库存不够" in Notification.objects.get(user=curator).body


def test_another_prefectures_curator_is_refused(product, festival):
    far = make_curator(make_county("450110").prefecture)
    with pytest.raises(DomainError, match="not_curator"):
        propose(far, product, festival)
    assert AuditEntry.objects.get(is_refused=True).actor == far
    assert signed_in(far).get(HECHI).status_code == 403
    assert signed_in(make_user()).get(HECHI).status_code == 404


def test_taken_back_by_hand_the_receipt_says_when_who_and_why(client, colleague):
    deal = make_deal()
    deal_desk.take_back(deal=deal, by=colleague, reason="暴雨，货出不来")
    row = DealWithdrawal.objects.get()
    told = (row.reason, row.office_zh, row.office_en)
    assert told == ("curator", "河池市选品负责人", "curator of Hechi")
    page = client.get(reverse("products:receipt", args=[deal.pk])).content.decode()
    assert row.office_zh in page
    assert "暴雨，货出不来" in page
    assert colleague.display_name not in page
    told = client.get(reverse("products:receipt_json", args=[deal.pk])).json()["withdrawn"]
    assert (told["by"], told["note"], told["reason"]) == (row.office_zh, row.note, "curator")
    assert AuditEntry.objects.get(action="products.withdraw_deal").actor == colleague


def test_the_pages(curator, colleague, product, festival):
    first, second = signed_in(curator), signed_in(colleague)
    address = f"{HECHI}new/?product={product.pk}"
    page = first.get(address)
    assert page.status_code == 200
    assert "¥96" in page.content.decode(), "the base price is shown before anything is typed"
    dear = first.post(address, typed(festival, price_fen="49"))
    assert dear.status_code == 422
    assert "price_fen" in dear.context["form"].errors
    assert first.post(address, typed(festival)).status_code == 302
    deal = Deal.objects.get()
    url = f"{HECHI}{deal.pk}/"
    seen = deal_desk.mark_of(deal)
    own = first.post(url, {"deed": "approve", "seen": seen})
    assert own.status_code == 403
    assert "curate-decide" not in first.get(url).content.decode()
    assert product.name_zh in second.get("/curate/waiting/").content.decode()
    assert 'value="approve"' in second.get(url).content.decode()
    stale = second.post(url, {"deed": "approve", "seen": "x"})
    assert stale.status_code == 409
    assert seen in stale.content.decode(), "the next press is about what is shown now"
    assert second.post(url, {"deed": "approve", "seen": seen}).status_code == 302
    deal.refresh_from_db()
    assert deal.state == "approved"
    assert second.post(url, {"deed": "withdraw", "reason": ""}).status_code == 422
    assert second.post(url, {"deed": "withdraw", "reason": "下架整改"}).status_code == 302
    assert second.get(HECHI).status_code == 200


def test_without_a_festival_there_is_nothing_to_propose(curator, product):
    page = signed_in(curator).get(f"{HECHI}new/?product={product.pk}")
    assert page.status_code == 200
    assert b'<form class="form" method="post">' not in page.content


@pytest.mark.parametrize("number", ["", "x", "999999999999999999999", "0"])
def test_a_product_that_is_not_there(curator, number):
    assert signed_in(curator).get(f"{HECHI}new/?product={number}").status_code == 404


def test_goods_of_elsewhere_are_not_proposed_here(curator):
    far = make_product(county=make_county("450110"), producer=make_producer())
    assert signed_in(curator).get(f"{HECHI}new/?product={far.pk}").status_code == 404
