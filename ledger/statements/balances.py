"""Putting lines in order, and holding them to the balances that the bank tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ledger.statements.statement import Fault, Line, Statement
from ledger.statements.values import in_pounds


def oldest_first(lines: Sequence[Line], newest_first: bool) -> list[Line]:
    """The lines in the order in which they happened.

    Of the file's order and its reverse, each as it is and sorted by day, the one whose balances
    follow best, then whose days do, then whose days end with the balance if only some lines tell
    one; where nothing tells them apart, the bank's habit.
    """
    forward, backward = list(lines), list(reversed(lines))
    orders = [backward, forward] if newest_first else [forward, backward]
    orders += [sorted(order, key=lambda line: line.date) for order in orders]
    return min(
        orders,
        key=lambda order: (len(balance_faults(order)), _days_back(order), _balances_inside(order)),
    )


def _days_back(lines: Sequence[Line]) -> int:
    return sum(later.date < line.date for line, later in pairwise(lines))


def _balances_inside(lines: Sequence[Line]) -> int:
    """How many days tell a balance, but not after their last line."""
    days = {line.date for line in lines if line.balance_pence is not None}
    last = {line.date: line for line in lines}
    return sum(last[day].balance_pence is None for day in days)


def balance_faults(lines: Sequence[Line]) -> list[Fault]:
    """Every balance must be the one before it plus the lines since: else a line is missing,
    doubled or altered. After a fault the bank's balance is taken as the new start."""
    faults = []
    running: int | None = None
    for line in lines:
        running = None if running is None else running + line.amount_pence
        if line.balance_pence is None:
            continue
        if running is not None and running != line.balance_pence:
            sentence = (
                f"The balance is {in_pounds(line.balance_pence)}, but the lines before it make "
                f"{in_pounds(running)}. A line may be missing or altered."
            )
            faults.append(Fault(line.row, "balance", sentence))
        running = line.balance_pence
    return faults


def with_every_balance(lines: Sequence[Line]) -> list[Line]:
    """Some banks tell only the balance at the end of a day: the others follow from it."""
    known = next((i for i, line in enumerate(lines) if line.balance_pence is not None), None)
    if known is None:
        return list(lines)
    balance = lines[known].balance_pence or 0
    balance -= sum(line.amount_pence for line in lines[: known + 1])
    filled = []
    for line in lines:
        balance += line.amount_pence
        filled.append(replace(line, balance_pence=balance))
    return filled


def check_closing(
    statement: Statement, closing_pence: int, opening_pence: int | None = None
) -> Fault | None:
    """Whether the statement closes at this balance: that of the ledger, or of the paper statement.

    `opening_pence` serves a file that tells no balances (Barclays): where it opened is then what
    the statement before closed at. None when all is well.
    """
    opening = statement.opening_pence if statement.opening_pence is not None else opening_pence
    if opening is None:
        sentence = "The file tells no balances. Enter the balance before its first line."
        return Fault(None, "opening", sentence)
    closes = opening + sum(line.amount_pence for line in statement.lines)
    if closes == closing_pence:
        return None
    gap = in_pounds(abs(closes - closing_pence))
    sentence = (
        f"The statement closes at {in_pounds(closes)}, which is {gap} "
        f"{'more' if closes > closing_pence else 'less'} than {in_pounds(closing_pence)}."
    )
    return Fault(None, "closing", sentence)
