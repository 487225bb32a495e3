"""What the demo co-op does at its meetings: agendas, shows of hands, and what stays afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone

from config.demo.world import World
from core.actors import SYSTEM
from governance.models import Body, Division, Meeting
from governance.operations import (
    add_action,
    add_item,
    approve_minutes,
    begin_division,
    begin_series,
    check_in,
    circulate_minutes,
    close_meeting,
    count_hands,
    draft_minutes,
    make_meeting,
    move_amendment,
    open_meeting,
    prepare_due_meetings,
    publish_minutes,
    record_decision,
    record_notice,
    take_roll,
)
from governance.operations.divisions import hands_there
from governance.presence import room_of


def at(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def weekday(day: dt.date, weekday: int) -> dt.date:
    """The first such day of the week from `day` on (Monday is 0)."""
    return day + dt.timedelta(days=(weekday - day.weekday()) % 7)


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def agenda(world: World, meeting: Meeting, items: Sequence[tuple[str, str]]) -> None:
    for title, motion in items:
        kind = "rules" if motion.startswith("That the rules be changed") else "ordinary"
        add_item(meeting=meeting, title=title, motion=motion, motion_kind=kind, by=world.secretary)


def by_hands(world: World, meeting: Meeting, now: dt.datetime) -> None:
    """A motion amended and carried by a show of hands."""
    for voter in meeting.voters.order_by("member__number")[:31]:
        check_in(voter=voter, way="room", now=now, by=world.secretary)
    motion = meeting.items.get(title="Bus fares for volunteers").motion
    amendment = move_amendment(
        motion=motion,
        text="That volunteers' bus and train fares be paid on the day, from petty cash.",
        by=world.secretary,
    )
    for one, hands in ((amendment, (19, 8, 4)), (None, (27, 1, 3))):
        division = begin_division(
            motion=motion, amendment=one, way="hands", now=now, by=world.secretary
        )
        counts = _hands(division, hands)
        count_hands(division=division, counts=counts, now=now, by=world.secretary)


def _hands(division: Division, hands: tuple[int, int, int]) -> dict[str, tuple[int, int, int]]:
    """These hands in one line, or shared out where the classes are counted apart."""
    there = hands_there(division, room_of(division.motion.item.meeting, division.motion.item))
    left, counts = list(hands), {}
    for name, number in there.items():
        line: list[int] = []
        for place, waiting in enumerate(left):
            taken = min(waiting, number - sum(line))
            line.append(taken)
            left[place] -= taken
        counts[name] = (line[0], line[1], line[2])
    return counts


def what_stays(world: World, meeting: Meeting) -> None:
    """Minutes, decisions with how people were involved, and what somebody took on."""
    minutes = draft_minutes(meeting=meeting, by=world.secretary)
    circulate_minutes(minutes=minutes, by=world.secretary)
    record_decision(
        body=meeting.body,
        meeting=meeting,
        text="Every hour worked for the co-op, travel included, is paid at the real living wage.",
        people_affected="Carers asked for it at three tea breaks; people supported were asked by "
        "their carers and at the lunch club what they would think of a higher rate.",
        decided_on=meeting.day,
        review_on=meeting.day + days(360),
        by=world.secretary,
    )
    record_decision(
        body=Body.objects.get(kind=Body.Kind.BOARD),
        text="The office stays open on Saturday mornings until the summer.",
        people_affected="Six families wrote in; the two people in the office agreed to take turns.",
        decided_on=world.today - days(40),
        review_on=world.today + days(150),
        by=world.secretary,
    )
    for email, text, number in (
        ("treasurer@example.org", "Bring three quotes for the lease at Netherby Mill.", 14),
        ("coordinator@example.org", "Ask every carer in Cloughfoot about bicycles.", -3),
    ):
        add_action(
            body=Body.objects.get(kind=Body.Kind.BOARD),
            text=text,
            owner=world.people[email],
            due_on=world.today + days(number),
            by=world.secretary,
        )


def board_meets(world: World) -> None:
    """The board, this morning: a motion has been moved, and an amendment to it."""
    board = Body.objects.get(kind=Body.Kind.BOARD)
    now = at(world.today, 9)
    meeting = make_meeting(
        body=board,
        kind=Meeting.Kind.BOARD,
        title="Board meeting",
        starts_at=now,
        place="The Old Dye Works, Damside",
        held="hybrid",
        joining="By video: ask the secretary for the link",
        record_date=world.today - days(1),
        by=world.secretary,
    )
    words = "That the co-op buy two electric bicycles for carers in Cloughfoot."
    agenda(world, meeting, (("Apologies", ""), ("Bicycles", words)))
    record_notice(meeting=meeting, sent_on=world.today - days(9), by=world.secretary)
    take_roll(meeting=meeting, now=now, by=world.secretary)
    open_meeting(meeting=meeting, now=now, by=world.secretary)
    for voter, way in zip(meeting.voters.all()[:4], ("room", "room", "room", "video"), strict=True):
        check_in(voter=voter, way=way, now=now, by=world.secretary)
    move_amendment(
        motion=meeting.items.get(title="Bicycles").motion,
        text="That the co-op hire two electric bicycles for carers in Cloughfoot for a year.",
        by=world.secretary,
    )


def committee_meets(world: World) -> None:
    """The rota committee meets every month; its next meetings are prepared."""
    begin_series(
        body=Body.objects.get(kind=Body.Kind.COMMITTEE),
        title="Rota committee",
        often="monthly",
        first_on=weekday(world.today + days(9), 3),
        clock=dt.time(10, 30),
        held="online",
        place="",
        joining="By video: the link is in your calendar",
        by=world.secretary,
    )
    prepare_due_meetings(now=at(world.today, 6), by=SYSTEM)


def approved_since(world: World, last_year: Meeting) -> None:
    """A members' meeting in spring approved the minutes, which are on the website since."""
    day = weekday(last_year.day + days(120), 2)
    meeting = make_meeting(
        body=last_year.body,
        kind=Meeting.Kind.GENERAL,
        title="Members' meeting on fees",
        starts_at=at(day, 19),
        place="Weavers Hall, Skelbeck Bridge",
        record_date=day - days(14),
        by=world.secretary,
    )
    agenda(world, meeting, (("Minutes of the annual general meeting", ""), ("Fees next year", "")))
    record_notice(meeting=meeting, sent_on=day - days(20), by=world.secretary)
    take_roll(meeting=meeting, now=at(day, 8), by=world.secretary)
    open_meeting(meeting=meeting, now=at(day, 19), by=world.secretary)
    close_meeting(meeting=meeting, now=at(day, 20), by=world.secretary)
    minutes = approve_minutes(minutes=last_year.minutes, at=meeting, on=day, by=world.secretary)
    publish_minutes(minutes=minutes, on=day + days(1), by=world.secretary)
