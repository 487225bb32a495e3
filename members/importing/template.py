"""An empty file to fill in: our headings, one example, and what each column may hold."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from core.spreadsheets import csv_file
from members.importing.cells import date
from members.importing.columns import COLUMNS

_TEXT, _DAY = "@", "dd/mm/yyyy"
_WHOLE = ("number", "shares")
_DAYS = ("joined", "ceased", "born")
#: So many rows are formatted to be typed in.
ROWS = 2000


def csv_template() -> bytes:
    """Headings and the example, in UTF-8."""
    return csv_file([column.name for column in COLUMNS], [[column.example for column in COLUMNS]])


def xlsx_template() -> bytes:
    """The same with dates as dates, and a second sheet of notes, which an import does not read."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Members"
    sheet.append([column.name for column in COLUMNS])
    sheet.append([_typed(column.name, column.example) for column in COLUMNS])
    _dress(sheet)
    notes = book.create_sheet("Notes")
    notes.append(["Column", "What it is", "What may stand in it"])
    for column in COLUMNS:
        must = " The file must have this column." if column.required else ""
        notes.append([column.name, column.label, column.allowed + must])
    notes.append([])
    notes.append(["Row 2 of the first sheet is an example: write over it."])
    _wrap(notes)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _typed(name: str, example: str) -> str | int | dt.date:
    if example and name in _DAYS:
        return date(example)
    return int(example) if name in _WHOLE else example


def _dress(sheet: Worksheet) -> None:
    """Cells that keep what is typed: phone numbers their 0, dates their day."""
    sheet.freeze_panes = "A2"
    for place, column in enumerate(COLUMNS, start=1):
        head = sheet.cell(1, place)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = max(14, len(column.name) + 3)
        form = _DAY if column.name in _DAYS else "0" if column.name in _WHOLE else _TEXT
        for row in range(2, ROWS):
            sheet.cell(row, place).number_format = form


def _wrap(notes: Worksheet) -> None:
    for letter, width in (("A", 22), ("B", 32), ("C", 90)):
        notes.column_dimensions[letter].width = width
    for cells in notes.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in notes[1]:
        cell.font = Font(bold=True)
