"""Search words of the catalogue: pure text in, index words and query words out.

PostgreSQL's own parser keeps a Chinese phrase as one word, so the app cuts: Chinese into single
characters and pairs, their pinyin into joined syllables and initials (芒果 → `mangguo`, `mg`),
Latin text into lower-case words. Every word is `[0-9a-z]+` or Chinese characters, so that none
needs quoting rules beyond a pair of quotes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[0-9a-z]+")
_MAX_SYLLABLES = 6
_MAX_QUERY_CHARACTERS = 80
_MAX_QUERY_WORDS = 12
_MAX_WORD = 40


class Word(NamedTuple):
    """`is_prefix`: whatever is being typed may go on (`mang` finds `mangguo`)."""

    text: str
    is_prefix: bool


def _runs(text: str) -> Iterator[str]:
    decomposed = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "")).lower()
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return (match.group()[:_MAX_WORD] for match in _RUN.finditer(plain))


def _is_chinese(run: str) -> bool:
    return run[0] > "\u2fff"


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _singular(word: str) -> str:
    """`mangoes`, `mangos` → `mango`; `peas` stays: short words are left alone."""
    if len(word) > 4 and word.endswith(("oes", "shes", "ches")):
        return word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _pinyin(run: str) -> Iterator[str]:
    syllables = lazy_pinyin(run, style=Style.NORMAL, v_to_u=False, errors="ignore")
    initials = [syllable[0] for syllable in syllables]
    for start in range(len(syllables)):
        for end in range(start + 1, min(start + _MAX_SYLLABLES, len(syllables)) + 1):
            yield "".join(syllables[start:end])
            if end - start > 1:
                yield "".join(initials[start:end])


def index_words(text: str) -> set[str]:
    """Everything a person may type to find `text`."""
    words: set[str] = set()
    for run in _runs(text):
        if _is_chinese(run):
            words.update(run, _pairs(run), _pinyin(run))
        else:
            words.update((run, _singular(run)))
    return words


def query_words(text: str) -> list[Word]:
    """The words that must be found for `text`; never more than a dozen, whatever was typed."""
    words: dict[str, Word] = {}
    for run in _runs(text[:_MAX_QUERY_CHARACTERS]):
        if not _is_chinese(run):
            word = _singular(run)
            words.setdefault(word, Word(word, is_prefix=len(word) > 1))
            continue
        for piece in _pairs(run) or [run]:
            words.setdefault(piece, Word(piece, is_prefix=False))
    return list(words.values())[:_MAX_QUERY_WORDS]


def vector_literal(weighted: Iterable[tuple[str, str]]) -> str:
    """A tsvector literal from `(weight A–D, text)`; a word keeps its best weight."""
    best: dict[str, str] = {}
    for weight, text in weighted:
        for word in index_words(text):
            best[word] = min(weight, best.get(word, weight))
    return " ".join(f"'{word}':1{weight}" for word, weight in sorted(best.items()))


def query_literal(words: Iterable[Word], *, every: bool = True) -> str:
    """A tsquery literal: all words (`every`) or any of them."""
    joint = " & " if every else " | "
    return joint.join(f"'{word.text}'{':*' if word.is_prefix else ''}" for word in words)
