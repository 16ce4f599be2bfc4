"""The Django admin writes to the book, and shows it."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from livecommerce import audit
from livecommerce.audit.admin_trail import AuditedAdmin
from livecommerce.audit.models import AuditEntry
from officials.models import Curator
from tests.factories import make_county, make_curator, make_official, make_prefecture, make_user
from tests.livecommerce.accounts.people import give_factor, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def boss(client):
    user = person(second_factor=True, is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def form_of(client, url):
    """What a browser would send back unchanged."""
    form = client.get(url).context["adminform"].form
    return {
        name: ""
        if (value := form.get_initial_for_field(form.fields[name], name)) is None
        else value
        for name in form.fields
    }


def test_a_save_is_written_with_before_and_after(client, boss):
    place = make_prefecture()
    url = reverse("admin:officials_region_change", args=[place.pk])
    data = form_of(client, url) | {"slogan_zh": "山水画廊"}
    assert client.post(url, data).status_code == 302
    entry = audit.history(place).get()
    assert (entry.actor_id, entry.action) == (boss.pk, "officials.change_region")
    assert (entry.before, entry.after) == ({"slogan_zh": ""}, {"slogan_zh": "山水画廊"})
    assert entry.network == "127.0.0.0/24"


def test_a_save_that_changes_nothing_is_not_written(client, boss):
    place = make_prefecture()
    url = reverse("admin:officials_region_change", args=[place.pk])
    assert client.post(url, form_of(client, url)).status_code == 302
    assert not audit.history(place).exists()


def test_a_role_given_and_taken_is_written(client, boss):
    staff, place = make_user(is_staff=True), make_prefecture()
    client.post(reverse("admin:officials_curator_add"), {"user": staff.pk, "prefecture": place.pk})
    row = Curator.objects.get()
    client.post(reverse("admin:officials_curator_delete", args=[row.pk]), {"post": "yes"})
    added, deleted = AuditEntry.objects.order_by("pk")
    assert (added.action, added.after) == (
        "officials.add_curator",
        {"user": staff.pk, "prefecture": place.pk},
    )
    assert deleted.action == "officials.delete_curator"
    assert deleted.before["user"] == staff.pk


def test_another_prefectures_curator_is_refused_and_that_is_written(client):
    official = make_official(region=make_county("450110"))
    curator = give_factor(make_curator())
    client.force_login(curator)
    url = reverse("admin:officials_official_change", args=[official.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"name_zh": "改"}).status_code == 403
    entries = list(audit.history(official))
    assert [(one.actor_id, one.is_refused) for one in entries] == [(curator.pk, True)] * 2
    assert AuditEntry.objects.count() == 2


def test_a_closed_door_of_the_back_room_is_written(client):
    viewer = person(second_factor=True)
    client.force_login(viewer)
    assert client.get("/admin/", follow=True).status_code == 403
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.action) == (viewer.pk, "audit.closed_door")


def test_every_class_by_which_rows_change_writes(rf: RequestFactory):
    boss = make_user(is_staff=True, is_superuser=True)
    request = rf.get("/admin/")
    request.user = boss
    silent = [
        type(one).__name__
        for one in admin.site._registry.values()
        if not isinstance(one, AuditedAdmin)
        and (
            one.has_add_permission(request)
            or one.has_change_permission(request)
            or one.has_delete_permission(request)
        )
    ]
    assert silent == []


def test_the_book_is_read_by_person_thing_and_action(client, boss):
    place = make_prefecture()
    audit.record(actor=boss, action="x.rename", subject=place, before={"a": 1}, after={"a": 2})
    audit.record_refusal(actor=None, action="x.other", subject=make_county())
    url = reverse("admin:audit_auditentry_changelist")
    page = client.get(url).content.decode()
    assert "x.rename" in page
    assert "x.other" in page
    assert "a: 1 → 2" in page
    by_person = f"actor__id__exact={boss.pk}"
    for query in (by_person, "action=x.rename", "is_refused__exact=0", "q=451200"):
        page = client.get(f"{url}?{query}").context["cl"]
        assert [one.action for one in page.result_list] == ["x.rename"], query


def test_an_entry_cannot_be_changed_in_the_admin(client, boss):
    entry = audit.record(actor=boss, action="x.y", subject=make_prefecture(), after={"a": 2})
    url = reverse("admin:audit_auditentry_change", args=[entry.pk])
    assert "x.y" in client.get(url).content.decode()
    assert client.post(url, {"reason": "other"}).status_code == 403
    delete = reverse("admin:audit_auditentry_delete", args=[entry.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_the_book_is_closed_to_curators(client):
    curator = give_factor(make_curator())
    client.force_login(curator)
    assert client.get(reverse("admin:audit_auditentry_changelist")).status_code == 403
