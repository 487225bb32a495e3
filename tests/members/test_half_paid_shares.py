"""Shares that are paid for in part: cancelled whole, and what came for a part of one goes back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from ledger import chart
from ledger.models import Payment, PayOut, Posting, TreasurerTask
from ledger.operations import make_pay_out, record_payment, undo_payment
from members.models import Member, ShareClass, SharePurchase
from members.operations import (
    buy_shares,
    cancel_unpaid_shares,
    correct_shares,
    give_sign_in,
    make_certificate,
    write_down,
)
from members.shareholding import purchase_shown
from tests.members.conftest import TODAY, pay
from tests.members.leaving import user_of

pytestmark = pytest.mark.django_db


def came(purchase: SharePurchase, amount: str) -> Payment:
    return record_payment(
        order=purchase.order,
        method="cheque",
        amount=Money(Decimal(amount), "GBP"),
        made_on=TODAY,
        key=f"came:{amount}",
        by=SYSTEM,
    )


def half_paid(member: Member, amount: str = "14.50") -> SharePurchase:
    """Thirty £1 shares that were issued; then all but so much of their money went again."""
    purchase = buy_shares(member=member, quantity=30, by=SYSTEM)
    came(purchase, amount)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    return fresh(purchase)


def fresh(purchase: SharePurchase) -> SharePurchase:
    return SharePurchase.objects.select_related("order", "member", "issued").get(pk=purchase.pk)


def test_a_share_paid_in_part_is_cancelled_and_its_part_goes_back(
    shareholder: Member, by: Actor, treasurer: User
) -> None:
    purchase = half_paid(shareholder)
    cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)
    assert shareholder.shares_on(TODAY) == 5 + 14
    assert not Posting.objects.filter(account=chart.SHARES_UNPAID).pence_total()
    order = fresh(purchase).order
    assert (order.amount, order.description) == (Money(14, "GBP"), "14 shares")
    assert PayOut.objects.get().amount == Money("0.50", "GBP")
    make_pay_out(pay_out=PayOut.objects.get(), paid_on=TODAY, by=Actor("user", user=treasurer))
    assert not Posting.objects.filter(account=chart.APPLICATIONS).pence_total()
    assert fresh(purchase).order.paid_so_far == Money(14, "GBP")
    assert not TreasurerTask.objects.exists()
    assert make_certificate(member=shareholder, by=by).quantity == 19
    with pytest.raises(RuleError, match="None of these shares is unpaid"):
        cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)


def test_where_not_one_share_is_paid_for_all_goes_back(shareholder: Member, by: Actor) -> None:
    purchase = half_paid(shareholder, "0.50")
    cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)
    assert shareholder.shares_on(TODAY) == 5
    assert not Posting.objects.filter(account=chart.SHARES_UNPAID).pence_total()
    assert fresh(purchase).order.is_cancelled
    assert PayOut.objects.get().amount == Money("0.50", "GBP")
    assert not TreasurerTask.objects.exists()


def test_the_letter_says_what_goes_back_and_what_stays(shareholder: Member, by: Actor) -> None:
    cancel_unpaid_shares(purchase=half_paid(shareholder), minute="2026/4.2", by=by)
    text = OutboxMessage.objects.get(kind="members.shares-cancelled").text
    assert "cancelled 16 shares of yours that were not paid for" in text
    assert "The other 14 shares, for which £14.00 came, are as they were." in text
    assert "£0.50 came for a part of a share, and goes back to you." in text
    assert "The treasurer will write to you to ask for your bank details." in text


def test_the_letter_about_whole_shares_speaks_of_no_money(shareholder: Member, by: Actor) -> None:
    cancel_unpaid_shares(purchase=half_paid(shareholder, "14.00"), minute="2026/4.2", by=by)
    text = OutboxMessage.objects.get(kind="members.shares-cancelled").text
    assert "The other 14 shares, for which £14.00 came, are as they were." in text
    assert "goes back" not in text


def test_every_page_gives_the_same_account(
    shareholder: Member, by: Actor, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    purchase = half_paid(shareholder)
    desk = signed_in(secretary)
    page = f"/members/purchases/{purchase.pk}/"
    html = desk.get(page).content.decode()
    assert "£15.50 is missing" in html
    assert "16 of these 30 shares are cancelled, and the £0.50" in html
    desk.post(f"{page}unpaid/", {"minute": "2026/4.2"})
    person = shareholder.person
    assert person is not None
    give_sign_in(person=person, by=SYSTEM)
    mine = signed_in(user_of(shareholder))
    number = shareholder.number
    pages = {
        "purchase": desk.get(page),
        "order": desk.get(f"/money/orders/{purchase.order_id}/"),
        "holding": mine.get(f"/members/me/shares/{number}/"),
        "mine": mine.get(f"/members/me/purchases/{purchase.pk}/"),
    }
    for name, answer in pages.items():
        html = answer.content.decode()
        assert answer.status_code == 200, name
        assert "14 shares" in html, name
        assert "£14.00" in html, name
        assert "is missing" not in html, name
    for name in ("purchase", "holding", "mine"):
        assert "30 shares were issued and 16 cancelled" in pages[name].content.decode(), name
    assert "Cancel the unpaid shares" not in pages["purchase"].content.decode()


def test_what_a_write_down_left_is_all_that_can_be_cancelled(
    shareholder: Member, by: Actor
) -> None:
    """Of shares that are held no more there is nothing to cancel, and nothing is offered."""
    purchase = half_paid(shareholder, "14.50")
    ordinary = ShareClass.objects.get(pk=purchase.share_class_id)
    write_down(share_class=ordinary, percent=Decimal(80), minute="2026/5", seen=35, once="a", by=by)
    assert purchase_shown(fresh(purchase)).to_cancel == 7
    cancel_unpaid_shares(purchase=purchase, minute="2026/5.1", by=by)
    assert shareholder.shares_on(TODAY) == 0
    assert purchase_shown(fresh(purchase)).to_cancel == 0
    with pytest.raises(RuleError, match="None of these shares is held"):
        cancel_unpaid_shares(purchase=purchase, minute="2026/5.2", by=by)


def test_shares_that_were_issued_wrongly_are_not_said_to_be_there(
    shareholder: Member, by: Actor
) -> None:
    purchase = buy_shares(member=shareholder, quantity=30, by=SYSTEM)
    pay(purchase)
    issued = fresh(purchase).issued
    assert issued is not None
    correct_shares(transaction=issued, why="Somebody else bought them", by=by)
    shown = purchase_shown(fresh(purchase))
    assert shown.account == "30 shares were issued and 30 taken back by a correction."
