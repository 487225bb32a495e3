"""What dues are for, how old a debt is, when a reminder is due."""

from __future__ import annotations

import datetime as dt

import pytest

from members.rules.dues import AGE_NAMES, age_column, dues_year, reminder_is_due

DUE = dt.date(2026, 4, 1)


def test_dues_are_for_the_twelve_months_from_the_month_they_fall_due_in() -> None:
    assert dues_year(2026, 4) == (DUE, dt.date(2027, 3, 31))
    assert dues_year(2027, 3) == (dt.date(2027, 3, 1), dt.date(2028, 2, 29))


@pytest.mark.parametrize(
    ("days", "name"),
    [
        (-1, "Not yet due"),
        (0, "Not yet due"),
        (1, "1–30 days"),
        (30, "1–30 days"),
        (31, "31–60 days"),
        (60, "31–60 days"),
        (90, "61–90 days"),
        (91, "Over 90 days"),
    ],
)
def test_a_debt_stands_in_the_column_of_its_age(days: int, name: str) -> None:
    assert AGE_NAMES[age_column(DUE, DUE + dt.timedelta(days=days))] == name


@pytest.mark.parametrize(
    ("reminded", "sent", "days_later", "due"),
    [
        (None, 0, 29, False),
        (None, 0, 30, True),
        (dt.date(2026, 5, 10), 1, 60, False),
        (dt.date(2026, 5, 10), 1, 69, True),
        (dt.date(2026, 7, 10), 3, 900, False),
    ],
)
def test_a_reminder_comes_every_so_many_days_and_three_times_at_most(
    reminded: dt.date | None, sent: int, days_later: int, due: bool
) -> None:
    today = DUE + dt.timedelta(days=days_later)
    assert reminder_is_due(DUE, reminded, sent, today, 30) is due
