"""Forms of members who ask for a meeting."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import ClockField, DateBoxesField
from governance.forms.fields import LONG_TEXT, MemberNumberField, together
from governance.forms.meetings import held_field, joining_field, place_field
from members.models import Member


class RequisitionForm(forms.Form):
    """What the meeting is to be about, and who asks first."""

    member = forms.ModelChoiceField(Member.objects.none(), label="Who asks", empty_label=None)
    title = forms.CharField(label="What the meeting is to be about", max_length=150)
    business = forms.CharField(
        label="The business, in full",
        widget=LONG_TEXT,
        help_text="The meeting deals with this and with nothing else.",
    )
    motion = forms.CharField(
        label="Words of a motion",
        required=False,
        widget=LONG_TEXT,
        help_text="Exactly as it would be voted on. Leave it empty if the meeting is to talk only.",
    )

    def __init__(self, *args: Any, mine: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["member"]
        choice.queryset = Member.objects.filter(pk__in=[one.pk for one in mine])
        choice.label_from_instance = lambda member: member.name
        choice.initial = mine[0].pk
        if len(mine) == 1:
            choice.widget = forms.HiddenInput()


class PaperRequisitionForm(forms.Form):
    """One that came on paper, keyed by staff."""

    member = MemberNumberField(label="Register number of who asks")
    title = forms.CharField(label="What the meeting is to be about", max_length=150)
    business = forms.CharField(label="The business, in full", widget=LONG_TEXT)
    motion = forms.CharField(label="Words of a motion", required=False, widget=LONG_TEXT)


class PaperSignatureForm(forms.Form):
    member = MemberNumberField(label="Register number of who signed on paper")


class RequisitionedMeetingForm(forms.Form):
    """When and where. What about is not for the secretary to say."""

    day = DateBoxesField(label="Day of the meeting")
    clock = ClockField(label="It begins at")
    held, place, joining = held_field(), place_field(), joining_field()
    record_date = DateBoxesField(
        label="Record date",
        help_text="Whoever is in the register on this day may vote.",
    )

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        values = dict(self.cleaned_data)
        values["starts_at"] = together(values.pop("day"), values.pop("clock"))
        return values
