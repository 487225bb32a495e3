"""Everything about one person as they read it: by chapter, in plain words, days as in a letter."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from members.looked import PARTS
from members.subject_access.collect import Section
from members.subject_access.titles import CHAPTERS, DEEDS, MACHINE, OTHERS, TITLES

#: Rows become a table where it has so few columns, each with so short texts.
MOST_COLUMNS, LONGEST_CELL = 6, 60
#: Logs are told by the day: who, what, and how often.
LOGS = {"core.auditline", "core.readline"}
HEADS = {"user": "who", "group": "what", "action": "what"}
TIMES = "times"

Row = list[tuple[str, str]]


@dataclass(frozen=True)
class Told:
    """One kind of row: as a table where `columns` has its heads, else row by row."""

    title: str
    columns: list[str]
    rows: list[Row]

    @property
    def cells(self) -> list[list[str]]:
        return [[dict(row).get(column, "") for column in self.columns] for row in self.rows]


@dataclass(frozen=True)
class Chapter:
    heading: str
    sections: list[Told]


def chapters(sections: Sequence[Section]) -> list[Chapter]:
    """What is told on paper, in order; kinds that no chapter names come last."""
    by_kind = {one.kind: one for one in sections}
    found = []
    for heading, kinds in CHAPTERS.items():
        found.append(Chapter(heading, [_told(by_kind[kind]) for kind in kinds if kind in by_kind]))
    rest = [_told(one) for kind, one in by_kind.items() if kind not in TITLES]
    return [one for one in [*found, Chapter(OTHERS, rest)] if one.sections]


def only_for_computers(sections: Sequence[Section]) -> list[str]:
    """What is in the other file alone, in words."""
    return [MACHINE[one.kind] for one in sections if one.kind in MACHINE]


def _told(section: Section) -> Told:
    rows = [
        {
            label: _plain(label, value)
            for label, value in row.items()
            if label not in section.machine
        }
        for row in section.rows
    ]
    said = _by_day(rows) if section.kind in LOGS else [_sentence(row) for row in rows]
    columns = list(dict.fromkeys(label for row in said for label, _text_ in row))
    columns.sort(key=lambda label: label == TIMES)
    fits = len(said) > 1 and len(columns) <= MOST_COLUMNS
    short = all(len(text) <= LONGEST_CELL for row in said for _label, text in row)
    return Told(section.title, columns if fits and short else [], said)


def _by_day(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Each day's entries of a log that say the same as one, with how many there are."""
    times: Counter[tuple[tuple[str, str], ...]] = Counter()
    for row in sorted(rows, key=lambda row: str(row["at"])):
        day = ("day", _text(timezone.localtime(row["at"]).date()))
        rest = _sentence(
            {HEADS.get(label, label): value for label, value in row.items() if label != "at"}
        )
        times[(day, *rest)] += 1
    return [[*row, (TIMES, str(n))] for row, n in times.items()]


def _plain(label: str, value: Any) -> Any:
    """ "members.note_consent" is "note consent", and minute 390 of a day is half past six."""
    if label == "action":
        return DEEDS.get(value) or str(value).rpartition(".")[2].replace("_", " ")
    if label == "group":
        return PARTS.get(value, value)
    if label in ("start minute", "end minute"):
        return f"{value // 60:02}:{value % 60:02}"
    return value


def _sentence(row: Mapping[str, Any]) -> Row:
    """What a row says, without what it says nothing about."""
    said = [(label, _text(value)) for label, value in row.items()]
    return [(label, text) for label, text in said if text]


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%-d %B %Y, %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%-d %B %Y}"
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(str(one) for one in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
