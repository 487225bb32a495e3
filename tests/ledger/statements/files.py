"""Statement files for tests: the samples on disk, and small ones written line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from ledger.statements import StatementError, read_statement

SAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "statements"
LLOYDS = (
    "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,"
    "Debit Amount,Credit Amount,Balance"
)
BARCLAYS = "Number,Date,Account,Amount,Subcategory,Memo"
HSBC = "Date,Type,Description,Amount,Balance"


class Move(NamedTuple):
    """A movement on the account. `text` must need no quoting."""

    day: dt.date
    pence: int
    text: str


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def pounds(pence: int) -> str:
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def with_balances(moves: Iterable[Move], opening: int = 100_00) -> list[tuple[Move, int]]:
    told = []
    for move in moves:
        opening += move.pence
        told.append((move, opening))
    return told


def lloyds(told: Sequence[tuple[Move, int]], newest_first: bool = True) -> bytes:
    rows = [
        f"{move.day:%d/%m/%Y},FPI,'12-34-56,00123456,{move.text},"
        f"{pounds(-move.pence) if move.pence < 0 else ''},"
        f"{pounds(move.pence) if move.pence > 0 else ''},{pounds(balance)}"
        for move, balance in told
    ]
    return "\n".join([LLOYDS, *(reversed(rows) if newest_first else rows)]).encode()


def barclays(moves: Sequence[Move]) -> bytes:
    rows = [
        f"0,{move.day:%d/%m/%Y},12-34-56 00123456,{pounds(move.pence)},Counter Credit,{move.text}"
        for move in moves
    ]
    return "\n".join([BARCLAYS, *reversed(rows)]).encode()


def hsbc(*rows: str) -> bytes:
    return "\n".join([HSBC, *rows]).encode()


def faults(data: bytes, profile: str | None = None, **options: object) -> list[tuple]:
    """What the treasurer is told about a file that cannot be read; [] if it can."""
    try:
        read_statement(data, profile, **options)
    except StatementError as error:
        return [tuple(fault) for fault in error.faults]
    return []
