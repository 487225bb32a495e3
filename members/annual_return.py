"""The figures of the society's annual return (form AR30) for a year, and the lists behind them.

Members are counted from the register; money is read in the ledger. A part of the return that
Weft does not know (the accounts as audited) is not made up here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from core.spreadsheets import csv_file
from ledger.models import Posting
from ledger.money import for_sheet
from ledger.reports import TrialBalance, trial_balance
from members.exports import TRANSACTIONS_HEAD, debit_credit, transaction_rows
from members.models import Member, MemberClass, ShareClass, ShareTransaction
from members.querysets import MemberQuerySet
from members.statutory import OFFICERS_HEAD, Officer, officer_row, officers_on

_LABELS = {f"shares-{kind.value}": kind.label for kind in ShareTransaction.Kind}
_ISSUES = ("shares-opening", "shares-issue")
_UNDONE = "-reversed"
MEMBERS_HEAD = ("number", "name", "class", "date entered", "date ceased", "why ceased")
BALANCE_HEAD = ("account", "code", "debit, pounds", "credit, pounds")


@dataclass(frozen=True)
class Movement:
    """What one kind of journal did to the capital in the year: pence more, or fewer below zero."""

    kind: str
    pence: int

    @property
    def is_issue(self) -> bool:
        return self.kind.removesuffix(_UNDONE) in _ISSUES

    @property
    def label(self) -> str:
        """ "shares-issue-reversed" → "Issued, undone"."""
        kind = self.kind.removesuffix(_UNDONE)
        label = _LABELS.get(kind) or kind.replace("-", " ").capitalize()
        return f"{label}, undone" if kind != self.kind else label


@dataclass(frozen=True)
class Capital:
    """One class of shares over the year, in pence, as the ledger has it."""

    share_class: ShareClass
    start: int
    movements: list[Movement]
    end: int

    @property
    def issued(self) -> int:
        """What was issued or brought over in the year, less what of it was undone."""
        return sum(one.pence for one in self.movements if one.is_issue)

    @property
    def withdrawn(self) -> int:
        """What left the share capital otherwise: start + issued − withdrawn = end, always."""
        return -sum(one.pence for one in self.movements if not one.is_issue)


@dataclass(frozen=True)
class AnnualReturn:
    """A year, from its first to its last day."""

    first: dt.date
    last: dt.date
    members_start: int
    joined: int
    ceased: int
    members_end: int
    by_class: list[tuple[str, int]]
    officers: list[Officer]
    capital: list[Capital]
    balance_start: TrialBalance
    balance_end: TrialBalance

    @property
    def capital_start(self) -> int:
        return sum(one.start for one in self.capital)

    @property
    def capital_end(self) -> int:
        return sum(one.end for one in self.capital)

    @property
    def capital_issued(self) -> int:
        return sum(one.issued for one in self.capital)

    @property
    def capital_withdrawn(self) -> int:
        return sum(one.withdrawn for one in self.capital)


def usual_year(today: dt.date) -> tuple[dt.date, dt.date]:
    """The last full year to 31 March."""
    year = today.year if (today.month, today.day) > (3, 31) else today.year - 1
    return dt.date(year - 1, 4, 1), dt.date(year, 3, 31)


def annual_return(first: dt.date, last: dt.date) -> AnnualReturn:
    """All figures of a year, in the same few queries whatever the numbers."""
    before = first - dt.timedelta(days=1)
    start, end = trial_balance(before), trial_balance(last)
    totals = Member.objects.active_on(last).totals(last)
    names = dict(MemberClass.objects.values_list("pk", "name"))
    return AnnualReturn(
        first=first,
        last=last,
        members_start=Member.objects.active_on(before).count(),
        joined=_joined(first, last).count(),
        ceased=_ceased(first, last).count(),
        members_end=sum(members for members, _shares in totals.values()),
        by_class=[(names[pk], totals[pk][0]) for pk in names if pk in totals],
        officers=_in_office(first, last),
        capital=_capital(first, last, start, end),
        balance_start=start,
        balance_end=end,
    )


def _joined(first: dt.date, last: dt.date) -> MemberQuerySet:
    return Member.objects.filter(joined__range=(first, last))


def _ceased(first: dt.date, last: dt.date) -> MemberQuerySet:
    return Member.objects.filter(ceased__range=(first, last))


def _in_office(first: dt.date, last: dt.date) -> list[Officer]:
    """Everybody who was in office on any day of the year."""
    return [
        officer
        for officer in officers_on(last, everyone=True)
        if officer.until is None or officer.until >= first
    ]


def _capital(
    first: dt.date, last: dt.date, start: TrialBalance, end: TrialBalance
) -> list[Capital]:
    share_classes = list(ShareClass.objects.all())
    rows = (
        Posting.objects.filter(
            journal__sealed=True,
            journal__date__range=(first, last),
            account__in=[one.capital_id for one in share_classes],
        )
        .order_by("journal__kind")
        .values_list("account", "journal__kind")
        .annotate(Sum("pence"))
    )
    moved: dict[str, list[Movement]] = {one.capital_id: [] for one in share_classes}
    for account, kind, pence in rows:
        if pence:
            moved[account].append(Movement(kind, -pence))
    return [
        Capital(
            one, start.natural(one.capital_id), moved[one.capital_id], end.natural(one.capital_id)
        )
        for one in share_classes
    ]


# --- The pack -------------------------------------------------------------------------------------


def pack(figures: AnnualReturn) -> dict[str, bytes]:
    """Every list behind the figures, as spreadsheets: name → content."""
    first, last = figures.first, figures.last
    before = first - dt.timedelta(days=1)
    officers = [officer_row(officer) for officer in figures.officers]
    return {
        "summary.csv": csv_file(("figure", "value"), summary_rows(figures)),
        "members-at-start.csv": _members(Member.objects.active_on(before), before),
        "members-at-end.csv": _members(Member.objects.active_on(last), last),
        "joined.csv": _members(_joined(first, last), last),
        "ceased.csv": _members(_ceased(first, last), last),
        "officers.csv": csv_file(OFFICERS_HEAD, officers),
        "share-transactions.csv": csv_file(TRANSACTIONS_HEAD, transaction_rows(first, last)),
        "trial-balance-at-start.csv": _balance(figures.balance_start),
        "trial-balance-at-end.csv": _balance(figures.balance_end),
    }


def summary_rows(figures: AnnualReturn) -> list[tuple[object, ...]]:
    """The figures as they go into the form, one a line."""
    rows: list[tuple[object, ...]] = [
        ("first day of the year", figures.first),
        ("last day of the year", figures.last),
        ("members at the start", figures.members_start),
        ("members who joined", figures.joined),
        ("members who ceased", figures.ceased),
        ("members at the end", figures.members_end),
    ]
    rows += [(f"members at the end: {name}", number) for name, number in figures.by_class]
    for one in figures.capital:
        name = one.share_class.name
        rows.append((f"{name}: capital at the start, pounds", for_sheet(one.start)))
        for moved in one.movements:
            direction = "more" if moved.pence > 0 else "less"
            label = f"{name}: {moved.label.lower()}, {direction}, pounds"
            rows.append((label, for_sheet(abs(moved.pence))))
        rows.append((f"{name}: capital at the end, pounds", for_sheet(one.end)))
    rows += [
        ("share capital at the start, pounds", for_sheet(figures.capital_start)),
        ("share capital issued in the year, pounds", for_sheet(figures.capital_issued)),
        ("share capital withdrawn in the year, pounds", for_sheet(figures.capital_withdrawn)),
        ("share capital at the end, pounds", for_sheet(figures.capital_end)),
    ]
    return rows


def _members(found: MemberQuerySet, on: dt.date) -> bytes:
    """As things stood at the end of a day: also the class, which may be another now."""
    names = dict(MemberClass.objects.values_list("pk", "name"))
    rows = (
        (
            member.number,
            member.name,
            names[member.class_then],  # type: ignore[attr-defined]
            member.joined,
            member.ceased_by(on),
            member.ceased_because if member.ceased_by(on) else "",
        )
        for member in found.with_class(on).select_related("person", "organisation")
    )
    return csv_file(MEMBERS_HEAD, rows)


def _balance(balance: TrialBalance) -> bytes:
    rows: list[tuple[object, ...]] = [
        (one.account.name, one.account.code, *debit_credit(one.pence)) for one in balance.balances
    ]
    rows.append(("In all", "", for_sheet(balance.debits), for_sheet(balance.credits)))
    return csv_file(BALANCE_HEAD, rows)
