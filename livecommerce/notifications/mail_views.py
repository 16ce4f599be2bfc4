"""The page behind a mail's "no more of this"."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from livecommerce.notifications import unsubscribing
from livecommerce.ratelimit import limited


@csrf_exempt  # mail programs post here by themselves; the signed link is what proves the right
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited("unsubscribe", rate=30, per=60)
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing (scanners open every link in a mail); a press, or a mail program's
    one-click request, does."""
    found = unsubscribing.read(token)
    if found is None:
        raise Http404
    user, kind = found
    is_done = request.method == "POST"
    if is_done:
        unsubscribing.unsubscribe(user=user, kind=kind)
    context = {"kind": kind.label, "is_done": is_done}
    answer = render(request, "notifications/unsubscribe.html", context)
    answer["Referrer-Policy"] = "strict-origin"  # `no-referrer` breaks the page's forms
    answer["X-Robots-Tag"] = "noindex"
    return answer
