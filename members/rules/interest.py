"""Interest on shares, exactly: whole pence, whole days and fractions, never a float.

Each day earns the rate divided by 365 on the value of the shares that were held, and paid for, at
the end of it. 29 February earns nothing and any other year has 365 days, so that a full year earns
the rate and never more: the highest rate in the rules of the society is a limit. For the same
reason a part of a penny is left out: what a member gets is rounded down, once, at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

DAYS_A_YEAR = 365


@dataclass(frozen=True)
class Change:
    """So many pence more (or fewer) of shares held and paid for, at the end of a day."""

    date: dt.date
    pence: int


def days_that_earn(first: dt.date, last: dt.date) -> int:
    """Days from the first to the last, both counted, without any 29 February; 0 if reversed."""
    if last < first:
        return 0
    leap_days = sum(
        first <= dt.date(year, 2, 29) <= last
        for year in range(first.year, last.year + 1)
        if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    )
    return (last - first).days + 1 - leap_days


def pence_days(changes: Iterable[Change], first: dt.date, last: dt.date) -> int:
    """The sum over the days of a period of the pence held at the end of each; never below zero.

    A change before the period counts on all of its days, one within it from its own day on.
    """
    total = sum(change.pence * days_that_earn(max(change.date, first), last) for change in changes)
    return max(total, 0)


def interest(pence_days: int, rate: Decimal) -> int:
    """What so many pence times days earn at so many per cent a year: whole pence, rounded down."""
    return int(Fraction(pence_days) * Fraction(rate) / (100 * DAYS_A_YEAR))


def tax_year_of(day: dt.date) -> int:
    """The year in which the tax year of a day begins: 6 April to 5 April."""
    return day.year if (day.month, day.day) >= (4, 6) else day.year - 1


def tax_year(begins: int) -> tuple[dt.date, dt.date]:
    """The first and last day of the tax year that begins in a year."""
    return dt.date(begins, 4, 6), dt.date(begins + 1, 4, 5)
