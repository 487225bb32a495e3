"""Forms by which shares go out again, memberships end, and members move between classes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from core.forms import DateBoxesField, PoundsField, WholeNumberField
from ledger.money import pounds_of
from members.models import Member, MemberClass, ShareClass, Withdrawal
from members.rules.authority import NO_GIFTS
from members.rules.withdrawals import Holding

Why = Withdrawal.Why
Held = list[tuple[ShareClass, Holding]]


class QuantityForm(forms.Form):
    """How many shares of which class; the class is asked only of who holds several."""

    share_class = forms.ChoiceField(label="Which shares", widget=forms.RadioSelect)
    quantity = WholeNumberField(
        label="How many shares",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "shares"}),
        error_messages={
            "required": "Enter how many shares.",
            "invalid": "Enter a whole number, such as 10.",
        },
    )

    def __init__(self, *args: Any, held: Held, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {one.code: (one, holding) for one, holding in held}
        if len(held) < 2:
            del self.fields["share_class"]
        else:
            self.fields["share_class"].choices = [  # type: ignore[attr-defined]
                (one.code, f"{one.name}: {holding.held:,}") for one, holding in held
            ]

    def chosen(self) -> tuple[ShareClass, Holding] | None:
        """The class and what is held of it; None when nothing is held."""
        code = self.cleaned_data.get("share_class") or next(iter(self.held), "")
        return self.held.get(code)


class AskForm(QuantityForm):
    """The member's own request, or that of who is acting for somebody of this name."""

    why = forms.ChoiceField(
        label="What should become of their value?",
        choices=[
            (Why.REQUEST, "Pay it to me"),
            (Why.GIFT, "Give it to the co-op, for good"),
        ],
        initial=Why.REQUEST,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, held: Held, acting_for: str = "", **kwargs: Any) -> None:
        super().__init__(*args, held=held, **kwargs)
        if acting_for:
            self.fields["why"].choices = [(Why.REQUEST, f"Pay it to {acting_for}")]  # type: ignore[attr-defined]
            self.fields["why"].help_text = NO_GIFTS
        if len(held) == 1:
            [(share_class, holding)] = held
            most = pounds_of(holding.most * int(share_class.par.amount * 100))
            self.fields[
                "quantity"
            ].help_text = f"Up to {holding.most:,}, at {share_class.par} each: {most}."


