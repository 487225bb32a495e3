"""From "Tuesdays and Fridays at 08:00 for 45 minutes" to instants. Pure: no database, no clock.

Times are on the clock in the United Kingdom; what comes out are instants in UTC. When the clocks
change (last Sundays of March and October, Summer Time Act 1972 as amended):

- A visit whose start does not exist (01:00 to 02:00 in March) begins at the first time that does,
  and is marked as moved. One whose start comes twice (01:00 to 02:00 in October) takes the first.
- A visit shorter than four hours lasts its minutes. A longer one (a night, a sleep-in) is a shift
  that ends by the clock: 22:00 to 07:00 is 8 hours on 28 March 2026 and 10 on 24 October 2026.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

LONDON = ZoneInfo("Europe/London")
MAX_MINUTES = 24 * 60
#: From this length on, a visit ends by the clock rather than after its minutes.
SHIFT_MINUTES = 4 * 60
#: The parts of RFC 5545 that pick days. Times of day, counts and ends are said elsewhere.
PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class RecurrenceError(ValueError):
    """The pattern makes no sense. The message is a sentence for a person; `field` says where."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Pattern:
    """Days by `rrule` (RFC 5545, days only) from `first_day` to `last_day`, both inclusive, save
    those in `not_on`; each at `start` on the clock, for `minutes`.

    Raises RecurrenceError for anything that cannot be.
    """

    rrule: str
    start: dt.time
    minutes: int
    first_day: dt.date
    last_day: dt.date | None = None
    not_on: frozenset[dt.date] = frozenset()

    def __post_init__(self) -> None:
        check_rrule(self.rrule)
        if not 1 <= self.minutes <= MAX_MINUTES:
            raise RecurrenceError("A visit lasts from 1 minute to 24 hours.", "minutes")
        if self.last_day is not None and self.last_day < self.first_day:
            raise RecurrenceError("The last day must not be before the first.", "last_day")
        if self.start.tzinfo is not None:
            raise RecurrenceError("Give the time as the clock on the wall shows it.", "start_time")


@dataclass(frozen=True)
class Occurrence:
    """One visit: `date` is the local day it starts on, the instants are UTC, `minutes` really
    pass between them, and `clock_moved` says that its time does not exist on that day."""

    date: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    clock_moved: bool

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


def check_rrule(text: str) -> None:
    """Refuse a rule that is not a plain pattern of days. Raises RecurrenceError."""
    parts: dict[str, str] = {}
    for piece in text.upper().split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name in parts:
            raise RecurrenceError("The pattern of days cannot be read.", "rrule")
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise RecurrenceError("The pattern must repeat daily, weekly, monthly or yearly.", "rrule")
    if unknown := sorted(set(parts) - PARTS):
        raise RecurrenceError(
            f"The pattern may only say which days; it also says {', '.join(unknown)}.", "rrule"
        )
    every = parts.get("INTERVAL", "1")
    if not every.isdecimal() or int(every) < 1:
        raise RecurrenceError("The pattern must repeat every 1, 2, 3 … weeks.", "rrule")
    try:
        rrulestr(text.upper(), dtstart=dt.datetime(2026, 1, 1))  # noqa: DTZ001
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise RecurrenceError("The pattern of days cannot be read.", "rrule") from error


def weekly(days: Collection[str], every: int = 1) -> str:
    """The rule for these days of the week (MO…SU) in every `every`-th week."""
    if not days:
        raise RecurrenceError("Choose at least one day of the week.", "days")
    if unknown := set(days) - set(DAYS):
        raise RecurrenceError(f"There is no day called {sorted(unknown)[0]}.", "days")
    if every < 1:
        raise RecurrenceError("The pattern must repeat every 1, 2, 3 … weeks.", "every")
    interval = f";INTERVAL={every}" if every > 1 else ""
    return f"FREQ=WEEKLY{interval};BYDAY={','.join(day for day in DAYS if day in days)}"


def read_weekly(text: str) -> tuple[list[str], int] | None:
    """The days and the interval of a rule that `weekly` could have written, or None."""
    if text.upper() == "FREQ=DAILY":
        return list(DAYS), 1
    parts = dict(piece.split("=", 1) for piece in text.upper().split(";"))
    days = parts.pop("BYDAY", "").split(",")
    every = parts.pop("INTERVAL", "1")
    if parts != {"FREQ": "WEEKLY"} or not set(days) <= set(DAYS):
        return None
    return days, int(every)


def in_words(text: str) -> str:
    """The rule as people say it: "every day", "Monday and Thursday", "every 2 weeks on Friday"."""
    weekdays = read_weekly(text)
    if weekdays is None:
        return f"by the pattern {text}"
    days, every = weekdays
    if len(days) == 7:
        listed = "every day"
    elif days == list(DAYS[:5]):
        listed = "Monday to Friday"
    else:
        names = [DAY_NAMES[DAYS.index(day)] for day in days]
        listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)
    return listed if every == 1 else f"every {every} weeks on {listed.replace('every', 'each')}"


def dates(pattern: Pattern, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The dates of the pattern from `first` to `last`, both inclusive, in order."""
    first = max(first, pattern.first_day)
    last = last if pattern.last_day is None else min(last, pattern.last_day)
    if first > last:
        return
    bounded = f"{pattern.rrule.upper()};UNTIL={last:%Y%m%d}T000000"
    rule = rrulestr(bounded, dtstart=_midnight(pattern.first_day))
    for moment in rule.xafter(_midnight(first), inc=True):
        if moment.date() not in pattern.not_on:
            yield moment.date()


def occurrences(pattern: Pattern, first: dt.date, last: dt.date) -> Iterator[Occurrence]:
    """The visits that start from `first` to `last`, both inclusive, in order."""
    for date in dates(pattern, first, last):
        yield on(date, pattern.start, pattern.minutes)


def on(date: dt.date, start: dt.time, minutes: int) -> Occurrence:
    """One visit on one date, by the rules at the top of this module."""
    wall = dt.datetime.combine(date, start)
    starts_at, moved = instant(wall)
    if minutes < SHIFT_MINUTES:
        ends_at = starts_at + dt.timedelta(minutes=minutes)
    else:
        ends_at, _ = instant(wall + dt.timedelta(minutes=minutes))
    return Occurrence(date, starts_at, ends_at, moved)


def instant(wall: dt.datetime) -> tuple[dt.datetime, bool]:
    """The UTC instant of a time on the clock, and whether it had to be moved to one that exists.

    A time that comes twice means the first.
    """
    moved = False
    while not _exists(wall):
        wall, moved = wall.replace(second=0) + dt.timedelta(minutes=1), True
    return wall.replace(tzinfo=LONDON).astimezone(dt.UTC), moved


def _exists(wall: dt.datetime) -> bool:
    there = wall.replace(tzinfo=LONDON).astimezone(dt.UTC)
    return there.astimezone(LONDON).replace(tzinfo=None) == wall


def _midnight(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date, dt.time())
