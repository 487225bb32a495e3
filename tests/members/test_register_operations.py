"""The register of members: numbers, entries and ends; people and skills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from core.permissions import Role
from members.models import Member, MemberClass, Organisation, Person
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    add_skill,
    appoint_representative,
    cease_member,
    change_contact,
    correct_organisation,
    give_sign_in,
    qualify,
    register_member,
    set_up_member_classes,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 3)


@pytest.fixture
def enter(classes: dict[str, MemberClass]) -> Callable[..., Member]:
    """`enter(rita)` → her entry in the register, from today."""

    def make(person: Person, **changes: Any) -> Member:
        entry = {"member_class": classes["community"], "joined": TODAY, "by": SYSTEM} | changes
        return register_member(person=person, **entry)

    return make


@pytest.fixture
def joan(db: None) -> Person:
    return add_person(first_name="Joan", last_name="Dyson", by=SYSTEM)


def test_the_starting_classes_are_made_once_and_changes_to_them_stay(
    classes: dict[str, MemberClass],
) -> None:
    assert list(classes) == [
        "supported",
        "family",
        "worker",
        "community",
        "organisation",
        "investor",
    ]
    family = classes["family"]
    family.minimum_age = 18
    family.save()
    again = {one.code: one for one in set_up_member_classes(by=SYSTEM)}
    assert again["family"].minimum_age == 18
    assert MemberClass.objects.count() == 6


def test_numbers_follow_the_highest_ever_given(
    enter: Callable[..., Member], rita: Person, joan: Person
) -> None:
    assert enter(rita, number=41).number == 41
    assert enter(joan).number == 42


def test_the_number_of_somebody_who_left_is_never_given_again(
    enter: Callable[..., Member], rita: Person, joan: Person
) -> None:
    first = enter(rita)
    cease_member(member=first, ceased=TODAY, because="Moved away", by=SYSTEM)
    assert enter(joan).number == 2
    with pytest.raises(RuleError, match="used before"):
        enter(rita, number=1)
    assert enter(rita).number == 3


def test_the_database_keeps_entries_and_their_numbers(
    enter: Callable[..., Member], rita: Person
) -> None:
    member = enter(rita)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Member.objects.filter(pk=member.pk)._raw_delete("default")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Member.objects.filter(pk=member.pk).update(number=99)
    assert Member.objects.get().number == 1


def test_one_membership_at_a_time(enter: Callable[..., Member], rita: Person) -> None:
    enter(rita)
    with pytest.raises(RuleError, match="as member 1"):
        enter(rita)
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"joined": dt.date(2026, 3, 4)}, "joined"),
        ({"shares": 0}, "shares"),
        ({"shares": 100_001}, "shares"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(
    enter: Callable[..., Member], rita: Person, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refusal:
        enter(rita, **wrong)
    assert refusal.value.field == field
    assert not Member.objects.exists()


def test_people_and_organisations_have_their_own_classes(
    enter: Callable[..., Member], rita: Person, classes: dict[str, MemberClass]
) -> None:
    with pytest.raises(RuleError, match="class for organisations"):
        enter(rita, member_class=classes["organisation"])


def test_the_register_at_a_date(enter: Callable[..., Member], rita: Person, joan: Person) -> None:
    left = enter(rita, joined=dt.date(2024, 1, 10))
    stays = enter(joan, joined=dt.date(2025, 6, 1))
    cease_member(member=left, ceased=dt.date(2026, 2, 1), because="Moved away", by=SYSTEM)

    def on(*day: int) -> set[Member]:
        return set(Member.objects.active_on(dt.date(*day)))

    assert on(2024, 1, 9) == set()
    assert on(2024, 1, 10) == {left}
    assert on(2026, 1, 31) == {left, stays}
    assert on(2026, 2, 1) == {stays}


def test_the_end_of_a_membership_ends_the_right_to_vote(
    enter: Callable[..., Member], rita: Person, by: Actor
) -> None:
    user = give_sign_in(person=rita, by=by)
    member = enter(rita, joined=dt.date(2025, 1, 1))
    assert User.objects.get(pk=user.pk).has_perm("governance.vote")
    cease_member(member=member, ceased=TODAY, because="Resigned", by=by)
    assert user.roles_on(TODAY) == set()
    assert not User.objects.get(pk=user.pk).has_perm("governance.vote")


def test_somebody_who_came_back_can_leave_again(
    enter: Callable[..., Member], rita: Person, by: Actor
) -> None:
    user = give_sign_in(person=rita, by=by)
    for _ in range(2):
        member = enter(rita)
        assert User.objects.get(pk=user.pk).has_perm("governance.vote")
        cease_member(member=member, ceased=TODAY, because="Moved away", by=by)
        assert not User.objects.get(pk=user.pk).has_perm("governance.vote")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"because": " "}, "why"),
        ({"ceased": dt.date(2025, 12, 31)}, "before the member joined"),
        ({"ceased": dt.date(2026, 3, 4)}, "still to come"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    enter: Callable[..., Member], rita: Person, wrong: dict[str, Any], sentence: str
) -> None:
    member = enter(rita, joined=dt.date(2026, 1, 1))
    with pytest.raises(RuleError, match=sentence):
        cease_member(
            **({"member": member, "ceased": TODAY, "because": "Left", "by": SYSTEM} | wrong)
        )
    assert Member.objects.get().ceased is None


def test_a_membership_ends_once(enter: Callable[..., Member], rita: Person) -> None:
    member = enter(rita)
    cease_member(member=member, ceased=TODAY, because="Died", by=SYSTEM)
    with pytest.raises(RuleError, match="already ended"):
        cease_member(member=member, ceased=TODAY, because="Died", by=SYSTEM)


def test_treasurer_and_board_cannot_change_the_register(
    enter: Callable[..., Member], rita: Person, treasurer: User, board_member: User
) -> None:
    for user in (treasurer, board_member):
        with pytest.raises(PermissionDenied):
            enter(rita, by=Actor("user", user=user))


# --- People ---------------------------------------------------------------------------------------


def test_a_person_has_both_names_and_was_not_born_tomorrow() -> None:
    with pytest.raises(RuleError, match="first and a last name"):
        add_person(first_name="Rita", last_name=" ", by=SYSTEM)
    with pytest.raises(RuleError, match="future"):
        add_person(
            first_name="Rita", last_name="Shaw", born=TODAY + dt.timedelta(days=1), by=SYSTEM
        )
    assert not Person.objects.exists()


def test_a_coordinator_may_add_people_and_their_skills(coordinator: User) -> None:
    cora = Actor("user", user=coordinator)
    carer = add_person(first_name="Marcia", last_name="Campbell", by=cora)
    hoist = add_skill(code="hoist", name="Hoist", by=cora)
    assert add_skill(code="hoist", name="Hoist", by=cora) == hoist
    qualify(person=carer, skill=hoist, since=TODAY, until=dt.date(2027, 3, 2), by=cora)
    assert carer.qualifications.active_on(dt.date(2027, 3, 2)).count() == 1
    assert carer.qualifications.active_on(dt.date(2027, 3, 3)).count() == 0
    with pytest.raises(RuleError, match="same day"):
        qualify(person=carer, skill=hoist, since=TODAY, by=cora)
    with pytest.raises(RuleError, match="before the first"):
        qualify(person=carer, skill=hoist, since=TODAY, until=dt.date(2026, 3, 1), by=cora)


def test_an_organisation_is_noted_once_and_has_a_kind() -> None:
    add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    with pytest.raises(RuleError, match="already"):
        add_organisation(name="beck wheels", kind="charity", by=SYSTEM)
    with pytest.raises(RuleError, match="what kind"):
        add_organisation(name="Other", kind="club", by=SYSTEM)
    assert Organisation.objects.count() == 1


def test_what_an_organisation_is_can_be_put_right() -> None:
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    add_organisation(name="Other", kind="charity", by=SYSTEM)
    told = {"organisation": wheels, "kind": "co-op", "is_society": True, "by": SYSTEM}
    with pytest.raises(RuleError, match="of this name already"):
        correct_organisation(name="OTHER", **told)
    with pytest.raises(RuleError, match="needs a name"):
        correct_organisation(name=" ", **told)
    wheels = correct_organisation(name="BECK Wheels ", **told)
    assert (wheels.name, wheels.kind, wheels.is_society) == ("BECK Wheels", "co-op", True)
    line = AuditLine.objects.get(action="members.correct_organisation")
    assert line.data["fields"] == ["name", "kind", "is_society"]


def test_a_society_over_the_limit_stays_one(classes: dict[str, MemberClass]) -> None:
    MemberClass.objects.update(maximum_shares=500_000)
    wheels = add_organisation(name="Beck Wheels", kind="co-op", is_society=True, by=SYSTEM)
    classes["organisation"].refresh_from_db()
    register_member(
        organisation=wheels,
        member_class=classes["organisation"],
        joined=TODAY,
        shares=100_001,
        by=SYSTEM,
    )
    told = {"organisation": wheels, "name": "Beck Wheels", "kind": "co-op", "by": SYSTEM}
    with pytest.raises(RuleError, match="It holds £100,001") as error:
        correct_organisation(is_society=False, **told)
    assert error.value.field == "is_society"


def test_one_person_acts_for_an_organisation_at_a_time(rita: Person, joan: Person) -> None:
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    appoint_representative(organisation=wheels, person=rita, since=dt.date(2025, 1, 1), by=SYSTEM)
    with pytest.raises(RuleError, match="after the one there is now"):
        appoint_representative(
            organisation=wheels, person=joan, since=dt.date(2025, 1, 1), by=SYSTEM
        )
    appoint_representative(organisation=wheels, person=joan, since=TODAY, by=SYSTEM)
    acting = [one.person for one in wheels.representatives.active_on(TODAY)]
    assert acting == [joan]
    assert [one.person for one in wheels.representatives.active_on(dt.date(2026, 3, 2))] == [rita]


def test_nobody_is_appointed_to_act_from_a_day_to_come(rita: Person) -> None:
    """Roles follow at once, so a day to come would give them too early."""
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    with pytest.raises(RuleError, match="still to come"):
        appoint_representative(
            organisation=wheels, person=rita, since=TODAY + dt.timedelta(days=1), by=SYSTEM
        )
    assert not wheels.representatives.exists()


def test_whoever_no_longer_acts_for_a_member_loses_the_members_pages(
    rita: Person, joan: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    user = give_sign_in(person=rita, by=by)
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    appoint_representative(organisation=wheels, person=rita, since=dt.date(2025, 1, 1), by=by)
    register_member(organisation=wheels, member_class=classes["organisation"], joined=TODAY, by=by)
    assert User.objects.get(pk=user.pk).has_perm("governance.vote")
    appoint_representative(organisation=wheels, person=joan, since=TODAY, by=by)
    assert not User.objects.get(pk=user.pk).has_perm("governance.vote")


def test_people_change_their_own_contact_details_and_nobody_else_does(
    rita: Person, joan: Person, by: Actor
) -> None:
    user = give_sign_in(person=rita, by=by)
    own = Actor("user", user=user)
    change_contact(of=rita, contact=Contact(phone="01632 960 005"), by=own)
    rita.refresh_from_db()
    assert rita.phone == "01632 960 005"
    for stranger in (own, VISITOR):
        with pytest.raises(PermissionDenied):
            change_contact(of=joan, contact=Contact(phone="01632 960 006"), by=stranger)
    line = AuditLine.objects.get(action="members.change_contact")
    assert "phone" in line.data["fields"]
    assert "960" not in str(line.data)


def test_a_representative_may_change_the_organisation_s_contact_details(
    rita: Person, by: Actor
) -> None:
    user = give_sign_in(person=rita, by=by)
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    own = Actor("user", user=user)
    with pytest.raises(PermissionDenied):
        change_contact(of=wheels, contact=Contact(town="Damside"), by=own)
    appoint_representative(organisation=wheels, person=rita, since=TODAY, by=SYSTEM)
    change_contact(of=wheels, contact=Contact(town="Damside"), by=own)
    assert Organisation.objects.get().town == "Damside"


def test_two_people_never_share_a_sign_in(rita: Person, by: Actor) -> None:
    give_sign_in(person=rita, by=by)
    husband = add_person(
        first_name="Roy",
        last_name="Shaw",
        contact=Contact(email="rita@example.org"),
        by=SYSTEM,
    )
    with pytest.raises(RuleError, match="Somebody else"):
        give_sign_in(person=husband, by=by)
    husband.refresh_from_db()
    assert husband.user is None


def test_a_sign_in_needs_an_address_and_is_given_once(rita: Person, joan: Person) -> None:
    with pytest.raises(RuleError, match="no e-mail address"):
        give_sign_in(person=joan, by=SYSTEM)
    assert give_sign_in(person=rita, by=SYSTEM) == give_sign_in(person=rita, by=SYSTEM)


def test_a_sign_in_after_joining_brings_the_member_role(
    enter: Callable[..., Member], rita: Person
) -> None:
    enter(rita)
    assert give_sign_in(person=rita, by=SYSTEM).roles_on(TODAY) == {Role.MEMBER}
