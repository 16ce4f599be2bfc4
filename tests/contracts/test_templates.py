"""Every template, read as text: it compiles, obeys the security policy and names what exists."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*.html")
)
SPRITE = set(
    re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons/sprite.svg").read_text("utf-8"))
)
INLINE_STYLE = re.compile(r"<style[\s>]|\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE)
INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))", re.IGNORECASE
)
HTMX_EVAL = re.compile(r"\bhx-on|hx-vals='?\"?js:|hx-headers='?\"?js:")
ICON = re.compile(r'{%\s*icon "([\w-]+)"|\bicon="([\w-]+)"')
URL = re.compile(r'{%\s*url "([\w:-]+)"')


def source(name):
    return (ROOT / "templates" / name).read_text("utf-8")


def known_urls():
    """Every `namespace:name` and plain name of the URL configuration."""
    found = set()

    def walk(resolver, prefix):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                walk(pattern, space)
            elif pattern.name:
                found.add(f"{prefix}{pattern.name}")

    walk(get_resolver(), "")
    return found


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_obeys_the_security_policy(name):
    text = re.sub(r"{%.*?%}", "", source(name), flags=re.DOTALL)
    for forbidden in (INLINE_STYLE, HANDLER, INLINE_SCRIPT, HTMX_EVAL):
        assert not forbidden.search(text), forbidden.pattern


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_names_icons_and_addresses_that_exist(name):
    text = source(name)
    icons = {first or second for first, second in ICON.findall(text)}
    assert icons <= SPRITE
    addresses = set(URL.findall(text))
    assert addresses <= known_urls()


def test_dark_theme_is_the_same_by_device_and_by_choice():
    text = (ROOT / "static/css/tokens.css").read_text("utf-8")
    blocks = [
        re.findall(r"(--[\w-]+|color-scheme): ([^;]+);", block)
        for block in re.findall(r"{([^{}]*color-scheme: dark[^{}]*)}", text)
    ]
    assert len(blocks) == 2
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) > 30
