"""Replays over HTTP: what each person gets to see, and what nobody does."""

import json

import av
import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from streams.domain import rehearsals, replay_exports, replays
from streams.models import Broadcast, Replay, ReplayExport
from tests.factories import make_curator, make_prefecture, make_user
from tests.streams.media.harness import make_clip
from tests.streams.recorded import make_recorded_show, make_replay, say
from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db
SECRET = "the-engine-knows"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mkv")


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.RECORDINGS_DIR = tmp_path
    settings.MEDIA_HOOK_SECRET = SECRET
    return tmp_path


def sign_in(client, user):
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "unused"}}
    )
    client.force_login(user)


def hide():
    Replay.objects.update(is_public=False)


def may_play(client, path, token=""):
    body = json.dumps({"path": path, "action": "playback", "token": token, "query": ""})
    url = f"/hooks/media/auth/{SECRET}"
    return client.post(url, body, content_type="application/json").status_code == 204


def test_the_rooms_address_shows_the_replay(client, clip):
    show = make_replay(clip, deal=True)
    page = client.get(f"/rooms/{show.public_id}/").content.decode()

    assert "<replay-player" in page
    assert f"/{show.public_id}/replay/index.m3u8" in page
    assert "价格和库存是现在的" in page
    assert 'href="#t=2"' in page
    assert f"/rooms/{show.public_id}/replay/2000.jpg" in page


def test_until_it_is_ready_the_room_says_so(client, clip):
    show = make_recorded_show(clip)
    page = client.get(f"/rooms/{show.public_id}/").content.decode()
    assert "<replay-player" not in page
    assert "回放两分钟内就能在这里看到" in page


def test_the_list_has_public_replays_only(client, clip):
    show = make_replay(clip)
    assert show.title in client.get("/replays/").content.decode()
    hide()
    assert "还没有回放" in client.get("/replays/").content.decode()


def test_a_minute_of_the_chat(client, clip):
    show = make_replay(clip)
    line = say(show, "怎么保存？", media_ms=3000)
    answer = client.get(f"/rooms/{show.public_id}/replay/0")

    assert answer["Cache-Control"] == "public, max-age=30"
    (told,) = answer.json()["lines"]
    assert (told["id"], told["text"], told["pos"]) == (line.pk, "怎么保存？", 3000)
    assert answer.json()["pins"][0]["from"] == 2000


@pytest.mark.parametrize("name", ["1", "99999999999999", "-1", "x", "0/", "poster.png", "9.jpg"])
def test_what_is_not_in_the_replay_is_not_found(client, clip, name):
    show = make_replay(clip)
    assert client.get(f"/rooms/{show.public_id}/replay/{name}").status_code == 404


@pytest.mark.parametrize(
    "name", ["../index.jsonl", "..%2f..%2fmanifest.json", "poster.jpg/../../manifest.json"]
)
def test_no_name_leads_out_of_the_stills(client, clip, name):
    show = make_replay(clip)
    assert client.get(f"/rooms/{show.public_id}/replay/{name}").status_code == 404


def test_stills_are_pictures(client, clip):
    show = make_replay(clip)
    for name in ("poster", "2000"):
        answer = client.get(f"/rooms/{show.public_id}/replay/{name}.jpg")
        assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
        assert answer["Content-Type"] == "image/jpeg"


def test_a_hidden_replay_is_nobodys_business(client, clip):
    show = make_replay(clip)
    hide()
    for person in (None, make_user(), make_curator(make_prefecture("450100"))):
        if person:
            sign_in(client, person)
        for name in ("0", "poster.jpg", "2000.jpg"):
            assert client.get(f"/rooms/{show.public_id}/replay/{name}").status_code == 404
        assert "<replay-player" not in client.get(f"/rooms/{show.public_id}/").content.decode()
    assert not may_play(client, show.public_id)

    sign_in(client, show.host.user)
    page = client.get(f"/rooms/{show.public_id}/")
    token = page.context["source"].partition("?token=")[2]
    assert may_play(client, show.public_id, token)
    answer = client.get(f"/rooms/{show.public_id}/replay/0")
    assert answer["Cache-Control"] == "private, max-age=30"


