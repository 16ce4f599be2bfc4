import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from livecommerce import ratelimit, redis_client
from livecommerce.errors import DomainError
from livecommerce.realtime import presence


@pytest.fixture
def key():
    return uuid.uuid4().hex


def allowed(key, times, **options):
    return [ratelimit.allow(key, **options) for _ in range(times)]


def test_rate_is_the_burst_unless_told(key):
    assert allowed(key, 4, rate=3, per=3600) == [True, True, True, False]


def test_burst_may_be_smaller_than_the_rate(key):
    assert allowed(key, 3, rate=100, per=3600, burst=2) == [True, True, False]


def test_cost_counts_for_several(key):
    assert ratelimit.allow(key, rate=10, per=3600, cost=8)
    assert not ratelimit.allow(key, rate=10, per=3600, cost=3)
    assert ratelimit.allow(key, rate=10, per=3600, cost=2)


def test_bucket_refills_with_time(key):
    assert allowed(key, 2, rate=1, per=3600) == [True, False]
    name = redis_client.key("limit", key)
    earlier = int(redis_client.sync().hget(name, "at")) - 3_600_000
    redis_client.sync().hset(name, "at", earlier)
    assert allowed(key, 2, rate=1, per=3600) == [True, False]


def test_wait_is_told_and_bucket_is_forgotten_when_full(key):
    assert ratelimit.wait_seconds(key, rate=1, per=60) == 0
    assert 55 < ratelimit.wait_seconds(key, rate=1, per=60) <= 60
    assert 0 < redis_client.sync().pttl(redis_client.key("limit", key)) <= 61_000


@pytest.mark.asyncio
async def test_coroutine_shares_the_bucket(key):
    assert await ratelimit.aallow(key, rate=1, per=3600)
    assert not await ratelimit.aallow(key, rate=1, per=3600)
    assert not ratelimit.allow(key, rate=1, per=3600)


def test_require_raises_with_the_seconds_to_wait(key):
    ratelimit.require(key, rate=1, per=60)
    with pytest.raises(DomainError) as refused:
        ratelimit.require(key, rate=1, per=60)
    assert (refused.value.code, refused.value.status) == ("too_fast", 429)
    assert 55 < refused.value.facts["retry_after"] <= 60


@pytest.fixture
def no_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_client.sync.cache_clear()
    yield
    redis_client.sync.cache_clear()
    redis_client.note_success()


def test_without_redis_everything_is_allowed(key, no_redis):
    assert allowed(key, 3, rate=1, per=3600) == [True, True, True]


@pytest.mark.asyncio
async def test_without_redis_every_coroutine_is_allowed(key, no_redis):
    assert await ratelimit.aallow(key, rate=1, per=3600)
    assert await ratelimit.aallow(key, rate=1, per=3600)


def test_limited_view_answers_429_with_retry_after(key):
    @ratelimit.limited(key, rate=1, per=60)
    def view(request):
        return HttpResponse("done")

    def ask(method):
        request = getattr(RequestFactory(), method)("/", REMOTE_ADDR="10.1.2.3")
        request.user = AnonymousUser()
        return view(request)

    assert [ask("post").status_code, ask("get").status_code] == [200, 200]
    refused = ask("post")
    assert refused.status_code == 429
    assert 55 < int(refused["Retry-After"]) <= 60


class Wei:
    is_authenticated = True
    pk = 7


def test_account_is_counted_rather_than_its_address():
    request = RequestFactory().post("/", REMOTE_ADDR="10.1.2.3")
    assert ratelimit.who(request) == "a10.1.2.3"
    request.user = Wei()
    assert ratelimit.who(request) == "u7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", ""),
    ],
)
def test_all_addresses_of_one_ipv6_line_count_as_one(address, counted):
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    assert ratelimit.who(request) == f"a{counted}"
    assert presence.address_of({"client": (address, 1)}) == counted
