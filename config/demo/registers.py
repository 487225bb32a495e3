"""The demo co-op's money in the bank, its officers, who inspected its register, dues with some
arrears, share interest, a member's loan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from django.db import transaction
from djmoney.money import Money

from config.demo.world import World
from core.actors import SYSTEM
from ledger import chart
from ledger.models import Account, Payment
from ledger.operations import record_payment, write_journal
from members import jobs
from members.models import DuesCharge, Member, MemberClass, ShareClass
from members.operations import (
    appoint_officer,
    approve_interest,
    change_member_class,
    charge_dues,
    draft_interest,
    end_office,
    log_inspection,
    pay_interest,
    prepare_interest,
    record_loan,
    remind_of_dues,
    waive_dues,
)

#: Office, who, from how many days ago, until how many days ago (0: still).
OFFICES = (
    ("chair", "teller1@example.org", 1500, 401),
    ("chair", "board@example.org", 400, 0),
    ("secretary", "secretary@example.org", 1500, 0),
    ("treasurer", "treasurer@example.org", 765, 0),
    ("director", "board@example.org", 765, 401),
    ("director", "family@example.org", 400, 0),
    ("director", "coordinator@example.org", 400, 0),
    ("director", "teller2@example.org", 1130, 36),
)
#: In ten of those asked for dues, so many have paid; the first in the list has not.
PAID_IN_TEN = 8
DUES = 10
IN_THE_BANK = 24_310
RATE = Decimal("1.5")


@transaction.atomic
def build(world: World) -> None:
    # Chance of its own, so that what comes after stays as it was.
    chance = Random(1895)
    _in_the_bank(world)
    _loan(world)
    _officers(world)
    _inspections(world)
    _dues(world, chance)
    _interest(world)


def _in_the_bank(world: World) -> None:
    """What was there when the register was brought over: most of what members had paid in."""
    write_journal(
        date=world.today - dt.timedelta(days=1500),
        debit=Account.objects.get(code=chart.BANK),
        credit=Account.objects.get(code=chart.OPENING),
        amount=Money(IN_THE_BANK, "GBP"),
        memo="Balance brought over",
        once="demo-opening",
        by=world.actor("treasurer@example.org"),
    )


def _loan(world: World) -> None:
    """One member has lent the co-op £500, for longer than the bank statement goes back."""
    record_loan(
        member=Member.objects.get(person=world.people["teller3@example.org"], ceased=None),
        amount=Money(500, "GBP"),
        received_on=world.today - dt.timedelta(days=200),
        into=Account.objects.get(code=chart.BANK),
        reference="Loan agreement 1",
        once="demo",
        by=world.actor("treasurer@example.org"),
    )


def _officers(world: World) -> None:
    for post, email, began, ended in OFFICES:
        since = world.today - dt.timedelta(days=began)
        office = appoint_officer(
            person=world.people[email],
            post=post,
            since=since,
            minute=f"AGM {since:%Y} / 6",
            by=world.secretary,
        )
        if ended:
            until = world.today - dt.timedelta(days=ended)
            minute = f"{until:%Y-%m} / 2"
            end_office(office=office, until=until, minute=minute, by=world.secretary)


def _inspections(world: World) -> None:
    member = Member.objects.get(person=world.people["teller3@example.org"], ceased=None)
    log_inspection(
        who="",
        right="member",
        member=member,
        as_at=world.today - dt.timedelta(days=30),
        copy_given=False,
        by=world.secretary,
    )
    log_inspection(
        who="Skelbeck Valley Credit Union",
        right="interested",
        note="Lends us the van; showed the agreement.",
        as_at=world.today,
        copy_given=True,
        by=world.secretary,
    )


def _dues(world: World, chance: Random) -> None:
    """Community supporters were charged some months ago; most have paid, one need not."""
    first = (world.today - dt.timedelta(days=100)).replace(day=1)
    community = MemberClass.objects.get(code="community")
    changes = {"yearly_dues": Money(DUES, "GBP"), "dues_month": first.month}
    change_member_class(member_class=community, changes=changes, by=world.secretary)
    treasurer, charged_on = world.actor("treasurer@example.org"), first + dt.timedelta(days=2)
    owing = Member.objects.owing_dues(first, charged_on).select_related("person", "organisation")
    charge_dues(
        members=list(owing), year=first.year, month=first.month, today=charged_on, by=treasurer
    )
    own = world.people["member@example.org"].pk
    charges = list(DuesCharge.objects.select_related("order", "member", "journal").order_by("pk"))
    unpaid = []
    for charge in charges:
        if charge.member.person_id == own or chance.randrange(10) >= PAID_IN_TEN:
            unpaid.append(charge)
            continue
        record_payment(
            order=charge.order,
            method=chance.choice([Payment.Method.TRANSFER, Payment.Method.STANDING_ORDER]),
            amount=charge.order.amount,
            made_on=charged_on + dt.timedelta(days=chance.randint(3, 40)),
            key=f"demo-dues:{charge.pk}",
            by=treasurer,
        )
    if spared := next((one for one in unpaid if one.member.person_id != own), None):
        because = "Hardship, agreed with the treasurer"
        waive_dues(charge=spared, because=because, today=charged_on, by=treasurer)
    remind_of_dues(today=world.today - dt.timedelta(days=35), by=SYSTEM)
    remind_of_dues(today=world.today, by=SYSTEM)


def _interest(world: World) -> None:
    """Of a year before; approved and paid long enough ago to be in an old bank statement, but for
    the last few, which wait for the second person."""
    met = world.today - dt.timedelta(days=45)
    treasurer, board = world.actor("treasurer@example.org"), world.actor("board@example.org")
    run = draft_interest(
        share_class=ShareClass.objects.get(code="ordinary"),
        first_on=dt.date(met.year - 1, 1, 1),
        last_on=dt.date(met.year - 1, 12, 31),
        rate=RATE,
        by=treasurer,
    )
    assert run.job is not None
    jobs.run(run.job.pk)
    run = approve_interest(run=run, minute=f"AGM {met.year} / 7", on=met, by=treasurer)
    lines = run.lines.select_related("run", "member__person", "member__organisation", "pay_out")
    prepare_interest(lines=list(lines.to_prepare()), by=treasurer)
    pay_interest(lines=list(lines.to_pay().order_by("pk"))[:-6], paid_on=met, by=board)
