import threading
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from streams.media import demo_publisher
from streams.media.whip_loop import WhipLoop
from streams.models import Broadcast, ShelfItem
from tests import factories
from tests.streams.media.harness import mint, wait_for
from tests.streams.shows import make_show


def give_picture(product):
    content = BytesIO()
    Image.new("RGB", (64, 64), (224, 162, 27)).save(content, "WEBP")
    product.images.create(file=ContentFile(content.getvalue(), name=f"{product.sku}.webp"))


@pytest.fixture
def show(db):
    show = make_show(is_demo=True, state=Broadcast.State.LIVE)
    show.shelf.all().delete()
    return show


def test_only_a_demo_show_on_air_is_published(show):
    assert demo_publisher.find_show() == show
    Broadcast.objects.update(is_demo=False)

    assert demo_publisher.find_show() is None


def test_slides_are_the_shelf_in_its_order_with_the_deals_price(show):
    without, second, first = (factories.make_product(list_price_fen=5900) for _ in range(3))
    for position, product in enumerate((first, second, without)):
        ShelfItem.objects.create(broadcast=show, product=product, position=position + 1)
    give_picture(first)
    give_picture(second)
    deal = factories.make_deal(second, price_fen=2950)
    ShelfItem.objects.filter(product=second).update(deal=deal)

    slides = demo_publisher.slides_of(show)
    assert [(slide.title_zh, slide.price) for slide in slides] == [
        (first.name_zh, "¥59"),
        (second.name_zh, "¥29.50"),
    ]
    assert all(slide.image.is_file() for slide in slides)


def test_it_goes_in_by_the_door_of_hosts(settings):
    settings.MEDIA_INTERNAL_URL = "http://127.0.0.1:9997"
    settings.MEDIA_PUBLIC_URL = "https://shop.example/media/"
    settings.MEDIA_ENGINE = "embedded"
    assert demo_publisher.whip_url("room") == "http://127.0.0.1:9997/room/whip"
    settings.MEDIA_ENGINE = "mediamtx"
    assert demo_publisher.whip_url("room") == "https://shop.example/media/room/whip"


def test_a_clip_is_drawn_once_and_old_ones_go(tmp_path, monkeypatch, clip):
    drawn = []

    def draw(target, slides, seconds):
        drawn.append(seconds)
        target.write_bytes(b"clip")

    monkeypatch.setattr(demo_publisher, "render_clip", draw)
    (tmp_path / "demo-old.mkv").write_bytes(b"old")
    slide = demo_publisher.Slide(clip, "百色芒果", "Baise mangoes", "¥38")
    first = demo_publisher.prepare_clip(tmp_path, [slide])

    assert demo_publisher.prepare_clip(tmp_path, [slide]) == first
    assert drawn == [24]
    assert list(tmp_path.iterdir()) == [first]


def test_the_loop_publishes_comes_back_after_a_kick_and_ends_when_told(role, clip):
    asked = []

    def ask_token():
        asked.append(True)
        return mint("loop", "publish")

    loop = WhipLoop(clip, f"{role.base}/loop/whip", ask_token)
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        wait_for(lambda: role.is_online("loop"))
        loop._process.kill()
        wait_for(lambda: not role.is_online("loop"))
        wait_for(lambda: role.is_online("loop"))
        assert len(asked) == 2
    finally:
        loop.stop()
        thread.join(20)
    assert not thread.is_alive()
    wait_for(lambda: not role.is_online("loop"))
