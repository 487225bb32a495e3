"""The demo co-op's bank: one statement of four weeks, some of its lines explained, some waiting."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass

from django.db import transaction

from config.demo.world import World
from ledger import chart
from ledger.awaited import ToAccount, proposals, unseen
from ledger.models import Account, BankAccount, Order, StatementImport
from ledger.money import in_words, pence_of
from ledger.operations import accept_proposal, keep_bank_account, match_line, read_in, take_in
from ledger.owners import names_of
from ledger.reports import balance_of

WEEKS = 4
#: So many who owe something have paid it by the statement; the treasurer has accepted the first.
PAID = 5
HEAD = (
    "Transaction Date",
    "Transaction Type",
    "Sort Code",
    "Account Number",
    "Transaction Description",
    "Debit Amount",
    "Credit Amount",
    "Balance",
)
CHARGE = "SERVICE CHARGES REF 118"


@dataclass(frozen=True)
class Move:
    """What the bank will say of one movement."""

    day: dt.date
    pence: int
    text: str
    kind: str


@transaction.atomic
def build(world: World) -> None:
    """A current account, its statement up to yesterday, and the first lines of it explained."""
    by = world.actor("treasurer@example.org")
    account = keep_bank_account(
        name="Current account", number="12-34-56 00123456", profile="lloyds", by=by
    )
    ends = world.today - dt.timedelta(days=1)
    starts = ends - dt.timedelta(weeks=WEEKS)
    moves = [*_in_books(account, starts, ends), *_paid(ends), *_others(starts, ends)]
    moves.sort(key=lambda move: move.day)
    opening = balance_of(chart.BANK, starts - dt.timedelta(days=1))
    statement = read_in(upload=_file(moves, opening), bank_account=account, by=by)
    take_in(statement=statement, by=by)
    _explain(world, statement)


def _in_books(account: BankAccount, starts: dt.date, ends: dt.date) -> list[Move]:
    """What the books have in these weeks, such as pay-outs, comes a day later at the latest."""
    journals = list(unseen(account).filter(date__range=(starts, ends)).prefetch_related("postings"))
    parties = {
        journal.pk: next((p.party_id for p in journal.postings.all() if p.party_id), None)
        for journal in journals
    }
    names = names_of(party for party in parties.values() if party)
    moves = []
    for journal in journals:
        party = parties[journal.pk]
        who = _as_banks_write(names[party].label) if party else ""
        day = min(journal.date + dt.timedelta(days=1), ends)
        kind = "FPI" if journal.moved > 0 else "FPO"
        moves.append(Move(day, journal.moved, f"{who} {journal.memo}".strip(), kind))
    return moves


def _paid(ends: dt.date) -> list[Move]:
    """Some who owe something have paid: to the penny, too little, and without the reference."""
    orders = list(Order.objects.open().order_by("pk")[:PAID])
    names = names_of(order.party_id for order in orders)
    moves = []
    for index, order in enumerate(orders):
        who, pence = _as_banks_write(names[order.party_id].label), pence_of(order.still_to_pay)
        text = f"{who} {order.reference}"
        if index == PAID - 2 and pence > 500:
            pence -= 500
        elif index == PAID - 1:
            text = f"{who} SHARES"
        moves.append(Move(ends - dt.timedelta(days=2 * index), pence, text, "FPI"))
    return moves


def _others(starts: dt.date, ends: dt.date) -> list[Move]:
    """What nobody is asked to pay."""
    return [
        Move(starts + dt.timedelta(days=3), -38_40, "SKELBECK BRIDGE HALL HIRE 4471", "DD"),
        Move(starts + dt.timedelta(days=12), 64_75, "CLOUGHFOOT CHAPEL CAFE COLLECTION", "BGC"),
        Move(ends - dt.timedelta(days=5), -8_50, CHARGE, "PAY"),
        Move(ends, -112_00, "HARBOUR INSURANCE 0098", "DD"),
    ]


def _as_banks_write(name: str) -> str:
    """Rosa Whiteley stands as R WHITELEY."""
    *first, last = name.upper().split()
    return " ".join([word[0] for word in first] + [last])


def _file(moves: list[Move], opening: int) -> bytes:
    """A file as Lloyds has it: the newest first, each with the balance after it."""
    rows = []
    for move in moves:
        opening += move.pence
        out, into = (_figure(-move.pence), "") if move.pence < 0 else ("", _figure(move.pence))
        place = ("'12-34-56", "00123456")
        rows.append(
            (f"{move.day:%d/%m/%Y}", move.kind, *place, move.text, out, into, _figure(opening))
        )
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEAD, *reversed(rows)])
    return text.getvalue().encode()


def _figure(pence: int) -> str:
    return in_words(pence).replace("£", "").replace(",", "").replace("\N{MINUS SIGN}", "-")


def _explain(world: World, statement: StatementImport) -> None:
    """The treasurer has explained what was in the books, the first order, and the bank's charge."""
    by = world.actor("treasurer@example.org")
    accepted = 0
    for pk, proposal in proposals(statement).items():
        order = any(key.startswith("order-") for key in proposal.keys)
        if proposal.is_certain and not (order and accepted):
            accepted += order
            accept_proposal(line=statement.lines.get(pk=pk), keys=proposal.keys, by=by)
    charge = statement.lines.get(text=CHARGE)
    costs = Account.objects.get(pk=chart.OTHER_COSTS)
    match_line(line=charge, parts=[ToAccount(costs, charge.pence, "Bank’s charge")], by=by)
