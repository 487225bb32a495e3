"""Working days: Monday to Friday. Bank holidays are not known here."""

from __future__ import annotations

import datetime as dt

SATURDAY = 5


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The day by which so many working days have passed; a working day itself, if count > 0."""
    while count > 0:
        day += dt.timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day
