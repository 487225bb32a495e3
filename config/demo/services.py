"""The demo co-op's people supported: where they live, what is agreed, who may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from config.demo.world import World
from core.actors import SYSTEM
from members.models import Person, Skill
from members.operations import add_skill
from services import operations
from services.models import AgreementVersion, PersonSupported, Visit
from services.recurrence import DAYS, weekly
from services.rules import Ground, LineTerms

#: Middle of each place in the valley: latitude and longitude.
PLACES = {
    "Skelbeck Bridge": (53.720, -1.990),
    "Damside": (53.728, -2.012),
    "Cloughfoot": (53.741, -2.034),
    "Weavers Green": (53.712, -1.962),
    "Netherby Mill": (53.703, -1.938),
    "Upper Harrow": (53.737, -1.972),
}
SKILLS = {
    "medication": "Giving medication",
    "hoist": "Moving with a hoist",
    "catheter": "Catheter care",
    "dementia": "Dementia care",
    "driving": "Driving people in a car",
}
#: How many people have how many calls a day; who is left has a few calls a week.
ROUNDS = {
    "full": (7, ("morning", "lunch", "tea", "bed")),
    "three": (11, ("morning", "lunch", "bed")),
    "two": (12, ("morning", "bed")),
    "one": (8, ("morning",)),
}
#: The last three of the list: a draft, no agreement yet, support ended.
AGREED = 57
DOUBLE_UPS = 2


@dataclass(frozen=True)
class Call:
    """A kind of call: its hours, lengths, and how early or late it may begin (minutes)."""

    what: str
    hours: tuple[str, ...]
    minutes: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]


CALLS = {
    "morning": Call(
        "Getting up, washing and breakfast",
        ("07:00", "07:30", "08:00", "08:30", "09:00"),
        (30, 45, 45, 60),
        (15, 30),
        (30, 45),
    ),
    "lunch": Call("Lunch and company", ("12:00", "12:30", "13:00"), (30, 30, 45), (20, 30), (30,)),
    "tea": Call("Tea", ("16:30", "17:00", "17:30"), (30,), (30,), (30, 45)),
    "bed": Call(
        "Supper and going to bed",
        ("19:30", "20:00", "20:30", "21:00"),
        (30, 30, 45),
        (30, 45),
        (30, 45),
    ),
    "shopping": Call("Shopping trip", ("10:30", "14:00"), (60,), (30,), (45,)),
    "bath": Call("A bath", ("10:00", "11:00", "15:00"), (45, 60), (30,), (45,)),
    "company": Call("Company and a walk", ("10:30", "14:30", "15:30"), (60,), (45,), (45,)),
}
NOTES = {
    "medication": "Tablets are in the blister pack on the fridge. Sign the chart each time.",
    "hoist": "Two carers for every move. Blue sling; check the straps before lifting.",
    "catheter": "Empty the night bag, note the amount, and ring the nurse if there is none.",
    "dementia": "Say who you are and why you have come, even if you came yesterday.",
    "driving": "Likes the front seat. The folding frame fits in the boot.",
    "": "Key safe to the left of the door; ask the office for the number.",
}
WHY_SHORT = "Only the tablets and a drink; she wants no longer visit."


def build(world: World) -> None:
    """People first, so that the team sees them; then agreements, circles and a few changes."""
    skills = {
        code: add_skill(code=code, name=name, by=world.coordinator) for code, name in SKILLS.items()
    }
    people = [_supported(world, person) for person in world.supported]
    for index, supported in enumerate(people[:AGREED]):
        _agree(_draft(world, supported, index, skills), supported, world)
    _draft(world, people[AGREED], AGREED, skills)
    operations.end_support(
        supported=people[-1], last_day=world.today - dt.timedelta(days=3), by=world.coordinator
    )
    _circles(world, people)
    _changes(world, people, skills)


def somewhere_in(town: str, world: World) -> tuple[float, float]:
    """A home in or near a place of the valley: latitude and longitude."""
    latitude, longitude = PLACES[town]
    chance = world.random
    return (
        round(latitude + chance.gauss(0, 0.003), 5),
        round(longitude + chance.gauss(0, 0.005), 5),
    )


def _supported(world: World, person: Person) -> PersonSupported:
    latitude, longitude = somewhere_in(person.town, world)
    return operations.add_person_supported(
        person=person,
        since=_monday(world) - dt.timedelta(weeks=world.random.randint(3, 90)),
        latitude=latitude,
        longitude=longitude,
        by=world.coordinator,
    )


def _monday(world: World) -> dt.date:
    return world.today - dt.timedelta(days=world.today.weekday())


# --- Agreements ---------------------------------------------------------------------------------


def _draft(
    world: World, supported: PersonSupported, index: int, skills: dict[str, Skill]
) -> AgreementVersion:
    version = operations.draft_agreement(
        supported=supported, first_day=supported.since, by=world.coordinator
    )
    for terms in _lines(world, index, version.since, skills):
        operations.add_line(version=version, terms=terms, by=world.coordinator)
    return version


def _lines(
    world: World, index: int, first_day: dt.date, skills: dict[str, Skill]
) -> list[LineTerms]:
    """The calls of one person, by their place in the list."""
    chance = world.random
    kinds, days = _round(index, world)
    needs = _needs(index, world)
    known = frozenset(person.pk for person in chance.sample(world.carers, 2))
    lines = []
    for kind in kinds:
        wanted = _skills_for(kind, needs)
        line = _line(kind, days, first_day, world)
        note = NOTES[next((code for code in NOTES if code in wanted), "")]
        line = replace(
            line,
            skills=frozenset(skills[code].pk for code in wanted),
            must_read=note,
            preferred_carers=known if chance.random() < 0.5 else frozenset(),
            carers_needed=2 if "hoist" in wanted else 1,
        )
        if "medication" in wanted and chance.random() < 0.3:
            line = replace(line, time_critical=True, window_before=10, window_after=15)
        lines.append(line)
    return lines


def _line(kind: str, days: tuple[str, ...], first_day: dt.date, world: World) -> LineTerms:
    call, chance = CALLS[kind], world.random
    return LineTerms(
        what=call.what,
        rrule=weekly(days, every=2 if kind == "shopping" and chance.random() < 0.3 else 1),
        first_day=first_day,
        start_time=dt.time.fromisoformat(chance.choice(call.hours)),
        minutes=chance.choice(call.minutes),
        window_before=chance.choice(call.before),
        window_after=chance.choice(call.after),
    )


def _round(index: int, world: World) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which calls, on which days. The first person of all has three a day."""
    place = index - 1 if index else ROUNDS["full"][0]
    for people, kinds in ROUNDS.values():
        if place < people:
            return kinds, DAYS
        place -= people
    kind = world.random.choice(("shopping", "bath", "company", "company"))
    return (kind,), tuple(sorted(world.random.sample(DAYS[:5], world.random.randint(1, 4))))


