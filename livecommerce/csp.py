"""The content security policy, with the two addresses that depend on the host asked for.

No page may run inline code. The admin (django-unfold, Alpine) needs `unsafe-eval` and inline
style attributes; it is the only place that gets them.
"""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from livecommerce.addresses import media_url, realtime_url


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class PolicyMiddleware(CSPMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        update: dict[str, Any] = dict(getattr(response, "_csp_update", None) or {})
        if request.path.startswith("/admin/"):
            update["script-src"] = [SELF, UNSAFE_EVAL]
            update["style-src"] = [SELF, UNSAFE_INLINE]
        else:
            media = _origin(media_url(request))
            update.setdefault("connect-src", []).extend(
                [_origin(realtime_url(request)), media]
            )
            update.setdefault("media-src", []).append(media)
            if settings.STRIPE_PUBLISHABLE_KEY and not settings.STRIPE_API_BASE:
                for name in ("script-src", "frame-src"):
                    update.setdefault(name, []).append("https://js.stripe.com")
                update["frame-src"].append("https://hooks.stripe.com")
                update["connect-src"].append("https://api.stripe.com")
        response._csp_update = update  # type: ignore[attr-defined]
        return super().process_response(request, response)
