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


def _payment_sources() -> dict[str, list[str]]:
    """Where paying may lead. A form's redirect counts as `form-action` in Chromium."""
    if settings.STRIPE_API_BASE:
        return {"form-action": [_origin(settings.STRIPE_API_BASE)]}
    if not settings.STRIPE_PUBLISHABLE_KEY:
        return {}
    # Stripe's frames come from changing subdomains (docs.stripe.com/security/guide).
    own = ["https://js.stripe.com", "https://*.js.stripe.com"]
    return {
        "script-src": own,
        "frame-src": [*own, "https://hooks.stripe.com"],
        "connect-src": ["https://api.stripe.com"],
        "form-action": ["https://*.stripe.com"],
    }


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
            update.setdefault("connect-src", []).extend([_origin(realtime_url(request)), media])
            update.setdefault("media-src", []).append(media)
            for name, sources in _payment_sources().items():
                update.setdefault(name, []).extend(sources)
        response._csp_update = update  # type: ignore[attr-defined]
        return super().process_response(request, response)
