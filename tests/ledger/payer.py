"""Somebody who pays through the sandbox, and what we then have in the books."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import stripe
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from ledger.models import Order, Payment, Posting, Refund, TreasurerTask
from ledger.operations import apply_events, refund_payment, send_refunds, start_checkout
from ledger.stripe_sandbox import API_KEY, Sandbox

#: What Stripe keeps of £20.00 paid by card, and of as much by Direct Debit.
CARD_FEE, BACS_FEE = 50, 20


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def tasks() -> list[str]:
    return list(TreasurerTask.objects.order_by("pk").values_list("kind", flat=True))


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


def stripe_client(sandbox: Sandbox) -> Any:
    return stripe.StripeClient(API_KEY, base_addresses={"api": sandbox.url})


def pay_directly(payer: Payer, pence: int, metadata: dict[str, str]) -> str:
    """Money that comes without a page that we opened."""
    client = stripe_client(payer.sandbox)
    customer = client.v1.customers.create().id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    made = client.v1.payment_intents.create(
        {
            "amount": pence,
            "currency": "gbp",
            "customer": customer,
            "payment_method": method,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "metadata": metadata,
        }
    )
    return str(made.id)


def back(payer: Payer, amount: str) -> Refund:
    refund = refund_payment(
        payment=payer.payment, amount=pounds(amount), reason="Refused", by=SYSTEM
    )
    send_refunds()
    return refund
