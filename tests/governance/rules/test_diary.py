"""What must be done by when, counted from the end of the year."""

import datetime as dt

import pytest

from governance.rules import YearEnd, last_year_end, month_end_after, reminder_due


@pytest.mark.parametrize(
    ("end", "months", "then"),
    [
        ("2026-03-31", 6, "2026-09-30"),
        ("2026-03-31", 7, "2026-10-31"),
        ("2026-02-28", 6, "2026-08-31"),  # a month's end leads to a month's end
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-06-30", 7, "2027-01-31"),
        ("2026-12-31", 7, "2027-07-31"),
    ],
)
def test_the_month_end_after_a_year_s_end(end: str, months: int, then: str) -> None:
    assert month_end_after(dt.date.fromisoformat(end), months).isoformat() == then


@pytest.mark.parametrize(
    ("month", "today", "end"),
    [
        (3, "2026-03-31", "2025-03-31"),  # the last day of the year is not over yet
        (3, "2026-04-01", "2026-03-31"),
        (2, "2028-03-01", "2028-02-29"),
        (12, "2026-01-01", "2025-12-31"),
        (12, "2026-12-31", "2025-12-31"),
    ],
)
def test_the_year_that_has_ended(month: int, today: str, end: str) -> None:
    assert last_year_end(month, dt.date.fromisoformat(today)).isoformat() == end


def test_the_return_is_due_seven_months_after() -> None:
    year = YearEnd(dt.date(2026, 3, 31), agm_months=6)
    assert year.agm_by == dt.date(2026, 9, 30)
    assert year.return_by == dt.date(2026, 10, 31)


@pytest.mark.parametrize(
    ("left", "before"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-9, 0)],
)
def test_which_reminder_is_due(left: int, before: int | None) -> None:
    day = dt.date(2026, 9, 30)
    assert reminder_due(day, day - dt.timedelta(days=left)) == before
