from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from livecommerce.errors import DomainError
from products.domain import platform_share
from products.models import PlatformShare
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget():
    platform_share.forget()
    yield
    platform_share.forget()


@pytest.fixture
def boss():
    return make_user(is_staff=True, is_superuser=True)


def announce(boss, **fields):
    later = timezone.now() + timedelta(hours=1)
    return platform_share.set_share(
        **{"actor": boss, "most_bps": 500, "valid_from": later, "reason": "x"} | fields
    )


def test_it_is_eight_percent_until_somebody_says_otherwise(boss):
    row = announce(boss)

    assert platform_share.share_bps() == 800
    assert platform_share.share_bps(row.valid_from) == 500


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"most_bps": 10_001}, "share_range"),
        ({"most_bps": -1}, "share_range"),
        ({"reason": " "}, "share_reason"),
        ({"valid_from": timezone.now()}, "share_too_soon"),
    ],
)
def test_what_cannot_be_a_share_is_refused(boss, fields, code):
    with pytest.raises(DomainError) as refused:
        announce(boss, **fields)
    assert refused.value.code == code
    assert not PlatformShare.objects.exists()


def test_only_those_with_the_right_set_it():
    with pytest.raises(DomainError) as refused:
        announce(make_user(is_staff=True))
    assert (refused.value.code, refused.value.status) == ("share_denied", 403)


def test_the_database_keeps_the_history(boss):
    row = announce(boss)

    for change in (
        lambda: PlatformShare.objects.update(most_bps=1),
        lambda: PlatformShare.objects.all()._raw_delete("default"),
        lambda: PlatformShare.objects.create(
            most_bps=1, valid_from=timezone.now(), set_by=boss, reason="x"
        ),
        _empty,
    ):
        with pytest.raises(Error, match=r"append-only|a minute from now"), transaction.atomic():
            change()
    row.refresh_from_db()
    assert row.most_bps == 500


def _empty():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL livecommerce.allow_truncate = 'off'")
        cursor.execute("TRUNCATE products_platformshare")
