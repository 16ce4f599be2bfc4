"""The pages role: WSGI, served by granian with blocking threads."""

import gc
import os
from contextlib import suppress

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
_django = get_wsgi_application()

from livecommerce.proxies import VisitorsAddress  # noqa: E402
from orders.views.express import ExpressCounter  # noqa: E402  # needs the apps that Django loaded


def _read_addresses() -> None:
    """Import every page and build the tables of addresses, which each language has for itself.

    Django does so at the first request that needs them, in every thread that has one just then:
    seconds of a process's time in the middle of a flash sale, the first after each deploy.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for app in get_resolver().namespace_dict:
                with suppress(NoReverseMatch):
                    reverse(f"{app}:no such page")


_read_addresses()
gc.collect()
gc.freeze()  # what is loaded stays: no later collection need look at it
application = VisitorsAddress(ExpressCounter(_django), settings.FORWARDED_ALLOW_IPS)
