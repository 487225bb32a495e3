"""The register of officers, and those who inspect the registers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import DateBoxesField
from members.forms.known import KnownPersonField
from members.models import Inspection, Member, Office

MINUTE = "For example 2026/14.2"


class OfficersFilter(forms.Form):
    mark_optional = False
    on = forms.DateField(
        label="As at", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    who = forms.ChoiceField(
        label="Who",
        choices=[("", "In office that day"), ("all", "Everyone up to that day")],
        required=False,
    )

    def clean_on(self) -> dt.date | None:
        on: dt.date | None = self.cleaned_data["on"]
        if on and on > timezone.localdate():
            raise ValidationError("That day is still to come. The register is as at today.")
        return on


class AppointForm(forms.Form):
    """Who is found by a register number, or by an e-mail address that only they have."""

    who = KnownPersonField()
    post = forms.ChoiceField(label="Office", choices=Office.Post.choices)
    since = DateBoxesField(label="From")
    minute = forms.CharField(label="Number of the minute", max_length=60, help_text=MINUTE)
    jointly = forms.BooleanField(
        label="They hold it together with whoever holds it then.", required=False
    )


class EndOfficeForm(forms.Form):
    until = DateBoxesField(label="Last day in office")
    minute = forms.CharField(label="Number of the minute", max_length=60, help_text=MINUTE)


class InspectionForm(forms.Form):
    right = forms.ChoiceField(
        label="By what right?", choices=Inspection.Right.choices, widget=forms.RadioSelect
    )
    number = forms.IntegerField(
        label="Register number",
        required=False,
        min_value=1,
        help_text="Of the member who inspects it.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    who = forms.CharField(
        label="Who inspects it?",
        max_length=120,
        required=False,
        help_text="For a member: leave empty, unless somebody comes for them.",
    )
    note = forms.CharField(
        label="What else there is to note",
        max_length=200,
        required=False,
        help_text="For another right: which. Otherwise, for example, what they showed.",
    )
    as_at = DateBoxesField(label="The register as at")
    copy_given = forms.TypedChoiceField(
        label="What do they get?",
        choices=[("no", "They look at it here"), ("yes", "They get a copy")],
        coerce=lambda value: value == "yes",
        initial="no",
        widget=forms.RadioSelect,
    )

    def answers(self) -> dict[str, Any]:
        """What was typed, as the operation takes it."""
        data = dict(self.cleaned_data)
        number = data.pop("number")
        return data | {"member": Member.objects.filter(number=number).first() if number else None}
