"""What the demo co-op decides outside meetings: asked for, in writing, and before a meeting."""

from __future__ import annotations

from config.demo.at_meetings import at, days
from config.demo.world import CAST, World
from core.actors import Actor
from governance.diary import years_of
from governance.models import Body, Filed, Meeting, Seat
from governance.operations import (
    answer_in_writing,
    confirm_interests,
    declare_standing_interest,
    note_filed,
    send_round,
    sign_requisition,
    start_requisition,
    take_roll,
    vote_early,
)
from members.models import Member, Person


def outside_meetings(world: World) -> None:
    """Members ask for a meeting, the board decides in writing, members vote before one."""
    _asked_for(world)
    _in_writing(world)


def _asked_for(world: World) -> None:
    """A member asks for a meeting about buses; others have signed, and it takes more."""
    mine = Member.objects.get(person=world.people["member@example.org"])
    now = at(world.today - days(12), 11)
    asked = start_requisition(
        member=mine,
        title="Evening visits and the last bus",
        business="The last bus up the valley leaves at ten past seven. Carers who do evening visits "
        "walk home, or do not do them. We want to talk about what the co-op can do.",
        motion="That the board agree with the bus company on a bus at nine, and report within "
        "three months.",
        now=now,
        by=Actor("user", user=world.users["member@example.org"]),
    )
    others = Member.objects.active_on(world.today).filter(person__isnull=False)
    signed = others.exclude(person__user__email__in=CAST).order_by("number")[3:50:5]
    for member in signed:
        sign_requisition(
            requisition=asked, member=member, way="paper", now=now + days(2), by=world.secretary
        )


def _in_writing(world: World) -> None:
    """The board decides between its meetings; two of five have answered."""
    resolution = send_round(
        body=Body.objects.get(kind=Body.Kind.BOARD),
        title="A second telephone in the office",
        text="That the co-op take a second telephone line for twelve months, at £18 a month.",
        background="On Monday mornings families wait twenty minutes to get through. The "
        "coordinators have asked for it since spring.",
        now=at(world.today - days(3), 10),
        by=world.secretary,
    )
    for email, choice in (("treasurer@example.org", "for"), ("family@example.org", "for")):
        answer_in_writing(
            voice=resolution.voices.get(person=world.people[email]),
            choice=choice,
            now=at(world.today - days(2), 9),
            by=Actor("user", user=world.users[email]),
        )


def before_the_meeting(world: World, meeting: Meeting) -> None:
    """Some who cannot come have voted on its motion already, here and on paper."""
    now = at(world.today, 8)
    take_roll(meeting=meeting, now=now, by=world.secretary)
    motion = meeting.items.get(motion__isnull=False).motion
    voters = meeting.voters.exclude(member__person__user__email__in=CAST).order_by("pk")
    for voter, choice in zip(voters[:9], ("for", "for", "against") * 3, strict=True):
        vote_early(motion=motion, voter=voter, choice=choice, now=now, by=world.secretary)


def interests(world: World) -> None:
    """What three of the board have declared; the others confirmed that they have none, and it is
    time for them to say so again. And what was done for the years before: only what the last one
    asks for waits.
    """
    members = Body.objects.get(kind=Body.Kind.GENERAL)
    *before, _ = years_of(members, world.today)
    for year in before:
        for duty, day, reference in (
            (Filed.Kind.AGM, year.agm_by, "Minutes in the green folder"),
            (Filed.Kind.RETURN, year.return_by, "AR30 acknowledged by e-mail"),
        ):
            note_filed(
                kind=duty,
                of=year.day,
                filed_on=day - days(20),
                reference=reference,
                by=world.secretary,
            )
    for email, kind, text in (
        ("board@example.org", "work", "Is a governor of the primary school in Damside."),
        ("treasurer@example.org", "money", "Has £500 in the credit union that banks our wages."),
        ("family@example.org", "family", "Her mother is supported by the co-op."),
    ):
        person, by = world.people[email], Actor("user", user=world.users[email])
        declare_standing_interest(
            person=person,
            kind=kind,
            text=text,
            since=world.today - days(200),
            today=world.today,
            by=by,
        )
        confirm_interests(person=person, on=world.today - days(100), by=by)
    asked = {"board@example.org", "treasurer@example.org", "family@example.org"}
    seats = Seat.objects.held_on(world.today).exclude(person__user__email__in=asked)
    for person in Person.objects.filter(pk__in=seats.values("person")):
        confirm_interests(person=person, on=world.today - days(380), by=world.secretary)
