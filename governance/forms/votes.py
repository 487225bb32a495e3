"""Forms that prepare a secret vote."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from core.forms import ClockField, DateBoxesField
from governance import rules
from governance.classes import needs_of
from governance.forms.fields import (
    LONG_TEXT,
    MemberNumberField,
    constituency_choices,
    together,
)
from governance.models import Candidate, Election, Motion

#: How far off the end of a vote can be.
LONGEST = dt.timedelta(days=366)


class VoteForm(forms.Form):
    """What both kinds of vote have: a title, a few words, and when it ends."""

    title = forms.CharField(label="Title on the paper", max_length=120)
    explanation = forms.CharField(label="A few words for voters", required=False, widget=LONG_TEXT)
    closing_day = DateBoxesField(label="Last day to vote")
    closing_clock = ClockField(label="Voting closes at")

    def clean(self) -> None:
        """A vote ends at a time still to come, and not years after its meeting."""
        day = self.cleaned_data.get("closing_day")
        if day and day < timezone.localdate():
            self.add_error("closing_day", "Choose a day that is still to come.")
        elif day and day > timezone.localdate() + LONGEST:
            self.add_error("closing_day", "Choose a day within a year.")

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        values = dict(self.cleaned_data)
        values["closes_at"] = together(values.pop("closing_day"), values.pop("closing_clock"))
        return values


class CallOffVoteForm(forms.Form):
    because = forms.CharField(label="Why", max_length=200)


class ElectionForm(VoteForm):
    """An election of people."""

    seats = forms.IntegerField(
        label="Seats to fill",
        min_value=1,
        max_value=rules.MOST_CANDIDATES,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    counting = forms.ChoiceField(
        label="How the votes are counted",
        choices=Election.Counting.choices,
        initial=Election.Counting.STV,
        widget=forms.RadioSelect,
        help_text="As your rules say. If they say nothing, the first: it is fair to all groups.",
    )
    constituency = forms.ChoiceField(
        label="Who votes, and may stand",
        required=False,
        choices=lambda: [("", "All members"), *constituency_choices()],
        widget=forms.RadioSelect,
        help_text="Choose a class of members only where your rules keep seats for them.",
    )
    field_order = ("title", "explanation", "seats", "counting", "constituency")


class MotionVoteForm(VoteForm):
    """A vote on a motion. What it needs is not asked: the rules say it, or the Act."""

    motion = forms.ModelChoiceField(
        Motion.objects.none(), label="Motion", empty_label=None, widget=forms.RadioSelect
    )
    field_order = ("motion", "title", "explanation")

    def __init__(self, *args: Any, motions: Any = None, **kwargs: Any) -> None:
        """`motions` are those to choose from; without any the choice is not offered again."""
        super().__init__(*args, **kwargs)
        if motions is None:
            del self.fields["motion"]
        else:
            field = self.fields["motion"]
            field.queryset = motions  # type: ignore[attr-defined]
            field.label_from_instance = _with_its_needs  # type: ignore[attr-defined]


def _with_its_needs(motion: Motion) -> str:
    return f"{motion.item.title} (it needs {needs_of(motion).words})"


def vote_values(election: Election) -> dict[str, Any]:
    """A vote as the form shows it."""
    names = ("title", "explanation", "seats", "counting", "constituency")
    end = timezone.localtime(election.closes_at)
    values = {name: getattr(election, name) for name in names}
    return values | {"closing_day": end.date(), "closing_clock": end.time()}


class CandidateForm(forms.Form):
    """Who stands, and what they say."""

    member = MemberNumberField(label="Member number")
    name = forms.CharField(
        label="Name on the paper",
        max_length=80,
        required=False,
        help_text="Leave it empty for the name in the register.",
    )
    statement = forms.CharField(label="Statement", required=False, widget=LONG_TEXT)


class CandidateWordsForm(forms.Form):
    """What may change of a candidate."""

    name = forms.CharField(label="Name on the paper", max_length=80)
    statement = forms.CharField(label="Statement", required=False, widget=LONG_TEXT)


def candidate_values(candidate: Candidate) -> dict[str, Any]:
    return {"name": candidate.name, "statement": candidate.statement}
