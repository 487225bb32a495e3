"""Loans and deposits of members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from djmoney.money import Money

from core.forms import DateBoxesField, PoundsField
from ledger import chart
from ledger.models import Account, BankAccount
from members.forms.shares import OnceForm


class IntoChoice(forms.ModelChoiceField):
    """One of our bank accounts; a loan may also be older than the books."""

    def label_from_instance(self, obj: Account) -> str:
        return "It came before these books began" if obj.pk == chart.OPENING else obj.name


class LoanForm(OnceForm):
    """Money that a member lends the co-op, or leaves with it."""

    amount = PoundsField(label="Amount", max_value=1_000_000)
    received_on = DateBoxesField(label="Day on which it came", initial=timezone.localdate)
    into = IntoChoice(
        label="Where it came in",
        queryset=Account.objects.none(),
        empty_label=None,
        initial=chart.BANK,
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(
        label="Reference of the agreement",
        max_length=60,
        help_text="For example LA-2026-3. No names: it stays in the books.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        banks = Q(pk__in=BankAccount.objects.values("account"))
        self.fields["into"].queryset = Account.objects.filter(  # type: ignore[attr-defined]
            banks | Q(pk__in=(chart.BANK, chart.OPENING))
        )


class RepayForm(OnceForm):
    """Some or all of it goes back; somebody else pays it."""

    amount = PoundsField(label="Amount to pay back")
    why = forms.CharField(
        label="Why", max_length=120, help_text="For example: due under the agreement. No names."
    )

    def __init__(self, *args: Any, left: Money, **kwargs: Any) -> None:
        kwargs["initial"] = {"amount": left} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = f"Up to {left}."


class UndoLoanForm(forms.Form):
    why = forms.CharField(
        label="What was wrong", max_length=120, help_text="No names: it stays in the audit trail."
    )
