"""What the public, staff and offices write about demands."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from officials.models import Official, Region
from products.models import Product
from streams.domain.demand_desk import FIRST_DEADLINE, Wording
from streams.domain.demand_office import LONGEST_ANSWER
from streams.domain.demand_sources import LONGEST_WISH
from streams.models.demands import Demand, Tag

WHEN = "%Y-%m-%dT%H:%M"


class PlaceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.short_name)


class GoodsChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.unit}"


class OfficeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_post} · {obj.name}"


class DemandChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.pk} · {obj.title or obj.gist[:40]} ({obj.votes})"


class WishForm(forms.Form):
    text = forms.CharField(
        label=_("What do you wish for?"),
        max_length=LONGEST_WISH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Staff read it and put what many want on the board, in their own words."),
    )
    prefecture = PlaceChoice(
        label=_("About which place?"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("all of Guangxi"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prefecture"].queryset = Region.objects.filter(  # type: ignore[attr-defined]
            kind=Region.Kind.PREFECTURE
        )


class WordingForm(forms.Form):
    title_zh = forms.CharField(label=_("Public wording in Chinese"), max_length=60)
    title_en = forms.CharField(label=_("Public wording in English"), max_length=120, required=False)
    details_zh = forms.CharField(
        label=_("More, in Chinese"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    details_en = forms.CharField(
        label=_("More, in English"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tags = forms.MultipleChoiceField(
        label=_("Tags"), choices=Tag.choices, widget=forms.CheckboxSelectMultiple
    )
    prefecture = PlaceChoice(
        label=_("Prefecture"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=_("all of Guangxi"),
    )
    product = GoodsChoice(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, demand: Demand, **kwargs: Any) -> None:
        known = {name: getattr(demand, name) for name in self.base_fields}
        super().__init__(*args, **{"initial": known, **kwargs})
        places = Region.objects.filter(kind=Region.Kind.PREFECTURE)
        self.fields["prefecture"].queryset = places  # type: ignore[attr-defined]
        goods = Product.objects.filter(state=Product.State.LISTED).defer("search")
        if demand.prefecture_id:
            goods = goods.filter(prefecture=demand.prefecture_id)
        if demand.product_id:
            goods = goods | Product.objects.filter(pk=demand.product_id).defer("search")
        self.fields["product"].queryset = goods.order_by("sku")  # type: ignore[attr-defined]

    def wording(self) -> Wording:
        return Wording(**self.cleaned_data)


class MergeForm(forms.Form):
    into = DemandChoice(label=_("Merge into"), queryset=Demand.objects.none())

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Demand.objects.filter(  # type: ignore[attr-defined]
            pk__in=[one.pk for one in others]
        )


class DeadlineForm(forms.Form):
    due_at = forms.DateTimeField(
        label=_("To be answered by"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=WHEN),
        input_formats=[WHEN],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = timezone.localtime() + FIRST_DEADLINE
        self.fields["due_at"].initial = day.replace(hour=18, minute=0, second=0, microsecond=0)


class AssignForm(DeadlineForm):
    official = OfficeChoice(label=_("Office in charge"), queryset=Official.objects.none())
    field_order = ("official", "due_at")

    def __init__(self, *args: Any, demand: Demand, is_everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = Official.objects.filter(state=Official.State.VERIFIED)
        if demand.prefecture is not None and not is_everywhere:
            place = demand.prefecture_id
            offices = offices.filter(region=place) | offices.filter(region__parent=place)
        self.fields["official"].queryset = offices.select_related(  # type: ignore[attr-defined]
            "region__parent"
        )
        self.fields["official"].initial = demand.official_id
        if demand.due_at is not None and not demand.is_overdue:
            self.fields["due_at"].initial = timezone.localtime(demand.due_at)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class SendBackForm(DeadlineForm):
    reason = forms.CharField(label=_("What is missing"), max_length=200)
    field_order = ("reason", "due_at")


class AnswerForm(forms.Form):
    text_zh = forms.CharField(
        label=_("Your answer in Chinese"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("All can read it, and you will read it out in your next show."),
    )
    text_en = forms.CharField(
        label=_("Your answer in English"),
        max_length=800,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
