"""Share interest: a draft, a general meeting's approval, pay-outs by two, the tax return."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import Job, User
from ledger import chart
from ledger.models import Journal, PayOut, Posting
from ledger.operations import call_off_pay_out, make_pay_out, move, post, reverse
from ledger.owners import owners_of
from members import jobs
from members.models import (
    Estate,
    InterestLine,
    InterestRun,
    Member,
    MemberClass,
    Person,
    ShareClass,
    SharePurchase,
    ShareTransaction,
    SocietyRules,
)
from members.operations import (
    add_organisation,
    approve_interest,
    buy_shares,
    cease_member,
    draft_interest,
    drop_interest,
    note_death,
    pay_interest,
    prepare_estate_interest,
    prepare_interest,
    register_member,
    rework_interest,
    start_paying_interest,
    start_preparing_interest,
    write_interest_lines,
)
from members.operations.holdings import change_holding
from members.share_interest import earned, paid_in_tax_year
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


@pytest.fixture
def ordinary(classes: dict[str, MemberClass]) -> ShareClass:
    return ShareClass.objects.get(code="ordinary")


@pytest.fixture
def rita_member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """A thousand shares since before the year."""
    return enter(classes, "community", FIRST, 1000, rita)


def enter(
    classes: dict[str, MemberClass],
    code: str,
    joined: dt.date,
    shares: int,
    person: Person | None = None,
) -> Member:
    holder = person or Person.objects.create(first_name="Joan", last_name="Dyson")
    return register_member(
        person=holder, member_class=classes[code], joined=joined, shares=shares, by=SYSTEM
    )


def change(member: Member, quantity: int, date: dt.date) -> ShareTransaction:
    return change_holding(
        member=member,
        share_class=ShareClass.objects.get(code="ordinary"),
        kind=ShareTransaction.Kind.ISSUE if quantity > 0 else ShareTransaction.Kind.WITHDRAWAL,
        quantity=quantity,
        date=date,
        against=chart.APPLICATIONS if quantity > 0 else chart.WITHDRAWALS,
        key=f"test:{member.pk}:{date}:{quantity}",
        by=SYSTEM,
    )


def draft(by: Actor = SYSTEM, **changes: Any) -> InterestRun:
    wanted = {"first_on": FIRST, "last_on": LAST, "rate": Decimal("2.5")} | changes
    run = draft_interest(share_class=ShareClass.objects.get(code="ordinary"), by=by, **wanted)
    assert run.job is not None
    jobs.run(run.job.pk)
    return InterestRun.objects.get(pk=run.pk)


def approved(by: Actor = SYSTEM, **changes: Any) -> InterestRun:
    return approve_interest(run=draft(**changes), minute="AGM 2026/7", on=TODAY, by=by)


def told(run: InterestRun) -> dict[int, tuple[int, Money]]:
    return {line.member_id: (line.share_days, line.amount) for line in run.lines.all()}


def owed(member: Member) -> int:
    member.holder.refresh_from_db()
    return (
        -Posting.objects.up_to(TODAY)
        .filter(account=chart.INTEREST_PAYABLE, party=member.holder.party_id)
        .pence_total()
    )


# --- A draft --------------------------------------------------------------------------------------


def test_a_draft_holds_what_each_earned_by_the_day(
    rita_member: Member, classes: dict[str, MemberClass]
) -> None:
    joan = enter(classes, "family", dt.date(2025, 7, 1), 100)
    change(joan, 100, dt.date(2025, 10, 1))
    change(rita_member, -500, dt.date(2025, 12, 22))
    run = draft()
    assert told(run) == {
        rita_member.pk: (1000 * 365 - 500 * 10, Money("24.65", "GBP")),
        joan.pk: (100 * 184 + 100 * 92, Money("1.89", "GBP")),
    }
    assert run.job is not None
    assert (run.job.state, run.job.note) == ("done", "Worked out for 2 members.")
    assert not Journal.objects.filter(kind="share-interest").exists()


def test_less_than_a_penny_is_no_line(rita_member: Member, classes: dict[str, MemberClass]) -> None:
    enter(classes, "family", dt.date(2025, 12, 1), 1)
    assert draft().lines.count() == 1


def test_former_members_earn_while_they_hold_shares(rita_member: Member) -> None:
    cease_member(member=rita_member, ceased=dt.date(2025, 3, 1), because="Resigned", by=SYSTEM)
    change(rita_member, -1000, dt.date(2025, 7, 1))
    assert told(draft())[rita_member.pk][0] == 1000 * 181


def test_shares_not_paid_for_earn_nothing_meanwhile(rita_member: Member, treasurer: User) -> None:
    party = rita_member.holder.party
    for date, debit, credit in (
        (dt.date(2025, 2, 1), chart.SHARES_UNPAID, chart.APPLICATIONS),
        (dt.date(2025, 2, 11), chart.APPLICATIONS, chart.SHARES_UNPAID),
    ):
        lines = move(400_00, debit=debit, credit=credit, party=party)
        post(kind="test", date=date, key=str(date), lines=lines, by=SYSTEM)
    assert told(draft())[rita_member.pk][0] == 1000 * 365 - 400 * 10


def test_what_is_unpaid_counts_for_the_class_that_was_bought(
    rita_member: Member, ordinary: ShareClass, classes: dict[str, MemberClass]
) -> None:
    other = ShareClass.objects.create(
        code="other", name="Other shares", capital_id=chart.OTHER_INCOME
    )
    purchase = buy_shares(member=rita_member, quantity=10, by=SYSTEM)
    pay(purchase)
    SharePurchase.objects.filter(pk=purchase.pk).update(share_class=other)
    lines = move(
        10_00,
        debit=chart.SHARES_UNPAID,
        credit=chart.APPLICATIONS,
        party=rita_member.holder.party,
    )
    source = f"members.purchase:{purchase.pk}"
    post(kind="test", date=FIRST, key="unpaid", lines=lines, source=source, by=SYSTEM)
    run = InterestRun(share_class=ordinary, first_on=FIRST, last_on=LAST, rate=Decimal(5))
    assert [one.share_days for one in earned(run)] == [365_000]


def test_a_draft_takes_the_same_queries_whatever_the_members(
    rita_member: Member,
    classes: dict[str, MemberClass],
    ordinary: ShareClass,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    run = InterestRun(share_class=ordinary, first_on=FIRST, last_on=LAST, rate=Decimal(5))
    with CaptureQueriesContext(connection) as few:
        earned(run)
    for _ in range(10):
        enter(classes, "family", FIRST, 10)
    with django_assert_num_queries(len(few)):
        assert len(earned(run)) == 11


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rate": Decimal("5.01")}, "rate"),
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal(-1)}, "rate"),
        ({"last_on": dt.date(2024, 12, 31)}, "last_on"),
        ({"last_on": TODAY}, "last_on"),
    ],
)
def test_the_rate_is_never_above_the_rules_and_the_period_is_over(
    rita_member: Member, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        draft(**wrong)
    assert refused.value.field == field
    assert not InterestRun.objects.exists()
    assert not Job.objects.exists()


def test_no_day_earns_twice(rita_member: Member) -> None:
    first = draft()
    for changes in (
        {},
        {"first_on": LAST, "last_on": dt.date(2026, 1, 31)},
        {"first_on": dt.date(2024, 1, 1), "last_on": FIRST},
    ):
        with pytest.raises(RuleError, match="No day earns twice"):
            draft(**changes)
    draft(first_on=dt.date(2026, 1, 1), last_on=dt.date(2026, 1, 31))
    drop_interest(run=first, by=SYSTEM)
    assert draft().lines.count() == 1


def test_a_draft_is_worked_out_again_or_thrown_away(rita_member: Member) -> None:
    run = draft()
    change(rita_member, 500, dt.date(2025, 7, 1))
    job = rework_interest(run=run, by=SYSTEM)
    run.refresh_from_db()
    for act in (drop_interest, rework_interest):
        with pytest.raises(RuleError, match="being worked out"):
            act(run=run, by=SYSTEM)
    jobs.run(job.pk)
    assert told(run)[rita_member.pk][0] == 1000 * 365 + 500 * 184
    run = approve_interest(run=run, minute="7", on=TODAY, by=SYSTEM)
    for act in (drop_interest, rework_interest, write_interest_lines):
        with pytest.raises(RuleError, match="approved"):
            act(run=run, by=SYSTEM)


# --- Approved -------------------------------------------------------------------------------------


def test_approval_books_it_as_owed_to_each(
    rita_member: Member, classes: dict[str, MemberClass]
) -> None:
    joan = enter(classes, "family", FIRST, 100)
    run = approved()
    assert (run.state, run.minute) == ("approved", "AGM 2026/7")
    assert (owed(rita_member), owed(joan)) == (25_00, 2_50)
    balances = Posting.objects.up_to(TODAY).by_account()
    assert balances[chart.SHARE_INTEREST] == 27_50
    assert balances[chart.INTEREST_PAYABLE] == -27_50
    assert run.journal is not None
    assert run.journal.date == TODAY
    with pytest.raises(RuleError, match="already"):
        approve_interest(run=run, minute="8", on=TODAY, by=SYSTEM)
    assert Journal.objects.filter(kind="share-interest").count() == 1


@pytest.mark.parametrize(
    ("minute", "on", "field"),
    [
        (" ", TODAY, "minute"),
        ("7", LAST - dt.timedelta(days=1), "on"),
        ("7", TODAY + dt.timedelta(days=1), "on"),
    ],
)
def test_approval_needs_a_general_meeting_s_minute_and_day(
    rita_member: Member, minute: str, on: dt.date, field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        approve_interest(run=draft(), minute=minute, on=on, by=SYSTEM)
    assert refused.value.field == field


def test_what_has_changed_since_the_draft_is_worked_out_again_first(rita_member: Member) -> None:
    run = draft()
    change(rita_member, -1, dt.date(2025, 7, 1))
    with pytest.raises(RuleError, match="Work it out again"):
        approve_interest(run=run, minute="7", on=TODAY, by=SYSTEM)
    assert not Journal.objects.filter(kind="share-interest").exists()


def test_a_rate_that_has_become_too_high_is_not_approved(rita_member: Member) -> None:
    run = draft(rate=Decimal(5))
    SocietyRules.objects.create(pk=1, highest_interest=Decimal("4.5"))
    with pytest.raises(RuleError, match=r"no more than 4\.5"):
        approve_interest(run=run, minute="7", on=TODAY, by=SYSTEM)


def test_nobody_s_interest_is_not_approved(ordinary: ShareClass) -> None:
    with pytest.raises(RuleError, match="Nobody earned"):
        approve_interest(run=draft(), minute="7", on=TODAY, by=SYSTEM)


def test_the_board_neither_drafts_nor_approves(rita_member: Member, board_member: User) -> None:
    by = Actor("user", user=board_member)
    with pytest.raises(PermissionDenied):
        draft(by=by)
    with pytest.raises(PermissionDenied):
        approved(by=by)


# --- Paid out by two people -----------------------------------------------------------------------


@pytest.fixture
def tom(treasurer: User) -> Actor:
    return Actor("user", user=treasurer)


@pytest.fixture
def bea(board_member: User) -> Actor:
    return Actor("user", user=board_member)


def prepare_all(run: InterestRun, by: Actor) -> Job:
    job = start_preparing_interest(run=run, by=by)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def pay_all(run: InterestRun, by: Actor, on: dt.date = TODAY) -> Job:
    job = start_paying_interest(run=run, paid_on=on, by=by)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_one_prepares_all_and_another_pays_all(
    rita_member: Member,
    classes: dict[str, MemberClass],
    tom: Actor,
    bea: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    joan = enter(classes, "family", FIRST, 100)
    enter(classes, "family", FIRST, 100)
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    run = approved()
    assert prepare_all(run, tom).note == "3 pay-outs are prepared. Somebody else pays them."
    assert [one.prepared_by for one in PayOut.objects.all()] == [tom.user] * 3
    with pytest.raises(RuleError, match="you did the first"):
        start_paying_interest(run=run, paid_on=TODAY, by=tom)
    assert pay_all(run, bea).note == "3 are noted as paid."
    assert (owed(rita_member), owed(joan)) == (0, 0)
    assert Posting.objects.up_to(TODAY).by_account()[chart.BANK] == -30_00
    for start in (
        lambda: start_preparing_interest(run=run, by=tom),
        lambda: start_paying_interest(run=run, paid_on=TODAY, by=bea),
    ):
        with pytest.raises(RuleError, match="prepared"):
            start()


def test_a_draft_pays_nobody(rita_member: Member, tom: Actor, bea: Actor) -> None:
    run = draft()
    for act in (
        lambda: start_preparing_interest(run=run, by=tom),
        lambda: start_paying_interest(run=run, paid_on=TODAY, by=bea),
        lambda: prepare_interest(lines=run.lines.all(), by=tom),
    ):
        with pytest.raises(RuleError, match="general meeting"):
            act()


def test_a_day_to_come_is_refused(rita_member: Member, tom: Actor, bea: Actor) -> None:
    run = approved()
    prepare_all(run, tom)
    with pytest.raises(RuleError, match="still to come"):
        start_paying_interest(run=run, paid_on=TODAY + dt.timedelta(days=1), by=bea)


def test_what_the_dead_are_owed_is_paid_on_the_page_of_their_estate(
    rita_member: Member,
    classes: dict[str, MemberClass],
    tom: Actor,
    bea: Actor,
    tom_s: Client,
) -> None:
    joan = enter(classes, "family", FIRST, 100)
    run = approved()
    estate = note_death(
        member=joan, died_on=TODAY, told_on=TODAY, evidence="Certificate", by=SYSTEM
    )
    prepare_all(run, tom)
    assert [line.member for line in run.lines.to_pay()] == [rita_member]
    page = f"/members/estates/{joan.number}/"
    assert "£2.50" in tom_s.get(page).content.decode()
    with pytest.raises(RuleError, match="who speaks for the estate"):
        prepare_estate_interest(estate=estate, by=tom)
    Estate.objects.update(representative="Ann Dyson", settled_on=TODAY)
    said = tom_s.post(f"{page}interest/", follow=True).content.decode()
    assert "Somebody else has to pay it" in said
    pay_out = PayOut.objects.get(owner_id=run.lines.get(member=joan).pk)
    assert f'href="/money/pay-outs/{pay_out.pk}/"' in said
    owner = owners_of([(pay_out.owner_kind, pay_out.owner_id)]).popitem()[1]
    assert owner.label == f"Share interest of member {joan.number}, to Ann Dyson"
    make_pay_out(pay_out=pay_out, paid_on=TODAY, by=bea)
    assert owed(joan) == 0
    again = tom_s.post(f"{page}interest/", follow=True).content.decode()
    assert "No interest is owed" in again


def test_above_the_limit_an_estate_is_paid_interest_only_with_a_grant(
    rita_member: Member, tom: Actor
) -> None:
    approved()
    SocietyRules.objects.update_or_create(pk=1, defaults={"nomination_limit": 1})
    estate = note_death(
        member=rita_member,
        died_on=TODAY,
        told_on=TODAY,
        evidence="Certificate",
        representative="Ann Shaw",
        by=SYSTEM,
    )
    with pytest.raises(RuleError, match="probate or letters"):
        prepare_estate_interest(estate=estate, by=tom)


def test_a_pay_out_that_was_called_off_is_prepared_anew(
    rita_member: Member, tom: Actor, bea: Actor
) -> None:
    run = approved()
    prepare_all(run, tom)
    call_off_pay_out(pay_out=PayOut.objects.get(), by=tom)
    assert prepare_all(run, tom).done == 1
    assert PayOut.objects.count() == 2
    pay_all(run, bea)
    assert owed(rita_member) == 0


def test_who_is_refused_stops_no_other_and_is_named(
    rita_member: Member, classes: dict[str, MemberClass], tom: Actor, bea: Actor
) -> None:
    joan = enter(classes, "family", FIRST, 100)
    run = approved()
    lines = move(
        1_00,
        debit=chart.INTEREST_PAYABLE,
        credit=chart.BANK,
        party=rita_member.holder.party,
    )
    by_hand = post(kind="test", date=TODAY, key="by-hand", lines=lines, by=SYSTEM)
    left = f"1 left. Member {rita_member.number}: We owe them £24.00"
    job = prepare_all(run, tom)
    assert job.state == "failed"
    assert job.note.startswith(f"1 prepared, {left}")
    assert [line.member for line in run.lines.to_pay()] == [joan]
    reverse(journal=by_hand, date=TODAY, why="Test", by=SYSTEM)
    prepare_all(run, tom)
    post(kind="test", date=TODAY, key="again", lines=lines, by=SYSTEM)
    assert pay_all(run, bea).note.startswith(f"1 paid, {left}")
    assert owed(joan) == 0


def test_paying_some_again_pays_nobody_twice(rita_member: Member, tom: Actor, bea: Actor) -> None:
    run = approved()
    assert prepare_interest(lines=list(run.lines.all()), by=tom) == []
    lines = list(InterestLine.objects.select_related("pay_out"))
    assert pay_interest(lines=lines, paid_on=TODAY, by=bea) == []
    again = list(InterestLine.objects.select_related("pay_out"))
    assert pay_interest(lines=again, paid_on=TODAY, by=bea) == []
    assert Journal.objects.filter(kind="pay-out").count() == 1
    with pytest.raises(PermissionDenied):
        pay_interest(lines=[], paid_on=TODAY, by=Actor("visitor"))


# --- For the tax return ---------------------------------------------------------------------------


def test_whoever_was_paid_so_much_in_a_tax_year_is_listed(
    rita_member: Member, classes: dict[str, MemberClass], tom: Actor, bea: Actor
) -> None:
    change(rita_member, 9_000, FIRST)
    enter(classes, "family", FIRST, 9_999)
    run = approved()  # £250.00 and £249.97
    prepare_all(run, tom)
    assert paid_in_tax_year(2025, 250_00) == []
    pay_all(run, bea)
    found = paid_in_tax_year(2025, 250_00)
    assert [(line.member, line.pence) for line in found] == [(rita_member, 250_00)]
    assert paid_in_tax_year(2026, 250_00) == []
    assert paid_in_tax_year(2024, 250_00) == []


def test_several_runs_and_numbers_of_one_holder_count_together(
    rita_member: Member, classes: dict[str, MemberClass], tom: Actor, bea: Actor
) -> None:
    cease_member(member=rita_member, ceased=dt.date(2025, 7, 1), because="Resigned", by=SYSTEM)
    again = enter(classes, "investor", dt.date(2025, 7, 1), 20_000, rita_member.person)
    half = dt.date(2025, 6, 30)
    for first, last in ((FIRST, half), (half + dt.timedelta(days=1), LAST)):
        run = approved(first_on=first, last_on=last)
        prepare_all(run, tom)
        pay_all(run, bea)
    [line] = paid_in_tax_year(2025, 250_00)
    assert line.member == again
    assert line.pence == 12_39 + 12_60 + 252_05


# --- On the screens -------------------------------------------------------------------------------


@pytest.fixture
def tom_s(treasurer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(treasurer)


@pytest.fixture
def bea_s(board_member: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(board_member)


FORM = {"first_on": "1 January 2025", "last_on": "31 December 2025", "rate": "2.5"}


def test_from_draft_to_paid_on_the_screens(
    rita_member: Member, ordinary: ShareClass, tom_s: Client, bea_s: Client
) -> None:
    refused = tom_s.post("/members/interest/", FORM | {"share_class": ordinary.pk, "rate": "9"})
    assert "no more than 5" in refused.content.decode()
    made = tom_s.post("/members/interest/", FORM | {"share_class": ordinary.pk})
    run = InterestRun.objects.get()
    url = f"/members/interest/{run.pk}/"
    assert made.url == url
    piece = tom_s.get(f"{url}progress/", headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" in piece
    assert run.job is not None
    jobs.run(run.job.pk)
    assert tom_s.get(f"{url}progress/", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = tom_s.get(url).content.decode()
    assert "£25.00" in page
    bad = tom_s.post(f"{url}approve/", {"on": "3 March 2026"})
    assert bad.status_code == 400
    assert "There is a problem" in bad.content.decode()
    tom_s.post(f"{url}approve/", {"on": "3 March 2026", "minute": "AGM 2026/7"})
    assert "AGM 2026/7" in tom_s.get(url).content.decode()
    tom_s.post(f"{url}prepare/")
    jobs.run(Job.objects.latest("pk").pk)
    own = tom_s.post(f"{url}pay/", {"paid_on": "3 March 2026"}).content.decode()
    assert "you did the first" in own
    bea_s.post(f"{url}pay/", {"paid_on": "3 March 2026"})
    jobs.run(Job.objects.latest("pk").pk)
    assert "on 3 Mar 2026" in bea_s.get(url).content.decode()
    rows = csv.reader(io.StringIO(tom_s.get(f"{url}csv/").content.decode("utf-8-sig")))
    assert list(rows)[1][:4] == ["1", "Rita Shaw", "365000", "25.00"]


def test_a_draft_is_reworked_and_dropped_on_its_page(rita_member: Member, tom_s: Client) -> None:
    run = draft()
    tom_s.post(f"/members/interest/{run.pk}/again/")
    said = tom_s.post(f"/members/interest/{run.pk}/drop/", follow=True).content.decode()
    assert "being worked out" in said
    jobs.run(Job.objects.latest("pk").pk)
    tom_s.post(f"/members/interest/{run.pk}/drop/")
    assert not InterestRun.objects.exists()


def test_the_list_for_the_tax_return(
    rita_member: Member, classes: dict[str, MemberClass], tom: Actor, bea: Actor, tom_s: Client
) -> None:
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    register_member(
        organisation=wheels,
        member_class=classes["organisation"],
        joined=FIRST,
        shares=20_000,
        by=SYSTEM,
    )
    run = approved()
    prepare_all(run, tom)
    pay_all(run, bea)
    page = tom_s.get("/members/interest/tax/").content.decode()
    assert ("Beck Wheels" in page, "Rita Shaw" in page) == (True, False)
    assert "Beck Wheels" not in tom_s.get("/members/interest/tax/?begins=2024").content.decode()
    text = tom_s.get("/members/interest/tax/csv/?begins=2025").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["2", "Beck Wheels", "organisation", "", "", "500.00"]
    ]


def test_the_board_looks_and_changes_nothing(rita_member: Member, bea_s: Client) -> None:
    run = draft()
    page = bea_s.get(f"/members/interest/{run.pk}/").content.decode()
    assert "Into the books" not in page
    typed = FORM | {"share_class": run.share_class_id}
    assert bea_s.post("/members/interest/", typed).status_code == 403
    for path in ("approve", "drop", "again", "prepare"):
        assert bea_s.post(f"/members/interest/{run.pk}/{path}/").status_code == 403
    for path in ("tax/", "tax/csv/", f"{run.pk}/csv/"):
        assert bea_s.get(f"/members/interest/{path}").status_code == 403


def test_pages_take_the_same_queries_whatever_the_rows(
    rita_member: Member,
    classes: dict[str, MemberClass],
    tom_s: Client,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    run = draft()
    urls = ("/members/interest/", f"/members/interest/{run.pk}/", "/members/interest/tax/")
    counts = []
    for url in urls:
        tom_s.get(url)
        with CaptureQueriesContext(connection) as few:
            tom_s.get(url)
        counts.append(len(few))
    for _ in range(10):
        enter(classes, "family", FIRST, 100)
    jobs.run(rework_interest(run=run, by=SYSTEM).pk)
    draft(first_on=dt.date(2026, 1, 1), last_on=dt.date(2026, 1, 31))
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            tom_s.get(url)
