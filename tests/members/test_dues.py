"""Dues: charged once and in full, asked for, reminded of, collected, waived; never an end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, Job, User
from ledger import chart
from ledger.models import Payment, Posting
from ledger.operations.settling import fail
from members import jobs, tasks
from members.models import Application, DuesCharge, Letter, Member, MemberClass, Person
from members.operations import (
    add_organisation,
    admit,
    cease_member,
    charge_dues,
    collect_dues,
    collect_open_dues,
    register_member,
    remind_of_dues,
    start_dues,
    stop_collecting,
    waive_dues,
)
from members.operations.dues import charge_joining_fee
from members.operations.jobs import kind_of, left_behind
from tests.members.conftest import TODAY
from tests.members.dues import (
    BEGAN,
    DUE,
    MARCH,
    another,
    charge_all,
    mails,
    mandate,
    owed,
    pay,
)

pytestmark = pytest.mark.django_db

# --- Charging -------------------------------------------------------------------------------------


def test_everybody_of_a_class_with_dues_in_that_month_is_charged_in_full(
    rita_member: Member, classes: dict[str, MemberClass], rita: Person
) -> None:
    other = Person.objects.create(first_name="Joan", last_name="Dyson")
    register_member(person=other, member_class=classes["community"], joined=BEGAN, by=SYSTEM)
    assert charge_all() == 1
    charge = DuesCharge.objects.get()
    assert (charge.member, charge.kind) == (rita_member, "yearly")
    assert (charge.period_start, charge.period_end) == (MARCH, dt.date(2027, 2, 28))
    order = charge.order
    assert (order.amount, order.account_id, order.due_on) == (
        Money(12, "GBP"),
        chart.RECEIVABLE,
        DUE,
    )
    assert (order.owner_kind, order.owner_id) == ("members.dues", charge.pk)
    assert order.description == "Dues, March 2026 to February 2027"
    assert owed(rita_member) == 12_00
    assert Posting.objects.up_to(TODAY).by_account()[chart.DUES] == -12_00


def test_charging_again_charges_nobody_twice(rita_member: Member, family: MemberClass) -> None:
    assert charge_all() == 1
    assert charge_all() == 0
    another(family, "Joan")
    assert charge_all() == 1
    members = list(Member.objects.with_class(MARCH).select_related("person", "organisation"))
    assert charge_dues(members=members, year=2026, month=3, today=TODAY, by=SYSTEM) == 0
    assert DuesCharge.objects.count() == 2
    assert owed(rita_member) == 12_00


def test_who_joined_later_has_ceased_or_has_died_is_not_charged(
    rita_member: Member, family: MemberClass
) -> None:
    late = Person.objects.create(first_name="Late", last_name="Dyson")
    register_member(person=late, member_class=family, joined=TODAY, by=SYSTEM)
    gone = another(family, "Gone")
    cease_member(member=gone, ceased=TODAY, because="Resigned", by=SYSTEM)
    dead = another(family, "Dead")
    Person.objects.filter(pk=dead.person_id).update(died_on=TODAY)
    assert charge_all() == 1
    assert DuesCharge.objects.get().member == rita_member


def test_the_class_is_the_one_of_the_first_day(
    rita_member: Member, classes: dict[str, MemberClass]
) -> None:
    rita_member.class_moves.create(
        left=classes["community"],
        entered=classes["family"],
        date=dt.date(2026, 3, 2),
        because="Test",
    )
    assert charge_all() == 0


def test_whoever_is_charged_late_still_has_four_weeks_to_pay(rita_member: Member) -> None:
    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC), tick=False):
        charge_all(dt.date(2026, 6, 10))
    assert DuesCharge.objects.get().order.due_on == dt.date(2026, 7, 8)


def test_they_are_told_how_to_pay_by_e_mail_or_letter(
    rita_member: Member, family: MemberClass
) -> None:
    on_paper = another(family, "Joan")
    charge_all()
    [text] = mails("asked")
    for words in ("£12.00", "Tuesday 31 March 2026", "/members/me/dues/", "You stay a member"):
        assert words in text
    letter = Letter.objects.get()
    assert letter.person == on_paper.person
    assert DuesCharge.objects.get(member=on_paper).order.reference in letter.text
    assert "/members/me/dues/" not in letter.text


def test_dues_are_charged_in_the_background_with_progress(
    rita_member: Member, family: MemberClass, treasurer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    another(family, "Joan")
    another(family, "Jim")
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    by = Actor("user", user=treasurer)
    job = start_dues(year=2026, month=3, by=by)
    assert (job.state, job.total) == ("waiting", 3)
    with pytest.raises(RuleError, match="being done already"):
        start_dues(year=2026, month=3, by=by)
    tasks.do_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.note) == ("done", 3, "3 charged.")
    assert DuesCharge.objects.count() == 3
    assert Job.objects.get(kind=kind_of("dues", "2026-03")) == job
    tasks.do_work(job.pk)  # delivered twice
    assert DuesCharge.objects.count() == 3
    lines = AuditLine.objects.filter(action="members.charge_dues")
    assert {line.user for line in lines} == {treasurer}
    with pytest.raises(RuleError, match="Nobody is left"):
        start_dues(year=2026, month=3, by=by)


def test_work_whose_worker_died_is_taken_up_again(rita_member: Member) -> None:
    job = start_dues(year=2026, month=3, by=SYSTEM)
    now = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
    assert not left_behind(now).exists()
    later = now + dt.timedelta(minutes=2)
    assert left_behind(later).get() == job
    Job.objects.filter(pk=job.pk).update(state="running", started_at=now, beat_at=now)
    assert not left_behind(later).exists()
    with time_machine.travel(now + dt.timedelta(minutes=6), tick=False):
        tasks.take_up_work()
    job.refresh_from_db()
    assert (job.state, DuesCharge.objects.count()) == ("done", 1)


def test_a_refusal_ends_the_work_with_its_sentence(rita_member: Member, secretary: User) -> None:
    job = start_dues(year=2026, month=3, by=Actor("user", user=secretary))
    Job.objects.filter(pk=job.pk).update(started_by=None, kind="members:interest:999")
    with pytest.raises(Exception, match="does not exist"):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.note) == ("failed", "It failed; the log says why.")


@pytest.mark.parametrize(
    ("year", "month", "words"), [(2026, 4, "has not begun"), (2026, 2, "Nobody is left")]
)
def test_a_month_to_come_or_without_dues_is_refused(
    rita_member: Member, year: int, month: int, words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        start_dues(year=year, month=month, by=SYSTEM)


def test_only_the_secretary_and_the_treasurer_keep_dues(
    rita_member: Member, board_member: User
) -> None:
    with pytest.raises(PermissionDenied):
        start_dues(year=2026, month=3, by=Actor("user", user=board_member))


def test_a_new_member_is_asked_for_the_joining_fee_once(
    rita_member: Member, classes: dict[str, MemberClass]
) -> None:
    charge = charge_joining_fee(member=rita_member, today=TODAY, by=SYSTEM)
    assert charge is not None
    assert (charge.kind, charge.order.amount) == ("joining", Money(5, "GBP"))
    assert charge_joining_fee(member=rita_member, today=TODAY, by=SYSTEM) is None
    assert "joining fee" in mails("asked")[0]
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    free = register_member(
        organisation=wheels, member_class=classes["organisation"], joined=TODAY, by=SYSTEM
    )
    assert charge_joining_fee(member=free, today=TODAY, by=SYSTEM) is None
    assert charge_all() == 1  # dues are another matter


def test_admission_asks_for_the_joining_fee(
    waiting: Callable[..., Application], family: MemberClass, by: Actor
) -> None:
    application = waiting(member_class=family)
    member = admit(application=application, board_meeting=TODAY, minute="2026/14.2", by=by)
    [charge] = member.dues.all()
    assert (charge.kind, charge.period_start) == ("joining", TODAY)
    assert owed(member) == 5_00


# --- Reminding ------------------------------------------------------------------------------------


def remind(day: dt.date) -> int:
    return remind_of_dues(today=day, by=SYSTEM)


def test_reminders_come_every_thirty_days_and_three_times_at_most(
    rita_member: Member, family: MemberClass
) -> None:
    charge_all()
    after = [DUE + dt.timedelta(days=days) for days in (29, 30, 31, 59, 60, 90, 120, 500)]
    assert [remind(day) for day in after] == [0, 1, 0, 0, 1, 1, 0, 0]
    assert len(mails("reminder")) == 3
    charge = DuesCharge.objects.get()
    assert (charge.reminders, charge.reminded_on) == (3, DUE + dt.timedelta(days=90))


def test_nobody_is_reminded_who_paid_or_whose_money_is_on_its_way(
    rita_member: Member, family: MemberClass
) -> None:
    charge_all()
    charge, day = DuesCharge.objects.get(), DUE + dt.timedelta(days=40)
    pay(charge, 11)
    coming = Payment.objects.create(
        order=charge.order, method="bacs", state="processing", amount=1, key="coming"
    )
    assert remind(day) == 0
    fail(coming, "No money there.", SYSTEM)
    assert remind(day) == 1
    assert "£1.00" in mails("reminder")[0]
    pay(charge, 1)
    assert remind(day + dt.timedelta(days=40)) == 0


def test_nobody_is_reminded_who_has_died_or_left_or_need_not_pay(
    rita_member: Member, family: MemberClass
) -> None:
    dead, gone = another(family, "Dead"), another(family, "Gone")
    charge_all()
    Person.objects.filter(pk=dead.person_id).update(died_on=TODAY)
    cease_member(member=gone, ceased=TODAY, because="Resigned", by=SYSTEM)
    charge = DuesCharge.objects.get(member=rita_member)
    waive_dues(charge=charge, because="Hardship", today=TODAY, by=SYSTEM)
    assert remind(DUE + dt.timedelta(days=60)) == 0


def test_reminders_go_out_some_at_a_time_until_all_are_told(
    rita_member: Member, family: MemberClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Joan", "Jim", "Jo"):
        another(family, name)
    charge_all()
    monkeypatch.setattr("members.operations.dues.AT_ONCE", 3)
    with time_machine.travel(dt.datetime(2026, 5, 1, 9, tzinfo=dt.UTC), tick=False):
        tasks.remind_of_dues()
    assert set(DuesCharge.objects.values_list("reminders", flat=True)) == {1}
    assert Letter.objects.filter(kind="members.dues-reminder").count() == 3


def test_unpaid_dues_never_end_a_membership(rita_member: Member, family: MemberClass) -> None:
    """Whatever runs by itself, for years."""
    charge_all()
    for month in range(40):
        day = dt.datetime(2026 + (3 + month) // 12, (3 + month) % 12 + 1, 2, 9, tzinfo=dt.UTC)
        with time_machine.travel(day, tick=False):
            tasks.remind_of_dues()
            tasks.collect_open_dues()
            tasks.take_up_work()
            if day.month == 3:
                job = start_dues(year=day.year, month=3, by=SYSTEM)
                tasks.do_work(job.pk)
    rita_member.refresh_from_db()
    assert rita_member.ceased is None
    assert rita_member.is_active_on(dt.date(2029, 7, 1))
    assert rita_member.shares_on(dt.date(2029, 7, 1)) == 1
    assert DuesCharge.objects.filter(reminders=3).count() == 4
    assert owed(rita_member, dt.date(2029, 7, 1)) == 48_00


# --- Collecting -----------------------------------------------------------------------------------


def test_whoever_gave_a_mandate_is_told_of_the_collection_instead(
    rita_member: Member, family: MemberClass
) -> None:
    mandate(rita_member)
    charge_all()
    payment = Payment.objects.get()
    assert (payment.state, payment.amount) == ("scheduled", Money(12, "GBP"))
    assert payment.collect_on == DUE
    assert mails("asked") == []
    [notice] = mails("notice")
    for words in ("£12.00", "4321", "Tuesday 31 March 2026"):
        assert words in notice
    assert remind(DUE + dt.timedelta(days=60)) == 0


def test_a_mandate_set_up_later_collects_what_is_open_once(rita_member: Member) -> None:
    charge_all()
    assert collect_open_dues(today=TODAY, by=SYSTEM) == 0
    mandate(rita_member)
    assert collect_open_dues(today=TODAY, by=SYSTEM) == 1
    assert collect_open_dues(today=TODAY, by=SYSTEM) == 0
    fail(Payment.objects.get(), "No money there.", SYSTEM)
    assert collect_open_dues(today=TODAY, by=SYSTEM) == 0
    assert "it did not come" in mails("failed")[0]
    again = collect_dues(charge=DuesCharge.objects.get(), today=TODAY, by=SYSTEM)
    assert again.attempt == 2


def test_without_a_mandate_there_is_nothing_to_collect(rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    with pytest.raises(RuleError, match="has not set up"):
        collect_dues(charge=charge, today=TODAY, by=SYSTEM)
    waive_dues(charge=charge, because="Hardship", today=TODAY, by=SYSTEM)
    mandate(rita_member)
    with pytest.raises(RuleError, match="waived"):
        collect_dues(charge=charge, today=TODAY, by=SYSTEM)


def test_the_member_or_staff_end_a_mandate_and_nobody_else(
    rita_member: Member, secretary: User, make_user: Callable[..., User]
) -> None:
    charge_all()
    mandate(rita_member)
    collect_open_dues(today=TODAY, by=SYSTEM)
    with pytest.raises(PermissionDenied):
        stop_collecting(member=rita_member, by=Actor("user", user=make_user("other")))
    ended = stop_collecting(member=rita_member, by=Actor("user", user=secretary))
    assert ended.state == "ended"
    assert Payment.objects.get().state == "cancelled"
    with pytest.raises(RuleError, match="nothing to end"):
        stop_collecting(member=rita_member, by=Actor("user", user=secretary))
