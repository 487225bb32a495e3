"""What the secretary and the board decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from core.permissions import Role
from members.checklist import standing, standings
from members.models import Application, Member, MemberClass, Organisation, Person
from members.operations import (
    add_organisation,
    admit,
    admit_batch,
    cease_member,
    correct_application,
    correct_organisation,
    give_sign_in,
    key_paper_application,
    refuse,
    register_member,
    settle_duplicate,
    withdraw,
)
from tests.members.conftest import pay

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 3)
MINUTE: dict[str, Any] = {"board_meeting": dt.date(2026, 3, 2), "minute": "2026/14.2"}


def test_admission_makes_a_member_with_a_number_a_role_and_a_welcome(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    member = admit(application=application, by=by, **MINUTE)
    assert (member.number, member.name, member.joined) == (1, "Joan Dyson", TODAY)
    assert (member.shares_on(TODAY), member.meeting_minute) == (10, "2026/14.2")
    assert member.person is not None
    assert member.person.postcode == "QX7 2AB"
    assert member.person.user is not None
    assert member.person.user.roles_on(TODAY) == {Role.MEMBER}
    application.refresh_from_db()
    assert (application.state, application.member) == ("admitted", member)
    assert application.decided_by == by.user
    message = OutboxMessage.objects.get(kind="members.welcome")
    assert "Register number: 1" in message.text


def test_a_member_without_e_mail_is_admitted_without_a_sign_in(
    waiting: Callable[..., Application], by: Actor
) -> None:
    member = admit(application=waiting(email=""), by=by, **MINUTE)
    assert member.person is not None
    assert member.person.user is None
    assert not OutboxMessage.objects.exists()


def test_only_the_secretary_admits(
    waiting: Callable[..., Application], board_member: User, treasurer: User
) -> None:
    application = waiting()
    for user in (board_member, treasurer):
        with pytest.raises(PermissionDenied):
            admit(application=application, by=Actor("user", user=user), **MINUTE)
    with pytest.raises(PermissionDenied):
        admit(application=application, by=VISITOR, **MINUTE)
    assert not Member.objects.exists()


def test_admitting_twice_is_refused_with_a_sentence(
    waiting: Callable[..., Application], by: Actor
) -> None:
    stale = waiting()
    admit(application=Application.objects.get(), by=by, **MINUTE)
    with pytest.raises(RuleError, match="admitted already"):
        admit(application=Application.objects.get(), by=by, **MINUTE)
    with pytest.raises(RuleError):  # from a page left open since before
        admit(application=stale, by=by, **MINUTE)
    assert (Member.objects.count(), Person.objects.count()) == (1, 1)
    assert AuditLine.objects.filter(action="members.admit").count() == 1


def test_refusing_after_admission_is_refused(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    admit(application=application, by=by, **MINUTE)
    with pytest.raises(RuleError, match="admitted already"):
        refuse(application=application, reason="Changed our minds.", by=by, **MINUTE)
    assert Application.objects.get().state == "admitted"


def test_a_refusal_needs_a_reason_and_tells_it_to_the_applicant(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    with pytest.raises(RuleError, match="reason"):
        refuse(application=application, reason="  ", by=by, **MINUTE)
    refuse(application=application, reason="Lives elsewhere.", by=by, **MINUTE)
    assert "Lives elsewhere." in OutboxMessage.objects.get(kind="members.refused").text
    with pytest.raises(RuleError, match="refused already"):
        admit(application=Application.objects.get(), by=by, **MINUTE)
    assert not Member.objects.exists()


def test_what_the_applicant_took_back_cannot_be_admitted(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    withdraw(application=application, by=VISITOR)
    with pytest.raises(RuleError, match="taken this application back"):
        admit(application=application, by=by, **MINUTE)


def test_a_minute_is_needed_and_the_meeting_must_have_been(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    for wrong, field in (
        ({"minute": " "}, "minute"),
        ({"board_meeting": dt.date(2026, 3, 4)}, "board_meeting"),
    ):
        with pytest.raises(RuleError) as refusal:
            admit(application=application, by=by, **(MINUTE | wrong))
        assert refusal.value.field == field


def test_an_application_with_gaps_is_not_admitted_and_the_sentence_names_them(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting(postcode="", born=None)
    with pytest.raises(RuleError, match=r"date of birth is missing.*postcode"):
        admit(application=application, by=by, **MINUTE)
    assert not Person.objects.exists()


def test_the_secretary_can_fill_the_gaps_and_then_admit(
    waiting: Callable[..., Application], answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(postcode="")
    correct_application(application=application, answers=answers, by=by)
    assert admit(application=Application.objects.get(), by=by, **MINUTE).number == 1
    with pytest.raises(RuleError, match="admitted already"):
        correct_application(application=application, answers=answers, by=by)


def test_what_was_put_right_meanwhile_is_what_is_admitted(
    waiting: Callable[..., Application], answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(paid=False)
    correct_application(
        application=Application.objects.get(), answers=answers | {"shares": 25}, by=by
    )
    pay(application.purchase)
    assert admit(application=application, by=by, **MINUTE).shares_on(TODAY) == 25


def test_a_paper_form_cannot_come_from_the_future(answers: dict[str, Any], by: Actor) -> None:
    with pytest.raises(RuleError, match="future"):
        key_paper_application(answers=answers, received=dt.date(2026, 3, 4), by=by)


# --- One row per human ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "same",
    [
        {"email": "RITA@example.org"},
        {"first_name": "rita", "last_name": "SHAW", "born": dt.date(1970, 5, 4)},
    ],
)
def test_the_same_e_mail_or_name_and_birthday_stops_admission(
    waiting: Callable[..., Application], rita: Person, by: Actor, same: dict[str, Any]
) -> None:
    application = waiting(**same)
    now = standing(application, TODAY)
    assert [match.person_id for match in now.applicant.matches] == [rita.pk]
    with pytest.raises(RuleError, match="somebody we know"):
        admit(application=application, by=by, **MINUTE)


def test_a_namesake_with_another_birthday_is_nobody_we_know(
    waiting: Callable[..., Application], rita: Person
) -> None:
    application = waiting(first_name="Rita", last_name="Shaw")
    assert standing(application, TODAY).stops == []


def test_the_known_person_is_used_again_and_only_gaps_are_filled(
    waiting: Callable[..., Application], rita: Person, by: Actor
) -> None:
    application = waiting(email="rita@example.org", phone="01632 960 777")
    settle_duplicate(application=application, person=rita, by=by)
    member = admit(application=Application.objects.get(), by=by, **MINUTE)
    assert member.person == rita
    rita.refresh_from_db()
    assert (rita.phone, rita.postcode) == ("01632 960 777", "QX7 2AB")
    assert (rita.first_name, rita.address_line_1) == ("Rita", "1 Loom Lane")


def test_somebody_we_know_is_welcomed_at_the_address_we_knew(
    waiting: Callable[..., Application], rita: Person, by: Actor
) -> None:
    """So that nobody takes over another's sign-in by applying in their name."""
    application = waiting(
        first_name="Rita", last_name="Shaw", born=rita.born, email="other@example.org"
    )
    settle_duplicate(application=application, person=rita, by=by)
    admit(application=Application.objects.get(), by=by, **MINUTE)
    rita.refresh_from_db()
    assert rita.user is not None
    assert rita.user.email == "rita@example.org"
    assert OutboxMessage.objects.get(kind="members.welcome").to == "rita@example.org"


