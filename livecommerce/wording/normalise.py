"""Text as a reader takes it: one form for every disguise, with the way back to what was written.

`fold` keeps the text's spaces and punctuation, `squeeze` drops them. Both are for finding words,
never for storing or showing.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from livecommerce.wording.tables import read_rows
from livecommerce.wording.unseen import LINE_BREAKS, is_mark, is_unseen

_SENTENCE_ENDS = dict.fromkeys(map(ord, "。！？!?；;，,：:、\n"), "\n")
"""Between two sentences no word is looked for where `within_sentences` is asked."""
_LETTER_SIGNS = {
    **{chr(0x1F1E6 + i): chr(97 + i) for i in range(26)},  # 🇻, half a flag
    **{chr(0x1F150 + i): chr(97 + i) for i in range(26)},  # 🅥
    **{chr(0x1F170 + i): chr(97 + i) for i in range(26)},  # 🆅
}


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text[i]` stands for `original[starts[i]:ends[i]]`; `is_joined[i]` if nothing visible lay
    between it and `text[i - 1]`."""

    original: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    is_joined: Sequence[bool]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` (not empty) stands in the original, with the marks upon it."""
        last = self.ends[end - 1]
        while last < len(self.original) and fold_character(self.original[last]) == "":
            last += 1
        return self.starts[start], last


def fold(text: str) -> Normalised:
    """Small letters, one width, no marks, nothing invisible, look-alikes as what they look like.

    Character by character, so that the way back is exact. Idempotent; never raises.
    """
    parts = list(map(fold_character, text))
    folded = "".join(parts)
    places: Sequence[int] = range(len(text))
    if any(len(part) != 1 for part in parts):
        places = [place for place, part in enumerate(parts) for _ in part]
    return Normalised(
        original=text,
        text=folded,
        starts=places,
        ends=[place + 1 for place in places],
        is_joined=[True] * len(folded),
    )


def squeeze(folded: Normalised, *, within_sentences: bool = False) -> Normalised:
    """Letters and digits alone, split characters (氵去) put together.

    `within_sentences`: sentence marks stay, as a line break that no word contains.
    """
    text = folded.text
    if within_sentences:
        text = text.translate(_SENTENCE_ENDS)
        places = [place for place, one in enumerate(text) if one.isalnum() or one == "\n"]
    else:
        places = [place for place, one in enumerate(text) if one.isalnum()]
    starts, ends = folded.starts, folded.ends
    return _put_together(
        Normalised(
            original=folded.original,
            text="".join([text[place] for place in places]),
            starts=[starts[place] for place in places],
            ends=[ends[place] for place in places],
            is_joined=[right - left == 1 for left, right in pairwise((-1, *places))],
        )
    )


def normalise(text: str, *, within_sentences: bool = False) -> Normalised:
    """Fold and squeeze: the form in which banned words are looked for."""
    return squeeze(fold(text), within_sentences=within_sentences)


@lru_cache(maxsize=1 << 15)
def fold_character(character: str) -> str:
    """What one character reads as: none, one or (½, ﬁ) several. Folding it again is no change."""
    before = character
    while (after := "".join(map(_fold_once, before))) != before:
        before = after
    return after


def _fold_once(character: str) -> str:
    if character in LINE_BREAKS:
        return "\n"
    if character.isspace():
        return " "
    if is_unseen(character) or is_mark(character):
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)  # ❶, ٣ and ³ as well as ３
    look_alikes = _look_alikes()
    parts = unicodedata.normalize("NFKD", look_alikes.get(character, character)).casefold()
    kept = "".join(look_alikes.get(part, part) for part in parts if not is_mark(part))
    return unicodedata.normalize("NFC", kept)


@cache
def _look_alikes() -> dict[str, str]:
    """Look-alike or variant → the plain character."""
    return _LETTER_SIGNS | {
        look_alike: row["plain"]
        for name in ("look_alikes", "variants")
        for row in read_rows(name)
        for look_alike in row["look_alikes"]
    }


@cache
def _split_characters() -> tuple[re.Pattern[str], dict[str, str]]:
    wholes = {row["parts"]: row["whole"] for row in read_rows("split_characters")}
    longest_first = sorted(wholes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), wholes


def _put_together(squeezed: Normalised) -> Normalised:
    pattern, wholes = _split_characters()
    if not pattern.search(squeezed.text):
        return squeezed
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    done = 0
    for found in (*pattern.finditer(squeezed.text), None):
        upto = found.start() if found else len(squeezed.text)
        characters += squeezed.text[done:upto]
        spans += ((place, place + 1) for place in range(done, upto))
        if found:
            characters.append(wholes[found[0]])
            spans.append(found.span())
            done = found.end()
    return Normalised(
        original=squeezed.original,
        text="".join(characters),
        starts=[squeezed.starts[start] for start, _ in spans],
        ends=[squeezed.ends[end - 1] for _, end in spans],
        is_joined=[squeezed.is_joined[start] for start, _ in spans],
    )
