"""An address that was changed is told at the old one; an e-mail address that nobody has used yet is
named as such before it opens a sign-in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client

from core.actors import SYSTEM, Actor
from core.documents import document_html
from core.models import OutboxMessage, User
from members.models import Letter, MemberClass, Organisation, Person
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    call_off_letter,
    change_contact,
    forget_posted_letters,
    give_sign_in,
    post_letters,
    print_letters,
    record_authority,
    register_member,
)
from members.views.letters import TEMPLATE
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

OLD = Contact(address_line_1="2 Weir Lane", town="Damside", postcode="QX7 1AB")
NEW = Contact(address_line_1="9 Other Street", town="Hebble", postcode="QX9 9ZZ")
AT_THE_OLD = "Margaret Ogden\n2 Weir Lane\nDamside\nQX7 1AB"


@pytest.fixture
def margaret(classes: dict[str, MemberClass]) -> Person:
    """A member on paper since today: no e-mail address, no sign-in."""
    person = add_person(first_name="Margaret", last_name="Ogden", contact=OLD, by=SYSTEM)
    register_member(person=person, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    return person


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def letters(kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=f"members.{kind}"))


# --- The postal address --------------------------------------------------------------------------


def test_a_member_on_paper_hears_at_the_old_address_that_it_was_changed(
    margaret: Person, by: Actor
) -> None:
    change_contact(of=margaret, contact=NEW, by=by)
    [told] = letters("address_changed")
    assert (told.person, told.address) == (margaret, AT_THE_OLD)
    assert "Dear Margaret Ogden" in told.text
    assert "tell the secretary at once" in told.text
    assert "Other Street" not in told.text  # whoever they may have left need not know where to
    assert AT_THE_OLD.replace("\n", "<br>") in document_html(
        TEMPLATE, {"letters": [told], "today": TODAY}
    )


def test_the_queue_shows_where_the_letter_goes(margaret: Person, sita: Client, by: Actor) -> None:
    change_contact(of=margaret, contact=NEW, by=by)
    [told] = letters("address_changed")
    for url in ("/members/letters/", f"/members/letters/{told.pk}/"):
        page = sita.get(url).content.decode()
        assert "2 Weir Lane, Damside, QX7 1AB" in page
        assert "Other Street" not in page
        assert "the address before" in page


@pytest.mark.parametrize(
    "contact",
    [
        OLD,
        Contact(address_line_1="2 Weir Lane", town="Damside", postcode="qx71ab"),
        Contact(**{**OLD.__dict__, "phone": "01632 960 001"}),
        Contact(**{**OLD.__dict__, "address_line_2": "Flat 3"}),
    ],
)
def test_nothing_is_said_where_no_part_of_the_old_address_went(
    contact: Contact, margaret: Person, by: Actor
) -> None:
    change_contact(of=margaret, contact=contact, by=by)
    assert not letters("address_changed")


def test_who_reads_e_mail_or_is_nothing_here_gets_no_such_letter(
    rita: Person, by: Actor, classes: dict[str, MemberClass]
) -> None:
    known = add_person(first_name="Una", last_name="Known", contact=OLD, by=SYSTEM)
    change_contact(of=known, contact=NEW, by=by)
    register_member(person=rita, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    change_contact(
        of=rita,
        contact=Contact(email=rita.email, address_line_1="9 Mill Row", town="Damside"),
        by=by,
    )
    assert not letters("address_changed")


def test_an_organisation_written_to_by_post_hears_of_it_too(
    by: Actor, classes: dict[str, MemberClass]
) -> None:
    trust = add_organisation(name="A trust", kind="charity", contact=OLD, by=SYSTEM)
    register_member(
        organisation=trust, member_class=classes["organisation"], joined=TODAY, by=SYSTEM
    )
    change_contact(of=Organisation.objects.get(), contact=NEW, by=by)
    [told] = letters("address_changed")
    assert told.address == "A trust\n2 Weir Lane\nDamside\nQX7 1AB"


def test_who_takes_both_addresses_at_once_turns_neither_letter_aside(
    margaret: Person, by: Actor
) -> None:
    change_contact(of=margaret, contact=Contact(**{**NEW.__dict__, "email": "e@x.org"}), by=by)
    assert [one.address for one in letters("address_changed")] == [AT_THE_OLD]
    assert [one.address for one in letters("email_changed")] == [AT_THE_OLD]
    assert not OutboxMessage.objects.exists()


def test_who_changed_it_while_acting_for_them_is_named(margaret: Person, rita: Person) -> None:
    user = give_sign_in(person=rita, by=SYSTEM)
    record_authority(
        person=margaret, acting=rita, ground="helper", scope=["membership"], since=TODAY, by=SYSTEM
    )
    acting = Actor("user", user=user, acting_for=margaret.pk)
    change_contact(of=margaret, contact=NEW, by=acting)
    [told] = letters("address_changed")
    assert "Rita Shaw, acting for you, has changed" in told.text


def test_the_old_address_is_forgotten_with_what_the_letter_said(
    margaret: Person, by: Actor
) -> None:
    change_contact(of=margaret, contact=NEW, by=by)
    print_letters(letters=letters("address_changed"), by=by)
    post_letters(letters=letters("address_changed"), posted_on=TODAY, by=by)
    forget_posted_letters(today=TODAY + dt.timedelta(days=30), by=SYSTEM)
    assert [one.sent_to for one in letters("address_changed")] == [""]
    with time_machine.travel(dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)):
        change_contact(of=margaret, contact=OLD, by=by)
        waiting = Letter.objects.waiting().get(kind="members.address_changed")
        assert "Other Street" in waiting.sent_to
        assert call_off_letter(letter=waiting, by=by).sent_to == ""


# --- An e-mail address that nobody has used yet --------------------------------------------------


def sign_in_page(client: Client, person: Person) -> str:
    return " ".join(client.get(f"/members/people/{person.pk}/").content.decode().split())


def test_a_fresh_e_mail_address_is_named_before_it_opens_a_sign_in(
    margaret: Person, by: Actor, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    change_contact(of=margaret, contact=Contact(**{**OLD.__dict__, "email": "m@x.org"}), by=by)
    says = "This e-mail address was entered on Tuesday 3 March 2026 by Sita Secretary"
    page = sign_in_page(signed_in(secretary), margaret)
    assert says in page
    assert page.index(says) < page.index("Let them sign in")
    with time_machine.travel(dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)):
        change_contact(
            of=margaret,
            contact=Contact(**{**OLD.__dict__, "email": "m@x.org", "phone": "01632 960 001"}),
            by=by,
        )
        page = sign_in_page(signed_in(secretary), margaret)
        assert says in page  # the phone is not what is asked about
    with time_machine.travel(dt.datetime(2026, 6, 2, 10, tzinfo=dt.UTC)):
        page = sign_in_page(signed_in(secretary), margaret)
        assert "Let them sign in" in page
        assert "was entered on" not in page
    give_sign_in(person=margaret, by=by)
    assert "was entered on" not in sign_in_page(signed_in(secretary), margaret)


def test_an_e_mail_address_that_came_with_the_person_is_fresh_too(
    by: Actor, coordinator: User, signed_in: Callable[[User], Client]
) -> None:
    una = add_person(
        first_name="Una", last_name="Known", contact=Contact(email="una@example.org"), by=by
    )
    page = sign_in_page(signed_in(coordinator), una)
    assert "entered on Tuesday 3 March 2026 by Sita Secretary" in page
