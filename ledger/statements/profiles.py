"""The shapes of the files that banks let their customers download, told apart by their headings.

Where each comes from, and how sure it is (no bank publishes its CSV for customers at large, except
as said; the rest was compared over public programs that read such files):

- Lloyds (also Halifax, Bank of Scotland and TSB): Transaction Date, Transaction Type, Sort Code,
  Account Number, Transaction Description, Debit Amount, Credit Amount, Balance; newest first, the
  sort code after an apostrophe. Many programs agree, some with samples.
- Lloyds Commercial Banking Online: Post Date, Account Number, Account Name, Type, Amount, Customer
  Reference, Transaction Detail, Balance. The bank's own help page lists these fields; whether the
  headings are spelled so in the file is not confirmed, and another spelling seen in one published
  sample is accepted as well.
- NatWest (also Royal Bank of Scotland): Date, Type, Description, Value, Balance, Account Name,
  Account Number; newest first, text after an apostrophe, a blank row under the headings. Many
  programs agree, some with samples.
- Barclays: Number, Date, Account, Amount, Subcategory, Memo; newest first, no balance. Many
  programs agree, some with samples.
- HSBC: Date, Type, Description, Paid out, Paid in, Balance, or the same with one signed Amount; and
  Date, Description, Amount with no headings at all. Programs and one published sample agree on the
  first two. Date, Description, Amount, Balance is used by several banks and by HSBC is not
  confirmed; it is taken for HSBC only when these are all the headings. The file without headings
  is read only when the treasurer says that it is HSBC's, since nothing in it can show that the
  signs are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.statements.statement import Faults
from ledger.statements.values import tidy

#: What a treasurer may choose from.
PROFILES: Mapping[str, str] = {
    "lloyds": "Lloyds, Halifax, Bank of Scotland or TSB",
    "natwest": "NatWest or Royal Bank of Scotland",
    "barclays": "Barclays",
    "hsbc": "HSBC",
    "ofx": "OFX, from any bank",
    "general": "Another bank: choose the columns",
}

#: What a column may hold, for the treasurer who chooses columns by hand.
FIELDS: Mapping[str, str] = {
    "date": "Date",
    "description": "Description",
    "amount": "Amount, money out below zero",
    "paid_out": "Paid out",
    "paid_in": "Paid in",
    "balance": "Balance",
    "kind": "Type",
    "reference": "Reference",
    "sort_code": "Sort code",
    "account": "Account number",
}


@dataclass(frozen=True)
class Shape:
    """One layout of a bank's file: for each field the headings it may have, as `heading_key`.

    `exact`: other headings beside these mean another bank. `headless`: the columns by position.
    """

    profile: str
    columns: Mapping[str, tuple[str, ...]]
    newest_first: bool = True
    exact: bool = False
    headless: bool = False

    def places(self, headings: Sequence[str]) -> dict[str, int] | None:
        """Where each field stands under these headings; None unless all are there."""
        keys = [heading_key(heading) for heading in headings]
        if self.exact and len([key for key in keys if key]) != len(self.columns):
            return None
        places = {}
        for field, names in self.columns.items():
            found = [keys.index(name) for name in names if name in keys]
            if not found:
                return None
            places[field] = found[0]
        return places


def heading_key(text: str) -> str:
    """A heading without case, padding and a currency in brackets."""
    return re.sub(r"\s*\((?:£|gbp)\)$", "", tidy(text).casefold())


def _shape(profile: str, exact: bool = False, headless: bool = False, **columns: str) -> Shape:
    names = {field: tuple(text.split(" | ")) for field, text in columns.items()}
    return Shape(profile, names, exact=exact, headless=headless)


#: A shape with more columns stands before one whose headings are among its own.
SHAPES: tuple[Shape, ...] = (
    _shape(
        "lloyds",
        date="transaction date",
        kind="transaction type",
        sort_code="sort code",
        account="account number",
        description="transaction description",
        paid_out="debit amount",
        paid_in="credit amount",
        balance="balance",
    ),
    _shape(
        "lloyds",
        date="post date | date",
        account="account number | sort & account no.",
        kind="type",
        amount="amount",
        reference="customer reference",
        description="transaction detail | transaction details",
        balance="balance",
    ),
    _shape(
        "natwest",
        date="date",
        kind="type",
        description="description",
        amount="value",
        balance="balance",
        account="account number",
    ),
    _shape(
        "barclays",
        reference="number",
        date="date",
        account="account",
        amount="amount",
        kind="subcategory",
        description="memo",
    ),
    _shape(
        "hsbc",
        date="date",
        kind="type",
        description="description",
        paid_out="paid out",
        paid_in="paid in",
        balance="balance",
    ),
    _shape(
        "hsbc",
        date="date",
        kind="type",
        description="description",
        amount="amount",
        balance="balance",
    ),
    _shape(
        "hsbc",
        exact=True,
        date="date",
        description="description",
        amount="amount",
        balance="balance",
    ),
    _shape("hsbc", headless=True, date="0", description="1", amount="2"),
)


def shapes_of(profile: str | None) -> list[Shape]:
    """The shapes to try: those of the bank that was chosen, or all that headings can tell."""
    if profile is None:
        return [shape for shape in SHAPES if not shape.headless]
    return [shape for shape in SHAPES if shape.profile == profile]


def general_shape(columns: Mapping[str, str]) -> Shape:
    """The treasurer's own choice of columns, FIELDS to heading; fields left out map to nothing.

    There must be a date, a description, and either one signed amount or paid in and paid out.
    """
    chosen = {field: heading_key(heading) for field, heading in columns.items() if heading}
    faults = Faults()
    for field in chosen:
        if field not in FIELDS:
            faults.add(None, field, "There is no such field.")
    for field in ("date", "description"):
        if field not in chosen:
            faults.add(None, field, "Choose the column that holds this.")
    split = {"paid_out", "paid_in"} & set(chosen)
    if "amount" in chosen and split:
        faults.add(None, "amount", "Choose one amount, or paid in and paid out, but not both.")
    elif "amount" not in chosen and len(split) < 2:
        faults.add(None, "amount", "Choose one amount, or both paid in and paid out.")
    for field in _chosen_twice(chosen):
        faults.add(None, field, "Another field has the same column.")
    faults.stop()
    names = {field: (heading,) for field, heading in chosen.items()}
    return Shape("general", names, newest_first=False)


def _chosen_twice(chosen: Mapping[str, str]) -> Iterable[str]:
    headings = list(chosen.values())
    return [field for field, heading in chosen.items() if headings.count(heading) > 1]
