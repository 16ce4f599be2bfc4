"""Share posters and link previews: true Chinese, a code that leads to the room, drawn once."""

import io
import os
import re
import time
from datetime import timedelta

import pytest
import segno
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image, ImageChops, ImageFont

from streams.domain import flash_sales, pins, poster_drawing, posters
from streams.domain.poster_drawing import Shape, wrap
from streams.models import PortraitConsent
from streams.models.broadcasts import REHEARSAL_MARK
from tests.factories import make_assistant, make_official, make_product, make_user
from tests.streams.flash import make_flash_sale
from tests.streams.shows import add_item, make_show
from tests.streams.test_moderation import code_of

pytestmark = pytest.mark.django_db(transaction=True)
SIZES = {"poster": (900, 1350), "preview": (1200, 630)}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def make_poster(show, shape=Shape.POSTER, language="zh-hans"):
    return posters.poster_of(broadcast=show, shape=shape, language=language, who="test")


def pixels(poster):
    with Image.open(poster.file) as image:
        return image.convert("RGB")


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_picture_comes_in_both_shapes_and_languages(client, shape, language):
    show = make_show(items=1, deal=True)
    address = f"/rooms/{show.public_id}/{shape}-{language}.jpg"
    answer = client.get(address, REMOTE_ADDR="203.0.113.11")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    data = answer.content
    assert len(data) < 300_000
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", SIZES[shape])
        assert not image.getexif()
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_chinese_is_written_with_chinese_letters():
    """Two different characters look different: in a font without them both are the same box."""
    for is_bold in (True, False):
        font = poster_drawing._font(is_bold, 40)
        assert isinstance(font, ImageFont.FreeTypeFont)
        assert "Noto Sans SC" in font.getname()[0]
        drawn = {bytes(font.getmask(one)) for one in "百色芒果桂林米粉凭祥崇左壮锦"}
        assert len(drawn) == len(set("百色芒果桂林米粉凭祥崇左壮锦"))


