from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "livecommerce.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # needs the app registry

        authenticator_added.connect(_note_factor, dispatch_uid="accounts.note_factor")


def _note_factor(request: Any, user: Any, **_: Any) -> None:
    from livecommerce.accounts.devices import end_passworded  # needs the app registry

    end_passworded(user=user, session_key=request.session.session_key or "")
