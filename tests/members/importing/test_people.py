"""Who a row is about: in the file, and among those whom the co-op knows."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.members.importing.files import row
from tests.members.importing.register import Register, faults

ANN = {"first_name": "Ann", "email": "ann@example.org"}
BORN = dt.date(1961, 3, 27)


def test_one_number_twice_is_a_fault_that_names_the_first_row() -> None:
    plan = Register().plan(row(), row(**ANN))
    assert faults(plan) == [(3, "number")]
    assert "Row 2" in plan.faults[0].message


def test_the_same_name_and_email_twice_is_a_fault() -> None:
    plan = Register().plan(row(), row(number="102", first_name=" ROSA ", email="Rosa@Example.org"))
    assert faults(plan) == [(3, "email")]
    assert "name and e-mail address as row 2" in plan.faults[0].message


def test_the_same_name_and_birthday_twice_is_a_fault() -> None:
    plan = Register().plan(
        row(born="27/03/1961"), row(number="102", email="other@example.org", born="1961-03-27")
    )
    assert faults(plan) == [(3, "born")]


def test_father_and_son_of_one_name_and_address_are_two() -> None:
    plan = Register().plan(row(born="27/03/1961"), row(number="102", born="01/02/1990"))
    assert plan.is_good
    assert len({id(entry.holder) for entry in plan.entries}) == 2


def test_two_names_may_share_an_email_address_which_is_noted() -> None:
    plan = Register().plan(row(), row(number="102", first_name="Tom"))
    assert plan.is_good
    assert [(note.row, note.field) for note in plan.notes] == [(3, "email")]
    assert "Row 2 has the same e-mail address under another name" in plan.notes[0].message


def test_two_of_one_name_without_email_are_two_people() -> None:
    plan = Register().plan(
        row(email=""), row(number="102", email="", postcode="QX1 1AB", address_line_1="9 Weir Side")
    )
    assert plan.is_good
    assert plan.notes == []


@pytest.mark.parametrize(
    ("shared", "field"),
    [({"postcode": "QX7 2AB"}, "last_name"), ({"phone": "01632 960 001"}, "phone")],
)
def test_who_may_be_one_human_is_noted(shared: dict[str, str], field: str) -> None:
    apart = {"email": "", "postcode": ""}
    plan = Register().plan(row(**(apart | shared)), row(**(apart | shared), number="102"))
    assert plan.is_good
    assert (3, field) in [(note.row, note.field) for note in plan.notes]


def test_somebody_who_came_back_has_two_numbers_and_is_one_person() -> None:
    plan = Register().plan(
        row(ceased="2021-01-01", shares="0"), row(number="102", joined="2021-01-01")
    )
    assert plan.is_good
    assert plan.entries[0].holder is plan.entries[1].holder
    assert "who came back" in plan.notes[0].message


def test_memberships_that_overlap_are_a_fault_whatever_stands_between() -> None:
    plan = Register().plan(
        row(joined="2015-01-01", ceased="2022-01-01"),
        row(number="102", joined="2016-01-01", ceased="2017-01-01"),
        row(number="103", joined="2018-01-01"),
    )
    assert faults(plan) == [(3, "email"), (4, "email")]


def test_somebody_known_is_the_same_person_by_name_and_email() -> None:
    register = Register()
    rosa = register.person(email="ROSA@example.org")
    plan = register.plan(row())
    assert plan.entries[0].holder.known is register.holders[rosa]
    assert "somebody who is known to us" in plan.notes[0].message
    assert plan.changes[0].fields.keys() == {"email", "address_line_1", "town", "postcode"}


def test_somebody_known_is_the_same_person_by_name_and_birthday() -> None:
    register = Register()
    rosa = register.person(born=BORN)
    plan = register.plan(row(born="1961-03-27"))
    assert plan.entries[0].holder.known is register.holders[rosa]


@pytest.mark.parametrize(
    "known",
    [{"email": "rosa@example.org", "first_name": "Rose"}, {"last_name": "Whiteley", "email": ""}],
)
def test_somebody_known_who_only_looks_alike_is_somebody_else_and_noted(
    known: dict[str, str],
) -> None:
    register = Register()
    register.person(**known)
    plan = register.plan(row())
    assert plan.is_good
    assert plan.entries[0].holder.known is None
    assert plan.notes[0].message.startswith("Somebody we know has the same")


def test_another_birthday_makes_somebody_of_the_same_name_and_email_another() -> None:
    register = Register()
    register.person(email="rosa@example.org", born=BORN)
    plan = register.plan(row(born="1990-02-01"))
    assert plan.is_good
    assert plan.entries[0].holder.known is None


def test_a_member_under_another_number_is_a_fault() -> None:
    register = Register()
    register.member(7, register.person(email="rosa@example.org"))
    plan = register.plan(row())
    assert faults(plan) == [(2, "number")]
    assert "member 7" in plan.faults[0].message


def test_a_former_member_may_come_back_under_a_new_number() -> None:
    register = Register()
    rosa = register.person(email="rosa@example.org")
    register.member(7, rosa, joined=dt.date(2010, 1, 1), ceased=dt.date(2015, 1, 1), shares=0)
    plan = register.plan(row())
    assert plan.is_good
    assert plan.notes[0].member == 7


def test_somebody_who_has_died_cannot_be_a_member_now() -> None:
    register = Register()
    register.person(email="rosa@example.org", has_died=True)
    assert faults(register.plan(row())) == [(2, "ceased")]
    assert register.plan(row(ceased="2020-01-01")).is_good


def test_somebody_who_joined_too_young_is_noted_and_taken_in() -> None:
    plan = Register().plan(row(born="2004-01-01"))
    assert plan.is_good
    assert "younger than 16" in plan.notes[0].message


# --- Organisations --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        {"first_name": "", "last_name": "Weir Trust"},
        {"first_name": "Weir", "last_name": "Trust"},
        {"first_name": "", "last_name": "", "organisation_name": "Weir Trust"},
    ],
)
def test_an_organisation_has_its_name_in_either_place(names: dict[str, str]) -> None:
    plan = Register().plan(row(klass="organisation", **names))
    assert plan.is_good
    assert not plan.entries[0].holder.is_person
    assert plan.entries[0].holder.last_name == "Weir Trust"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Damside Town Council", "council"),
        ("Skelbeck NHS Practice", "nhs"),
        ("Green Co-operative", "co-op"),
        ("Green Coop Bakery", "co-op"),
        ("Dyson Ltd", "business"),
        ("Wool Trust", "charity"),
    ],
)
def test_the_kind_of_an_organisation_is_told_by_its_name_unless_the_file_tells(
    name: str, kind: str
) -> None:
    body = {"klass": "organisation", "first_name": "", "last_name": name}
    assert Register().plan(row(**body)).entries[0].holder.details["kind"] == kind
    told = Register().plan(row(**body, organisation_kind="business"))
    assert told.entries[0].holder.details["kind"] == "business"


def test_the_person_named_beside_an_organisation_and_its_phone_are_noted_as_left_out() -> None:
    plan = Register().plan(
        row(klass="organisation", organisation_name="Weir Trust", phone="01632 960 001")
    )
    assert plan.is_good
    assert [note.field for note in plan.notes] == ["last_name", "phone"]
    assert "phone" not in plan.entries[0].holder.details


def test_one_organisation_twice_is_a_fault_and_two_of_one_name_are_noted() -> None:
    weir = {"klass": "organisation", "first_name": "", "last_name": "Weir Trust"}
    twice = Register().plan(row(**weir), row(**weir, number="102"))
    assert faults(twice) == [(3, "last_name")]
    two = Register().plan(row(**weir), row(**weir, number="102", email="other@example.org"))
    assert two.is_good
    assert [note.row for note in two.notes] == [3]
    elsewhere = {"email": "", "address_line_1": "9 Weir Side", "postcode": "QX1 1AB"}
    assert Register().plan(row(**weir), row(**weir, number="102", **elsewhere)).is_good


def test_a_known_organisation_is_the_member() -> None:
    register = Register()
    trust = register.organisation("weir  trust")
    plan = register.plan(row(klass="organisation", first_name="", last_name="Weir Trust"))
    assert plan.entries[0].holder.known is register.holders[trust]


# --- The limit on withdrawable shares -------------------------------------------------------------


def test_nobody_holds_more_than_the_limit_in_all_memberships_together() -> None:
    register = Register()
    rosa = register.person(email="rosa@example.org")
    register.member(7, rosa, joined=dt.date(2010, 1, 1), ceased=dt.date(2015, 1, 1), shares=60_000)
    assert register.plan(row(shares="40000")).is_good
    plan = register.plan(row(shares="40001"))
    assert faults(plan) == [(2, "shares")]
    assert "£100,000" in plan.faults[0].message


def test_a_member_that_is_itself_a_society_may_hold_more() -> None:
    register = Register()
    body = {"klass": "organisation", "first_name": "", "last_name": "Dale Co-op"}
    body["email"] = "dale@example.org"
    dale = register.organisation("Dale Co-op", email="dale@example.org")
    register.member(
        7, dale, "organisation", dt.date(2010, 1, 1), dt.date(2015, 1, 1), shares=60_000
    )
    assert faults(register.plan(row(**body, shares="50000"))) == [(2, "shares")]
    assert register.plan(row(**body, shares="50000", registered_society="yes")).is_good
