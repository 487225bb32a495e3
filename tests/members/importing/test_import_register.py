"""The import itself: what is written, in how many statements, and that all or nothing is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, RoleGrant, User
from core.permissions import Role
from ledger.models import Account, Journal, Party, Posting
from members.importing import Plan, Rows, named, read_rows, read_table
from members.models import (
    Member,
    MemberClass,
    Organisation,
    Person,
    ShareTransaction,
    SocietyRules,
)
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    appoint_representative,
    bringing_over,
    give_sign_in,
    import_register,
    plan_import,
    register_member,
)
from members.statutory import totals_on
from tests.members.conftest import TODAY
from tests.members.importing.files import (
    HEADINGS,
    ROW,
    Cells,
    csv_of,
    members,
    row,
    typed,
    xlsx_of,
)
from tests.members.importing.tables import everything

pytestmark = pytest.mark.django_db


def rows_of(data: bytes) -> Rows:
    table = read_table(data)
    return read_rows(table, named(table.headings), TODAY)


def bring(*rows: Cells, by: Actor = SYSTEM) -> Plan:
    return import_register(rows=rows_of(csv_of(*rows)), by=by)


def numbers(plan: Plan) -> tuple[int, int, int]:
    counts = plan.counts()
    return counts["created"], counts["updated"], counts["unchanged"]


def test_a_register_of_500_comes_over_whole_and_the_books_agree_on_every_day() -> None:
    told = members(500)
    assert numbers(bring(*told)) == (500, 0, 0)
    assert Member.objects.count() == 500
    assert Person.objects.count() + Organisation.objects.count() == 500
    assert Organisation.objects.count() == sum(one["class"] == "organisation" for one in told)
    for day in (TODAY, dt.date(2016, 7, 1), dt.date(2012, 4, 1)):
        shares = sum(one["shares"] for one in told if _day(one) <= day)
        totals = totals_on(day)
        assert totals.shares == shares
        assert totals.agree
        assert int(totals.in_books.amount) == shares
    assert Journal.objects.filter(sealed=True).count() == 500
    assert Posting.objects.up_to(TODAY).by_account().keys() == {"opening", "share-capital"}
    assert sum(Posting.objects.up_to(TODAY).by_account().values()) == 0


def _day(cells: Cells) -> dt.date:
    day: dt.date = typed(cells)[HEADINGS.index("joined")]
    return day


def test_every_cell_arrives() -> None:
    bring(
        row(
            phone="01632 960 001",
            address_line_2="Flat 3",
            born="27/03/1961",
            format="large",
            ceased="2024-06-01",
            ceased_because="Moved away",
        )
    )
    member = Member.objects.select_related("person", "member_class").get()
    person = member.person
    assert person is not None
    assert (member.number, member.joined, member.ceased) == (
        101,
        dt.date(2019, 3, 5),
        dt.date(2024, 6, 1),
    )
    assert (member.member_class.code, member.ceased_because) == ("community", "Moved away")
    assert (str(person), person.born, person.email) == (
        "Rosa Whiteley",
        dt.date(1961, 3, 27),
        "rosa@example.org",
    )
    assert person.postal_address == "1 Mill Row, Flat 3, Damside, QX7 2AB"
    assert (person.phone, person.format) == ("01632 960 001", "large")
    assert person.user is None


def test_each_holding_has_a_journal_of_its_own_as_when_one_member_is_brought_over() -> None:
    bring(ROW)
    by_import = Journal.objects.get()
    other = register_member(
        person=Person.objects.create(first_name="Ann", last_name="Shaw"),
        member_class=MemberClass.objects.get(code="community"),
        joined=dt.date(2019, 3, 5),
        shares=25,
        number=102,
        by=SYSTEM,
    )
    by_hand = Journal.objects.exclude(pk=by_import.pk).get()
    same = ("kind", "date", "sealed")
    assert [getattr(by_import, name) for name in same] == [getattr(by_hand, name) for name in same]
    member = Member.objects.get(number=101)
    for entry, journal in ((member, by_import), (other, by_hand)):
        assert journal.key == f"shares-opening:{entry.pk}"
        assert journal.source == f"members.member:{entry.pk}"
        assert journal.memo == f"+25 shares, member {entry.number}"
        lines = journal.postings.values_list("account", "pence", "party")
        party = entry.holder.party_id
        assert set(lines) == {("opening", 2500, party), ("share-capital", -2500, party)}
        assert entry.shares_on(TODAY) == 25


def test_the_starting_classes_are_made_where_there_are_none() -> None:
    assert not MemberClass.objects.exists()
    bring(row(klass="worker"))
    assert MemberClass.objects.count() == 6
    assert Member.objects.get().member_class.code == "worker"


def test_a_co_ops_own_limits_hold(classes: dict[str, MemberClass]) -> None:
    MemberClass.objects.filter(code="community").update(minimum_shares=50, name="Friend")
    plan = bring(ROW)
    assert [fault.message for fault in plan.faults] == ["Friend takes from 50 to 100,000 shares."]
    SocietyRules.objects.create(pk=1, most_shares_value=60)
    assert "more than £60" in bring(row(shares="70")).faults[0].message


def test_the_same_file_again_changes_nothing() -> None:
    told = members(120)
    bring(*told)
    before = everything()
    assert numbers(bring(*told)) == (0, 0, 120)
    assert everything(but=("core_auditline",)) == {
        name: rows for name, rows in before.items() if name != "core_auditline"
    }
    assert numbers(import_register(rows=rows_of(_as_xlsx(told)), by=SYSTEM)) == (0, 0, 120)


def _as_xlsx(told: list[dict[str, Any]]) -> bytes:
    return xlsx_of(HEADINGS, [typed(one) for one in told])


def test_an_xlsx_file_says_the_same_as_a_csv_file() -> None:
    told = members(60)
    import_register(rows=rows_of(_as_xlsx(told)), by=SYSTEM)
    assert numbers(bring(*told)) == (0, 0, 60)


def test_a_trial_writes_nothing_and_says_the_same_as_the_import() -> None:
    rows = rows_of(csv_of(*members(60)))
    before = everything()
    trial = plan_import(rows, TODAY)
    assert everything() == before
    assert trial.counts() == import_register(rows=rows, by=SYSTEM).counts()


def test_one_fault_anywhere_and_nothing_is_written() -> None:
    told = members(60)
    told[40]["shares"] = "none"
    before = everything()
    plan = bring(*told)
    assert [(fault.row, fault.field) for fault in plan.faults] == [(42, "shares")]
    assert everything() == before


def test_contact_details_follow_the_newest_file() -> None:
    told = members(60)
    bring(*told)
    for one in told[:10]:
        one["town"] = "Kirkby"
    assert numbers(bring(*told)) == (0, 10, 50)
    towns = Member.objects.filter(number__lte=10).values_list("person__town", "organisation__town")
    assert {one or other for one, other in towns} == {"Kirkby"}
    lines = AuditLine.objects.filter(action="members.change_contact")
    assert lines.count() == 10
    assert {tuple(line.data["fields"]) for line in lines} == {("town",)}
    assert numbers(bring(*told)) == (0, 0, 60)


def test_a_holding_that_changed_meanwhile_is_a_fault_and_stays() -> None:
    bring(ROW)
    plan = bring(row(shares="30"))
    assert [(fault.row, fault.field) for fault in plan.faults] == [(2, "shares")]
    assert Member.objects.get().shares_on(TODAY) == 25


def test_somebody_known_is_entered_and_not_made_again(rita: Person) -> None:
    plan = bring(
        row(first_name="Rita", last_name="Shaw", email="RITA@example.org"),
        row(number="102", first_name="Ann", email="rita@example.org"),
    )
    assert plan.is_good
    assert Member.objects.get(number=101).person == rita
    assert Person.objects.count() == 2
    rita.refresh_from_db()
    assert rita.postal_address == "1 Mill Row, Damside, QX7 2AB"
    assert rita.party is not None


def test_somebody_with_a_party_in_the_books_keeps_it(rita: Person) -> None:
    party = Party.objects.create()
    Person.objects.filter(pk=rita.pk).update(party=party)
    bring(row(first_name="Rita", last_name="Shaw", email="rita@example.org"))
    assert set(Posting.objects.values_list("party", flat=True)) == {party.pk}


def test_somebody_who_came_back_is_one_person_with_two_entries() -> None:
    plan = bring(
        row(ceased="2020-01-01", shares="0"),
        row(number="205", joined="2021-01-01", shares="40"),
    )
    assert plan.is_good
    person = Person.objects.get()
    assert [one.number for one in person.memberships.all()] == [101, 205]
    assert ShareTransaction.objects.count() == 1
    first = person.memberships.get(number=101)
    assert first.ceased_because == "Not recorded"


def test_a_former_member_who_still_holds_shares_is_brought_over_with_them() -> None:
    bring(row(ceased="2020-01-01", shares="25"))
    assert Member.objects.get().shares_on(TODAY) == 25
    assert Member.objects.in_register(TODAY).count() == 1


def test_nobody_is_given_a_sign_in_and_who_has_one_gets_the_members_pages(rita: Person) -> None:
    user = give_sign_in(person=rita, by=SYSTEM)
    clerk = add_person(first_name="Cleo", last_name="Clerk", by=SYSTEM)
    Person.objects.filter(pk=clerk.pk).update(
        user=User.objects.create(email="cleo@example.org", name="Cleo")
    )
    trust = add_organisation(name="Weir Trust", kind="charity", by=SYSTEM)
    appoint_representative(organisation=trust, person=clerk, since=TODAY, by=SYSTEM)
    users = User.objects.count()
    bring(
        row(first_name="Rita", last_name="Shaw", email="rita@example.org"),
        row(number="102"),
        row(number="103", klass="organisation", first_name="", last_name="Weir Trust", email=""),
    )
    assert User.objects.count() == users
    granted = RoleGrant.objects.filter(role=Role.MEMBER, ended_at__isnull=True)
    assert set(granted.values_list("user__email", flat=True)) == {
        user.email,
        "cleo@example.org",
    }


def test_somebody_who_ceased_gets_no_pages(rita: Person) -> None:
    give_sign_in(person=rita, by=SYSTEM)
    bring(row(first_name="Rita", last_name="Shaw", email="rita@example.org", ceased="2020-01-01"))
    assert not RoleGrant.objects.filter(role=Role.MEMBER).exists()


def test_each_member_has_a_line_in_the_audit_trail_and_none_names_anybody(by: Actor) -> None:
    bring(*members(20), by=by)
    lines = AuditLine.objects.filter(action="members.import_member")
    entered = set(Member.objects.values_list("pk", flat=True))
    assert {int(line.object_id) for line in lines} == entered
    assert {line.user for line in lines} == {by.user}
    whole = AuditLine.objects.get(action="members.import_register")
    assert whole.data == {"rows": 20, "created": 20, "updated": 0, "unchanged": 0}
    said = "".join(str(line.data) for line in AuditLine.objects.all())
    assert not any(person.last_name in said for person in Person.objects.all())


def test_evidence_that_nobody_has_seen_is_counted_and_stops_nothing() -> None:
    plan = bring(
        row(), row(number="102", klass="investor", first_name="Ann"), row(number="103", email="")
    )
    known = plan.worth_knowing()
    assert (known["without_evidence"], known["without_email"], known["shares"]) == (2, 1, 75)
    assert Member.objects.lacking_evidence(TODAY).count() == 2


def test_only_who_may_bring_members_over_does(
    treasurer: User, board_member: User, as_user: Callable[[User], Actor]
) -> None:
    for user in (treasurer, board_member):
        with pytest.raises(PermissionDenied):
            bring(ROW, by=as_user(user))
    assert not Member.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_register() -> None:
    bring(ROW)

    def statements(first: int, number: int) -> int:
        told = [one | {"number": one["number"] + first} for one in members(number, seed=first)]
        for one in told:
            if one["email"]:
                one["email"] = f"{first}.{one['email']}"
            if one["class"] == "organisation":
                one["last_name"] = f"{first} {one['last_name']}"
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert bring(*told).is_good
        reading = [one for one in queries if one["sql"].startswith("SELECT")]
        return len(reading)

    assert statements(1000, 10) == statements(2000, 90)


def test_a_register_changed_at_the_same_moment_is_a_refusal_and_nothing_is_written(
    classes: dict[str, MemberClass], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing, somebody else takes the number."""
    look = bringing_over.plan_import

    def and_then(*args: Any) -> Plan:
        plan = look(*args)
        ann = add_person(
            first_name="Ann", last_name="Shaw", contact=Contact(town="Damside"), by=SYSTEM
        )
        register_member(
            person=ann, member_class=classes["family"], joined=TODAY, number=101, by=SYSTEM
        )
        return plan

    monkeypatch.setattr(bringing_over, "plan_import", and_then)
    with pytest.raises(RuleError, match="at the same moment"):
        bring(row(number="100"), row(first_name="Tom"))
    monkeypatch.undo()
    assert not Member.objects.exists()
    assert not Person.objects.exists()


def test_shares_of_another_class_stand_against_its_own_capital(
    classes: dict[str, MemberClass],
) -> None:
    capital = Account.objects.create(code="share-capital-b", name="B shares", kind="equity")
    share_class = classes["investor"].share_class
    share_class.pk, share_class.code, share_class.par = None, "b", 5
    share_class.capital = capital
    share_class.save(force_insert=True)
    MemberClass.objects.filter(code="investor").update(share_class="b")
    assert bring(row(klass="investor", shares="20000")).is_good
    assert Posting.objects.up_to(TODAY).by_account() == {
        "opening": 100_000_00,
        "share-capital-b": -100_000_00,
    }
    plan = bring(row(number="102", first_name="Ann", klass="investor", shares="20001"))
    assert [fault.field for fault in plan.faults] == ["shares"]
