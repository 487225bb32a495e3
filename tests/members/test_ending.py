"""A membership ends: what had been begun ends with it, and no money is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from djmoney.money import Money

from core.actors import SYSTEM
from ledger.models import Mandate, Payment, TreasurerTask
from members.models import Letter, Member, MemberClass, Person, SharePurchase
from members.operations import (
    buy_shares,
    cancel_purchase,
    cease_member,
    charge_dues,
    note_death,
    reopen_death,
    resign,
)
from members.operations.holdings import party_for
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase(shareholder: Member) -> SharePurchase:
    return buy_shares(member=shareholder, quantity=20, by=SYSTEM)


@pytest.fixture
def mandate(shareholder: Member) -> Mandate:
    return Mandate.objects.create(
        party=party_for(holder=shareholder.holder, by=SYSTEM),
        kind="bacs",
        state="active",
        stripe_session="cs_1",
        stripe_method="pm_1",
    )


def leave(member: Member) -> None:
    cease_member(member=member, ceased=TODAY, because="Moved away", by=SYSTEM)


def die(member: Member) -> None:
    note_death(member=member, died_on=TODAY, told_on=TODAY, evidence="Certificate", by=SYSTEM)


def walk_out(member: Member) -> None:
    resign(member=member, on=TODAY, shares=None, by=SYSTEM)


@pytest.mark.parametrize("ending", [leave, die, walk_out])
def test_shares_asked_for_are_asked_for_no_more(
    ending: Callable[[Member], None], shareholder: Member, purchase: SharePurchase
) -> None:
    ending(shareholder)
    purchase.order.refresh_from_db()
    assert purchase.order.is_cancelled
    assert not TreasurerTask.objects.exists()


@pytest.mark.parametrize("ending", [leave, walk_out])
def test_no_letter_asks_any_more_to_pay_for_them(
    ending: Callable[[Member], None], shareholder: Member
) -> None:
    Person.objects.update(email="")
    member = Member.objects.get(pk=shareholder.pk)
    buy_shares(member=member, quantity=20, by=SYSTEM)
    ending(member)
    assert Letter.objects.get(kind="members.shares-asked").state == "called_off"


def test_nor_once_the_member_has_cancelled_the_request(shareholder: Member) -> None:
    Person.objects.update(email="")
    asked = buy_shares(member=Member.objects.get(pk=shareholder.pk), quantity=20, by=SYSTEM)
    cancel_purchase(purchase=asked, by=SYSTEM)
    assert Letter.objects.get(kind="members.shares-asked").state == "called_off"


@pytest.mark.parametrize("ending", [leave, die])
def test_money_that_came_for_them_is_to_be_paid_back(
    ending: Callable[[Member], None], shareholder: Member, purchase: SharePurchase
) -> None:
    pay(purchase, 5)
    ending(shareholder)
    task = TreasurerTask.objects.get()
    assert (task.kind, task.order) == ("pay_back", purchase.order)
    assert task.sentence.startswith("£5.00 came for ")
    assert "Rita" not in task.sentence


def test_money_that_is_on_its_way_is_not_stopped(
    shareholder: Member, purchase: SharePurchase
) -> None:
    on_its_way = Payment.objects.create(
        order=purchase.order, method="bacs", state="processing", amount=Money(20, "GBP"), key="x"
    )
    leave(shareholder)
    on_its_way.refresh_from_db()
    purchase.order.refresh_from_db()
    assert (on_its_way.state, purchase.order.is_cancelled) == ("processing", True)


@pytest.mark.parametrize("ending", [leave, die])
def test_the_direct_debit_ends_where_nothing_is_owed(
    ending: Callable[[Member], None], shareholder: Member, mandate: Mandate
) -> None:
    ending(shareholder)
    mandate.refresh_from_db()
    assert mandate.state == "ended"


def charged(member: Member, mandate: Mandate) -> Payment:
    """Dues of theirs, with the collection that is announced."""
    MemberClass.objects.filter(code="community").update(yearly_dues=Money(12, "GBP"), dues_month=3)
    owing = Member.objects.owing_dues(dt.date(2026, 3, 1), TODAY)
    assert charge_dues(members=owing, year=2026, month=3, today=TODAY, by=SYSTEM) == 1
    return mandate.payments.get()


def test_what_a_leaver_owes_is_still_collected(shareholder: Member, mandate: Mandate) -> None:
    announced = charged(shareholder, mandate)
    leave(shareholder)
    mandate.refresh_from_db()
    announced.refresh_from_db()
    assert (mandate.state, announced.state) == ("active", "scheduled")


def test_nothing_is_collected_from_who_has_died(shareholder: Member, mandate: Mandate) -> None:
    announced = charged(shareholder, mandate)
    die(shareholder)
    mandate.refresh_from_db()
    announced.refresh_from_db()
    assert (mandate.state, announced.state) == ("ended", "cancelled")


def test_a_death_noted_by_mistake_does_not_bring_a_direct_debit_back(
    shareholder: Member, mandate: Mandate, purchase: SharePurchase
) -> None:
    die(shareholder)
    reopen_death(estate=shareholder.estate, why="Another Rita", by=SYSTEM)
    mandate.refresh_from_db()
    assert mandate.state == "ended"
    again = buy_shares(member=Member.objects.get(), quantity=20, by=SYSTEM)
    assert again.pk != purchase.pk
