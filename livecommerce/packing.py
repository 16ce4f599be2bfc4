"""Pages in gzip: a room's page is 76 kB of markup that repeats itself, and 14 kB packed. On a
village's 400 kbit/s that is the second and a quarter in which nothing can be seen or bought."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PACKED = frozenset(("text/html", "text/plain", "application/json", "text/javascript"))


class PackingMiddleware(GZipMiddleware):
    """Only what is text, and only what is read: answers to presses are small, and those of the
    express counter have to be the same. Django's middleware pads at random what it packs, and CSRF
    tokens are masked anew each time, so that the length of an answer tells nothing of a secret."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if request.method != "GET" or response.streaming or kind not in PACKED:
            return response
        return super().process_response(request, response)
