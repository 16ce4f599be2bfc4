"""applied → verified → suspended, and who decides."""

import pytest

from livecommerce.errors import DomainError
from officials.domain.verification import apply_to_host, suspend_official, verify_official
from officials.models import Official
from tests.factories import make_county, make_curator, make_official, make_prefecture, make_user

pytestmark = pytest.mark.django_db


def make_boss():
    return make_user(is_staff=True, is_superuser=True)


def apply(**fields):
    values = {
        "user": make_user(),
        "region": make_county(),
        "name_zh": "韦稻香",
        "post_zh": "副县长",
        "intro_zh": "常年跑乡镇。",
    }
    return apply_to_host(**values | fields)


def test_an_application_waits():
    official = apply()
    assert (official.state, official.slug) == ("applied", "wei-dao-xiang")


def test_two_of_one_name_have_two_addresses():
    assert apply().slug != apply().slug


def test_applying_twice_is_refused():
    first = apply()
    with pytest.raises(DomainError) as refused:
        apply(user=first.user)
    assert (refused.value.code, refused.value.status) == ("applied_before", 409)


def test_verification_says_who_and_tells_the_official(django_capture_on_commit_callbacks):
    official, boss = apply(), make_boss()
    verify_official(official=official, by=boss)
    official.refresh_from_db()
    assert (official.state, official.verified_by) == ("verified", boss)
    assert official.verified_at is not None
    assert official.user.notifications.get().kind == "official_verified"


def test_verifying_twice_tells_once():
    official, boss = apply(), make_boss()
    verify_official(official=official, by=boss)
    verify_official(official=official, by=boss)
    assert official.user.notifications.count() == 1


def test_suspension_keeps_the_reason_and_tells_it():
    official, boss = make_official(), make_boss()
    suspend_official(official=official, by=boss, reason="已调离岗位")
    official.refresh_from_db()
    assert (official.state, official.state_reason) == ("suspended", "已调离岗位")
    assert official.user.notifications.get().body == "已调离岗位"


def test_a_suspended_official_can_be_verified_again():
    official, boss = make_official(verified=False, state="suspended"), make_boss()
    verify_official(official=official, by=boss)
    assert Official.objects.get(pk=official.pk).is_verified


def test_suspension_needs_a_reason():
    with pytest.raises(DomainError) as refused:
        suspend_official(official=make_official(), by=make_boss(), reason="  ")
    assert refused.value.code == "reason_missing"


def test_a_curator_decides_for_their_prefecture_only():
    official = apply(region=make_county("451223"))
    with pytest.raises(DomainError) as refused:
        verify_official(official=official, by=make_curator(make_prefecture("450100")))
    assert refused.value.status == 403
    verify_official(official=official, by=make_curator(make_prefecture("451200")))
    assert official.is_verified


@pytest.mark.parametrize("decide", [verify_official, suspend_official])
def test_nobody_decides_about_themselves(decide):
    boss = make_boss()
    official = make_official(user=boss, verified=False)
    extra = {"reason": "x"} if decide is suspend_official else {}
    with pytest.raises(DomainError) as refused:
        decide(official=official, by=boss, **extra)
    assert refused.value.code == "own_verification"


def test_a_plain_person_decides_nothing():
    with pytest.raises(DomainError):
        verify_official(official=apply(), by=make_user())
