"""The reference: a Django view that does nothing, on the same server with the same threads.

No middleware, no database, no template: what Django and granian cost by themselves.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok", content_type="text/plain")


def _make() -> object:
    from django.conf import settings  # the environment is read on import

    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "tests.bench.pages.minimal"
    return get_wsgi_application()


urlpatterns = [path("", nothing)]
application = _make()
