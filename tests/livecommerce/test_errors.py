"""What people see when something is refused or breaks."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import translation

from livecommerce import errors
from livecommerce.errors import DomainError, DomainErrorMiddleware
from tests.factories import make_user

WORDS = {
    "zh-hans": {
        400: "没能看懂这个请求",
        403: "你暂时不能打开这个页面",
        404: "这片地还空着",
        500: "我们这边出了故障",
    },
    "en": {
        400: "That request did not make sense to us",
        403: "This page is not open to you",
        404: "Nothing is growing here",
        500: "Something broke on our side",
    },
}
VIEWS = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    500: errors.server_error,
}


def a_request(**headers):
    request = RequestFactory().get("/", headers=headers)
    request.user = AnonymousUser()
    request.session = {}
    return request


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("status", VIEWS)
def test_error_page_speaks_both_languages(status, language):
    """None of them asks the database (there is none in this test)."""
    with translation.override(language):
        answer = VIEWS[status](a_request())
    assert answer.status_code == status
    assert f"<h1>{WORDS[language][status]}</h1>" in answer.content.decode()


def test_stale_form_is_explained(client):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "这个表单已过期" in answer.content.decode()


def test_too_fast_is_said_in_the_way_that_was_asked():
    error = DomainError("too_fast", "太快了", status=429, retry_after=7)
    answer = errors.refuse(a_request(hx_request="true"), error)
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")


@pytest.mark.django_db
def test_forms_sent_too_often_get_a_page(client, clean_cache):
    client.force_login(make_user())
    form = {"display_name": "", "language": "en"}

    def too_often(**headers):
        """The limit gives one more every other second, so one press may be let in again."""
        answers = (client.post("/me/", form, headers=headers) for _ in range(60))
        return next(answer for answer in answers if answer.status_code == 429)

    assert "这一步没有成功" in too_often(accept="text/html,*/*").content.decode()
    assert too_often(**{"hx-request": "true"})["HX-Retarget"] == "#toasts"
    assert too_often(accept="*/*")["Content-Type"].startswith("text/plain")


def test_refusal_becomes_a_page_or_a_message():
    middleware = DomainErrorMiddleware(lambda request: None)
    error = DomainError("sold_out", "只剩 <1> 件", status=409)
    page = middleware.process_exception(a_request(), error)
    assert page.status_code == 409
    assert "只剩 &lt;1&gt; 件" in page.content.decode()
    assert "HX-Retarget" not in page
    message = middleware.process_exception(a_request(hx_request="true"), error)
    assert (message.status_code, message["HX-Retarget"]) == (409, "#toasts")
    assert message.content.decode().strip().startswith('<div class="toast toast-error">')
    assert middleware.process_exception(a_request(), ValueError()) is None
