"""Forms of nominations."""

from __future__ import annotations

import datetime as dt

from django import forms

from core.forms import ClockField, DateBoxesField
from governance.forms.fields import LONG_TEXT, MemberNumberField, together


class CallForNominationsForm(forms.Form):
    """From when until when."""

    begin_day = DateBoxesField(label="From")
    begin_clock = ClockField(label="From this time")
    end_day = DateBoxesField(label="Until")
    end_clock = ClockField(label="Until this time")

    def window(self) -> dict[str, dt.datetime]:
        data = self.cleaned_data
        return {
            "begins": together(data["begin_day"], data["begin_clock"]),
            "ends": together(data["end_day"], data["end_clock"]),
        }


class StandForm(forms.Form):
    """A few words for voters."""

    statement = forms.CharField(
        label="A few words for voters",
        required=False,
        widget=LONG_TEXT,
        help_text="Who you are, and what you would do. It goes on the paper as you write it.",
    )


class NominateForm(forms.Form):
    """Whom."""

    member = MemberNumberField(label="Member number of whom you nominate")


class KeyedNominationForm(forms.Form):
    """What came on paper."""

    member = MemberNumberField(label="Who is nominated: member number")
    nominator = MemberNumberField(
        label="Nominated by: member number",
        required=False,
        help_text="One at a time. Leave it empty if the paper is their own agreement to stand.",
    )
    agrees = forms.BooleanField(
        label="Who is nominated has signed that they agree to stand", required=False
    )
    statement = forms.CharField(label="A few words for voters", required=False, widget=LONG_TEXT)


class RefuseNominationForm(forms.Form):
    """Why it is not accepted."""

    because = forms.CharField(label="Why", max_length=200)
