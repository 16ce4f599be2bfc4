"""How allauth writes to our user model."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from livecommerce.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data.get("display_name") or user.email.split("@")[0][:24]
        user.language = getattr(request, "LANGUAGE_CODE", "zh-hans")
        saved: User = super().save_user(request, user, form, commit)
        return saved
