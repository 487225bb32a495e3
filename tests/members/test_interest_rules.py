"""Interest by the day: exact, rounded down once, never above the rate."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.interest import (
    Change,
    days_that_earn,
    interest,
    pence_days,
    tax_year,
    tax_year_of,
)

FIRST, LAST = dt.date(2023, 4, 1), dt.date(2024, 3, 31)
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2029, 12, 31))


def day_by_day(changes: list[Change], first: dt.date, last: dt.date) -> int:
    """The rule said literally: every evening, count what is held."""
    total = 0
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        if (day.month, day.day) != (2, 29):
            total += sum(change.pence for change in changes if change.date <= day)
    return total


@given(
    st.lists(st.builds(Change, DAYS, st.integers(0, 10**7)), max_size=8),
    DAYS,
    st.integers(0, 2000),
)
def test_the_short_sum_is_what_counting_every_evening_gives(
    changes: list[Change], first: dt.date, length: int
) -> None:
    last = first + dt.timedelta(days=length)
    assert pence_days(changes, first, last) == day_by_day(changes, first, last)


def test_a_full_year_earns_the_rate_in_a_leap_year_too() -> None:
    held = [Change(dt.date(2020, 1, 1), 100_00)]
    for first in (dt.date(2023, 1, 1), dt.date(2024, 1, 1), FIRST):
        last = first.replace(year=first.year + 1) - dt.timedelta(days=1)
        assert interest(pence_days(held, first, last), Decimal("5")) == 5_00


@given(st.integers(0, 10**10), st.decimals(0, 20, places=2), st.integers(1, 365))
def test_nobody_ever_gets_more_than_the_rate(held: int, rate: Decimal, days: int) -> None:
    paid = interest(held * days, rate)
    exact = Fraction(held) * Fraction(rate) / 100 * Fraction(days, 365)
    assert paid <= exact < paid + 1


def test_a_part_of_a_penny_is_left_out() -> None:
    assert interest(pence_days([Change(FIRST, 99)], FIRST, LAST), Decimal("4.99")) == 4


def test_shares_earn_from_the_day_of_issue_until_the_day_before_withdrawal() -> None:
    bought, gone = dt.date(2023, 4, 11), dt.date(2023, 4, 21)
    assert pence_days([Change(bought, 100), Change(gone, -100)], FIRST, LAST) == 10 * 100


def test_shares_whose_money_was_taken_back_earn_nothing_meanwhile() -> None:
    unpaid, paid_again = Change(dt.date(2023, 5, 1), -100), Change(dt.date(2023, 5, 31), 100)
    assert pence_days([Change(FIRST, 100), unpaid, paid_again], FIRST, LAST) == 335 * 100


def test_29_february_earns_nothing() -> None:
    assert days_that_earn(dt.date(2024, 2, 28), dt.date(2024, 3, 1)) == 2
    assert days_that_earn(dt.date(2024, 2, 29), dt.date(2024, 2, 29)) == 0
    assert days_that_earn(dt.date(2100, 2, 1), dt.date(2100, 2, 28)) == 28
    assert days_that_earn(LAST, FIRST) == 0


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (dt.date(2026, 4, 5), 2025),
        (dt.date(2026, 4, 6), 2026),
        (dt.date(2026, 12, 31), 2026),
        (dt.date(2027, 1, 1), 2026),
    ],
)
def test_a_tax_year_begins_on_6_april(day: dt.date, begins: int) -> None:
    assert tax_year_of(day) == begins
    first, last = tax_year(begins)
    assert first <= day <= last
    assert tax_year_of(last + dt.timedelta(days=1)) == begins + 1
