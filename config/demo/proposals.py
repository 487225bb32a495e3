"""What the demo co-op's members propose, say, and are asked for an opinion on between meetings."""

from __future__ import annotations

import datetime as dt

from config.demo.at_meetings import at, days
from config.demo.world import CAST, World
from core.actors import Actor
from governance.models import OpinionPoll, Proposal
from governance.operations import (
    answer_poll,
    open_poll,
    put_forward,
    say_of_proposal,
    second_proposal,
    start_proposal,
)
from members.models import Member


def proposals(world: World) -> None:
    """An idea that is talked about, a proposal that lacks a seconder, and one that waits for an
    agenda; a poll that is open and one that is over.
    """
    _idea(world)
    _put_forward(world)
    _waiting(world)
    _open_poll(world)
    _past_poll(world)


def _by(world: World, email: str) -> Actor:
    return Actor("user", user=world.users[email])


def _start(world: World, email: str, title: str, text: str, now: dt.datetime) -> Proposal:
    member = Member.objects.get(person=world.people[email])
    return start_proposal(member=member, title=title, text=text, now=now, by=_by(world, email))


def _say(world: World, proposal: Proposal, email: str, text: str, now: dt.datetime) -> None:
    say_of_proposal(proposal=proposal, text=text, now=now, by=_by(world, email))


def _idea(world: World) -> None:
    idea = _start(
        world,
        "family@example.org",
        "A Sunday once a month for families",
        "We meet each other in the car park and nowhere else. One Sunday a month in the chapel "
        "hall, with somebody there for those we look after, would let us talk.",
        at(world.today - days(15), 20),
    )
    for email, text, ago in (
        ("carer@example.org", "I would come, and I would do the tea.", 14),
        ("treasurer@example.org", "The hall is £24 for a Sunday. Who would pay for it?", 11),
        ("family@example.org", "We would, for the first three. Then let us see.", 10),
    ):
        _say(world, idea, email, text, at(world.today - days(ago), 19))


def _put_forward(world: World) -> None:
    """It takes two; one has seconded it."""
    now = at(world.today - days(9), 18)
    proposal = _start(
        world,
        "editor@example.org",
        "Our minutes in Easy Read",
        "Half of those we support do not read minutes as they are.",
        now,
    )
    put_forward(
        proposal=proposal,
        motion="That from this meeting on the public minutes are also written in Easy Read, within "
        "a month of their approval.",
        kind="ordinary",
        now=now + days(1),
        by=_by(world, "editor@example.org"),
    )
    seconder = Member.objects.get(person=world.people["family@example.org"])
    second_proposal(
        proposal=proposal,
        member=seconder,
        now=now + days(2),
        by=_by(world, "family@example.org"),
    )
    _say(
        world,
        proposal,
        "coordinator@example.org",
        "Please let some of the people we support check it before it goes out.",
        now + days(3),
    )


def _waiting(world: World) -> None:
    now = at(world.today - days(20), 18)
    proposal = _start(
        world,
        "member@example.org",
        "Cargo bikes for the two villages",
        "Three of our carers do not drive. Two bikes would pay for themselves in a year.",
        now,
    )
    put_forward(
        proposal=proposal,
        motion="That the co-op buy two electric cargo bikes, for not more than £5,600 together.",
        kind="ordinary",
        now=now + days(2),
        by=_by(world, "member@example.org"),
    )
    for email in ("carer@example.org", "supported@example.org"):
        second_proposal(
            proposal=proposal,
            member=Member.objects.get(person=world.people[email]),
            now=now + days(4),
            by=world.secretary,
        )


def _open_poll(world: World) -> None:
    now = at(world.today - days(2), 10)
    poll = open_poll(
        question="When should the spring meeting be?",
        choices=["On a weekday evening", "On a Saturday morning", "I do not mind"],
        background="The last three were on Saturday mornings. Carers have asked for an evening.",
        last_day=world.today + days(12),
        now=now,
        by=world.secretary,
    )
    _answered(world, poll, (0, 0, 1, 2, 0, 1), now)


def _past_poll(world: World) -> None:
    now = at(world.today - days(50), 10)
    poll = open_poll(
        question="What should the newsletter have more of?",
        choices=["News of people", "What the board is doing", "Recipes", "It is good as it is"],
        last_day=world.today - days(30),
        now=now,
        by=world.secretary,
    )
    _answered(world, poll, (0, 1, 0, 3, 2, 1, 0, 0, 2, 1, 0, 3, 1, 0), now)


def _answered(world: World, poll: OpinionPoll, choices: tuple[int, ...], now: dt.datetime) -> None:
    """Some of the members answer; the people who can be signed in as have not answered yet."""
    others = Member.objects.active_on(world.today - days(60)).exclude(person__user__email__in=CAST)
    for member, choice in zip(others.order_by("number"), choices, strict=False):
        answer_poll(poll=poll, member=member, choice=choice, now=now + days(1), by=world.secretary)
