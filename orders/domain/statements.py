"""A producer's statement of a month: what was there, what came and went, what is left. In fen.

Read from the ledger alone, so that it can never say anything else than the books. Months are the
shop's (Asia/Shanghai); a statement of a month that is over never changes.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Min, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Account, Entry
from orders.payouts.bank_file import inert
from products.models import Producer


@dataclass(frozen=True)
class Booking:
    at: datetime
    kind: str
    order_number: str
    fen: int
    """What it adds to what is owed to the producer; negative takes away."""

    @property
    def label(self) -> str:
        words = {
            "paid": _("sold"),
            "refund": _("given back to the buyer"),
            "payout": _("paid out to you"),
        }
        return words.get(self.kind, _("correction"))


@dataclass(frozen=True)
class Statement:
    """`opening_fen` and all bookings sum to `closing_fen`."""

    producer: Producer
    month: date
    """Its first day."""
    opening_fen: int
    bookings: tuple[Booking, ...]

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + sum(one.fen for one in self.bookings)

    @property
    def sums(self) -> list[tuple[str, int]]:
        """What each kind of booking adds up to, in words."""
        totals: dict[str, int] = {}
        for one in self.bookings:
            totals[one.label] = totals.get(one.label, 0) + one.fen
        return list(totals.items())

    @property
    def is_over(self) -> bool:
        return next_month(self.month) <= timezone.localdate()


def statement_of(producer: Producer, month: date) -> Statement:
    """Of the month that `month` lies in; two queries."""
    first = month.replace(day=1)
    begins, ends = _midnight(first), _midnight(next_month(first))
    before = _entries(producer).filter(transaction__posted_at__lt=begins)
    opening = before.aggregate(fen=Sum("amount_fen", default=0))["fen"]
    during = _entries(producer).filter(
        transaction__posted_at__gte=begins, transaction__posted_at__lt=ends
    )
    bookings = tuple(
        Booking(
            at=entry.transaction.posted_at,
            kind=entry.transaction.kind,
            order_number=entry.transaction.order.number if entry.transaction.order else "",
            fen=-entry.amount_fen,
        )
        for entry in during.select_related("transaction__order").order_by(
            "transaction__posted_at", "pk"
        )
    )
    return Statement(producer, first, -opening, bookings)


def months_of(producer: Producer) -> list[date]:
    """First days of the months that have a statement, newest first; this month always."""
    began = _entries(producer).aggregate(at=Min("transaction__posted_at"))["at"]
    month = timezone.localdate().replace(day=1)
    first = timezone.localdate(began).replace(day=1) if began else month
    found = []
    while month >= first:
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def as_csv(statement: Statement) -> str:
    """For a spreadsheet: yuan with two digits, and nothing that it would calculate."""
    text = io.StringIO()
    text.write("\ufeff")  # so that spreadsheets read it as UTF-8
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_("Time"), _("What"), _("Order"), _("Amount (yuan)"), _("Owed (yuan)")])
    owed = statement.opening_fen
    writer.writerow([f"{statement.month:%Y-%m-%d}", _("carried over"), "", "", _yuan(owed)])
    for one in statement.bookings:
        owed += one.fen
        at = timezone.localtime(one.at)
        cells = (f"{at:%Y-%m-%d %H:%M}", one.label, one.order_number)
        writer.writerow([*(inert(cell) for cell in cells), _yuan(one.fen), _yuan(owed)])
    return text.getvalue()


def next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def _entries(producer: Producer) -> QuerySet[Entry]:
    return Entry.objects.filter(account__kind=Account.Kind.PRODUCER, account__producer=producer)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02}"
