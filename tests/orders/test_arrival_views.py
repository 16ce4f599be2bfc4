"""What a buyer sees of parcels, and the word that they have arrived."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from orders.domain import queries, reviews
from orders.models import Parcel, PortalVisit, Review
from tests.factories import make_curator, make_prefecture, make_user
from tests.orders.farms import make_farm, make_goods, make_paid_order, sf, ship
from tests.orders.journeys import deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm():
    return make_farm()


@pytest.fixture
def order(client, farm):
    made = make_paid_order((make_goods(farm), 3))
    client.force_login(made.buyer)
    return made


def page_of(client, order):
    return client.get(reverse("orders:order", args=[order.number])).text


def received(client, order, **fields):
    return client.post(reverse("orders:received", args=[order.number]), fields)


def test_each_parcel_stands_on_the_page_and_in_the_timeline(client, farm, order):
    ship(order, farm, 1, number=1)
    ship(order, farm, 2, number=2)
    page = page_of(client, order)

    for number in (1, 2):
        assert page.count(sf(number)) == 2
    assert "https://www.sf-express.com/" in page
    assert 'rel="noopener noreferrer"' in page
    steps = queries.timeline(order, queries.parcels_of(order))
    assert [step.state for step in steps] == [
        "placed",
        "paid",
        "preparing",
        "parcel",
        "parcel",
        "delivered",
        "completed",
    ]
    assert [step.is_now for step in steps].index(True) == 4


def test_a_partly_sent_order_has_the_rest_ahead(farm, order):
    ship(order, farm, 1, number=1)
    order.refresh_from_db()

    steps = queries.timeline(order, queries.parcels_of(order))
    assert [step.state for step in steps if step.at is None] == [
        "shipped",
        "delivered",
        "completed",
    ]


def test_the_buyer_confirms_one_and_then_all(client, farm, order):
    first = ship(order, farm, 1, number=1)
    ship(order, farm, 2, number=2)

    assert received(client, order, parcel=first.pk).status_code == 302
    assert sorted(Parcel.objects.values_list("state", flat=True)) == ["delivered", "shipped"]
    received(client, order)
    received(client, order)
    order.refresh_from_db()
    assert (order.state, order.delivered_at is not None) == ("delivered", True)


@pytest.mark.parametrize("parcel", ["x", "9" * 30, "-1", "²"])
def test_a_strange_parcel_changes_nothing_of_anothers(client, farm, order, parcel):
    ship(order, farm, 3, number=1)
    other = ship(make_paid_order((make_goods(farm), 1)), farm, 1, number=2)

    assert received(client, order, parcel=parcel).status_code == 302
    assert received(client, order, parcel=other.pk).status_code == 302
    other.refresh_from_db()
    assert other.state == "shipped"


def test_another_buyers_order_is_unknown(client, farm, order):
    ship(order, farm, 3, number=1)
    client.force_login(make_user())

    assert received(client, order).status_code == 404
    assert Parcel.objects.get().state == "shipped"


@pytest.mark.parametrize("number", [1, 5])
def test_the_page_takes_as_many_queries(client, farm, order, number, django_assert_num_queries):
    made = make_paid_order((make_goods(farm), number), buyer=order.buyer)
    for n in range(number):
        ship(made, farm, 1, number=n)
    page_of(client, made)

    with django_assert_num_queries(18):
        page_of(client, made)


# --- The back room ----------------------------------------------------------------------------


@pytest.fixture
def review(farm):
    line = deliver(make_paid_order((make_goods(farm), 1))).lines.get()
    return reviews.review(line=line, author=line.order.buyer, stars=2, text="骂人的话")


def sign_in(client, user):
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    client.force_login(user)


def change(review):
    return reverse("admin:orders_review_change", args=[review.pk])


def test_staff_hides_with_a_reason_and_shows_again(client, review):
    sign_in(client, make_curator())

    assert client.get(change(review)).status_code == 200
    client.post(change(review), {"hidden_reason": "骂人", "text": "改了", "stars": "5"})
    review.refresh_from_db()
    assert (review.hidden_reason, review.text, review.stars) == ("骂人", "骂人的话", 2)
    assert review.hidden_by is not None
    assert not reviews.shown(review.product).exists()
    client.post(change(review), {"hidden_reason": ""})
    assert Review.objects.get().hidden_at is None


def test_staff_of_another_region_hides_nothing(client, review):
    sign_in(client, make_curator(make_prefecture("450100")))

    assert client.post(change(review), {"hidden_reason": "骂人"}).status_code == 403
    assert Review.objects.get().hidden_at is None


def test_parcels_and_visits_are_to_look_at(client, farm, order):
    parcel = ship(order, farm, 3, number=1)
    visit = PortalVisit.objects.create(producer=farm, user=farm.user, what="slips", orders=1)
    sign_in(client, make_user(is_staff=True, is_superuser=True))

    for name, row in (("parcel", parcel), ("portalvisit", visit)):
        assert client.get(reverse(f"admin:orders_{name}_changelist")).status_code == 200
        where = reverse(f"admin:orders_{name}_change", args=[row.pk])
        assert client.get(where).status_code == 200
        assert client.post(where, {"state": "delivered"}).status_code == 403
