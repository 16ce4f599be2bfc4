"""Assistants of one show: what they may, what they may not, and how fast it ends."""

import html
import json
import re
import time

import pytest
from channels.db import database_sync_to_async as in_thread
from django.urls import reverse

from livecommerce.asgi import application
from livecommerce.errors import DomainError
from livecommerce.realtime import hub
from streams.domain import assistants, pins, roles, shows
from streams.domain.roles import standing_of
from streams.models import Broadcast, RoomRole
from tests.factories import make_assistant, make_official, make_user
from tests.livecommerce.realtime.stage import serving
from tests.streams.shows import make_show
from tests.streams.test_consumers import _cookie, _visit
from tests.streams.test_pages import as_host

__all__ = ["as_host"]

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"Accept": "application/json"}


def name(show, user, *rights):
    return assistants.name_assistant(
        broadcast=show, by=show.host.user, email=user.email, rights=rights
    )


def refusal(act, **arguments):
    with pytest.raises(DomainError) as refused:
        act(**arguments)
    return refused.value.code, refused.value.status


# --- Naming ----------------------------------------------------------------------------------


def test_named_with_rights_changed_and_removed():
    show, user = make_show(), make_user()
    name(show, user, "pins", "chat")
    assert standing_of(user, show).rights == {"pins", "chat"}
    assistants.change_rights(broadcast=show, by=show.host.user, user_id=user.pk, rights=["draws"])
    assert [one.rights for one in assistants.assistants_of(show)] == [{"draws"}]
    for _ in range(2):
        assistants.remove_assistant(broadcast=show, by=show.host.user, user_id=user.pk)
    assert not standing_of(user, show).may_see_console
    assert not RoomRole.objects.exists()


def test_rights_hold_in_this_show_and_its_rehearsals_only():
    official = make_official()
    show, other = make_show(host=official), make_show(host=official)
    user = make_user()
    name(show, user, "pins")
    assert standing_of(user, show).may_pin
    assert not standing_of(user, other).may_pin


def test_what_is_refused():
    show = make_show()
    host, user = show.host.user, make_user()
    one = {"broadcast": show, "by": host, "email": user.email, "rights": ["pins"]}
    act = assistants.name_assistant
    assert refusal(act, **one | {"email": "nobody@example.com"}) == ("no_such_person", 422)
    assert refusal(act, **one | {"rights": []}) == ("bad_rights", 422)
    assert refusal(act, **one | {"rights": ["money"]}) == ("bad_rights", 422)
    assert refusal(act, **one | {"email": host.email}) == ("own_assistant", 422)
    assert refusal(act, **one | {"by": make_official().user}) == ("no_such_show", 404)
    assert refusal(act, **one | {"by": make_assistant(show.host).user}) == ("not_your_part", 403)
    change = {"broadcast": show, "by": host, "user_id": user.pk, "rights": ["pins"]}
    assert refusal(assistants.change_rights, **change) == ("no_such_assistant", 404)
    over = make_show(state="ended")
    ended = one | {"broadcast": over, "by": over.host.user}
    assert refusal(act, **ended) == ("show_over", 409)


def test_ten_are_the_most():
    show = make_show()
    for _ in range(assistants.MOST_ASSISTANTS):
        name(show, make_user(), "chat")
    one = {"broadcast": show, "by": show.host.user, "rights": ["chat"]}
    act = assistants.name_assistant
    assert refusal(act, **one, email=make_user().email) == ("too_many_assistants", 422)
    known = assistants.assistants_of(show)[0].user
    assert name(show, known, "pins").rights == {"pins"}


def test_a_suspended_host_has_no_assistants():
    show, user = make_show(), make_user()
    name(show, user, "chat", "pins", "draws")
    show.host.state = "suspended"
    show.host.save()
    assert standing_of(user, Broadcast.objects.get(pk=show.pk)).marks == frozenset()


# --- What they may -----------------------------------------------------------------------------

CLAIMS = ("may_pin", "may_draw", "may_moderate", "may_run", "may_publish", "may_end")
NEVER = ("may_run", "may_publish", "may_end", "may_see_figures", "may_name", "may_cancel")


@pytest.mark.parametrize(
    ("right", "claim"), [("pins", "may_pin"), ("draws", "may_draw"), ("chat", "may_moderate")]
)
def test_each_right_gives_its_part_and_no_other(right, claim):
    show, user = make_show(state="live"), make_user()
    name(show, user, right)
    standing = standing_of(user, show)
    assert [one for one in CLAIMS if getattr(standing, one)] == [claim]
    assert not any(getattr(standing, one) for one in NEVER)
    assert standing.badge == "assistant"


def test_every_button_of_the_console_asks_for_its_right(as_host):
    show, user = make_show(state="live", items=1), make_user()
    item = show.shelf.get().pk
    name(show, user, "chat")
    client = as_host(user)
    base = f"/host/{show.public_id}"

    def press(action, **values):
        return client.post(f"{base}/{action}", values, headers=JSON).status_code

    closed = ("go-live", "end", "cancel", "announce", "token", "relay/start", "rehearsal/open")
    assert {action: press(action) for action in closed} == dict.fromkeys(closed, 403)
    assert press("pin", item=item) == 403
    assert press("slow-mode", seconds="5") == 204
    assistants.change_rights(broadcast=show, by=show.host.user, user_id=user.pk, rights=["pins"])
    assert press("pin", item=item) == 204
    assert press("unpin", item=item) == 204
    assert press("slow-mode", seconds="5") == 403
    for page in ("cockpit/", "assistants/", "rehearsal/", "relay/"):
        assert client.get(f"{base}/{page}").status_code == 403


