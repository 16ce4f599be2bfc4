import pytest
from django.db import transaction

from livecommerce import redis_client
from livecommerce.realtime import publish, rooms
from tests.livecommerce.realtime.stage import Said, Stocked

pytestmark = pytest.mark.django_db(transaction=True)


def logged(room):
    entries = redis_client.sync().xrange(rooms.keys(room).log)
    return [rooms.parse(fields[b"m"]) for _, fields in entries]


def test_event_leaves_only_after_commit(room):
    with transaction.atomic():
        publish.publish(room, Stocked(left=1, version=1))
        assert logged(room) == []
    assert [message.body for message in logged(room)] == [
        b'{"t":"test.stock","left":1,"version":1}'
    ]


def test_event_of_a_rolled_back_transaction_never_leaves(room):
    with transaction.atomic():
        publish.publish(room, Stocked(left=1, version=1))
        transaction.set_rollback(True)
    assert logged(room) == []


def test_each_event_names_the_commerce_event_before_it(room):
    publish.publish(room, Stocked(left=1, version=1))
    publish.publish(room, Said(text="hi"))
    publish.publish(room, Stocked(left=0, version=2))
    assert [(one.seq, one.previous) for one in logged(room)] == [(1, 0), (3, 1)]
    assert publish.position(room).seq == 3


def test_position_of_an_unknown_room_is_where_its_events_will_begin(room):
    before = publish.position(room)
    publish.publish(room, Stocked(left=1, version=1))
    assert before.seq == 0
    assert publish.position(room) == (before.epoch, 1)


def test_keys_of_a_room_are_on_one_node_of_a_cluster(room):
    assert {name.split("{")[1].split("}")[0] for name in rooms.keys(room)} == {room}


def test_keys_run_out(room):
    publish.publish(room, Stocked(left=1, version=1))
    publish.publish(room, Said(text="hi"))
    publish.bump(room, likes=1)
    names = rooms.keys(room)
    for name in (names.meta, names.log, names.chat, names.counts):
        assert 0 < redis_client.sync().ttl(name) <= rooms.KEEP_COUNTERS_SECONDS


def test_resync_begins_a_new_epoch_after_commit(room):
    before = publish.position(room)
    with transaction.atomic():
        publish.resync(room)
        assert publish.position(room) == before
    assert publish.position(room).epoch != before.epoch


def test_unserialisable_event_fails_where_it_is_made(room):
    with pytest.raises(TypeError):
        publish.publish(room, Stocked(left={1}, version=1))
