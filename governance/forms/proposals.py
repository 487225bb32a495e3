"""Forms of what members propose, say about it, and are asked for an opinion on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from core.forms import DateBoxesField
from governance.forms.fields import LONG_TEXT, MemberNumberField
from governance.models import Meeting, OpinionPoll, Proposal, Remark
from members.models import Member


class IdeaForm(forms.Form):
    """What it is about, and why."""

    title = forms.CharField(label="What it is about", max_length=150)
    text = forms.CharField(
        label="Why",
        widget=LONG_TEXT,
        help_text="What should change, and whom it would help. The exact words come later.",
    )


class OwnIdeaForm(IdeaForm):
    """One's own, or that of an organisation for which one speaks."""

    member = forms.ModelChoiceField(Member.objects.none(), label="Who proposes", empty_label=None)
    field_order = ["member"]

    def __init__(self, *args: Any, mine: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["member"]
        choice.queryset = Member.objects.filter(pk__in=[one.pk for one in mine])
        choice.label_from_instance = lambda member: member.name
        choice.initial = mine[0].pk
        if len(mine) == 1:
            choice.widget = forms.HiddenInput()


class PaperIdeaForm(IdeaForm):
    """One that came on paper or was told to staff."""

    member = MemberNumberField(label="Register number of who proposes")
    field_order = ["member"]


class PutForwardForm(forms.Form):
    """The words that others second and the meeting would vote on."""

    motion = forms.CharField(
        label="The words that would be voted on",
        widget=LONG_TEXT,
        help_text="Begin with “That …”. They stay as they are while others second them.",
    )
    kind = forms.ChoiceField(
        label="What kind of motion it is",
        choices=[(kind.value, kind.label) for kind in Proposal.KINDS],
        widget=forms.RadioSelect,
        initial=Proposal.KINDS[0].value,
    )


class PaperSeconderForm(forms.Form):
    member = MemberNumberField(label="Register number of who seconds it on paper")


class OnAgendaForm(forms.Form):
    """On the agenda of which meeting."""

    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="Meeting", empty_label=None)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.queryset = meetings_in_preparation(proposal)
        field.label_from_instance = lambda one: (
            f"{one.title}, {timezone.localtime(one.starts_at):%-d %B %Y}"
        )


def meetings_in_preparation(proposal: Proposal) -> Any:
    """Those on whose agenda it can still be put: not what members asked for, which deals with its
    own business alone.
    """
    drafts = proposal.body.meetings.filter(state=Meeting.State.DRAFT, requisition__isnull=True)
    return drafts.order_by("starts_at")


class RemarkForm(forms.Form):
    text = forms.CharField(
        label="What you have to say",
        max_length=Remark.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Under your name. You can take it back, not change it.",
    )


class TakeDownForm(forms.Form):
    because = forms.CharField(
        label="Why it is taken down", max_length=200, help_text="Everybody who reads here sees it."
    )


class PollForm(forms.Form):
    """A question to all members."""

    question = forms.CharField(label="The question", max_length=200)
    background = forms.CharField(
        label="What one needs to know to answer", required=False, widget=LONG_TEXT
    )
    choices = forms.CharField(
        label="Answers to choose from",
        widget=LONG_TEXT,
        help_text=f"One a line, 2 to {OpinionPoll.MOST_CHOICES}. “I have no opinion” can be one.",
    )
    last_day = DateBoxesField(label="Last day to answer")

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        return self.cleaned_data | {"choices": self.cleaned_data["choices"].splitlines()}


class AnswerForm(forms.Form):
    """One answer. `choice` cleans to its place among the poll's choices."""

    choice = forms.TypedChoiceField(label="Answer", coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, poll: OpinionPoll, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["choice"]
        field.choices = list(enumerate(poll.choices))


class PaperAnswerForm(AnswerForm):
    """An answer that came on paper or by telephone."""

    member = MemberNumberField(label="Register number of who answers")
    field_order = ["member"]
    prefix = "paper"


class StopForm(forms.Form):
    because = forms.CharField(label="Why it ends early", max_length=200)
