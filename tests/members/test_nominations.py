"""The book of nominations: signed writing, parts that come to a hundred, and who may be named."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from core.operations import grant_role
from core.permissions import Role
from members.models import Member, Nomination, Office, Organisation, Person
from members.operations import (
    add_organisation,
    nominate,
    register_member,
    revoke_nominations,
    strike_nominee,
)
from members.rules.nominations import Nominee
from tests.members.conftest import TODAY
from tests.members.leaving import JOINED, classes, enter

pytestmark = pytest.mark.django_db

SIGNED, CAME = dt.date(2026, 2, 20), dt.date(2026, 2, 24)


def named(
    name: str = "Ann Dyson",
    percent: int = 100,
    relation: str = "child",
    *,
    works_here: bool = False,
    namesake: bool = False,
) -> Nominee:
    return Nominee(name, "2 Mill Row, Damside", relation, percent, works_here, namesake)


def enter_nomination(
    member: Member,
    *nominees: Nominee,
    by: Actor = SYSTEM,
    signed_on: dt.date = SIGNED,
    received_on: dt.date = CAME,
) -> list[Nomination]:
    return nominate(
        member=member,
        nominees=nominees or (named(),),
        signed_on=signed_on,
        received_on=received_on,
        by=by,
    )


def test_a_signed_nomination_with_several_nominees_is_entered(by: Actor) -> None:
    member = enter()
    enter_nomination(member, named(percent=60), named("Bea Dyson", 40, "sibling"), by=by)
    standing = member.nominations.in_force(TODAY)
    assert {(one.nominee_name, one.percent) for one in standing} == {
        ("Ann Dyson", 60),
        ("Bea Dyson", 40),
    }
    assert not member.nominations.in_force(CAME - dt.timedelta(days=1)).exists()
    line = AuditLine.objects.get(action="members.nominate")
    assert line.user == by.user
    assert "Dyson" not in str(line.data)
    assert OutboxMessage.objects.filter(kind="members.nominated").exists()


def test_only_the_secretary_keeps_the_book(treasurer: User, board_member: User) -> None:
    member = enter(sign_in=True)
    for user in (treasurer, board_member):
        with pytest.raises(PermissionDenied):
            enter_nomination(member, by=Actor("user", user=user))


def test_parts_come_to_a_hundred(by: Actor) -> None:
    with pytest.raises(RuleError, match="come to 90 per cent"):
        enter_nomination(enter(), named(percent=60), named("Bea Dyson", 30))
    assert not Nomination.objects.exists()


def test_a_later_nomination_replaces_the_one_before() -> None:
    member = enter()
    enter_nomination(member)
    enter_nomination(member, named("Bea Dyson"), signed_on=TODAY, received_on=TODAY)
    assert [one.nominee_name for one in member.nominations.in_force(TODAY)] == ["Bea Dyson"]
    yesterday = TODAY - dt.timedelta(days=1)
    assert [one.nominee_name for one in member.nominations.in_force(yesterday)] == ["Ann Dyson"]
    old = Nomination.objects.get(nominee_name="Ann Dyson")
    assert (old.ended_on, old.ended_because) == (TODAY, "Replaced by a later nomination")


def test_an_older_paper_that_comes_later_replaces_nothing() -> None:
    member = enter()
    enter_nomination(member)
    with pytest.raises(RuleError, match="signed later is in the book"):
        enter_nomination(member, named("Bea Dyson"), signed_on=dt.date(2026, 2, 1))


def test_days_are_in_order_and_have_come() -> None:
    member = enter()
    with pytest.raises(RuleError, match="before it was signed"):
        enter_nomination(member, signed_on=TODAY)
    with pytest.raises(RuleError, match="still to come"):
        enter_nomination(member, received_on=TODAY + dt.timedelta(days=1))


def test_a_member_under_sixteen_and_an_organisation_cannot_nominate() -> None:
    child = enter("Sam Dyson", born=dt.date(2010, 3, 1))
    with pytest.raises(RuleError, match="16 or over"):
        enter_nomination(child)
    organisation = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    member = register_member(
        organisation=organisation, member_class=classes()["organisation"], joined=JOINED, by=SYSTEM
    )
    assert Organisation.objects.exists()
    with pytest.raises(RuleError, match="not an organisation"):
        enter_nomination(member)


# --- Officers and employees -----------------------------------------------------------------------


def as_worker() -> None:
    enter("Wendy Carr", code="worker")


def as_officer() -> None:
    person = Person.objects.create(first_name="Wendy", last_name="Carr")
    Office.objects.create(person=person, post="treasurer", since=JOINED)


def as_carer_with_a_role() -> None:
    from core.operations import create_user

    user = create_user(email="wendy@example.org", name="Wendy Carr", by=SYSTEM)
    Person.objects.create(first_name="Wendy", last_name="Carr", user=user)
    grant_role(user=user, role=Role.CARER, since=JOINED, by=SYSTEM)


@pytest.mark.parametrize("join", [as_worker, as_officer, as_carer_with_a_role])
def test_a_friend_with_the_name_of_somebody_who_works_here_is_asked_about(join: object) -> None:
    join()  # type: ignore[operator]
    member = enter()
    with pytest.raises(RuleError, match="officer or employee") as refusal:
        enter_nomination(member, named(percent=50), named("wendy  CARR", 50, "other"))
    assert refusal.value.field == "staff_2"


def test_who_works_here_is_no_nominee_as_a_friend_and_is_one_as_a_niece() -> None:
    as_worker()
    member = enter()
    with pytest.raises(RuleError, match="husband, wife") as refusal:
        enter_nomination(member, named("Wendy Carr", relation="other", works_here=True))
    assert refusal.value.field == "relation_1"
    [made] = enter_nomination(member, named("Wendy Carr", relation="nephew", works_here=True))
    assert made.is_officer_or_employee
    assert str(made.nominee) == "Wendy Carr"


def test_a_namesake_of_somebody_who_works_here_is_a_nominee_once_that_is_said() -> None:
    as_worker()
    friend = Nominee("Wendy Carr", "9 Weir Lane, Damside", "other", 100, namesake=True)
    [made] = enter_nomination(enter(), friend)
    assert (made.is_officer_or_employee, made.nominee) == (False, None)
    assert made.declared == "Only has the name of an officer or employee"


def test_nobody_is_a_namesake_where_nobody_here_is_called_so() -> None:
    [made] = enter_nomination(enter(), named(namesake=True))
    assert made.declared == "No officer or employee"


@pytest.mark.parametrize(
    "address",
    [
        "9 Weir Lane, Damside",
        "9 weir lane damside QX7 2AB",
        "9, Weir Lane, qx72ab",
        "c/o wendy@example.org",
    ],
)
@pytest.mark.parametrize("namesake", [True, False])
def test_who_has_the_name_and_the_address_of_an_employee_is_no_namesake(
    address: str, namesake: bool
) -> None:
    as_worker()
    Person.objects.filter(last_name="Carr").update(
        address_line_1="9 Weir Lane", town="Damside", postcode="QX7 2AB", email="wendy@example.org"
    )
    member = enter()
    friend = Nominee("Wendy Carr", address, "other", 100, namesake=namesake)
    with pytest.raises(RuleError, match="of this address is an officer or employee") as refusal:
        enter_nomination(member, friend)
    assert refusal.value.field == "staff_1"
    elsewhere = Nominee("Wendy Carr", "9 Weir Lane, Leeds", "other", 100, namesake=True)
    assert enter_nomination(member, elsewhere)


def test_who_worked_here_before_the_signature_or_after_it_is_no_employee() -> None:
    """It is the day of the nomination that counts: section 37(3)."""
    person = Person.objects.create(first_name="Wendy", last_name="Carr")
    Office.objects.create(
        person=person, post="director", since=JOINED, until=SIGNED - dt.timedelta(days=1)
    )
    Office.objects.create(person=person, post="chair", since=SIGNED + dt.timedelta(days=1))
    [made] = enter_nomination(enter(), named("Wendy Carr", relation="other"))
    assert made.nominee is None


# --- Ending ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "words"), [("revoked", "signed writing"), ("married", "married")]
)
def test_nominations_end_by_signed_writing_or_by_marriage(ending: str, words: str) -> None:
    member = enter()
    enter_nomination(member, named(percent=50), named("Bea Dyson", 50))
    assert revoke_nominations(member=member, ending=ending, on=TODAY, by=SYSTEM) == 2
    assert not member.nominations.in_force(TODAY).exists()
    assert words in Nomination.objects.filter(member=member)[0].ended_because
    with pytest.raises(RuleError, match="No nomination was in force"):
        revoke_nominations(member=member, ending=ending, on=TODAY, by=SYSTEM)


def test_a_nominee_who_has_died_is_struck_out_and_the_others_keep_their_parts() -> None:
    member = enter()
    ann, _bea = enter_nomination(member, named(percent=60), named("Bea Dyson", 40))
    strike_nominee(nomination=ann, died_on=TODAY, by=SYSTEM)
    assert [one.percent for one in member.nominations.in_force(TODAY)] == [40]
    with pytest.raises(RuleError, match="ended already"):
        strike_nominee(nomination=ann, died_on=TODAY, by=SYSTEM)
