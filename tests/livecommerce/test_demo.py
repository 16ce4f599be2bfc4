"""The demo's accounts: for everyone to see where it is a demo, for nobody elsewhere."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from livecommerce import demo
from livecommerce.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(settings):
    settings.DEMO = True
    demo._seed_accounts()
    demo._open_second_factors()


def person(role):
    email = next(account.email for account in demo.ACCOUNTS if account.role == role)
    return User.objects.get(email=email)


def test_everyone_listed_can_sign_in(accounts, client):
    for row in demo.sign_ins():
        assert client.login(username=row["email"], password=row["password"]), row
        assert EmailAddress.objects.get(email=row["email"]).verified


def test_codes_shown_are_the_ones_asked_for(accounts):
    for role in ("admin", "curator", "official", "producer"):
        user = person(role)
        totp = TOTP(Authenticator.objects.get(user=user, type="totp"))
        assert totp.validate_code(demo.current_code(user))


def test_those_without_a_second_factor_have_no_code(accounts):
    assert demo.current_code(person("viewer")) is None


def test_second_factors_are_each_installations_own(accounts):
    rows = Authenticator.objects.filter(type="totp").values_list("data", flat=True)
    assert len({row["secret"] for row in rows}) == 4


def test_second_run_adds_nobody(accounts):
    assert demo._seed_accounts() == 0
    demo._open_second_factors()
    assert Authenticator.objects.filter(type="totp").count() == 4


def test_outside_a_demo_nobody_can_sign_in_and_nothing_is_shown(settings, client):
    settings.DEMO = False
    demo._seed_accounts()
    demo._open_second_factors()
    assert demo.sign_ins() == []
    assert not Authenticator.objects.exists()
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert demo.current_code(person("admin")) is None


def test_reset_refuses_outside_a_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_reset", yes=True)
