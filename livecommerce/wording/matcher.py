"""Find the words of a long list in a short text, however they are disguised.

Aho–Corasick over the normalised text: 20,000 words cost what one costs. A built list is only
read, so any number of threads may share it.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Lock

import ahocorasick

from livecommerce.wording.normalise import Normalised, normalise


@dataclass(frozen=True, slots=True)
class Hit:
    """`text[start:end]` of the text asked about is `word`, as the list spells it."""

    start: int
    end: int
    word: str


class WordList:
    """Words to find, and exceptions: a word inside one (第一 in 第一次) is no hit.

    Latin letters and digits count only as whole words (`sex` is not in Essex); Chinese counts
    anywhere. Words of which nothing is left to find (only punctuation) are in `unusable`.
    """

    def __init__(
        self,
        words: Iterable[str],
        *,
        exceptions: Iterable[str] = (),
        version: Hashable = None,
        within_sentences: bool = False,
    ) -> None:
        self.version = version
        self._within_sentences = within_sentences
        self._automaton = ahocorasick.Automaton()
        unusable: list[str] = []
        for is_exception, listed in ((False, words), (True, exceptions)):
            for word in listed:
                key = normalise(word).text
                if not key:
                    unusable.append(word)
                elif is_exception or key not in self._automaton:
                    self._automaton.add_word(key, (len(key), word, is_exception))
        self.unusable = tuple(unusable)
        self._automaton.make_automaton()

    def __len__(self) -> int:
        """Different keys, exceptions included."""
        return len(self._automaton)

    def find(self, text: str) -> list[Hit]:
        """From left to right, the longest first, never overlapping. Never raises."""
        if not self._automaton:
            return []
        read = normalise(text, within_sentences=self._within_sentences)
        found = self._candidates(read)
        hits: list[Hit] = []
        done = 0
        for start, negative_end, word in sorted(found):
            if start >= done:
                done = -negative_end
                hits.append(Hit(*read.span(start, done), word))
        return hits

    def _candidates(self, read: Normalised) -> list[tuple[int, int, str]]:
        """(start, -end, word) of every word that stands by itself and in no exception."""
        words: list[tuple[int, int, str]] = []
        exempt: dict[int, int] = {}  # start → end of the longest exception there
        for last, (length, word, is_exception) in self._automaton_hits(read.text):
            start, end = last + 1 - length, last + 1
            if not _stands_alone(read, start, end):
                continue
            if is_exception:
                exempt[start] = max(end, exempt.get(start, 0))
            else:
                words.append((start, -end, word))
        return _outside(exempt, words) if exempt else words

    def _automaton_hits(self, text: str) -> Iterable[tuple[int, tuple[int, str, bool]]]:
        return self._automaton.iter(text)  # type: ignore[no-any-return]


def _stands_alone(read: Normalised, start: int, end: int) -> bool:
    text, is_joined = read.text, read.is_joined
    if start and is_joined[start] and _same_word(text[start - 1], text[start]):
        return False
    return not (end < len(text) and is_joined[end] and _same_word(text[end - 1], text[end]))


def _same_word(left: str, right: str) -> bool:
    """Latin letters run together to a word, and digits to a number."""
    if not (left.isascii() and right.isascii()):
        return False
    return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())


def _outside(
    exempt: dict[int, int], words: list[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    kept = []
    starts = sorted(exempt)
    upto = place = 0
    for word in sorted(words):
        while place < len(starts) and starts[place] <= word[0]:
            upto = max(upto, exempt[starts[place]])
            place += 1
        if -word[1] > upto:
            kept.append(word)
    return kept


_built: dict[str, WordList] = {}
_building = Lock()


def current_list(name: str, *, version: Hashable, load: Callable[[], WordList]) -> WordList:
    """The list called `name` at `version`, built by `load` once a process and version.

    Only the newest asked for is kept. `version` is cheap to know (a counter, the time of the
    last change); `load` need not set it.
    """
    known = _built.get(name)
    if known is not None and known.version == version:
        return known
    with _building:
        known = _built.get(name)
        if known is None or known.version != version:
            known = load()
            known.version = version
            _built[name] = known
    return known
