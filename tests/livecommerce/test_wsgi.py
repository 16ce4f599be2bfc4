"""What a process of the pages role has read before its first request."""

import subprocess
import sys
import textwrap

from django.conf import settings


def ask_a_fresh_process(program):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_addresses_of_every_language_are_read_before_the_first_request():
    done = ask_a_fresh_process("""
        import os
        os.environ["DJANGO_SETTINGS_MODULE"] = "scripts.lint_settings"
        import livecommerce.wsgi
        import django.urls.resolvers as resolvers
        from django.urls import reverse
        from django.utils import translation

        populate, late = resolvers.URLResolver._populate, []
        def count(self):
            late.append(self)
            return populate(self)
        resolvers.URLResolver._populate = count

        for language in ("zh-hans", "en"):
            with translation.override(language):
                reverse("orders:place", args=["sku"])
                reverse("streams:room", args=["abcdef"])
        print(len(late), "late")
        with translation.override("de"):
            reverse("orders:place", args=["sku"])
        print(len(late) > 0, "counted")
    """)
    assert done.stdout.split("\n")[:2] == ["0 late", "True counted"], done.stderr


def test_worker_reads_addresses_before_its_threads_begin():
    done = ask_a_fresh_process("""
        import os
        os.environ["DJANGO_SETTINGS_MODULE"] = "scripts.lint_settings"
        import django
        django.setup()
        from celery.signals import worker_init
        from livecommerce.celery import app
        from django.urls import get_resolver
        from django.utils import translation

        def read():
            tables = []
            for language in ("zh-hans", "en"):
                with translation.override(language):
                    tables.append(language in get_resolver()._namespace_dict)
            return tables

        print(read(), worker_init.send(None) and read())
    """)
    assert done.stdout.strip() == "[False, False] [True, True]", done.stderr
