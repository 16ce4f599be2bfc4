"""Pages come packed to whoever can unpack them."""

import gzip

import pytest

from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db


def test_a_page_is_packed_to_a_third_or_less(client):
    path = f"/rooms/{make_show(state='live', items=6).public_id}/"
    plain = client.get(path)
    packed = client.get(path, headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert int(packed["Content-Length"]) * 3 < len(plain.content)
    assert b"</html>" in gzip.decompress(packed.content)


def test_a_rooms_state_is_packed(client):
    show = make_show(state="live", items=6)
    answer = client.get(f"/rooms/{show.public_id}/snapshot", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"


def test_pictures_and_answers_to_presses_stay_as_they_are(client):
    show = make_show(state="live", items=1)
    packs = {"accept-encoding": "gzip"}
    picture = client.get(f"/rooms/{show.public_id}/poster-zh.jpg", headers=packs)
    press = client.post("/theme/", {"theme": "dark"}, headers=packs)
    assert "Content-Encoding" not in picture.headers
    assert "Content-Encoding" not in press.headers
