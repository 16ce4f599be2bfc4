"""Script check: words that advertising law forbids or wants shown, marked in what a host will say.

The words and rules are `livecommerce.wording.advertising`. A mark is open until the sentence is
changed or somebody says why it may stay; another sentence with the same word is marked anew.
Nothing here stops a show: the host is warned.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from livecommerce.accounts.models import User
from livecommerce.errors import DomainError
from livecommerce.wording import clean
from livecommerce.wording.advertising import Finding, Level, check_advertising
from livecommerce.wording.marks import Piece, pieces
from streams.domain import roles
from streams.domain.run_of_show_turns import take_turn, tell
from streams.models import Broadcast, ScriptClearance, Segment

LONGEST_REASON = 100
LONGEST_SENTENCE = 500
WORDS_AROUND = 24
"""Characters of the text kept before and after a mark."""
_ENDS = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True)
class Mark:
    """A finding at its place in a text, in its sentence, and why it may stay, if somebody said."""

    finding: Finding
    sentence: str
    clearance: ScriptClearance | None = None
    number: int = 0

    @property
    def start(self) -> int:
        return self.finding.start

    @property
    def end(self) -> int:
        return self.finding.end

    @property
    def word(self) -> str:
        return self.finding.word

    @property
    def is_open(self) -> bool:
        return self.clearance is None

    @property
    def is_forbidden(self) -> bool:
        return self.finding.level == Level.FORBIDDEN


@dataclass(frozen=True)
class Checked:
    """A text cut at its marks, for a template to show and escape."""

    pieces: Sequence[Piece[Mark]]

    @property
    def marks(self) -> list[Mark]:
        return [piece.finding for piece in self.pieces if piece.finding is not None]

    @property
    def passages(self) -> "Checked":
        """Only the marks with some words around them: the text itself stands in the form."""
        last = len(self.pieces) - 1
        return Checked(
            [
                piece if piece.finding else Piece(_shortened(piece.text, at == 0, at == last))
                for at, piece in enumerate(self.pieces)
            ]
        )


@dataclass(frozen=True)
class SegmentCheck:
    """Everything of a segment that is said or shown."""

    title_zh: Checked
    title_en: Checked
    script: Checked

    @property
    def marks(self) -> list[Mark]:
        return [*self.title_zh.marks, *self.title_en.marks, *self.script.marks]

    @property
    def open_marks(self) -> int:
        return sum(mark.is_open for mark in self.marks)


def check_text(
    text: str, *, clearances: Iterable[ScriptClearance] = (), first_number: int = 1
) -> Checked:
    """Marks are numbered from `first_number` on, so that a list below the text can name them."""
    known = {(one.word, one.sentence): one for one in clearances}
    marks = []
    for number, finding in enumerate(_findings(text), start=first_number):
        sentence = _sentence(text, finding)
        cleared = known.get((finding.word, sentence))
        marks.append(Mark(finding, sentence, cleared, number))
    return Checked(pieces(text, marks))


def _shortened(text: str, is_first: bool, is_last: bool) -> str:
    """What is left of a stretch without marks; whole words where words have spaces."""
    if len(text) <= WORDS_AROUND * (1 if is_first or is_last else 2):
        return text
    after = "" if is_first else re.sub(r"(?<=\s)[A-Za-z]+$", "", text[:WORDS_AROUND])
    before = "" if is_last else re.sub(r"^[A-Za-z]+(?=\s)", "", text[-WORDS_AROUND:])
    return f"{after.rstrip()} … {before.lstrip()}"


def check_segment(segment: Segment) -> SegmentCheck:
    """Wants `clearances` prefetched where there are many segments."""
    clearances = list(segment.clearances.all())
    made: list[Checked] = []
    number = 1
    for text in (segment.title_zh, segment.title_en, segment.script):
        checked = check_text(text, clearances=clearances, first_number=number)
        number += len(checked.marks)
        made.append(checked)
    return SegmentCheck(*made)


def count_open_marks(broadcast: Broadcast) -> int:
    """In the whole run. Two queries."""
    rows = Segment.objects.filter(broadcast=broadcast).prefetch_related(with_clearances())
    return sum(check_segment(row).open_marks for row in rows)


def with_clearances() -> "Prefetch[Any, Any, Any]":
    return Prefetch("clearances", ScriptClearance.objects.select_related("cleared_by"))


def clear_mark(*, segment: Segment, by: User, word: str, sentence: str, reason: str) -> None:
    """Say why a marked word may stay in this sentence: a certificate, a report, its place. Kept
    with the name. Twice is once, the first reason stays.

    Raises DomainError: not_your_show (403), show_over (409), no_such_mark (404), empty_text,
    text_too_long (422).
    """
    roles.require_run(by, segment.broadcast)
    found = (mark for mark in check_segment(segment).marks if mark.word == word)
    if not any(mark.sentence == sentence for mark in found):
        message = _("This sentence has changed meanwhile. Look at its marks again.")
        raise DomainError("no_such_mark", message, status=404)
    because = clean.require_line(reason, longest=LONGEST_REASON)[:200]
    with transaction.atomic():
        take_turn(segment.broadcast)
        segment.clearances.get_or_create(
            word=word, sentence=sentence, defaults={"reason": because, "cleared_by": by}
        )
        tell(segment.broadcast)  # a console that is open counts its marks anew


def mark_again(*, segment: Segment, by: User, clearance_id: int) -> None:
    """Take back what was said of a mark: it is open again. Raises as `clear_mark`."""
    roles.require_run(by, segment.broadcast)
    with transaction.atomic():
        take_turn(segment.broadcast)
        segment.clearances.filter(pk=clearance_id).delete()
        tell(segment.broadcast)


@lru_cache(maxsize=512)
def _findings(text: str) -> tuple[Finding, ...]:
    """A console asks for all scripts of its run at every step; they seldom change."""
    return tuple(check_advertising(text))


def _sentence(text: str, finding: Finding) -> str:
    before = [end.end() for end in _ENDS.finditer(text, 0, finding.start)]
    begin = before[-1] if before else 0
    after = _ENDS.search(text, finding.end)
    return text[begin : after.start() if after else len(text)].strip()[:LONGEST_SENTENCE]
