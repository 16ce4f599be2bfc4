"""Words that advertising law forbids or wants shown, marked in a script before anybody reads it.

The lists are data (data/advertising_*.csv): a start, to be edited by people who know the law.
A hit is a reason to look again, never a verdict.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from livecommerce.bilingual import pick
from livecommerce.wording.matcher import WordList
from livecommerce.wording.tables import read_rows

BLOT = "×"


class Level(StrEnum):
    FORBIDDEN = "forbidden"
    CHECK = "check"
    """Allowed where it is true and can be shown."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of words and the article behind it."""

    code: str
    law_zh: str
    law_en: str
    explanation_zh: str
    explanation_en: str

    @property
    def law(self) -> str:
        return pick(self.law_zh, self.law_en)

    @property
    def explanation(self) -> str:
        return pick(self.explanation_zh, self.explanation_en)


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` of the text checked reads as `word`. Texts are in the reader's language."""

    start: int
    end: int
    word: str
    level: Level
    rule: Rule
    suggestion_zh: str
    suggestion_en: str

    @property
    def rule_code(self) -> str:
        return self.rule.code

    @property
    def law(self) -> str:
        return self.rule.law

    @property
    def explanation(self) -> str:
        return self.rule.explanation

    @property
    def suggestion(self) -> str:
        return pick(self.suggestion_zh, self.suggestion_en)


@dataclass(frozen=True, slots=True)
class _Entry:
    rule: Rule
    level: Level
    suggestion_zh: str
    suggestion_en: str


def check_advertising(text: str) -> list[Finding]:
    """What to look at again in a product text, script or poster, from left to right.

    Never raises; linear in the text. Of overlapping words the longest counts.
    """
    entries = _entries()
    return [
        Finding(
            start=hit.start,
            end=hit.end,
            word=hit.word,
            level=entries[hit.word].level,
            rule=entries[hit.word].rule,
            suggestion_zh=entries[hit.word].suggestion_zh,
            suggestion_en=entries[hit.word].suggestion_en,
        )
        for hit in _word_list().find(text)
    ]


def check(text: str) -> list[Finding]:
    """The same by a shorter name: `advertising.check(text)`."""
    return check_advertising(text)


def forbidden_in(text: str) -> list[Finding]:
    """Only what the law forbids as it stands, not what would have to be shown to be true."""
    return [one for one in check_advertising(text) if one.level == Level.FORBIDDEN]


def without_forbidden(text: str) -> str:
    """The text with each forbidden word blotted out, for where nobody can be asked any more."""
    for one in reversed(forbidden_in(text)):
        text = text[: one.start] + BLOT * (one.end - one.start) + text[one.end :]
    return text


@cache
def rules() -> dict[str, Rule]:
    """Code → rule, for a page that explains them all."""
    wanted = ("code", "law_zh", "law_en", "explanation_zh", "explanation_en")
    return {
        row["code"]: Rule(**{name: row[name] for name in wanted})
        for row in read_rows("advertising_rules")
    }


@cache
def _entries() -> dict[str, _Entry]:
    suggestions = {
        row["code"]: (row["suggestion_zh"], row["suggestion_en"])
        for row in read_rows("advertising_rules")
    }
    entries: dict[str, _Entry] = {}
    for row in read_rows("advertising_words"):
        zh, en = suggestions[row["rule"]]
        entry = _Entry(
            rules()[row["rule"]],
            Level(row["level"]),
            row["suggestion_zh"] or zh,
            row["suggestion_en"] or en,
        )
        for word in _with_digit(row["words"]):
            entries.setdefault(word, entry)
    return entries


@cache
def _word_list() -> WordList:
    exceptions = (
        phrase
        for row in read_rows("advertising_exceptions")
        for phrase in _with_digit(row["words"])
    )
    return WordList(_entries(), exceptions=exceptions, within_sentences=True)


def _with_digit(cell: str) -> Iterator[str]:
    for word in cell.split("|"):
        yield word
        if "第一" in word:
            yield word.replace("第一", "第1")
