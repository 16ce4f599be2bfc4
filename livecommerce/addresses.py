"""Where the browser finds the realtime and media roles, seen from the page it is on."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def _hostname(request: HttpRequest) -> str:
    name = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    return f"[{name}]" if ":" in name else name


def realtime_url(request: HttpRequest) -> str:
    """`ws(s)://host[:port]` of the realtime role, without a slash at the end."""
    if settings.REALTIME_PUBLIC_URL:
        return str(settings.REALTIME_PUBLIC_URL).rstrip("/")
    scheme = "wss" if request.is_secure() else "ws"
    return f"{scheme}://{_hostname(request)}:{settings.REALTIME_PORT}"


def media_url(request: HttpRequest) -> str:
    """`http(s)://host[:port][/prefix]` of the media role, without a slash at the end."""
    if settings.MEDIA_PUBLIC_URL:
        return str(settings.MEDIA_PUBLIC_URL).rstrip("/")
    return f"{request.scheme}://{_hostname(request)}:{settings.MEDIA_PORT}"
