"""Dues: what period a charge is for, how old a debt is, and when a reminder is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

#: After so many reminders a person speaks to the member instead.
MOST_REMINDERS = 3
#: Whoever is asked to pay has at least so long.
DAYS_TO_PAY = 28
#: The columns of the list of arrears: up to so many days after the due day, and the rest.
AGE_LIMITS = (0, 30, 60, 90)
AGE_NAMES = ("Not yet due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")


def dues_year(year: int, month: int) -> tuple[dt.date, dt.date]:
    """The twelve months that dues falling due in a month pay for: first and last day."""
    first = dt.date(year, month, 1)
    return first, first.replace(year=year + 1) - dt.timedelta(days=1)


def next_dues_on(
    month: int, charged: Collection[tuple[dt.date, dt.date]], joined: dt.date, today: dt.date
) -> dt.date:
    """The first day of the next twelve months that are charged: they begin while the member is one,
    and on no day that is charged already. `charged`: first and last day of each period."""
    since = max(today.replace(day=1), joined)
    first, _last = dues_year(today.year, month)
    while first < since or any(start <= first <= end for start, end in charged):
        first = first.replace(year=first.year + 1)
    return first


def due_day(first: dt.date, today: dt.date) -> dt.date:
    """By when to pay what is charged for a period: the end of its first month, and never sooner
    than DAYS_TO_PAY after it is charged."""
    month_end = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return max(month_end - dt.timedelta(days=1), today + dt.timedelta(days=DAYS_TO_PAY))


def age_column(due_on: dt.date, today: dt.date) -> int:
    """In which column of AGE_NAMES a debt belongs."""
    days = (today - due_on).days
    return sum(days > limit for limit in AGE_LIMITS)


def reminder_is_due(
    due_on: dt.date, reminded_on: dt.date | None, sent: int, today: dt.date, days: int
) -> bool:
    """So many days after the due day, and after each reminder, until MOST_REMINDERS were sent."""
    if sent >= MOST_REMINDERS:
        return False
    return today >= (reminded_on or due_on) + dt.timedelta(days=days)
