"""What is sent with a spreadsheet."""

from django import forms
from django.utils.translation import gettext_lazy as _

from products.models import SheetImport


class SheetForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in it"), choices=SheetImport.Kind.choices)
    file = forms.FileField(
        label=_("File (.xlsx or .csv)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
