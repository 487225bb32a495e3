"""A small valley: carers, people supported and a week of visits, on a frozen Wednesday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from core.actors import Actor
from core.models import User
from core.permissions import Role
from members.models import Person, Qualification, Skill
from rota.models import AvailabilityPattern, Carer, Rota
from rota.operations import make_rota
from rota.rules import LONDON
from services.models import Agreement, AgreementLine, AgreementVersion, PersonSupported, Visit

TODAY = dt.date(2026, 2, 25)
MONDAY = dt.date(2026, 3, 2)
ALL_DAYS = tuple(range(7))
BRIDGE = (53.720, -1.990)
DAMSIDE = (53.735, -1.960)


def at(day: int, clock: str, monday: dt.date = MONDAY) -> dt.datetime:
    """An instant of the rota's week: day 0 is Monday."""
    time = dt.time.fromisoformat(clock)
    return dt.datetime.combine(monday + dt.timedelta(days=day), time, tzinfo=LONDON).astimezone(
        dt.UTC
    )


class Valley:
    """Builds rows straight in the database: what other apps would have made by operations."""

    def __init__(self, make_user: Callable[..., User], monday: dt.date = MONDAY) -> None:
        self._make_user = make_user
        self._monday = monday

    def skill(self, code: str) -> Skill:
        return Skill.objects.get_or_create(code=code, defaults={"name": code.title()})[0]

    def carer(
        self,
        name: str,
        *skills: str,
        hours: tuple[int, int] = (7, 22),
        days: tuple[int, ...] = ALL_DAYS,
        home: tuple[float, float] = BRIDGE,
        contract: int = 20,
        cap: int = 40,
        user: bool = False,
    ) -> Carer:
        person = Person.objects.create(
            first_name=name, last_name="Carer", email=f"{name.lower()}@example.org"
        )
        if user:
            person.user = self._make_user(name, Role.CARER)
            person.save()
        for code in skills:
            Qualification.objects.create(
                person=person, skill=self.skill(code), since=dt.date(2025, 1, 1)
            )
        carer = Carer.objects.create(
            person=person,
            latitude=home[0],
            longitude=home[1],
            contract_minutes=contract * 60,
            weekly_cap_minutes=cap * 60,
            since=dt.date(2025, 1, 1),
        )
        for day in days:
            AvailabilityPattern.objects.create(
                carer=carer,
                weekday=day,
                start_minute=hours[0] * 60,
                end_minute=hours[1] * 60,
                since=dt.date(2025, 1, 1),
            )
        return carer

    def person(
        self, first: str, last: str = "Supported", home: tuple[float, float] = BRIDGE
    ) -> PersonSupported:
        person = Person.objects.create(
            first_name=first,
            last_name=last,
            address_line_1="4 Weir Row",
            town="Skelbeck Bridge",
            postcode="QX7 2AB",
        )
        return PersonSupported.objects.create(
            person=person, latitude=home[0], longitude=home[1], since=dt.date(2025, 1, 1)
        )

    def line(self, person: PersonSupported, *skills: str, **fields: Any) -> AgreementLine:
        agreement, _ = Agreement.objects.get_or_create(
            person_supported=person, defaults={"first_day": dt.date(2025, 1, 1)}
        )
        version, _ = AgreementVersion.objects.get_or_create(
            agreement=agreement, number=1, defaults={"since": dt.date(2025, 1, 1)}
        )
        values: dict[str, Any] = {
            "what": "Morning call",
            "rrule": "FREQ=DAILY",
            "first_day": dt.date(2025, 1, 1),
            "start_time": dt.time(8),
            "minutes": 30,
        }
        line = AgreementLine.objects.create(version=version, **values | fields)
        line.skills.set([self.skill(code) for code in skills])
        return line

    def visit(
        self,
        person: PersonSupported,
        day: int = 0,
        clock: str = "08:00",
        *skills: str,
        minutes: int = 30,
        carers: int = 1,
        window: int = 15,
        line: AgreementLine | None = None,
        team: tuple[Carer, ...] = (),
    ) -> Visit:
        line = line or self.line(person, *skills, minutes=minutes, carers_needed=carers)
        line.preferred_carers.set([carer.person for carer in team])
        start = at(day, clock, self._monday)
        slack = dt.timedelta(minutes=window)
        return Visit.objects.create(
            line=line,
            series=line.series,
            person_supported=person,
            date=self._monday + dt.timedelta(days=day),
            starts_at=start,
            ends_at=start + dt.timedelta(minutes=minutes),
            earliest_start=start - slack,
            latest_start=start + slack,
            minutes=minutes,
            carers_needed=carers,
        )


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """It is noon on Wednesday 25 February 2026, until a test moves on."""
    with time_machine.travel(dt.datetime(2026, 2, 25, 12, tzinfo=dt.UTC), tick=False) as moving:
        yield moving


@pytest.fixture
def valley(clock: time_machine.Coordinates, make_user: Callable[..., User]) -> Valley:
    return Valley(make_user)


@pytest.fixture
def cora(valley: Valley, coordinator: User, as_user: Callable[[User], Actor]) -> Actor:
    """The coordinator, as an actor."""
    return as_user(coordinator)


@pytest.fixture
def rota(cora: Actor) -> Rota:
    """Next week's rota, a draft."""
    return make_rota(week_start=MONDAY, by=cora)
