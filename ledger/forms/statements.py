"""Forms about our accounts at banks, their statements, and what the lines of these are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from djmoney.money import Money

from core.forms import PoundsField
from ledger.awaited import Awaited, Part, ToAccount
from ledger.models import Account, BankAccount, BankLine, StatementImport
from ledger.money import pence_of, pounds_of
from ledger.operations.explaining import nobody_s_accounts
from ledger.statements import FIELDS, MAX_BYTES, PROFILES

#: A council's remittance advice is pasted whole.
MOST_PASTED = 20_000
#: Columns without which there is no statement.
MUST_BE_THERE = ("date", "description")


class BankAccountForm(forms.Form):
    """One of our accounts at a bank."""

    name = forms.CharField(
        label="What we call it", max_length=60, help_text="For example Current account."
    )
    number = forms.CharField(
        label="Sort code and account number",
        max_length=20,
        help_text="For example 12-34-56 01234567. A file of another account is then refused.",
    )
    profile = forms.ChoiceField(
        label="Whose files it has",
        choices=[("", "Tell by the headings"), *PROFILES.items()],
        required=False,
        help_text="With another bank’s CSV you choose the columns when you first read one in.",
    )


class FileForm(forms.Form):
    """A file from a bank, whole in memory."""

    upload = forms.FileField(
        label="The file from the bank",
        help_text="CSV or OFX, up to 5 MB. Nothing is changed until you have looked at it.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.ofx,.qfx"}),
        error_messages={
            "required": "Choose the file that you downloaded from the bank.",
            "empty": "This file is empty.",
        },
    )

    def clean_upload(self) -> bytes:
        upload = self.cleaned_data["upload"]
        if upload.size > MAX_BYTES:
            raise ValidationError("The file is larger than 5 MB. Choose fewer months.")
        upload.seek(0)  # another form may have read it
        return bytes(upload.read())


class _StatementForm(FileForm):
    """A statement, with the balance at its end where the file does not tell it."""

    closing = PoundsField(
        label="Balance at its end",
        min_value=-10_000_000,
        max_value=1_000_000_000,
        required=False,
        help_text="Only for a file that tells no balances, such as Barclays’. From the bank’s own "
        "page or paper.",
    )


class ReadForm(_StatementForm):
    """A statement of one of our accounts."""

    field_order = ("bank_account", "upload", "profile", "closing")
    bank_account: forms.ModelChoiceField[BankAccount] = forms.ModelChoiceField(
        label="Account", queryset=BankAccount.objects.none(), empty_label="Choose…"
    )
    profile = forms.ChoiceField(
        label="Whose file it is",
        choices=[("", "As usual for this account"), *PROFILES.items()],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = BankAccount.objects.order_by("pk")
        self.fields["bank_account"].queryset = accounts  # type: ignore[attr-defined]


class ColumnsForm(_StatementForm):
    """Which column of another bank's file holds what. The file is chosen once more with it."""

    def __init__(self, *args: Any, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].label = "The same file again"
        choices = [("", "Not in this file"), *((heading, heading) for heading in headings)]
        for field, label in FIELDS.items():
            self.fields[f"column_{field}"] = forms.ChoiceField(
                label=label,
                choices=choices,
                required=field in MUST_BE_THERE,
                initial=_guess(field, headings),
                error_messages={"required": f"Choose the column that holds the {label.lower()}."},
            )
        self.order_fields([*(f"column_{field}" for field in FIELDS), "upload", "closing"])

    def columns(self) -> dict[str, str]:
        return {field: self.cleaned_data[f"column_{field}"] for field in FIELDS}


def _guess(field: str, headings: Sequence[str]) -> str:
    """The heading that is called like the field."""
    name = field.replace("_", " ")
    return next((h for h in headings if h.casefold().strip() == name), "")


class StatementFilter(forms.Form):
    mark_optional = False
    bank_account: forms.ModelChoiceField[BankAccount] = forms.ModelChoiceField(
        label="Account", queryset=BankAccount.objects.all(), required=False, empty_label="All"
    )
    state = forms.ChoiceField(
        label="State", choices=[("", "All"), *StatementImport.State.choices], required=False
    )


class TakeInForm(forms.Form):
    leave_out_alike = forms.BooleanField(
        label="Leave out the lines that look like ones that were read in before", required=False
    )


class UndoLineForm(forms.Form):
    why = forms.CharField(label="Why", max_length=100, help_text="Please write no names here.")


class FindForm(forms.Form):
    said = forms.CharField(
        label="Find by reference or amount",
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A reference or part of one, an amount, or a council’s whole list of what it "
        "paid: every reference in it is found.",
    )


class ExplainForm(forms.Form):
    """What a line is: some of the things that are shown, and what is left to an account.

    `things` are shown with a tick box each, and a box for the amount unless it is fixed; `ticked`
    maps the keys of those that begin ticked to their pence.
    """

    rest: forms.ModelChoiceField[Account] = forms.ModelChoiceField(
        label="What is left belongs to",
        queryset=Account.objects.none(),
        required=False,
        empty_label="Nothing is left",
        help_text="A bank’s charge to “Other costs”; what nobody can say yet to “Not yet "
        "explained”.",
    )
    memo = forms.CharField(
        label="Note for the books",
        max_length=100,
        required=False,
        help_text="For what is left. A reference; please write no names here.",
    )

    def __init__(
        self,
        *args: Any,
        line: BankLine,
        things: Iterable[Awaited],
        ticked: Mapping[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.line, self.things, ticked = line, list(things), ticked or {}
        self.fields["rest"].queryset = nobody_s_accounts()  # type: ignore[attr-defined]
        if not self.things:
            self.fields["rest"].label = "It belongs to"
            self.fields["rest"].empty_label = "Choose…"  # type: ignore[attr-defined]
        for thing in self.things:
            name = thing.reference or thing.what
            self.fields[f"pick_{thing.key}"] = forms.BooleanField(
                required=False, label=name, initial=thing.key in ticked
            )
            if thing.journal is None:
                self.fields[f"amount_{thing.key}"] = PoundsField(
                    label=f"Amount for {name}",
                    required=False,
                    max_value=1_000_000_000,
                    initial=pounds_of(ticked.get(thing.key, min(thing.pence, abs(line.pence)))),
                )

    @property
    def rows(self) -> list[tuple[Awaited, Any, Any]]:
        """Each thing with its tick box and its box for the amount, if there is one."""
        return [
            (
                thing,
                self[f"pick_{thing.key}"],
                self[f"amount_{thing.key}"] if thing.journal is None else None,
            )
            for thing in self.things
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for thing in self.things:
            box = f"amount_{thing.key}"
            asked = data.get(f"pick_{thing.key}") and box in self.fields
            if asked and not data.get(box) and box not in self.errors:
                self.add_error(box, "Enter how much of the line this is.")
        return data

    def parts(self) -> list[Part]:
        """What was ticked, and the rest of the line."""
        chosen = [
            thing.part(self._pence(thing))
            for thing in self.things
            if self.cleaned_data.get(f"pick_{thing.key}")
        ]
        left = self.line.pence - sum(part.pence for part in chosen)
        account = self.cleaned_data.get("rest")
        if left and account is not None:
            chosen.append(ToAccount(account, left, self.cleaned_data.get("memo", "")))
        return chosen

    def _pence(self, thing: Awaited) -> int:
        amount: Money | None = self.cleaned_data.get(f"amount_{thing.key}")
        return pence_of(amount) if amount is not None else thing.pence
