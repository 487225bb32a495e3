"""Two who charge, remind, waive, approve or pay at the same moment: it happens once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import Job, OutboxMessage, User
from ledger import chart
from ledger.models import Journal, PayOut, Posting
from members import jobs
from members.models import (
    DuesCharge,
    InterestRun,
    Member,
    MemberClass,
    Office,
    Person,
    ShareClass,
)
from members.operations import (
    appoint_officer,
    approve_interest,
    charge_dues,
    draft_interest,
    pay_interest,
    prepare_interest,
    register_member,
    remind_of_dues,
    waive_dues,
)
from members.operations.jobs import claim_work
from tests.members.conftest import TODAY
from tests.members.test_races import together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MARCH = dt.date(2026, 3, 1)
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


@pytest.fixture
def member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    MemberClass.objects.filter(code="family").update(yearly_dues=12, dues_month=3)
    return register_member(
        person=rita, member_class=classes["family"], joined=FIRST, shares=1000, by=SYSTEM
    )


def charge() -> int:
    members = list(Member.objects.with_class(MARCH).select_related("person", "organisation"))
    return charge_dues(members=members, year=2026, month=3, today=TODAY, by=SYSTEM)


def drafted() -> InterestRun:
    run = draft_interest(
        share_class=ShareClass.objects.get(code="ordinary"),
        first_on=FIRST,
        last_on=LAST,
        rate=Decimal("2.5"),
        by=SYSTEM,
    )
    assert run.job is not None
    jobs.run(run.job.pk)
    return InterestRun.objects.get(pk=run.pk)


def test_two_who_charge_the_same_member_charge_once(member: Member) -> None:
    results = together(charge, charge, charge)
    assert sorted(results) == [0, 0, 1]  # type: ignore[type-var]
    assert DuesCharge.objects.count() == 1
    assert Posting.objects.filter(account=chart.DUES).pence_total() == -12_00
    assert OutboxMessage.objects.filter(kind="members.dues-asked").count() == 1


def test_two_workers_remind_once(member: Member) -> None:
    charge()
    day = dt.date(2026, 5, 10)
    results = together(*[lambda: remind_of_dues(today=day, by=SYSTEM)] * 3)
    assert sorted(results) == [0, 0, 1]  # type: ignore[type-var]
    assert OutboxMessage.objects.filter(kind="members.dues-reminder").count() == 1


def test_dues_are_waived_once(member: Member) -> None:
    charge()

    def waive() -> Any:
        found = DuesCharge.objects.select_related("order", "journal", "member").get()
        return waive_dues(charge=found, because="Hardship", today=TODAY, by=SYSTEM)

    results = together(waive, waive)
    assert sum(isinstance(one, DuesCharge) for one in results) == 1, results
    assert sum(isinstance(one, RuleError) for one in results) == 1, results
    assert Posting.objects.filter(account=chart.DUES).pence_total() == 0


def test_two_who_draft_the_same_days_draft_them_once(member: Member) -> None:
    results = together(drafted, drafted)
    assert sum(isinstance(one, RuleError) for one in results) == 1, results
    assert InterestRun.objects.count() == 1


def test_interest_is_approved_once(member: Member) -> None:
    run = drafted()

    def approve() -> InterestRun:
        found = InterestRun.objects.get(pk=run.pk)
        return approve_interest(run=found, minute="AGM", on=TODAY, by=SYSTEM)

    results = together(approve, approve)
    assert sum(isinstance(one, InterestRun) for one in results) == 1, results
    assert sum(isinstance(one, RuleError) for one in results) == 1, results
    assert Journal.objects.filter(kind="share-interest").count() == 1


def test_interest_is_prepared_and_paid_once(
    member: Member, treasurer: User, board_member: User
) -> None:
    run = approve_interest(run=drafted(), minute="AGM", on=TODAY, by=SYSTEM)
    tom, bea = Actor("user", user=treasurer), Actor("user", user=board_member)
    assert tom.may("ledger.prepare_pay_outs")
    assert bea.may("ledger.make_pay_outs")

    def lines() -> Any:
        found = run.lines.select_related("run", "pay_out", "member__person")
        return list(found)

    together(
        lambda: prepare_interest(lines=lines(), by=tom),
        lambda: prepare_interest(lines=lines(), by=tom),
    )
    waiting = PayOut.objects.exclude(state="called_off")
    assert waiting.count() == 1
    together(
        lambda: pay_interest(lines=lines(), paid_on=TODAY, by=bea),
        lambda: pay_interest(lines=lines(), paid_on=TODAY, by=bea),
    )
    assert Posting.objects.filter(account=chart.BANK).pence_total() == -25_00
    assert Posting.objects.filter(account=chart.INTEREST_PAYABLE).pence_total() == 0


def test_of_two_workers_one_has_the_job(member: Member) -> None:
    job = Job.objects.create(kind="members:dues:2026-03", total=1)
    claims = together(*[lambda: claim_work(job_id=job.pk, by=SYSTEM)] * 3)
    assert sum(claim is not None for claim in claims) == 1, claims


def test_an_office_is_noted_once(member: Member) -> None:
    def appoint() -> Office:
        person = Person.objects.get()
        return appoint_officer(person=person, post="chair", since=TODAY, minute="1", by=SYSTEM)

    results = together(appoint, appoint)
    assert sum(isinstance(one, RuleError) for one in results) == 1, results
    assert Office.objects.count() == 1
