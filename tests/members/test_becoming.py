"""Who may become whom: nobody opens somebody else's affairs for themselves, or unseen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from core.permissions import Role
from members.models import Authority, Letter, MemberClass, Organisation, Person
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    appoint_representative,
    change_contact,
    correct_person,
    end_authority,
    give_sign_in,
    record_authority,
    register_member,
)
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def margaret(classes: dict[str, MemberClass]) -> Person:
    """A member on paper: no e-mail address, no sign-in."""
    person = add_person(
        first_name="Margaret",
        last_name="Ogden",
        contact=Contact(address_line_1="2 Weir Lane", town="Damside", postcode="QX7 1AB"),
        by=SYSTEM,
    )
    register_member(person=person, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    return person


@pytest.fixture
def helen(db: None) -> Person:
    """Her daughter, who is no member."""
    return add_person(
        first_name="Helen", last_name="Ogden", contact=Contact(email="helen@example.org"), by=SYSTEM
    )


@pytest.fixture
def declan(coordinator: User) -> Person:
    """The coordinator himself."""
    person = add_person(first_name="Declan", last_name="Byrne", by=SYSTEM)
    person.user = coordinator
    person.save()
    return person


@pytest.fixture
def his(coordinator: User) -> Actor:
    return Actor("user", user=coordinator)


@pytest.fixture
def note(margaret: Person, helen: Person) -> Callable[..., Authority]:
    def make(ground: str, scope: list[str], by: Actor, acting: Person = helen) -> Authority:
        return record_authority(
            person=margaret,
            acting=acting,
            ground=ground,
            scope=scope,
            since=TODAY,
            evidence="Registered power, number 7001",
            seen_on=TODAY,
            by=by,
        )

    return make


# --- Who acts for whom ---------------------------------------------------------------------------


@pytest.mark.parametrize("ground", ["attorney_health", "helper"])
def test_nobody_notes_that_they_may_act_themselves(
    ground: str, note: Callable[..., Authority], declan: Person, his: Actor
) -> None:
    with pytest.raises(RuleError, match="for themselves") as refused:
        note(ground, ["care"], his, acting=declan)
    assert refused.value.field == "acting"
    assert not Authority.objects.exists()


@pytest.mark.parametrize(
    ("ground", "scope", "allowed"),
    [
        ("helper", ["membership", "care"], True),
        ("attorney_health", ["care"], True),
        ("deputy", ["care"], True),
        ("attorney_money", ["membership"], False),
        ("attorney_money", ["money"], False),
        ("deputy", ["care", "money"], False),
        ("appointee", ["money"], False),
        ("parent", ["membership"], False),
    ],
)
def test_only_the_secretary_notes_who_speaks_for_a_membership_or_its_money(
    ground: str,
    scope: list[str],
    allowed: bool,
    note: Callable[..., Authority],
    his: Actor,
    by: Actor,
) -> None:
    if allowed:
        note(ground, scope, his)
    else:
        with pytest.raises(RuleError, match="secretary"):
            note(ground, scope, his)
        note(ground, scope, by)


def test_the_person_is_told_by_post_who_may_act_for_them_and_how_to_object(
    note: Callable[..., Authority], by: Actor, margaret: Person
) -> None:
    noted = note("attorney_money", ["money", "membership"], by)
    letter = Letter.objects.get(kind="members.authority_noted")
    assert letter.person == margaret
    for words in ("Helen Ogden", "Attorney for money", "shares and money", "3 March 2026", "7001"):
        assert words in letter.text
    assert "tell the secretary at once" in letter.text
    assert "Helen" not in letter.subject
    end_authority(authority=noted, because="Revoked", by=by)
    assert "no longer acts for you" in Letter.objects.get(kind="members.authority_ended").text


def test_whoever_signs_in_is_told_that_a_helper_can_be_sent_away(
    note: Callable[..., Authority], by: Actor, margaret: Person
) -> None:
    margaret.email = "margaret@example.org"
    margaret.save()
    give_sign_in(person=margaret, by=SYSTEM)
    margaret.refresh_from_db()
    note("helper", ["membership"], by)
    told = OutboxMessage.objects.get(kind="members.authority_noted")
    assert told.to == "margaret@example.org"
    assert "end it yourself" in told.text


def test_whoever_acts_is_told_too_that_it_was_noted_and_that_it_ended(
    note: Callable[..., Authority], by: Actor, helen: Person
) -> None:
    noted = note("attorney_money", ["money", "membership"], by)
    told = OutboxMessage.objects.get(kind="members.acting_noted")
    assert told.to == "helen@example.org"
    for words in ("Dear Helen Ogden", "you may act for Margaret Ogden", "Attorney for money"):
        assert words in told.text
    assert "Margaret" not in told.subject
    helen.email = ""
    helen.save()
    end_authority(authority=noted, because="She took my purse", by=by)
    letter = Letter.objects.get(kind="members.acting_ended")
    assert letter.person == helen
    assert "You no longer act for Margaret Ogden" in letter.text
    assert "purse" not in letter.text  # why is between the person and the co-op


@pytest.mark.parametrize(
    ("whose", "born", "since", "says"),
    [
        ("margaret", "1941-05-04", "1820-01-01", "before the person was born"),
        ("margaret", "1941-05-04", "1941-05-03", "before the person was born"),
        ("helen", "1970-05-04", "1970-05-03", "before whoever acts was born"),
        ("helen", None, "1820-01-01", "more than 120 years ago"),
        ("margaret", "1941-05-04", "1941-05-04", ""),
    ],
)
def test_nobody_acts_from_a_day_before_either_of_the_two_was_born(
    whose: str,
    born: str | None,
    since: str,
    says: str,
    margaret: Person,
    helen: Person,
    secretary: User,
    signed_in: Callable[[User], Client],
) -> None:
    Person.objects.filter(pk={"margaret": margaret, "helen": helen}[whose].pk).update(born=born)
    sita, url = signed_in(secretary), f"/members/people/{margaret.pk}/acting/"
    sita.post(url, {"q": "helen ogden"})
    year, month, day = since.split("-")
    form = {"acting": helen.pk, "ground": "helper", "scope": ["care"]}
    answer = sita.post(url, form | {"since_year": year, "since_month": month, "since_day": day})
    assert answer.status_code == (400 if says else 302)
    assert Authority.objects.exists() is not bool(says)
    if says:
        assert says in str(answer.context["form"].errors["since"])


@pytest.fixture
def council(db: None) -> Organisation:
    return add_organisation(
        name="Parish Council", kind="council", contact=Contact(email="clerk@example.org"), by=SYSTEM
    )


def test_nobody_makes_themselves_an_organisation_s_representative(
    council: Organisation, declan: Person, helen: Person, his: Actor, by: Actor
) -> None:
    with pytest.raises(PermissionDenied):
        appoint_representative(organisation=council, person=declan, since=TODAY, by=his)
    sita = add_person(first_name="Sita", last_name="Rao", by=SYSTEM)
    sita.user = by.user
    sita.save()
    with pytest.raises(RuleError, match="themselves"):
        appoint_representative(organisation=council, person=sita, since=TODAY, by=by)
    appoint_representative(organisation=council, person=helen, since=TODAY, by=by)
    told = OutboxMessage.objects.get(kind="members.representative_noted")
    assert told.to == "clerk@example.org"
    assert "Helen Ogden acts for you" in told.text


# --- E-mail addresses ----------------------------------------------------------------------------


def change_email(of: Person, email: str, by: Actor, town: str = "Damside") -> None:
    known = Contact(address_line_1="2 Weir Lane", town=town, postcode="QX7 1AB", email=email)
    change_contact(of=of, contact=known, by=by)


def test_a_member_s_address_and_name_are_the_secretary_s_to_change(
    margaret: Person, helen: Person, his: Actor, by: Actor
) -> None:
    with pytest.raises(RuleError, match="secretary’s to change") as refused:
        change_email(margaret, "evil@example.org", his)
    assert refused.value.field == "email"
    change_email(margaret, margaret.email, his, town="Hebble")
    named = {"first_name": "Nobody", "last_name": margaret.last_name, "born": margaret.born}
    with pytest.raises(RuleError, match="secretary’s to change"):
        correct_person(person=margaret, by=his, **named)
    assert correct_person(person=margaret, by=by, **named).first_name == "Nobody"
    named = {"first_name": "Ellen", "last_name": helen.last_name, "born": helen.born}
    assert correct_person(person=helen, by=his, **named).first_name == "Ellen"


def test_a_new_address_of_a_member_on_paper_is_told_by_post(margaret: Person, by: Actor) -> None:
    change_email(margaret, "evil@example.org", by)
    letter = Letter.objects.get(kind="members.email_changed")
    assert letter.person == margaret
    assert "evil@example.org" in letter.text
    assert not OutboxMessage.objects.filter(to="evil@example.org").exists()


def test_a_new_address_is_told_at_the_old_one(margaret: Person, by: Actor) -> None:
    margaret.email = "old@example.org"
    margaret.save()
    change_email(margaret, "new@example.org", by)
    assert OutboxMessage.objects.get(kind="members.email_changed").to == "old@example.org"
    assert not Letter.objects.exists()
    change_email(margaret, "new@example.org", by, town="Hebble")
    assert OutboxMessage.objects.filter(kind="members.email_changed").count() == 1


def test_an_address_of_somebody_who_is_nothing_here_changes_quietly(
    helen: Person, his: Actor
) -> None:
    change_email(helen, "new@example.org", his)
    assert not OutboxMessage.objects.exists()


def test_nobody_takes_the_address_with_which_somebody_else_signs_in(
    margaret: Person, helen: Person, his: Actor
) -> None:
    give_sign_in(person=helen, by=SYSTEM)
    with pytest.raises(RuleError, match="Somebody else signs in") as refused:
        change_email(margaret, "HELEN@example.org", his)
    assert refused.value.field == "email"
    helen.refresh_from_db()
    change_email(helen, "helen@example.org", his, town="Hebble")


# --- Signing in ----------------------------------------------------------------------------------


def test_a_coordinator_lets_in_nobody_whose_sign_in_leads_further(
    margaret: Person, helen: Person, note: Callable[..., Authority], his: Actor, by: Actor
) -> None:
    change_email(margaret, "evil@example.org", by)
    with pytest.raises(RuleError, match="secretary"):
        give_sign_in(person=margaret, by=his)
    note("attorney_money", ["money"], by)
    with pytest.raises(RuleError, match="secretary"):
        give_sign_in(person=helen, by=his)
    assert not User.objects.filter(email="evil@example.org").exists()
    give_sign_in(person=margaret, by=by)


def test_a_coordinator_lets_in_who_is_nothing_else_here(helen: Person, his: Actor) -> None:
    assert give_sign_in(person=helen, by=his).email == "helen@example.org"


def test_a_coordinator_opens_no_role_by_its_address(
    make_user: Callable[..., User], his: Actor
) -> None:
    treasurer = make_user("tom", Role.TREASURER)
    nobody = add_person(
        first_name="No", last_name="Body", contact=Contact(email=treasurer.email), by=SYSTEM
    )
    with pytest.raises(RuleError, match="secretary"):
        give_sign_in(person=nobody, by=his)


def test_the_screens_offer_a_coordinator_only_what_is_theirs(
    margaret: Person,
    helen: Person,
    council: Organisation,
    coordinator: User,
    secretary: User,
    signed_in: Callable[[User], Client],
) -> None:
    margaret.email = "margaret@example.org"
    margaret.save()
    cora, sita = signed_in(coordinator), signed_in(secretary)
    person, organisation = (
        f"/members/people/{margaret.pk}/",
        f"/members/organisations/{council.pk}/",
    )

    def page(client: Client, url: str) -> str:
        return client.get(url).content.decode()

    assert "The secretary can let them sign in." in page(cora, person)
    assert "Let them sign in" in page(sita, person)
    assert "Let them sign in" in page(cora, f"/members/people/{helen.pk}/")
    assert "Somebody else acts" not in page(cora, organisation)
    assert "Somebody else acts" in page(sita, organisation)
    assert cora.get(f"{organisation}representative/").status_code == 403
