"""Somebody who is no member has died: letters, sign-in and what they did for others end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from core.permissions import Role
from members.acting import authorities_of
from members.models import Authority, Letter, MemberClass, Person, Representative
from members.operations import (
    add_organisation,
    add_person,
    appoint_representative,
    give_sign_in,
    note_death_of_person,
    record_authority,
    register_member,
    reopen_death_of_person,
)
from members.writing import write_to
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

DIED = dt.date(2026, 2, 27)


@pytest.fixture
def joan(db: None) -> Person:
    return add_person(first_name="Joan", last_name="Dyson", by=SYSTEM)


@pytest.fixture
def acting(rita: Person, joan: Person, classes: dict[str, MemberClass]) -> Person:
    """Rita Shaw, no member, who signs in, acts for Joan and for a trust that is one, and is owed a
    letter."""
    give_sign_in(person=rita, by=SYSTEM)
    rita.refresh_from_db()
    since = dt.date(2026, 1, 5)
    record_authority(
        person=joan, acting=rita, ground="helper", scope=["membership"], since=since, by=SYSTEM
    )
    trust = add_organisation(name="A trust", kind="charity", by=SYSTEM)
    register_member(
        organisation=trust, member_class=classes["organisation"], joined=since, by=SYSTEM
    )
    appoint_representative(organisation=trust, person=rita, since=since, by=SYSTEM)
    rita.prefers = "post"
    rita.save()
    write(rita)
    return rita


def write(person: Person, key: str = "x") -> object:
    return write_to(
        person,
        key=key,
        kind="members.sample",
        subject="A letter",
        template="members/mail/refused.txt",
        context={},
        by=SYSTEM,
    )


def letter_state() -> str:
    return Letter.objects.get(key="x").state


def test_nothing_is_sent_nobody_signs_in_and_they_act_for_nobody(
    acting: Person, joan: Person, by: Actor
) -> None:
    note_death_of_person(person=acting, died_on=DIED, by=by)
    acting.refresh_from_db()
    assert acting.died_on == DIED
    assert acting.user is not None
    assert not acting.user.is_active
    assert not acting.user.roles_on(TODAY)
    assert letter_state() == "called_off"
    assert write(acting, "y") is None
    assert authorities_of(acting.user, TODAY + dt.timedelta(days=1)) == []
    assert Authority.objects.get().ended_because == "Died"
    assert Representative.objects.get().until == DIED
    assert Letter.objects.filter(person=joan, kind="members.authority_ended").exists()
    assert not Letter.objects.filter(person=acting, kind="members.acting_ended").exists()
    line = AuditLine.objects.get(action="members.note_death")
    assert "Shaw" not in str(line.data)


def test_a_death_today_of_who_was_appointed_today(rita: Person, by: Actor) -> None:
    trust = add_organisation(name="A trust", kind="charity", by=SYSTEM)
    appoint_representative(organisation=trust, person=rita, since=TODAY, by=SYSTEM)
    note_death_of_person(person=rita, died_on=TODAY, by=by)
    assert Representative.objects.get().until == TODAY


def test_a_mistake_is_taken_back_on_the_same_day(acting: Person, by: Actor) -> None:
    note_death_of_person(person=acting, died_on=DIED, by=by)
    with pytest.raises(RuleError) as error:
        reopen_death_of_person(person=acting, why=" ", by=by)
    assert error.value.field == "why"
    reopen_death_of_person(person=acting, why="Another of that name", by=by)
    acting.refresh_from_db()
    assert (acting.died_on, letter_state()) == (None, "waiting")
    assert acting.user is not None
    assert acting.user.is_active
    assert acting.user.roles_on(TODAY) == {Role.MEMBER}
    assert [one.person_id for one in authorities_of(acting.user, TODAY)]
    assert Representative.objects.get().until is None
    with pytest.raises(RuleError, match="already"):
        reopen_death_of_person(person=acting, why="Again", by=by)
    note_death_of_person(person=acting, died_on=DIED, by=by)
    with (
        time_machine.travel(dt.datetime(2026, 3, 4, 10, tzinfo=dt.UTC)),
        pytest.raises(RuleError, match="only on the day"),
    ):
        reopen_death_of_person(person=acting, why="Too late", by=by)


def test_days_that_cannot_be_and_a_second_time_are_refused(rita: Person, by: Actor) -> None:
    for died_on in (TODAY + dt.timedelta(days=1), dt.date(1970, 5, 3)):
        with pytest.raises(RuleError) as error:
            note_death_of_person(person=rita, died_on=died_on, by=by)
        assert error.value.field == "died_on"
    note_death_of_person(person=rita, died_on=DIED, by=by)
    with pytest.raises(RuleError, match="noted already"):
        note_death_of_person(person=rita, died_on=DIED, by=by)


def test_a_member_s_death_is_noted_at_their_entry(
    rita: Person,
    classes: dict[str, MemberClass],
    by: Actor,
    secretary: User,
    coordinator: User,
    as_user: Callable[[User], Actor],
    signed_in: Callable[[User], Client],
) -> None:
    with pytest.raises(PermissionDenied):
        note_death_of_person(person=rita, died_on=DIED, by=as_user(coordinator))
    member = register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=1, by=SYSTEM
    )
    with pytest.raises(RuleError, match="at their entry"):
        note_death_of_person(person=rita, died_on=DIED, by=by)
    sent = signed_in(secretary).get(f"/members/people/{rita.pk}/death/")
    assert sent.url == f"/members/register/{member.number}/death/"


def test_the_secretary_notes_it_on_the_person_s_page_and_takes_it_back(
    acting: Person, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    sita = signed_in(secretary)
    page, death = f"/members/people/{acting.pk}/", f"/members/people/{acting.pk}/death/"
    assert death in sita.get(page).content.decode()
    assert sita.post(death, {"died_on": "31/2/2026"}).status_code == 400
    assert sita.post(death, {"died_on": "27/2/2026"}).url == page
    assert "Has died" in sita.get(page).content.decode()
    assert "noted today" in sita.get(death).content.decode()
    assert "noted today" in sita.post(death, {"died_on": "27/2/2026"}).content.decode()
    assert sita.post(f"{death}back/", {"why": ""}).status_code == 400
    assert sita.post(f"{death}back/", {"why": "Wrong person"}).url == page
    assert "Has died" not in sita.get(page).content.decode()
