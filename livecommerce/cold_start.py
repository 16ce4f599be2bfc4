"""What a process reads before its first work, rather than in the middle of it."""

from contextlib import suppress

from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import translation


def read_addresses() -> None:
    """Import every page and build the tables of addresses, which each language has for itself.

    Django does so when they are first needed, in every thread that needs them just then: seconds
    of a process's time in the middle of a flash sale, the first after each deploy; in the worker
    four times the work for its four threads.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for app in get_resolver().namespace_dict:
                with suppress(NoReverseMatch):
                    reverse(f"{app}:no such page")
