"""Shares paid for online, against the sandbox over HTTP: cards, Direct Debits, money that goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM, VISITOR, Actor
from core.models import OutboxMessage
from ledger.models import Order, Payment, PayOut, Posting, TreasurerTask
from ledger.operations import apply_events, send_refunds, start_checkout
from ledger.stripe_sandbox import Sandbox
from members.checklist import standing
from members.models import Application, Member, MemberClass, Person, SharePurchase
from members.operations import (
    admit,
    buy_shares,
    cancel_purchase,
    refuse,
    register_member,
    withdraw,
)
from tests.ledger.conftest import sandbox  # noqa: F401  (a fixture)
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db

MINUTE: dict[str, Any] = {"board_meeting": TODAY, "minute": "2026/14.2"}
LATER = dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC)


def pay_online(stripe: Sandbox, purchase: SharePurchase, choice: str = "card") -> str:
    """Pay on Stripe's page; returns the session. What Stripe tells waits."""
    order = SharePurchase.objects.get(pk=purchase.pk).order
    url = start_checkout(
        order=order,
        success_url="http://testserver/done/",
        cancel_url="http://testserver/back/",
        method="bacs" if choice.startswith("bacs") else "card",
        by=VISITOR,
    )
    session = url.rpartition("/")[2]
    assert stripe.choose(session, choice) == "complete"
    return session


def hear(stripe: Sandbox) -> None:
    stripe.deliver_events()
    apply_events(timezone.now())


def payment_of(purchase: SharePurchase) -> Payment:
    return Payment.objects.filter(order=SharePurchase.objects.get(pk=purchase.pk).order).latest(
        "pk"
    )


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


@pytest.fixture
def rita_member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    return register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=5, by=SYSTEM
    )


def test_shares_paid_by_card_are_issued_when_stripe_says_so(
    sandbox: Sandbox,  # noqa: F811
    rita_member: Member,
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=SYSTEM)
    pay_online(sandbox, purchase)
    assert rita_member.shares_on(TODAY) == 5  # coming back from the page proves nothing
    hear(sandbox)
    assert rita_member.shares_on(TODAY) == 25
    hear(sandbox)
    assert rita_member.shares_on(TODAY) == 25


def test_money_on_its_way_by_direct_debit_is_said_and_is_not_there_yet(
    sandbox: Sandbox,  # noqa: F811
    waiting: Callable[..., Application],
) -> None:
    application = waiting(paid=False)
    pay_online(sandbox, application.purchase, "bacs")
    hear(sandbox)
    [check] = [one for one in standing(application, TODAY).checks if one.code == "paid"]
    assert not check.ok
    assert "£10.00 is on its way" in check.found


def test_a_direct_debit_that_comes_issues_and_one_that_fails_leaves_a_way_out(
    sandbox: Sandbox,  # noqa: F811
    rita_member: Member,
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=SYSTEM)
    session = pay_online(sandbox, purchase, "bacs")
    hear(sandbox)
    sandbox.settle_bacs(session, ok=False)
    hear(sandbox)
    assert payment_of(purchase).state == "failed"
    assert rita_member.shares_on(TODAY) == 5
    message = OutboxMessage.objects.get(kind="members.payment-failed")
    assert message.to == "rita@example.org"
    assert "Rita" not in message.subject
    pay(purchase)  # by transfer instead
    assert rita_member.shares_on(TODAY) == 25


def test_after_a_failed_direct_debit_the_request_can_be_cancelled(
    sandbox: Sandbox,  # noqa: F811
    rita_member: Member,
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=SYSTEM)
    session = pay_online(sandbox, purchase, "bacs")
    hear(sandbox)
    sandbox.settle_bacs(session, ok=False)
    hear(sandbox)
    cancel_purchase(purchase=purchase, by=SYSTEM)
    assert Order.objects.get(pk=purchase.order_id).is_cancelled


def test_a_refused_application_gets_its_money_back_the_way_it_came(
    sandbox: Sandbox,  # noqa: F811
    waiting: Callable[..., Application],
    by: Actor,
) -> None:
    application = waiting(paid=False)
    pay_online(sandbox, application.purchase)
    hear(sandbox)
    refuse(application=application, reason="Lives elsewhere.", by=by, **MINUTE)
    send_refunds()
    hear(sandbox)
    assert "applications" not in balances()
    assert not PayOut.objects.exists()
    assert payment_of(application.purchase).refunded == Money(10, "GBP")


def test_an_application_taken_back_by_the_applicant_is_refunded_without_anybody_s_doing(
    sandbox: Sandbox,  # noqa: F811
    waiting: Callable[..., Application],
) -> None:
    application = waiting(paid=False)
    pay_online(sandbox, application.purchase)
    hear(sandbox)
    withdraw(application=application, by=VISITOR)
    send_refunds()
    hear(sandbox)
    assert "applications" not in balances()
    assert not TreasurerTask.objects.exists()


def test_money_that_comes_after_a_refusal_is_put_before_the_treasurer(
    sandbox: Sandbox,  # noqa: F811
    waiting: Callable[..., Application],
    by: Actor,
) -> None:
    application = waiting(paid=False)
    session = pay_online(sandbox, application.purchase, "bacs")
    hear(sandbox)
    refuse(application=application, reason="Lives elsewhere.", by=by, **MINUTE)
    with time_machine.travel(LATER, tick=False):
        sandbox.settle_bacs(session)
        hear(sandbox)
    assert TreasurerTask.objects.get().kind == "pay_back"


def test_a_direct_debit_disputed_months_later_undoes_no_share_and_is_owed(
    sandbox: Sandbox,  # noqa: F811
    waiting: Callable[..., Application],
    by: Actor,
) -> None:
    application = waiting(paid=False)
    session = pay_online(sandbox, application.purchase, "bacs")
    hear(sandbox)
    with time_machine.travel(LATER, tick=False):
        sandbox.settle_bacs(session)
        hear(sandbox)
        member = admit(application=application, by=by, **MINUTE)
    with time_machine.travel(dt.datetime(2026, 11, 10, 10, tzinfo=dt.UTC), tick=False):
        sandbox.dispute(session)
        hear(sandbox)
        today = timezone.localdate()
        assert member.shares_on(today) == 10
        assert member.amount_paid_on(today) == Money(0, "GBP")
        assert member.amount_paid_on(dt.date(2026, 11, 9)) == Money(10, "GBP")
        assert balances()["shares-unpaid"] == 1000
        assert TreasurerTask.objects.filter(kind="taken_back").count() == 1
        assert OutboxMessage.objects.filter(kind="members.shares-unpaid").count() == 1
        pay(application.purchase, on=today)
        assert member.amount_paid_on(today) == Money(10, "GBP")
