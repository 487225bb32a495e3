"""What a registered society must do by when: days counted from the end of its year."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

#: How long after the end of the year the annual return (form AR30), with the accounts, must be with
#: the Financial Conduct Authority. Source: Co-operative and Community Benefit Societies Act 2014,
#: section 89.
RETURN_MONTHS = 7
#: How long before and after its day somebody is reminded of something.
REMINDERS = (60, 30, 7, 0)


@dataclass(frozen=True)
class YearEnd:
    """The last day of a financial year, and what follows from it."""

    day: dt.date
    agm_months: int

    @property
    def agm_by(self) -> dt.date:
        return month_end_after(self.day, self.agm_months)

    @property
    def return_by(self) -> dt.date:
        return month_end_after(self.day, RETURN_MONTHS)


def month_end_after(end: dt.date, months: int) -> dt.date:
    """The end of the month so many months after a month's end: 28 February + 6 is 31 August."""
    then: dt.date = end + relativedelta(months=months)
    return then.replace(day=calendar.monthrange(then.year, then.month)[1])


def last_year_end(month: int, today: dt.date) -> dt.date:
    """The last end of a financial year that has passed; the year ends with this month."""
    for year in (today.year, today.year - 1):
        end = dt.date(year, month, calendar.monthrange(year, month)[1])
        if end < today:
            return end
    raise AssertionError("a year has passed in every year")


def reminder_due(day: dt.date, today: dt.date) -> int | None:
    """Which reminder of something due on `day` is to have gone by now: so many days before; None
    while it is far off.
    """
    left = (day - today).days
    reached = [before for before in REMINDERS if left <= before]
    return min(reached) if reached else None
