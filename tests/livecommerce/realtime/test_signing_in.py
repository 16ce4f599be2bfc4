import pytest
from django.test import Client

from livecommerce.accounts.models import User
from livecommerce.realtime.signing_in import find_user

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
