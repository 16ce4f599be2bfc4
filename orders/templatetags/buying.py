"""Words of the pages about buying."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.domain import basket
from orders.domain.basket import Row
from orders.models import Payment
from orders.payments.errors import decline_message

register = template.Library()


@register.filter
def minutes_left(until: datetime) -> str:
    """`还有 5 分钟`: whole minutes, rounded down; words instead of zero."""
    minutes = int((until - timezone.now()).total_seconds() // 60)
    if minutes < 1:
        return _("less than a minute")
    return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}


@register.filter
def why_failed(payment: Payment) -> str:
    """Why the last try to pay did not work, and what to do."""
    return decline_message(payment.failure_code)


@register.filter
def price_words(row: Row) -> str:
    """What the price of a line in the basket did since the buyer last saw it."""
    return basket.price_words(row)
