"""Whatever order events come in, however often, and whatever happens in between: the same books."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import stripe
from django.db import transaction
from django.utils import timezone
from djmoney.money import Money
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.actors import SYSTEM
from ledger.models import (
    Dispute,
    Order,
    Payment,
    Posting,
    Refund,
    StripeEvent,
    StripePayout,
    TreasurerTask,
)
from ledger.operations import apply_event, create_order, new_party, start_checkout
from ledger.signals import order_paid
from ledger.stripe_sandbox import API_KEY, Sandbox
from tests.ledger.conftest import to_our_webhook

pytestmark = pytest.mark.django_db

PAID = 2000


class World:
    """Five orders at a Stripe of their own, and what becomes of each, step by step."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        party = new_party(by=SYSTEM)
        self.orders = [
            create_order(
                kind="shares",
                key=f"world {name}",
                party=party,
                account="applications",
                amount=Money(Decimal(PAID) / 100, "GBP"),
                description="20 shares",
                owner_kind="test",
                owner_id=1,
                by=SYSTEM,
            )
            for name in "abcde"
        ]
        self.pages = [
            start_checkout(
                order=order,
                success_url="http://x/",
                cancel_url="http://x/",
                method="bacs" if number in (2, 3) else "card",
                by=SYSTEM,
            ).rpartition("/")[2]
            for number, order in enumerate(self.orders)
        ]

    def steps(self) -> list[Callable[[], Any]]:
        """Paid and refunded in part; disputed and won; slow and disputed; failed; abandoned."""
        sandbox, (refunded, won, slow, failed, abandoned) = self.sandbox, self.pages
        return [
            lambda: sandbox.choose(refunded, "card_declined"),
            lambda: sandbox.choose(refunded, "card"),
            lambda: sandbox.choose(won, "card"),
            lambda: sandbox.choose(slow, "bacs"),
            lambda: sandbox.choose(failed, "bacs"),
            lambda: pay_back(sandbox, refunded, 500),
            lambda: sandbox.dispute(won),
            lambda: sandbox.settle_bacs(slow),
            lambda: sandbox.settle_bacs(failed, ok=False),
            lambda: pay_back(sandbox, refunded, 300),
            lambda: sandbox.close_dispute(self._dispute(), won=True),
            lambda: sandbox.make_payout(early=True),
            lambda: sandbox.dispute(slow),
            lambda: sandbox.expire(abandoned),
        ]

    def _dispute(self) -> str:
        event = self.sandbox.last_event("charge.dispute.created")
        return str(event["data"]["object"]["id"])


def pay_back(sandbox: Sandbox, page: str, pence: int) -> None:
    stripe_client(sandbox).v1.refunds.create(
        {"payment_intent": sandbox.get(page)["payment_intent"], "amount": pence}
    )


def stripe_client(sandbox: Sandbox) -> Any:
    return stripe.StripeClient(API_KEY, base_addresses={"api": sandbox.url})


def apply_all() -> None:
    for pk in StripeEvent.objects.filter(applied_at=None).values_list("pk", flat=True):
        apply_event(pk, timezone.now())


def books() -> dict[str, Any]:
    return {
        "balances": {c: p for c, p in Posting.objects.by_account().items() if p},
        "payments": list(Payment.objects.order_by("pk").values_list("state", "amount", "refunded")),
        "paid": [order.paid_so_far.amount for order in Order.objects.order_by("pk")],
        "refunds": sorted(Refund.objects.values_list("amount", "state")),
        "disputes": sorted(Dispute.objects.values_list("amount", "state")),
        "payouts": list(StripePayout.objects.values_list("amount", "state")),
    }


SHOULD_BE: dict[str, Any] = {
    "payments": [
        ("succeeded", Decimal(20), Decimal(8)),
        ("succeeded", Decimal(20), Decimal(0)),
        ("taken_back", Decimal(20), Decimal(0)),
        ("failed", Decimal(20), Decimal(0)),
        ("cancelled", Decimal(20), Decimal(0)),
    ],
    "paid": [Decimal(12), Decimal(20), Decimal(0), Decimal(0), Decimal(0)],
    "refunds": [(Decimal(3), "succeeded"), (Decimal(5), "succeeded")],
    "disputes": [(Decimal(20), "lost"), (Decimal(20), "won")],
}


@given(data=st.data())
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_same_events_in_any_order_and_however_often_make_the_same_books(
    data: st.DataObject, db: None, settings: Any
) -> None:
    told: list[int] = []

    def hear(order: Order, **_: Any) -> None:
        told.append(order.pk)

    with transaction.atomic(), Sandbox(webhook=to_our_webhook, held=True) as sandbox:
        settings.STRIPE_SECRET_KEY = API_KEY
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_sandbox"]
        settings.STRIPE_API_URL = sandbox.url
        order_paid.connect(hear)
        world = World(sandbox)
        for step in world.steps():
            step()
            some_are_told(data, sandbox)
        all_are_told(data, sandbox)
        order_paid.disconnect(hear)
        check(world, told)
        transaction.set_rollback(True)


def some_are_told(data: st.DataObject, sandbox: Sandbox) -> None:
    """None, or a few of the events so far, old ones again among them."""
    events = [event["id"] for event in sandbox.events()]
    chosen = data.draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
    for event in chosen:
        assert sandbox.send(event) == [200]
        if data.draw(st.booleans()):
            apply_all()


def all_are_told(data: st.DataObject, sandbox: Sandbox) -> None:
    """Those that are left, in an order of chance; Stripe tells until we have heard."""
    for event in data.draw(st.permutations(sandbox.webhooks.waiting())):
        assert sandbox.send(event) == [200]
        if data.draw(st.booleans()):
            apply_all()
    apply_all()


def check(world: World, told: list[int]) -> None:
    found = books()
    assert {name: found[name] for name in SHOULD_BE} == SHOULD_BE
    assert sum(found["balances"].values()) == 0
    assert found["balances"]["applications"] == -PAID - 1200
    stripe_has = sum(entry["net"] for entry in world.sandbox.account.all("balance_transaction"))
    assert found["balances"]["stripe"] == stripe_has
    first, won, slow, *_never = (order.pk for order in world.orders)
    assert told.count(first) == 1
    assert told.count(won) == 2  # and again when the dispute was won
    assert told.count(slow) == 1
    assert set(TreasurerTask.objects.values_list("kind", flat=True)) == {"taken_back", "failed"}
    assert not StripeEvent.objects.filter(applied_at=None).exists()
