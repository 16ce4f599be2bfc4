"""The cache is a convenience: with Redis and without, the shop answers."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from livecommerce import redis_client
from tests.factories import make_user


@pytest.fixture
def without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_client.sync.cache_clear()
    yield
    redis_client.sync.cache_clear()


@pytest.mark.usefixtures("clean_cache")
def test_what_is_put_in_comes_out():
    cache.set("word", {"芒果": 1}, 60)
    cache.set_many({"a": 1, "b": 2})

    assert cache.get("word") == {"芒果": 1}
    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert (cache.add("a", 3), cache.incr("a"), cache.has_key("c")) == (False, 2, False)
    assert (cache.delete("a"), cache.get("a", "gone")) == (True, "gone")


@pytest.mark.usefixtures("without_redis")
def test_without_redis_it_is_empty_and_nobody_is_hurt():
    cache.set("word", 1)
    cache.set_many({"a": 1})
    cache.delete_many(["a"])

    assert cache.get("word", "nothing") == "nothing"
    assert cache.get_many(["word"]) == {}
    assert (cache.add("a", 1), cache.touch("a"), cache.delete("a")) == (False, False, False)
    assert (cache.has_key("a"), cache.clear()) == (False, False)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


@pytest.mark.django_db
def test_people_stay_signed_in_without_redis(client, settings):
    client.force_login(make_user())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_client.sync.cache_clear()

    answer = client.get(reverse("orders:orders"))

    redis_client.sync.cache_clear()
    assert answer.status_code == 200
