"""J11: a coordinator builds next week's rota, from hours and agreements to a carer's calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from core.actors import SYSTEM, Actor
from core.models import Job, OutboxMessage, ReadLine, User
from members.models import Person
from members.operations import add_person, add_skill, qualify
from members.rules import Contact
from rota.models import Carer, Rota
from rota.operations import add_carer, let_carer_sign_in
from services.models import PersonSupported, Visit
from services.operations import (
    add_line,
    add_person_supported,
    agree_version,
    draft_agreement,
    generate_visits,
    let_in,
)
from services.rules import Ground, LineTerms

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 2, 25)
MONDAY = dt.date(2026, 3, 2)
THE_YEAR_BEFORE = TODAY - dt.timedelta(days=365)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(dt.datetime(2026, 2, 25, 12, tzinfo=dt.UTC), tick=True) as moving:
        yield moving


def agree(
    person: Person, cora: Actor, *lines: dict[str, Any], near: float = 0.0
) -> PersonSupported:
    """A person supported with an agreement of these lines, from last year on."""
    supported = add_person_supported(
        person=person, since=THE_YEAR_BEFORE, latitude=53.72 + near, longitude=-1.99, by=cora
    )
    version = draft_agreement(supported=supported, first_day=TODAY, by=cora)
    for line in lines:
        terms = {"rrule": "FREQ=DAILY", "first_day": TODAY, "minutes": 30} | line
        add_line(version=version, terms=LineTerms(**terms), by=cora)
    agree_version(
        version=version,
        agreed_with=str(person),
        agreed_as="the person themself",
        agreed_on=TODAY,
        by=cora,
    )
    return supported


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return " ".join(unescape(response.content.decode()).split())


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"rota:{name}", kwargs=kwargs)


def test_a_week_from_agreements_to_the_carers_calendar(
    clock: Any,
    coordinator: User,
    make_user: Any,
    as_user: Any,
    signed_in: Any,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.ROTA_SOLVE_SECONDS = 1
    cora, desk = as_user(coordinator), signed_in(coordinator)
    hoist = add_skill(code="hoist", name="Moving with a hoist", by=cora)

    # Two carers, with hours entered on their pages.
    carers: dict[str, Carer] = {}
    for name in ("Ann", "Bob"):
        person = add_person(
            first_name=name,
            last_name="Carer",
            contact=Contact(email=f"{name.lower()}.carer@example.org"),
            by=cora,
        )
        carer = add_carer(
            person=person,
            latitude=53.72,
            longitude=-1.98,
            mode="car",
            contract_minutes=20 * 60,
            weekly_cap_minutes=40 * 60,
            since=THE_YEAR_BEFORE,
            by=cora,
        )
        let_carer_sign_in(carer=carer, by=cora)
        desk.post(
            url("add_hours", pk=carer.pk),
            {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "07:00", "end": "22:00"}
            | {"since": "1 January 2026"},
        )
        carers[name] = carer
    ann, bob = carers["Ann"], carers["Bob"]
    assert ann.availability.count() == 7
    qualify(person=ann.person, skill=hoist, since=THE_YEAR_BEFORE, by=cora)

    # Two people: Joan in the mornings, with family who may look; Mary once a week by two carers
    # with a hoist, which only Ann can use.
    people = {
        name: add_person(
            first_name=name,
            last_name="Smith",
            contact=Contact(address_line_1="4 Weir Row", town="Damside", postcode="QX7 2AB"),
            by=cora,
        )
        for name in ("Joan", "Mary")
    }
    joan = agree(
        people["Joan"],
        cora,
        {
            "what": "Getting up",
            "start_time": dt.time(8),
            "window_before": 15,
            "window_after": 30,
            "must_read": "The key is with the neighbour at number six.",
        },
    )
    agree(
        people["Mary"],
        cora,
        {
            "what": "A bath",
            "rrule": "FREQ=WEEKLY;BYDAY=WE",
            "start_time": dt.time(14),
            "minutes": 60,
            "carers_needed": 2,
            "skills": frozenset({hoist.pk}),
        },
        near=0.01,
    )
    daughter = add_person(first_name="Dot", last_name="Smith", by=cora)
    daughter.user = make_user("dot smith")
    daughter.save()
    let_in(supported=joan, person=daughter, ground=Ground.FAMILY, by=cora)
    generate_visits(until=MONDAY + dt.timedelta(days=13), by=SYSTEM)

    # A draft, solved in the background by the solver's own process.
    desk.post(url("new_rota"), {"week_start": MONDAY.isoformat()})
    rota = Rota.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(url("solve", pk=rota.pk))
    assert Job.objects.get().state == "done", Job.objects.get().note
    week = read(desk, url("week", pk=rota.pk))
    assert "8 visits · 2 carers" in week
    assert "2 places not filled" in week
    assert rota.assignments.count() == 7

    # Why: in plain words. Then the answer: Bob is trained, and both are assigned by button.
    why = read(desk, url("unfilled", pk=rota.pk))
    assert "Has no “Moving with a hoist” training</strong>: Bob Carer." in why
    assert "Could come, but no second carer is free at the same start</strong>: Ann Carer." in why
    desk.post(url("add_skill", pk=bob.pk), {"skill": hoist.pk, "since": "20 February 2026"})
    bath = Visit.objects.get(line__what="A bath", date=MONDAY + dt.timedelta(days=2))
    for _ in range(2):
        page = desk.get(url("visit", pk=bath.pk))
        desk.post(url("visit", pk=bath.pk), {"carer": page.context["options"][0].value})
    assert bath.assignments.count() == 2

    # Nobody has seen anything yet. Published, both are told and their calendars show it.
    clock.move_to(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
    desk = signed_in(coordinator)  # who was signed out after being away for so long
    phone = {name: signed_in(User.objects.get(person__carer=c)) for name, c in carers.items()}
    assert "Nothing more is published" in read(phone["Ann"], url("my_week"))
    assert "Mary Smith" not in read(phone["Ann"], url("my_week"))
    assert "2 carers are told" in read(desk, url("publish", pk=rota.pk))
    desk.post(url("publish", pk=rota.pk))
    rota.refresh_from_db()
    assert rota.state == "published"
    assert {m.to for m in OutboxMessage.objects.filter(kind="rota.published")} == {
        "ann.carer@example.org",
        "bob.carer@example.org",
    }
    monday = Visit.objects.get(person_supported=joan, date=MONDAY)
    goes = monday.assignments.get().carer
    name, other = ("Ann", "Bob") if goes == ann else ("Bob", "Ann")
    mine = read(phone[name], url("my_visit", pk=monday.pk))
    assert "The key is with the neighbour" in mine
    assert "4 Weir Row" in mine
    assert phone[other].get(url("my_visit", pk=monday.pk)).status_code == 404
    assert ReadLine.objects.filter(subject_id=joan.person_id, group="health").exists()
    family = signed_in(daughter.user)
    assert name in read(family, reverse("services:care", kwargs={"pk": joan.pk}))
    feed = phone[name].post(url("my_calendar"), {"act": "issue"}).context["address"]
    before = {str(e["UID"]): e for e in events(feed)}
    assert {str(e["SUMMARY"]) for e in before.values()} <= {"Visit J.S. QX7", "Visit M.S. QX7"}
    assert any(e["DTSTART"].dt == monday.assignments.get().starts_at for e in before.values())

    # A sick call on Monday at seven: the day is freed, the other carer takes Joan's visit.
    clock.move_to(dt.datetime(2026, 3, 2, 7, tzinfo=dt.UTC))
    desk = signed_in(coordinator)
    desk.post(
        url("add_absence", pk=goes.pk),
        {"kind": "sickness", "first_day": "2 March 2026", "last_day": "2 March 2026"}
        | {"free_visits": "on"},
    )
    assert not monday.assignments.exists()
    page = desk.get(url("visit", pk=monday.pk))
    assert [str(option.carer.person) for option in page.context["options"]] == [f"{other} Carer"]
    desk.post(url("visit", pk=monday.pk), {"carer": page.context["options"][0].value})
    assert monday.assignments.get().carer == carers[other]
    assert OutboxMessage.objects.filter(kind="rota.changed").count() == 2
    after = {str(e["UID"]): e for e in events(feed)}
    gone = [uid for uid, event in after.items() if event["STATUS"] == "CANCELLED"]
    assert len(gone) == 1
    assert after[gone[0]]["SEQUENCE"] == before[gone[0]]["SEQUENCE"] + 1
    assert signed_in(goes.person.user).get(url("my_visit", pk=monday.pk)).status_code == 404
    assert "Joan Smith" in read(signed_in(carers[other].person.user), url("my_week"))


def events(address: str) -> list[Any]:
    response = Client().get(address)
    assert response.status_code == 200
    return list(Calendar.from_ical(response.content).walk("VEVENT"))
