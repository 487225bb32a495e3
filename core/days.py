"""Days: working days, which are Monday to Friday but for the bank holidays of England, and months.

Banks clear by England's calendar wherever in the UK the payer is.
Bank holidays come from the `holidays` package, up to the year that it knows; one proclaimed
afterwards is known after the next upgrade.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

from holidays import country_holidays

SATURDAY = 5


@cache
def _bank_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: dt.date) -> bool:
    """Whether banks clear payments on that day."""
    return day.weekday() < SATURDAY and day not in _bank_holidays(day.year)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The day by which so many working days have passed; a working day itself, if count > 0."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_day_from(day: dt.date) -> dt.date:
    """That day, or the first working day after it."""
    return day if is_working_day(day) else working_days_after(day, 1)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month that is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = dt.date(years, month + 1, 1)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return min(first + dt.timedelta(days=day.day - 1), following - dt.timedelta(days=1))
