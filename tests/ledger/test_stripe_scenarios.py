"""Everything that can happen to money on its way through Stripe, against the sandbox over HTTP.

The webhooks carry real signatures and go through our own view; what they are about is asked of
the sandbox again. Nothing of the stripe package is replaced.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.models import (
    Dispute,
    Journal,
    Order,
    Party,
    Payment,
    Posting,
    Refund,
    StripeEvent,
    StripePayout,
    TreasurerTask,
)
from ledger.operations import (
    apply_events,
    cancel_order,
    record_payment,
    refund_payment,
    send_refunds,
    start_checkout,
)
from ledger.signals import collection_failed, money_taken_back, order_paid, refunded
from ledger.stripe_sandbox import Sandbox
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def tasks() -> list[str]:
    return list(TreasurerTask.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What the apps above were told, in order."""
    heard: list[str] = []
    signals = {
        "paid": order_paid,
        "taken back": money_taken_back,
        "refunded": refunded,
        "failed": collection_failed,
    }
    receivers = {}
    for name, signal in signals.items():

        def hear(name: str = name, **_: Any) -> None:
            heard.append(name)

        receivers[name] = hear
        signal.connect(hear, weak=False)
    yield heard
    for name, signal in signals.items():
        signal.disconnect(receivers[name])


class Payer:
    """Somebody who pays an order on Stripe's page, and what Stripe then tells us."""

    def __init__(self, sandbox: Sandbox, order: Order) -> None:
        self.sandbox, self.order = sandbox, order

    def open_page(self, method: Any = "card") -> str:
        url = start_checkout(
            order=self.order,
            success_url="http://testserver/done/",
            cancel_url="http://testserver/back/",
            method=method,
            by=SYSTEM,
        )
        return url.rpartition("/")[2]

    def pay(self, choice: str = "card") -> str:
        session = self.open_page("bacs" if choice == "bacs" else "card")
        assert self.sandbox.choose(session, choice) == "complete"
        return session

    def hear(self) -> None:
        """Stripe tells us what waits, and a worker applies it."""
        self.sandbox.deliver_events()
        apply_events(timezone.now())

    @property
    def payment(self) -> Payment:
        return Payment.objects.get(order=self.order)

    @property
    def state(self) -> str:
        return self.payment.state


@pytest.fixture
def payer(sandbox: Sandbox, make_order: Callable[..., Order]) -> Payer:
    """Joan, who is asked for £20.00 for shares."""
    return Payer(sandbox, make_order())


#: What Stripe keeps of £20.00 paid by card, and of as much by Direct Debit.
CARD_FEE, BACS_FEE = 50, 20


def test_paid_by_card(payer: Payer, told: list[str]) -> None:
    payer.pay()
    assert payer.state == "started"  # being sent back from the page proves nothing
    payer.hear()
    payment = payer.payment
    assert (payment.state, payment.made_on, payment.method) == ("succeeded", TODAY, "card")
    assert payer.order.is_paid
    assert balances() == {
        "stripe": 2000 - CARD_FEE,
        "stripe-fees": CARD_FEE,
        "applications": -2000,
    }
    assert (told, tasks()) == (["paid"], [])
    assert Posting.objects.filter(account="applications").by_party() == {
        payer.order.party_id: -2000
    }
