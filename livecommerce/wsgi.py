"""The pages role: WSGI, served by granian with blocking threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
_django = get_wsgi_application()

from orders.views.express import ExpressCounter  # noqa: E402  # needs the apps that Django loaded

application = ExpressCounter(_django)
