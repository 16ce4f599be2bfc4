import pytest
from django.test import Client

from livecommerce.accounts import sessions
from livecommerce.accounts.models import User
from livecommerce.realtime.signing_in import find_user, find_users

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return User.objects.create_user("wei@example.com", "mango-mango-9", display_name="Wei")


@pytest.fixture
def session(user):
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client.session


def test_session_leads_to_its_account(user, session):
    assert find_user(session.session_key) == user


def test_unknown_or_anonymous_session_leads_to_nobody(client):
    assert find_user("0123456789abcdef0123456789abcdef") is None
    session = client.session
    session["basket"] = 1
    session.save()
    assert find_user(session.session_key) is None


def test_changed_password_ends_it(user, session):
    user.set_password("another-mango-9")
    user.save()
    assert find_user(session.session_key) is None


def test_closed_account_is_nobody(user, session):
    user.is_active = False
    user.save()
    assert find_user(session.session_key) is None


def test_backend_no_longer_in_use_is_not_believed(user, session, settings):
    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    assert find_user(session.session_key) is None


def test_many_sessions_are_judged_as_each_alone(user, session, django_assert_num_queries):
    closed = User.objects.create_user("lu@example.com", "mango-mango-9", is_active=False)
    renewed = User.objects.create_user("qin@example.com", "mango-mango-9")
    keys = [session.session_key]
    for one in (closed, renewed):
        client = Client()
        client.force_login(one, "django.contrib.auth.backends.ModelBackend")
        keys.append(client.session.session_key)
    renewed.set_password("another-mango-9")
    renewed.save()
    keys.append("0123456789abcdef0123456789abcdef")
    assert find_users(keys) == [find_user(key) for key in keys] == [user, None, None, None]
    with django_assert_num_queries(1):  # sessions are in the cache
        assert find_users([keys[0]] * 5) == [user] * 5


def test_sessions_opened_with_the_secret_before_are_still_good(user, session, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    sessions._auth_hash.cache_clear()
    assert find_users([session.session_key]) == [user]
    settings.SECRET_KEY_FALLBACKS = []
    assert find_users([session.session_key]) == [None]
    sessions._auth_hash.cache_clear()
