"""What an e-mail address may be used for: said once, shown in the register, kept to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from core.actors import SYSTEM, Actor
from core.models import OutboxMessage, User
from governance.models import Notice
from governance.operations import add_item, call_meeting, make_body, make_meeting
from members.models import Letter, Member, MemberClass, Person
from members.operations import give_sign_in, register_member
from members.rules.needs import ALL_BY_EMAIL, MEETINGS_BY_EMAIL
from members.statutory import entries_of, with_particulars
from members.writing import write_to
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(rita: Person, classes: dict[str, MemberClass]) -> Member:
    return register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=10, by=SYSTEM
    )


def letter_of(person: Person) -> str:
    """How a letter about their shares goes."""
    sent = write_to(
        person,
        key="x",
        kind="members.sample",
        subject="A letter",
        template="members/mail/refused.txt",
        context={},
        by=SYSTEM,
    )
    return {OutboxMessage: "email", Letter: "post"}[type(sent)]


def notice_of_a_meeting(by: Actor) -> str:
    """How notice of the annual general meeting goes."""
    meeting = make_meeting(
        body=make_body(name="General meeting", since=TODAY, by=by),
        kind="agm",
        title="Annual general meeting",
        starts_at=dt.datetime(2026, 4, 14, 18, tzinfo=dt.UTC),
        place="Weavers Hall",
        record_date=TODAY,
        by=by,
    )
    add_item(meeting=meeting, title="Welcome", by=by)
    call_meeting(meeting=meeting, now=dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC), by=by)
    return Notice.objects.get().way


@pytest.mark.parametrize(
    ("said", "purposes", "letter", "notice"),
    [
        (ALL_BY_EMAIL, ALL_BY_EMAIL, "email", "email"),
        (MEETINGS_BY_EMAIL, MEETINGS_BY_EMAIL, "post", "email"),
        ("nothing", "", "post", "post"),
    ],
)
def test_what_a_member_says_is_in_the_register_and_is_kept_to(
    said: str,
    purposes: str,
    letter: str,
    notice: str,
    ann: Member,
    by: Actor,
    signed_in: Callable[[User], Client],
) -> None:
    assert ann.person is not None
    hers = signed_in(give_sign_in(person=ann.person, by=SYSTEM))
    form = {"format": "standard", "email_purposes": said}
    assert hers.post("/members/me/needs/", form).url == "/members/me/"
    shown = hers.get("/members/me/needs/").context["form"]
    assert shown["email_purposes"].value() == said
    [entry] = entries_of(with_particulars(Member.objects.all(), TODAY), TODAY)
    assert entry.purposes == purposes
    assert letter_of(Person.objects.get()) == letter
    assert notice_of_a_meeting(by) == notice


def test_the_secretary_says_it_from_the_contact_screen(
    ann: Member, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    sita = signed_in(secretary)
    url = f"/members/people/{ann.person_id}/needs/"
    contact = f"/members/register/{ann.number}/contact/"
    assert url in sita.get(contact).content.decode()
    sita.post(url, {"format": "standard", "email_purposes": MEETINGS_BY_EMAIL})
    assert f"May come by e-mail: {MEETINGS_BY_EMAIL}." in sita.get(contact).content.decode()
    refused = sita.post(url, {"format": "standard", "email_purposes": "my dog"})
    assert refused.status_code == 400
