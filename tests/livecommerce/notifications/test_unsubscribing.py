"""The way out of every e-mail: one click, one kind, one person, and nothing by looking."""

import re

import pytest
from django.core import signing

from livecommerce.notifications import choices, domain, unsubscribing
from livecommerce.notifications.models import Choice
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def letter_to(user, mailoutbox, kind="host_live"):
    domain.notify(user=user, kind=kind, key=f"{kind}:{user.pk}", title="开播了", body="来看看")
    domain.send_due()
    return mailoutbox[-1]


def path_of(letter):
    found = re.fullmatch(r"<https?://[^/]+(/.*)>", letter.extra_headers["List-Unsubscribe"])
    return found[1]


def test_a_mail_programs_one_click_switches_that_kind_off(client, mailoutbox):
    user = make_user()
    letter = letter_to(user, mailoutbox)
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = path_of(letter)
    assert path in letter.body

    seen = client.get(path)
    assert seen.status_code == 200
    assert not Choice.objects.exists(), "a scanner that opens the link changes nothing"

    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    off = [key for key, is_on in choices.choices_of(user).items() if not is_on]
    assert off == [("host_live", "email")]
    client.post(path)
    assert Choice.objects.count() == 1


def test_it_needs_no_cookie_and_no_token_of_a_form(mailoutbox):
    from django.test import Client

    path = path_of(letter_to(make_user(), mailoutbox))
    assert Client(enforce_csrf_checks=True).post(path).status_code == 200


def test_afterwards_that_kind_is_not_mailed(client, mailoutbox):
    user = make_user()
    client.post(path_of(letter_to(user, mailoutbox)))
    domain.notify(user=user, kind="host_live", key="again", title="x", body="x")
    domain.notify(user=user, kind="order_paid", key="other", title="已付款", body="x")
    domain.send_due()
    assert [one.subject for one in mailoutbox[1:]] == ["已付款"]


def test_a_link_that_we_did_not_make_is_unknown(client):
    user = make_user()
    good = unsubscribing.token_for(user, "host_live")
    ours = signing.Signer(salt=unsubscribing.SALT).sign_object
    bad = [
        "nonsense",
        good[:-1] + ("a" if good[-1] != "a" else "b"),
        signing.Signer(salt="another").sign_object([user.pk, "host_live"]),
        ours([user.pk, "no_such_kind"]),
        ours([user.pk + 1000, "host_live"]),
        ours({"a": 1}),
        ours([["a"], "host_live"]),
        ours("text"),
    ]
    for token in bad:
        assert client.post(f"/inbox/unsubscribe/{token}/").status_code == 404
    assert not Choice.objects.exists()


def test_what_cannot_be_switched_off_has_no_link(mailoutbox):
    letter = letter_to(make_user(), mailoutbox, kind="official_verified")
    assert "List-Unsubscribe" not in letter.extra_headers


def test_the_page_speaks_the_readers_language(client, mailoutbox):
    path = path_of(letter_to(make_user(language="en"), mailoutbox))
    page = client.get(path, headers={"Accept-Language": "en"}).content.decode()
    assert "No more e-mail of this kind?" in page
