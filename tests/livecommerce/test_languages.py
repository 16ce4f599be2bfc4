"""Both languages are whole, and dates, money and numbers take the form of the one that is read."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from livecommerce import translations
from livecommerce.money import format_fen
from tests.factories import make_county, make_prefecture, make_product

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
NOT_WORDS = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}"
    r"|{%\s*block body_class\s*%}.*?{%\s*endblock\s*%}|{#.*?#}|<!--.*?-->"
    r"|<script.*?</script>|<svg.*?</svg>|<(?:code|kbd|pre)\b.*?</(?:code|kbd|pre)>",
    re.DOTALL,
)
READ_ALOUD = re.compile(r'\b(?:aria-label|placeholder|title|alt)="([^"]*)"')
WORD = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]{3,}")
NAMES = {"CSV", "PDF", "XLSX", "JSON", "中文", "简体中文", "English"}
"""The same in every language: kinds of files, and what languages call themselves."""
OWN_LANGUAGES = ("components/gallery.html",)
"""The designers' own page shows both at once."""


@pytest.mark.parametrize("app", translations.APPS)
def test_every_string_has_its_chinese(app):
    report = translations.check_app(app)
    told = [f"{report.where[one]} {one.id!r}" for one in report.missing]
    assert (told, report.fuzzy, report.uneven) == ([], [], [])


def bare_words(source):
    """What a template says without asking for a translation."""
    text = re.sub(r"{%.*?%}|{{.*?}}", "\0", NOT_WORDS.sub(" ", source), flags=re.DOTALL)
    seen = re.sub(r"&\w+;", " ", re.sub(r"<[^>]*>", " ", text))
    return set(WORD.findall(" ".join([seen, *READ_ALOUD.findall(text)]))) - NAMES


def test_no_template_speaks_one_language_only():
    found = {
        str(path.relative_to(TEMPLATES)): words
        for path in sorted(TEMPLATES.rglob("*.html"))
        if str(path.relative_to(TEMPLATES)) not in OWN_LANGUAGES
        and (words := bare_words(path.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Buy now</p>", {"Buy", "now"}),
        ('<button aria-label="关闭">{% icon "close" %}</button>', {"关闭"}),
        ('<p>{% translate "Buy" %} {{ name }} &nbsp; ¥29.50</p>', set()),
        ("{% blocktranslate %}Buy {{ n }}{% endblocktranslate %}", set()),
        ("<code>whip</code> CSV", set()),
    ],
)
def test_bare_words_are_found(source, words):
    assert bare_words(source) == words


SAYING = {"DomainError": 1, "ValidationError": 0, "success": 1, "error": 1, "info": 1, "warning": 1}
"""Calls that speak to people, and which argument they say."""


NOT_TO_PEOPLE = ("livecommerce/gallery.py", "streams/domain/draw_seal.py")
"""The designers' page; and what only the operator of the servers reads."""


def bare_sayings(source):
    """Lines on which a person is told a literal that nobody translates."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = getattr(function, "id", None) or getattr(function, "attr", "")
        owner = getattr(getattr(function, "value", None), "id", "")
        if name not in SAYING or (name in ("success", "error", "info", "warning")) != (
            owner == "messages"
        ):
            continue
        if len(node.args) <= SAYING[name]:
            continue
        said = node.args[SAYING[name]]
        if isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value:
            yield node.lineno


def test_no_refusal_or_message_speaks_one_language_only():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for app in translations.APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in NOT_TO_PEOPLE
        for line in bare_sayings(path.read_text("utf-8"))
    ]
    assert found == []


def test_bare_sayings_are_found():
    source = (
        'raise DomainError("a", "No.")\nmessages.error(request, "No.")\n'
        'raise DomainError("a", _("No."))\nlog.error("no")\nmessages.info(request, _("No."))\n'
    )
    assert list(bare_sayings(source)) == [1, 2]


def render(text, **context):
    return engines["django"].from_string("{% load humanize i18n %}" + text).render(context)


MOMENT = datetime(2026, 3, 3, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "style", "shown"),
    [
        ("zh-hans", "DATE_FORMAT", "2026年3月3日"),
        ("zh-hans", "DATETIME_FORMAT", "2026年3月3日 20:05"),
        ("zh-hans", "SHORT_DATE_FORMAT", "3月3日"),
        ("zh-hans", "SHORT_DATETIME_FORMAT", "3月3日 20:05"),
        ("en", "DATE_FORMAT", "3 March 2026"),
        ("en", "DATETIME_FORMAT", "3 March 2026, 20:05"),
        ("en", "SHORT_DATE_FORMAT", "3 Mar"),
        ("en", "SHORT_DATETIME_FORMAT", "3 Mar, 20:05"),
    ],
)
def test_dates_take_the_languages_form_in_the_shops_time(language, style, shown):
    with translation.override(language):
        assert render(f'{{{{ at|date:"{style}" }}}}', at=MOMENT) == shown


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_money_and_numbers_are_grouped_by_thousands(language):
    with translation.override(language):
        assert render("{{ fen|yuan }}", fen=123_456_789) == "1,234,567.89"
        assert render("{{ n|intcomma }}", n=1_234_567) == "1,234,567"
        assert render("{{ share|floatformat:1 }}", share=12.34) == "12.3"
    assert (format_fen(2950), format_fen(5000), format_fen(-150)) == ("29.50", "50", "-1.50")


MACHINES = {"c", "U", "Y-m-d", "Y-m", "Ymd", "H:i", "H:i:s", "s", "l", "D", "j", "Y"}
"""For machines, or the same in both languages."""


def test_no_template_spells_a_date_of_its_own():
    found = {
        f"{path.relative_to(TEMPLATES)} {style}"
        for path in TEMPLATES.rglob("*.html")
        for style in re.findall(r'\|date:"([^"]*)"', path.read_text("utf-8"))
        if not style.endswith("_FORMAT") and style not in MACHINES
    }
    assert found == set()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_zhuang_names_of_places_are_shown_where_known(client, language):
    county = make_county(name_za="Fungsanh Yen", parent=make_prefecture(name_za="Hozciz Si"))
    product = make_product(county=county)
    with translation.override(language):
        headers = {"accept-language": language}
        place = client.get(f"/p/{county.parent_id}/", headers=headers).content.decode()
        goods = client.get(product.get_absolute_url(), headers=headers).content.decode()
    assert 'lang="za">Hozciz Si' in place
    assert 'lang="za">Fungsanh Yen' in place
    assert 'lang="za">Fungsanh Yen' in goods
