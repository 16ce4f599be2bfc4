"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

SITE_NAME = _("Bagui Fair")
THEMES = ("light", "dark")


def site(request: HttpRequest) -> dict[str, Any]:
    """`theme` is empty while the reader leaves the choice to the device."""
    theme = request.COOKIES.get("theme", "")
    return {
        "site_name": SITE_NAME,
        "is_demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "theme": theme if theme in THEMES else "",
    }
