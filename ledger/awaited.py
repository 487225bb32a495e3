"""What the lines of a bank may be: rows into the statements' dataclasses, and back.

Nothing else turns one into the other. A key names what a line may be: "order-7" is an order that
is to be paid, "journal-55" a journal that stands in the books and on no statement yet (a pay-out,
a payout of Stripe's, a payment that was entered before the bank told of it), and "cash" the cash
and cheques in hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from core.errors import RuleError
from core.forms import row_ids
from ledger import chart
from ledger.models import (
    Account,
    BankAccount,
    BankLine,
    BankMatch,
    Journal,
    KnownPayer,
    Order,
    StatementImport,
)
from ledger.money import pence_of
from ledger.reports import balance_of
from ledger.statements import Expected, Line, Proposal, find_references, payer_text, propose
from ledger.statements.values import parse_pence

CASH = "cash"
#: Stripe is known by its own name, from the first payout on.
STRIPE = "stripe"
STRIPE_PAYOUT = "payout"
#: How long before the first waiting line a journal may have been written that it is about.
LOOK_BACK = dt.timedelta(days=120)
#: So many lines are looked at together: in a second, and more than most statements have.
MOST_PROPOSED = 1000
#: How many things a search shows. Those that a remittance names by reference are all shown.
MOST_FOUND = 50
#: Longest words by which a payer is known.
MAX_WORDS = KnownPayer._meta.get_field("words").max_length


# --- What a line can be -----------------------------------------------------------------------


@dataclass(frozen=True)
class ForOrder:
    """So much of the line pays this order."""

    order: Order
    pence: int


@dataclass(frozen=True)
class InBooks:
    """This journal, which stands in the books already; `pence` is what it moves at the bank."""

    journal: Journal
    pence: int


@dataclass(frozen=True)
class ToAccount:
    """So much of the line belongs to an account: a bank's charge, cash that was banked."""

    account: Account
    pence: int
    memo: str = ""


Part = ForOrder | InBooks | ToAccount


@dataclass(frozen=True)
class Awaited:
    """One thing that a line may be, for a person to read. `pence` is below zero for money out."""

    key: str
    reference: str
    what: str
    pence: int
    on: dt.date | None = None
    party_id: int | None = None
    order: Order | None = None
    journal: Journal | None = None

    def part(self, pence: int) -> Part:
        """The part of a line that is this. What stands in the books moves all that it says."""
        if self.order is not None:
            return ForOrder(self.order, pence)
        if self.journal is not None:
            return InBooks(self.journal, self.pence)
        return ToAccount(Account.objects.get(pk=chart.CASH), pence)


# --- What is awaited --------------------------------------------------------------------------


def unseen(bank_account: BankAccount) -> QuerySet[Any]:
    """Journals that moved money at this bank and stand on none of its lines, with `moved`: pence.

    A journal and its reversal that both stand on no line never reached the bank: left out.
    """
    seen = BankMatch.objects.filter(line__bank_account=bank_account, undone_at__isnull=True)
    return (
        Journal.objects.sealed()
        .filter(postings__account=bank_account.account_id)
        .annotate(moved=Sum("postings__pence"))
        .exclude(moved=0)
        .exclude(Exists(seen.filter(journal=OuterRef("pk"))))
        .exclude(
            Q(reversed_by__isnull=False) & ~Exists(seen.filter(journal=OuterRef("reversed_by")))
        )
        .exclude(Q(reverses__isnull=False) & ~Exists(seen.filter(journal=OuterRef("reverses"))))
    )


def expected(bank_account: BankAccount, since: dt.date) -> list[Expected]:
    """All that a line of this bank from that day on may be."""
    journals = [
        Expected(f"journal-{pk}", memo, moved, party=_payer(kind), kind="journal", due=day)
        for pk, memo, moved, kind, day in unseen(bank_account)
        .filter(date__gte=since - LOOK_BACK)
        .values_list("pk", "memo", "moved", "kind", "date")
    ]
    booked = {item.reference for item in journals}
    rows = (
        Order.objects.open()
        .order_by("pk")
        .values_list("pk", "reference", "party", "due_on", F("amount") - F("paid"))
    )
    orders = [
        Expected(
            f"order-{pk}",
            reference,
            _whole_pence(left),
            party=str(party),
            kind="order",
            # Of the same reference, what is in the books already comes first.
            due=None if reference in booked else due,
        )
        for pk, reference, party, due, left in rows
    ]
    cash = balance_of(chart.CASH, timezone.localdate())
    in_hand = [Expected(CASH, "", cash, kind=CASH)] if cash > 0 else []
    return [*journals, *orders, *in_hand]


def _payer(kind: str) -> str:
    return STRIPE if kind == STRIPE_PAYOUT else ""


def _whole_pence(pounds: Decimal | float) -> int:
    """SQLite may give the difference of two decimals as a float."""
    return round(Decimal(str(pounds)) * 100)


