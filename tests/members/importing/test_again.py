"""A member who is in the register already: brought up to date, never changed otherwise."""

from __future__ import annotations

import datetime as dt

import pytest

from members.importing import Plan
from tests.members.importing.files import row
from tests.members.importing.register import Register, faults

HERE = {
    "email": "rosa@example.org",
    "address_line_1": "1 Mill Row",
    "town": "Damside",
    "postcode": "QX7 2AB",
}


def register(**changes: object) -> Register:
    """Rosa is member 101 as the good row says."""
    made = Register()
    details = {"first_name": "Rosa", **HERE} | changes
    made.member(101, made.person(**details))  # type: ignore[arg-type]
    return made


def changed(plan: Plan) -> dict[str, object]:
    assert plan.is_good, plan.faults
    return dict(plan.changes[0].fields) if plan.changes else {}


def test_the_same_row_again_changes_nothing() -> None:
    plan = register().plan(row())
    assert plan.is_good
    assert plan.changes == []
    assert plan.counts() == {"rows": 1, "created": 0, "updated": 0, "unchanged": 1}


def test_contact_details_are_brought_up_to_date() -> None:
    plan = register().plan(row(email="new@example.org", phone="01632 960 009", format="large"))
    assert changed(plan) == {
        "email": "new@example.org",
        "phone": "01632 960 009",
        "format": "large",
    }
    assert plan.counts() == {"rows": 1, "created": 0, "updated": 1, "unchanged": 0}


def test_an_empty_cell_never_takes_anything_away() -> None:
    plan = register(phone="01632 960 001").plan(
        row(email="", address_line_1="", town="", postcode="", phone="")
    )
    assert changed(plan) == {}


def test_somebody_who_moved_has_a_whole_new_address() -> None:
    plan = register(address_line_2="Flat 3").plan(row(address_line_1="9 Weir Side", town=""))
    assert changed(plan) == {"address_line_1": "9 Weir Side", "address_line_2": "", "town": ""}


def test_half_an_address_changes_only_what_it_says() -> None:
    plan = register(address_line_2="Flat 3").plan(row(address_line_1="1 Mill Road", postcode=""))
    assert changed(plan) == {"address_line_1": "1 Mill Road"}


def test_a_birthday_that_we_did_not_know_is_filled_in() -> None:
    assert changed(register().plan(row(born="27/03/1961"))) == {"born": dt.date(1961, 3, 27)}


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"shares": "30"}, "shares", "with 25 shares, which changes by share transactions"),
        ({"joined": "2019-03-06"}, "joined", "entered on 5 March 2019"),
        ({"klass": "worker"}, "class", "in another class"),
        ({"ceased": "2020-01-01"}, "ceased", "another end"),
        ({"first_name": "Tom"}, "number", "somebody of another name"),
        ({"last_name": "Shaw"}, "number", "somebody of another name"),
        ({"born": "1990-01-01"}, "born", "on another day"),
    ],
)
def test_what_the_register_says_otherwise_is_a_fault(
    changes: dict[str, str], field: str, says: str
) -> None:
    plan = register(born=dt.date(1961, 3, 27)).plan(row(**changes))
    assert faults(plan) == [(2, field)]
    assert says in plan.faults[0].message


def test_a_name_in_capitals_or_with_another_apostrophe_is_the_same_name() -> None:
    plan = register(last_name="O’Brien").plan(row(first_name="ROSA", last_name="O'BRIEN"))
    assert plan.counts()["unchanged"] == 1


def test_a_member_who_left_meanwhile_is_left_as_they_are() -> None:
    made = Register()
    rosa = made.person(first_name="Rosa", **HERE)
    made.member(101, rosa, ceased=dt.date(2025, 1, 1), ceased_because="Moved away")
    assert made.plan(row()).counts()["unchanged"] == 1
    same = row(ceased="2025-01-01", ceased_because="Moved away")
    assert made.plan(same).counts()["unchanged"] == 1
    assert faults(made.plan(row(ceased="2025-01-01", ceased_because="Died"))) == [
        (2, "ceased_because")
    ]


def test_of_two_memberships_of_one_person_the_newer_says_where_they_live() -> None:
    made = Register()
    rosa = made.person(first_name="Rosa", **HERE)
    made.member(7, rosa, joined=dt.date(2010, 1, 1), ceased=dt.date(2015, 1, 1), shares=0)
    made.member(101, rosa)
    before = row(number="7", joined="2010-01-01", ceased="2015-01-01", shares="0", town="Skelbeck")
    assert made.plan(row(), before).counts() == {
        "rows": 2,
        "created": 0,
        "updated": 0,
        "unchanged": 2,
    }
    assert made.plan(before).counts()["unchanged"] == 1


def test_new_members_and_known_ones_come_in_one_file() -> None:
    plan = register().plan(row(phone="01632 960 009"), row(number="102", first_name="Ann"))
    assert plan.counts() == {"rows": 2, "created": 1, "updated": 1, "unchanged": 0}


def test_an_organisation_is_brought_up_to_date_too() -> None:
    made = Register()
    made.member(101, made.organisation("Weir Trust", **HERE), "organisation")
    told = row(
        klass="organisation",
        first_name="",
        last_name="Weir Trust",
        email="new@example.org",
        organisation_kind="co-op",
        registered_society="yes",
    )
    assert changed(made.plan(told)) == {
        "email": "new@example.org",
        "kind": "co-op",
        "is_society": True,
    }
    assert faults(made.plan(told | {"last_name": "Mill Trust"})) == [(2, "number")]
