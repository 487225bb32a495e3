"""Rules of the rota that need no row: days, hours, words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
WEEK = dt.timedelta(days=7)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: A working day begins at the quietest hour, so that a late shift stays one day.
DAY_BEGINS = dt.time(4)
#: Visits that start at or after this are evenings, which are shared fairly like weekends.
EVENING = dt.time(18)

#: How long before the first and after the last visit a carer may see a person's record.
ACCESS_BEFORE = dt.timedelta(hours=48)
ACCESS_AFTER = dt.timedelta(hours=24)


def monday_of(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def start_of_day(date: dt.date, at: dt.time = dt.time()) -> dt.datetime:
    """A day's midnight (or another hour) in London, in UTC."""
    return dt.datetime.combine(date, at, tzinfo=LONDON).astimezone(dt.UTC)


def at_minute(date: dt.date, minute: int) -> dt.datetime:
    """The instant at which London's clocks show `minute` minutes after midnight, in UTC.

    1440 is the next midnight. Where the clocks jump, the earlier of two equal times, and for a
    time that does not exist the same count of minutes later.
    """
    days, rest = divmod(minute, 1440)
    return start_of_day(date + dt.timedelta(days=days), dt.time(rest // 60, rest % 60))


def clock_of(minute: int) -> str:
    """Minutes after midnight as "07:30"; the midnight that ends the day is "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def is_unsocial(start: dt.datetime) -> bool:
    """Evenings and weekends, by London's clock."""
    local = start.astimezone(LONDON)
    return local.weekday() >= 5 or local.time() >= EVENING


def day_and_time(moment: dt.datetime) -> str:
    """ "Tuesday 14:05" """
    local = moment.astimezone(LONDON)
    return f"{WEEKDAYS[local.weekday()]} {local:%H:%M}"


def long_date(date: dt.date) -> str:
    """ "Tuesday 3 March 2026" """
    return f"{WEEKDAYS[date.weekday()]} {date.day} {date:%B %Y}"


def hours_text(minutes: int) -> str:
    """Minutes as hours a person reads: "37½ h", "8 h", "45 min", "0 h"."""
    if 0 < minutes < 60:
        return f"{minutes} min"
    whole, rest = divmod(minutes, 60)
    quarter = {0: "", 1: "¼", 2: "½", 3: "¾"}[min(3, round(rest / 15))]
    return f"{whole}{quarter} h"


def outward(postcode: str) -> str:
    """The first half of a postcode: an area, not an address."""
    return postcode.split(" ")[0].upper()
