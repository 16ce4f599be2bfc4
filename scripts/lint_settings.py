"""Settings for mypy's Django plugin, which loads them without any server around."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-type-checking")
os.environ.setdefault("DATABASE_URL", "postgresql://lint@127.0.0.1/lint")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")

from livecommerce.settings import *  # noqa: F403

DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
"""`makemigrations --check` compares files; with a real engine it would ask a server too."""
