"""What every test stands on."""

import os
import time

import pytest
from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils import translation

from livecommerce.realtime import presence
from tests import emptying
from tests.migrated_template import VARIABLE

emptying.install()


def _allow_emptying(connection, **_):
    """Django empties all tables by TRUNCATE where `emptying` cannot, which the append-only tables
    refuse unless the session asks for it by name (so does `manage.py demo_reset`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('livecommerce.allow_truncate', 'on', false)")


connection_created.connect(_allow_emptying, dispatch_uid="tests.allow_emptying")


def _make_what_migrations_made(sender, **_):
    """Emptying all tables takes the rows of migrations, too; Django tells when it has done so."""
    if sender.name == "orders":
        apps.get_model("orders", "RefundRule").objects.get_or_create(prefecture=None)


post_migrate.connect(_make_what_migrations_made, dispatch_uid="tests.rows_of_migrations")


def _just_proved_it(request, user, **_):
    """Who is signed in by `force_login` has proven a moment ago who they are, as by the form;
    tests of what is asked again after a while let time pass."""
    from allauth.account.internal.flows.login import (  # needs the app registry
        get_authentication_records,
        record_authentication,
    )

    known = get_authentication_records(request, user) if request is not None else []
    if request is not None and not any(time.time() - one["at"] < 60 for one in known):
        record_authentication(request, user, "mfa")


user_logged_in.connect(_just_proved_it, dispatch_uid="tests.just_proved_it")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Copy each test database from the migrated one, if the tests run their own server."""
    if VARIABLE in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[VARIABLE]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Made as ever; what it holds is written down before the first test."""
    with emptying.remembering(connection):
        yield


@pytest.fixture(autouse=True)
def _speak_chinese():
    """Each test starts in the site's own language, whatever the one before it chose."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def _room_for_visitors(monkeypatch):
    """All tests come from one address: the sixty new visitors of its minute are not to be left
    to those who happen to run first."""
    monkeypatch.setattr(presence, "NEW_DEVICES_PER_MINUTE", 1_000_000)


@pytest.fixture
def clean_cache():
    cache.clear()
    yield
    cache.clear()
