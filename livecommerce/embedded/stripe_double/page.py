"""HTML pages from small templates; every value is escaped unless it is `Markup` already."""

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Literal

from starlette.requests import Request

from livecommerce.embedded.stripe_double.words import WORDS, say

Lang = Literal["zh", "en"]
FOLDER = Path(__file__).parent / "pages"


class Markup(str):
    """Text that is HTML already."""

    @classmethod
    def of(cls, pattern: str, *values: str) -> "Markup":
        """The pattern with the values put in, escaped."""
        return cls(pattern.format(*(escape(value) for value in values)))

    def join(self, parts: Iterable[str]) -> "Markup":
        return Markup(super().join(parts))


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / name).read_text("utf-8"))


def render(name: str, lang: Lang, **values: str) -> str:
    """The page inside the frame; `$t_word` in a template is that word in the page's language."""
    words = {f"t_{word}": escape(say(word, lang)) for word in WORDS}
    safe = {
        key: value if isinstance(value, Markup) else escape(value) for key, value in values.items()
    }
    body = _template(name).substitute(words, **safe)
    html_lang = "zh-Hans" if lang == "zh" else "en"
    title = safe.get("title") or words["t_pay_title"]
    framed = {**words, **safe, "title": title, "body": body, "html_lang": html_lang}
    return _template("frame.html").substitute(framed)


def choose_language(request: Request) -> Lang:
    """`?lang=` first, then the browser's first known wish, then Chinese."""
    wishes = [request.query_params.get("lang", "")]
    wishes += request.headers.get("accept-language", "").split(",")
    for wish in wishes:
        code = wish.strip().lower()[:2]
        if code == "zh":
            return "zh"
        if code == "en":
            return "en"
    return "zh"
