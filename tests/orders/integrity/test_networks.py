"""The network of an order is a number of the month, and no address."""

from datetime import date

import pytest
from django.utils import timezone

from orders.domain import networks
from orders.models import NetworkSalt, Order, OrderNetwork
from tests.factories import make_address, make_deal, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_known_salts():
    networks.forget_known()
    yield
    networks.forget_known()


def test_neighbours_share_a_number_and_strangers_do_not():
    number = networks.number_of("203.0.113.7")
    assert networks.number_of("203.0.113.250") == number
    assert networks.number_of("::ffff:203.0.113.9") == number
    assert networks.number_of("203.0.114.7") != number
    assert networks.number_of("2001:db8:1:2::1") == networks.number_of("2001:db8:1:ffff::9")
    assert networks.number_of("2001:db8:2::1") != networks.number_of("2001:db8:1::1")


@pytest.mark.parametrize("address", ["", "unix:", "not an address", "1.2.3"])
def test_what_is_no_address_has_no_number(address):
    assert networks.number_of(address) is None


def test_another_salt_gives_another_number_and_old_salts_are_thrown_away():
    number = networks.number_of("203.0.113.7")
    this_month = NetworkSalt.objects.get()
    assert this_month.month == timezone.localdate().replace(day=1)
    NetworkSalt.objects.create(month=date(2026, 1, 1), salt=b"old")
    assert networks.forget_salts() == 1
    assert NetworkSalt.objects.get() == this_month
    assert networks.number_of("203.0.113.7") == number
    NetworkSalt.objects.all().delete()
    networks.forget_known()
    assert networks.number_of("203.0.113.7") != number


def test_the_salt_is_read_once(django_assert_num_queries):
    networks.number_of("203.0.113.7")
    with django_assert_num_queries(0):
        networks.number_of("203.0.114.7")


def test_a_bought_order_knows_its_network_and_nothing_else_of_where_it_came_from(client):
    buyer = make_user()
    address, deal = make_address(buyer), make_deal()
    client.force_login(buyer)
    form = {
        "quantity": "1",
        "price": str(deal.price_fen),
        "address": str(address.pk),
        "key": "00000000-0000-4000-8000-00000000000a",
    }
    url = f"/buy/{deal.product.sku}/place/"
    answer = client.post(url, form, REMOTE_ADDR="203.0.113.7")
    assert answer.status_code == 302, answer.content.decode()
    order = Order.objects.get()
    assert OrderNetwork.objects.get().order == order
    assert order.network.number == networks.number_of("203.0.113.99")
    client.post(url, form, REMOTE_ADDR="198.51.100.1")  # the same press again
    assert OrderNetwork.objects.count() == 1
