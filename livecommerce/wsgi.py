"""The pages role: WSGI, served by granian with blocking threads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecommerce.settings")
application = get_wsgi_application()
