"""A file for the batch payment of a bank's online banking: CSV in the columns most mainland banks
ask for (or map in their tool), amounts in yuan with two digits, GB18030 as their tools expect.

No cell can become a formula when somebody opens the file in a spreadsheet.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError
from orders.payouts.protocol import File, Payee, Transfer

COLUMNS = (
    "序号",
    "收款账号",
    "收款户名",
    "收款银行及开户网点",
    "联行号",
    "金额",
    "币种",
    "用途",
    "业务参考号",
)
ENCODING = "gb18030"
PURPOSE_LENGTH = 30
"""Banks cut or refuse longer purposes."""
FORMULA = ("=", "+", "-", "@", "|", "%")


class BankFile:
    def open_account(self, payee: Payee, *, idempotency_key: str) -> str:
        return ""

    def onboarding_link(self, payee: Payee, *, return_url: str, refresh_url: str) -> str:
        return ""

    def what_is_missing(self, payee: Payee) -> str:
        if payee.holder and payee.bank and payee.number:
            return ""
        return _("Account holder, bank and account number are needed.")

    def send(self, transfer: Transfer) -> str | None:
        return None

    def write_file(self, number: str, transfers: Sequence[Transfer]) -> File | None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for position, one in enumerate(transfers, start=1):
            payee = one.payee
            writer.writerow(
                inert(cell)
                for cell in (
                    str(position),
                    payee.number,
                    payee.holder,
                    payee.bank,
                    payee.branch_code,
                    f"{one.amount_fen // 100}.{one.amount_fen % 100:02}",
                    one.currency.upper(),
                    one.note[:PURPOSE_LENGTH],
                    one.key,
                )
            )
        return File(
            f"{number}.csv", f"text/csv; charset={ENCODING}", text.getvalue().encode(ENCODING)
        )


def inert(cell: str) -> str:
    """The text, made harmless: what a spreadsheet would calculate gets an apostrophe in front.

    What is not to be seen goes first, or it would hide the sign that is judged; some spreadsheets
    take a full-width one for the same.
    """
    plain = "".join(c for c in cell if c.isprintable())
    seen = unicodedata.normalize("NFKC", plain.lstrip()[:1])
    return f"'{plain}" if seen.startswith(FORMULA) else plain


def check_account(*, holder: str, bank: str, number: str, branch_code: str) -> None:
    """Raises DomainError `payout_account` (422) for what no bank would take."""
    digits = number.replace(" ", "")
    if not (holder.strip() and bank.strip()):
        raise DomainError("payout_account", _("Account holder and bank are needed."))
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        raise DomainError("payout_account", _("An account number has 8 to 32 digits."))
    if branch_code and not (
        branch_code.isascii() and branch_code.isdigit() and len(branch_code) == 12
    ):
        raise DomainError("payout_account", _("A branch number has 12 digits."))
