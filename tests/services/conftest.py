"""Mavis, whom the co-op supports, and those around her."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from core.actors import SYSTEM, Actor
from core.models import User
from members.models import Person, Skill
from services import operations, recurrence
from services.models import AgreementVersion, PersonSupported
from services.rules import Ground, LineTerms

#: Monday 2 March 2026, ten in the morning in London.
NOW = dt.datetime(2026, 3, 2, 10, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cora(coordinator: User) -> Actor:
    """Cora, as she acts."""
    return Actor("user", user=coordinator)


@pytest.fixture
def make_supported(db: None) -> Callable[..., PersonSupported]:
    """`make_supported("Mavis")` → somebody whom the co-op supports since New Year."""

    def make(first_name: str, user: User | None = None, **person: Any) -> PersonSupported:
        person = {"last_name": "Ogden", "town": "Damside", "postcode": "QX7 2AB"} | person
        return operations.add_person_supported(
            person=Person.objects.create(first_name=first_name, user=user, **person),
            since=dt.date(2026, 1, 1),
            latitude=53.72,
            longitude=-1.99,
            by=SYSTEM,
        )

    return make


@pytest.fixture
def mavis(make_supported: Callable[..., PersonSupported], coordinator: User) -> PersonSupported:
    return make_supported("Mavis")


@pytest.fixture
def hoist(db: None) -> Skill:
    return Skill.objects.create(code="hoist", name="Hoist")


@pytest.fixture
def terms() -> Callable[..., LineTerms]:
    """`terms(minutes=30)` → a morning call every day from today, save what is said."""

    def make(**changes: Any) -> LineTerms:
        usual = {
            "what": "Morning call",
            "rrule": recurrence.weekly(recurrence.DAYS),
            "first_day": TODAY,
            "start_time": dt.time(8),
            "minutes": 45,
            "window_before": 15,
            "window_after": 30,
        }
        return LineTerms(**(usual | changes))

    return make


@pytest.fixture
def draft(mavis: PersonSupported, cora: Actor) -> AgreementVersion:
    """Mavis's agreement from today, still without a line."""
    return operations.draft_agreement(supported=mavis, first_day=TODAY, by=cora)


@pytest.fixture
def agree(cora: Actor) -> Callable[[AgreementVersion], AgreementVersion]:
    def agree(version: AgreementVersion) -> AgreementVersion:
        return operations.agree_version(
            version=version,
            agreed_with="Mavis Ogden",
            agreed_as="the person themself",
            agreed_on=TODAY,
            by=cora,
        )

    return agree


@pytest.fixture
def agreed(
    draft: AgreementVersion,
    terms: Callable[..., LineTerms],
    agree: Callable[[AgreementVersion], AgreementVersion],
    cora: Actor,
    hoist: Skill,
) -> AgreementVersion:
    """Mavis's agreement in force: a morning call every day, with a note on the key."""
    note = "Key safe by the back door."
    operations.add_line(
        version=draft, terms=terms(must_read=note, skills=frozenset({hoist.pk})), by=cora
    )
    return agree(draft)


@pytest.fixture
def link(db: None) -> Callable[..., User]:
    """`link(user, mavis, Ground.FAMILY)` lets a user see her record."""

    def link(user: User, supported: PersonSupported, ground: Ground, **dates: Any) -> User:
        since = {"since": NOW - dt.timedelta(days=1)} | dates
        operations.open_access(
            person=supported.person, user=user, ground=ground, by=SYSTEM, **since
        )
        return user

    return link