def test_somebody_new_gets_a_row_of_their_own(
    waiting: Callable[..., Application], rita: Person, by: Actor
) -> None:
    give_sign_in(person=rita, by=by)
    application = waiting(email="rita@example.org")  # a couple that shares an address
    settle_duplicate(application=application, person=None, by=by)
    member = admit(application=Application.objects.get(), by=by, **MINUTE)
    assert member.person not in (None, rita)
    assert member.person is not None
    assert member.person.user is None  # the address signs in for Rita
    assert "tell us another address" in OutboxMessage.objects.get(kind="members.welcome").text


def test_a_member_who_applies_again_is_stopped(
    waiting: Callable[..., Application],
    rita: Person,
    classes: dict[str, MemberClass],
    by: Actor,
) -> None:
    register_member(person=rita, member_class=classes["family"], joined=TODAY, by=by)
    application = waiting(email="rita@example.org")
    settle_duplicate(application=application, person=rita, by=by)
    with pytest.raises(RuleError, match="member 1"):
        admit(application=Application.objects.get(), by=by, **MINUTE)


def test_correcting_an_application_asks_again_who_it_is(
    waiting: Callable[..., Application], rita: Person, answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(email="rita@example.org")
    settle_duplicate(application=application, person=rita, by=by)
    correct_application(application=application, answers=answers, by=by)
    application.refresh_from_db()
    assert (application.known_person, application.somebody_new) == (None, False)


# --- Organisations --------------------------------------------------------------------------------


@pytest.fixture
def charity(classes: dict[str, MemberClass]) -> dict[str, Any]:
    return {
        "member_class": classes["organisation"],
        "organisation_name": "Beck Wheels",
        "organisation_kind": "charity",
        "born": None,
    }


def test_an_organisation_joins_with_somebody_who_acts_for_it(
    waiting: Callable[..., Application], charity: dict[str, Any], by: Actor
) -> None:
    member = admit(application=waiting(**charity), by=by, **MINUTE)
    assert (member.name, member.person) == ("Beck Wheels", None)
    assert member.organisation is not None
    joan = member.organisation.representatives.get().person
    assert str(joan) == "Joan Dyson"
    assert joan.user is not None
    assert joan.user.has_perm("governance.vote")


def test_the_organisation_s_address_is_not_taken_for_that_of_whoever_acts_for_it(
    waiting: Callable[..., Application], rita: Person, charity: dict[str, Any], by: Actor
) -> None:
    Person.objects.update(address_line_1="", town="", born=None)
    application = waiting(**charity, email="rita@example.org")
    settle_duplicate(application=application, person=rita, by=by)
    admit(application=Application.objects.get(), by=by, **MINUTE)
    rita.refresh_from_db()
    assert (rita.phone, rita.postal_address) == ("01632 960 001", "")
    assert Organisation.objects.get().postal_address == "2 Mill Row, Damside, QX7 2AB"


def test_only_of_an_organisation_that_is_a_society_the_limit_on_withdrawable_shares_does_not_hold(
    waiting: Callable[..., Application], charity: dict[str, Any], classes: dict[str, MemberClass]
) -> None:
    """2014 Act, section 24: the limit is for whoever is not itself a registered society."""
    MemberClass.objects.filter(code="organisation").update(maximum_shares=500_000)
    classes["organisation"].refresh_from_db()
    application = waiting(**(charity | {"shares": 100_001}))
    [stop] = standing(application, TODAY).stops
    assert "Nobody may hold more than £100,000" in stop.found
    assert "say under Organisations" in stop.found
    wheels = add_organisation(name="BECK WHEELS", kind="co-op", is_society=True, by=SYSTEM)
    assert standing(application, TODAY).stops == []
    correct_organisation(
        organisation=wheels, name="Beck Wheels", kind="co-op", is_society=False, by=SYSTEM
    )
    assert [one.code for one in standing(application, TODAY).stops] == ["shares"]


def test_what_an_earlier_membership_of_an_organisation_holds_counts_towards_its_limit(
    waiting: Callable[..., Application], charity: dict[str, Any], classes: dict[str, MemberClass]
) -> None:
    MemberClass.objects.filter(code="organisation").update(maximum_shares=500_000)
    classes["organisation"].refresh_from_db()
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    before = dt.date(2025, 1, 6)
    was = register_member(
        organisation=wheels,
        member_class=classes["organisation"],
        joined=before,
        shares=60_000,
        by=SYSTEM,
    )
    cease_member(member=was, ceased=before, because="Resigned", by=SYSTEM)
    application = waiting(**(charity | {"shares": 50_000}))
    [stop] = standing(application, TODAY).stops
    assert "Up to 40,000 more" in stop.found


def test_an_organisation_that_is_a_member_cannot_join_again(
    waiting: Callable[..., Application], charity: dict[str, Any], by: Actor
) -> None:
    admit(application=waiting(**charity), by=by, **MINUTE)
    again = waiting(**(charity | {"organisation_name": "BECK WHEELS", "email": ""}))
    with pytest.raises(RuleError, match="member 1"):
        admit(application=again, by=by, **MINUTE)
    assert Organisation.objects.count() == 1


# --- Several at once ------------------------------------------------------------------------------


def several(waiting: Callable[..., Application]) -> list[Application]:
    return [
        waiting(first_name=name, email=f"{name.lower()}@example.org")
        for name in ("Ann", "Bob", "Cy")
    ]


def test_several_are_admitted_by_one_minute(waiting: Callable[..., Application], by: Actor) -> None:
    members = admit_batch(applications=several(waiting), by=by, **MINUTE)
    assert [member.number for member in members] == [1, 2, 3]
    assert {member.meeting_minute for member in members} == {"2026/14.2"}


def test_one_that_is_stopped_stops_the_batch_and_is_named(
    waiting: Callable[..., Application], by: Actor
) -> None:
    batch = [*several(waiting), waiting(email="", postcode="")]
    with pytest.raises(RuleError, match=f"Nobody was admitted.*{batch[-1].reference}"):
        admit_batch(applications=batch, by=by, **MINUTE)
    assert not Member.objects.exists()
    assert not OutboxMessage.objects.filter(kind="members.welcome").exists()
    assert {a.state for a in Application.objects.all()} == {"submitted"}


def test_the_same_human_twice_in_a_batch_is_noticed(
    waiting: Callable[..., Application], by: Actor
) -> None:
    with pytest.raises(RuleError, match="Nobody was admitted"):
        admit_batch(applications=[waiting(), waiting()], by=by, **MINUTE)
    assert not Member.objects.exists()


def test_an_empty_batch_is_refused(by: Actor) -> None:
    with pytest.raises(RuleError, match="Tick"):
        admit_batch(applications=[], by=by, **MINUTE)


def test_checklists_take_the_same_queries_for_one_and_for_many(
    waiting: Callable[..., Application],
    rita: Person,
    charity: dict[str, Any],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    known = waiting(email="other@example.org")
    settle_duplicate(application=known, person=rita, by=SYSTEM)
    waiting(**charity)
    for count in (2, 7):
        while Application.objects.count() < count:
            waiting(email=f"m{Application.objects.count()}@example.org")
        rows = list(Application.objects.select_related("member_class").order_by("pk"))
        with django_assert_num_queries(13):
            assert len(standings(rows, TODAY)) == count
