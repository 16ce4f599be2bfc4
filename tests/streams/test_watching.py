"""Looking into rooms: who was there, for how long, and what they opened."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from livecommerce import redis_client
from livecommerce.realtime import presence
from livecommerce.realtime.presence import DEVICE_COOKIE, person_of_user, sign_device
from streams.domain import cockpit_clicks, watching
from streams.models import ShowLook, ShowMoment, ShowVisitor
from tests.factories import make_assistant, make_product
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return make_show(state="live")


def here(show, *people, seconds=600):
    presence.announce(show.room, list(people), seconds=seconds)


def came(show, person):
    async_to_sync(cockpit_clicks.note_watcher)(public_id=show.public_id, person=person)


def visitor(show, person):
    return ShowVisitor.objects.get(broadcast=show, person=watching.number_of(person))


def test_time_is_added_to_who_is_there_once_a_look(show):
    start = timezone.now()
    here(show, "u1", "dabc")
    assert watching.look_into(show, at=start) == 2
    assert visitor(show, "u1").seconds == 0
    assert watching.look_into(show, at=start + timedelta(seconds=3)) == 0  # another look just now
    watching.look_into(show, at=start + timedelta(seconds=15))
    here(show, "u2")
    watching.look_into(show, at=start + timedelta(seconds=30))
    assert [visitor(show, one).seconds for one in ("u1", "dabc", "u2")] == [30, 30, 15]
    assert [one.viewers for one in ShowMoment.objects.order_by("at")] == [2, 2, 3]


def test_a_late_look_invents_no_time(show):
    start = timezone.now()
    here(show, "u1")
    watching.look_into(show, at=start)
    watching.look_into(show, at=start + timedelta(hours=2))
    assert visitor(show, "u1").seconds == watching.MOST_SECONDS


def test_who_came_and_went_between_two_looks_was_there(show):
    start = timezone.now()
    came(show, "dearly")  # before the show was looked into for the first time
    watching.look_into(show, at=start)
    came(show, "dshort")
    watching.look_into(show, at=start + timedelta(seconds=15))
    assert ShowVisitor.objects.count() == 1
    row = visitor(show, "dshort")
    assert (row.seconds, row.visits) == (0, 1)


def test_coming_back_after_five_minutes_is_another_view(show):
    start = timezone.now()
    here(show, "u1", seconds=1)
    watching.look_into(show, at=start)
    for minutes in (1, 4, 10):
        came(show, "u1")
        watching.look_into(show, at=start + timedelta(minutes=minutes))
    assert visitor(show, "u1").visits == 2


def test_who_makes_the_show_does_not_watch_it(show):
    helper = make_assistant(show.host).user
    here(show, person_of_user(show.host.user_id), person_of_user(helper.pk), "u777")
    assert watching.look_into(show) == 1
    assert ShowVisitor.objects.get().person == watching.number_of("u777")


def test_each_product_is_opened_once_by_a_person(show):
    product, start = make_product(), timezone.now()
    watching.look_into(show, at=start)
    cookies = {DEVICE_COOKIE: sign_device("0123456789abcdef")}
    for user in (5, 5, None, None):
        cockpit_clicks.note_opened(
            public_id=show.public_id,
            product_id=product.pk,
            user_id=user,
            cookies={} if user else cookies,
        )
    watching.look_into(show, at=start + timedelta(seconds=15))
    watching.look_into(show, at=start + timedelta(seconds=30))
    looks = ShowLook.objects.values_list("product", "person")
    people = {watching.number_of("u5"), watching.number_of("d0123456789abcdef")}
    assert set(looks) == {(product.pk, person) for person in people}


def test_who_watched_signed_out_and_then_signs_in_is_one_person(show):
    product, start, device = make_product(), timezone.now(), "0123456789abcdef"
    cookies = {DEVICE_COOKIE: sign_device(device)}

    def opens(user):
        cockpit_clicks.note_opened(
            public_id=show.public_id, product_id=product.pk, user_id=user, cookies=cookies
        )

    here(show, f"d{device}", "dother")
    watching.look_into(show, at=start)
    opens(None)
    watching.look_into(show, at=start + timedelta(seconds=15))
    here(show, "u7")  # the browser's old socket is still thought to be there
    opens(7)
    async_to_sync(cockpit_clicks.note_watcher)(public_id=show.public_id, person="u7", device=device)
    watching.look_into(show, at=start + timedelta(seconds=30))
    watching.look_into(show, at=start + timedelta(seconds=45))

    assert set(ShowVisitor.objects.values_list("person", "visits", "seconds")) == {
        (watching.number_of("u7"), 1, 45),
        (watching.number_of("dother"), 1, 45),
    }
    look = ShowLook.objects.get()
    assert (look.person, look.at) == (watching.number_of("u7"), start + timedelta(seconds=15))
    assert list(ShowMoment.objects.order_by("at").values_list("viewers", flat=True)) == [2] * 4


def test_who_was_seen_on_two_devices_before_is_joined_with_what_is_known(show):
    start = timezone.now()
    here(show, "u7", "dphone")
    watching.look_into(show, at=start)
    watching.look_into(show, at=start + timedelta(seconds=15))
    async_to_sync(cockpit_clicks.note_watcher)(
        public_id=show.public_id, person="u7", device="phone"
    )
    watching.look_into(show, at=start + timedelta(seconds=30))

    row = ShowVisitor.objects.get()
    assert (row.person, row.visits, row.seconds) == (watching.number_of("u7"), 1, 45)


def test_who_watched_signed_out_and_turns_out_to_make_the_show_did_not_watch(show):
    start = timezone.now()
    here(show, "dhosts")
    watching.look_into(show, at=start)
    host = person_of_user(show.host.user_id)
    async_to_sync(cockpit_clicks.note_watcher)(
        public_id=show.public_id, person=host, device="hosts"
    )
    watching.look_into(show, at=start + timedelta(seconds=15))

    assert not ShowVisitor.objects.exists()


def test_a_look_that_failed_is_made_up_for_by_the_next(show):
    start = timezone.now()
    watching.look_into(show, at=start)
    came(show, "dshort")
    name = watching.came_key(show.public_id)
    redis_client.sync().rename(name, f"{name}:taken")  # set aside, and then the worker died
    came(show, "dlater")
    watching.look_into(show, at=start + timedelta(seconds=15))
    watching.look_into(show, at=start + timedelta(seconds=30))
    assert visitor(show, "dshort").visits == visitor(show, "dlater").visits == 1


def test_only_rooms_on_air_are_looked_into(show):
    over = make_show(state="ended")
    here(show, "u1")
    here(over, "u1")
    assert watching.look_around() == 1
    assert not ShowMoment.objects.filter(broadcast=over).exists()


@pytest.mark.parametrize("number", [1, 200])
def test_a_look_asks_as_often_for_one_person_as_for_many(show, django_assert_num_queries, number):
    here(show, *(f"u{n}" for n in range(1000, 1000 + number)))
    start = timezone.now()
    watching.look_into(show, at=start)
    with django_assert_num_queries(8):
        watching.look_into(show, at=start + timedelta(seconds=15))
