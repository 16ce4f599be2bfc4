"""What a product costs right now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from products.domain.offers import current_offer, offers_for
from tests.factories import make_deal, make_product

pytestmark = pytest.mark.django_db


def test_offer_without_deal_is_list_price_from_everyday_pool():
    product = make_product(list_price_fen=9600, stock=40)
    offer = current_offer(product)
    assert (offer.deal, offer.price_fen, offer.base_price_fen) == (None, 9600, None)
    assert (offer.available, offer.total, offer.can_be_bought) == (40, 40, True)


def test_offer_with_deal_is_deal_price_from_its_own_pool():
    deal = make_deal(make_product(list_price_fen=9600, stock=40), quantity=10)
    offer = current_offer(deal.product)
    assert (offer.deal, offer.price_fen, offer.base_price_fen) == (deal, 4800, 9600)
    assert (offer.available, offer.total, offer.discount_percent) == (10, 10, 50)
    assert (offer.per_person_limit, offer.ends_at) == (2, deal.ends_at)


def test_offer_after_the_deal_is_list_price_again():
    deal = make_deal(make_product(stock=40), quantity=10)
    offer = current_offer(deal.product, at=deal.ends_at + timedelta(seconds=1))
    assert (offer.deal, offer.price_fen, offer.available) == (None, 9600, 30)


def test_sold_out_offer_cannot_be_bought():
    offer = current_offer(make_product(stock=0))
    assert offer.is_sold_out
    assert not offer.can_be_bought


@pytest.mark.parametrize("number", [1, 30])
def test_offers_take_two_queries(number, django_assert_num_queries):
    products = [make_product() for _ in range(number)]
    make_deal(products[0])
    with django_assert_num_queries(2):
        offers = offers_for(products, at=timezone.now())
        assert [offer.product for offer in offers] == products
        assert offers[0].deal.festival.name_zh == "三月三好物节"
