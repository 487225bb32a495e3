"""Dues: charged once and in full, asked for, reminded of, collected, waived; never an end."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, Job, OutboxMessage, User
from ledger import chart
from ledger.models import Mandate, Payment, Posting
from ledger.operations import record_payment
from ledger.operations.settling import fail
from ledger.owners import owners_of
from members import tasks, work
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
from members.operations.work import kind_of, left_behind
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

BEGAN = dt.date(2025, 1, 10)
MARCH = dt.date(2026, 3, 1)
DUE = dt.date(2026, 3, 31)


@pytest.fixture
def family(classes: dict[str, MemberClass]) -> MemberClass:
    """Family carers pay £12 a year, in March."""
    MemberClass.objects.filter(code="family").update(yearly_dues=12, dues_month=3, joining_fee=5)
    return MemberClass.objects.get(code="family")


@pytest.fixture
def rita_member(rita: Person, family: MemberClass) -> Member:
    return register_member(person=rita, member_class=family, joined=BEGAN, by=SYSTEM)


def another(family: MemberClass, name: str, **contact: Any) -> Member:
    person = Person.objects.create(first_name=name, last_name="Dyson", **contact)
    return register_member(person=person, member_class=family, joined=BEGAN, by=SYSTEM)


def charge_all(today: dt.date = TODAY) -> int:
    members = Member.objects.owing_dues(MARCH, today).select_related("person", "organisation")
    return charge_dues(members=members, year=2026, month=3, today=today, by=SYSTEM)


def pay(charge: DuesCharge, pounds: int, on: dt.date = TODAY) -> Payment:
    return record_payment(
        order=charge.order,
        method=Payment.Method.TRANSFER,
        amount=Money(pounds, "GBP"),
        made_on=on,
        key=f"test:{charge.order.payments.count()}",
        by=SYSTEM,
    )


def mandate(member: Member) -> Mandate:
    member.holder.refresh_from_db()
    return Mandate.objects.create(
        party=member.holder.party,
        kind="bacs",
        state="active",
        stripe_session=f"seti_{member.pk}",
        last_four="4321",
    )


def mails(kind: str) -> list[str]:
    found = OutboxMessage.objects.filter(kind=f"members.dues-{kind}").order_by("pk")
    return list(found.values_list("text", flat=True))


def owed(member: Member, on: dt.date = TODAY) -> int:
    return (
        Posting.objects.up_to(on)
        .filter(account=chart.RECEIVABLE, party=member.holder.party_id)
        .pence_total()
    )


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
    monkeypatch.setattr(work, "AT_ONCE", 2)
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
        work.run(job.pk)
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


# --- Waiving --------------------------------------------------------------------------------------


def test_waiving_reverses_the_journal_and_asks_no_more(rita_member: Member, by: Actor) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    with pytest.raises(RuleError, match="Say why"):
        waive_dues(charge=charge, because=" ", today=TODAY, by=by)
    waived = waive_dues(charge=charge, because="Hardship, see Rita", today=TODAY, by=by)
    assert waived.waiver is not None
    assert waived.waiver.reverses == waived.journal
    assert "Rita" not in waived.waiver.memo
    assert waived.order.is_cancelled
    assert owed(rita_member) == 0
    assert chart.DUES not in {
        code for code, pence in Posting.objects.up_to(TODAY).by_account().items() if pence
    }
    with pytest.raises(RuleError, match="already"):
        waive_dues(charge=charge, because="Again", today=TODAY, by=by)
    assert charge_all() == 0  # and is not charged anew


def test_what_is_paid_in_part_cannot_be_waived(rita_member: Member, by: Actor) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    pay(charge, 5)
    with pytest.raises(RuleError, match="pay it back first"):
        waive_dues(charge=charge, because="Hardship", today=TODAY, by=by)
    assert owed(rita_member) == 7_00


# --- On the screens -------------------------------------------------------------------------------


@pytest.fixture
def tom(treasurer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(treasurer)


def test_the_list_of_arrears_shows_how_old_each_debt_is(
    treasurer: User,
    signed_in: Callable[[User], Client],
    rita_member: Member,
    family: MemberClass,
) -> None:
    joan = another(family, "Joan")
    charge_all()
    pay(DuesCharge.objects.get(member=joan), 2)
    charge_joining_fee(member=joan, today=TODAY, by=SYSTEM)
    with time_machine.travel(dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC), tick=False):
        tom = signed_in(treasurer)
        page = tom.get("/members/dues/")
        text = tom.get("/members/dues/csv/").content.decode("utf-8-sig")
    rows = [(member.name, owed.columns) for member, owed in page.context["rows"]]
    assert rows == [("Joan Dyson", (0, 0, 15_00, 0, 0)), ("Rita Shaw", (0, 0, 12_00, 0, 0))]
    assert ("31–60 days", "£27.00") in page.context["totals"]
    line = list(csv.reader(io.StringIO(text)))[1]
    assert line[1:] == ["Joan Dyson", "0.00", "0.00", "15.00", "0.00", "0.00", "15.00", "0", ""]


def test_the_treasurer_charges_dues_from_the_page(tom: Client, rita_member: Member) -> None:
    assert "March" in tom.get("/members/dues/").content.decode()
    tom.post("/members/dues/start/", {"month": "3", "year": "2026"})
    assert Job.objects.get().kind == "members:dues:2026-03"
    assert "Waiting to start" in tom.get("/members/dues/").content.decode()
    piece = tom.get("/members/dues/progress/", headers={"HX-Request": "true"})
    assert "every 2s" in piece.content.decode()
    work.run(Job.objects.get().pk)
    over = tom.get("/members/dues/progress/", headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"
    refused = tom.post("/members/dues/start/", {"month": "3", "year": "2026"}, follow=True)
    assert "Nobody is left to charge" in refused.content.decode()
    odd = tom.post("/members/dues/start/", {"month": "13", "year": "x"}, follow=True)
    assert "Choose a month" in odd.content.decode()


def test_the_treasurer_waives_and_collects_on_the_member_s_page(
    tom: Client, rita_member: Member
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    url = f"/members/register/{rita_member.number}/dues/"
    assert "No Direct Debit or card" in tom.get(url).content.decode()
    mandate(rita_member)
    assert "Collect it" in tom.get(url).content.decode()
    said = tom.post(f"/members/dues/{charge.pk}/collect/", follow=True).content.decode()
    assert "We collect it on 31 March 2026" in said
    again = tom.post(f"/members/dues/{charge.pk}/collect/", follow=True).content.decode()
    assert "on its way, or announced" in again
    assert tom.post(f"/members/dues/{charge.pk}/waive/", {"because": ""}).status_code == 400
    tom.post(f"/members/dues/{charge.pk}/waive/", {"because": "Hardship"})
    page = tom.get(url).content.decode()
    assert "Waived" in page
    assert "Hardship" in page
    assert Payment.objects.get().state == "cancelled"


def test_list_and_member_s_page_take_the_same_queries_whatever_the_rows(
    tom: Client,
    rita_member: Member,
    family: MemberClass,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    charge_all()
    urls = ("/members/dues/", f"/members/register/{rita_member.number}/dues/", "/members/dues/csv/")
    counts = []
    for url in urls:
        tom.get(url)
        with CaptureQueriesContext(connection) as few:
            tom.get(url)
        counts.append(len(few))
    for number in range(12):
        another(family, f"Joan{number}")
    charge_all()
    charge_joining_fee(member=rita_member, today=TODAY, by=SYSTEM)
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            tom.get(url)


@pytest.fixture
def own(rita_member: Member, make_user: Callable[..., User], signed_in: Any) -> Client:
    """Rita herself, signed in."""
    user = make_user("rita shaw")
    Person.objects.filter(pk=rita_member.person_id).update(user=user)
    return signed_in(user)


def test_a_member_sees_their_dues_and_every_way_to_pay(own: Client, rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    listed = own.get("/members/me/dues/").content.decode()
    assert "Dues, March 2026 to February 2027" in listed
    assert "To pay" in listed
    page = own.get(f"/members/me/dues/{charge.pk}/").content.decode()
    assert charge.order.reference in page
    assert "By cheque or in cash" in page
    pay(charge, 12)
    assert "Thank you" in own.get(f"/members/me/dues/{charge.pk}/").content.decode()


def test_nothing_can_be_paid_online_without_stripe(own: Client, rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    assert "Set up a Direct Debit" not in own.get("/members/me/dues/").content.decode()
    for url in (f"/members/me/dues/{charge.pk}/pay/", f"/members/me/mandate/{rita_member.number}/"):
        assert own.post(url).status_code == 302
    assert not Payment.objects.exists()


def test_a_member_ends_the_direct_debit_on_their_page(own: Client, rita_member: Member) -> None:
    charge_all()
    held = mandate(rita_member)
    assert "4321" in own.get("/members/me/dues/").content.decode()
    own.post(f"/members/me/mandate/{rita_member.number}/end/")
    held.refresh_from_db()
    assert held.state == "ended"
    again = own.post(f"/members/me/mandate/{rita_member.number}/end/", follow=True)
    assert "nothing to end" in again.content.decode()


def test_somebody_else_s_dues_do_not_open(
    own: Client, rita_member: Member, family: MemberClass
) -> None:
    joan = another(family, "Joan")
    charge_all()
    charge = DuesCharge.objects.get(member=joan)
    assert own.get(f"/members/me/dues/{charge.pk}/").status_code == 404
    assert own.post(f"/members/me/dues/{charge.pk}/pay/").status_code == 404
    assert own.post(f"/members/me/mandate/{joan.number}/").status_code == 404
    assert own.post(f"/members/me/mandate/{joan.number}/end/").status_code == 404
    assert own.get("/members/dues/").status_code == 403


def test_the_treasurer_s_screens_name_whose_dues_an_order_is_for(rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    owner = owners_of([("members.dues", charge.pk)])[("members.dues", charge.pk)]
    assert owner.label == f"Dues of member {rita_member.number}"
    assert owner.url == f"/members/register/{rita_member.number}/dues/"


def test_what_is_owed_shows_on_the_member_s_own_page_and_in_the_register(
    own: Client, tom: Client, rita_member: Member
) -> None:
    assert "Nothing to pay" in own.get("/members/me/").content.decode()
    charge_all()
    assert "£12.00 to pay" in own.get("/members/me/").content.decode()
    entry = f"/members/register/{rita_member.number}/"
    assert "£12.00 owed" in tom.get(entry).content.decode()
