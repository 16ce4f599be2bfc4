"""The audit book: what is written, what is veiled, and that it stays."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from livecommerce import audit
from livecommerce.audit import requests
from livecommerce.audit.models import AuditEntry
from livecommerce.audit.network import masked_network
from livecommerce.audit.retention import remove
from tests.factories import make_address, make_official, make_user

pytestmark = pytest.mark.django_db


def write(**fields):
    return AuditEntry.objects.create(**{"action": "x.y", "subject_label": "z"} | fields)


def test_record_keeps_only_what_changed():
    official, boss = make_official(), make_user(display_name="覃管理")
    entry = audit.record(
        actor=boss,
        action="officials.rename",
        subject=official,
        before={"name_zh": "韦", "post_zh": "副县长"},
        after={"name_zh": "韦稻香", "post_zh": "副县长"},
        reason="全名",
    )
    entry.refresh_from_db()
    assert (entry.before, entry.after) == ({"name_zh": "韦"}, {"name_zh": "韦稻香"})
    assert entry.actor_id == boss.pk
    assert entry.actor_label == f"覃管理 ({boss.pk})"
    assert (entry.subject_type, entry.subject_pk) == ("officials.official", str(official.pk))
    assert (entry.subject_label, entry.reason) == (str(official), "全名")


def test_record_tells_rows_dates_and_sets_in_json():
    official = make_official()
    now = timezone.now()
    entry = audit.record(
        actor=None,
        action="x.y",
        subject=official,
        after={"by": official.user, "at": now, "rights": {"b", "a"}},
    )
    entry.refresh_from_db()
    assert entry.after == {"by": official.user_id, "at": now.isoformat(), "rights": ["a", "b"]}
    assert (entry.actor_id, entry.actor_label) == (None, "")


def test_personal_data_is_veiled():
    address = make_address(make_user())
    entry = audit.record(
        actor=None,
        action="x.y",
        subject=address,
        before={"phone": "13800138000", "city": "河池市"},
        after={"phone": "13900139000", "city": "柳州市"},
    )
    assert (entry.before, entry.after) == (
        {"phone": "•••", "city": "河池市"},
        {"phone": "•••", "city": "柳州市"},
    )
    assert "覃小满" not in entry.subject_label


def test_history_is_of_one_thing_newest_first():
    one, other = make_official(), make_official()
    first = audit.record(actor=None, action="x.a", subject=one)
    audit.record(actor=None, action="x.a", subject=other)
    second = audit.record(actor=None, action="x.b", subject=one)
    assert list(audit.history(one)) == [second, first]


def test_facts_give_keys_of_rows():
    official = make_official()
    assert audit.facts(official, "region", "state") == {
        "region": official.region_id,
        "state": "verified",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'other'",
        "DELETE FROM audit_auditentry",
        "SET LOCAL livecommerce.allow_retention = 'on'; DELETE FROM audit_auditentry",
        "SET LOCAL livecommerce.allow_truncate = 'off'; TRUNCATE audit_auditentry",
    ],
)
def test_the_database_takes_nothing_back(statement):
    write()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_update_of_an_old_row_is_refused_even_by_the_sweep():
    write(at=timezone.now() - timedelta(days=2000))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL livecommerce.allow_retention = 'on'; UPDATE audit_auditentry SET reason = ''"
        )


def test_the_sweep_removes_what_is_older_than_three_years():
    now = timezone.now()
    write(at=now - timedelta(days=1200))
    young = write(at=now - timedelta(days=1000))
    remove(AuditEntry.objects.filter(at__lt=now - timedelta(days=1096)))
    assert list(AuditEntry.objects.all()) == [young]
    with pytest.raises(IntegrityError), transaction.atomic():
        remove(AuditEntry.objects.all())
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_a_row_outlives_its_actor_and_its_subject():
    boss, subject = make_user(), make_user()
    entry = audit.record(actor=boss, action="x.y", subject=subject)
    subject_pk = str(subject.pk)
    boss.delete()
    subject.delete()
    entry.refresh_from_db()
    assert entry.subject_pk == subject_pk
    assert entry.actor_label


def test_a_refusal_inside_a_request_survives_its_rollback():
    official, boss = make_official(), make_user()

    def view(request):
        with transaction.atomic():
            audit.record_refusal(actor=boss, action="x.y", subject=official)
            transaction.set_rollback(True)
        return HttpResponse(status=403)

    request = RequestFactory().get("/elsewhere/", REMOTE_ADDR="203.0.113.77")
    requests.AuditMiddleware(view)(request)
    entry = audit.history(official).get()
    assert entry.is_refused
    assert entry.network == "203.0.113.0/24"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:12:3456::1", "2001:db8:12::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_masked_network(address, network):
    assert masked_network(address) == network
