"""The terms of a lucky draw: what may be promised, and the text whose hash everyone can check."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.money import format_fen
from livecommerce.wording import clean
from livecommerce.wording.contacts import has_contact
from streams.domain import chat_words
from streams.models import Broadcast, Draw
from streams.models.draws import CLAIM_HOURS, ENTRY_SECONDS, MOST_MINUTES, MOST_PRIZE_FEN, PLACES


@dataclass(frozen=True)
class Terms:
    """Money in fen for one prize, times in seconds and minutes."""

    prize_zh: str
    prize_en: str
    prize_fen: int
    places: int = 1
    must_follow: bool = False
    passphrase: str = ""
    min_minutes: int = 0
    entry_seconds: int = 180
    if_unclaimed: str = Draw.IfUnclaimed.NEXT


def check_terms(*, terms: Terms, broadcast: Broadcast) -> Terms:
    """The terms with their words cleaned.

    Raises DomainError (422): empty_text, text_too_long, prize_value, prize_too_high, draw_places,
    draw_entry_seconds, draw_min_minutes, draw_passphrase, chat_refused.
    """
    prize_zh = clean.require_line(terms.prize_zh, longest=40)
    prize_en = clean.require_line(terms.prize_en, longest=80) if terms.prize_en.strip() else ""
    for words in (prize_zh, prize_en):
        if words and chat_words.judge(words, broadcast=broadcast).is_refused:
            raise DomainError(
                "chat_refused",
                _("This contains words that are not allowed here. Please say it differently."),
            )
    _check_numbers(terms)
    return Terms(
        prize_zh=prize_zh,
        prize_en=prize_en,
        prize_fen=terms.prize_fen,
        places=terms.places,
        must_follow=terms.must_follow,
        passphrase=_checked_passphrase(terms.passphrase, broadcast),
        min_minutes=terms.min_minutes,
        entry_seconds=terms.entry_seconds,
        if_unclaimed=terms.if_unclaimed,
    )


def _check_numbers(terms: Terms) -> None:
    if terms.prize_fen > MOST_PRIZE_FEN:
        # Anti-Unfair Competition Law, sales with prizes: the highest prize is at most RMB 50,000.
        raise DomainError(
            "prize_too_high",
            _("A prize in a draw may be worth ¥%(most)s at most, by law.")
            % {"most": format_fen(MOST_PRIZE_FEN)},
        )
    if terms.prize_fen < 1:
        raise DomainError("prize_value", _("Say what one prize is worth."))
    _check_range("draw_places", terms.places, *PLACES)
    _check_range("draw_entry_seconds", terms.entry_seconds, *ENTRY_SECONDS)
    _check_range("draw_min_minutes", terms.min_minutes, 0, MOST_MINUTES)
    if terms.if_unclaimed not in Draw.IfUnclaimed.values:
        raise DomainError("draw_if_unclaimed", _("Choose what happens to a prize nobody takes."))


def _check_range(code: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise DomainError(
            code, _("Choose between %(low)s and %(high)s.") % {"low": low, "high": high}
        )


def _checked_passphrase(text: str, broadcast: Broadcast) -> str:
    """What everybody can say in the chat without its being held or hidden."""
    if not text.strip():
        return ""
    line = clean.require_line(text, longest=15)
    verdict = chat_words.judge(line, broadcast=broadcast)
    if verdict.is_refused or verdict.is_held or verdict.text != line or has_contact(line):
        raise DomainError(
            "draw_passphrase", _("The chat would not let these words through. Choose others.")
        )
    return line


def says(text: str, *, passphrase: str) -> bool:
    """Whether a line of chat contains the words, whatever its width, case and spaces."""
    return _folded(passphrase) in _folded(text)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def text_of(draw: Draw) -> str:
    """The terms as one line of JSON, keys sorted, no spaces: what `terms_hash` is made of."""
    terms: dict[str, str | int | bool] = {
        "claim_hours": CLAIM_HOURS,
        "draw": draw.public_id,
        "entry_seconds": draw.entry_seconds,
        "if_unclaimed": draw.if_unclaimed,
        "min_minutes": draw.min_minutes,
        "must_follow": draw.must_follow,
        "passphrase": draw.passphrase,
        "places": draw.places,
        "prize_en": draw.prize_en,
        "prize_fen": draw.prize_fen,
        "prize_zh": draw.prize_zh,
        "show": draw.broadcast.public_id,
    }
    if draw.is_practice:  # said in what everybody checks: nothing is promised
        terms |= {"claim_hours": 0, "practice": True}
    return json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(draw: Draw) -> str:
    return hashlib.sha256(text_of(draw).encode()).hexdigest()
