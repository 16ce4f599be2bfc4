"""“I was told to buy”: nobody is asked who they are, and nobody can find out."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain.integrity import told
from orders.models import ToldReport
from tests.factories import make_curator, make_user
from tests.streams.shows import make_show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]
URL = "/integrity/told/"


def boss():
    user = make_user(is_staff=True, is_superuser=True)
    TOTP.activate(user, generate_totp_secret())
    return user


def test_a_report_holds_what_was_said_and_not_who_said_it(client):
    show, handler = make_show(state="ended"), boss()
    client.force_login(make_user())
    form = {"pressure": "quota", "text": "每人  20 单", "show": show.public_id}
    answer = client.post(URL, form, REMOTE_ADDR="192.0.2.77")
    assert answer["Location"] == "/integrity/told/thanks/"
    report = ToldReport.objects.get()
    assert (report.broadcast, report.pressure, report.text) == (show, "quota", "每人 20 单")
    names = {field.name for field in ToldReport._meta.get_fields()}
    assert names == {"id", "broadcast", "pressure", "text", "day", "state", "steps"}
    assert Notification.objects.get().user == handler
    assert "20" not in Notification.objects.get().body
    assert not AuditEntry.objects.filter(action__startswith="orders.").exists()


@pytest.mark.parametrize(
    "form", [{}, {"pressure": "bribe"}, {"pressure": "other", "text": "  "}, {"text": "只有话"}]
)
def test_a_report_that_says_nothing_is_not_taken(client, form):
    assert client.post(URL, form).status_code == 422
    assert not ToldReport.objects.exists()


def test_one_place_may_send_five_an_hour(client):
    form, place = {"pressure": "ordered"}, {"REMOTE_ADDR": "192.0.2.78"}
    statuses = [client.post(URL, form, **place).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    client.force_login(make_user())
    assert client.post(URL, form, **place).status_code == 429
    assert client.post(URL, form, REMOTE_ADDR="192.0.2.79").status_code == 302


@pytest.mark.parametrize("show", ["", "nothere", "\x00", "x" * 400])
def test_an_unknown_show_is_no_obstacle(client, show):
    answer = client.post(URL, {"pressure": "wages", "show": show[:12]}, REMOTE_ADDR="192.0.2.80")
    assert answer.status_code in (302, 422)
    assert client.get(URL, {"show": show}).status_code == 200


def test_a_report_is_looked_into_before_there_is_a_verdict(client):
    told.tell(pressure="quota", text="", broadcast=None)
    report, handler = ToldReport.objects.get(), boss()
    with pytest.raises(DomainError, match=r"."):
        told.handle(report=report, to="confirmed", seen="received", by=handler, note="有")
    client.force_login(handler)
    url = f"/reports/told/{report.pk}/"
    assert client.post(url, {"to": "looking", "seen": "received"}).status_code == 302
    assert client.post(url, {"to": "looking", "seen": "received"}).status_code == 409
    assert client.post(url, {"to": "confirmed", "seen": "looking"}).status_code == 422
    client.post(url, {"to": "confirmed", "seen": "looking", "note": "已制止"})
    report.refresh_from_db()
    assert report.state == "confirmed"
    assert [step.to_state for step in report.steps.all()] == ["looking", "confirmed"]
    assert AuditEntry.objects.filter(action="orders.handle_told").count() == 2
    assert "已制止" in client.get("/reports/told/").content.decode()


def test_nobody_else_learns_that_there_is_a_list(client):
    told.tell(pressure="quota", text="", broadcast=None)
    report = ToldReport.objects.get()
    for user in (make_user(), make_curator()):
        TOTP.activate(user, generate_totp_secret())
        client.force_login(user)
        assert client.get("/reports/told/").status_code == 404
        assert client.post(f"/reports/told/{report.pk}/", {"to": "looking"}).status_code == 404
        with pytest.raises(DomainError):
            told.handle(report=report, to="looking", seen="received", by=user, note="")


def test_only_their_number_is_published(client):
    show = make_show(state="ended")
    for _ in range(6):
        told.tell(pressure="other", text="秘密的话", broadcast=show)
    page = client.get(f"/integrity/shows/{show.public_id}/").content.decode()
    assert "秘密的话" not in page
    assert told.told_of([show.pk]) == told.Told(6, 0)
