"""What buyers say: once a line, after delivery, in plain words; and the farm's answer."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain import reviews
from orders.models import Order, Review, ReviewPicture
from tests.factories import make_user
from tests.orders.farms import make_farm, make_goods, make_paid_order
from tests.orders.journeys import deliver, picture, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def farm():
    return make_farm()


@pytest.fixture
def order(farm):
    return deliver(make_paid_order((make_goods(farm), 2)))


@pytest.fixture
def line(order):
    return order.lines.select_related("order__buyer", "product").get()


def say(line, **fields):
    values = {"author": line.order.buyer, "stars": 5, "text": "果子很甜"}
    return reviews.review(line=line, **values | fields)


def refused(code, call, *args, **kwargs):
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert error.value.code == code
    assert error.value.message


def test_a_review_with_photos(line):
    row = say(line, pictures=[picture("a.jpg"), picture("b.jpg")])

    assert (row.stars, row.text, row.product) == (5, "果子很甜", line.product)
    stored = list(row.pictures.all())
    assert [one.position for one in stored] == [1, 2]
    for one in stored:
        with default_storage.open(one.file.name) as file:
            data = file.read()
        assert data[8:12] == b"WEBP"
        assert b"Exif" not in data


def test_before_it_has_arrived_nothing_is_said(farm):
    order = send(make_paid_order((make_goods(farm), 1)))

    refused("not_arrived", say, order.lines.select_related("order__buyer", "product").get())


def test_a_part_that_has_arrived_can_be_reviewed(farm):
    order = deliver(make_paid_order((make_goods(farm), 1)))
    Order.objects.update(state="shipped")
    line = order.lines.select_related("order__buyer", "product").get()

    assert reviews.can_review(line)


def test_one_line_one_review(line):
    say(line)

    refused("reviewed_before", say, line, pictures=[picture()])
    assert not ReviewPicture.objects.exists()
    assert not default_storage.exists("reviews") or not any(default_storage.listdir("reviews")[1])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stars": 0}, "stars"),
        ({"stars": 6}, "stars"),
        ({"text": "加微信 abc12345 便宜"}, "contact"),
        ({"text": "打 13800138000 直接买"}, "contact"),
        ({"text": "看 www.example.com"}, "contact"),
        ({"text": "好" * 501}, "text_too_long"),
    ],
)
def test_what_is_not_taken(line, fields, code):
    refused(code, say, line, **fields)


def test_words_are_plain(line):
    assert say(line, text="  好\u200b吃\n\n\n\n<b>甜</b> ").text == "好吃\n\n<b>甜</b>"


def test_silent_stars_are_allowed(line):
    assert say(line, text=" ").text == ""


def test_six_photos_at_most(line):
    refused("too_many_pictures", say, line, pictures=[picture() for _ in range(7)])
    row = say(line, pictures=[picture() for _ in range(6)])
    change = {"review": row, "stars": 4, "text": "x", "pictures": [picture()]}
    refused("too_many_pictures", reviews.edit, **change)
    reviews.edit(**change, drop=[row.pictures.first().pk])
    assert sorted(row.pictures.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_no_picture_leaves_nothing_behind(line):
    fake = SimpleUploadedFile("a.jpg", b"not a picture", "image/jpeg")

    refused("picture_unknown", say, line, pictures=[picture(), fake])
    assert not Review.objects.exists()


def test_it_can_be_changed_for_some_days(line, settings):
    row = say(line)
    reviews.edit(review=row, stars=3, text="放了几天没那么甜")
    assert (row.stars, row.edited_at is not None) == (3, True)

    Review.objects.update(
        written_at=timezone.now() - timedelta(days=settings.REVIEW_EDIT_DAYS, minutes=1)
    )
    row.refresh_from_db()
    refused("review_closed", reviews.edit, review=row, stars=1, text="x")


def test_the_farm_answers_once(line, farm):
    row = say(line)
    answer = {"review": row, "producer": farm, "actor": farm.user}

    refused("contact", reviews.reply, **answer, text="请加微信 abc12345")
    refused("empty_text", reviews.reply, **answer, text=" ")
    reviews.reply(**answer, text="谢谢！")
    refused("replied_before", reviews.reply, **answer, text="再说一句")
    assert row.reply == "谢谢！"
    told = Notification.objects.get(kind="review_answered")
    assert (told.user, told.body) == (row.author, "谢谢！")
    assert told.url == f"{row.product.get_absolute_url()}#reviews"


def test_another_farm_does_not_answer(line):
    other = make_farm()

    refused(
        "not_yours", reviews.reply, review=say(line), producer=other, actor=other.user, text="x"
    )


def test_hidden_with_a_reason_only(line):
    row, boss = say(line), make_user(is_staff=True)

    refused("reason", reviews.hide, review=row, actor=boss, reason=" ")
    reviews.hide(review=row, actor=boss, reason="骂人")
    assert list(reviews.shown(line.product)) == []
    assert reviews.rating_of(line.product).count == 0
    refused("review_closed", reviews.edit, review=row, stars=5, text="x")
    reviews.show_again(review=row)
    assert list(reviews.shown(line.product)) == [row]


def test_the_database_keeps_its_own_rules(line):
    row = say(line)
    for wrong in ({"stars": 6}, {"hidden_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=row.pk).update(**wrong)


def test_ratings_are_rounded_to_a_tenth(farm):
    goods = make_goods(farm)
    for stars in (5, 5, 4, 5):
        order = deliver(make_paid_order((goods, 1)))
        say(order.lines.select_related("order__buyer", "product").get(), stars=stars)

    rating = reviews.rating_of(goods)
    assert (rating.count, rating.text, rating.by_stars[:2]) == (4, "4.8", ((5, 3), (4, 1)))


# --- Pages ------------------------------------------------------------------------------------


def form(**fields):
    return {"stars": "5", "text": "很甜", **fields}


def test_writing_and_changing_on_the_page(client, line):
    client.force_login(line.order.buyer)
    where = reverse("orders:review", args=[line.order.number, line.pk])

    assert where in client.get(reverse("orders:order", args=[line.order.number])).text
    assert client.post(where, form(pictures=[picture(), picture()])).status_code == 302
    row = Review.objects.get()
    first = row.pictures.first()
    assert "很甜" in client.get(where).text
    client.post(where, form(stars="4", drop=[first.pk], pictures=[picture()]))
    row.refresh_from_db()
    assert (row.stars, row.pictures.count()) == (4, 2)
    assert not row.pictures.filter(pk=first.pk).exists()


def test_another_ones_line_is_unknown(client, line):
    client.force_login(make_user())

    where = reverse("orders:review", args=[line.order.number, line.pk])
    assert (client.get(where).status_code, client.post(where, form()).status_code) == (404, 404)


@pytest.mark.parametrize(
    "fields", [{"stars": ""}, {"stars": "9"}, {"text": "微信 abc12345"}, {"text": "好" * 501}]
)
def test_a_slip_is_said_beside_its_field(client, line, fields):
    client.force_login(line.order.buyer)

    answer = client.post(
        reverse("orders:review", args=[line.order.number, line.pk]), form(**fields)
    )
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text
    assert not Review.objects.exists()


def test_the_products_page_shows_them(client, line, farm):
    row = say(line, text="<b>甜</b>")
    reviews.reply(review=row, producer=farm, actor=farm.user, text="谢谢！")

    page = client.get(line.product.get_absolute_url()).text
    assert "&lt;b&gt;甜&lt;/b&gt;" in page
    assert "谢谢！" in page
    assert line.order.buyer.masked_name in page
    assert line.order.buyer.display_name not in page
    assert "5.0" in page


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize("name", ["product", "product_reviews"])
def test_pages_take_as_many_queries(client, farm, number, name, django_assert_num_queries):
    goods = make_goods(farm)
    for _ in range(number):
        order = deliver(make_paid_order((goods, 1)))
        say(order.lines.select_related("order__buyer", "product").get())
    space = "products" if name == "product" else "orders"
    where = reverse(f"{space}:{name}", args=[goods.sku])
    client.get(where)

    with django_assert_num_queries(QUERIES[name]):
        assert client.get(where).status_code == 200


QUERIES = {"product": 10, "product_reviews": 6}


def test_the_farm_answers_on_its_desk(client, line, farm):
    row = say(line)
    client.force_login(farm.user)
    where = reverse("orders:producer_reviews", args=[farm.pk])
    reply = reverse("orders:producer_reply", args=[farm.pk, row.pk])

    assert reply in client.get(where).text
    assert client.post(reply, {"text": "打 13800138000"}).status_code == 422
    assert client.post(reply, {"text": "谢谢！"}).url == where
    assert reply not in client.get(where).text
    client.force_login(make_farm().user)
    assert client.post(reply, {"text": "x"}).status_code == 404
