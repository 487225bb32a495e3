"""Money for shares goes back only where it has not become shares."""

from __future__ import annotations

import pytest
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from ledger.models import PayOut
from ledger.operations import cancel_order, make_pay_out, pay_back
from members.models import Member
from members.operations import buy_shares, pay_back_purchase
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db


def test_money_of_one_purchase_does_not_pay_another_one_back(
    shareholder: Member, by: Actor
) -> None:
    issued = buy_shares(member=shareholder, quantity=100, by=SYSTEM)
    pay(issued)
    waiting = buy_shares(member=shareholder, quantity=100, by=SYSTEM)
    pay(waiting, 50)
    for purchase in (issued, waiting):
        with pytest.raises(RuleError, match=r"£0\.00 of what came"):
            pay_back(order=purchase.order, amount=Money(50, "GBP"), why="Slip", by=by)
    assert not PayOut.objects.exists()


def test_a_purchase_that_was_given_up_is_paid_back_once_by_a_second_person(
    shareholder: Member, by: Actor, treasurer: User
) -> None:
    purchase = buy_shares(member=shareholder, quantity=100, by=SYSTEM)
    pay(purchase, 50)
    pay_back_purchase(purchase=purchase, why="Changed their mind", by=by)
    with pytest.raises(RuleError, match=r"£50\.00 of what came"):
        pay_back(order=purchase.order, amount=Money(1, "GBP"), why="Again", by=by)
    make_pay_out(pay_out=PayOut.objects.get(), paid_on=TODAY, by=Actor("user", user=treasurer))
    with pytest.raises(RuleError, match=r"£0\.00 of what came"):
        pay_back(order=purchase.order, amount=Money(1, "GBP"), why="Again", by=by)


def test_what_became_shares_stays_though_the_order_is_closed(
    shareholder: Member, by: Actor
) -> None:
    purchase = buy_shares(member=shareholder, quantity=100, by=SYSTEM)
    pay(purchase)
    cancel_order(order=purchase.order, paying_back=True, by=SYSTEM)
    with pytest.raises(RuleError, match=r"£0\.00 of what came"):
        pay_back(order=purchase.order, amount=Money(1, "GBP"), why="Slip", by=by)
