"""Changing how to reach somebody: nobody's change gets lost, and a member keeps an address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import User
from members.models import Application, Member, MemberClass, Organisation, Person
from members.operations import (
    Contact,
    add_organisation,
    cease_member,
    change_contact,
    give_sign_in,
    register_member,
)
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    return register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=5, by=SYSTEM
    )


def filled_in(client: Client, path: str) -> dict[str, str]:
    """What a form holds when it is opened, as a browser would post it."""
    form = client.get(path).context["form"]
    said: dict[str, str] = {}
    for box in form:
        value = box.value()
        if hasattr(value, "year"):
            parts = {"day": value.day, "month": value.month, "year": value.year}
            said |= {f"{box.html_name}_{part}": str(number) for part, number in parts.items()}
        elif value not in (None, False, []):
            said[box.html_name] = str(getattr(value, "pk", value))
    return said


@pytest.mark.parametrize(
    ("path", "first", "second"),
    [
        ("/members/register/1/contact/", {"phone": "01632 960 001"}, {"town": "Damside"}),
        ("/members/people/{pk}/contact/", {"phone": "01632 960 001"}, {"town": "Damside"}),
        ("/members/people/{pk}/edit/", {"first_name": "Anna"}, {"last_name": "Moss"}),
        ("/members/people/{pk}/needs/", {"language": "Urdu"}, {"other_needs": "Speak slowly"}),
    ],
)
def test_the_second_of_two_tabs_does_not_put_the_old_back(
    sita: Client, member: Member, path: str, first: dict[str, str], second: dict[str, str]
) -> None:
    path = path.format(pk=member.person_id)
    one, other = filled_in(sita, path), filled_in(sita, path)
    assert sita.post(path, one | first).status_code == 302
    refused = sita.post(path, other | second)
    assert refused.status_code == 400
    assert "Somebody else has changed this meanwhile" in refused.content.decode()
    person = Person.objects.get(pk=member.person_id)
    assert {name: getattr(person, name) for name in first} == first
    assert sita.post(path, filled_in(sita, path) | second).status_code == 302


def test_an_application_put_right_in_two_tabs(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    path = f"/members/applications/{waiting().pk}/edit/"
    one, other = filled_in(sita, path), filled_in(sita, path)
    assert sita.post(path, one | {"phone": "01632 960 009"}).status_code == 302
    assert sita.post(path, other | {"town": "Weavers Green"}).status_code == 400
    found = Application.objects.get()
    assert (found.phone, found.town) == ("01632 960 009", "Damside")


# --- The address ----------------------------------------------------------------------------------


def test_an_address_that_is_emptied_is_answered_once_for_each_line(
    sita: Client, member: Member
) -> None:
    path = "/members/register/1/contact/"
    refused = sita.post(path, filled_in(sita, path) | {"address_line_1": "", "town": ""})
    errors = refused.context["form"].errors
    assert list(errors["address_line_1"]) != list(errors["town"])


@pytest.mark.parametrize("field", ["address_line_1", "town"])
def test_a_member_keeps_a_postal_address(sita: Client, member: Member, field: str) -> None:
    path = "/members/register/1/contact/"
    data = filled_in(sita, path)
    refused = sita.post(path, data | {"email": "", field: ""})
    assert refused.status_code == 400
    assert field in refused.context["form"].errors
    assert "The law asks for a member" in refused.content.decode()
    assert sita.post(path, data | {"email": ""}).status_code == 302


def test_the_member_cannot_empty_it_either(member: Member) -> None:
    assert member.person
    give_sign_in(person=member.person, by=SYSTEM)
    person = Person.objects.get(pk=member.person_id)
    own = Client()
    own.force_login(person.user)
    data = filled_in(own, "/members/me/contact/")
    refused = own.post("/members/me/contact/", data | {"address_line_1": "", "town": ""})
    assert refused.status_code == 400
    assert "address_line_1" in refused.context["form"].errors


def test_an_organisation_in_the_register_keeps_its_address_too(
    classes: dict[str, MemberClass],
) -> None:
    at = Contact(address_line_1="3 Mill Row", town="Damside")
    wheels = add_organisation(name="Beck Wheels", kind="charity", contact=at, by=SYSTEM)
    change_contact(of=wheels, contact=Contact(address_line_1="4 Mill Row"), by=SYSTEM)
    change_contact(of=wheels, contact=at, by=SYSTEM)
    register_member(
        organisation=wheels, member_class=classes["organisation"], joined=TODAY, by=SYSTEM
    )
    with pytest.raises(RuleError) as refusal:
        change_contact(of=wheels, contact=Contact(town="Damside"), by=SYSTEM)
    assert refusal.value.field == "address_line_1"
    assert Organisation.objects.get().address_line_1 == "3 Mill Row"


def test_who_is_no_member_any_more_need_not_keep_one(member: Member) -> None:
    cease_member(member=member, ceased=TODAY, because="Moved away", by=SYSTEM)
    assert member.person
    assert change_contact(of=member.person, contact=Contact(), by=SYSTEM).postal_address == ""


def test_a_member_whose_address_we_never_had_can_still_give_a_phone_number(
    member: Member,
) -> None:
    Person.objects.update(address_line_1="", town="")
    assert member.person
    person = Person.objects.get(pk=member.person_id)
    contact = Contact(email=person.email, phone="01632 960 001")
    assert change_contact(of=person, contact=contact, by=SYSTEM)
    assert Person.objects.get(pk=person.pk).phone == "01632 960 001"
