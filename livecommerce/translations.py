"""What the shop says, in two languages: finds every string, checks and compiles the catalogues.

Each app keeps the Chinese of its own Python and of `templates/<app>/`; other templates belong
to the project package. GNU gettext is not needed: Python is read by `ast`, templates through
Django's own `templatize`, and Babel reads .po and writes .mo.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("livecommerce", "officials", "products", "streams", "orders")
LOCALE = "zh_Hans"

# Function name → the roles of its first arguments.
_CALLS = {
    name + lazy: roles
    for name, roles in {
        "gettext": ("id",),
        "ngettext": ("id", "plural"),
        "pgettext": ("context", "id"),
        "npgettext": ("context", "id", "plural"),
    }.items()
    for lazy in ("", "_lazy")
} | {"_": ("id",), "gettext_noop": ("id",)}
_LITERAL = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_TEMPLATE_CALL = re.compile(
    rf"\b(n?p?gettext|_)\(\s*u?((?:{_LITERAL})(?:\s*,\s*u?(?:{_LITERAL}))*)", re.DOTALL
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


@dataclass(frozen=True)
class Wording:
    """One string of the source: English, its plural and its context, if any."""

    id: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.id)


@dataclass
class Report:
    """What one app's catalogue lacks; `where` tells the first place of each string."""

    app: str
    where: dict[Wording, str]
    missing: list[Wording] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    uneven: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        return not (self.missing or self.fuzzy or self.uneven)


def _wording(name: str, arguments: list[str]) -> Wording | None:
    roles = _CALLS[name]
    if len(arguments) < len(roles):
        return None
    return Wording(**dict(zip(roles, arguments, strict=False)))


def find_in_python(source: str) -> Iterator[tuple[int, Wording]]:
    """Line and wording of each call of a gettext function whose arguments are literals."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = getattr(function, "id", None) or getattr(function, "attr", "")
        if name not in _CALLS:
            continue
        literals: list[str] = []
        for argument in node.args:
            if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
                break
            literals.append(argument.value)
        if wording := _wording(name, literals):
            yield node.lineno, wording


def find_in_template(source: str) -> Iterator[tuple[int, Wording]]:
    """The same for a template: `translate`, `blocktranslate` and `_("…")` in tags."""
    text = templatize(source)
    for call in _TEMPLATE_CALL.finditer(text):
        literals = [ast.literal_eval(part) for part in re.findall(_LITERAL, call[2], re.DOTALL)]
        if wording := _wording(call[1], literals):
            yield text.count("\n", 0, call.start()) + 1, wording


def _sources(app: str, root: Path) -> Iterator[Path]:
    folder = root / app
    yield from sorted(
        path
        for pattern in ("**/*.py", "**/templates/**/*.html", "**/templates/**/*.txt")
        for path in folder.glob(pattern)
        if "migrations" not in path.parts
    )
    others = {name for name in APPS if name != app}
    templates = root / "templates"
    for path in sorted((*templates.rglob("*.html"), *templates.rglob("*.txt"))):
        owner = path.relative_to(templates).parts[0]
        if owner == app or (app == APPS[0] and owner not in others):
            yield path


def find_wordings(app: str, root: Path | None = None) -> dict[Wording, str]:
    """Every string of an app → `path:line` of its first use."""
    root = root or settings.BASE_DIR
    found: dict[Wording, str] = {}
    for path in _sources(app, root):
        source = path.read_text("utf-8")
        find = find_in_python if path.suffix == ".py" else find_in_template
        for line, wording in find(source):
            found.setdefault(wording, f"{path.relative_to(root)}:{line}")
    return found


def catalogue_path(app: str, root: Path | None = None) -> Path:
    return (root or settings.BASE_DIR) / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path) -> Catalog:
    if not path.is_file():
        return Catalog(locale=LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, abort_invalid=True)


def _strings(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, (list, tuple)) else [str(value)]


def _is_translated(message: Message | None) -> bool:
    return message is not None and not message.fuzzy and all(_strings(message.string))


def _is_even(message: Message) -> bool:
    """The Chinese fills the same blanks as the English (a plural may leave its number out)."""
    wanted = set(_PLACEHOLDER.findall(" ".join(_strings(message.id))))
    used = set(_PLACEHOLDER.findall(" ".join(_strings(message.string))))
    return used == wanted if not message.pluralizable else used <= wanted


def check_app(app: str, root: Path | None = None) -> Report:
    """A string may be translated in the app's own catalogue or in the project package's."""
    catalogues = [
        read_catalogue(catalogue_path(name, root)) for name in dict.fromkeys((app, APPS[0]))
    ]
    report = Report(app, find_wordings(app, root))
    for wording in report.where:
        messages = [c.get(wording.id, wording.context or None) for c in catalogues]
        if not any(_is_translated(message) for message in messages):
            report.missing.append(wording)
    for message in catalogues[0]:
        if not message.id:
            continue
        name = _strings(message.id)[0]
        if message.fuzzy:
            report.fuzzy.append(name)
        elif _is_translated(message) and not _is_even(message):
            report.uneven.append(name)
    return report


def compile_app(app: str, root: Path | None = None) -> Path | None:
    """Writes django.mo beside django.po (whole, or not at all); None without a catalogue."""
    source = catalogue_path(app, root)
    if not source.is_file():
        return None
    catalogue = read_catalogue(source)
    target = source.with_suffix(".mo")
    draft = source.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)
    return target


def as_po(wording: Wording, where: str) -> str:
    """An entry to paste into the catalogue, its translation left empty."""

    def quoted(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'

    lines = [f"#: {where}"]
    if "%(" in wording.id + wording.plural:
        lines.append("#, python-format")
    if wording.context:
        lines.append(f"msgctxt {quoted(wording.context)}")
    lines.append(f"msgid {quoted(wording.id)}")
    if wording.plural:
        lines += [f"msgid_plural {quoted(wording.plural)}", 'msgstr[0] ""']
    else:
        lines.append('msgstr ""')
    return "\n".join(lines) + "\n"
