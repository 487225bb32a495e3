"""Whatever happens to shares, the register and the books agree on every date, and no holding is
below zero or over the limit."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from djmoney.money import Money
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.models import Payment, Posting
from ledger.operations import undo_payment
from members.models import Member, Person, ShareClass, SharePurchase, ShareTransaction, SocietyRules
from members.operations import (
    buy_shares,
    cancel_unpaid_shares,
    correct_shares,
    register_member,
    set_up_member_classes,
    transfer_shares,
    write_down,
)
from tests.members.conftest import pay

FIRST = dt.date(2026, 3, 3)
#: Pounds that one person may hold: low, so that it is reached.
LIMIT = 60
PEOPLE = 3

member = st.integers(0, PEOPLE - 1)
number = st.integers(1, 40)
ACTS = st.one_of(
    st.tuples(st.just("buy"), member, number, st.booleans()),
    st.tuples(st.just("transfer"), member, member, st.integers(1, 12), st.integers(0, 5)),
    st.tuples(st.just("undo"), st.integers(0, 30)),
    st.tuples(st.just("take back"), st.integers(0, 30)),
    st.tuples(st.just("pay"), st.integers(0, 30)),
    st.tuples(st.just("cancel unpaid"), st.integers(0, 30)),
    st.tuples(st.just("write down"), st.decimals("0.5", "60", places=1)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
)


class World:
    """Three members, and a day that passes."""

    def __init__(self) -> None:
        self.today = FIRST
        community = next(c for c in set_up_member_classes(by=SYSTEM) if c.code == "community")
        ShareClass.objects.update(transferable=True)
        SocietyRules.objects.update_or_create(
            pk=1, defaults={"most_shares_value": Money(LIMIT, "GBP")}
        )
        self.members = [
            register_member(
                person=Person.objects.create(first_name=name, last_name="Shaw"),
                member_class=community,
                joined=FIRST,
                shares=10,
                by=SYSTEM,
            )
            for name in ("Ann", "Bob", "Cy")
        ]

    def member(self, index: int) -> Member:
        return Member.objects.get(pk=self.members[index].pk)

    def do(self, act: tuple[Any, ...], step: int) -> None:
        """One act; what the rules refuse changes nothing."""
        with contextlib.suppress(RuleError):
            getattr(self, act[0].replace(" ", "_"))(step, *act[1:])

    def wait(self, step: int, days: int) -> None:
        self.today += dt.timedelta(days=days)

    def buy(self, step: int, who: int, quantity: int, pays: bool) -> None:
        purchase = buy_shares(member=self.member(who), quantity=quantity, by=SYSTEM)
        if pays:
            pay(purchase, on=self.today)

    def transfer(self, step: int, giver: int, receiver: int, quantity: int, back: int) -> None:
        transfer_shares(
            giver=self.member(giver),
            receiver=self.member(receiver),
            quantity=quantity,
            date=self.today - dt.timedelta(days=back),
            minute="1",
            once=str(step),
            by=SYSTEM,
        )

    def undo(self, step: int, which: int) -> None:
        rows = list(ShareTransaction.objects.order_by("pk"))
        correct_shares(transaction=rows[which % len(rows)], why="Wrong", by=SYSTEM)

    def take_back(self, step: int, which: int) -> None:
        rows = list(Payment.objects.filter(state="succeeded").order_by("pk"))
        if rows:
            undo_payment(payment=rows[which % len(rows)], on=self.today, why="Bounced", by=SYSTEM)

    def pay(self, step: int, which: int) -> None:
        rows = list(SharePurchase.objects.order_by("pk"))
        if rows and rows[which % len(rows)].order.still_to_pay:
            pay(rows[which % len(rows)], on=self.today)

    def cancel_unpaid(self, step: int, which: int) -> None:
        rows = list(SharePurchase.objects.order_by("pk"))
        if rows:
            cancel_unpaid_shares(purchase=rows[which % len(rows)], minute="2", by=SYSTEM)

    def write_down(self, step: int, percent: Any) -> None:
        ordinary = ShareClass.objects.get(code="ordinary")
        seen = ShareTransaction.objects.filter(share_class=ordinary).shares()
        write_down(
            share_class=ordinary, percent=percent, minute="3", seen=seen, once=str(step), by=SYSTEM
        )


def refusals_of(world: World) -> list[str]:
    """Everything that does not hold, on any day of the history."""
    found = []
    day = FIRST
    while day <= world.today:
        register = ShareTransaction.objects.up_to(day).shares() * 100
        posted = Posting.objects.up_to(day)
        books = -posted.filter(account="share-capital").pence_total()
        if register != books:
            found.append(f"{day}: {register} in the register, {books} in the books")
        if posted.pence_total() != 0:
            found.append(f"{day}: the books do not balance")
        for one in world.members:
            held = one.shares_on(day)
            if held < 0:
                found.append(f"{day}: member {one.number} holds {held}")
            paid = Member.objects.with_amount_paid(day).get(pk=one.pk)
            if paid.unpaid_pence < 0:
                found.append(f"{day}: member {one.number} owes {paid.unpaid_pence}")
        day += dt.timedelta(days=1)
    for one in world.members:
        if one.shares_on(world.today) > LIMIT:
            found.append(f"member {one.number} is over the limit")
    by_member = ShareTransaction.objects.values("member__person__party").annotate(n=Sum("quantity"))
    capital = Posting.objects.filter(account="share-capital").by_party()
    for row in by_member:
        if -capital.get(row["member__person__party"], 0) != row["n"] * 100:
            found.append(f"party {row['member__person__party']} differs")
    return found


@pytest.mark.django_db
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(acts=st.lists(ACTS, min_size=3, max_size=18))
def test_the_register_and_the_books_agree_on_every_date(acts: list[tuple[Any, ...]]) -> None:
    began = dt.datetime.combine(FIRST, dt.time(10), dt.UTC)
    with time_machine.travel(began, tick=False) as clock, transaction.atomic():
        world = World()
        for step, act in enumerate(acts):
            world.do(act, step)
            clock.move_to(dt.datetime.combine(world.today, dt.time(10), dt.UTC))
        assert refusals_of(world) == []
        transaction.set_rollback(True)
