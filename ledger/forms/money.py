"""The treasurer's forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.actors import Actor
from core.forms import DateBoxesField, PoundsField, not_to_come
from core.models import User
from core.permissions import GRANTS, Role
from ledger.models import Account, Order, Party, Payment, PayOut
from ledger.operations.by_hand import accounts_by_hand
from ledger.operations.paper import PAPER
from ledger.owners import party_numbered

ORDER_STATES = (
    ("open", "To be paid"),
    ("paid", "Paid"),
    ("cancelled", "Cancelled"),
    ("all", "All"),
)


class AsAtForm(forms.Form):
    """A day at whose end the books are looked at; today where none is said."""

    mark_optional = False
    on = forms.DateField(
        label="As at", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_on(self) -> dt.date | None:
        return not_to_come(self.cleaned_data["on"])


class PeriodForm(forms.Form):
    """From a day to a day; open ends where they are left out."""

    mark_optional = False
    first = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", "This must not be before the first day.")
        return data


class OrderFilter(forms.Form):
    mark_optional = False
    show = forms.ChoiceField(choices=ORDER_STATES, required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="What for", choices=[("", "All"), *Order.Kind.choices], required=False
    )


class ReferenceForm(forms.Form):
    """Posted, so that nothing is left in an address."""

    mark_optional = False
    reference = forms.CharField(
        label="Reference", max_length=40, help_text="For example SH-7KQ3M, from a bank statement."
    )


class PlaceForm(ReferenceForm):
    """The order that some money was for: `cleaned_data["reference"]` is the order itself."""

    def clean_reference(self) -> Order:
        typed = self.cleaned_data["reference"]
        if order := Order.objects.with_reference(typed):
            return order
        raise ValidationError("There is no order with this reference. Check each letter.")


class UnplaceForm(forms.Form):
    why = forms.CharField(
        label="Why",
        max_length=100,
        help_text="For example: it was for another order. Please write no names here.",
    )


class PaymentForm(forms.Form):
    """Money that came other than through Stripe."""

    method = forms.ChoiceField(
        label="How it came",
        choices=[(m.value, m.label) for m in Payment.Method if m in PAPER],
        widget=forms.RadioSelect,
    )
    amount = PoundsField(label="Amount", min_value=0, max_value=1_000_000)
    made_on = DateBoxesField(label="Day on which it came")
    payer = forms.IntegerField(
        label="Member number of who paid, if it was somebody else",
        required=False,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Enter the number in figures, such as 12."},
    )
    counted_by: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label="Who counted the cash with you",
        queryset=User.objects.none(),
        required=False,
        help_text="Only for cash.",
    )
    note = forms.CharField(
        label="Note", max_length=60, required=False, help_text="For example the cheque’s number."
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        staff = [Role(role).label for role in GRANTS["ledger.view_books"] | {Role.SECRETARY}]
        self.fields["counted_by"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(groups__name__in=staff).exclude(pk=user.pk).distinct()
        )
        self.fields["counted_by"].label_from_instance = lambda user: user.get_full_name()  # type: ignore[attr-defined]

    def clean_payer(self) -> Party | None:
        """Whom the number is in the ledger."""
        number: int | None = self.cleaned_data["payer"]
        if number is None:
            return None
        party = party_numbered(number, Actor("user", user=self.user))
        if party is None:
            raise ValidationError("Nobody in the register has this number.")
        return party


class UndoForm(forms.Form):
    """Something that did not come after all."""

    on = DateBoxesField(label="Day on which it is undone")
    why = forms.CharField(label="Why", max_length=100)


class RefundForm(forms.Form):
    amount = PoundsField(label="Amount to pay back")
    reason = forms.CharField(label="Why", max_length=120)


class OutcomeForm(forms.Form):
    outcome = forms.CharField(label="What you did about it", max_length=200)


class PaidOnForm(forms.Form):
    paid_on = DateBoxesField(label="Day on which the bank paid it")


class PayBackForm(forms.Form):
    """Money that came otherwise than through Stripe goes back from our bank account."""

    amount = PoundsField(label="Amount to pay back")
    why = forms.CharField(label="Why", max_length=120)


class PayOutFilter(forms.Form):
    mark_optional = False
    state = forms.ChoiceField(
        choices=[*PayOut.State.choices, ("all", "All")], required=False, widget=forms.HiddenInput
    )


class JournalForm(forms.Form):
    """A journal that the treasurer writes by hand, such as a bank's charge."""

    date = DateBoxesField(label="Day")
    debit: forms.ModelChoiceField[Account] = forms.ModelChoiceField(
        label="To (debit)", queryset=accounts_by_hand(), empty_label="Choose…"
    )
    credit: forms.ModelChoiceField[Account] = forms.ModelChoiceField(
        label="From (credit)", queryset=accounts_by_hand(), empty_label="Choose…"
    )
    amount = PoundsField(label="Amount")
    memo = forms.CharField(
        label="What for", max_length=120, help_text="A reference. Please write no names here."
    )
    once = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("debit") and data.get("debit") == data.get("credit"):
            self.add_error("credit", "Choose two different accounts.")
        return data


class ReverseForm(forms.Form):
    date = DateBoxesField(label="Day of the reversal")
    why = forms.CharField(
        label="Why", max_length=100, help_text="A reference. Please write no names here."
    )
