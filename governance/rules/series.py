"""On which days a body meets that meets regularly: every so many weeks, or on the same weekday of
the month as the first time ("the second Tuesday").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

#: How often → weeks between meetings, or months.
WEEKS = {"weekly": 1, "fortnightly": 2, "four_weeks": 4}
MONTHS = {"monthly": 1, "two_months": 2, "quarterly": 3}
LAST = 5
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", LAST: "last"}


def week_of_month(day: dt.date) -> int:
    """1 to 4; a day in the fifth week of its month is in the last, which every month has."""
    return min((day.day - 1) // 7 + 1, LAST)


def meeting_days(first: dt.date, often: str, *, since: dt.date) -> Iterator[dt.date]:
    """The days from `since` on, without an end. The first meeting sets the weekday, and which of
    the month it is. Raises KeyError for an unknown rhythm.
    """
    start = dt.datetime.combine(first, dt.time())
    if often in WEEKS:
        rhythm = rrule(WEEKLY, interval=WEEKS[often], dtstart=start)
    else:
        week = week_of_month(first)
        nth = weekday(first.weekday(), -1 if week == LAST else week)
        rhythm = rrule(MONTHLY, interval=MONTHS[often], byweekday=nth, dtstart=start)
    moments = rhythm.xafter(dt.datetime.combine(since, dt.time()), inc=True)
    return (moment.date() for moment in moments)


def in_words(first: dt.date, often: str) -> str:
    """ "the second Tuesday of the month"."""
    if often in WEEKS:
        return f"on a {first:%A}"
    return f"on the {ORDINALS[week_of_month(first)]} {first:%A} of the month"
