"""What staff and producers type about payouts; the rules are the domain's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models.payouts import Method


class MakeBatchForm(forms.Form):
    method = forms.ChoiceField(choices=Method.choices)


class BankDoneForm(forms.Form):
    reference = forms.CharField(label=_("the bank's reference"), max_length=80)
    returned = forms.MultipleChoiceField(
        label=_("came back"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, payouts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["returned"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = payouts


class CloseForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=300)


class ShareForm(forms.Form):
    percent = forms.DecimalField(
        label=_("at most, percent of a price"), min_value=0, max_value=100, decimal_places=2
    )
    valid_from = forms.DateTimeField(
        label=_("valid from"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label=_("reason"), max_length=200)


class BankAccountForm(forms.Form):
    holder = forms.CharField(label=_("account holder"), max_length=120)
    bank = forms.CharField(
        label=_("bank and branch"),
        max_length=120,
        help_text=_("as the bank writes it, e.g. 凤山县农村信用合作联社"),
    )
    number = forms.CharField(
        label=_("account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    branch_code = forms.CharField(
        label=_("branch number (12 digits, if you know it)"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
