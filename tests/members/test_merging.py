"""Two rows of one human become one: everything moves, whatever app it is in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core import audit
from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from core.operations import grant_role
from core.permissions import Role
from core.relations import relations_to
from ledger import chart
from ledger.models import KnownPayer, Mandate, Party, Posting
from ledger.money import pounds_of
from ledger.operations import create_order
from members.models import (
    Authority,
    Consent,
    Member,
    MemberClass,
    MergedPerson,
    Organisation,
    Person,
    SetApart,
)
from members.operations import (
    Contact,
    add_person,
    cease_member,
    give_sign_in,
    merge_people,
    note_consent,
    party_for,
    register_member,
    set_apart,
)
from tests.members.conftest import TODAY
from tests.members.rows_of_people import MAKERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(rita: Person) -> Person:
    return rita


@pytest.fixture
def gone(db: None) -> Person:
    """Rita once more, as somebody keyed her in from a paper list."""
    return add_person(
        first_name="Rita", last_name="Shaw", contact=Contact(phone="01632 960 001"), by=SYSTEM
    )


def merge(kept: Person, gone: Person, by: Actor) -> Person:
    return merge_people(kept=kept, gone=gone, number=gone.pk, by=by)


# --- Everything moves ----------------------------------------------------------------------------


def test_every_relation_to_a_person_has_a_row_to_test_it_with() -> None:
    """A foreign key that an app adds is tested here: add its maker to MAKERS."""
    assert {str(relation) for relation in relations_to(Person)} == set(MAKERS)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_what_points_at_the_row_given_up_points_at_the_row_kept(
    name: str, kept: Person, gone: Person, by: Actor
) -> None:
    row = MAKERS[name](gone)
    relation = next(one for one in relations_to(Person) if str(one) == name)
    merge(kept, gone, by)
    assert not Person.objects.filter(pk=gone.pk).exists()
    if isinstance(row, SetApart):  # that they look like a third is asked anew
        assert not SetApart.objects.exists()
    else:
        assert relation.rows.get(pk=row.pk).__dict__[f"{relation.field}_id"] == kept.pk


def test_links_to_many_that_both_have_become_one(kept: Person, gone: Person, by: Actor) -> None:
    link = MAKERS["services.agreementline_preferred_carers.person"](gone)
    line = link.agreementline  # type: ignore[attr-defined]
    line.preferred_carers.add(kept)
    merge(kept, gone, by)
    assert [person.pk for person in line.preferred_carers.all()] == [kept.pk]


def test_what_only_the_other_row_says_is_taken_over(kept: Person, gone: Person, by: Actor) -> None:
    gone.format, gone.signs, gone.town, gone.not_by = "large", True, "Elsewhere", ["text"]
    gone.save()
    merged = merge(kept, gone, by)
    merged.refresh_from_db()
    assert (merged.email, merged.phone) == ("rita@example.org", "01632 960 001")
    assert (merged.format, merged.signs, merged.not_by) == ("large", True, ["text"])
    assert merged.town == "Weavers Green"  # an address is not made of two


# --- What is append-only -------------------------------------------------------------------------


def test_consents_follow_a_merge_and_keep_what_they_say(
    kept: Person, gone: Person, by: Actor
) -> None:
    note_consent(person=kept, purpose="news", given=True, how="paper", by=by)
    later = note_consent(person=gone, purpose="news", given=False, how="phone", by=by)
    merge(kept, gone, by)
    moved = Consent.objects.get(pk=later.pk)
    assert (moved.person, moved.given, moved.at) == (kept, False, later.at)
    assert moved.wording == later.wording
    assert not Consent.objects.standing(kept)["news"].given


@pytest.mark.parametrize("change", [{"given": False}, {"wording": "Other words"}, {"how": "web"}])
def test_the_database_lets_nothing_else_of_a_consent_change(
    change: dict[str, Any], kept: Person, gone: Person, by: Actor
) -> None:
    consent = note_consent(person=gone, purpose="news", given=True, how="paper", by=by)
    MergedPerson.objects.create(gone=gone.pk, kept=kept)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(person=kept, **change)


def test_the_database_lets_a_consent_change_hands_only_along_a_merge(
    kept: Person, gone: Person, by: Actor
) -> None:
    consent = note_consent(person=gone, purpose="news", given=True, how="paper", by=by)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(person=kept)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).delete()


def test_lines_of_the_logs_still_find_whoever_had_the_old_number(
    kept: Person, gone: Person, by: Actor
) -> None:
    old = gone.pk
    merge(kept, gone, by)
    assert audit.names_of_people([old]) == {old: "Rita Shaw"}
    assert kept.ids == [kept.pk, old]
    line = AuditLine.objects.get(action="members.merge_people")
    assert (line.object_id, line.data["gone"]) == (str(kept.pk), old)


def test_a_row_that_was_kept_once_can_be_given_up_later(
    kept: Person, gone: Person, by: Actor
) -> None:
    first, second = gone.pk, kept.pk
    note_consent(person=gone, purpose="news", given=True, how="paper", by=by)
    merge(kept, gone, by)
    third = add_person(first_name="Rita", last_name="Shaw", by=SYSTEM)
    merge(third, kept, by)
    assert set(third.ids) == {third.pk, first, second}
    assert third.consents.count() == 1


# --- Money ---------------------------------------------------------------------------------------


@pytest.fixture
def two_parties(kept: Person, gone: Person, classes: dict[str, MemberClass]) -> tuple[Party, Party]:
    """Both rows were members, one after the other, and each is somebody in the ledger."""
    for person, shares in ((gone, 10), (kept, 5)):
        entry = register_member(
            person=person,
            member_class=classes["community"],
            joined=dt.date(2025, 1, 7),
            shares=shares,
            by=SYSTEM,
        )
        if person == gone:
            cease_member(member=entry, ceased=TODAY, because="Left", by=SYSTEM)
        person.refresh_from_db()
    assert kept.party is not None
    assert gone.party is not None
    return kept.party, gone.party


def test_balances_of_two_parties_are_moved_by_a_journal(
    two_parties: tuple[Party, Party], kept: Person, gone: Person, by: Actor
) -> None:
    party, old = two_parties
    before = Posting.objects.up_to(TODAY).by_account()
    merge(kept, gone, by)
    now = Posting.objects.up_to(TODAY)
    assert now.by_account() == before
    assert not any(now.filter(party=old).by_account().values())
    capital = Member.objects.filter(person=kept).first().member_class.share_class.capital_id
    assert now.filter(party=party).by_account()[capital] == -1500
    assert MergedPerson.objects.get().party == old


def test_orders_and_what_else_is_open_go_to_the_party_kept(
    two_parties: tuple[Party, Party], kept: Person, gone: Person, by: Actor
) -> None:
    party, old = two_parties
    order = create_order(
        kind="shares",
        key="order-1",
        party=old,
        account=chart.APPLICATIONS,
        amount=pounds_of(500),
        description="5 shares",
        owner_kind="members.purchase",
        owner_id=1,
        by=SYSTEM,
    )
    for one in (party, old):
        KnownPayer.objects.create(words="R SHAW", party=one)
    merge(kept, gone, by)
    order.refresh_from_db()
    assert order.party == party
    assert KnownPayer.objects.get().party == party


def test_two_direct_debits_in_use_are_for_a_person_to_settle(
    two_parties: tuple[Party, Party], kept: Person, gone: Person, by: Actor
) -> None:
    for number, party in enumerate(two_parties):
        Mandate.objects.create(
            party=party, kind="bacs", state="active", stripe_session=f"session-{number}"
        )
    with pytest.raises(RuleError, match="Direct Debit"):
        merge(kept, gone, by)


def test_who_only_the_other_row_was_in_the_ledger_the_row_kept_is_now(
    kept: Person, gone: Person, by: Actor
) -> None:
    party = party_for(holder=gone, by=SYSTEM)
    merged = merge(kept, gone, by)
    assert (merged.party, MergedPerson.objects.get().party) == (party, None)


# --- Signing in ----------------------------------------------------------------------------------


def test_the_only_sign_in_stays(kept: Person, gone: Person, by: Actor) -> None:
    gone.email = "rita.s@example.org"
    gone.save()
    user = give_sign_in(person=gone, by=SYSTEM)
    assert merge(kept, gone, by).user == user


def test_of_two_sign_ins_that_of_the_row_kept_stays_and_has_the_memberships(
    kept: Person, gone: Person, by: Actor, classes: dict[str, MemberClass]
) -> None:
    gone.email = "rita.s@example.org"
    gone.save()
    stays, goes = give_sign_in(person=kept, by=SYSTEM), give_sign_in(person=gone, by=SYSTEM)
    register_member(person=gone, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    assert goes.has_perm("governance.vote")
    merge(kept, gone, by)
    goes.refresh_from_db()
    assert not goes.is_active
    assert User.objects.get(pk=stays.pk).has_perm("governance.vote")


def test_a_sign_in_with_a_role_of_its_own_is_not_lost(
    kept: Person, gone: Person, by: Actor
) -> None:
    gone.email = "rita.s@example.org"
    gone.save()
    give_sign_in(person=kept, by=SYSTEM)
    carer = give_sign_in(person=gone, by=SYSTEM)
    grant_role(user=carer, role=Role.CARER, since=TODAY, by=SYSTEM)
    with pytest.raises(RuleError, match="signs in as carer"):
        merge(kept, gone, by)
    assert Person.objects.filter(pk=gone.pk, user=carer).exists()


# --- Refused -------------------------------------------------------------------------------------


def test_two_memberships_at_once_are_refused_and_nothing_moves(
    kept: Person, gone: Person, by: Actor, classes: dict[str, MemberClass]
) -> None:
    note_consent(person=gone, purpose="news", given=True, how="paper", by=by)
    for person in (kept, gone):
        register_member(person=person, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    with pytest.raises(RuleError, match="Both are in the register today"):
        merge(kept, gone, by)
    assert Consent.objects.get().person == gone
    assert not MergedPerson.objects.exists()


@pytest.mark.parametrize("name", ["rota.carer.person", "services.personsupported.person"])
def test_what_there_can_be_only_one_of_is_refused_in_words(
    name: str, kept: Person, gone: Person, by: Actor
) -> None:
    for person in (kept, gone):
        MAKERS[name](person)
    with pytest.raises(RuleError, match="only one can have"):
        merge(kept, gone, by)


def test_somebody_who_acts_for_the_other_is_another_person(
    kept: Person, gone: Person, by: Actor
) -> None:
    Authority.objects.create(
        person=kept, by=gone, ground="helper", scope=["membership"], since=TODAY
    )
    with pytest.raises(RuleError, match="two people"):
        merge(kept, gone, by)


def test_the_number_of_the_row_to_go_is_typed_once_more(
    kept: Person, gone: Person, by: Actor
) -> None:
    with pytest.raises(RuleError) as refused:
        merge_people(kept=kept, gone=gone, number=kept.pk, by=by)
    assert refused.value.field == "number"


def test_only_the_secretary_merges(
    kept: Person, gone: Person, coordinator: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        merge(kept, gone, as_user(coordinator))


def test_the_same_two_cannot_be_merged_twice(kept: Person, gone: Person, by: Actor) -> None:
    number = gone.pk
    other = Person.objects.get(pk=number)
    merge(kept, gone, by)
    with pytest.raises(RuleError, match="merged already"):
        merge(kept, other, by)


def test_two_people_are_set_apart_once(kept: Person, gone: Person, by: Actor) -> None:
    set_apart(first=gone, second=kept, by=by)
    set_apart(first=kept, second=gone, by=by)
    assert SetApart.objects.get().first == kept


def test_an_organisation_is_not_touched_by_a_merge(kept: Person, gone: Person, by: Actor) -> None:
    MAKERS["members.representative.person"](gone)
    merge(kept, gone, by)
    assert Organisation.objects.get().representatives.get().person == kept
