"""Two who work on the same statement at the same moment, each with a connection of their own."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.awaited import ForOrder, InBooks, ToAccount
from ledger.models import (
    Account,
    BankAccount,
    BankLine,
    BankMatch,
    Journal,
    KnownPayer,
    Order,
    Payment,
    Posting,
    StatementImport,
)
from ledger.operations import (
    accept_all_certain,
    keep_bank_account,
    match_line,
    move,
    post,
    read_in,
    take_in,
    undo_import,
    undo_match,
)
from tests.ledger.conftest import a_file

pytestmark = pytest.mark.django_db(transaction=True)

Read = Callable[..., StatementImport]
MOVES = ((2, "20.00", "A"), (5, "30.00", "B"))


def together(*acts: Callable[[], object]) -> list[object]:
    """Start all acts at once; what each returned, or the RuleError it met."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def bank_in_books() -> int:
    return Posting.objects.filter(account="bank").pence_total()


def test_the_same_file_read_by_two_is_one_preview(bank: BankAccount) -> None:
    results = together(
        *(lambda: read_in(upload=a_file(*MOVES), bank_account=bank, by=SYSTEM) for _ in range(3))
    )
    assert len(set(results)) == 1, results
    assert (StatementImport.objects.count(), BankLine.objects.count()) == (1, 2)


def test_a_statement_taken_in_by_two_comes_in_once(read: Read) -> None:
    statement = read(*MOVES, take=False)
    results = together(
        *(
            lambda: take_in(statement=StatementImport.objects.get(pk=statement.pk), by=SYSTEM)
            for _ in range(3)
        )
    )
    assert kinds(results) == {"StatementImport": 1, "RuleError": 2}, results
    assert BankLine.objects.filter(state="new").count() == 2


def test_two_files_that_overlap_taken_in_at_once_bring_each_line_once(read: Read) -> None:
    first = read(*MOVES, take=False)
    second = read(*MOVES, (9, "-6.50", "CHARGES"), take=False)
    results = together(*(lambda s=s: take_in(statement=s, by=SYSTEM) for s in (first, second)))
    live = BankLine.objects.filter(state="new").order_by("date")
    assert list(live.values_list("pence", flat=True)) == [20_00, 30_00, -6_50], results


def test_a_line_explained_by_two_is_explained_once(
    read: Read, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    line = read((5, "20.00", "J SMITH")).lines.get()
    donations = Account.objects.get(pk="donations")

    def as_order() -> BankLine:
        mine = BankLine.objects.get(pk=line.pk)
        return match_line(line=mine, parts=[ForOrder(order, 20_00)], by=SYSTEM)

    def as_gift() -> BankLine:
        mine = BankLine.objects.get(pk=line.pk)
        return match_line(line=mine, parts=[ToAccount(donations, 20_00)], by=SYSTEM)

    results = together(as_order, as_gift, as_order, as_gift)
    assert kinds(results) == {"BankLine": 1, "RuleError": 3}, results
    assert BankMatch.objects.count() == Journal.objects.count() == 1
    assert bank_in_books() == 20_00


def test_a_journal_claimed_for_two_lines_stands_on_one(read: Read, ten_pounds: Journal) -> None:
    lines = read((5, "10.00", "A"), (6, "10.00", "B")).lines.all()
    results = together(
        *(
            lambda line=line: match_line(line=line, parts=[InBooks(ten_pounds, 10_00)], by=SYSTEM)
            for line in lines
        )
    )
    assert kinds(results) == {"BankLine": 1, "RuleError": 1}, results
    assert BankMatch.objects.count() == 1
    assert BankLine.objects.filter(state="matched").count() == 1


def test_a_journal_claimed_at_two_banks_stands_on_one(bank: BankAccount) -> None:
    """A journal by hand from one bank to the other: the second statement is told."""
    savings = keep_bank_account(name="Savings", number="12-34-56 00654321", by=SYSTEM)
    journal = post(
        kind="by-hand",
        date=dt.date(2026, 2, 5),
        key="between",
        lines=move(80_00, debit="bank-2", credit="bank"),
        by=SYSTEM,
    )
    upload = a_file((5, "-80.00", "OUT"))
    out = take_in(statement=read_in(upload=upload, bank_account=bank, by=SYSTEM), by=SYSTEM)
    upload = a_file((5, "80.00", "IN")).replace(b"00123456", b"00654321")
    into = take_in(statement=read_in(upload=upload, bank_account=savings, by=SYSTEM), by=SYSTEM)
    claims = [(out.lines.get(), -80_00), (into.lines.get(), 80_00)]
    results = together(
        *(
            lambda line=line, pence=pence: match_line(
                line=line, parts=[InBooks(journal, pence)], by=SYSTEM
            )
            for line, pence in claims
        )
    )
    assert kinds(results) == {"BankLine": 1, "RuleError": 1}, results


def test_all_that_is_certain_accepted_by_two_is_accepted_once(
    read: Read, make_order: Callable[..., Order]
) -> None:
    orders = [make_order(key=f"shares {n}", owner_id=n) for n in range(6)]
    moves = [(n + 2, "20.00", f"J SMITH {order.reference}") for n, order in enumerate(orders)]
    statement = read(*moves)
    single = statement.lines.get(row=3)
    results = together(
        lambda: len(accept_all_certain(statement=statement, by=SYSTEM)),
        lambda: len(accept_all_certain(statement=statement, by=SYSTEM)),
        lambda: match_line(line=single, parts=[ForOrder(orders[2], 20_00)], by=SYSTEM),
    )
    assert all(isinstance(result, int | BankLine | RuleError) for result in results), results
    assert Payment.objects.filter(state="succeeded").count() == 6
    assert bank_in_books() == 120_00
    assert KnownPayer.objects.get().seen == 6


def test_a_match_undone_by_two_is_undone_once(read: Read, make_order: Callable[..., Order]) -> None:
    order = make_order()
    line = read((5, "20.00", "J SMITH")).lines.get()
    match_line(line=line, parts=[ForOrder(order, 20_00)], by=SYSTEM)
    results = together(
        *(
            lambda: undo_match(line=BankLine.objects.get(pk=line.pk), why="Twice", by=SYSTEM)
            for _ in range(3)
        )
    )
    assert kinds(results) == {"BankLine": 1, "RuleError": 2}, results
    assert bank_in_books() == 0
    assert Journal.objects.count() == 2


def test_a_statement_undone_while_a_line_is_explained_is_one_or_the_other(read: Read) -> None:
    statement = read(*MOVES)
    line = statement.lines.get(row=1)
    donations = Account.objects.get(pk="donations")
    results = together(
        lambda: undo_import(statement=statement, by=SYSTEM),
        lambda: match_line(line=line, parts=[ToAccount(donations, 20_00)], by=SYSTEM),
    )
    assert kinds(results)["RuleError"] == 1, results
    state = StatementImport.objects.get().state
    assert (state, bank_in_books()) in [("undone", 0), ("imported", 20_00)]
