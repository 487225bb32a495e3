"""People: who acts for whom, on a phone; consents with one press; letters; two rows become one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from core.actors import SYSTEM
from core.models import User
from members.models import Consent, Letter, Person
from members.operations import (
    Contact,
    add_person,
    give_sign_in,
    register_member,
    set_up_member_classes,
)
from members.writing import write_to
from tests.browser.conftest import PHONE
from tests.pdfs import needs_pango


@pytest.fixture
def joan(db: None) -> Person:
    """Joan Dyson, a member, for whom her daughter will act."""
    person = add_person(
        first_name="Joan",
        last_name="Dyson",
        born=dt.date(1941, 3, 27),
        contact=Contact(phone="01632 960 001", address_line_1="2 Mill Row", town="Damside"),
        by=SYSTEM,
    )
    community = next(one for one in set_up_member_classes(by=SYSTEM) if one.code == "community")
    register_member(
        person=person, member_class=community, joined=timezone.localdate(), shares=5, by=SYSTEM
    )
    return person


@pytest.fixture
def ann(db: None) -> User:
    """Ann Dyson, the daughter, who signs in."""
    person = add_person(
        first_name="Ann", last_name="Dyson", contact=Contact(email="ann@example.org"), by=SYSTEM
    )
    return give_sign_in(person=person, by=SYSTEM)


def test_a_daughter_acts_for_her_mother(
    someone: Callable[..., Any], secretary: User, joan: Person, ann: User
) -> None:
    sita = someone(secretary)
    page = sita.page
    sita.visit("/members/people/")
    sita.follow("Dyson, Joan")
    sita.follow("Note who acts for them")
    page.get_by_label("Name, town").fill("ann dyson")
    sita.press("Find")
    page.get_by_label("Ann Dyson").check()
    page.get_by_label("Attorney for money and property").check()
    page.get_by_label("Membership", exact=True).check()
    page.get_by_label("What you have seen").fill("Registered power, number 7001")
    sita.press("Note it")
    assert sita.sees("Say on which day it was seen.")
    for label, figure in (("Day", "3"), ("Month", "3"), ("Year", "2026")):
        page.get_by_role("group", name="Seen on").get_by_label(label).fill(figure)
    sita.press("Note it")
    assert sita.sees("Attorney for money and property")

    daughter = someone(ann, viewport=PHONE)
    daughter.visit("/home/")
    daughter.follow("Act for somebody")
    daughter.press("Act for Joan Dyson")
    assert daughter.sees("You are acting for")
    daughter.follow("Membership and contact details")
    assert daughter.sees("Membership of Joan Dyson")
    daughter.visit("/members/me/needs/")
    daughter.page.get_by_label("Large print").check()
    daughter.press("Save")
    daughter.visit("/members/me/consents/")
    daughter.press("I agree")
    assert Consent.objects.get().given
    daughter.press("Withdraw")
    assert not Consent.objects.standing(joan)["news"].given
    daughter.press("Stop acting")
    assert not daughter.page.get_by_text("You are acting for").is_visible()

    sita.visit(f"/members/people/{joan.pk}/")
    assert sita.sees("Large print")


@needs_pango
def test_the_secretary_prints_a_letter_and_posts_it(
    someone: Callable[..., Any], secretary: User, joan: Person
) -> None:
    write_to(
        joan,
        key="office",
        kind="members.office",
        subject="How to reach our office",
        template="members/mail/office.txt",
        context={},
        by=SYSTEM,
    )
    sita = someone(secretary)
    sita.visit("/members/letters/")
    sita.page.get_by_label("Joan Dyson").check()
    sita.press("Print those ticked")
    assert sita.sees("1 letter noted as printed")
    sita.look("letters-printed")
    with sita.page.expect_download() as printed:
        sita.page.get_by_role("link", name="Save the sheets as a PDF").click()
    assert printed.value.suggested_filename == f"letters-{timezone.localdate()}.pdf"
    sita.page.get_by_label("Joan Dyson").check()
    sita.press("Those ticked are posted")
    assert sita.sees("1 noted as posted.")
    assert Letter.objects.get().state == Letter.State.POSTED


def test_two_rows_become_one(someone: Callable[..., Any], secretary: User, joan: Person) -> None:
    twin = add_person(first_name="Joan", last_name="Dyson", born=joan.born, by=SYSTEM)
    sita = someone(secretary)
    sita.visit("/members/people/same/")
    sita.follow("Compare")
    sita.page.get_by_label("Number of the row that goes").fill(str(twin.pk))
    sita.press("Make them one, for good")
    assert sita.sees("They are one row now.")
    assert Person.objects.filter(last_name="Dyson").get() == joan
