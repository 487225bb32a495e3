"""What people need, how they want to be reached, and what they agree to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from governance.operations import add_item, call_meeting, make_body, make_meeting, send_notices
from members.models import Consent, Letter, MemberClass, Person
from members.operations import (
    Contact,
    change_contact,
    change_needs,
    give_sign_in,
    note_consent,
    register_member,
)
from members.rules.needs import ALL_BY_EMAIL, MEETINGS_BY_EMAIL, Needs
from members.wording import WORDINGS, Wording
from members.writing import write_to
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

NEEDS = Needs(
    format="large",
    language="Urdu",
    signs=True,
    interpreter=True,
    other_needs="Speak slowly",
    prefers="phone",
    not_by=("text",),
)


@pytest.fixture
def rita(rita: Person) -> Person:
    rita.phone = "01632 960 001"
    rita.save()
    return rita


@pytest.fixture
def hers(rita: Person, signed_in: Callable[[User], Client]) -> Client:
    """Rita at her phone."""
    client = signed_in(give_sign_in(person=rita, by=SYSTEM))
    rita.refresh_from_db()
    return client


# --- Needs ---------------------------------------------------------------------------------------


def test_needs_are_told_in_plain_words(rita: Person, by: Actor) -> None:
    change_needs(person=rita, needs=NEEDS, by=by)
    rita.refresh_from_db()
    assert rita.needs == [
        "Large print",
        "British Sign Language",
        "Speaks Urdu",
        "Needs an interpreter",
        "Speak slowly",
    ]
    assert rita.reached_by == ["Phone first", "Not by text message"]
    line = AuditLine.objects.get(action="members.change_needs")
    assert "Speak slowly" not in str(line.data)


@pytest.mark.parametrize(
    ("needs", "field"),
    [
        (Needs(prefers="phone", not_by=("phone",)), "not_by"),
        (Needs(not_by=("email", "post")), "not_by"),
        (Needs(not_by=("post",)), ""),
        (Needs(prefers="email", not_by=("email",)), "email_purposes"),
        (Needs(not_by=("post",), email_purposes=MEETINGS_BY_EMAIL), "email_purposes"),
    ],
)
def test_one_way_remains_by_which_notices_arrive(
    needs: Needs, field: str, rita: Person, by: Actor
) -> None:
    if not field:
        change_needs(person=rita, needs=needs, by=by)  # she has e-mail
        return
    with pytest.raises(RuleError) as refused:
        change_needs(person=rita, needs=needs, by=by)
    assert refused.value.field == field


def test_a_way_without_an_address_cannot_come_first(rita: Person, by: Actor) -> None:
    rita.email = rita.phone = ""
    rita.save()
    for channel in ("email", "phone", "text"):
        with pytest.raises(RuleError) as refused:
            change_needs(person=rita, needs=Needs(prefers=channel), by=by)
        assert refused.value.field == "prefers"
    with pytest.raises(RuleError, match="leave either post or e-mail"):
        change_needs(person=rita, needs=Needs(not_by=("post",)), by=by)


@pytest.mark.parametrize("whose", ["hers", "sita"])
def test_a_number_that_is_gone_does_not_stop_other_needs_from_being_noted(
    whose: str, hers: Client, rita: Person, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    """She wants to be phoned first, and then gives her phone up."""
    client, pages = {
        "hers": (hers, "/members/me/"),
        "sita": (signed_in(secretary), f"/members/people/{rita.pk}/"),
    }[whose]
    needs = {"format": "standard", "prefers": "phone", "email_purposes": ALL_BY_EMAIL}
    assert client.post(f"{pages}needs/", needs).status_code == 302
    gone = {"email": rita.email, "phone": "", "format": "standard"}
    assert client.post(f"{pages}contact/", gone).status_code == 302
    assert "Phone first (no number)" in client.get(pages).content.decode()
    assert client.post(f"{pages}needs/", needs | {"format": "large"}).status_code == 302
    rita.refresh_from_db()
    assert (rita.phone, rita.prefers, rita.format) == ("", "phone", "large")
    refused = client.post(f"{pages}needs/", needs | {"prefers": "text"})
    assert refused.status_code == 400
    assert "prefers" in refused.context["form"].errors
    assert client.post(f"{pages}needs/", needs | {"prefers": ""}).status_code == 302
    assert "no number" not in client.get(pages).content.decode()
    assert client.post(f"{pages}needs/", needs).status_code == 400  # a new wish needs a number


def test_who_wanted_no_post_and_lost_their_e_mail_address_can_still_say_what_they_need(
    rita: Person, by: Actor
) -> None:
    change_needs(person=rita, needs=Needs(not_by=("post",)), by=by)
    change_contact(of=rita, contact=Contact(phone=rita.phone), by=by)
    change_needs(person=rita, needs=Needs(not_by=("post",), signs=True), by=by)
    with pytest.raises(RuleError, match="leave either post or e-mail"):
        change_needs(person=rita, needs=Needs(not_by=("post", "text"), signs=True), by=by)
    change_needs(person=rita, needs=Needs(signs=True), by=by)
    assert rita.not_by == []


def test_strangers_change_nobody_s_needs(
    rita: Person, stranger: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        change_needs(person=rita, needs=NEEDS, by=as_user(stranger))


FORM = {
    "format": "easy",
    "language": "Urdu",
    "signs": "on",
    "prefers": "phone",
    "not_by": ["text"],
    "email_purposes": ALL_BY_EMAIL,
}


def test_she_says_what_she_needs_and_every_contact_screen_shows_it(
    hers: Client,
    rita: Person,
    classes: dict[str, MemberClass],
    secretary: User,
    signed_in: Callable[[User], Client],
    waiting: Callable[..., Any],
) -> None:
    member = register_member(
        person=rita, member_class=classes["community"], joined=TODAY, by=SYSTEM
    )
    assert hers.post("/members/me/needs/", FORM).url == "/members/me/"
    application = waiting(email="rita@example.org")
    application.known_person = rita
    application.save()
    sita = signed_in(secretary)
    own = hers.get("/members/me/").content.decode()
    screens = [
        f"/members/people/{rita.pk}/",
        f"/members/people/{rita.pk}/data/",
        f"/members/register/{member.number}/",
        f"/members/register/{member.number}/contact/",
        f"/members/applications/{application.pk}/",
        "/members/people/",
    ]
    for page in [own, *(sita.get(url).content.decode() for url in screens)]:
        assert "Speaks Urdu" in page
        assert "British Sign Language" in page
        assert "Not by text message" in page


def test_staff_change_needs_and_a_refusal_stands_beside_its_field(
    rita: Person, coordinator: User, signed_in: Callable[[User], Client]
) -> None:
    cora = signed_in(coordinator)
    url = f"/members/people/{rita.pk}/needs/"
    refused = cora.post(url, FORM | {"not_by": ["phone"]})
    assert refused.status_code == 400
    assert "cannot be one of those not to use" in refused.content.decode()
    assert cora.post(url, FORM).status_code == 302


# --- Consent -------------------------------------------------------------------------------------


def test_what_was_said_last_counts_and_all_stays(rita: Person, by: Actor) -> None:
    for given in (True, False, True):
        note_consent(person=rita, purpose="news", given=given, how="phone", by=by)
    assert Consent.objects.standing(rita)["news"].given
    assert [consent.given for consent in rita.consents.order_by("pk")] == [True, False, True]
    assert Consent.objects.agreed("news") == {rita.pk}
    assert Consent.objects.agreed("photos") == set()


def test_saying_the_same_again_adds_nothing(rita: Person, by: Actor) -> None:
    for _ in range(2):
        note_consent(person=rita, purpose="news", given=True, how="phone", by=by)
    assert rita.consents.count() == 1


@pytest.fixture
def other_words() -> Iterator[str]:
    """Somebody words the question about news anew."""
    before = WORDINGS["news"]
    WORDINGS["news"] = Wording(give="Send me the paper on Fridays.", withdraw="No more.")
    yield "Send me the paper on Fridays."
    WORDINGS["news"] = before


def test_a_consent_keeps_the_words_that_were_shown(
    rita: Person, by: Actor, hers: Client, request: pytest.FixtureRequest
) -> None:
    old = note_consent(person=rita, purpose="news", given=True, how="phone", by=by)
    shown = WORDINGS["news"].give
    new = request.getfixturevalue("other_words")
    old.refresh_from_db()
    assert old.wording == shown
    page = hers.get("/members/me/consents/").content.decode()
    assert "in other words now" in page
    assert new in page
    hers.post("/members/me/consents/news/", {"say": "yes"})
    assert Consent.objects.standing(rita)["news"].wording == new
    assert rita.consents.count() == 2


@pytest.mark.parametrize("purpose", sorted(WORDINGS))
def test_giving_and_withdrawing_are_one_press_each(
    purpose: str, hers: Client, rita: Person
) -> None:
    url = f"/members/me/consents/{purpose}/"
    for say, given in (("yes", True), ("no", False)):
        assert hers.post(url, {"say": say}).url == "/members/me/consents/"
        counts = Consent.objects.standing(rita)[purpose]
        assert (counts.given, counts.how) == (given, "web")
        assert counts.wording == WORDINGS[purpose].of(given)


def test_every_purpose_has_its_words() -> None:
    assert set(WORDINGS) == set(Consent.Purpose.values)


def test_staff_note_what_came_by_phone_with_one_press(
    rita: Person, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    sita = signed_in(secretary)
    url = f"/members/people/{rita.pk}/consent/"
    sita.post(url, {"how": "phone", "say": "news:yes"})
    sita.post(url, {"how": "paper", "say": "news:no"})
    events = list(rita.consents.order_by("pk").values_list("given", "how"))
    assert events == [(True, "phone"), (False, "paper")]
    assert sita.post(url, {"how": "web", "say": "news:yes"}).status_code == 409
    assert sita.post(url, {"how": "phone", "say": "lottery:yes"}).status_code == 409


def test_nobody_agrees_for_somebody_else_on_the_website(
    rita: Person, secretary: User, stranger: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        note_consent(person=rita, purpose="news", given=True, how="web", by=as_user(secretary))
    with pytest.raises(PermissionDenied):
        note_consent(person=rita, purpose="news", given=True, how="phone", by=as_user(stranger))


def test_the_database_refuses_to_change_or_delete_a_consent(rita: Person, by: Actor) -> None:
    consent = note_consent(person=rita, purpose="news", given=True, how="phone", by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(given=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        consent.delete()


# --- What does not depend on consent -------------------------------------------------------------


def test_notice_of_a_meeting_never_depends_on_consent(
    rita: Person, by: Actor, classes: dict[str, MemberClass]
) -> None:
    register_member(person=rita, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    for purpose in WORDINGS:
        note_consent(person=rita, purpose=purpose, given=False, how="phone", by=by)
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
    now = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
    call_meeting(meeting=meeting, now=now, by=by)
    send_notices(meeting=meeting, now=now, by=SYSTEM)
    assert OutboxMessage.objects.get(kind="governance.notice").to == "rita@example.org"


@pytest.mark.parametrize("email", ["rita@example.org", ""])
def test_writing_about_a_membership_never_depends_on_consent(
    email: str, rita: Person, by: Actor
) -> None:
    rita.email = email
    rita.save()
    for purpose in WORDINGS:
        note_consent(person=rita, purpose=purpose, given=False, how="phone", by=by)
    sent = write_to(
        rita,
        key="notice",
        kind="members.notice",
        subject="A notice",
        template="members/mail/refused.txt",
        context={},
        by=by,
    )
    assert isinstance(sent, OutboxMessage if email else Letter)


def test_consents_come_in_the_order_in_which_they_were_said(rita: Person, by: Actor) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)):
        note_consent(person=rita, purpose="photos", given=True, how="phone", by=by)
    note_consent(person=rita, purpose="news", given=True, how="phone", by=by)
    assert [one.purpose for one in rita.consents.all()] == ["photos", "news"]
