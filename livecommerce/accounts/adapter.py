"""How allauth writes to our user model, and in which language a person is met."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse

from livecommerce.accounts.models import User
from livecommerce.accounts.names import new_name
from livecommerce.context import SITE_NAME


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data.get("display_name") or new_name()
        user.language = getattr(request, "LANGUAGE_CODE", "zh-hans")
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Subjects are rendered without the request, so the site's name comes from here."""
        letter: EmailMessage = super().render_mail(
            template_prefix,
            email,
            {"site_name": SITE_NAME, "public_url": settings.PUBLIC_URL, **context},
            headers,
        )
        return letter

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A new device speaks the person's language, unless another was chosen on it."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        name = settings.LANGUAGE_COOKIE_NAME
        if name not in request.COOKIES and user.language != settings.LANGUAGE_CODE:
            response.set_cookie(
                name, user.language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        return response