def test_the_engine_may_play_what_everyone_may_watch(client, clip):
    show = make_replay(clip)
    planned = make_show(items=1)
    rehearsal = rehearsals.open_rehearsal(show=planned, by=planned.host.user)
    ended = make_recorded_show(clip)

    assert may_play(client, show.public_id)
    for path in (rehearsal.public_id, ended.public_id, "nobody", ""):
        assert not may_play(client, path)
    assert not may_play(client, rehearsal.public_id, "rubbish")


def test_only_those_who_look_after_the_show_manage_it(client, clip):
    show = make_replay(clip)
    urls = [reverse(f"streams:replay_{n}", args=[show.public_id]) for n in ("export", "visibility")]
    manage = reverse("streams:replay_manage", args=[show.public_id])
    sign_in(client, make_user())
    assert client.get(manage).status_code == 404
    assert [client.post(url).status_code for url in urls] == [404, 404]
    assert not ReplayExport.objects.exists()
    sign_in(client, make_curator(show.region.prefecture))
    assert client.get(manage).status_code == 200


def test_the_host_hides_and_shows(client, clip):
    show = make_replay(clip)
    sign_in(client, show.host.user)
    url = reverse("streams:replay_visibility", args=[show.public_id])
    client.post(url, {"public": "0"})
    assert not Replay.objects.get().is_public
    client.post(url, {"public": "1"})
    assert Replay.objects.get().is_public


def test_an_mp4_is_asked_for_written_and_fetched(client, clip):
    show = make_replay(clip, parts=2)
    sign_in(client, show.host.user)
    manage = reverse("streams:replay_manage", args=[show.public_id])
    for _twice in range(2):
        client.post(reverse("streams:replay_export", args=[show.public_id]))
    row = ReplayExport.objects.get()
    assert "hx-trigger" in client.get(manage, headers={"HX-Request": "true"}).content.decode()

    assert replay_exports.write_due() == 1
    row.refresh_from_db()
    file = replay_exports.path_of(row)
    assert (row.state, row.percent, row.octets) == ("done", 100, file.stat().st_size)
    assert f"/replay/{row.file_name}" in client.get(manage).content.decode()
    with av.open(str(file)) as made:
        titles = [chapter["metadata"]["title"] for chapter in made.chapters()]
        assert round(made.duration / 1_000_000) == 12
    assert titles == [show.shelf.first().product.name_zh]


def test_a_job_whose_worker_died_is_done_by_another(clip):
    show = make_replay(clip)
    row = replay_exports.ask_export(broadcast=show, by=show.host.user)
    ReplayExport.objects.filter(pk=row.pk).update(state="running", attempts=1)
    assert replay_exports.write_due() == 0  # it may still be alive
    before = show.replay.ready_at - 2 * replay_exports.SILENT_AFTER
    ReplayExport.objects.filter(pk=row.pk).update(seen_at=before)
    assert replay_exports.write_due() == 1
    ReplayExport.objects.filter(pk=row.pk).update(state="running", seen_at=before, attempts=3)
    assert replay_exports.write_due() == 0
    row.refresh_from_db()
    assert row.state == "failed"


def test_an_export_that_cannot_be_written_says_why(clip):
    show = make_replay(clip)
    row = replay_exports.ask_export(broadcast=show, by=show.host.user)
    (replays.folder_of(show) / "exports").write_text("in the way")
    assert replay_exports.write_due() == 0
    row.refresh_from_db()
    assert row.state == "failed"
    assert row.note


def test_the_product_page_leads_to_the_second(client, clip):
    show = make_replay(clip)
    product = show.shelf.first().product
    page = client.get(reverse("products:product", args=[product.sku])).content.decode()
    assert f'href="/rooms/{show.public_id}/#t=2"' in page
    hide()
    page = client.get(reverse("products:product", args=[product.sku])).content.decode()
    assert f"/rooms/{show.public_id}/" not in page


def test_a_cancelled_show_has_no_replay(client, clip):
    show = make_replay(clip)
    Broadcast.objects.filter(pk=show.pk).update(state="cancelled")
    assert client.get(f"/rooms/{show.public_id}/replay/0").status_code == 404
    assert not may_play(client, show.public_id)
