"""On which days a body meets that meets regularly."""

import datetime as dt
from itertools import islice

import pytest

from governance.rules import meeting_days, series_in_words


@pytest.mark.parametrize(
    ("first", "often", "since", "days"),
    [
        ("2026-01-13", "monthly", "2026-01-13", ["2026-01-13", "2026-02-10", "2026-03-10"]),
        ("2026-01-13", "monthly", "2026-01-14", ["2026-02-10", "2026-03-10", "2026-04-14"]),
        # A fifth Friday is the last of the month, which every month has.
        ("2026-01-30", "monthly", "2026-01-30", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("2026-01-13", "quarterly", "2026-01-13", ["2026-01-13", "2026-04-14", "2026-07-14"]),
        ("2026-12-08", "two_months", "2026-12-09", ["2027-02-09", "2027-04-13", "2027-06-08"]),
        ("2026-12-22", "fortnightly", "2026-12-22", ["2026-12-22", "2027-01-05", "2027-01-19"]),
        ("2026-12-22", "weekly", "2027-01-01", ["2027-01-05", "2027-01-12", "2027-01-19"]),
        ("2026-01-13", "four_weeks", "2026-01-14", ["2026-02-10", "2026-03-10", "2026-04-07"]),
    ],
)
def test_days(first: str, often: str, since: str, days: list[str]) -> None:
    start, after = dt.date.fromisoformat(first), dt.date.fromisoformat(since)
    found = islice(meeting_days(start, often, since=after), len(days))
    assert [day.isoformat() for day in found] == days


def test_in_words() -> None:
    assert series_in_words(dt.date(2026, 1, 13), "monthly") == "on the second Tuesday of the month"
    assert series_in_words(dt.date(2026, 1, 30), "monthly") == "on the last Friday of the month"
    assert series_in_words(dt.date(2026, 1, 13), "weekly") == "on a Tuesday"


def test_a_rhythm_that_is_none() -> None:
    with pytest.raises(KeyError):
        meeting_days(dt.date(2026, 1, 13), "daily", since=dt.date(2026, 1, 13))
