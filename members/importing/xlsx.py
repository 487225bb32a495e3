"""The first sheet of an XLSX file into rows of text. Formulas are never worked out."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook

from members.importing.faults import FileFaultError
from members.importing.tables import (
    MAX_COLUMNS,
    Progress,
    Records,
    Table,
    Unreadable,
    collect,
    quiet,
)

#: What all parts of the file may come to when unpacked. zipfile reads no part further than the
#: length that it declares, so a file cannot lie about this.
MAX_UNPACKED = 250 * 1024 * 1024
MAX_PARTS = 2000

FORMULA = Unreadable(
    "This cell is a formula, which is not worked out here. In the spreadsheet, copy the column and "
    "paste it over itself as values only."
)
ERROR = Unreadable("This cell holds an error of the spreadsheet.")
NOT_A_DAY = Unreadable("This cell holds a time of day, not a date.")


def looks_like_xlsx(data: bytes) -> bool:
    """An XLSX is a zip; no CSV begins so."""
    return data.startswith(b"PK\x03\x04")


def read_xlsx(data: bytes, progress: Progress = quiet, only_headings: bool = False) -> Table:
    """Headings and rows of the first sheet. Raises FileFaultError."""
    _refuse_bombs(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that do not matter here
            return _read(data, progress, only_headings)
    except FileFaultError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file happens to cause
        raise FileFaultError(
            "This file cannot be read as XLSX. Open it in a spreadsheet and save it again, or save "
            "it as CSV."
        ) from error


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            parts = pack.infolist()
    except Exception as error:
        raise FileFaultError("This file is damaged: it cannot be unpacked.") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise FileFaultError("This file unpacks to too much. Save the list alone, or as CSV.")


def _read(data: bytes, progress: Progress, only_headings: bool) -> Table:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            raise FileFaultError("The file has no sheet with cells.")
        sheet = book.worksheets[0]
        total = min(sheet.max_row or 0, 1_000_000)
        sheet.reset_dimensions()  # what the file says of its size need not be so
        records = _records(sheet)
        if only_headings:
            first = next(records, (1, []))
            return collect(iter([first]), 1, progress)
        return collect(records, total, progress)
    finally:
        book.close()


def _records(sheet: Any) -> Records:
    rows: Iterator[Any] = sheet.iter_rows(min_row=1, max_col=MAX_COLUMNS)
    for row, cells in enumerate(rows, start=1):
        yield row, _trimmed([_text(cell) for cell in cells])


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end, which every sheet has."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    """A cell as it would stand in a CSV file: 2019-03-05, and whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return ERROR
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time | dt.timedelta):
        return NOT_A_DAY
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
