"""Deals whose claim stopped being true: taken back, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from livecommerce.bilingual import pick
from products.models.deals import Deal


class DealWithdrawal(models.Model):
    """Why an approved deal was taken back, written in the transaction that did it.

    `facts` are the numbers the reason rests on, as they were then (fen, hundredths of a percent,
    days): what the receipt goes on to show, whatever becomes of prices and rules.
    """

    class Reason(models.TextChoices):
        RULE = "rule", _("The price is no longer within the festival's rule.")
        HISTORY = "history", _("The price history is too short for an honest base price.")
        NOT_LISTED = "not_listed", _("The product is no longer offered at a list price.")
        NOT_LOWER = "not_lower", _("The list price is no longer above the deal's price.")
        COST = "cost", _("The price no longer covers its costs, and nobody pays the difference.")
        CURATOR = "curator", _("Taken back by those who answer for it.")

    deal = models.OneToOneField(
        Deal,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="withdrawal",
        verbose_name=_("deal"),
    )
    reason = models.CharField(max_length=12, choices=Reason.choices, verbose_name=_("reason"))
    note = models.CharField(max_length=200, blank=True, verbose_name=_("note"))
    facts = models.JSONField(default=dict, verbose_name=_("numbers"))
    office_zh = models.CharField(
        max_length=200, blank=True, verbose_name=_("taken back by the office (Chinese)")
    )
    office_en = models.CharField(
        max_length=260, blank=True, verbose_name=_("taken back by the office (English)")
    )
    at = models.DateTimeField(auto_now_add=True, verbose_name=_("when"))

    class Meta:
        verbose_name = _("deal taken back")
        verbose_name_plural = _("deals taken back")

    def __str__(self) -> str:
        return f"{self.deal_id}: {self.reason}"

    @property
    def office(self) -> str:
        """Who did it by hand, by their office of that day; empty: the shop by itself."""
        return pick(self.office_zh, self.office_en)
