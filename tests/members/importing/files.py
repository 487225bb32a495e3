"""Files of members as co-ops have them: made up, the same at every run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

HEADINGS = [
    "number",
    "first_name",
    "last_name",
    "email",
    "address_line_1",
    "town",
    "postcode",
    "class",
    "joined",
    "shares",
]
CODES = ("supported", "family", "worker", "community", "organisation", "investor")
FIRST = (
    "Ann",
    "Joan",
    "Rosa",
    "Sita",
    "Tom",
    "Bea",
    "Omar",
    "Yusuf",
    "Nia",
    "Zoë",
    "Siân",
    "Grace",
)
LAST = (
    "Shaw",
    "Dyson",
    "Whiteley",
    "Hirst",
    "O’Brien",
    "Patel",
    "Khan",
    "Sykes",
    "Haigh",
    "Müller",
)
STREETS = ("Mill Row", "Loom Lane", "Chapel Street", "Weir Side", "Upper Green")
TOWNS = ("Damside", "Weavers Green", "Skelbeck")
BODIES = ("Town Council", "Wool Trust", "Bakers Ltd", "Housing Co-operative", "NHS Practice")

Cells = Mapping[str, Any]

#: One good row, to be changed in one place.
ROW: dict[str, Any] = {
    "number": "101",
    "first_name": "Rosa",
    "last_name": "Whiteley",
    "email": "rosa@example.org",
    "address_line_1": "1 Mill Row",
    "town": "Damside",
    "postcode": "QX7 2AB",
    "class": "community",
    "joined": "2019-03-05",
    "shares": "25",
}


def row(**changes: Any) -> dict[str, Any]:
    """The good row with other cells: `row(shares="0", klass="worker")`."""
    return ROW | {("class" if name == "klass" else name): value for name, value in changes.items()}


def csv_of(*rows: Cells, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV file of these rows; the columns are those of any row, ours first."""
    columns = list(dict.fromkeys([*HEADINGS, *(name for one in rows for name in one)]))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An XLSX file with these cells in its first sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(headings))
    for cells in rows:
        sheet.append(list(cells))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def members(number: int, seed: int = 1) -> list[dict[str, Any]]:
    """So many rows of a register as it may be: couples who share an address, people without
    e-mail, organisations, both ways of writing dates."""
    draw = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for n in range(1, number + 1):
        code = draw.choices(CODES, weights=(25, 20, 15, 30, 3, 7))[0]
        joined = dt.date(2012, 4, 1) + dt.timedelta(days=draw.randrange(5000))
        address = {
            "address_line_1": f"{n // 3 + 1} {draw.choice(STREETS)}",
            "town": draw.choice(TOWNS),
            "postcode": f"QX{n % 19 + 1} {n % 9 + 1}{draw.choice(('AB', 'JD', 'WQ'))}",
        }
        told = {
            "number": n,
            "first_name": draw.choice(FIRST),
            "last_name": f"{draw.choice(LAST)}-{draw.choice(LAST)}",
            "email": "" if draw.random() < 0.15 else f"member{n}@example.org",
            **address,
            "class": code,
            "joined": joined.isoformat() if n % 2 else f"{joined:%d/%m/%Y}",
            "shares": draw.choice((1, 1, 5, 10, 25, 100, 250, 1000)),
        }
        if code == "organisation":
            told |= {"first_name": "", "last_name": f"{draw.choice(TOWNS)} {n} {BODIES[n % 5]}"}
        elif rows and draw.random() < 0.1:
            told["email"] = rows[-1]["email"]
        rows.append(told)
    return rows


def typed(cells: Cells) -> list[Any]:
    """A row as a spreadsheet holds it: dates are dates."""
    day = str(cells["joined"])
    form = "%d/%m/%Y" if "/" in day else "%Y-%m-%d"
    joined = dt.datetime.strptime(day, form).replace(tzinfo=dt.UTC).date()
    return [joined if name == "joined" else cells[name] for name in HEADINGS]