def test_the_console_of_an_assistant_shows_what_they_may(as_host):
    show, user = make_show(state="live", items=1), make_user()
    name(show, user, "pins")
    page = as_host(user).get(f"/host/{show.public_id}/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "data-pin-item" in html
    for hidden in ("<live-broadcaster", "cock-pit", "end-dialog", "flash-panel", "data-slow>"):
        assert hidden not in html
    assert "encoder_token" not in page.context or not page.context["encoder_token"]
    assistants.change_rights(broadcast=show, by=show.host.user, user_id=user.pk, rights=["chat"])
    html = as_host_again(user, show)
    assert "data-pin-item" not in html
    assert "data-slow>" in html


def test_an_open_console_hears_that_its_rights_changed(as_host):
    """It asks whenever its connection comes back, which a changed right makes it do."""
    show, helper = make_show(state="live"), make_user()
    name(show, helper, "pins", "chat")
    client = as_host(helper)
    page = client.get(reverse("streams:console", args=[show.public_id])).content.decode()
    asks = html.unescape(re.search(r'data-rights="([^"]+)"', page)[1])
    assert client.get(asks).status_code == 204

    host = show.host.user
    assistants.change_rights(broadcast=show, by=host, user_id=helper.pk, rights=["chat"])
    console = reverse("streams:console", args=[show.public_id])
    assert client.get(asks).json() == {"go": console}
    assert "有变动" in client.get(console).content.decode()

    assistants.remove_assistant(broadcast=show, by=host, user_id=helper.pk)
    assert client.get(asks).json() == {"go": reverse("streams:room", args=[show.public_id])}


def as_host_again(user, show):
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.get(f"/host/{show.public_id}/").content.decode()


def test_the_show_is_among_theirs(as_host):
    show, user = make_show(title_zh="我帮忙的专场"), make_user()
    name(show, user, "pins")
    page = as_host(user).get("/host/")
    assert page.status_code == 200
    assert "我帮忙的专场" in page.content.decode()
    assert reverse("streams:plan") not in page.content.decode()


def test_the_page_names_changes_and_removes(as_host):
    show, user = make_show(), make_user()
    client = as_host(show.host.user)
    url = f"/host/{show.public_id}/assistants/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"email": user.email, "rights": ["pins"]}).status_code == 302
    assert user.display_name in client.get(url).content.decode()
    wrong = client.post(url, {"email": "nobody@example.com", "rights": ["pins"]})
    assert wrong.status_code == 422
    assert "还没有人用这个地址注册" in wrong.content.decode() or "注册" in wrong.content.decode()
    client.post(f"{url}{user.pk}", {"rights": ["chat", "draws"]})
    assert standing_of(user, show).rights == {"chat", "draws"}
    client.post(f"{url}{user.pk}", {"remove": "1"})
    assert not standing_of(user, show).rights


def test_another_hosts_show_is_not_found(as_host):
    show = make_show()
    client = as_host(make_official().user)
    base = f"/host/{show.public_id}"
    for page in ("", "/cockpit/", "/assistants/", "/rehearsal/", "/relay/"):
        assert client.get(f"{base}{page}" if page else f"{base}/").status_code == 404
    values = {"email": "a@example.com", "rights": ["pins"], "crowd": "20"}
    for action in ("assistants/", "assistants/1", "relay/announce", "rehearsal/open"):
        assert client.post(f"{base}/{action}", values).status_code == 404


@pytest.mark.parametrize("length", [1, 10])
def test_the_page_asks_as_often_for_one_as_for_many(as_host, django_assert_num_queries, length):
    show = make_show()
    for _ in range(length):
        name(show, make_user(), "chat", "pins")
    client = as_host(show.host.user)
    client.get(f"/host/{show.public_id}/assistants/")
    with django_assert_num_queries(5):
        client.get(f"/host/{show.public_id}/assistants/")


# --- Open sockets -------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_right_that_is_taken_closes_the_socket_within_five_seconds(monkeypatch):
    monkeypatch.setattr(hub, "BEAT_SECONDS", 0.2)
    show = await in_thread(make_show)(state="live")
    user = await in_thread(make_user)()
    await in_thread(name)(show, user, "chat", "pins")
    headers, _ = await _cookie(user)
    viewer, _ = await _cookie(await in_thread(make_user)())
    async with (
        serving(application) as stage,
        _visit(stage, show.public_id, headers) as helping,
        _visit(stage, show.public_id, viewer) as watching,
    ):
        await helping.greeted()
        await watching.greeted()
        began = time.monotonic()
        await in_thread(assistants.change_rights)(
            broadcast=show, by=show.host.user, user_id=user.pk, rights=["pins"]
        )
        await helping.until(lambda me: me.closed_with)
        assert helping.closed_with == 4401
        assert time.monotonic() - began < 5
        assert watching.closed_with is None
        async with _visit(stage, show.public_id, headers) as again:
            await again.greeted()
            began = time.monotonic()
            await in_thread(RoomRole.objects.all().delete)()  # the word is lost: nobody revokes
            await again.until(lambda me: me.closed_with)
            assert again.closed_with == 4401
            assert time.monotonic() - began < 5
            assert json.dumps(again.frames)


def test_who_ends_a_show_is_no_matter_of_the_chat():
    show, user = make_show(state="live"), make_user()
    name(show, user, "chat")
    ending = {"broadcast": show, "by": user}
    assert refusal(shows.end_show, **ending) == ("not_moderator", 403)
    moderator = make_user()
    RoomRole.objects.create(broadcast=show, user=moderator, role="moderator")
    assert roles.require_end(moderator, show).may_end


def test_pinning_without_the_right_is_refused():
    show, user = make_show(state="live", items=1), make_user()
    name(show, user, "draws")
    item = show.shelf.get()
    pinning = {"broadcast": show, "item": item, "by": user}
    assert refusal(pins.pin, **pinning) == ("not_your_show", 403)