class KeyForm(QuantityForm):
    """The same from paper, keyed by staff; whoever leaves asks for all."""

    received = DateBoxesField(label="Day on which the paper came")
    why = forms.ChoiceField(
        label="What the member asks for",
        choices=[
            (Why.REQUEST, "To be paid for some shares, and stay"),
            (Why.LEFT, "To be paid for all, and leave with the last"),
            (Why.GIFT, "To give them to the co-op"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what the member asks for."},
    )
    field_order = ["received", "why", "share_class", "quantity"]

    def __init__(self, *args: Any, held: Held, **kwargs: Any) -> None:
        super().__init__(*args, held=held, **kwargs)
        self.fields["quantity"].required = False
        self.fields["quantity"].help_text = "Whoever leaves asks for all: leave it empty."

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = self.chosen()
        if data.get("why") == Why.LEFT and chosen:
            data["quantity"] = data.get("quantity") or chosen[1].left
        elif data.get("why") and not data.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", "Enter how many shares.")
        return data


class AgreeForm(forms.Form):
    """The board's decision: meeting and minute."""

    decided_on = DateBoxesField(label="Board meeting of")
    minute = forms.CharField(
        label="Number of the minute", max_length=60, help_text="For example 2026/14.2"
    )


class RefuseForm(forms.Form):
    decided_on = DateBoxesField(label="Board meeting of")
    reason = forms.CharField(
        label="The board’s reason",
        max_length=300,
        help_text="The member reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    minute = forms.CharField(label="Number of the minute", max_length=60, required=False)


class PrepareForm(forms.Form):
    """How many shares the page said can be paid now."""

    shares = forms.IntegerField(widget=forms.HiddenInput)


class CashForm(forms.Form):
    """How much is set aside from now on. `was` is what the page showed."""

    amount = PoundsField(
        label="Set aside from now on",
        help_text="What is being paid has been taken out already.",
    )
    minute = forms.CharField(
        label="Number of the minute", max_length=60, help_text="The board decides how much."
    )
    was = PoundsField(widget=forms.HiddenInput)


class SuspendForm(forms.Form):
    since = DateBoxesField(label="From")
    because = forms.CharField(
        label="Why",
        max_length=120,
        help_text="Every member who asks for shares back reads this.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    decided_on = DateBoxesField(label="Board meeting of")
    minute = forms.CharField(
        label="Number of the minute", max_length=40, help_text="For example 2026/14.2"
    )


# --- Leaving and moving ---------------------------------------------------------------------------

TODAY_PAY, TODAY_GIVE, TODAY_KEEP, WITH_THE_LAST = "pay", "give", "keep", "last"


class LeaveForm(forms.Form):
    """The member's own: when the membership ends, and what becomes of the shares.

    Who is acting for somebody of this name is asked about them: they give nothing away, and say
    what becomes of the shares only if they act in matters of `money`.
    """

    how = forms.ChoiceField(
        label="How would you like to leave?",
        choices=[
            (WITH_THE_LAST, "Stay a member until I am paid for my last share"),
            (TODAY_PAY, "Leave today, and be paid for my shares in turn"),
            (TODAY_GIVE, "Leave today, and give my shares to the co-op"),
            (TODAY_KEEP, "Leave today, and decide about my shares later"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say how you would like to leave."},
    )
    sure = forms.BooleanField(
        label="Yes, I want to leave.",
        error_messages={"required": "Tick the box to say that you want to leave."},
    )

    def __init__(self, *args: Any, acting_for: str = "", money: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not acting_for:
            return
        with_money = [
            (WITH_THE_LAST, "Stay a member until paid for the last share"),
            (TODAY_PAY, "Leave today, and be paid for the shares in turn"),
        ]
        later = (TODAY_KEEP, "Leave today, and decide about the shares later")
        how, sure = self.fields["how"], self.fields["sure"]
        how.label = f"How is {acting_for} to leave?"
        how.choices = [*with_money, later] if money else [later]  # type: ignore[attr-defined]
        sure.label = f"Yes, {acting_for} is to leave."


class MoveForm(forms.Form):
    entered: forms.ModelChoiceField[MemberClass] = forms.ModelChoiceField(
        label="New kind of member", queryset=MemberClass.objects.none(), empty_label="Choose…"
    )
    date = DateBoxesField(label="First day in it")
    because = forms.CharField(label="Why", max_length=120)
    minute = forms.CharField(label="Board minute", max_length=60, required=False)
    seen = forms.CharField(
        label="What was seen that shows it",
        max_length=200,
        required=False,
        help_text="Above stands what each kind asks for. For example: letter of 3 March.",
    )
    seen_on = DateBoxesField(label="Seen on", initial=timezone.localdate, required=False)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = MemberClass.objects.filter(for_organisations=member.organisation_id is not None)
        others = others.exclude(pk=member.member_class_id)
        self.fields["entered"].queryset = others  # type: ignore[attr-defined]
        asked = [one.name for one in others if one.entry_needs_consent]
        if asked:
            self.fields["minute"].help_text = f"Needed for: {', '.join(asked)}."

    def clean(self) -> dict[str, Any]:
        """A class that asks for evidence is entered with what was seen."""
        data: dict[str, Any] = super().clean() or {}
        entered = data.get("entered")
        if entered and entered.evidence and not data.get("seen") and "seen" not in self.errors:
            self.add_error("seen", f"Say what was seen. {entered.name}: {entered.evidence}")
        return data


class EvidenceForm(forms.Form):
    what = forms.CharField(
        label="What was seen", max_length=200, help_text="For example: letter of 3 March, pay slip."
    )
    seen_on = DateBoxesField(label="Seen on")
    until = DateBoxesField(label="Counts until", required=False)

    def __init__(self, *args: Any, member_class: MemberClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = member_class.evidence_lasts_months
        self.fields["until"].help_text = (
            f"Left empty: {months} months, as the class says." if months else "Left empty: no end."
        )


class EndGroundForm(forms.Form):
    on = DateBoxesField(label="First day without it")
    why = forms.CharField(label="Why it ended", max_length=100)


# --- Death ----------------------------------------------------------------------------------------


class DeathForm(forms.Form):
    died_on = DateBoxesField(label="Day of death")
    told_on = DateBoxesField(label="Day on which we were told")
    evidence = forms.CharField(
        label="What was seen", max_length=200, help_text="For example the death certificate."
    )
    representative = forms.CharField(
        label="Executor or administrator", max_length=120, required=False
    )
    representative_address = forms.CharField(
        label="Their address",
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )


class EstateForm(forms.Form):
    representative = forms.CharField(
        label="Executor or administrator", max_length=120, required=False
    )
    representative_address = forms.CharField(
        label="Their address",
        max_length=240,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    grant_seen_on = DateBoxesField(label="Probate or letters seen on", required=False)


class ReopenForm(forms.Form):
    why = forms.CharField(
        label="What was wrong",
        max_length=120,
        help_text="The audit trail keeps that a reason was given, and not its words.",
    )
