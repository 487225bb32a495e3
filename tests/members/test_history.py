"""Five years of a made-up co-op: on every single date the register and the books agree.

Each seed is another history: members come and go, shares are issued, transferred, withdrawn,
written down and corrected (some of it dated back), money is taken back and comes again, dues are
charged, paid in part and waived, interest is approved and paid out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random

import pytest
import time_machine
from django.db.models import Sum
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from ledger import chart
from ledger.models import Order, Payment, Posting
from ledger.money import pence_of
from ledger.operations import Line, money_is_due_back, move, post, record_payment
from ledger.reports import trial_balance
from members import jobs
from members.models import (
    DuesCharge,
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
    approve_interest,
    cease_member,
    charge_dues,
    draft_interest,
    pay_interest,
    prepare_interest,
    register_member,
    waive_dues,
)
from members.operations.holdings import (
    Change,
    change_holding,
    change_holdings,
    reverse_holdings,
)
from members.querysets import PURCHASE_OWNER
from members.share_interest import earned
from members.statutory import entries_of, totals_on, with_particulars

pytestmark = pytest.mark.django_db

BEGAN, ENDS = dt.date(2021, 1, 1), dt.date(2025, 12, 31)
Kind = ShareTransaction.Kind


class History:
    """Draws what happens next, and does it through the same functions as everything else."""

    def __init__(self, seed: int, tom: Actor, bea: Actor, classes: dict[str, MemberClass]) -> None:
        self.chance = Random(seed)
        self.tom, self.bea = tom, bea
        self.classes = classes
        self.ordinary = ShareClass.objects.get(code="ordinary")
        self.today = BEGAN
        self.turn = 0
        self.refused = 0
        self.acts: list[tuple[Callable[[], None], int]] = [
            (self.joins, 8),
            (self.buys, 10),
            (self.transfers, 5),
            (self.withdraws, 6),
            (self.corrects, 4),
            (self.is_written_down, 1),
            (self.money_goes_back, 3),
            (self.money_comes_again, 3),
            (self.leaves, 2),
            (self.pays_dues, 6),
            (self.need_not_pay, 1),
        ]

    def run(self, events: int) -> None:
        moments = sorted(self.chance.randrange((ENDS - BEGAN).days + 1) for _ in range(events))
        acts, weights = zip(*self.acts, strict=True)
        yearly = iter(dt.date(year, 4, 20) for year in range(2021, 2026))
        next_year = next(yearly)
        for offset in moments:
            self.today = BEGAN + dt.timedelta(days=offset)
            while next_year and next_year <= self.today:
                with self.at(next_year):
                    self.once_a_year()
                next_year = next(yearly, None)
            with self.at(self.today):
                [act] = self.chance.choices(acts, weights)
                self.tried(act)

    def at(self, day: dt.date) -> time_machine.travel:
        self.today = day
        noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
        return time_machine.travel(noon, tick=False)

    def tried(self, act: Callable[[], None]) -> None:
        """A rule may refuse what was drawn: then nothing has changed."""
        before = Posting.objects.count()
        try:
            act()
        except RuleError:
            self.refused += 1
            assert Posting.objects.count() == before

    def key(self) -> str:
        self.turn += 1
        return f"history:{self.turn}"

    def somebody(self) -> Member | None:
        found = list(Member.objects.order_by("pk"))
        return self.chance.choice(found) if found else None

    def some_day(self, since: dt.date) -> dt.date:
        """Today as a rule; now and then a day in the past."""
        if self.chance.random() < 0.7:
            return self.today
        return since + dt.timedelta(days=self.chance.randint(0, (self.today - since).days))

    # --- What may happen ---

    def joins(self) -> None:
        former = [one for one in Person.objects.all() if not self.is_member(one)]
        if former and self.chance.random() < 0.2:
            person = self.chance.choice(former)
        else:
            person = Person.objects.create(first_name="Ann", last_name=f"Shaw{self.turn}")
        register_member(
            person=person,
            member_class=self.chance.choice([self.classes["family"], self.classes["community"]]),
            joined=self.today,
            shares=self.chance.choice([1, 1, 10, 100, 777]),
            by=SYSTEM,
        )
        self.turn += 1

    def is_member(self, person: Person) -> bool:
        return person.memberships.filter(ceased__isnull=True).exists()

    def change(self, member: Member, kind: Kind, quantity: int, against: str) -> None:
        change_holding(
            member=member,
            share_class=self.ordinary,
            kind=kind,
            quantity=quantity,
            date=self.some_day(member.joined),
            against=against,
            key=self.key(),
            by=SYSTEM,
        )

    def buys(self) -> None:
        if member := self.somebody():
            quantity = self.chance.randint(1, 500)
            self.change(member, Kind.ISSUE, quantity, chart.APPLICATIONS)

    def withdraws(self) -> None:
        if member := self.somebody():
            quantity = -self.chance.randint(1, 200)
            kind = self.chance.choice([Kind.WITHDRAWAL, Kind.GIFT])
            against = chart.WITHDRAWALS if kind == Kind.WITHDRAWAL else chart.DONATIONS
            self.change(member, kind, quantity, against)

    def transfers(self) -> None:
        giver, taker = self.somebody(), self.somebody()
        if giver is None or taker is None or giver == taker:
            return
        quantity = self.chance.randint(1, 50)
        change_holdings(
            changes=[Change(giver, -quantity), Change(taker, quantity)],
            share_class=self.ordinary,
            kind=Kind.TRANSFER,
            date=self.some_day(max(giver.joined, taker.joined)),
            key=self.key(),
            by=SYSTEM,
        )

    def corrects(self) -> None:
        free = ShareTransaction.objects.filter(
            reverses__isnull=True, reversed_by__isnull=True, journal__reverses__isnull=True
        ).exclude(kind=Kind.OPENING)
        if wrong := self.chance.choice([None, *free.order_by("pk")]):
            reverse_holdings(
                journal=wrong.journal, date=self.some_day(wrong.date), why="Wrong", by=SYSTEM
            )

    def is_written_down(self) -> None:
        members = list(Member.objects.order_by("pk")[:5])
        changes = [Change(member, -1) for member in members]
        if changes:
            change_holdings(
                changes=changes,
                share_class=self.ordinary,
                kind=Kind.WRITE_DOWN,
                date=self.today,
                against=[Line(chart.RESERVES, -len(changes) * 100)],
                key=self.key(),
                by=SYSTEM,
            )

    def money_goes_back(self) -> None:
        member = self.somebody()
        if member is None or not (worth := member.shares_on(self.today) * 100):
            return
        self.unpaid(member, self.chance.randint(1, worth))

    def money_comes_again(self) -> None:
        member = self.somebody()
        if member and (pence := self.unpaid_of(member)):
            self.unpaid(member, -pence)

    def unpaid_of(self, member: Member) -> int:
        party = member.holder.party_id
        found = Posting.objects.filter(account=chart.SHARES_UNPAID, party=party)
        return found.pence_total()

    def unpaid(self, member: Member, pence: int) -> None:
        lines = move(
            pence,
            debit=chart.SHARES_UNPAID,
            credit=chart.APPLICATIONS,
            party=member.holder.party,
        )
        post(kind="shares-unpaid", date=self.today, key=self.key(), lines=lines, by=SYSTEM)

    def leaves(self) -> None:
        active = list(Member.objects.active_on(self.today).order_by("pk"))
        if len(active) > 3:
            cease_member(
                member=self.chance.choice(active), ceased=self.today, because="Left", by=SYSTEM
            )

    def pays_dues(self) -> None:
        if order := Order.objects.open().order_by("pk").first():
            pounds = self.chance.choice([1, 5, int(order.still_to_pay.amount) or 1])
            record_payment(
                order=order,
                method=Payment.Method.TRANSFER,
                amount=Money(pounds, "GBP"),
                made_on=self.today,
                key=self.key(),
                by=SYSTEM,
            )

    def need_not_pay(self) -> None:
        if charge := DuesCharge.objects.unpaid().order_by("-pk").first():
            waive_dues(charge=charge, because="Hardship", today=self.today, by=SYSTEM)

    def once_a_year(self) -> None:
        """Dues of April, and interest for the year before, paid out to some."""
        first = self.today.replace(day=1)
        owing = Member.objects.owing_dues(first, self.today)
        charge_dues(
            members=list(owing.select_related("person", "organisation")),
            year=first.year,
            month=4,
            today=self.today,
            by=SYSTEM,
        )
        self.tried(self.interest)

    def interest(self) -> None:
        year = self.today.year - 1
        run = draft_interest(
            share_class=self.ordinary,
            first_on=dt.date(year, 4, 1),
            last_on=dt.date(year + 1, 3, 31),
            rate=Decimal(self.chance.randint(1, 500)) / 100,
            by=SYSTEM,
        )
        assert run.job is not None
        jobs.run(run.job.pk)
        run = approve_interest(run=run, minute="AGM", on=self.today, by=SYSTEM)
        some = list(run.lines.select_related("run", "member__person").order_by("pk")[:20])
        prepare_interest(lines=some, by=self.tom)
        again = list(run.lines.filter(pk__in=[one.pk for one in some]).select_related("pay_out"))
        pay_interest(lines=again[::2], paid_on=self.today, by=self.bea)


@pytest.fixture(params=[1844, 2014])
def history(
    request: pytest.FixtureRequest,
    treasurer: User,
    board_member: User,
    classes: dict[str, MemberClass],
) -> Iterator[History]:
    MemberClass.objects.filter(code="family").update(yearly_dues=12, dues_month=4)
    SocietyRules.objects.create(pk=1, highest_interest=5)
    tom, bea = Actor("user", user=treasurer), Actor("user", user=board_member)
    made = History(request.param, tom, bea, classes)
    made.run(events=240)
    return made


def every_day() -> Iterator[dt.date]:
    day = BEGAN - dt.timedelta(days=1)
    while day <= ENDS:
        yield day
        day += dt.timedelta(days=1)


def test_register_books_dues_and_interest_agree_on_every_date_of_five_years(
    history: History,
) -> None:
    assert ShareTransaction.objects.count() > 100
    assert InterestRun.objects.filter(state="approved").count() >= 3
    assert 0 < history.refused < 160
    register_and_books_agree_every_day()
    lines_add_up_to_the_whole()
    what_is_owed_is_in_the_books()
    interest_is_what_counting_every_evening_gives(history)


def register_and_books_agree_every_day() -> None:
    seen = set()
    for day in every_day():
        totals = totals_on(day)
        assert totals.agree, day
        balance = trial_balance(day)
        assert balance.agrees, day
        assert sum(one.pence for one in balance.balances) == 0, day
        assert balance.natural(chart.SHARE_CAPITAL) == int(totals.at_par.amount * 100), day
        seen.add(totals.shares)
    assert len(seen) > 80
    assert Posting.objects.aggregate(sum=Sum("pence"))["sum"] == 0
    assert totals_on(ENDS).at_par.amount == ShareTransaction.objects.shares()


def lines_add_up_to_the_whole() -> None:
    """Looked at on some dates of each year: what the lines say is what the totals say."""
    for day in list(every_day())[::97]:
        found = with_particulars(Member.objects.standing("all", day), day)
        entries = entries_of(list(found), day)
        totals = totals_on(day)
        assert sum(entry.shares for entry in entries) == totals.shares, day
        assert all(entry.shares >= 0 for entry in entries), day
        assert all(entry.paid.amount >= 0 for entry in entries), day
        assert sum(entry.paid.amount for entry in entries) >= totals.paid.amount, day
        outside = Member.objects.filter(joined__lte=day).exclude(
            pk__in=Member.objects.in_register(day).values("pk")
        )
        assert all(one.shares_on(day) == 0 for one in outside), day


def what_is_owed_is_in_the_books() -> None:
    owed = sum(
        round(charge.rest * 100)
        for charge in DuesCharge.objects.filter(waiver__isnull=True).with_rest()
    )
    waived = DuesCharge.objects.filter(waiver__isnull=False).select_related("order")
    due_back = sum(pence_of(money_is_due_back(charge.order)) for charge in waived)
    books = Posting.objects.up_to(ENDS).by_account()
    assert owed - due_back == books.get(chart.RECEIVABLE, 0)
    lines = [
        line
        for run in InterestRun.objects.filter(state="approved")
        for line in run.lines.select_related("pay_out")
    ]
    unpaid = [one for one in lines if one.pay_out is None or one.pay_out.state != "paid"]
    assert sum(round(one.amount.amount * 100) for one in unpaid) == -books[chart.INTEREST_PAYABLE]
    assert sum(round(one.amount.amount * 100) for one in lines) == books[chart.SHARE_INTEREST]


def entry_of(source: str, party: int, last: dt.date) -> int:
    """Whose shares a line in "shares not paid for" is about: the entry that bought them, where the
    journal names a purchase; else the newest that whoever it is had by the last day."""
    owner, _colon, pk = source.rpartition(":")
    if owner == PURCHASE_OWNER:
        bought = SharePurchase.objects.get(pk=pk).member_id
        assert bought is not None
        return bought
    entries = Member.objects.filter(person__party=party, joined__lte=last)
    newest = entries.order_by("number").last()
    assert newest is not None
    return newest.pk


def interest_is_what_counting_every_evening_gives(history: History) -> None:
    """The slow way: every holding asked for on every evening of half a year."""
    run = InterestRun(
        share_class=history.ordinary,
        first_on=dt.date(2023, 11, 1),
        last_on=dt.date(2024, 4, 30),
        rate=Decimal("3.33"),
    )
    pence: dict[int, int] = {}
    day = run.first_on
    while day <= run.last_on:
        if (day.month, day.day) != (2, 29):
            for member, held in ShareTransaction.objects.up_to(day).holdings().items():
                pence[member] = pence.get(member, 0) + sum(held.values()) * 100
            lines = Posting.objects.up_to(day).filter(account=chart.SHARES_UNPAID)
            for source, party, unpaid in lines.values_list("journal__source", "party", "pence"):
                entry = entry_of(source, party, run.last_on)
                pence[entry] = pence.get(entry, 0) - unpaid
        day += dt.timedelta(days=1)
    slow = {pk: max(days, 0) * 333 // (10_000 * 365) for pk, days in pence.items()}
    assert {one.member_id: one.pence for one in earned(run)} == {
        pk: amount for pk, amount in slow.items() if amount
    }
