"""Forms for votes that come another way: envelopes, calls, batches of papers; and withdrawing."""

from __future__ import annotations

from typing import Any

from django import forms

from governance.forms.fields import MemberNumberField
from governance.models import Election
from governance.showing_classes import constituencies_on_papers

WHOLE = forms.TextInput(attrs={"inputmode": "numeric"})


class EnvelopeForm(forms.Form):
    """An envelope with a voting paper in it."""

    member = MemberNumberField(
        label="Member number on the envelope", help_text="Do not open the envelope."
    )


class CallForm(forms.Form):
    """How an officer knows who is on the telephone."""

    known_by = forms.CharField(
        label="How do you know that it is them?",
        max_length=120,
        help_text="For example: I know the voice; address and date of birth given; we called the "
        "number in the register.",
    )


class BatchForm(forms.Form):
    """Papers counted by hand."""

    size = forms.IntegerField(
        label="How many papers are in this batch?",
        min_value=1,
        widget=WHOLE,
        help_text="Count them by hand first. Twenty-five to a batch is easy to check.",
    )
    constituency = forms.ChoiceField(
        label="What do the papers say at the top?", required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = constituencies_on_papers(election)
        if classes:
            choices = [("", "Nothing"), *((name, name) for name in classes)]
            self.fields["constituency"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["constituency"]


class PapersLikeThisForm(forms.Form):
    """How many papers say the same."""

    number = forms.IntegerField(
        label="How many papers say exactly this?", min_value=1, initial=1, widget=WHOLE
    )


class SpoiltForm(forms.Form):
    """What is left of a batch."""

    spoilt = forms.IntegerField(
        label="Papers that cannot be counted",
        min_value=0,
        initial=0,
        widget=WHOLE,
        help_text="Unclear, more than one answer, somebody’s name on it, or an empty envelope.",
    )


class WithdrawalForm(forms.Form):
    """Why somebody stands no longer."""

    because = forms.CharField(
        label="Why",
        max_length=200,
        help_text="Voters see it: “withdrew on 3 March”, “has died”. Do not write what concerns "
        "only the candidate, as an illness. It is not in the record that is published.",
    )
