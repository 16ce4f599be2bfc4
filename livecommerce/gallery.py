"""With DEBUG only: every component on one page, to look at while designing."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from livecommerce.errors import DomainError

# Code, name in both languages: enough to draw the map without a database.
_TILES = (
    ("450100", "南宁", "Nanning"),
    ("450200", "柳州", "Liuzhou"),
    ("450300", "桂林", "Guilin"),
    ("450400", "梧州", "Wuzhou"),
    ("450500", "北海", "Beihai"),
    ("450600", "防城港", "Fangchenggang"),
    ("450700", "钦州", "Qinzhou"),
    ("450800", "贵港", "Guigang"),
    ("450900", "玉林", "Yulin"),
    ("451000", "百色", "Baise"),
    ("451100", "贺州", "Hezhou"),
    ("451200", "河池", "Hechi"),
    ("451300", "来宾", "Laibin"),
    ("451400", "崇左", "Chongzuo"),
)


def gallery(request: HttpRequest) -> HttpResponse:
    sprite = (settings.BASE_DIR / "static/icons/sprite.svg").read_text("utf-8")
    in_english = request.LANGUAGE_CODE == "en"
    regions = [
        {"code": code, "short_name": en if in_english else zh, "url": f"#{code}", "is_live": not n}
        for n, (code, zh, en) in enumerate(_TILES)
    ]
    icons = re.findall(r'symbol id="([\w-]+)"', sprite)
    return render(request, "components/gallery.html", {"icons": icons, "regions": regions})


def error_page(request: HttpRequest, name: str) -> HttpResponse:
    error = DomainError("sold_out", "仅剩 1 件，请减少数量。")
    return render(request, f"errors/{name}.html", {"error": error})


urlpatterns: list[URLPattern] = (
    [path("gallery/", gallery), path("gallery/errors/<slug:name>/", error_page)]
    if settings.DEBUG
    else []
)
