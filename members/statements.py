"""A member's statement: what the books say is between them and the society, line by line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from ledger import chart
from ledger.models import Account, Journal, Posting
from members.models import Member, ShareClass, ShareTransaction

#: Beside share capital. What passes through bank and cash is in these lines' other halves.
ACCOUNTS = (
    chart.APPLICATIONS,
    chart.SHARES_UNPAID,
    chart.RECEIVABLE,
    chart.WITHDRAWALS,
    chart.INTEREST_PAYABLE,
    chart.LOANS,
)
#: What kinds of journals are called here, where their own title would not do.
WORDS = {f"shares-{kind.value}": f"Shares: {kind.label.lower()}" for kind in ShareTransaction.Kind}
WORDS |= {
    "payment": "Payment received",
    "pay-out": "Paid out",
    "loan": "Loan received",
    "shares-unpaid": "Shares not paid for",
    "shares-paid-for": "Shares paid for",
}
#: A day as journals note it.
ISO_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")


@dataclass(frozen=True)
class Line:
    """One line. `pence` is what the society owes or holds for the member more by it."""

    date: dt.date
    what: str
    account: str
    reference: str
    pence: int


@dataclass(frozen=True)
class Balance:
    account: str
    pence: int


@dataclass(frozen=True)
class Statement:
    """All lines up to a day, oldest first, and what they come to on each account."""

    member: Member
    until: dt.date
    lines: list[Line]
    balances: list[Balance]

    @property
    def pence(self) -> int:
        """What all accounts come to."""
        return sum(balance.pence for balance in self.balances)


def statement_of(member: Member, until: dt.date) -> Statement:
    """Everything up to the end of a day, in a fixed number of queries.

    Money that came with an application was a party's of its own, where the applicant was somebody
    we knew: those lines are the member's too.
    """
    capital = ShareClass.objects.values("capital")
    order_parties = member.purchases.values("order__party")
    postings = (
        Posting.objects.up_to(until)
        .filter(Q(party=member.holder.party_id) | Q(party__in=order_parties), party__isnull=False)
        .filter(Q(account__in=capital) | Q(account__in=ACCOUNTS))
        .select_related("journal__dues_charge__order", "account")
        .order_by("journal__date", "journal_id", "pk")
    )
    lines = [
        Line(
            date=posting.journal.date,
            what=WORDS.get(posting.journal.kind, posting.journal.title),
            account=posting.account.name,
            reference=_reference(posting.journal),
            pence=-posting.pence,
        )
        for posting in postings
    ]
    return Statement(member, until, lines, _balances(postings))


def _reference(journal: Journal) -> str:
    """What it was about, with dates as people write them."""
    if hasattr(journal, "dues_charge"):
        return str(journal.dues_charge.order.description)
    return ISO_DATE.sub(_written_out, journal.memo)


def _written_out(found: re.Match[str]) -> str:
    try:
        return f"{dt.date.fromisoformat(found[0]):%-d %B %Y}"
    except ValueError:  # a reference that only looks like a day
        return found[0]


def _balances(postings: Iterable[Posting]) -> list[Balance]:
    totals: dict[Account, int] = {}
    for posting in postings:
        totals[posting.account] = totals.get(posting.account, 0) - posting.pence
    return [Balance(account.name, pence) for account, pence in totals.items() if pence]
