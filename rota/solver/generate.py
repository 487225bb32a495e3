"""Made-up weeks to try the solver on: villages along a valley, their carers and people supported.

The same seed gives the same week. Minute 0 is Monday 00:00; working days begin at 04:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from rota.solver.problem import Carer, Interval, Point, Problem, Visit

DAY = 1440
SKILLS = ("medication", "hoist", "dementia", "catheter", "feeding tube")
CARER_SKILL = (0.9, 0.7, 0.7, 0.4, 0.3)
VISIT_SKILL = (0.35, 0.12, 0.15, 0.06, 0.03)
CONTRACT_HOURS = (16, 20, 24, 30, 35, 37.5)
WINDOWS = (10, 15, 20, 30, 45)
VILLAGE_KM = 3.0
DEGREE_KM = 111.2

# Calls of the day: usual start, spread, usual lengths in minutes.
CALLS = {
    "morning": (8 * 60 + 30, 90, (30, 30, 45, 60)),
    "lunch": (12 * 60 + 30, 60, (30, 30, 45)),
    "tea": (16 * 60 + 45, 60, (30, 30, 45)),
    "bed": (20 * 60 + 15, 75, (20, 30, 30)),
}
SHIFTS = {
    "early": (6 * 60 + 30, 15 * 60),
    "late": (14 * 60, 22 * 60 + 30),
    "long": (7 * 60, 19 * 60),
    "whole": (6 * 60 + 30, 22 * 60 + 30),
}


@dataclass(frozen=True, slots=True)
class _Home:
    village: int
    point: Point


def make_week(*, carers: int, people: int, visits: int, seed: int = 1) -> Problem:
    """A week with exactly `visits` visits: 12 % walkers, 5 skills, teams of 3–8 carers,
    contracts of 16–37.5 hours, windows of ±10…45 minutes, some visits for two."""
    random = Random(seed)  # noqa: S311  made-up weeks, nothing secret
    villages = max(3, people // 20)
    homes = [_home(random, villages) for _ in range(carers)]
    staff = [_carer(random, f"c{number}", home) for number, home in enumerate(homes)]
    calls = []
    for number in range(people):
        home = _home(random, villages)
        team = _team(random, home, staff, homes)
        calls += _calls_of(random, f"p{number}", home, team)
    chosen = [calls[i % len(calls)] for i in sorted(random.sample(range(len(calls)), visits))]
    return Problem(
        carers=tuple(staff),
        visits=tuple(chosen),
        day_starts=(0, *(day * DAY + 4 * 60 for day in range(1, 7))),
    )


def _home(random: Random, villages: int) -> _Home:
    """Villages lie in a row up the valley; homes lie about a kilometre around each."""
    village = random.randrange(villages)
    east = village * VILLAGE_KM * 0.8 + random.gauss(0, 0.6)
    north = village * VILLAGE_KM * 0.6 + random.gauss(0, 0.6)
    return _Home(
        village,
        (round(53.60 + north / DEGREE_KM, 5), round(-1.90 + east / (DEGREE_KM * 0.593), 5)),
    )


def _carer(random: Random, name: str, home: _Home) -> Carer:
    hours = random.choice(CONTRACT_HOURS)
    days = min(6, max(4, round(hours / 6.5)))
    off = random.randrange(7)
    kind = random.choice(("early", "late", "long", "whole", "whole"))
    available: list[Interval] = []
    for step in range(days):
        day = (off + 1 + step) % 7
        start, end = SHIFTS[kind]
        available.append((day * DAY + start, day * DAY + end))
    skills = [skill for skill, share in zip(SKILLS, CARER_SKILL, strict=True)]
    held = frozenset(
        skill for skill, share in zip(skills, CARER_SKILL, strict=True) if random.random() < share
    )
    return Carer(
        id=name,
        home=home.point,
        mode="walk" if random.random() < 0.12 else random.choice(("car",) * 9 + ("cycle",)),
        skills=held,
        contract_minutes=int(hours * 60),
        cap_minutes=min(48 * 60, int(hours * 60 * 1.25)),
        available=tuple(available),
    )


def _team(random: Random, home: _Home, staff: list[Carer], homes: list[_Home]) -> frozenset[str]:
    """Three to eight carers, mostly from near by."""
    nearness = {
        carer.id: abs(at.village - home.village) + random.random() * 2
        for carer, at in zip(staff, homes, strict=True)
    }
    near = sorted(nearness, key=lambda one: (nearness[one], one))
    return frozenset(near[: random.randint(3, 8)])


def _calls_of(random: Random, person: str, home: _Home, team: frozenset[str]) -> list[Visit]:
    """One person's calls over the week: one to four a day, at about the same times each day."""
    kinds = random.sample(list(CALLS), random.choices((1, 2, 3, 4), (3, 4, 3, 2))[0])
    for_two = random.random() < 0.08
    visits = []
    for kind in kinds:
        usual, spread, lengths = CALLS[kind]
        wanted = 5 * round((usual + random.uniform(-spread, spread)) / 5)
        length, give = random.choice(lengths), random.choice(WINDOWS)
        needed = frozenset(
            skill
            for skill, share in zip(SKILLS, VISIT_SKILL, strict=True)
            if random.random() < share
        )
        for day in range(7):
            start = day * DAY + wanted
            visits.append(
                Visit(
                    id=f"{person}-{kind}-{day}",
                    person=person,
                    point=home.point,
                    earliest=start - give,
                    latest=start + give,
                    duration=length,
                    skills=needed,
                    carers_needed=2 if for_two and kind in {"morning", "bed"} else 1,
                    preferred_start=start,
                    team=team,
                    unsocial=day >= 5 or wanted >= 19 * 60,
                )
            )
    return visits
