"""What a phone on a weak network has to fetch before a page works."""

import re
from pathlib import PurePosixPath

import brotli
import pytest
from django.contrib.staticfiles import finders

from tests.streams.shows import make_show

pytestmark = pytest.mark.django_db
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*["'](\.[^"']+)["'];""", re.MULTILINE)


def read(path):
    found = finders.find(path)
    assert found, f"{path} is named by a page and not there"
    with open(found, encoding="utf-8") as file:
        return file.read()


def module_graph(path, seen):
    """`path` and all it imports statically; what is imported later, by need, is not counted."""
    if path in seen:
        return
    seen[path] = read(path)
    for name in IMPORT.findall(seen[path]):
        parts = []
        for part in (PurePosixPath(path).parent / name).parts:
            if part == "..":
                parts.pop()
            elif part != ".":
                parts.append(part)
        module_graph("/".join(parts), seen)


def compressed(texts):
    return sum(len(brotli.compress(text.encode())) for text in texts)


@pytest.fixture
def room_page(client):
    broadcast = make_show(state="live", items=2, deal=True)
    return client.get(f"/rooms/{broadcast.public_id}/").content.decode()


def test_room_page_scripts_stay_under_60_kb(room_page):
    graph = {}
    for source in re.findall(r'<script[^>]* src="/static/([^"]+)"', room_page):
        module_graph(source, graph)
    assert "js/elements/live-room.js" in graph
    assert not [path for path in graph if "hls" in path], "hls.js is loaded only when it plays"
    assert compressed(graph.values()) <= 60_000


def test_room_page_styles_stay_under_20_kb(room_page):
    paths = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', room_page)
    assert len(paths) > 3
    assert compressed(read(path) for path in paths) <= 20_000