# --- Lines and proposals ----------------------------------------------------------------------


def line_of(line: BankLine) -> Line:
    return Line(date=line.date, amount_pence=line.pence, description=line.text, row=line.row)


def payers(texts: Iterable[str]) -> dict[str, str]:
    """What these texts say of their payer → the party. Words of two parties tell nothing."""
    words = {payer_text(text) for text in texts} - {""}
    known: dict[str, set[str]] = {}
    for said, party in KnownPayer.objects.filter(words__in=words).values_list("words", "party"):
        known.setdefault(said, set()).add(str(party))
    history = {said: parties.pop() for said, parties in known.items() if len(parties) == 1}
    return history | {said: STRIPE for said in words if STRIPE.upper() in said.split()}


def proposals(statement: StatementImport) -> dict[int, Proposal]:
    """Id of each waiting line of a statement → what is proposed for it.

    All of them together, so that no two lines are proposed the same order. Of very many, the
    oldest: the others have their turn when those are explained.
    """
    lines = list(waiting(statement)[:MOST_PROPOSED])
    if not lines:
        return {}
    told = propose(
        [line_of(line) for line in lines],
        expected(statement.bank_account, min(line.date for line in lines)),
        payers(line.text for line in lines),
    )
    return {line.pk: proposal for line, proposal in zip(lines, told, strict=True)}


def waiting(statement: StatementImport) -> QuerySet[BankLine]:
    """The lines of a statement that are to be explained, the oldest first."""
    return statement.lines.filter(state=BankLine.State.NEW).order_by("date", "row", "pk")


# --- Rows by their keys -----------------------------------------------------------------------


def awaited(bank_account: BankAccount, keys: Iterable[str]) -> dict[str, Awaited]:
    """What these keys name, as far as it is still awaited, in their order."""
    wanted = list(dict.fromkeys(keys))
    found: dict[str, Awaited] = {}
    if orders := _ids(wanted, "order"):
        open_now = Order.objects.open().filter(pk__in=orders)
        found |= {f"order-{order.pk}": _of_order(order) for order in open_now}
    if journals := _ids(wanted, "journal"):
        rows_of_books = unseen(bank_account).filter(pk__in=journals).prefetch_related("postings")
        found |= {f"journal-{one.pk}": _of_journal(one, bank_account) for one in rows_of_books}
    if CASH in wanted and (cash := balance_of(chart.CASH, timezone.localdate())) > 0:
        found[CASH] = Awaited(CASH, "", "Cash and cheques in hand", cash)
    return {key: found[key] for key in wanted if key in found}


def _ids(keys: Iterable[str], kind: str) -> list[int]:
    pairs = [key.partition("-") for key in keys]
    return row_ids(pk for name, _dash, pk in pairs if name == kind)


def _of_order(order: Order) -> Awaited:
    return Awaited(
        key=f"order-{order.pk}",
        reference=order.reference,
        what=order.get_kind_display(),
        pence=pence_of(order.still_to_pay),
        on=order.due_on,
        party_id=order.party_id,
        order=order,
    )


def _of_journal(journal: Any, bank_account: BankAccount) -> Awaited:
    parties = {posting.party_id for posting in journal.postings.all()} - {None}
    return Awaited(
        key=f"journal-{journal.pk}",
        reference=journal.memo,
        what="Payout from Stripe" if journal.kind == STRIPE_PAYOUT else journal.title,
        pence=journal.moved,
        on=journal.date,
        party_id=parties.pop() if len(parties) == 1 else None,
        journal=journal,
    )


def parts_of(line: BankLine, keys: Sequence[str]) -> list[Part]:
    """What is proposed by its keys as the parts of a line: one order takes all of it, whatever it
    asks; several take what each of them asks. Raises RuleError when it is no longer awaited."""
    things = awaited(line.bank_account, keys)
    if not keys or len(things) != len(keys):
        raise RuleError("This has been paid or changed meanwhile. Please look again.")
    if len(things) == 1:
        return [thing.part(line.pence) for thing in things.values()]
    return [thing.part(thing.pence) for thing in things.values()]


def find(line: BankLine, said: str, items: Iterable[Expected]) -> list[str]:
    """Keys of what a text asks for and that goes the line's way: our references in it (all those
    of a council's remittance), else an amount, else a part of a reference."""
    same_way = [item for item in items if (item.amount_pence > 0) is (line.pence > 0)]
    if references := set(find_references(said)):
        return [item.key for item in same_way if item.reference in references]
    try:
        pence = abs(parse_pence(said))
    except ValueError:
        word = "".join(letter for letter in said.upper() if letter.isalnum() or letter == "-")
        if len(word) < 3:
            return []
        return [item.key for item in same_way if word in item.reference.upper()][:MOST_FOUND]
    return [item.key for item in same_way if abs(item.amount_pence) == pence][:MOST_FOUND]
