"""The register: as at which day, whom to look for, and who has left."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import DateBoxesField
from members.models import MemberClass


class RegisterFilter(forms.Form):
    mark_optional = False
    on = forms.DateField(
        label="As at", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    member_class: forms.ModelChoiceField[MemberClass] = forms.ModelChoiceField(
        label="Kind of member",
        queryset=MemberClass.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="All",
    )

    who = forms.ChoiceField(
        label="Who",
        choices=[
            ("", "Members, and former ones with shares"),
            ("members", "Members only"),
            ("former", "Former members"),
            ("all", "Everyone ever entered"),
        ],
        required=False,
    )

    def clean_on(self) -> dt.date | None:
        on: dt.date | None = self.cleaned_data["on"]
        if on and on > timezone.localdate():
            raise ValidationError("That day is still to come. The register is as at today.")
        return on


class SearchForm(forms.Form):
    """Posted, so that no name ends up in an address."""

    mark_optional = False
    q = forms.CharField(label="Number or name", max_length=100, required=False)


class CeaseForm(forms.Form):
    ceased = DateBoxesField(
        label="First day on which they are no longer a member",
        help_text="The entry and its number stay in the register.",
    )
    because = forms.CharField(label="Why", max_length=120)
