"""Forms of motions at a meeting: amendments, hands, polls, registration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import DateBoxesField
from governance.counting.tally import CHOICES
from governance.forms.fields import LONG_TEXT, MemberNumberField
from governance.models import Division, Meeting, Voter
from governance.models.division import CHOICE_NAMES

CASTING = [("", "None"), ("for", "For"), ("against", "Against")]


class AmendmentForm(forms.Form):
    """How the motion would read."""

    text = forms.CharField(label="The whole motion, as it would then read", widget=LONG_TEXT)
    proposer = MemberNumberField(label="Moved by member number", required=False)
    seconder = MemberNumberField(label="Seconded by member number", required=False)


class BeginForm(forms.Form):
    """How a vote is taken."""

    way = forms.ChoiceField(
        label="How the vote is taken",
        choices=Division.Way.choices,
        initial=Division.Way.HANDS,
        widget=forms.RadioSelect,
    )


class CastingForm(forms.Form):
    """The casting vote, where the rules know one."""

    casting = forms.ChoiceField(
        label="Casting vote of the chair",
        choices=CASTING,
        required=False,
        widget=forms.RadioSelect,
        help_text="Only if as many were for as against.",
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not meeting.rules.casting_vote:
            del self.fields["casting"]


class HandsForm(CastingForm):
    """Hands as counted: three numbers for each line."""

    def __init__(self, *args: Any, lines: Mapping[str, int], **kwargs: Any) -> None:
        """`lines`: constituency → how many of it are there; "" where all count alike."""
        super().__init__(*args, **kwargs)
        self.names = list(lines)
        for place, (name, there) in enumerate(lines.items()):
            for choice in CHOICES:
                label = choice.capitalize() if choice != "abstain" else "Abstaining"
                self.fields[f"{choice}_{place}"] = forms.IntegerField(
                    label=f"{name}: {label.lower()}" if name else label,
                    min_value=0,
                    widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                    help_text=f"{there} are here." if choice == "for" else "",
                )
        if "casting" in self.fields:
            self.order_fields([name for name in self.fields if name != "casting"])

    def counts(self) -> dict[str, tuple[int, ...]]:
        """What the operation takes."""
        return {
            name: tuple(self.cleaned_data[f"{choice}_{place}"] for choice in CHOICES)
            for place, name in enumerate(self.names)
        }


class SetAsideForm(forms.Form):
    because = forms.CharField(label="What was wrong", max_length=200)


class DemandForm(forms.Form):
    """Who demands a poll."""

    demanders = forms.CharField(
        label="Member numbers of those who demand it",
        max_length=200,
        help_text="With spaces between them, such as 12 40.",
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def clean_demanders(self) -> list[Voter]:
        numbers = self.cleaned_data["demanders"].replace(",", " ").split()
        if not all(number.isdecimal() and len(number) < 10 for number in numbers):
            raise ValidationError("Write member numbers with spaces between them.")
        voters = self.meeting.voters.standing().filter(member__number__in=map(int, numbers))
        found = {voter.member.number for voter in voters.select_related("member") if voter.member}
        missing = [number for number in numbers if int(number) not in found]
        if missing:
            raise ValidationError(f"Not on the roll: {', '.join(missing)}.")
        return list(voters)


class RegisteredForm(forms.Form):
    """When the registrar registered it."""

    registered_on = DateBoxesField(label="Registered on")
    registered_as = forms.CharField(
        label="Reference", max_length=60, help_text="The registrar’s number or the letter’s date."
    )


class SignatureForm(forms.Form):
    """Who has signed the instrument."""

    member = MemberNumberField(label="Member number")
    signed_on = DateBoxesField(label="Signed on")


class EarlyVoteForm(forms.Form):
    """A vote on paper that came before the meeting."""

    voter = forms.IntegerField(
        label="Member number", widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    choice = forms.ChoiceField(
        label="What the paper says", choices=CHOICE_NAMES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def clean_voter(self) -> Voter:
        number = self.cleaned_data["voter"]
        voter = self.meeting.voters.standing().filter(member__number=number).first()
        if voter is None:
            raise ValidationError(f"Nobody on the roll has the number {number}.")
        return voter
