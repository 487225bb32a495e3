"""Forms of minutes, decisions and what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import DateBoxesField
from governance.forms.fields import LONG_TEXT
from governance.models import Body, Decision, Meeting, MinuteEntry
from members.forms.known import KnownPersonField


class MinutesForm(forms.Form):
    """Two boxes for each item: for everybody, and for members only."""

    def __init__(self, *args: Any, entries: Iterable[MinuteEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = list(entries)
        for entry in self.entries:
            self.fields[f"text_{entry.pk}"] = forms.CharField(
                label=entry.title, initial=entry.text, required=False, widget=LONG_TEXT
            )
            self.fields[f"private_{entry.pk}"] = forms.CharField(
                label=f"{entry.title}: for members only",
                initial=entry.private,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    mark_optional = False

    def words(self) -> dict[int, tuple[str, str]]:
        """What the operation takes."""
        data = self.cleaned_data
        return {
            entry.pk: (data[f"text_{entry.pk}"], data[f"private_{entry.pk}"])
            for entry in self.entries
        }


class ApproveForm(forms.Form):
    """By which meeting, and with what corrections."""

    at = forms.ModelChoiceField(
        Meeting.objects.none(), label="Approved by the meeting", empty_label=None
    )
    on = DateBoxesField(label="On")
    corrections = forms.CharField(
        label="Corrections that the meeting made", required=False, widget=LONG_TEXT
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [Meeting.State.OPEN, Meeting.State.CLOSED]
        later = meeting.body.meetings.filter(state__in=held)
        field = self.fields["at"]
        field.queryset = later.filter(starts_at__gt=meeting.starts_at)  # type: ignore[attr-defined]


class SignForm(forms.Form):
    """Who signed them."""

    person = KnownPersonField()
    on = DateBoxesField(label="On")


class DecisionForm(forms.Form):
    """A decision, and how the people affected were involved."""

    body = forms.ModelChoiceField(Body.objects.none(), label="Decided by", empty_label=None)
    text = forms.CharField(label="What was decided", widget=LONG_TEXT)
    people_affected = forms.CharField(
        label="How were the people affected involved?",
        widget=LONG_TEXT,
        help_text="Who was asked, how, and what they said. A decision about people is not made "
        "without them.",
    )
    decided_on = DateBoxesField(label="Decided on")
    review_on = DateBoxesField(label="To be looked at again on", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.standing()  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """What a review found."""

    review = forms.CharField(label="What the review found", widget=LONG_TEXT)
    state = forms.ChoiceField(
        label="The decision", choices=Decision.State.choices, widget=forms.RadioSelect
    )
    on = DateBoxesField(label="Reviewed on")
    next_on = DateBoxesField(
        label="To be looked at again on", required=False, help_text="If it stands."
    )


class ActionForm(forms.Form):
    """Who does what by when."""

    body = forms.ModelChoiceField(Body.objects.none(), label="For", empty_label=None)
    text = forms.CharField(label="What is to be done", max_length=300)
    owner = KnownPersonField(label="Who does it: register number or e-mail address")
    due_on = DateBoxesField(label="By")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.standing()  # type: ignore[attr-defined]

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise ValidationError("Choose a day that is still to come.")
        return day


class DropForm(forms.Form):
    """Why it is not done."""

    outcome = forms.CharField(label="Why it is dropped", max_length=300)
