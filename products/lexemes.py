"""Search words of the catalogue: pure text in, index words and queries out.

PostgreSQL's own parser keeps a Chinese phrase as one word, so the app cuts: Chinese into single
characters and pairs, their pinyin into joined syllables and initials (芒果 → `mangguo`, `mg`),
Latin text into lower-case words with their stems. Words of names are kept twice, the second time
marked `n/`, so that the index itself knows a name from a remark. Every word is `[0-9a-z]+` or
Chinese characters, so that none needs quoting rules beyond a pair of quotes.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[0-9a-z]+")
_UMLAUT = str.maketrans({"ü": "v", "Ü": "v", "ǖ": "v", "ǘ": "v", "ǚ": "v", "ǜ": "v"})
"""As everybody types 绿 on a keyboard."""
_MAX_SYLLABLES = 6
_MAX_WORD = 40
MOST_CHARACTERS = 80
"""Of what was typed; the rest is not read."""
MOST_WORDS = 12
MOST_WAYS = 6
NAME_MARK = "n/"

Stems = Mapping[str, str]


class Word(NamedTuple):
    """`is_prefix`: whatever is being typed may go on (`mang` finds `mangguo`). `stem` is another
    form that will do as well."""

    text: str
    is_prefix: bool
    stem: str = ""


Way = Sequence[Word]
"""Words that must all be found; several ways are joined by “or”."""


def fold(text: str) -> str:
    """Runs of Chinese, letters and digits in their plain form, parted by single spaces."""
    return " ".join(_runs(text))


def _runs(text: str) -> Iterator[str]:
    text = text.replace("'", "").replace("’", "").translate(_UMLAUT)
    decomposed = unicodedata.normalize("NFKD", text).lower()
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return (match.group()[:_MAX_WORD] for match in _RUN.finditer(plain))


def is_chinese(run: str) -> bool:
    return run[:1] > "\u2fff"


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


def syllables_of(run: str) -> list[str]:
    # Half a second and 30 MB that only those pay who read Chinese aloud; the pages load it early.
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(run, style=Style.NORMAL, v_to_u=False, errors="ignore")


def _pinyin(run: str) -> Iterator[str]:
    syllables = syllables_of(run)
    initials = [syllable[0] for syllable in syllables]
    for start in range(len(syllables)):
        for end in range(start + 1, min(start + _MAX_SYLLABLES, len(syllables)) + 1):
            yield "".join(syllables[start:end])
            if end - start > 1:
                yield "".join(initials[start:end])


def latin_words(text: str) -> frozenset[str]:
    """The words of `text` that have a stem."""
    return frozenset(run for run in _runs(text) if not is_chinese(run))


def index_words(text: str, stems: Stems | None = None) -> set[str]:
    """Everything a person may type to find `text`."""
    cut, latin = _cut(text)
    return {*cut, *(stems[word] for word in latin if word in stems)} if stems else set(cut)


@lru_cache(maxsize=10_000)
def _cut(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """All words but for stems, and the Latin ones. Places, kinds and producers come again and
    again, and pinyin is what indexing costs."""
    words: set[str] = set()
    latin: set[str] = set()
    for run in _runs(text):
        if is_chinese(run):
            words.update(run, _pairs(run), _pinyin(run))
        else:
            words.update((run, _singular(run)))
            latin.add(run)
    return frozenset(words), frozenset(latin)


@lru_cache(maxsize=10_000)
def spoken_words(text: str) -> frozenset[str]:
    """Whole words worth correcting a mistyped one to: Latin words, and pinyin of two and more
    syllables."""
    words: set[str] = set()
    for run in _runs(text):
        if not is_chinese(run):
            words.add(run)
            continue
        syllables = syllables_of(run)
        for start in range(len(syllables)):
            for end in range(start + 2, min(start + 4, len(syllables)) + 1):
                words.add("".join(syllables[start:end]))
    return frozenset(word for word in words if len(word) > 3 and not word.isdigit())


def query_words(text: str, stems: Stems | None = None) -> list[Word]:
    """The words that must be found for `text`; never more than a dozen, whatever was typed."""
    words: dict[str, Word] = {}
    for run in _runs(text[:MOST_CHARACTERS]):
        if not is_chinese(run):
            word = _singular(run)
            stem = (stems or {}).get(run, word)
            words.setdefault(word, Word(word, len(word) > 1, "" if stem == word else stem))
            continue
        for piece in _pairs(run) or [run]:
            words.setdefault(piece, Word(piece, is_prefix=False))
    return list(words.values())[:MOST_WORDS]


def sound_words(text: str) -> list[Word]:
    """As `query_words`, with the sound of Chinese in place of its characters (忙果 → `mangguo`)."""
    words: list[Word] = []
    for run in _runs(text[:MOST_CHARACTERS]):
        sound = "".join(syllables_of(run)[:_MAX_SYLLABLES]) if is_chinese(run) else run
        if sound:
            words.append(Word(sound, is_prefix=len(sound) > 1))
    return words[:MOST_WORDS]


def other_names(text: str, groups: Iterable[Sequence[str]]) -> list[str]:
    """`text`, then `text` with a name in it replaced by each other name of its group; all folded.

    Groups hold folded names. Chinese is found inside longer words, Latin only as whole words.
    """
    folded = fold(text[:MOST_CHARACTERS])
    found = [folded]
    for group in groups:
        for name in group:
            if is_chinese(name) and name in folded:
                found += [folded.replace(name, other) for other in group if other != name]
            elif not is_chinese(name) and f" {name} " in f" {folded} ":
                padded = f" {folded} ".replace(f" {name} ", "\x00")
                found += [
                    padded.replace("\x00", f" {other} ").strip() for other in group if other != name
                ]
            if len(found) >= MOST_WAYS:
                return found[:MOST_WAYS]
    return found


def vector_literal(weighted: Iterable[tuple[str, str]], stems: Stems | None = None) -> str:
    """A tsvector literal from `(weight A–D, text)`; a word keeps its best weight, and one of
    weight A stands there marked, too."""
    best: dict[str, str] = {}
    for weight, text in weighted:
        for word in index_words(text, stems):
            best[word] = min(weight, best.get(word, weight))
            if weight == "A":
                best[NAME_MARK + word] = "D"
    return " ".join(f"'{word}':1{weight}" for word, weight in sorted(best.items()))


def query_literal(words: Iterable[Word], *, every: bool = True, mark: str = "") -> str:
    """A tsquery literal: all words (`every`) or any of them; `mark` asks for marked ones."""
    joint = " & " if every else " | "
    return joint.join(_asked(word, mark) for word in words)


def ways_literal(ways: Iterable[Way], *, mark: str = "") -> str:
    """A tsquery literal: one of the ways, each with all its words."""
    literals = dict.fromkeys(query_literal(way, mark=mark) for way in ways)
    return " | ".join(f"({literal})" for literal in literals if literal)


def _asked(word: Word, mark: str) -> str:
    asked = f"'{mark}{word.text}'{':*' if word.is_prefix else ''}"
    return f"({asked} | '{mark}{word.stem}')" if word.stem else asked
