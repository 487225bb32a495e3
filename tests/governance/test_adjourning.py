"""Meetings that go on another day: for want of a quorum after the wait, or as they decide."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import OutboxMessage
from governance import operations as ops
from governance import tasks
from governance.models import Adjournment, Meeting, Proxy
from governance.presence import room_of
from tests.governance.conftest import MEETING_AT, NOW, Society
from tests.governance.test_divisions import Room

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
LATE = MEETING_AT + 30 * MINUTE
WEEK = dt.timedelta(days=7)


def adjourn(room: Room, why: str, now: dt.datetime = LATE, **fields: Any) -> Adjournment:
    return ops.adjourn_meeting(meeting=room.meeting, why=why, now=now, by=room.by, **fields)


def short(society: Society, came: int = 1, **rule: Any) -> Room:
    """A called meeting with a quorum of three, to which fewer have come."""
    society.add_members(5)
    room = Room(society, quorum_least=3, **rule)
    for voter in room.voters[:came]:
        ops.check_in(voter=voter, way="room", now=NOW, by=room.by)
    return room


def test_too_few_after_half_an_hour_meet_again_a_week_later(society: Society) -> None:
    room = short(society)
    with pytest.raises(RuleError, match="wait until 14:30"):
        adjourn(room, "no_quorum", now=LATE - MINUTE)
    made = adjourn(room, "no_quorum")
    meeting = Meeting.objects.get()
    # Between the two the clocks go forward: still two in the afternoon.
    assert meeting.starts_at == made.now_for == MEETING_AT + WEEK
    assert meeting.state == "called"
    assert not meeting.attendances.there().exists()
    assert meeting.voters.count() == 5
    with pytest.raises(RuleError, match="wait until"):
        adjourn(room, "no_quorum")


def test_whoever_comes_then_is_a_quorum_unless_the_rules_say_otherwise(society: Society) -> None:
    room = short(society)
    adjourn(room, "no_quorum")
    ops.check_in(voter=room.voters[0], way="room", now=LATE, by=room.by)
    assert room_of(Meeting.objects.get()).quorum.holds
    room.society.body().rule_sets.update(adjourned_needs_quorum=True)
    assert not room_of(Meeting.objects.get()).quorum.holds


def test_with_a_quorum_only_the_meeting_decides(society: Society) -> None:
    room = short(society, came=3)
    with pytest.raises(RuleError, match="There is a quorum"):
        adjourn(room, "no_quorum")
    with pytest.raises(RuleError, match="in progress can decide"):
        adjourn(room, "decided", to=LATE + WEEK)
    ops.open_meeting(meeting=room.meeting, now=room.meeting.starts_at, by=room.by)
    with pytest.raises(RuleError, match="Say to when"):
        adjourn(room, "decided")
    with pytest.raises(RuleError, match="still to come"):
        adjourn(room, "decided", to=LATE - MINUTE)
    adjourn(room, "decided", to=LATE + 2 * WEEK, place="The Old Dye Works")
    meeting = Meeting.objects.get()
    assert (meeting.place, meeting.opened_at) == ("The Old Dye Works", None)
    assert not meeting.was_short


def test_a_meeting_that_lost_its_quorum_goes_on_another_day(society: Society) -> None:
    room = short(society, came=3)
    with pytest.raises(RuleError, match="quorum, so the meeting goes on"):
        adjourn(room, "quorum_lost")
    ops.open_meeting(meeting=room.meeting, now=room.meeting.starts_at, by=room.by)
    ops.check_out(attendance=room.voters[0].attendances.get(), now=LATE, by=room.by)
    adjourn(room, "quorum_lost")
    with pytest.raises(RuleError, match="not been opened"):
        adjourn(room, "quorum_lost")


def test_no_meeting_is_put_off_while_a_vote_is_taken_or_once_it_is_over(society: Society) -> None:
    room = short(society, came=4)
    ops.open_meeting(meeting=room.meeting, now=room.meeting.starts_at, by=room.by)
    room.motion.item.meeting.refresh_from_db()
    room.begin()
    with pytest.raises(RuleError, match="Finish it first"):
        adjourn(room, "decided", to=LATE + WEEK)
    room.hands(3, 1, 0)
    ops.close_meeting(meeting=room.meeting, now=room.meeting.starts_at, by=room.by)
    with pytest.raises(RuleError, match="The meeting is closed"):
        adjourn(room, "decided", to=LATE + WEEK)


def test_proxies_hold_for_the_other_day(society: Society) -> None:
    society.add_members(5)
    room = Room(society, quorum_least=3)
    room.give_proxy(room.voters[4], room.voters[0])
    adjourn(room, "no_quorum")
    ops.check_in(voter=room.voters[0], way="room", now=LATE, by=room.by)
    assert Proxy.objects.in_force().count() == 1


def test_everybody_on_the_roll_is_told_once(society: Society) -> None:
    made = adjourn(short(society), "no_quorum").announcement
    tasks.sweep_notices()
    tasks.tell_of_announcement(made.pk)
    made.refresh_from_db()
    assert not ops.tell_of_announcement(announcement=made, now=NOW, by=SYSTEM)
    mails = OutboxMessage.objects.filter(kind="governance.announcement")
    assert mails.count() == 5
    assert "Saturday 4 April 2026 at 14:00" in mails[0].text
    assert made.told_at


def test_a_meeting_is_put_off_in_the_browser(
    secretary_client: Client, society: Society, time_machine: Any
) -> None:
    room = short(society)
    url = reverse("governance:meeting_adjourn", args=[room.meeting.pk])
    early = unescape(secretary_client.post(url, {"why": "no_quorum"}).content.decode())
    assert "The rules wait until 14:30" in early
    Meeting.objects.update(starts_at=NOW - 31 * MINUTE)
    secretary_client.post(url, {"why": "no_quorum", "day": "9 March 2026", "clock": "19:30"})
    made = Adjournment.objects.get()
    assert f"{made.now_for:%d %H:%M}" == "09 19:30"
    page = secretary_client.get(reverse("governance:meeting", args=[room.meeting.pk]))
    assert "too few came in time" in page.content.decode()
