"""`manage.py messages`: no string of the shop stays without its Chinese."""

from gettext import GNUTranslations
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from livecommerce import translations
from livecommerce.translations import Wording

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)


@pytest.fixture
def shop(tmp_path):
    """A project of two apps with one template each."""
    (tmp_path / "orders").mkdir()
    (tmp_path / "livecommerce").mkdir()
    (tmp_path / "templates" / "orders").mkdir(parents=True)
    (tmp_path / "templates" / "errors").mkdir()
    return tmp_path


def write_catalogue(root, app, text):
    path = translations.catalogue_path(app, root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + text, "utf-8")


def test_find_in_python_every_form():
    source = (
        'x = _("Pay")\n'
        'y = gettext_lazy("Two " "parts")\n'
        'z = ngettext("one", "many", 3)\n'
        'w = pgettext("a month", "May")\n'
        "v = _(name)\n"
        "def f(**_): ...\n"
    )
    assert dict(translations.find_in_python(source)) == {
        1: Wording("Pay"),
        2: Wording("Two parts"),
        3: Wording("one", "many"),
        4: Wording("May", context="a month"),
    }


def test_find_in_template_every_form():
    source = (
        "{% load i18n %}\n"
        '{% translate "It\'s here" %}\n'
        '{% translate "Light" context "colours" %}\n'
        '{% include "x.html" with label=_("Orders") %}\n'
        "{% blocktranslate trimmed count n=n %}\n{{ n }} piece{% plural %}{{ n }} pieces"
        "{% endblocktranslate %}\n"
        "{% blocktranslate trimmed %}{{ p }}% off{% endblocktranslate %}\n"
        "don't trip over an apostrophe"
    )
    assert {wording for _, wording in translations.find_in_template(source)} == {
        Wording("It's here"),
        Wording("Light", context="colours"),
        Wording("Orders"),
        Wording("%(n)s piece", "%(n)s pieces"),
        Wording("%(p)s%% off"),
    }


def test_find_wordings_gives_each_template_to_its_app(shop):
    (shop / "templates/orders/a.html").write_text('{% load i18n %}{% translate "Order" %}')
    (shop / "templates/errors/b.html").write_text('{% load i18n %}{% translate "Oops" %}')
    (shop / "templates/base.html").write_text('{% load i18n %}{% translate "Home" %}')
    (shop / "orders/x.py").write_text('_("Refund")')
    assert translations.find_wordings("orders", shop) == {
        Wording("Refund"): "orders/x.py:1",
        Wording("Order"): "templates/orders/a.html:1",
    }
    assert set(translations.find_wordings("livecommerce", shop)) == {
        Wording("Oops"),
        Wording("Home"),
    }


def test_check_names_missing_fuzzy_and_uneven(shop):
    (shop / "orders/x.py").write_text('_("A")\n_("B")\n_("C %(n)s")\n_("Shared")\n_("Empty")\n')
    write_catalogue(
        shop,
        "orders",
        'msgid "A"\nmsgstr "甲"\n\n#, fuzzy\nmsgid "B"\nmsgstr "乙"\n\n'
        'msgid "C %(n)s"\nmsgstr "丙"\n\nmsgid "Empty"\nmsgstr ""\n',
    )
    write_catalogue(shop, "livecommerce", 'msgid "Shared"\nmsgstr "共用"\n')
    report = translations.check_app("orders", shop)
    assert {wording.id for wording in report.missing} == {"B", "Empty"}
    assert report.fuzzy == ["B"]
    assert report.uneven == ["C %(n)s"]
    assert not report.is_complete


def test_compile_writes_what_django_reads(shop):
    write_catalogue(shop, "orders", 'msgctxt "colours"\nmsgid "Light"\nmsgstr "浅色"\n')
    target = translations.compile_app("orders", shop)
    with target.open("rb") as file:
        assert GNUTranslations(file).pgettext("colours", "Light") == "浅色"
    assert translations.compile_app("streams", shop) is None


def test_printed_entry_is_read_back(shop):
    wording = Wording('%(n)s "piece"', '%(n)s "pieces"', "shelf")
    entry = translations.as_po(wording, "x.py:1").replace('[0] ""', '[0] "%(n)s 件"')
    write_catalogue(shop, "orders", entry)
    message = translations.read_catalogue(translations.catalogue_path("orders", shop)).get(
        wording.id, "shelf"
    )
    assert message.string == ("%(n)s 件",)


def test_command_refuses_an_unknown_app():
    with pytest.raises(CommandError, match="no such app: shop"):
        call_command("messages", "shop")


@pytest.mark.parametrize("app", translations.APPS)
def test_every_string_is_translated(app):
    out = StringIO()
    try:
        call_command("messages", app, "--check", stdout=out)
    except CommandError:
        pytest.fail(out.getvalue())


def test_one_wording_has_one_translation_whichever_app_says_it():
    """Django reads all catalogues as one: of two translations the last read would be everybody's.
    What has two meanings takes a context."""
    said = {}
    for app in translations.APPS:
        for message in translations.read_catalogue(translations.catalogue_path(app)):
            if message.id:
                key = (message.context, str(message.id))
                said.setdefault(key, set()).add(str(message.string))
    assert {key: words for key, words in said.items() if len(words) > 1} == {}
