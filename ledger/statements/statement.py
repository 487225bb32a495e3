"""What is read from a bank's file: lines, the statement they make, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

#: A year of a busy account is some thousands of lines; more than this is not a statement.
MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 20_000
#: Longest description, reference and type of a line, in letters.
MAX_TEXT = 500
#: Reading stops here: a file this wrong is of another kind.
MAX_FAULTS = 100


class Fault(NamedTuple):
    """One thing wrong. `row` counts as a spreadsheet does, from 1; None is the whole file."""

    row: int | None
    field: str
    sentence: str


class StatementError(ValueError):
    """The file cannot be read as a statement. `faults` says where and why, for the treasurer.

    Its own text tells only how many, since a fault may quote the file and errors reach logs.
    """

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"The statement has {len(faults)} faults.")
        self.faults = faults


class Faults:
    """Gathers faults, so that the treasurer sees them all at once and not one at a time."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, row: int | None, field: str, sentence: str) -> None:
        self.found.append(Fault(row, field, sentence))
        if len(self.found) >= MAX_FAULTS:
            sentence = f"These are the first {MAX_FAULTS} faults. There may be more."
            self.found.append(Fault(None, "file", sentence))
            self.stop()

    def stop(self) -> None:
        """Raise what has been found, if anything."""
        if self.found:
            raise StatementError(self.found)


def refuse(field: str, sentence: str, row: int | None = None) -> StatementError:
    """The error for a file with this one fault."""
    return StatementError([Fault(row, field, sentence)])


@dataclass(frozen=True)
class Line:
    """One movement on the account. Money in is above zero, money out below.

    `balance_pence` is the account's balance after the line; None if the file tells no balances.
    `checksum` is the same whenever the same movement is read again from the same kind of file.
    """

    date: dt.date
    amount_pence: int
    description: str
    reference: str = ""
    kind: str = ""
    balance_pence: int | None = None
    fitid: str | None = None
    row: int = 0
    checksum: str = ""


@dataclass(frozen=True)
class Statement:
    """Lines oldest first. `account` is empty where neither the file nor the caller names it.

    Where both balances are known, opening + every line = closing.
    """

    account: str
    lines: tuple[Line, ...]
    opening_pence: int | None
    closing_pence: int | None
    profile: str

    @property
    def starts(self) -> dt.date:
        return self.lines[0].date

    @property
    def ends(self) -> dt.date:
        return self.lines[-1].date


@dataclass(frozen=True)
class RawStatement:
    """Lines as they stand in the file, before they are put in order and checked."""

    profile: str
    account: str
    lines: list[Line]
    newest_first: bool
    closing_pence: int | None = None
