"""Clear days: weekends, bank holidays, the post, the ends of months and years."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.days import is_working_day
from governance import rules


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("sent", "meeting", "in_post", "days"),
    [
        ("2026-03-01", "2026-03-16", 0, 14),
        ("2026-03-02", "2026-03-16", 0, 13),
        ("2026-03-01", "2026-03-18", 2, 14),
        ("2026-03-01", "2026-03-17", 2, 13),
        ("2026-03-21", "2026-04-05", 0, 14),  # the clocks change on the way
        ("2026-02-14", "2026-03-01", 0, 14),  # over the end of February
        ("2024-02-15", "2024-03-01", 0, 14),  # and of a leap year's
        ("2025-12-20", "2026-01-04", 0, 14),
        ("2026-03-01", "2026-03-02", 0, 0),
        ("2026-03-01", "2026-03-01", 0, 0),
        ("2026-03-05", "2026-03-01", 0, 0),
    ],
)
def test_clear_days_leave_out_the_day_sent_the_post_and_the_meeting(
    sent: str, meeting: str, in_post: int, days: int
) -> None:
    assert rules.clear_days(d(sent), d(meeting), in_post=in_post) == days


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 10))
def test_the_earliest_meeting_has_just_enough_notice(
    sent: dt.date, days: int, in_post: int
) -> None:
    earliest = rules.earliest_meeting(sent, days=days, in_post=in_post)
    assert rules.clear_days(sent, earliest, in_post=in_post) == days
    if days:
        day_before = earliest - dt.timedelta(days=1)
        assert rules.clear_days(sent, day_before, in_post=in_post) == days - 1
    assert rules.last_sending(earliest, days=days, in_post=in_post) == sent


@pytest.mark.parametrize(
    ("posted", "in_post", "arrives"),
    [
        ("2026-11-25", 2, "2026-11-27"),  # Wednesday → Friday
        ("2026-11-26", 2, "2026-11-30"),  # Thursday, over a weekend
        ("2026-11-28", 2, "2026-12-02"),  # Saturday: leaves on Monday
        ("2026-11-28", 0, "2026-11-30"),
        ("2026-12-24", 2, "2026-12-30"),  # Christmas, Boxing Day's Monday, a weekend
        ("2026-12-31", 1, "2027-01-04"),  # New Year's Day is a Friday
        ("2026-04-02", 1, "2026-04-07"),  # Good Friday to Easter Monday
    ],
)
def test_where_the_rules_count_working_days_a_letter_rests_on_the_others(
    posted: str, in_post: int, arrives: str
) -> None:
    assert rules.arrives(d(posted), in_post=in_post, working=True) == d(arrives)


def test_a_letter_of_christmas_eve_takes_longer_than_two_days() -> None:
    """Posted on the 24th it arrives on the 30th: 14 clear days later it is the 14th of January."""
    posted = d("2026-12-24")
    assert rules.earliest_meeting(posted, days=14, in_post=2, working=True) == d("2027-01-14")
    assert rules.earliest_meeting(posted, days=14, in_post=2) == d("2027-01-10")
    assert rules.clear_days(posted, d("2027-01-13"), in_post=2, working=True) == 13


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 40), st.integers(0, 6))
def test_the_last_posting_day_is_a_working_day_and_the_next_one_is_too_late(
    meeting: dt.date, days: int, in_post: int
) -> None:
    last = rules.last_sending(meeting, days=days, in_post=in_post, working=True)
    assert is_working_day(last)
    assert (
        rules.arrives(last, in_post=in_post, working=True) + dt.timedelta(days=days + 1) <= meeting
    )
    following = last + dt.timedelta(days=1)
    while not is_working_day(following):
        following += dt.timedelta(days=1)
    late = rules.arrives(following, in_post=in_post, working=True)
    assert late + dt.timedelta(days=days + 1) > meeting
