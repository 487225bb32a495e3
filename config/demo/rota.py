"""The demo co-op's carers and rotas: this week's is published, next week's waits to be solved."""

from __future__ import annotations

import datetime as dt

from config.demo.services import somewhere_in
from config.demo.world import World
from members.models import Skill
from members.operations import qualify
from rota import operations
from rota.models import Carer
from rota.operations import Hours
from rota.rules import at_minute, monday_of

#: Share of carers who hold each skill.
HELD = {"medication": 0.9, "hoist": 0.75, "dementia": 0.65, "catheter": 0.1, "driving": 0.5}
CONTRACT_HOURS = (16, 18, 20, 24, 25, 30, 30, 35, 37.5)
#: Hours of a working day: from, until (minutes after midnight).
SHIFTS = {
    "early": (6 * 60 + 30, 15 * 60),
    "late": (14 * 60, 22 * 60 + 30),
    "long": (7 * 60, 19 * 60),
    "whole": (6 * 60 + 30, 22 * 60 + 30),
}
#: How common each is.
KINDS = ("early", "late", "long", "whole", "whole", "whole")


def build(world: World) -> None:
    """Carers with skills and hours, a few absences, this week published, next week a draft."""
    carers = [_carer(world, index) for index in range(len(world.carers))]
    this_week = monday_of(world.today)
    _absences(world, carers, this_week)
    rota = operations.make_rota(week_start=this_week, by=world.coordinator)
    last_thursday = rota.starts_at - dt.timedelta(days=4)
    operations.fill_greedily(rota=rota, now=last_thursday, by=world.coordinator)
    operations.publish(rota=rota, now=last_thursday, by=world.coordinator)
    operations.make_rota(week_start=this_week + dt.timedelta(days=7), by=world.coordinator)


def _carer(world: World, index: int) -> Carer:
    """The first carer is the one to sign in as: she drives, can do most, and works today."""
    chance, person = world.random, world.carers[index]
    since = world.today - dt.timedelta(days=chance.randint(60, 1500))
    contract = 30 if index == 0 else chance.choice(CONTRACT_HOURS)
    mode = "car" if index == 0 else chance.choices(("car", "cycle", "walk"), (80, 8, 12))[0]
    latitude, longitude = somewhere_in(person.town, world)
    carer = operations.add_carer(
        person=person,
        latitude=latitude,
        longitude=longitude,
        mode=mode,
        contract_minutes=round(contract * 60),
        weekly_cap_minutes=round(min(48, contract * 1.25) * 60),
        since=since,
        by=world.coordinator,
    )
    _skills(world, carer, everything=index == 0)
    _hours(world, carer, index)
    return carer


def _skills(world: World, carer: Carer, *, everything: bool) -> None:
    """Training lasts one to three years; here and there it runs out soon, or has."""
    chance = world.random
    for skill in Skill.objects.filter(code__in=HELD).order_by("code"):
        if skill.code == "driving" and carer.mode != "car":
            continue
        if not everything and chance.random() > HELD[skill.code]:
            continue
        since = max(carer.since, world.today - dt.timedelta(days=chance.randint(30, 700)))
        until = since + dt.timedelta(days=365 * chance.choice((2, 3, 3)))
        if chance.random() < 0.08:
            until = world.today + dt.timedelta(days=chance.randint(-20, 50))
        qualify(
            person=carer.person,
            skill=skill,
            since=min(since, until),
            until=None if skill.code == "driving" else until,
            by=world.coordinator,
        )


def _hours(world: World, carer: Carer, index: int) -> None:
    """One day off a week and one kind of shift: when they can work, not when they will."""
    chance = world.random
    first = world.today.weekday() if index == 0 else chance.randrange(7)
    kind = "whole" if index == 0 else chance.choice(KINDS)
    start, end = SHIFTS[kind]
    worked = sorted((first + step) % 7 for step in range(6))
    operations.set_hours(
        carer=carer,
        hours=[Hours(day, start, end) for day in worked],
        since=carer.since,
        by=world.coordinator,
    )


def _absences(world: World, carers: list[Carer], this_week: dt.date) -> None:
    """A holiday that spans both weeks, one next week, somebody ill; and next Wednesday all who
    look after catheters are on a course, so that some visits cannot be filled by anybody."""
    next_week = this_week + dt.timedelta(days=7)
    away = {
        carers[7]: ("holiday", this_week + dt.timedelta(days=3), next_week),
        carers[13]: ("holiday", next_week, next_week + dt.timedelta(days=6)),
        carers[20]: ("sickness", next_week, next_week + dt.timedelta(days=1)),
    }
    for carer, (kind, first, last) in away.items():
        operations.add_absence(
            carer=carer,
            kind=kind,
            starts_at=at_minute(first, 0),
            ends_at=at_minute(last, 1440),
            by=world.coordinator,
        )
    wednesday = next_week + dt.timedelta(days=2)
    on_course = Carer.objects.filter(person__qualifications__skill__code="catheter").distinct()
    for carer in on_course.exclude(pk__in=[carer.pk for carer in away]):
        operations.add_absence(
            carer=carer,
            kind="training",
            starts_at=at_minute(wednesday, 6 * 60),
            ends_at=at_minute(wednesday, 13 * 60),
            by=world.coordinator,
        )
