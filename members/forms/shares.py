"""Buying shares, and what staff do with those that are there."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import DateBoxesField, PercentField, PoundsField, WholeNumberField
from ledger.money import pounds_of
from members.models import Member, ShareClass
from members.rules.shares import Buying

WHOLE = {"invalid": "Enter a whole number, such as 10."}


def quantity_field(label: str) -> WholeNumberField:
    """A number of shares: never a sum of money."""
    return WholeNumberField(
        label=label,
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "shares"}),
        error_messages=WHOLE | {"required": "Enter how many shares."},
    )


class OnceForm(forms.Form):
    """Carries a key of its own: sent twice, what it asks for is done once."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": secrets.token_hex(10)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class BuyForm(forms.Form):
    """How many shares more. What they cost is worked out from the number."""

    quantity = quantity_field("How many more shares?")

    def __init__(self, *args: Any, buying: Buying, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "quantity"
        ].help_text = f"Up to {buying.most:,}, at {pounds_of(buying.par)} each."


class TransferForm(OnceForm):
    """To whom, how many, and by which minute. The receiver is named by register number.

    `held` are the classes of shares that the giver holds: of several, one is chosen.
    """

    number = forms.IntegerField(
        label="Register number of the member who receives them",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=WHOLE | {"required": "Enter the register number."},
    )
    quantity = quantity_field("How many shares?")
    date = DateBoxesField(label="Day of the transfer")
    minute = forms.CharField(label="Board minute", max_length=60)

    def __init__(self, *args: Any, held: Sequence[ShareClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        if len(held) > 1:
            self.fields["share_class"] = forms.ModelChoiceField(
                ShareClass.objects.filter(pk__in=[one.pk for one in held]),
                label="Which shares?",
                empty_label=None,
            )

    @property
    def share_class(self) -> ShareClass | None:
        """What is transferred; None where nothing is held."""
        chosen: ShareClass | None = self.cleaned_data.get("share_class")
        return chosen or next(iter(self.held), None)

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        rows = Member.objects.select_related("member_class__share_class", "person", "organisation")
        self.receiver = rows.filter(number=number).first()
        if self.receiver is None:
            raise ValidationError("Nobody in the register has this number.")
        return number

    @property
    def sure(self) -> str:
        """What is shown to be sure of."""
        said = self.cleaned_data
        which = f" {said['share_class'].pk}" if "share_class" in said else ""
        return f"{said.get('number')} {said.get('quantity')} {said.get('date')}{which}"


class CorrectForm(forms.Form):
    why = forms.CharField(
        label="What was wrong", max_length=120, help_text="The member reads it in their history."
    )
    minute = forms.CharField(label="Board minute", max_length=60, required=False)


class MinuteForm(forms.Form):
    minute = forms.CharField(label="Board minute", max_length=60)


class WhyForm(forms.Form):
    why = forms.CharField(
        label="Why", max_length=80, help_text="No names: the treasurer’s list shows it."
    )


class WriteDownForm(OnceForm):
    """By how many per cent, and by which minute. `seen` is what the preview showed."""

    percent = PercentField(label="By how many per cent?", min_value=Decimal("0.01"))
    minute = forms.CharField(label="Minute of the meeting that decided it", max_length=60)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ShareClassForm(forms.Form):
    """A class of shares. Its price never changes once there are shares of it."""

    name = forms.CharField(label="Name", max_length=60)
    par = PoundsField(label="Price of one share", min_value=Decimal("0.01"))
    withdrawable = forms.BooleanField(
        label="Members can ask for their money back",
        required=False,
        help_text="The limit for one member holds for these.",
    )
    transferable = forms.BooleanField(
        label="Shares can be transferred to another member", required=False
    )


class NewShareClassForm(ShareClassForm):
    code = forms.SlugField(
        label="Code", max_length=20, help_text="Short, without blanks. It never changes."
    )
    field_order = ["code", "name", "par", "withdrawable", "transferable"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if ShareClass.objects.filter(code=code).exists():
            raise ValidationError("Another class has this code.")
        return code
