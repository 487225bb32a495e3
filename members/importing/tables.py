"""A file's bytes into headings and rows of text, from CSV or from the first sheet of an XLSX."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from members.importing.columns import BY_NAME, plain_heading
from members.importing.faults import FILE, Fault, FileFaultError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 100
#: So many rows may be empty between others; a spreadsheet can hold a million of them.
MAX_EMPTY_ROWS = 50_000
DELIMITERS = ",;\t"
#: Rows between two signs of life.
STEP = 500

#: `progress(done, total, what)` is told how far the work is.
Progress = Callable[[int, int, str], None]


def quiet(done: int, total: int, what: str) -> None:
    """For who does not ask how far it is."""


class Unreadable(str):
    """A cell that is not taken as it is: the text says why, in a sentence."""


@dataclass
class Table:
    """What a file holds: its headings (row 1), and the rows below with their row numbers.

    Rows that are empty are left out, but counted. `faults` are of rows that could not be read.
    """

    headings: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


#: Rows as they come: row number, cells; or a fault in place of a row.
Records = Iterator[tuple[int, list[str]] | Fault]


def collect(records: Records, total: int, progress: Progress) -> Table:
    """Headings and rows, within the limits. Raises FileFaultError."""
    table: Table | None = None
    empty = 0
    for record in records:
        if isinstance(record, Fault):
            if table is None:
                raise FileFaultError("The headings cannot be read.", row=record.row)
            table.faults.append(record)
            _refuse_too_many(table)
            continue
        row, cells = record
        if table is None:
            table = Table(_headings(cells))
            continue
        if not any(cell.strip() for cell in cells):
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                raise FileFaultError("The file has too many empty rows. Delete them and try again.")
            continue
        table.rows.append((row, cells))
        _refuse_too_many(table)
        if len(table.rows) % STEP == 0:
            progress(len(table.rows), max(total, len(table.rows)), "Reading the file")
    if table is None or not any(table.headings):
        raise FileFaultError(
            "The first row must hold the headings of the columns, and it is empty."
        )
    return table


def _refuse_too_many(table: Table) -> None:
    if len(table.rows) + len(table.faults) > MAX_ROWS:
        raise FileFaultError(f"The file has more than {MAX_ROWS:,} rows. Split it in two.")


def _headings(cells: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in cells[:MAX_COLUMNS]]


def read_csv(data: bytes, progress: Progress = quiet, only_headings: bool = False) -> Table:
    """UTF-8 (with or without its mark), UTF-16 with its mark, or the Windows code page that older
    spreadsheets write; cells parted by commas, semicolons or tabs. Raises FileFaultError."""
    text = decoded(data)
    delimiter = _delimiter(text)
    if only_headings:
        return Table(_headings(next(_csv_rows(text, delimiter), [])))
    return collect(_csv_records(text, delimiter), text.count("\n"), progress)


def decoded(data: bytes) -> str:
    """The text of the file. Raises FileFaultError."""
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileFaultError(
        "This is neither a CSV file nor an XLSX file. Save the list as one of them."
    )


def _delimiter(text: str) -> str:
    """The one that gives the most headings that we know; of equals the most headings, then the
    comma."""

    def fit(delimiter: str) -> tuple[int, int]:
        headings = next(_csv_rows(text, delimiter), [])
        ours = {plain_heading(name) for name in BY_NAME}
        return len(ours & {plain_heading(one) for one in headings}), len(headings)

    return max(DELIMITERS, key=fit)


def _csv_rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows until one that cannot be read."""
    for record in _csv_records(text, delimiter):
        if isinstance(record, Fault):
            return
        yield record[1]


def _csv_records(text: str, delimiter: str) -> Records:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Fault(
                row,
                FILE,
                "This row cannot be read. A quotation mark may be missing or too many, which can "
                "spoil the rows below it too.",
            )
        else:
            yield row, cells
