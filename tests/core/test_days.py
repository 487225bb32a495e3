"""Working days: weekends and England's bank holidays are left out."""

from __future__ import annotations

import datetime as dt

import pytest

from core.days import is_working_day, months_after, working_day_from, working_days_after


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (dt.date(2026, 3, 3), 1, dt.date(2026, 3, 4)),
        (dt.date(2026, 3, 6), 1, dt.date(2026, 3, 9)),  # Friday → Monday
        (dt.date(2026, 3, 7), 1, dt.date(2026, 3, 9)),  # Saturday → Monday
        (dt.date(2026, 3, 3), 5, dt.date(2026, 3, 10)),
        (dt.date(2026, 3, 3), 10, dt.date(2026, 3, 17)),
        (dt.date(2026, 3, 7), 0, dt.date(2026, 3, 7)),
        (dt.date(2026, 4, 2), 1, dt.date(2026, 4, 7)),  # over Easter
        (dt.date(2026, 12, 24), 1, dt.date(2026, 12, 29)),  # Boxing Day is kept on the Monday
        (dt.date(2026, 12, 31), 1, dt.date(2027, 1, 4)),  # into the next year
    ],
)
def test_so_many_working_days_pass(day: dt.date, count: int, expected: dt.date) -> None:
    assert working_days_after(day, count) == expected


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (dt.date(2026, 8, 31), False),  # England's late summer holiday
        (dt.date(2026, 8, 3), True),  # Scotland's, when English banks clear
        (dt.date(2026, 3, 17), True),  # Northern Ireland's
        (dt.date(2022, 9, 19), False),  # proclaimed for one year only
    ],
)
def test_englands_bank_holidays_count(day: dt.date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_working_day_stays_and_another_moves_on() -> None:
    assert working_day_from(dt.date(2026, 5, 22)) == dt.date(2026, 5, 22)
    assert working_day_from(dt.date(2026, 5, 23)) == dt.date(2026, 5, 26)  # Monday is a holiday


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 12, 15), 2, dt.date(2027, 2, 15)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
        (dt.date(2026, 3, 5), 0, dt.date(2026, 3, 5)),
    ],
)
def test_months_later(start: dt.date, months: int, end: dt.date) -> None:
    assert months_after(start, months) == end