def _needs(index: int, world: World) -> set[str]:
    """What carers of this person must be able to do."""
    if 1 <= index <= DOUBLE_UPS:
        return {"hoist", "medication"}
    needs = {"dementia"} if index % 8 == 5 else set()
    if index % 17 == 4:
        needs.add("catheter")
    return needs | ({"medication"} if world.random.random() < 0.4 else set())


def _skills_for(kind: str, needs: set[str]) -> set[str]:
    """What one kind of call asks for: catheters in the morning, medication morning and night."""
    asked = needs & {"hoist", "dementia"}
    if kind == "morning":
        asked |= needs & {"catheter"}
    if kind in ("morning", "bed"):
        asked |= needs & {"medication"}
    return asked | ({"driving"} if kind == "shopping" else set())


def _agree(version: AgreementVersion, supported: PersonSupported, world: World) -> None:
    operations.agree_version(
        version=version,
        agreed_with=str(supported.person),
        agreed_as="the person themself",
        agreed_on=min(world.today, version.since - dt.timedelta(days=3)),
        by=world.coordinator,
    )


# --- Circles, and what changed lately -----------------------------------------------------------


def _circles(world: World, people: list[PersonSupported]) -> None:
    """A daughter with authority over her mother's care, and family for every third person."""
    daughter = world.family[0]
    for ground in (Ground.FAMILY, Ground.HEALTH_ATTORNEY):
        operations.let_in(supported=people[0], person=daughter, ground=ground, by=world.coordinator)
    with_email = [person for person in world.family[1:] if person.email]
    for supported, person in zip(people[1:AGREED:3], with_email, strict=False):
        ground = Ground.MONEY_ATTORNEY if supported.pk % 5 == 0 else Ground.FAMILY
        operations.let_in(supported=supported, person=person, ground=ground, by=world.coordinator)


def _changes(world: World, people: list[PersonSupported], skills: dict[str, Skill]) -> None:
    """A new version for the first person, a drafted one, a hospital stay, two cancelled visits."""
    tomorrow = world.today + dt.timedelta(days=1)
    change = operations.new_version(
        agreement=people[0].agreements.get(),
        since=tomorrow,
        reason="Tires easily since the winter: a longer morning, and a call at teatime.",
        by=world.coordinator,
    )
    morning = change.lines.get(what=CALLS["morning"].what)
    longer = replace(morning.terms(), minutes=60)
    operations.change_line(line=morning, terms=longer, by=world.coordinator)
    tea = replace(_line("tea", DAYS, tomorrow, world), minutes=20, short_reason=WHY_SHORT)
    tea = replace(tea, skills=frozenset({skills["medication"].pk}), must_read=NOTES["medication"])
    operations.add_line(version=change, terms=tea, by=world.coordinator)
    _agree(change, people[0], world)
    operations.new_version(
        agreement=people[9].agreements.get(),
        since=_monday(world) + dt.timedelta(days=14),
        reason="Daughter comes at weekends from next month.",
        by=world.coordinator,
    )
    operations.pause_visits(
        supported=people[20],
        first_day=tomorrow,
        last_day=tomorrow + dt.timedelta(days=5),
        why="hospital",
        note="A new hip",
        by=world.coordinator,
    )
    for supported in (people[0], people[12]):
        visit = (
            Visit.objects.planned()
            .filter(person_supported=supported, date=tomorrow + dt.timedelta(days=2))
            .latest("starts_at")
        )
        operations.cancel_visit(
            visit=visit, why="person", note="Out with family", by=world.coordinator
        )
    operations.generate_visits(until=world.today + operations.HORIZON, by=SYSTEM)
