import pytest

from livecommerce.errors import DomainError
from streams.domain import pins
from streams.models import Pin
from tests.factories import make_user
from tests.streams.shows import make_show, told

pytestmark = pytest.mark.django_db(transaction=True)


def _open_items(show):
    return list(Pin.objects.filter(broadcast=show, unpinned_at=None).values_list("item", flat=True))


def test_pin_takes_the_place_of_the_one_before():
    show = make_show(state="live", items=2)
    first, second = show.shelf.all()
    pins.pin(broadcast=show, item=first, by=show.host.user)
    pins.pin(broadcast=show, item=second, by=show.host.user)
    assert _open_items(show) == [second.pk]
    assert Pin.objects.get(item=first).unpinned_at is not None


def test_pin_beside_another_leaves_both_open():
    show = make_show(state="live", items=2)
    first, second = show.shelf.all()
    pins.pin(broadcast=show, item=first, by=show.host.user)
    pins.pin(broadcast=show, item=second, by=show.host.user, keep_others=True)
    assert _open_items(show) == [first.pk, second.pk]


def test_pin_twice_is_one_explanation():
    show = make_show(state="live", items=1)
    item = show.shelf.get()
    pins.pin(broadcast=show, item=item, by=show.host.user)
    pins.pin(broadcast=show, item=item, by=show.host.user)
    assert Pin.objects.count() == 1


def test_pin_tells_all_that_a_card_needs():
    show = make_show(state="live", items=1, deal=True)
    item = show.shelf.get()
    pins.pin(broadcast=show, item=item, by=show.host.user)
    (event,) = told(show)
    (card,) = event["cards"]
    deal = item.deal
    assert (event["t"], event["version"]) == ("pins", 1)
    assert [pin["item"] for pin in event["pins"]] == [item.pk]
    assert (card["name_zh"], card["name_en"]) == ("凤山核桃", "Fengshan walnut")
    assert card["deal"]["price_fen"] == deal.price_fen
    assert card["deal"]["base_fen"] == deal.base_price_fen
    assert card["deal"]["percent"] == 50
    assert event["stock"][str(deal.pool.pk)]["left"] == deal.pool.available


def test_unpin_closes_the_explanation():
    show = make_show(state="live", items=1)
    item = show.shelf.get()
    pins.pin(broadcast=show, item=item, by=show.host.user)
    pins.unpin(broadcast=show, item=item, by=show.host.user)
    assert _open_items(show) == []
    assert told(show)[-1]["pins"] == []


def test_pin_by_a_viewer_is_refused():
    show = make_show(state="live", items=1)
    with pytest.raises(DomainError) as refused:
        pins.pin(broadcast=show, item=show.shelf.get(), by=make_user())
    assert refused.value.status == 403


def test_pin_of_another_shows_item_is_refused():
    show, other = make_show(state="live", items=1), make_show(state="live", items=1)
    with pytest.raises(DomainError) as refused:
        pins.pin(broadcast=show, item=other.shelf.get(), by=show.host.user)
    assert (refused.value.code, refused.value.status) == ("not_on_shelf", 404)


@pytest.mark.parametrize("state", ["scheduled", "ended"])
def test_pin_outside_the_show_is_refused(state):
    show = make_show(state=state, items=1)
    with pytest.raises(DomainError) as refused:
        pins.pin(broadcast=show, item=show.shelf.get(), by=show.host.user)
    assert refused.value.code == "not_live"
