"""Each row of a table into typed values, with every fault that the row shows by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from members.importing import cells
from members.importing.columns import BY_NAME, Column, missing, places, plain_heading
from members.importing.faults import FILE, HEADINGS, WHOLE_FILE, Fault
from members.importing.tables import STEP, Progress, Table, Unreadable, quiet
from members.rules.classes import born_refusal

T = TypeVar("T")

FORMATS = ("standard", "large", "easy", "audio")
KINDS = ("council", "charity", "co-op", "business", "nhs")
#: How to reach somebody, as far as a file says it.
CONTACT = ("email", "phone", "address_line_1", "address_line_2", "town", "postcode", "format")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. What it leaves empty is empty or None; `bad` names the columns with faults."""

    row: int
    number: int | None
    first_name: str
    last_name: str
    organisation_name: str
    organisation_kind: str
    registered_society: bool | None
    contact: Mapping[str, str]
    born: dt.date | None
    class_code: str
    joined: dt.date | None
    shares: int | None
    ceased: dt.date | None
    ceased_because: str
    bad: frozenset[str]

    @property
    def name_of_organisation(self) -> str:
        """Its own column; without one, the columns for names together."""
        return self.organisation_name or f"{self.first_name} {self.last_name}".strip()


@dataclass
class Rows:
    """All rows of a file, what is wrong with them, and the headings that were left aside."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    total: int = 0


def read_rows(
    table: Table, columns: Mapping[str, str], today: dt.date, progress: Progress = quiet
) -> Rows:
    """Every row of a table, by the headings chosen for our columns."""
    found = Rows(faults=list(table.faults), total=len(table.rows) + len(table.faults))
    found.faults += _heading_faults(table.headings, columns)
    at = places(table.headings, columns)
    if found.faults and any(fault.row == HEADINGS for fault in found.faults):
        return found  # without its columns no row says anything
    used = set(columns.values())
    found.ignored = [one for one in table.headings if one and one not in used]
    if not table.rows and not table.faults:
        found.faults.append(Fault(WHOLE_FILE, FILE, "The file has no rows below its headings."))
    for done, (row, texts) in enumerate(table.rows):
        found.rows.append(_RowReader(row, texts, at, len(table.headings), found.faults).read(today))
        if done % STEP == 0:
            progress(done, len(table.rows), "Reading the rows")
    return found


def _heading_faults(headings: list[str], columns: Mapping[str, str]) -> list[Fault]:
    faults = [
        Fault(HEADINGS, column.name, f"The file has no column “{column.name}”.")
        for column in missing(name for name, heading in columns.items() if heading in headings)
    ]
    plain = [plain_heading(heading) for heading in headings]
    faults += [
        Fault(HEADINGS, name, "Two columns have this heading. Rename or delete one.")
        for name, heading in columns.items()
        if plain.count(plain_heading(heading)) > 1
    ]
    return faults


class _RowReader:
    def __init__(
        self, row: int, texts: list[str], at: Mapping[str, int], width: int, faults: list[Fault]
    ) -> None:
        self._row, self._texts, self._at, self._faults = row, texts, at, faults
        self._bad: set[str] = set()
        if any(text.strip() for text in texts[width:]):
            self._fault(FILE, "This row has more cells than there are headings.")

    def read(self, today: dt.date) -> Row:
        joined, ceased, born = (self._day(name, today) for name in ("joined", "ceased", "born"))
        self._check_days(joined, ceased, born)
        last = ceased if ceased and born and born < ceased else today
        if refusal := born_refusal(born, last):
            self._fault("born", refusal)
        return Row(
            row=self._row,
            number=self._number(),
            first_name=self._text("first_name"),
            last_name=self._text("last_name"),
            organisation_name=self._text("organisation_name"),
            organisation_kind=self._one_of("organisation_kind", KINDS),
            registered_society=self._value("registered_society", cells.yes_or_no),
            contact=self._contact(),
            born=born,
            class_code=self._text("class"),
            joined=joined,
            shares=self._value("shares", cells.whole),
            ceased=ceased,
            ceased_because=self._because(ceased),
            bad=frozenset(self._bad),
        )

    def _contact(self) -> dict[str, str]:
        """Only what the file has a column for."""
        readers: dict[str, Callable[[str, int], str]] = {
            "email": cells.email,
            "phone": cells.phone,
            "postcode": cells.postcode,
        }
        found = {name: self._text(name, readers.get(name, cells.text)) for name in CONTACT[:-1]}
        found["format"] = self._one_of("format", FORMATS)
        return {name: value for name, value in found.items() if name in self._at}

    def _number(self) -> int | None:
        number = self._value("number", cells.whole)
        if number == 0:
            self._fault("number", "Members are numbered from 1.")
            return None
        return number

    def _day(self, name: str, today: dt.date) -> dt.date | None:
        day = self._value(name, cells.date)
        if day and day > today:
            self._fault(name, "That day is still to come.")
            return None
        return day

    def _check_days(
        self, joined: dt.date | None, ceased: dt.date | None, born: dt.date | None
    ) -> None:
        if joined and ceased and ceased < joined:
            self._fault("ceased", "This is before the day on which they joined.")
        if joined and born and born >= joined:
            self._fault("born", "This is not before the day on which they joined.")

    def _because(self, ceased: dt.date | None) -> str:
        because = self._text("ceased_because")
        if because and ceased is None and "ceased" not in self._bad:
            self._fault("ceased_because", "There is no date ceased in this row.")
        return because

    def _text(self, name: str, read: Callable[[str, int], str] = cells.text) -> str:
        longest = _column(name).longest
        return self._value(name, lambda cell: read(cell, longest)) or ""

    def _one_of(self, name: str, codes: tuple[str, ...]) -> str:
        return self._value(name, lambda cell: cells.one_of(cell, codes)) or ""

    def _value(self, name: str, read: Callable[[str], T]) -> T | None:
        """The value of a cell; None where it is empty (a fault where it must not be) or bad."""
        cell = self._cell(name)
        if isinstance(cell, Unreadable):
            self._fault(name, str(cell))
        elif cell:
            try:
                return read(cell)
            except ValueError as error:
                self._fault(name, str(error))
        elif _column(name).required and name not in ("first_name", "last_name"):
            self._fault(name, "This cell is empty.")
        return None

    def _cell(self, name: str) -> str:
        place = self._at.get(name)
        if place is None or place >= len(self._texts):
            return ""
        cell = self._texts[place]
        return cell if isinstance(cell, Unreadable) else cell.strip()

    def _fault(self, name: str, message: str) -> None:
        self._bad.add(name)
        self._faults.append(Fault(self._row, name, message))


def _column(name: str) -> Column:
    return BY_NAME[name]
