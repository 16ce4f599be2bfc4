"""Who may host where, and whom an official may name."""

import pytest
from django.contrib.auth.models import AnonymousUser

from livecommerce.errors import DomainError
from officials.domain.hosting import may_host, name_assistant, remove_assistant
from tests.factories import (
    make_assistant,
    make_county,
    make_official,
    make_prefecture,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_verified_official_hosts_for_their_region_only():
    official = make_official(region=make_county("451223"))
    assert may_host(official.user, official.region)
    assert may_host(official.user, official)
    assert not may_host(official.user, make_county("451224"))
    assert not may_host(official.user, make_prefecture("451200"))


def test_deputy_mayor_hosts_for_the_counties_too():
    official = make_official(region=make_prefecture("451200"))
    assert may_host(official.user, make_county("451223"))
    assert not may_host(official.user, make_county("450110"))


@pytest.mark.parametrize("state", ["applied", "suspended"])
def test_unverified_official_does_not_host(state):
    official = make_official(verified=False, state=state)
    assert not may_host(official.user, official.region)
    assert not may_host(official.user, official)


def test_named_assistant_hosts_for_that_official_only():
    official, other = make_official(), make_official(region=make_county("450110"))
    assistant = make_assistant(official).user
    assert may_host(assistant, official)
    assert may_host(assistant, official.region)
    assert not may_host(assistant, other)


def test_assistant_of_a_suspended_official_does_not_host():
    official = make_official(verified=False, state="suspended")
    assert not may_host(make_assistant(official).user, official)


def test_strangers_and_closed_accounts_do_not_host():
    official = make_official()
    assert not may_host(make_user(), official)
    assert not may_host(AnonymousUser(), official)
    official.user.is_active = False
    assert not may_host(official.user, official)


def test_permission_by_name():
    official = make_official()
    assert official.user.has_perm("officials.host", official.region)
    assert official.user.has_perm("officials.name_assistants", official)
    assert not make_user().has_perm("officials.host", official.region)
    assert not official.user.has_perm("officials.host", None)


def test_naming_an_assistant_twice_is_once():
    official, person = make_official(), make_user("helper@example.com")
    first = name_assistant(official=official, email=" Helper@example.com ")
    assert first.user == person
    assert name_assistant(official=official, email=person.email) == first
    remove_assistant(official=official, assistant_id=first.pk)
    remove_assistant(official=official, assistant_id=first.pk)
    assert not may_host(person, official)


@pytest.mark.parametrize(
    ("who", "code"), [("nobody@example.com", "no_such_person"), ("self", "own_assistant")]
)
def test_naming_is_refused_in_words(who, code):
    official = make_official()
    email = official.user.email if who == "self" else who
    with pytest.raises(DomainError) as refused:
        name_assistant(official=official, email=email)
    assert refused.value.code == code


def test_one_officials_assistant_cannot_be_removed_by_another():
    assistant = make_assistant(make_official())
    remove_assistant(official=make_official(), assistant_id=assistant.pk)
    assert may_host(assistant.user, assistant.official)
