"""Where the picture comes from, as the host declares it."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from livecommerce import audit
from livecommerce.errors import DomainError
from products.models import ProductImage
from streams.domain import offers, posters, shows
from streams.domain.poster_drawing import Shape
from streams.forms import ShowForm
from tests.factories import make_specialty, make_user
from tests.livecommerce.accounts.people import give_factor
from tests.streams.shows import make_show, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clean_cache")]


@pytest.fixture
def show():
    return make_show(state="live", items=1)


def label(page, source):
    """True if the room shows the label of this source."""
    start = page.index(f'data-source="{source}"')
    return "hidden" not in page[start : page.index(">", start)]


def test_a_declaration_is_told_to_the_room_and_written(show, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        shows.declare_source(broadcast=show, by=show.host.user, source="recorded")
    [event] = [one for one in told(show) if one["t"] == "announcement"]
    assert event["show"]["source"] == "recorded"
    entry = audit.history(show).get()
    assert (entry.action, entry.before, entry.after) == (
        "streams.declare_source",
        {"picture_source": "camera"},
        {"picture_source": "recorded"},
    )
    shows.declare_source(broadcast=show, by=show.host.user, source="recorded")
    assert audit.history(show).count() == 1


def test_only_those_who_run_it_declare_and_only_what_there_is(show):
    with pytest.raises(DomainError, match="not_your_show"):
        shows.declare_source(broadcast=show, by=make_user(), source="ai")
    with pytest.raises(DomainError, match="bad_source"):
        shows.declare_source(broadcast=show, by=show.host.user, source="film")


@pytest.mark.parametrize(
    ("source", "labels"), [("camera", ()), ("recorded", ("recorded",)), ("ai", ("ai",))]
)
def test_the_room_and_its_card_say_so(client, source, labels):
    show = make_show(picture_source=source)
    page = client.get(reverse("streams:room", args=[show.public_id])).content.decode()
    assert tuple(one for one in ("recorded", "ai") if label(page, one)) == labels
    schedule = client.get(reverse("streams:schedule")).content.decode()
    assert (str(show.get_picture_source_display()) in schedule) == bool(labels)


def test_the_console_declares(client, show):
    client.force_login(give_factor(show.host.user))
    url = reverse("streams:declare_source", args=[show.public_id])
    assert url in client.get(reverse("streams:console", args=[show.public_id])).content.decode()
    assert client.post(url, {"source": "ai"}, headers={"accept": "*/*"}).status_code == 204
    show.refresh_from_db()
    assert show.picture_source == "ai"


def test_a_title_with_forbidden_words_is_not_planned(show):
    form = ShowForm({"title_zh": "全国最好的沙糖桔专场"}, host=show.host)
    assert "最好" in str(form.errors["title_zh"])


def test_a_poster_never_carries_a_forbidden_word():
    show = make_show(title_zh="全国最好的沙糖桔专场", items=1)
    plain = make_show(title_zh="沙糖桔专场", items=1)
    assert "最好" not in posters._picture(show, show.scheduled_at).title
    assert posters._picture(plain, plain.scheduled_at).title == "沙糖桔专场"
    assert posters.mark_of(broadcast=show, shape=Shape.POSTER, language="zh-hans")


def make_ai_picture(product):
    return ProductImage.objects.create(
        product=product, file="a.webp", renditions={"640": "a.webp"}, is_made_by_ai=True
    )


@pytest.mark.parametrize("is_made_by_ai", [True, False])
def test_a_picture_made_by_ai_says_so_wherever_it_is_large(client, is_made_by_ai):
    show = make_show(items=1, deal=True)
    product = show.shelf.get().product
    make_ai_picture(product)
    ProductImage.objects.update(is_made_by_ai=is_made_by_ai)
    make_specialty(product)
    home, schedule, room, goods = (
        client.get(url).content.decode()
        for url in (
            reverse("streams:home"),
            reverse("streams:schedule"),
            reverse("streams:room", args=[show.public_id]),
            reverse("products:prefecture", args=[product.prefecture_id]),
        )
    )
    for page in (home, schedule, goods):
        assert ("AI 生成图片" in page) == is_made_by_ai
    marks = re.findall(r'data-f="ai"( hidden)?>', room)
    assert (" hidden" in marks, "" in marks) == (True, is_made_by_ai), "one is the script's"
    with translation.override("zh-hans"):
        poster = posters._picture(show, show.scheduled_at)
    assert poster.mark == ("AI 生成图片" if is_made_by_ai else "")


def test_a_cover_of_its_own_is_not_the_goods_picture():
    show = make_show(items=1)
    make_ai_picture(show.shelf.get().product)
    show.cover.name = "cover.webp"
    assert offers.picture_marks(show) == []
