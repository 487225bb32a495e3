"""Visits laid out as weeks of days, for the small calendars on screens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services import recurrence
from services.models import AgreementLine, AgreementVersion, Visit


@dataclass(frozen=True)
class Call:
    """One planned visit of a draft: when on the clock, and which line asks for it."""

    line: AgreementLine
    when: recurrence.Occurrence


@dataclass
class Day:
    """One day; `in_range` is False for days that only fill up a week."""

    date: dt.date
    in_range: bool
    visits: list[Visit | Call] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """What a draft would make: weeks of days, the number of visits, and each two lines whose
    visits overlap (which may be meant), with the first time that they do."""

    weeks: list[list[Day]]
    count: int
    overlaps: list[tuple[Call, Call]]


def weeks(first: dt.date, last: dt.date, visits: Iterable[Visit | Call]) -> list[list[Day]]:
    """Whole weeks from Monday to Sunday that hold `first` to `last`, each visit on its day."""
    monday = first - dt.timedelta(days=first.weekday())
    length = (last - monday).days // 7 * 7 + 7
    dates = [monday + dt.timedelta(days) for days in range(length)]
    days = {date: Day(date, first <= date <= last) for date in dates}
    for visit in visits:
        date = visit.date if isinstance(visit, Visit) else visit.when.date
        if date in days:
            days[date].visits.append(visit)
    laid_out = list(days.values())
    return [laid_out[start : start + 7] for start in range(0, length, 7)]


def preview(
    version: AgreementVersion, lines: Sequence[AgreementLine], today: dt.date, days: int = 28
) -> Preview:
    """The first four weeks of visits that a draft would make."""
    first = max(version.since, today)
    last = first + dt.timedelta(days=days - 1)
    if version.last_day is not None:
        last = max(first, min(last, version.last_day))
    calls = [
        Call(line, when)
        for line in lines
        for when in recurrence.occurrences(line.pattern(), first, last)
    ]
    calls.sort(key=lambda call: call.when.starts_at)
    return Preview(weeks(first, last, calls), len(calls), _overlaps(calls))


def _overlaps(calls: Sequence[Call]) -> list[tuple[Call, Call]]:
    """For every two lines whose visits overlap, the first time that they do."""
    found: dict[tuple[int, int], tuple[Call, Call]] = {}
    for place, earlier in enumerate(calls):
        for later in calls[place + 1 :]:
            if later.when.starts_at >= earlier.when.ends_at:
                break
            found.setdefault(_lines_of(earlier, later), (earlier, later))
    return list(found.values())


def _lines_of(one: Call, other: Call) -> tuple[int, int]:
    low, high = sorted([one.line.pk, other.line.pk])
    return low, high
