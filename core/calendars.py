"""Calendar feeds (iCalendar, RFC 5545): the only module that knows the library.

An app registers a feed: how to find out cheaply whether it has changed, and its events. The
address is a secret that a calendar program keeps; core.views.calendar_feed serves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from icalendar import Calendar, Event

from core.models import CalendarToken

#: How far a feed reaches back and forward.
PAST = dt.timedelta(days=14)
FUTURE = dt.timedelta(days=56)


@dataclass(frozen=True)
class PlainEvent:
    """One event as the apps know it. Instants are aware; `uid` never changes for one event."""

    uid: str
    start: dt.datetime
    end: dt.datetime
    summary: str
    changed: dt.datetime
    sequence: int = 0
    cancelled: bool = False
    #: The members.Person whom the event is about, for the read log; None when it is nobody's.
    subject: int | None = None


@dataclass(frozen=True)
class Feed:
    """A kind of calendar. `allowed` is asked at each fetch, so that a right that has ended ends
    the feed; `version` must change whenever `events` would."""

    title: str
    allowed: Callable[[CalendarToken], bool]
    version: Callable[[int], str]
    events: Callable[[int, dt.datetime, dt.datetime], Sequence[PlainEvent]]


FEEDS: dict[str, Feed] = {}


def register(name: str, feed: Feed) -> None:
    """Offer a feed. Called from an app's `ready`."""
    FEEDS[name] = feed


def note_fetch(token: CalendarToken, now: dt.datetime) -> None:
    """Remember when a feed was last read, so that its owner sees whether it still is."""
    CalendarToken.objects.filter(pk=token.pk).update(last_fetched_at=now)


def write(title: str, events: Sequence[PlainEvent]) -> bytes:
    """The feed as text: UTC instants, one VEVENT an event, no recurrence."""
    calendar = Calendar()
    calendar.add("prodid", "-//Weft//Weft//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_vevent(event))
    return bytes(calendar.to_ical())


def _vevent(event: PlainEvent) -> Event:
    vevent = Event()
    vevent.add("uid", event.uid)
    vevent.add("dtstamp", event.changed.astimezone(dt.UTC))
    vevent.add("last-modified", event.changed.astimezone(dt.UTC))
    vevent.add("sequence", event.sequence)
    vevent.add("dtstart", event.start.astimezone(dt.UTC))
    vevent.add("dtend", event.end.astimezone(dt.UTC))
    vevent.add("summary", event.summary)
    vevent.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    return vevent
