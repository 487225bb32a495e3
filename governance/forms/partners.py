"""Forms of partnerships of equals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from core.forms import ClockField, DateBoxesField, PoundsField
from governance.forms.fields import LONG_TEXT, together
from governance.models import (
    Bid,
    Body,
    Delegate,
    Partner,
    PartnerAction,
    PartnerAgreement,
    PartnerQuestion,
    PartnerVote,
)
from governance.operations import PartWanted
from members.forms.known import KnownPersonField
from members.models import Organisation

WHOLE = forms.TextInput(attrs={"inputmode": "numeric"})


class PartnerForm(forms.Form):
    """An organisation, or a citizen group, becomes a partner."""

    role = forms.ChoiceField(label="As", choices=Partner.Role.choices, widget=forms.RadioSelect)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="Which organisation",
        required=False,
        help_text="Those that we know stand under Organisations. Leave it for a citizen group.",
    )
    citizens = forms.ModelChoiceField(
        Body.objects.none(),
        label="Which citizen group",
        required=False,
        help_text="A body of its own: see Who meets.",
    )
    joined = DateBoxesField(label="From")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = Organisation.objects.order_by("name")
        citizens: Any = self.fields["citizens"]
        citizens.queryset = Body.objects.standing().filter(kind=Body.Kind.CITIZENS)


class LeavesForm(forms.Form):
    left = DateBoxesField(label="Last day")


class DelegateForm(forms.Form):
    """Who speaks for a partner."""

    person = KnownPersonField()
    since = DateBoxesField(label="From")
    hours = forms.IntegerField(
        label="Hours that they can give in a quarter of the year",
        min_value=1,
        widget=WHOLE,
        help_text="Nobody may ask them for more.",
    )

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not partner.is_citizens:
            del self.fields["hours"]


class HoursForm(forms.Form):
    hours = forms.IntegerField(
        label="Hours that they can give in a quarter of the year",
        min_value=1,
        widget=WHOLE,
        help_text="What was asked of them this quarter counts as before.",
    )


class DelegateEndForm(forms.Form):
    until = DateBoxesField(label="Last day")


class StepForm(forms.Form):
    """One thing is settled."""

    done_on = DateBoxesField(label="Settled on")
    evidence = forms.CharField(
        label="What shows it", max_length=300, help_text="Such as the number of a minute."
    )


class AgreementForm(forms.Form):
    """What the partners agree: the words, and for each what it does and its share."""

    mark_optional = False
    text = forms.CharField(label="What we agree", widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(
        self,
        *args: Any,
        partners: list[Partner],
        agreement: PartnerAgreement | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partners = partners
        parts = {part.partner_id: part for part in agreement.parts.all()} if agreement else {}
        if agreement:
            self.fields["text"].initial = agreement.text
        for partner in partners:
            part = parts.get(partner.pk)
            self.fields[f"does_{partner.pk}"] = forms.CharField(
                label=f"What {partner} does", max_length=300, initial=part.does if part else ""
            )
            self.fields[f"share_{partner.pk}"] = forms.DecimalField(
                label=f"Share of {partner} in what all contribute",
                max_digits=5,
                decimal_places=2,
                min_value=Decimal(0),
                max_value=Decimal(100),
                initial=part.share if part else None,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "data-suffix": "%"}),
            )

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        data = self.cleaned_data
        parts = {
            one.pk: PartWanted(data[f"does_{one.pk}"], data[f"share_{one.pk}"])
            for one in self.partners
        }
        return {"text": data["text"], "parts": parts}


class PaperAgreementForm(forms.Form):
    """A signature on paper."""

    delegate = forms.ModelChoiceField(Delegate.objects.none(), label="Who signed")
    signed_on = DateBoxesField(label="On")

    def __init__(self, *args: Any, delegates: QuerySet[Delegate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_delegate(self.fields["delegate"], delegates)


def _choose_delegate(field: Any, delegates: QuerySet[Delegate]) -> None:
    names = ("person", "partner__organisation", "partner__citizens")
    field.queryset = delegates.select_related(*names)
    field.label_from_instance = lambda one: f"{one.person}, for {one.partner}"


class QuestionForm(forms.Form):
    """What the partners are asked."""

    title = forms.CharField(label="Title", max_length=120)
    text = forms.CharField(label="What is asked", widget=LONG_TEXT)
    matter = forms.ChoiceField(
        label="What kind of question it is",
        choices=PartnerQuestion.Matter.choices,
        widget=forms.RadioSelect,
        help_text="Only strategic questions are put to citizens.",
    )
    effect = forms.ChoiceField(
        label="What the vote does",
        choices=PartnerQuestion.Effect.choices,
        widget=forms.RadioSelect,
        help_text="It is fixed before anybody votes.",
    )
    minutes = forms.IntegerField(
        label="Minutes that it asks of a citizen delegate",
        min_value=0,
        required=False,
        widget=WHOLE,
        help_text="Reading, talking and voting together. For a strategic question.",
    )
    day = DateBoxesField(label="The vote ends on")
    clock = ClockField(label="At")
    owner = forms.ModelChoiceField(
        Partner.objects.none(),
        label="Who does it, if it is carried",
        required=False,
        help_text="For a binding question.",
    )
    due_on = DateBoxesField(label="To be done by", required=False)

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = body.partners.standing().with_names()

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        values = dict(self.cleaned_data)
        values["closes_at"] = together(values.pop("day"), values.pop("clock"))
        values["minutes"] = values["minutes"] or 0
        return values


def question_values(question: PartnerQuestion) -> dict[str, Any]:
    """A question as the form shows it."""
    names = ("title", "text", "matter", "effect", "minutes", "owner", "due_on")
    ends = timezone.localtime(question.closes_at)
    values = {name: getattr(question, name) for name in names}
    return values | {"day": ends.date(), "clock": ends.time()}


class VoteForm(forms.Form):
    """What a delegate is about to say, to be looked at once more."""

    answer = forms.ChoiceField(choices=PartnerVote.Answer.choices, widget=forms.HiddenInput)


class KeyedVoteForm(forms.Form):
    """A vote that came by post or by telephone."""

    delegate = forms.ModelChoiceField(Delegate.objects.none(), label="Who votes")
    answer = forms.ChoiceField(
        label="What they say", choices=PartnerVote.Answer.choices, widget=forms.RadioSelect
    )
    way = forms.ChoiceField(
        label="How it came",
        choices=[one for one in PartnerVote.Way.choices if one[0] != PartnerVote.Way.ONLINE],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, delegates: QuerySet[Delegate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_delegate(self.fields["delegate"], delegates)


class ProgressForm(forms.Form):
    """How something goes that the partners decided."""

    text = forms.CharField(label="How it goes", widget=LONG_TEXT, help_text="Everybody reads this.")
    state = forms.ChoiceField(
        label="How far it is", choices=PartnerAction.State.choices, widget=forms.RadioSelect
    )
    on = DateBoxesField(label="On")


class OutcomeForm(forms.Form):
    """What should get better, in the citizens' words."""

    title = forms.CharField(label="In a few words", max_length=120)
    text = forms.CharField(label="What should get better", widget=LONG_TEXT)


