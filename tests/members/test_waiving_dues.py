"""Dues that are asked for no more: in whole or in part, and what came goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from ledger import chart
from ledger.models import Order, Payment, PayOut, Posting, TreasurerTask
from ledger.money import pence_of
from ledger.operations import make_pay_out
from members.arrears import arrears_on
from members.models import DuesCharge, Member
from members.operations import waive_dues
from members.operations.dues import charge_joining_fee
from tests.members.conftest import TODAY
from tests.members.dues import (
    charge_all,
    owed,
    pay,
)

pytestmark = pytest.mark.django_db


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


def test_nothing_is_waived_while_money_is_on_its_way(rita_member: Member, by: Actor) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    Payment.objects.create(
        order=charge.order, method="bacs", state="processing", amount=12, key="coming"
    )
    with pytest.raises(RuleError, match="Wait until it has come"):
        waive_dues(charge=charge, because="Hardship", today=TODAY, by=by)


# --- What came goes back --------------------------------------------------------------------------


def waived(charge: DuesCharge, by: Actor, **how: Any) -> Order:
    waive_dues(charge=charge, because="Hardship", today=TODAY, by=by, **how)
    return Order.objects.get(pk=charge.order_id)


def test_what_was_paid_by_hand_is_paid_out_by_a_second_person(
    rita_member: Member, by: Actor, treasurer: User
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    pay(charge, 12)
    order = waived(charge, by)
    assert order.is_cancelled
    assert owed(rita_member) == -12_00
    pay_out = PayOut.objects.get()
    assert (pay_out.amount, pay_out.account_id) == (Money(12, "GBP"), chart.RECEIVABLE)
    assert "Hardship" not in pay_out.why
    make_pay_out(pay_out=pay_out, paid_on=TODAY, by=Actor("user", user=treasurer))
    assert owed(rita_member) == 0
    by_account = Posting.objects.by_account()
    assert [by_account[code] for code in (chart.BANK, chart.DUES, chart.RECEIVABLE)] == [0, 0, 0]
    assert order.paid_so_far == Money(0, "GBP")


def test_what_was_paid_in_part_goes_back_and_the_rest_is_asked_for_no_more(
    rita_member: Member, by: Actor
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    pay(charge, 5)
    waived(charge, by)
    assert PayOut.objects.get().amount == Money(5, "GBP")
    assert arrears_on(TODAY) == []


def test_the_rest_alone_is_waived_and_what_came_stays(rita_member: Member, by: Actor) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    pay(charge, 5)
    order = waived(charge, by, keep_paid=True)
    assert (order.amount, order.is_paid, order.is_cancelled) == (Money(5, "GBP"), True, False)
    assert owed(rita_member) == 0
    assert Posting.objects.by_account()[chart.DUES] == -5_00
    assert not PayOut.objects.exists()
    assert arrears_on(TODAY) == []
    with pytest.raises(RuleError, match="already"):
        waive_dues(charge=charge, because="Again", today=TODAY, by=by)


@pytest.mark.parametrize(
    ("paid", "how", "said"),
    [
        (0, {}, "You need do nothing."),
        (5, {}, "£5.00 from our bank account"),
        (5, {"keep_paid": True}, "The £5.00 that came for it stays with it."),
    ],
)
def test_the_member_hears_what_becomes_of_what_they_paid(
    rita_member: Member, by: Actor, paid: int, how: dict[str, bool], said: str
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    if paid:
        pay(charge, paid)
    order = waived(charge, by, **how)
    told = OutboxMessage.objects.get(kind="members.dues-waived")
    assert said in told.text
    assert order.reference in told.text
    assert "Hardship" not in told.text


@pytest.mark.parametrize("paid", [0, 12])
def test_without_a_rest_there_is_none_to_waive(rita_member: Member, by: Actor, paid: int) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    if paid:
        pay(charge, paid)
    with pytest.raises(RuleError, match="no rest to waive"):
        waive_dues(charge=charge, because="Hardship", today=TODAY, keep_paid=True, by=by)


def test_whose_other_dues_are_open_is_paid_back_and_still_owes_those(
    rita_member: Member, by: Actor, treasurer: User
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    pay(charge, 5)
    fee = charge_joining_fee(member=rita_member, today=TODAY, by=SYSTEM)
    assert fee is not None
    waived(charge, by)
    prepared = PayOut.objects.get()
    assert prepared.amount == Money(5, "GBP")
    make_pay_out(pay_out=prepared, paid_on=TODAY, by=Actor("user", user=treasurer))
    assert Posting.objects.by_account()["receivable"] == pence_of(fee.order.amount)
    assert not TreasurerTask.objects.exists()


def test_the_page_says_what_happens_and_asks_what_to_do_with_a_part(
    rita_member: Member, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    tom = signed_in(treasurer)
    charge_all()
    charge = DuesCharge.objects.get()
    url = f"/members/dues/{charge.pk}/waive/"
    assert "Nothing has come for them" in tom.get(url).content.decode()
    pay(charge, 5)
    page = tom.get(url).content.decode()
    assert "£7.00 is asked for no more, and the £5.00 that came stays with us" in page
    assert tom.post(url, {"because": "Hardship"}).status_code == 400  # say which
    pay(charge, 7)
    page = tom.get(url).content.decode()
    assert "£12.00 came for them and goes back" in page
    dues = f"/members/register/{rita_member.number}/dues/"
    assert url in tom.get(dues).content.decode()
    tom.post(url, {"because": "Hardship"})
    assert PayOut.objects.get().amount == Money(12, "GBP")
    assert "Waived" in tom.get(dues).content.decode()
