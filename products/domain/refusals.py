"""The words for what the database refuses, by the name of the constraint that did."""

from django.db import IntegrityError
from django.utils.translation import gettext as _

from livecommerce.errors import DomainError


def _messages() -> dict[str, str]:
    return {
        "deal_no_overlap": _("Another approved deal of this product overlaps these dates."),
        "flash_no_overlap": _("Another flash sale of this product is on or about to begin."),
        "deal_dates": _("The end must be later than the start."),
        "deal_price_positive": _("The price must be more than zero."),
        "deal_quantities": _("The quantity and the limit per person must be at least one."),
        "deal_approved_by_someone": _("An approval needs a name and a time."),
        "deal_approved_by_another": _(
            "Nobody approves a deal they proposed themselves, or one on their own goods."
        ),
        "deal_keeps_its_terms": _(
            "An approved deal keeps its terms. Withdraw it and propose a new one."
        ),
        "deal_within_festival": _("The deal lies outside the dates of its festival."),
        "deal_needs_history": _(
            "The product was on offer for less than seven days before this deal, so there is no"
            " honest base price yet."
        ),
        "deal_honours_rule": _("The price is higher than the festival's rule allows."),
        "deal_is_over": _("The deal's dates are already over."),
        "price_breaks_deal": _(
            "This price would make an approved deal break its promise. Withdraw that deal first."
        ),
        "price_point_not_backdated": _("A price cannot be written into the past."),
        "price_points_append_only": _("The price history cannot be changed."),
        "list_series_mirrors_product": _("The price history does not match the product's price."),
        "festival_rule_kept": _(
            "Approved deals rest on this rule. Withdraw those it would break first."
        ),
        "festival_dates": _("The end must be later than the start."),
        "festival_rule_range": _("The price may be between 0 and 100 % of the base price."),
        "festival_window_range": _("The window is at least 7 and at most 365 days."),
        "product_price_positive": _("The price must be more than zero."),
        "stock_not_negative": _("There is not enough stock for that."),
        "stock_adds_up": _("The numbers of this pool do not add up."),
        "one_open_submission": _("A submission of this product is open already; decide it first."),
        "submission_not_checked_by_its_own": _(
            "Nobody decides about what they submitted themselves."
        ),
        "submission_approved_by_another": _("Nobody decides about what they submitted themselves."),
        "submission_of_own_goods": _("Nobody decides about their own goods."),
        "one_everyday_pool": _("This product already has an everyday pool."),
    }


def explain(error: IntegrityError) -> DomainError:
    """A DomainError with words for a known refusal; an unknown one is raised as it was."""
    diagnostics = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostics, "constraint_name", None) or ""
    message = _messages().get(name)
    if message is None:
        raise error
    return DomainError(name, message)
