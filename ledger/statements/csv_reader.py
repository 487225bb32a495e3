"""CSV files: find the headings, then each row into a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from ledger.statements.profiles import PROFILES, Shape, general_shape, heading_key, shapes_of
from ledger.statements.statement import (
    MAX_LINES,
    MAX_TEXT,
    Faults,
    Line,
    RawStatement,
    StatementError,
    refuse,
)
from ledger.statements.values import parse_date, parse_pence, tidy, tidy_account

T = TypeVar("T")

#: Banks and treasurers put a title or the account above the headings, never more than this.
LOOK_FOR_HEADINGS = 20
MAX_COLUMNS = 100
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Layout:
    """How one file is to be read. `headings_row` is 0 where there are none."""

    shape: Shape
    places: Mapping[str, int]
    width: int
    headings_row: int
    delimiter: str


def read_csv(text: str, profile: str | None, columns: Mapping[str, str] | None) -> RawStatement:
    """Every row below the headings, in the file's order. Raises StatementError with all faults.

    Left out are blank rows, rows of no money, and the balances that some banks write as rows.
    """
    layout = _layout(text, profile, columns)
    faults = Faults()
    lines: list[Line] = []
    accounts: dict[str, None] = {}
    for row, cells in _records(text, layout.delimiter):
        if row <= layout.headings_row or not any(cell.strip() for cell in cells):
            continue
        if len(lines) == MAX_LINES:
            faults.add(row, "file", f"The file has more than {MAX_LINES:,} lines. Split it.")
            break
        reader = _Row(row, cells, layout, faults)
        if line := reader.line():
            lines.append(line)
            accounts[reader.account()] = None
            if len(accounts) == 2 and reader.account() == list(accounts)[1]:
                sentence = "This row is of another account. Download one account at a time."
                faults.add(row, "account", sentence)
                break
    faults.stop()
    account = next(iter(accounts), "")
    return RawStatement(layout.shape.profile, account, lines, layout.shape.newest_first)


def headings_in(text: str) -> tuple[str, ...]:
    """The file's headings as they are written, for a treasurer to choose from; may be empty."""
    for delimiter in DELIMITERS:
        for _row, cells in _first_records(text, delimiter):
            written = [tidy(cell) for cell in cells if tidy(cell)]
            if len(written) >= 3 and not any(_is_value(cell) for cell in written):
                return tuple(written)
    return ()


def _is_value(cell: str) -> bool:
    for parse in (parse_date, parse_pence):
        try:
            parse(cell)
        except ValueError:
            continue
        return True
    return False


def _layout(text: str, profile: str | None, columns: Mapping[str, str] | None) -> Layout:
    shapes = [general_shape(columns or {})] if profile == "general" else shapes_of(profile)
    for delimiter in DELIMITERS:
        for row, cells in _first_records(text, delimiter):
            for shape in shapes:
                places = None if shape.headless else shape.places(cells)
                if places:
                    return Layout(shape, places, len(cells), row, delimiter)
    for shape in shapes:
        if shape.headless and (layout := _headless_layout(text, shape)):
            return layout
    raise _no_headings(text, profile, shapes)


def _headless_layout(text: str, shape: Shape) -> Layout | None:
    places = {field: int(names[0]) for field, names in shape.columns.items()}
    for _row, cells in _first_records(text, ","):
        if any(cell.strip() for cell in cells):
            fits = len(cells) == len(places) and _is_value(cells[0]) and _is_value(cells[2])
            return Layout(shape, places, len(cells), 0, ",") if fits else None
    return None


def _no_headings(text: str, profile: str | None, shapes: Sequence[Shape]) -> StatementError:
    if profile == "general":
        written = {heading_key(heading) for heading in headings_in(text)}
        faults = Faults()
        for field, names in shapes[0].columns.items():
            if names[0] not in written:
                faults.add(None, field, "The file has no column with this heading.")
        if faults.found:
            return StatementError(faults.found)
    if profile is None:
        sentence = "We do not know these headings. Choose the bank, or the columns by hand."
    else:
        sentence = f"These are not the headings of a file from {PROFILES[profile]}."
    return refuse("headings", sentence)


