"""Resolutions of which more is asked: changes of the rules, two meetings, signatures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import RuleError
from governance import operations as ops
from governance.models import Meeting, Motion
from members.models import MemberClass
from tests.governance.conftest import MEETING_AT, NOW, Society
from tests.governance.test_divisions import Room, move, text

pytestmark = pytest.mark.django_db


def of_kind(society: Society, kind: str, **rule: Any) -> Room:
    room = Room(society, **rule)
    Motion.objects.filter(pk=room.motion.pk).update(kind=kind)
    room.motion.refresh_from_db()
    return room.open()


def test_a_change_of_the_rules_needs_more_and_has_no_effect_before_it_is_registered(
    society: Society,
) -> None:
    society.add_members(6)
    room = of_kind(society, "rules")
    room.hands(4, 2, 0)
    assert room.motion.state == "awaiting"
    day = MEETING_AT.date()
    for on, ref, sentence in (
        (day - dt.timedelta(days=1), "RS 1", "still to come|before it was passed"),
        (NOW.date(), "  ", "reference"),
        (day + dt.timedelta(days=900), "RS 1", "to come"),
    ):
        with pytest.raises(RuleError, match=sentence):
            ops.register_change(motion=room.motion, registered_on=on, registered_as=ref, by=room.by)
    Meeting.objects.update(starts_at=NOW)
    room.motion.item.meeting.refresh_from_db()
    ops.register_change(
        motion=room.motion, registered_on=NOW.date(), registered_as="RS 1", by=room.by
    )
    assert room.motion.state == "registered"
    with pytest.raises(RuleError, match="not waiting"):
        ops.register_change(
            motion=room.motion, registered_on=NOW.date(), registered_as="RS 1", by=room.by
        )


def test_a_simple_majority_does_not_change_the_rules(society: Society) -> None:
    society.add_members(5)
    room = of_kind(society, "rules")
    room.hands(3, 2, 0)
    assert room.motion.state == "lost"


def second_meeting(society: Society, days: int, first: Motion) -> Meeting:
    meeting = ops.make_meeting(
        body=society.body(),
        kind="general",
        title="Second meeting",
        starts_at=MEETING_AT + dt.timedelta(days=days),
        place="Weavers Hall",
        record_date=NOW.date(),
        by=society.secretary,
    )
    ops.add_item(meeting=meeting, title="Confirm", confirms=first, by=society.secretary)
    return meeting


@pytest.mark.parametrize(("days", "allowed"), [(13, False), (14, True), (31, True), (32, False)])
def test_a_second_meeting_confirms_within_the_days_of_the_act(
    society: Society, days: int, allowed: bool
) -> None:
    society.add_members(6)
    room = of_kind(society, "s111")
    with pytest.raises(RuleError, match="in these words"):
        move(room, "Otherwise")
    room.hands(4, 2, 0)
    assert room.motion.state == "to_confirm"
    if not allowed:
        with pytest.raises(RuleError, match="must be held from 11 April 2026 to 28 April 2026"):
            second_meeting(society, days, room.motion)
        return
    meeting = second_meeting(society, days, room.motion)
    motion = Motion.objects.get(item__meeting=meeting)
    assert (motion.text, motion.kind) == (room.motion.text, "s111")


def test_what_is_confirmed_awaits_registration_and_what_is_not_is_lost(society: Society) -> None:
    society.add_members(6)
    room = of_kind(society, "s111")
    room.hands(4, 2, 0)
    meeting = second_meeting(society, 20, room.motion)
    ops.record_notice(meeting=meeting, sent_on=NOW.date(), by=room.by)
    ops.take_roll(meeting=meeting, now=NOW, by=room.by)
    for voter in meeting.voters.all():
        ops.check_in(voter=voter, way="room", now=NOW, by=room.by)
    ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=room.by)
    room.motion = Motion.objects.get(item__meeting=meeting)
    room.hands(4, 2, 0)
    assert room.motion.state == "awaiting"


def test_a_conversion_needs_half_of_all_to_vote(society: Society) -> None:
    society.add_members(9)
    room = of_kind(society, "s113")
    division = room.hands(4, 0, 5)
    assert not division.carried
    assert "1/2 of the 9" in division.verdict["words"]
    assert room.motion.state == "lost"


def test_a_statutory_resolution_is_counted_by_heads_whatever_the_rules(society: Society) -> None:
    society.add_members(4, constituency="Workers")
    society.add_members(8, constituency="Investors")
    MemberClass.objects.filter(constituency="Investors").update(most_votes_percent=10)
    room = of_kind(society, "s111", mode="capped")
    assert room.hands(8, 4, 0).carried


def test_a_society_ends_when_three_quarters_of_all_members_have_signed(society: Society) -> None:
    society.add_members(8)
    room = of_kind(society, "s119")
    with pytest.raises(RuleError, match="Members sign this one"):
        room.begin()

    def sign(place: int) -> None:
        ops.note_signature(
            motion=room.motion, member=society.members[place], signed_on=NOW.date(), by=room.by
        )

    for place in range(5):
        sign(place)
    with pytest.raises(RuleError, match="has signed already"):
        sign(0)
    with pytest.raises(RuleError, match=r"5 of 8 members have signed\. It takes 6"):
        ops.close_signing(motion=room.motion, now=NOW, by=room.by)
    sign(5)
    ops.strike_signature(signature=room.motion.signatures.last(), by=room.by)
    sign(6)
    # Who has left counts on neither side: of seven, six is what it takes.
    society.members[7].ceased = NOW.date() - dt.timedelta(days=1)
    society.members[7].save()
    ops.close_signing(motion=room.motion, now=NOW, by=room.by)
    assert room.motion.state == "awaiting"
    with pytest.raises(RuleError, match="no longer open"):
        sign(5)


def test_other_motions_are_not_signed(society: Society) -> None:
    society.add_members(3)
    room = Room(society).open()
    with pytest.raises(RuleError, match="voted on: nobody signs"):
        ops.note_signature(
            motion=room.motion, member=society.members[0], signed_on=NOW.date(), by=room.by
        )


def test_signatures_are_noted_in_the_browser(secretary_client: Client, society: Society) -> None:
    society.add_members(4)
    room = of_kind(society, "s119")
    args = [room.meeting.pk, room.motion.item_id]
    url = reverse("governance:signatures", args=args)
    for number in (1, 2, 3):
        secretary_client.post(url, {"member": str(number), "signed_on": "3 March 2026"})
    assert "has signed already" in text(
        secretary_client.post(url, {"member": "1", "signed_on": "3 March 2026"})
    )
    assert "Enough have signed" in text(secretary_client.get(url))
    secretary_client.post(reverse("governance:signing_close", args=args))
    assert "awaiting registration" in text(
        secretary_client.get(reverse("governance:motion", args=args))
    )


def put_off(room: Room, to: dt.datetime) -> None:
    ops.adjourn_meeting(
        meeting=room.meeting,
        why="decided",
        to=to,
        now=MEETING_AT + dt.timedelta(hours=1),
        by=room.by,
    )
    room.motion = Motion.objects.get(pk=room.motion.pk)


def test_what_was_decided_keeps_its_day_when_the_meeting_is_put_off(society: Society) -> None:
    society.add_members(6)
    room = of_kind(society, "s111")
    room.hands(4, 2, 0)
    put_off(room, MEETING_AT + dt.timedelta(days=60))
    assert room.motion.passed_on == MEETING_AT.date()
    assert second_meeting(society, 20, room.motion)


def test_a_meeting_that_has_begun_is_not_called_off(society: Society) -> None:
    society.add_members(6)
    room = of_kind(society, "rules")
    put_off(room, MEETING_AT + dt.timedelta(days=7))
    meeting = Meeting.objects.get()
    assert meeting.state == "called"
    with pytest.raises(RuleError, match="had begun"):
        ops.cancel_meeting(meeting=meeting, because="Snow.", now=NOW, by=room.by)


def test_a_second_meeting_called_off_leaves_its_motion_to_another(society: Society) -> None:
    society.add_members(6)
    room = of_kind(society, "s111")
    room.hands(4, 2, 0)
    second = second_meeting(society, 20, room.motion)
    values = {
        "kind": "general",
        "title": "Second meeting",
        "place": "Weavers Hall",
        "record_date": NOW.date(),
        "by": society.secretary,
    }
    with pytest.raises(RuleError, match="must be held from") as refused:
        ops.change_meeting(meeting=second, starts_at=MEETING_AT + dt.timedelta(days=40), **values)
    assert refused.value.field == "day"
    with pytest.raises(RuleError, match="on another agenda"):
        second_meeting(society, 21, room.motion)
    ops.cancel_meeting(meeting=second, because="", now=NOW, by=society.secretary)
    room.motion = Motion.objects.get(pk=room.motion.pk)
    assert second_meeting(society, 21, room.motion)
