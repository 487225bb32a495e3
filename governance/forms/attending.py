"""Forms of the roll and of the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from governance.forms.fields import MemberNumberField
from governance.models import Attendance, Meeting, Motion
from members.models import Person


class FindVoterForm(forms.Form):
    """Whom to look for on the roll. The words travel in the page, never in an address."""

    mark_optional = False
    q = forms.CharField(label="Name or register number", max_length=80, required=False)


class AddVoterForm(forms.Form):
    """A member, or somebody who sat on the body on the record date and is not on the roll."""

    because = forms.CharField(label="Why", max_length=200)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if meeting.body.is_of_members:
            self.fields["member"] = MemberNumberField(label="Register number")
        else:
            sat = meeting.body.seats.held_on(meeting.record_date).values("person")
            on_it = meeting.voters.standing().values("person")
            off_it = Person.objects.filter(pk__in=sat).exclude(pk__in=on_it)
            self.fields["person"] = forms.ModelChoiceField(
                off_it, label="Who", empty_label="Choose"
            )
        self.order_fields(["member", "person", "because"])


class StrikeVoterForm(forms.Form):
    because = forms.CharField(
        label="Why", max_length=200, help_text="Such as: died, or is in the register twice."
    )


class GuestForm(forms.Form):
    name = forms.CharField(label="Name of a guest", max_length=120)
    way = forms.ChoiceField(label="How they are there", choices=Attendance.Way.choices)


class InterestForm(forms.Form):
    """Who stands aside on an item, and why: there or not, for a secret vote can come before the
    meeting. Of members by their number, on a smaller body from its roll.
    """

    interest = forms.CharField(label="What the interest is", max_length=200)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voters = meeting.voters.standing().with_names()
        if meeting.body.is_of_members:
            self.fields["number"] = forms.IntegerField(
                label="Register number", widget=forms.TextInput(attrs={"inputmode": "numeric"})
            )
        else:
            chosen: Any = forms.ModelChoiceField(self.voters, label="Who", empty_label="Choose")
            chosen.label_from_instance = lambda voter: voter.name
            self.fields["voter"] = chosen
        self.order_fields(["number", "voter", "interest"])

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        voter = self.voters.filter(member__number=number).first()
        if voter is None:
            raise ValidationError(f"Nobody with the number {number} is on the roll.")
        self.cleaned_data["voter"] = voter
        return number


#: What a proxy is for → (counts as present, may vote).
PURPOSES = {"both": (True, True), "vote": (False, True), "present": (True, False)}
HOLDER_DECIDES = "The one who speaks for me decides"


class ProxyForm(forms.Form):
    """Who speaks and votes for somebody, and how on each motion of the meeting."""

    holder = MemberNumberField(
        label="Register number of who speaks for you",
        help_text="Ask them first: they have to agree.",
    )
    purpose = forms.ChoiceField(
        label="What is it for?",
        help_text="A meeting decides nothing unless enough people are present. Those who count as "
        "present by proxy can be among them.",
        choices=[
            ("both", "They vote for me, and I count as present"),
            ("vote", "They vote for me, but I do not count as present"),
            ("present", "I count as present, but nobody votes for me"),
        ],
        widget=forms.RadioSelect,
        initial="both",
    )
    discretion = forms.TypedChoiceField(
        label="Where you say nothing below, and on whatever else comes up",
        choices=[("yes", HOLDER_DECIDES), ("no", "They do not vote for me")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        motions = Motion.objects.filter(item__meeting=meeting).select_related("item")
        self.motions = list(motions.order_by("item__position"))
        for motion in self.motions:
            self.fields[f"motion_{motion.pk}"] = forms.ChoiceField(
                label=motion.item.title,
                help_text=motion.text,
                required=False,
                choices=[
                    ("", "I say nothing on this"),
                    ("for", "For"),
                    ("against", "Against"),
                    ("abstain", "Abstain"),
                ],
            )

    def values(self) -> dict[str, Any]:
        """What the operation takes, besides who."""
        counts, may_vote = PURPOSES[self.cleaned_data["purpose"]]
        return {
            "directions": self._directions(),
            "discretion": self.cleaned_data["discretion"],
            "counts": counts,
            "may_vote": may_vote,
        }

    def _directions(self) -> dict[str, str]:
        """Motion id → what to say, for those that are directed."""
        answers = {str(m.pk): self.cleaned_data[f"motion_{m.pk}"] for m in self.motions}
        return {motion: answer for motion, answer in answers.items() if answer}


class PaperProxyForm(ProxyForm):
    """A signed paper, keyed by staff."""

    voter = MemberNumberField(label="Register number of who gives it")
    field_order = ["voter", "holder", "purpose", "discretion"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].label = "Register number of who speaks for them"
        self.fields["holder"].help_text = "They have signed the paper as well."
        self.fields["purpose"].label = "What does the paper say it is for?"
        self.fields["discretion"].label = "What the paper says of whatever else comes up"
        self.order_fields(self.field_order)
