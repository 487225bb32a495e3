"""Calendar feeds: secret, revocable, cheap to ask again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from icalendar import Calendar

from core import calendars
from core.actors import Actor
from core.models import CalendarToken, ReadLine, User
from core.operations import issue_calendar_address, revoke_calendar_address

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 3, 28, 9, 0, tzinfo=dt.UTC)


class Diary:
    """A feed whose events, version and permission a test can change."""

    def __init__(self) -> None:
        self.version, self.built, self.open = "1", 0, True

    def events(self, owner: int, start: dt.datetime, end: dt.datetime) -> list:
        self.built += 1
        hour = dt.timedelta(hours=1)
        return [
            calendars.PlainEvent(
                "visit-1@weft", NINE, NINE + hour, "Visit J.S. QX7", NINE, 2, subject=41
            ),
            calendars.PlainEvent(
                "visit-2@weft", NINE, NINE + hour, "Visit A.B. QX7", NINE, cancelled=True
            ),
        ]


@pytest.fixture
def diary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Diary]:
    diary = Diary()
    feed = calendars.Feed(
        title="My visits",
        allowed=lambda _token: diary.open,
        version=lambda _owner: diary.version,
        events=diary.events,
    )
    monkeypatch.setitem(calendars.FEEDS, "test", feed)
    yield diary


@pytest.fixture
def secret(make_user: Callable[..., User], diary: Diary) -> str:
    user = make_user("cal carer")
    return issue_calendar_address(feed="test", owner_id=5, by=Actor("user", user=user))


def test_the_feed_reads_back_as_plain_utc_events(client: Client, secret: str) -> None:
    response = client.get(f"/calendar/{secret}.ics")
    assert response["Content-Type"].startswith("text/calendar")
    assert response["Cache-Control"] == "private, max-age=300"
    feed = Calendar.from_ical(response.content)
    assert feed["method"] == "PUBLISH"
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in response.content.decode()
    first, second = feed.walk("VEVENT")
    assert first.decoded("dtstart") == NINE
    assert (first["uid"], first["sequence"], first["status"]) == ("visit-1@weft", 2, "CONFIRMED")
    assert second["status"] == "CANCELLED"
    assert not feed.walk("VTIMEZONE")
    assert "rrule" not in first


def test_the_secret_is_43_characters_and_only_its_hash_is_kept(secret: str) -> None:
    assert len(secret) == 43
    token = CalendarToken.objects.get()
    assert secret not in str(token.__dict__)


def test_asking_again_costs_nothing_until_something_changes(
    client: Client, secret: str, diary: Diary
) -> None:
    etag = client.get(f"/calendar/{secret}.ics")["ETag"]
    again = client.get(f"/calendar/{secret}.ics", headers={"If-None-Match": etag})
    assert (again.status_code, diary.built) == (304, 1)
    client.get(f"/calendar/{secret}.ics")
    assert diary.built == 1
    diary.version = "2"
    changed = client.get(f"/calendar/{secret}.ics", headers={"If-None-Match": etag})
    assert (changed.status_code, diary.built) == (200, 2)
    assert CalendarToken.objects.get().last_fetched_at is not None


def test_each_fetch_is_in_the_read_log_of_those_it_names(client: Client, secret: str) -> None:
    etag = client.get(f"/calendar/{secret}.ics")["ETag"]
    client.get(f"/calendar/{secret}.ics")
    client.get(f"/calendar/{secret}.ics", headers={"If-None-Match": etag})
    lines = ReadLine.objects.values_list("subject_id", "group", "why")
    assert list(lines) == [(41, "visits", "feed")] * 2


def test_an_unknown_address_is_not_found(client: Client, diary: Diary) -> None:
    assert client.get("/calendar/" + "x" * 43 + ".ics").status_code == 404


def test_a_new_address_stops_the_old_one(client: Client, secret: str) -> None:
    user = CalendarToken.objects.get().user
    new = issue_calendar_address(feed="test", owner_id=5, by=Actor("user", user=user))
    assert client.get(f"/calendar/{secret}.ics").status_code == 404
    assert client.get(f"/calendar/{new}.ics").status_code == 200
    revoke_calendar_address(feed="test", owner_id=5, by=Actor("user", user=user))
    assert client.get(f"/calendar/{new}.ics").status_code == 404


def test_a_right_that_has_ended_ends_the_feed(client: Client, secret: str, diary: Diary) -> None:
    diary.open = False
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_a_caller_that_asks_too_often_is_told_to_wait(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.ratelimit.allow", lambda *a, **k: False)
    assert client.get(f"/calendar/{secret}.ics").status_code == 429
