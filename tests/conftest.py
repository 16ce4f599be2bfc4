"""What every test stands on."""

import pytest
from django.core.cache import cache
from django.db.backends.signals import connection_created
from django.utils import translation


def _allow_emptying(connection, **_):
    """Between transactional tests Django empties all tables by TRUNCATE, which the append-only
    tables refuse unless the session asks for it by name (so does `manage.py demo_reset`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('livecommerce.allow_truncate', 'on', false)")


connection_created.connect(_allow_emptying, dispatch_uid="tests.allow_emptying")


@pytest.fixture(autouse=True)
def _speak_chinese():
    """Each test starts in the site's own language, whatever the one before it chose."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def clean_cache():
    cache.clear()
    yield
    cache.clear()
