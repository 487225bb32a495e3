"""What the books say at the end of a day: plain rows for screens, spreadsheets and checks."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, Q, Sum, When, Window
from django.db.models.functions import Coalesce
from django.db.models.query import QuerySet

from ledger.models import Account, PayOut, Posting

#: Upper ends of the columns of aged debt, in days since it was owed; the last column is older.
AGES = (30, 60, 90)
AGE_HEADS = ("Up to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days")


#: A day, pence owed (above zero) or paid, and the order for which that came or went back.
Movement = tuple[dt.date, int, int | None]
#: The order that a journal's money came for, or goes back from.
PAID_FOR = Coalesce(
    "journal__payment__order",
    "journal__refund__payment__order",
    "journal__dispute__payment__order",
    "journal__dispute_won__payment__order",
    Case(When(journal__pay_out__owner_kind=PayOut.FOR_ORDER, then="journal__pay_out__owner_id")),
    output_field=BigIntegerField(),
)


@dataclass(frozen=True)
class Balance:
    """One account at the end of a day: debits less credits, in pence."""

    account: Account
    pence: int

    @property
    def debit(self) -> int:
        return max(self.pence, 0)

    @property
    def credit(self) -> int:
        return max(-self.pence, 0)

    @property
    def natural(self) -> int:
        """As people say it: positive where the account stands as its kind usually does."""
        return self.pence if self.account.grows_by_debit else -self.pence


@dataclass(frozen=True)
class TrialBalance:
    """Every account that moved by the end of a day; the two columns always agree."""

    on: dt.date
    balances: list[Balance]

    @property
    def debits(self) -> int:
        return sum(balance.debit for balance in self.balances)

    @property
    def credits(self) -> int:
        return sum(balance.credit for balance in self.balances)

    @property
    def agrees(self) -> bool:
        return self.debits == self.credits

    def natural(self, code: str) -> int:
        """One account's balance as people say it; nothing where it never moved."""
        return next((b.natural for b in self.balances if b.account.code == code), 0)


def trial_balance(on: dt.date) -> TrialBalance:
    """All accounts with a movement up to and including a day, in the order of the chart."""
    totals = Posting.objects.up_to(on).by_account()
    accounts = Account.objects.filter(code__in=totals)
    return TrialBalance(on, [Balance(account, totals[account.code]) for account in accounts])


def statement_lines(postings: QuerySet[Posting]) -> QuerySet[Posting]:
    """Postings oldest first, each with `running`: the sum up to and including it, in pence."""
    return (
        postings.filter(journal__sealed=True)
        .select_related("journal", "account")
        .order_by("journal__date", "journal_id", "pk")
        .annotate(running=Window(Sum("pence"), order_by=["journal__date", "journal_id", "pk"]))
    )


def balance_of(account: str, on: dt.date, party_id: int | None = None) -> int:
    """One account at the end of a day, of everybody or of one party: debits less credits."""
    postings = Posting.objects.up_to(on).filter(account=account)
    if party_id is not None:
        postings = postings.filter(party=party_id)
    return int(postings.aggregate(total=Coalesce(Sum("pence"), 0))["total"])


def balances_on(account: str, days: Sequence[dt.date]) -> list[tuple[dt.date, int]]:
    """One account at the end of each of some days, oldest first: debits less credits. One query."""
    postings = Posting.objects.filter(journal__sealed=True, account=account)
    sums = {f"on_{i}": Sum("pence", filter=Q(journal__date__lte=day)) for i, day in enumerate(days)}
    totals = postings.aggregate(**sums)
    return [(day, totals[f"on_{index}"] or 0) for index, day in enumerate(days)]


@dataclass(frozen=True)
class Debt:
    """What one party owes on a day, by how long: pence in each column of AGES and one beyond."""

    party_id: int
    columns: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.columns)

    @property
    def labelled(self) -> list[tuple[str, int]]:
        """Each column with its heading."""
        return list(zip(AGE_HEADS, self.columns, strict=True))


def aged(movements: Iterable[tuple[dt.date, int]], on: dt.date) -> tuple[int, ...]:
    """What is still owed, by age. `movements` are (day, pence), oldest first: owed or paid.

    A payment pays the oldest debt first. What was paid too much is in the first column, negative.
    """
    owed: deque[tuple[dt.date, int]] = deque()
    credit = 0
    for day, pence in movements:
        if pence > 0:
            owed.append((day, pence))
        else:
            credit -= pence
        while credit and owed:
            first_day, first = owed.popleft()
            used = min(first, credit)
            credit -= used
            if first > used:
                owed.appendleft((first_day, first - used))
    columns = [0] * (len(AGES) + 1)
    for day, pence in owed:
        columns[_column((on - day).days)] += pence
    columns[0] -= credit
    return tuple(columns)


def _column(days: int) -> int:
    return next((index for index, end in enumerate(AGES) if days <= end), len(AGES))


def kept(movements: Iterable[Movement]) -> list[tuple[dt.date, int]]:
    """Movements without what was paid for an order and went back: the newest payment went first."""
    left: list[tuple[dt.date, int]] = []
    paid: dict[int, list[int]] = {}
    for day, pence, order in movements:
        of_order = paid.setdefault(order, []) if order else []
        if pence < 0:
            of_order.append(len(left))
        for place in reversed(of_order if pence > 0 else []):
            payment_day, payment = left[place]
            gone = min(pence, -payment)
            left[place] = (payment_day, payment + gone)
            pence -= gone
        left.append((day, pence))
    return left


def aged_debt(on: dt.date, accounts: Sequence[str]) -> list[Debt]:
    """Everybody who owes on a day, the largest debt first. Two queries, whoever many they are.

    What was reversed counts as if it had never been, and so does what was paid for an order and
    went back: a debt stays as old as it is when its payment is undone, refunded or disputed.
    """
    postings = Posting.objects.up_to(on).filter(account__in=accounts, party__isnull=False)
    owing = [party for party, pence in postings.by_party().items() if pence]
    movements: dict[int, list[Movement]] = {party: [] for party in owing}
    lines = postings.filter(party__in=owing).order_by("journal__date", "journal_id", "pk")
    rows = list(
        lines.annotate(order=PAID_FOR).values_list(
            "party", "journal__date", "pence", "order", "journal_id", "journal__reverses"
        )
    )
    undone = {reversed_id for *_line, reversed_id in rows if reversed_id}
    for party, day, pence, order, journal, reversed_id in rows:
        if journal not in undone and not reversed_id:
            movements[party].append((day, pence, order))
    debts = [Debt(party, aged(kept(moved), on)) for party, moved in movements.items()]
    return sorted(debts, key=lambda debt: (-debt.total, debt.party_id))