def test_the_code_leads_to_the_room(settings):
    url = f"{settings.PUBLIC_URL}/rooms/abcdefghjkmn/"
    code = poster_drawing._code(url, 216)
    expected = segno.make(url, micro=False, error="m")
    size = expected.symbol_size(border=4)[0]
    scale = code.width // size
    grey = code.convert("L")
    for row, modules in enumerate(expected.matrix):
        for column, is_dark in enumerate(modules):
            x, y = ((place + 4) * scale + scale // 2 for place in (column, row))
            assert (grey.getpixel((x, y)) < 128) == bool(is_dark)


def test_what_is_shown_changes_with_the_show_and_only_then():
    show = make_show(items=2, deal=True)
    first = make_poster(show)
    assert make_poster(show) == first
    live = make_show(state="live", items=1, deal=True)
    before = make_poster(live)
    item = add_item(live, position=2, product=make_product(name_zh="融安金桔"))
    assert make_poster(live).mark == before.mark
    pins.pin(broadcast=live, item=item, by=live.host.user)
    assert make_poster(live).mark != before.mark
    show.title_zh = "换了标题"
    show.save()
    other = make_poster(show)
    assert other.mark != first.mark
    assert ImageChops.difference(pixels(first), pixels(other)).getbbox()
    assert make_poster(show, language="en").mark != other.mark


def test_a_flash_sale_of_some_minutes_is_not_passed_on():
    show = make_show(state="live", items=1, deal=True)
    before = make_poster(show)
    flash_sales.start_flash_sale(sale=make_flash_sale(show, price_fen=2400), by=show.host.user)
    assert make_poster(show).mark == before.mark


def test_a_show_without_goods_and_one_whose_picture_is_gone_have_posters():
    assert make_poster(make_show()).file.is_file()
    show = make_show(items=1, cover="covers/gone.jpg")
    assert make_poster(show, Shape.PREVIEW).file.is_file()


def test_cancelled_shows_rehearsals_and_other_names_have_none(client):
    cancelled = make_show(state="cancelled")
    assert client.get(f"/rooms/{cancelled.public_id}/poster-zh.jpg").status_code == 404
    assert client.get("/rooms/nothing/poster-zh.jpg").status_code == 404
    assert client.get(f"/rooms/{REHEARSAL_MARK}abc/poster-zh.jpg").status_code == 404
    show = make_show()
    for name in ("poster-de.jpg", "banner-zh.jpg", "poster-zh.png"):
        assert client.get(f"/rooms/{show.public_id}/{name}").status_code == 404


def test_drawing_is_rationed_and_looking_is_not(client):
    addresses = [f"/rooms/{make_show().public_id}/poster-zh.jpg" for _ in range(14)]

    def ask(address):
        return client.get(address, REMOTE_ADDR="203.0.113.9").status_code

    assert [ask(address) for address in addresses] == [200] * 12 + [429] * 2
    assert ask(addresses[0]) == 200


def test_one_at_a_time_and_whoever_waits_too_long_comes_back(client, monkeypatch):
    monkeypatch.setattr(posters, "WAIT_SECONDS", 0.01)
    with posters._one_at_a_time:
        address = f"/rooms/{make_show().public_id}/poster-zh.jpg"
        answer = client.get(address, REMOTE_ADDR="203.0.113.10")
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")


def test_old_pictures_go():
    old, new = make_poster(make_show()).file, make_poster(make_show()).file
    past = time.time() - timedelta(days=3).total_seconds()
    os.utime(old, (past, past))
    assert posters.remove_old() == 1
    assert (old.exists(), new.exists()) == (False, True)


def test_lines_break_between_chinese_characters_and_between_words():
    font = poster_drawing._font(False, 20)
    assert wrap("百色芒果桂林米粉", font, width=85, most=9) == ["百色芒果", "桂林米粉"]
    assert wrap("Hill goods for March", font, width=110, most=9) == ["Hill goods", "for March"]
    assert wrap("好，好，好，", font, width=45, most=9) == ["好，", "好，", "好，"]
    cut = wrap("百色芒果桂林米粉百色芒果桂林米粉", font, width=85, most=2)
    assert cut[0] == "百色芒果"
    assert cut[1].endswith("…")
    assert max(font.getlength(line) for line in cut) <= 85
    assert wrap("x" * 400, font, width=85, most=1)[0].endswith("…")


# --- the portrait


def with_portrait():
    official = make_official()
    out = io.BytesIO()
    Image.new("RGB", (300, 300), (0, 255, 0)).save(out, "PNG")
    official.portrait.save("face.png", ContentFile(out.getvalue()))
    return official


def has_face(show):
    return any(
        green > 200 and red < 60 and blue < 60
        for _count, (red, green, blue) in pixels(make_poster(show)).getcolors(2**24)
    )


def test_no_portrait_without_the_officials_own_recorded_word():
    official = with_portrait()
    show = make_show(host=official)
    assert not has_face(show)
    for nobody in (make_user(), make_assistant(official).user):
        allow = {"official": official, "by": nobody}
        assert code_of(posters.allow_portrait, **allow) == "not_your_portrait"
        assert code_of(posters.withdraw_portrait, **allow) == "not_your_portrait"
    with pytest.raises(IntegrityError), transaction.atomic():
        PortraitConsent.objects.create(official=official, given_by=make_user())
    posters.allow_portrait(official=official, by=official.user)
    posters.allow_portrait(official=official, by=official.user)
    assert has_face(show)
    posters.withdraw_portrait(official=official, by=official.user)
    assert not has_face(show)
    consent = PortraitConsent.objects.get()
    assert consent.withdrawn_at is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        PortraitConsent.objects.filter(pk=consent.pk).update(withdrawn_at=None)


def test_the_official_says_so_on_their_own_page(client):
    official, viewer = with_portrait(), make_user()
    for user in (official.user, viewer):
        TOTP.activate(user, generate_totp_secret())
    client.force_login(viewer)
    assert client.post("/host/portrait", {"allowed": "1"}).status_code == 404
    client.force_login(official.user)
    assert 'action="/host/portrait"' in client.get("/host/").text
    client.post("/host/portrait", {"allowed": "1"})
    assert posters.allows_portrait(official)
    client.post("/host/portrait", {"allowed": "0"})
    assert not posters.allows_portrait(official)


# --- the preview


def test_a_link_to_a_room_says_what_it_leads_to(client, settings):
    show = make_show(items=1, scheduled_at=timezone.now() + timedelta(hours=2))
    page = client.get(f"/rooms/{show.public_id}/", headers={"accept-language": "en"}).text
    told = dict(
        re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)"', page)
    )
    base = f"{settings.PUBLIC_URL}/rooms/{show.public_id}/"
    assert told["og:url"] == base
    assert told["og:title"] == told["twitter:title"] == show.title_en
    assert told["og:image"] == told["twitter:image"] == f"{base}preview-en.jpg"
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    assert told["twitter:card"] == "summary_large_image"
    assert client.get(told["og:image"].removeprefix(settings.PUBLIC_URL)).status_code == 200