class WordingForm(forms.Form):
    """Other words, proposed to the citizens."""

    text = forms.CharField(label="The words you propose", widget=LONG_TEXT)
    why = forms.CharField(label="Why", widget=LONG_TEXT)


class WordingAnswerForm(forms.Form):
    answer = forms.CharField(
        label="What you say to it", widget=LONG_TEXT, help_text="All partners read this."
    )


class NoteForm(forms.Form):
    text = forms.CharField(label="What you want to say to your group", widget=LONG_TEXT)


class BidForm(forms.Form):
    """Money that the partners ask for together."""

    title = forms.CharField(label="What it is for", max_length=120)
    funder = forms.CharField(label="Whom you ask", max_length=120)
    lead = forms.ModelChoiceField(Partner.objects.none(), label="Which partner has the lead")
    amount = PoundsField(label="How much you ask for")
    deadline = DateBoxesField(label="It must be there by")

    def __init__(
        self, *args: Any, partners: list[Partner], bid: Bid | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partners = partners
        lead: Any = self.fields["lead"]
        lead.queryset = Partner.objects.filter(pk__in=[one.pk for one in partners]).with_names()
        shares = {part.partner_id: part.share for part in bid.shares.all()} if bid else {}
        for partner in partners:
            self.fields[f"share_{partner.pk}"] = forms.DecimalField(
                label=f"Share of {partner}",
                max_digits=5,
                decimal_places=2,
                min_value=Decimal(0),
                max_value=Decimal(100),
                required=False,
                initial=shares.get(partner.pk),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "data-suffix": "%"}),
            )

    def values(self) -> dict[str, Any]:
        """What the operations take."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "funder": data["funder"],
            "lead": data["lead"],
            "pence": int(data["amount"].amount * 100),
            "deadline": data["deadline"],
            "shares": {one.pk: data[f"share_{one.pk}"] or Decimal(0) for one in self.partners},
        }


def bid_values(bid: Bid) -> dict[str, Any]:
    """A bid as the form shows it."""
    values = {name: getattr(bid, name) for name in ("title", "funder", "lead", "deadline")}
    return values | {"amount": bid.amount}


class GoForm(forms.Form):
    """Whether to go for it: a question to the partners."""

    text = forms.CharField(label="What the partners need to know", widget=LONG_TEXT)
    minutes = forms.IntegerField(
        label="Minutes that it asks of a citizen delegate", min_value=1, widget=WHOLE
    )
    closing_day = DateBoxesField(label="The vote ends on")
    clock = ClockField(label="At")

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        values = dict(self.cleaned_data)
        values["closes_at"] = together(values.pop("closing_day"), values.pop("clock"))
        return values


class BidFileForm(forms.Form):
    upload = forms.FileField(label="A paper of the bid", help_text="PDF, JPEG or PNG, up to 10 MB.")


class BidSentForm(forms.Form):
    on = DateBoxesField(label="It went on")


class BidOutcomeForm(forms.Form):
    """What came of it; before it was sent it can only be given up."""

    state = forms.ChoiceField(
        label="What came of it",
        choices=[(one.value, one.label) for one in (Bid.State.WON, Bid.State.LOST)],
        widget=forms.RadioSelect,
    )
    outcome = forms.CharField(label="In a few words", widget=LONG_TEXT)
    on = DateBoxesField(label="Since")

    def __init__(self, *args: Any, bid: Bid, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bid.state != Bid.State.SENT:
            field: Any = self.fields["state"]
            field.choices = [(Bid.State.DROPPED.value, Bid.State.DROPPED.label)]
            field.initial = Bid.State.DROPPED
