"""Forms of the register of interests."""

from __future__ import annotations

from django import forms

from core.forms import DateBoxesField
from governance.models import Interest


class StandingInterestForm(forms.Form):
    """Something one has to do with."""

    kind = forms.ChoiceField(
        label="What kind of interest", choices=Interest.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="What it is",
        max_length=300,
        help_text="Such as: my sister works for the council’s social services.",
    )
    since = DateBoxesField(label="Since")


class InterestEndForm(forms.Form):
    until = DateBoxesField(label="Last day")
