"""The operator's word lists: what a line with a banned word becomes, and how lists change."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from livecommerce.wording.contacts import has_contact
from livecommerce.wording.matcher import Hit, current_list
from livecommerce.wording.matcher import WordList as Words
from streams.models import BannedWord, Broadcast, WordList

Consequence = WordList.Consequence
MASK = "*"
LONGEST_WORD = 60


@dataclass(frozen=True)
class Verdict:
    """The line with its masked words, whether it is refused or waits for a moderator, and whether
    the name beside it may not be shown."""

    text: str
    is_refused: bool = False
    is_held: bool = False
    has_bad_name: bool = False


def judge(text: str, *, broadcast: Broadcast, name: str = "") -> Verdict:
    """What the lists of the site and of this host's rooms say about a cleaned line, and about the
    name it is said under. One query; each list is built once a process and version, whatever its
    length."""
    scope = Q(host=None) | Q(host=broadcast.host_id)
    active = WordList.objects.filter(scope, is_active=True)
    masked: list[Hit] = []
    found: set[str] = set()
    in_name: set[str] = set()
    for pk, version, consequence in active.values_list("pk", "version", "consequence"):
        words = words_of(pk, version)
        if hits := words.find(text):
            found.add(consequence)
            masked += hits if consequence == Consequence.MASK else []
        if name and words.find(name):
            in_name.add(consequence)
    return Verdict(
        text=_mask(text, masked),
        is_refused=Consequence.REFUSE in found,
        is_held=Consequence.HOLD in found,
        has_bad_name=not in_name.isdisjoint((Consequence.REFUSE, Consequence.HOLD)),
    )


def require_name(verdict: Verdict, name: str, *, own_hosts: Iterable[str] = ()) -> None:
    """Raise DomainError `name_refused` (422) for a name with a banned word or a contact: the room
    would read it beside the most harmless line."""
    if verdict.has_bad_name or has_contact(name, own_hosts=own_hosts):
        raise DomainError(
            "name_refused",
            _("The name you show is not allowed here. Change it on your account's page."),
        )


def words_of(pk: int, version: int) -> Words:
    """The list as this process has built it, anew if it changed since."""
    return current_list(f"chat:{pk}", version=version, load=lambda: _load(pk))


def _load(pk: int) -> Words:
    rows = list(BannedWord.objects.filter(list=pk).values_list("word", "is_exception"))
    return Words(
        (word for word, is_exception in rows if not is_exception),
        exceptions=[word for word, is_exception in rows if is_exception],
    )


def _mask(text: str, hits: Iterable[Hit]) -> str:
    for hit in sorted(hits, key=lambda hit: -hit.start):
        text = text[: hit.start] + MASK * (hit.end - hit.start) + text[hit.end :]
    return text


def add_words(*, words: WordList, lines: Iterable[str]) -> int:
    """Add words, one a line, as pasted; blank lines, repetitions and what is known already do no
    harm. Returns how many were new."""
    wanted = {line.strip()[:LONGEST_WORD] for line in lines} - {""}
    with transaction.atomic():
        before = BannedWord.objects.filter(list=words).count()
        BannedWord.objects.bulk_create(
            [BannedWord(list=words, word=word) for word in sorted(wanted)],
            ignore_conflicts=True,
            batch_size=2000,
        )
        note_change(words.pk)
        return BannedWord.objects.filter(list=words).count() - before


def note_change(*lists: int) -> None:
    """Call after any change to a list's words: every process then builds it anew."""
    WordList.objects.filter(pk__in=lists).update(
        version=F("version") + 1, changed_at=timezone.now()
    )
