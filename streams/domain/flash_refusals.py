"""The words for what the database refuses about flash sales; deals have their own."""

from django.db import IntegrityError
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from products.domain import refusals


def _messages() -> dict[str, str]:
    return {
        "flash_state": _("That step does not follow. Reload the page."),
        "flash_keeps_its_terms": _(
            "An approved flash sale keeps its terms. Withdraw it and propose a new one."
        ),
        "flash_as_approved": _("What is started is not what was approved."),
        "flash_within_festival": _("The flash sale lies outside the dates of its festival."),
        "flash_numbers": _(
            "Price, units and limit are at least one, and the limit a person is at most what is"
            " offered."
        ),
        "flash_countdown": _("The countdown takes 10 to 300 seconds."),
        "flash_run": _("A flash sale lasts 1 to 20 minutes."),
        "flash_window": _("The end must be later than the start."),
        "flash_planned_in_window": _("It can begin by itself only within its window."),
        "flash_approved_by_someone": _("An approval needs a name and a time."),
        "flash_started_has_deal": _("What is started is not what was approved."),
        "one_open_flash_a_show": _("Another flash sale of this show is on. It has to end first."),
    }


def explain(error: IntegrityError) -> DomainError:
    """A DomainError with words for a known refusal; an unknown one is raised as it was."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    message = _messages().get(name)
    return DomainError(name, message) if message else refusals.explain(error)