def _first_records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The top of the file; what is wrong there is told when the whole is read."""
    try:
        for row, cells in islice(_records(text, delimiter), LOOK_FOR_HEADINGS):
            yield row, cells[:MAX_COLUMNS]
    except StatementError:
        return


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            sentence = "This row cannot be read. A quotation mark may be missing."
            raise refuse("file", sentence, row) from None
        yield row, cells


class _Row:
    """One row. Every cell that cannot be read is a fault, and there is then no line."""

    def __init__(self, row: int, cells: Sequence[str], layout: Layout, faults: Faults) -> None:
        self.row = row
        self.cells = cells
        self.layout = layout
        self.faults = faults

    def line(self) -> Line | None:
        before = len(self.faults.found)
        date = self.read("date", parse_date)
        description = self.text("description")
        balance = self.read("balance", parse_pence) if self.cell("balance") else None
        amount = self.amount(description, balance)
        line_reference = self.text("reference")
        kind = self.text("kind")
        if any(cell.strip() for cell in self.cells[self.layout.width :]):
            self.fault("file", "This row has more cells than there are headings.")
        if date is None or not amount or len(self.faults.found) > before:
            return None
        return Line(
            date=date,
            amount_pence=amount,
            description=description,
            reference="" if line_reference.strip("0") == "" else line_reference,
            kind=kind.upper(),
            balance_pence=balance,
            row=self.row,
        )

    def amount(self, description: str, balance: int | None) -> int | None:
        """Signed. None where there is a fault, and for a balance that is written as a row."""
        if self.has("amount"):
            if not self.cell("amount") and _is_balance_row(description, balance):
                return None
            return self.read("amount", parse_pence)
        sides = {side: self.cell(side) for side in ("paid_in", "paid_out")}
        read = {side: self.read(side, parse_pence) if cell else 0 for side, cell in sides.items()}
        if not any(sides.values()):
            if not _is_balance_row(description, balance):
                self.fault("amount", "This row has no amount.")
            return None
        if read["paid_in"] is None or read["paid_out"] is None:
            return None
        if read["paid_in"] and read["paid_out"]:
            self.fault("amount", "This row has both money in and money out.")
        for side, pence in read.items():
            if pence and pence < 0:
                self.fault(side, "An amount in this column must not be below zero.")
        return read["paid_in"] - read["paid_out"]

    def account(self) -> str:
        number = tidy(self.cell("account"))
        if self.has("sort_code"):
            # A spreadsheet that has opened the file may have dropped the leading noughts.
            code = tidy_account(self.cell("sort_code")).zfill(6)
            return tidy_account(code + tidy_account(number).zfill(8))
        return tidy_account(number)

    def has(self, field: str) -> bool:
        return field in self.layout.places

    def cell(self, field: str) -> str:
        place = self.layout.places.get(field)
        return "" if place is None or place >= len(self.cells) else self.cells[place].strip()

    def text(self, field: str) -> str:
        text = tidy(self.cell(field))
        if len(text) > MAX_TEXT:
            self.fault(field, f"This text is longer than {MAX_TEXT} letters.")
        return text

    def read(self, field: str, parse: Callable[[str], T]) -> T | None:
        cell = tidy(self.cell(field))
        if not cell:
            self.fault(field, "This cell is empty.")
            return None
        try:
            return parse(cell)
        except ValueError as error:
            self.fault(field, f"“{cell[:30]}” {error}.")
            return None

    def fault(self, field: str, sentence: str) -> None:
        self.faults.add(self.row, field, sentence)


def _is_balance_row(description: str, balance: int | None) -> bool:
    """“Opening balance”, “Balance brought forward”: a balance, and no money moved."""
    return balance is not None and "balance" in description.casefold()
