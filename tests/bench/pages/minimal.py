"""The reference: a Django view that does nothing, on the same server with the same threads.

No middleware, no database, no template: what Django and granian cost by themselves.
"""

import os

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok", content_type="text/plain")


def _make() -> WSGIHandler:
    from django.conf import settings  # the environment is read on import

    django.setup()  # with the shop's middleware, as its apps check for it
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "tests.bench.pages.minimal"
    return WSGIHandler()


urlpatterns = [path("", nothing)]
application = _make()
