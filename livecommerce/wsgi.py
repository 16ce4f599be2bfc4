"""The pages role: WSGI, served by granian with blocking threads."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
_django = get_wsgi_application()

from livecommerce.cold_start import read_addresses  # noqa: E402
from livecommerce.proxies import VisitorsAddress  # noqa: E402
from orders.views.express import ExpressCounter  # noqa: E402  # needs the apps that Django loaded

read_addresses()
import_module("pypinyin")  # what the search reads words with: half a second of a first press
gc.collect()
gc.freeze()  # what is loaded stays: no later collection need look at it
application = VisitorsAddress(ExpressCounter(_django), settings.FORWARDED_ALLOW_IPS)
