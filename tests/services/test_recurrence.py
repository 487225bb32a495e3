"""Recurring lines become instants, and the clocks change under them."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recurrence import (
    DAYS,
    LONDON,
    MAX_MINUTES,
    SHIFT_MINUTES,
    Pattern,
    RecurrenceError,
    check_rrule,
    dates,
    in_words,
    instant,
    occurrences,
    on,
    read_weekly,
    weekly,
)

DAILY = "FREQ=DAILY"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def pattern(rrule: str = DAILY, start: str = "08:00", minutes: int = 45, **more: object) -> Pattern:
    fields = {"first_day": day("2026-03-02")} | more
    return Pattern(rrule=rrule, start=dt.time.fromisoformat(start), minutes=minutes, **fields)  # type: ignore[arg-type]


def test_a_line_gives_its_days_between_first_and_last() -> None:
    tuesdays = pattern(weekly(["TU", "FR"]), last_day=day("2026-03-13"))
    found = list(dates(tuesdays, day("2026-01-01"), day("2026-12-31")))
    assert found == [day(f"2026-03-{d:02}") for d in (3, 6, 10, 13)]


def test_days_left_out_are_left_out() -> None:
    line = pattern(not_on=frozenset({day("2026-03-04")}))
    found = list(dates(line, day("2026-03-03"), day("2026-03-05")))
    assert found == [day("2026-03-03"), day("2026-03-05")]


def test_every_second_week_counts_from_the_first_day_wherever_one_looks() -> None:
    line = pattern(weekly(["MO"], every=2))
    assert list(dates(line, day("2026-03-09"), day("2026-03-31"))) == [
        day("2026-03-16"),
        day("2026-03-30"),
    ]


def test_a_winter_visit_and_a_summer_visit_are_at_the_same_time_on_the_clock() -> None:
    winter, summer = on(day("2026-03-28"), dt.time(8), 45), on(day("2026-03-29"), dt.time(8), 45)
    assert winter.starts_at == utc("2026-03-28T08:00")
    assert summer.starts_at == utc("2026-03-29T07:00")


def test_a_time_that_does_not_exist_moves_to_the_next_that_does_and_says_so() -> None:
    visit = on(day("2026-03-29"), dt.time(1, 30), 30)
    assert visit.starts_at == utc("2026-03-29T01:00")
    assert visit.starts_at.astimezone(LONDON).time() == dt.time(2, 0)
    assert visit.clock_moved
    assert visit.minutes == 30


def test_a_time_that_comes_twice_means_the_first() -> None:
    visit = on(day("2026-10-25"), dt.time(1, 30), 30)
    assert visit.starts_at == utc("2026-10-25T00:30")
    assert not visit.clock_moved
    assert visit.minutes == 30


@pytest.mark.parametrize(
    ("date", "minutes"), [("2026-03-28", 480), ("2026-10-24", 600), ("2026-06-10", 540)]
)
def test_a_night_ends_by_the_clock(date: str, minutes: int) -> None:
    """22:00 to 07:00: 8 hours when the clocks go forward, 10 when they go back, else 9."""
    night = on(day(date), dt.time(22), 540)
    assert night.minutes == minutes
    assert night.ends_at.astimezone(LONDON).time() == dt.time(7)


def test_a_short_visit_across_the_change_lasts_its_minutes() -> None:
    visit = on(day("2026-03-29"), dt.time(0, 45), 30)
    assert visit.minutes == 30
    assert visit.ends_at.astimezone(LONDON).time() == dt.time(2, 15)


def test_a_visit_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    visit = on(day("2026-12-31"), dt.time(23, 45), 30)
    assert visit.date == day("2026-12-31")
    assert visit.ends_at == utc("2027-01-01T00:15")


@pytest.mark.parametrize(
    ("rrule", "says"),
    [
        ("", "cannot be read"),
        ("BYDAY=MO", "daily, weekly"),
        ("FREQ=HOURLY", "daily, weekly"),
        ("FREQ=WEEKLY;BYDAY=XX", "cannot be read"),
        ("FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "cannot be read"),
        ("FREQ=WEEKLY;INTERVAL=0", "every 1, 2, 3"),
        ("FREQ=WEEKLY;INTERVAL=-1", "every 1, 2, 3"),
        ("FREQ=DAILY;INTERVAL=x", "every 1, 2, 3"),
        ("FREQ=MONTHLY;BYDAY=9", "cannot be read"),
        ("FREQ=DAILY;COUNT=3", "only say which days"),
        ("FREQ=DAILY;UNTIL=20260401", "only say which days"),
        ("FREQ=DAILY;BYHOUR=9", "only say which days"),
        ("FREQ=DAILY\nDTSTART:20260101", "daily, weekly"),
    ],
)
def test_a_rule_that_is_not_a_pattern_of_days_is_refused(rrule: str, says: str) -> None:
    with pytest.raises(RecurrenceError, match=says):
        check_rrule(rrule)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": MAX_MINUTES + 1}, "minutes"),
        ({"last_day": day("2026-03-01")}, "last_day"),
    ],
)
def test_an_impossible_line_is_refused_by_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(RecurrenceError) as refused:
        pattern(**change)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_rule_without_any_day_ends_quickly() -> None:
    never = pattern("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert list(dates(never, day("2026-03-02"), day("2027-03-02"))) == []


def test_days_are_said_as_people_say_them() -> None:
    assert in_words(DAILY) == "every day"
    assert in_words(weekly(DAYS)) == "every day"
    assert in_words(weekly(DAYS[:5])) == "Monday to Friday"
    assert in_words(weekly(["TH", "MO"])) == "Monday and Thursday"
    assert in_words(weekly(["MO", "WE", "FR"])) == "Monday, Wednesday and Friday"
    assert in_words(weekly(["FR"], every=2)) == "every 2 weeks on Friday"


def test_choosing_no_day_or_a_day_that_is_none_is_refused() -> None:
    for days in ([], ["XX"]):
        with pytest.raises(RecurrenceError):
            weekly(days)
    with pytest.raises(RecurrenceError):
        weekly(["MO"], every=0)


some_days = st.sets(st.sampled_from(DAYS), min_size=1)
some_dates = st.dates(day("2020-01-01"), day("2035-12-31"))
some_times = st.times().map(lambda time: time.replace(second=0, microsecond=0))


@given(days=some_days, every=st.integers(1, 4))
def test_a_weekly_rule_reads_back_as_it_was_written(days: set[str], every: int) -> None:
    read, read_every = read_weekly(weekly(days, every)) or ([], 0)
    assert set(read) == days
    assert read_every == every


@given(days=some_days, every=st.integers(1, 4), first=some_dates, length=st.integers(0, 60))
def test_a_part_of_the_days_is_the_same_days(
    days: set[str], every: int, first: dt.date, length: int
) -> None:
    """Looking at two halves finds what looking at the whole finds."""
    line = pattern(weekly(days, every), first_day=first)
    last, middle = first + dt.timedelta(length), first + dt.timedelta(length // 2)
    whole = list(dates(line, first, last))
    halves = [*dates(line, first, middle), *dates(line, middle + dt.timedelta(1), last)]
    assert whole == halves
    assert all(DAYS[date.weekday()] in days for date in whole)
    assert whole == sorted(set(whole))


@given(date=some_dates, time=some_times)
def test_an_instant_shows_the_time_that_was_asked_for_unless_it_was_moved(
    date: dt.date, time: dt.time
) -> None:
    wall = dt.datetime.combine(date, time)
    moment, moved = instant(wall)
    shown = moment.astimezone(LONDON).replace(tzinfo=None)
    if moved:
        assert (date.month, date.weekday(), time.hour) == (3, 6, 1)
        assert shown == wall.replace(hour=2, minute=0)
    else:
        assert shown == wall
        assert moment.astimezone(LONDON).fold == 0


@given(date=some_dates, time=some_times, minutes=st.integers(1, MAX_MINUTES))
def test_a_visit_lasts_its_minutes_or_as_a_shift_ends_by_the_clock(
    date: dt.date, time: dt.time, minutes: int
) -> None:
    visit = on(date, time, minutes)
    assert visit.ends_at > visit.starts_at
    if minutes < SHIFT_MINUTES:
        assert visit.minutes == minutes
    else:
        assert abs(visit.minutes - minutes) <= 60


@given(first=some_dates, time=some_times)
def test_a_daily_line_has_one_visit_a_day_in_order(first: dt.date, time: dt.time) -> None:
    line = Pattern(rrule=DAILY, start=time, minutes=30, first_day=first)
    visits = list(occurrences(line, first, first + dt.timedelta(20)))
    assert len(visits) == 21
    assert all(a.starts_at < b.starts_at for a, b in pairwise(visits))
