"""The words for what the database refuses about lucky draws."""

from django.db import IntegrityError
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError


def _messages() -> dict[str, tuple[str, int]]:
    again = _("That step does not follow. Reload the page.")
    return {
        "draw_state": (again, 409),
        "draw_opened_as_planned": (again, 409),
        "draw_keeps_its_terms": (
            _("A draw keeps its terms. Take it back before it opens and prepare another."),
            409,
        ),
        "draw_stays": (_("A draw that was opened stays."), 409),
        "draw_not_over": (_("A draw is open until its time."), 409),
        "draw_prize_value": (_("A prize in a draw may be worth ¥50,000 at most, by law."), 422),
        "one_open_draw_a_show": (_("Another draw of this show is open."), 409),
        "draw_not_open": (_("This draw takes no entries now."), 409),
        "one_draw_entry_a_browser": (
            _("Somebody has entered from this browser already: one entry a browser."),
            409,
        ),
        "draw_nonce": (_("This message could not be read. Please try again."), 422),
        "draw_winners_stay": (_("It is too late for that, or done already."), 409),
    }


def name_of(error: IntegrityError) -> str:
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def explain(error: IntegrityError) -> DomainError:
    """A DomainError with words for a known refusal; an unknown one is raised as it was."""
    name = name_of(error)
    if name not in _messages():
        raise error
    message, status = _messages()[name]
    return DomainError(name, message, status=status)
