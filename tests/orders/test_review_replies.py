"""What the office of the place answers to a review, and who may not."""

import pytest
from django.urls import reverse
from django.utils import translation

from livecommerce.audit.models import AuditEntry
from livecommerce.errors import DomainError
from livecommerce.notifications.models import Notification
from orders.domain import review_replies
from orders.models import Review
from tests.factories import make_county, make_official, make_user
from tests.livecommerce.accounts.people import give_factor
from tests.orders.farms import make_farm, make_goods, make_paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def review(county):
    order = make_paid_order((make_goods(make_farm(region=county), county=county), 1))
    line = order.lines.get()
    return Review.objects.create(
        line=line, product=line.product, author=order.buyer, stars=4, text="果子很甜"
    )


def answer(review, official, text="谢谢，欢迎再来"):
    return review_replies.reply_as_office(review=review, by=official.user, text=text)


def test_the_county_answers_by_its_post(review, county):
    official = make_official(region=county, post_zh="副县长", post_en="Deputy County Head")
    review.author.language = "en"
    review.author.save()

    row = answer(review, official)

    assert row.post_zh == f"{county.name_zh}副县长"
    assert row.post_en == f"Deputy County Head, {county.name_en}"
    told = Notification.objects.get(user=review.author)
    assert told.title == f"{row.post_en} answers your review"
    entry = AuditEntry.objects.get(action="orders.reply_to_review")
    assert (entry.actor, entry.after["text"]) == (official.user, "谢谢，欢迎再来")


def test_once(review, county):
    official = make_official(region=county)
    answer(review, official)

    with pytest.raises(DomainError) as error:
        answer(review, official, "再说一遍")

    assert error.value.code == "replied_before"
    assert Notification.objects.filter(user=review.author).count() == 1


@pytest.mark.parametrize("text", ["", "加微信 abc12345", "好" * 301])
def test_words_that_are_not_taken(review, county, text):
    with pytest.raises(DomainError) as error:
        answer(review, make_official(region=county), text)

    assert error.value.status == 422


def test_another_county_is_refused_and_written_down(review):
    other = make_official(region=make_county("450110"))

    with pytest.raises(DomainError) as error:
        answer(review, other)

    assert error.value.status == 403
    assert AuditEntry.objects.get(is_refused=True).actor == other.user


def test_the_prefecture_speaks_where_the_county_has_nobody(review, county):
    of_prefecture = make_official(region=county.prefecture)
    assert review_replies.may_reply(of_prefecture.user, review)

    make_official(region=county)

    assert not review_replies.may_reply(of_prefecture.user, review)


def test_nobody_answers_for_an_office_about_their_own(review, county):
    official = make_official(region=county)
    review.product.producer.user = official.user
    review.product.producer.save()
    assert not review_replies.may_reply(official.user, review)

    review.product.producer.user = None
    review.product.producer.save()
    Review.objects.update(author=official.user)
    assert not review_replies.may_reply(official.user, review)


def test_the_desk_and_the_product_page(client, review, county):
    official = make_official(region=county, post_zh="副县长")
    client.force_login(give_factor(official.user))
    page = client.get(reverse("orders:office_reviews"))
    assert "果子很甜" in page.text

    sent = client.post(reverse("orders:office_reply", args=[review.pk]), {"text": "谢谢"})

    assert sent.status_code == 302
    with translation.override("zh-hans"):
        shown = client.get(review.product.get_absolute_url()).text
    assert "副县长" in shown
    again = client.post(reverse("orders:office_reply", args=[review.pk]), {"text": "谢谢"})
    assert again.status_code == 409
    assert (
        client.post(reverse("orders:office_reply", args=[review.pk]), {"text": ""}).status_code
        == 422
    )


def test_without_an_office_there_is_no_desk(client):
    client.force_login(give_factor(make_user()))

    assert client.get(reverse("orders:office_reviews")).status_code == 404
