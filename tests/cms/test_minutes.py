"""Minutes of general meetings, for everybody to read, without what is for members only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.models import MinutesPage
from core.actors import SYSTEM
from core.errors import RuleError
from governance import operations as ops
from governance.models import Body, Meeting, MinuteEntry, Minutes

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)


@pytest.fixture
def minutes_page(lay: Callable[..., Any]) -> MinutesPage:
    return lay("Minutes", MinutesPage)  # type: ignore[no-any-return]


def minutes_of(kind: str = "general", state: str = "approved") -> Minutes:
    body = Body.objects.create(name=kind, kind=kind)
    meeting = Meeting.objects.create(
        body=body,
        kind="agm" if kind == "general" else "board",
        title="The yearly meeting",
        starts_at=NOON,
        place="The Weaving Shed",
        record_date=NOON.date(),
        state="closed",
        called_on=NOON.date(),
    )
    approved = {"approved_on": NOON.date(), "approved_at": meeting} if state == "approved" else {}
    made = Minutes.objects.create(meeting=meeting, state=state, **approved)
    MinuteEntry.objects.create(
        minutes=made, position=1, title="Buses", text="They run.", private="Ann walked out."
    )
    return made


def test_only_the_public_version_of_what_is_published_is_read(
    minutes_page: MinutesPage, client: Client
) -> None:
    minutes = minutes_of()
    assert "No minutes are here yet" in client.get("/minutes/").content.decode()
    assert client.get(f"/minutes/{minutes.pk}/").status_code == 404
    ops.publish_minutes(minutes=minutes, on=NOON.date(), by=SYSTEM)
    assert "The yearly meeting" in client.get("/minutes/").content.decode()
    told = client.get(f"/minutes/{minutes.pk}/").content.decode()
    assert "They run." in told
    assert "Ann walked out" not in told
    ops.take_minutes_down(minutes=minutes, by=SYSTEM)
    assert client.get(f"/minutes/{minutes.pk}/").status_code == 404
    with pytest.raises(RuleError, match="not on the public site"):
        ops.take_minutes_down(minutes=minutes, by=SYSTEM)


@pytest.mark.parametrize(("kind", "state"), [("board", "approved"), ("general", "circulated")])
def test_a_board_s_minutes_and_unapproved_ones_stay_inside(db: None, kind: str, state: str) -> None:
    with pytest.raises(RuleError):
        ops.publish_minutes(minutes=minutes_of(kind, state), on=NOON.date(), by=SYSTEM)
    assert not Minutes.objects.public().exists()


def test_minutes_are_published_once(db: None) -> None:
    minutes = minutes_of()
    ops.publish_minutes(minutes=minutes, on=NOON.date(), by=SYSTEM)
    with pytest.raises(RuleError, match="already"):
        ops.publish_minutes(minutes=minutes, on=NOON.date(), by=SYSTEM)


def test_minutes_ask_little_of_the_database(minutes_page: MinutesPage, client: Client) -> None:
    minutes = minutes_of()
    ops.publish_minutes(minutes=minutes, on=NOON.date(), by=SYSTEM)
    for url in ("/minutes/", f"/minutes/{minutes.pk}/"):
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        assert len(asked) <= 12, url
