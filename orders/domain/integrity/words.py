"""The panel in plain words: what was looked at, what was found, and whether it is unusual."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orders.domain.integrity.panel import FEW, Panel
from orders.domain.reports.figures import per_mille
from orders.domain.reports.words import as_text


@dataclass(frozen=True)
class Finding:
    """`is_odd`: above the mark where an honest show is rarely found; a reason to look, no proof.
    `share` is what the public sees, `exact` what those see who answer for the show."""

    code: str
    title: str
    share: str
    words: str
    exact: str
    is_odd: bool


@dataclass(frozen=True)
class _Look:
    code: str
    title: str | Promise
    share: Callable[[Panel], int | None]
    part: Callable[[Panel], int]
    whole: Callable[[Panel], int]
    mark: int
    """Per mille; above it the finding is odd."""
    words: str | Promise


_LOOKS = (
    _Look(
        "network", _("One network"), lambda p: p.network_share,
        lambda p: p.most_network, lambda p: p.with_network, 300,
        _("of the orders came from the one network that sent the most."),
    ),
    _Look(
        "address", _("One address"), lambda p: p.address_share,
        lambda p: p.most_address, lambda p: p.orders, 100,
        _("of the orders go to the one address that gets the most."),
    ),
    _Look(
        "payer", _("One payer"), lambda p: p.person_share,
        lambda p: p.most_person, lambda p: p.orders, 100,
        _("of the orders were paid by the person (one telephone or card) who paid for the most."),
    ),
    _Look(
        "home", _("The host's own county"), lambda p: p.home_share,
        lambda p: p.from_home, lambda p: p.with_county, 600,
        _("of the orders are sent to the county (or city) the host works for."),
    ),
    _Look(
        "chat", pgettext_lazy("a measure", "Chat"), lambda p: p.chat.odd_share,
        lambda p: p.chat.odd, lambda p: p.chat.lines, 200,
        _("of the chat lines were the same line again and again, or faster than people write."),
    ),
    _Look(
        "back7", _("Refunds within 7 days"), lambda p: p.sales.refund_rate_7,
        lambda p: p.sales.back_7, lambda p: p.sales.due_7, 200,
        _("of the orders had something given back that was asked for within seven days."),
    ),
    _Look(
        "back15", _("Refunds within 15 days"), lambda p: p.sales.refund_rate_15,
        lambda p: p.sales.back_15, lambda p: p.sales.due_15, 250,
        _("of the orders had something given back that was asked for within fifteen days."),
    ),
)  # fmt: skip


def findings_of(panel: Panel) -> list[Finding]:
    """What is told of fewer than five orders or lines is not told in public."""
    return [_people(panel), *(_find(look, panel) for look in _LOOKS)]


def _find(look: _Look, panel: Panel) -> Finding:
    share, part, whole = look.share(panel), look.part(panel), look.whole(panel)
    exact = f"{as_text(share, 'mille')} ({part:,} / {whole:,})"
    if share is None or whole < FEW:
        shown, words = "–", gettext("Too few to say anything.")
    elif 0 < part < FEW:
        shown = gettext("under %(share)s") % {"share": as_text(per_mille(FEW, whole), "mille")}
        words = str(look.words)
    else:
        shown, words = as_text(share, "mille"), str(look.words)
    is_odd = share is not None and part >= FEW and share > look.mark
    return Finding(look.code, str(look.title), shown, words, exact, is_odd)


def _people(panel: Panel) -> Finding:
    exact = gettext("%(people)s people, %(accounts)s accounts") % {
        "people": f"{panel.people:,}",
        "accounts": f"{panel.accounts:,}",
    }
    if panel.people < FEW:
        return Finding(
            "people", gettext("Real buyers"), fewer(), gettext("Too few to say more."), exact, False
        )
    words = gettext(
        "people bought and paid; accounts that give the same telephone or pay with the same card"
        " count as one."
    )
    is_odd = panel.people * 10 < panel.accounts * 8
    return Finding("people", gettext("Real buyers"), f"{panel.people:,}", words, exact, is_odd)


def fewer() -> str:
    return gettext("fewer than %(few)d") % {"few": FEW}


def shown_count(number: int) -> str:
    """A count for the public: none, fewer than five, or the number."""
    if number == 0:
        return gettext("none")
    return fewer() if number < FEW else f"{number:,}"
