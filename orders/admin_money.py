"""The back room of payouts and reconciliation: to look at. What is done with them is done on the
page of money (`/admin/money/`), where two people and a reason are asked for."""

# The admin's theme has no annotations.
# mypy: disable-error-code="untyped-decorator"

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from orders.admin_look import OnlySuperusers, yuan
from orders.models import Difference, Movement, PayoutBatch, PayoutLine, Reconciliation


@admin.register(Difference)
class DifferenceAdmin(OnlySuperusers):
    list_display = ("kind", "subject", "wanted", "found", "found_at", "closing")
    list_filter = ("kind", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("closed_by",)
    search_fields = ("subject", "order__number")

    @display(description=_("closed"))
    def closing(self, row: Difference) -> str:
        if row.closed_at is not None:
            return f"{row.closed_by}: {row.reason}"
        return format_html('<a href="{}">{}</a>', reverse("orders:money"), _("Close"))


@admin.register(PayoutBatch)
class PayoutBatchAdmin(OnlySuperusers):
    list_display = ("number_link", "state_label", "method", "made_by", "approved_by", "made_at")
    list_filter = ("state", "method")
    list_select_related = ("made_by", "approved_by")
    search_fields = ("number",)
    list_display_links = None

    @display(description=_("number"), ordering="number")
    def number_link(self, row: PayoutBatch) -> str:
        url = reverse("orders:payout_batch", args=[row.number])
        return format_html('<a href="{}">{}</a>', url, row.number)


@admin.register(PayoutLine)
class PayoutLineAdmin(OnlySuperusers):
    list_display = ("order", "producer", "amount", "state_label", "sent_at", "last_error")
    list_filter = ("state",)
    list_select_related = ("order", "producer")
    search_fields = ("key", "order__number", "transfer_id")

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, row: PayoutLine) -> str:
        return yuan(row.amount_fen)


@admin.register(Movement)
class MovementAdmin(OnlySuperusers):
    list_display = ("movement_id", "kind", "amount", "fee", "at", "transaction")
    list_filter = ("kind", ("transaction", admin.EmptyFieldListFilter))
    list_select_related = ("transaction",)
    search_fields = ("movement_id", "source_id", "intent_id")

    @display(description=_("amount"), ordering="amount_fen")
    def amount(self, row: Movement) -> str:
        return yuan(row.amount_fen)

    @display(description=_("payment fee"))
    def fee(self, row: Movement) -> str:
        return yuan(row.fee_fen)


@admin.register(Reconciliation)
class ReconciliationAdmin(OnlySuperusers):
    list_display = ("started_at", "finished_at", "since", "looked_at", "differences")
