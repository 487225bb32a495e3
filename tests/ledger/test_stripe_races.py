"""Two at the same moment, each with a connection of their own: money is counted once.

Holds on SQLite, where one writes at a time, and on PostgreSQL, where both may.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger import gateway
from ledger.models import (
    Journal,
    Mandate,
    Order,
    Party,
    Payment,
    PayOut,
    Posting,
    Refund,
    StripeEvent,
    TreasurerTask,
)
from ledger.operations import (
    apply_dispute,
    apply_event,
    apply_intent,
    apply_payout,
    apply_refund,
    collect_due,
    make_pay_out,
    move,
    new_party,
    post,
    prepare_pay_out,
    record_payment,
    refund_payment,
    schedule_collection,
    send_refunds,
    start_checkout,
    start_mandate,
    syncing,
)
from ledger.signals import money_taken_back, order_paid, refunded
from ledger.stripe_sandbox import Sandbox
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

WORKERS = 4


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def together(*acts: Callable[[], object]) -> list[object]:
    """Start all acts at once; what each returned, or the error it met."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def no_errors(results: list[object]) -> bool:
    faults = [result for result in results if isinstance(result, Exception)]
    assert faults == []
    return True


@pytest.fixture
def told() -> Iterator[Counter[str]]:
    heard: Counter[str] = Counter()
    signals = {"paid": order_paid, "taken back": money_taken_back, "refunded": refunded}
    receivers: dict[str, Any] = {}
    for name, signal in signals.items():

        def hear(name: str = name, **_: Any) -> None:
            heard[name] += 1

        receivers[name] = hear
        signal.connect(hear, weak=False)
    yield heard
    for name, signal in signals.items():
        signal.disconnect(receivers[name])


def open_page(order: Order, method: Any = "card") -> str:
    url = start_checkout(
        order=order, success_url="http://x/", cancel_url="http://x/", method=method, by=SYSTEM
    )
    return url.rpartition("/")[2]


@pytest.fixture
def paid(sandbox: Sandbox, make_order: Callable[..., Order]) -> str:
    """The intent of £20.00 that Joan paid by card, of which we have heard nothing."""
    session = open_page(make_order())
    sandbox.choose(session, "card")
    return str(sandbox.get(session)["payment_intent"])


def test_two_workers_on_one_event_settle_it_once(
    paid: str, sandbox: Sandbox, told: Counter[str]
) -> None:
    sandbox.send(sandbox.last_event("payment_intent.succeeded"))
    pk, now = StripeEvent.objects.get().pk, timezone.now()
    StripeEvent.objects.update(applied_at=None, attempts=0, not_before=now)
    results = together(*([lambda: apply_event(pk, now)] * WORKERS))
    assert no_errors(results)
    assert Counter(results)[syncing.Outcome.APPLIED] == 1
    assert balances() == {"stripe": 1950, "stripe-fees": 50, "applications": -2000}


def test_workers_who_apply_the_same_at_once_settle_it_once(paid: str, told: Counter[str]) -> None:
    """Each has asked Stripe before any of them has written."""
    said = gateway.fetch_intent(paid)
    assert no_errors(together(*([lambda: apply_intent(intent=said, by=SYSTEM)] * WORKERS)))
    assert balances() == {"stripe": 1950, "stripe-fees": 50, "applications": -2000}
    assert (told, Journal.objects.count()) == ({"paid": 1}, 2)
    assert AuditLine.objects.filter(action="ledger.apply_intent").count() == 1


def test_two_events_about_one_payment_at_once_settle_it_once(
    paid: str, sandbox: Sandbox, told: Counter[str]
) -> None:
    kinds = ("payment_intent.succeeded", "checkout.session.completed", "charge.updated")
    events = [
        StripeEvent.objects.create(
            event=event["id"], kind=kind, subject=event["data"]["object"]["id"]
        )
        for kind in kinds
        for event in [sandbox.last_event(kind)]
    ]
    now = timezone.now()
    results = together(*(lambda pk=event.pk: apply_event(pk, now) for event in events))
    assert no_errors(results)
    assert balances() == {"stripe": 1950, "stripe-fees": 50, "applications": -2000}
    assert told == {"paid": 1}


def test_an_event_told_many_times_at_once_is_kept_once(
    paid: str, make_order: Callable[..., Order], live_server: Any, settings: Any
) -> None:
    """Over HTTP, to a server with several threads."""
    with Sandbox(webhook=f"{live_server.url}/money/stripe/webhook/", held=True) as other:
        settings.STRIPE_API_URL = other.url
        session = open_page(make_order("5.00", key="live"))
        other.choose(session, "card")
        event = other.last_event("payment_intent.succeeded")
        assert other.send(event, times=WORKERS, together=True) == [200] * WORKERS
        assert StripeEvent.objects.filter(event=event["id"]).count() == 1
        assert Payment.objects.get(stripe_session=session).state == "succeeded"


def test_part_payments_at_once_make_the_order_paid_once(
    make_order: Callable[..., Order], told: Counter[str]
) -> None:
    """Neither may miss the other, or nobody would be told that it is paid."""
    order = make_order()
    results = together(
        *(
            lambda key=key: record_payment(
                order=order,
                method="transfer",
                amount=pounds("5.00"),
                made_on=TODAY,
                key=key,
                by=SYSTEM,
            )
            for key in "abcd"
        )
    )
    assert no_errors(results)
    assert (order.is_paid, told) == (True, {"paid": 1})


def test_one_payment_entered_twice_at_once_is_there_once(
    make_order: Callable[..., Order],
) -> None:
    order = make_order()
    results = together(
        *[
            lambda: record_payment(
                order=order,
                method="transfer",
                amount=pounds("20.00"),
                made_on=TODAY,
                key="one",
                by=SYSTEM,
            )
        ]
        * WORKERS
    )
    assert no_errors(results)
    assert (Payment.objects.count(), balances()["bank"]) == (1, 2000)
    assert not TreasurerTask.objects.exists()


def test_refunds_at_once_never_pay_back_more_than_came(
    paid: str, told: Counter[str], sandbox: Sandbox
) -> None:
    apply_intent(intent=gateway.fetch_intent(paid), by=SYSTEM)
    payment = Payment.objects.get()
    results = together(
        *[
            lambda: refund_payment(
                payment=payment, amount=pounds("8.00"), reason="Too many", by=SYSTEM
            )
        ]
        * WORKERS
    )
    assert Counter(type(result) for result in results) == {Refund: 2, RuleError: 2}, results
    together(*([send_refunds] * WORKERS))
    assert Payment.objects.get().refunded == pounds("16.00")
    assert len(sandbox.account.all("refund")) == 2
    assert (told["refunded"], balances()["applications"]) == (2, -400)


def test_a_refund_applied_by_many_at_once_is_booked_once(
    paid: str, told: Counter[str], sandbox: Sandbox
) -> None:
    apply_intent(intent=gateway.fetch_intent(paid), by=SYSTEM)
    gateway.pay_back(intent_id=paid, pence=700, metadata={}, key="by hand")
    (said,) = gateway.refunds_of(paid)
    assert no_errors(together(*([lambda: apply_refund(said=said, by=SYSTEM)] * WORKERS)))
    assert (Refund.objects.count(), told["refunded"]) == (1, 1)
    assert balances()["applications"] == -1300


def test_a_dispute_applied_by_many_at_once_is_booked_once(
    paid: str, told: Counter[str], sandbox: Sandbox
) -> None:
    dispute = sandbox.dispute(paid)
    apply_intent(intent=gateway.fetch_intent(paid), by=SYSTEM)
    sandbox.close_dispute(dispute, won=True)
    said = gateway.fetch_dispute(dispute["id"])
    assert no_errors(together(*([lambda: apply_dispute(said=said, by=SYSTEM)] * WORKERS)))
    assert Payment.objects.get().state == "succeeded"
    assert told == {"paid": 2, "taken back": 1}
    assert balances()["applications"] == -2000


def test_a_payout_applied_by_many_at_once_is_booked_once(paid: str, sandbox: Sandbox) -> None:
    said = gateway.fetch_payout(sandbox.make_payout(early=True)["id"])
    assert no_errors(together(*([lambda: apply_payout(said=said, by=SYSTEM)] * WORKERS)))
    assert balances() == {"bank": 1950, "stripe": -1950}


def test_pages_opened_at_once_are_one_page(
    make_order: Callable[..., Order], sandbox: Sandbox
) -> None:
    order = make_order()
    results = together(*([lambda: open_page(order)] * WORKERS))
    assert no_errors(results)
    assert len(set(results)) == len(sandbox.account.all("checkout.session")) == 1


def test_collected_by_many_at_once_it_is_collected_once(
    make_order: Callable[..., Order], sandbox: Sandbox, joan: Party
) -> None:
    url = start_mandate(
        party=joan, kind="bacs", success_url="http://x/", cancel_url="http://x/", by=SYSTEM
    )
    session = url.rpartition("/")[2]
    sandbox.choose(session, "bacs")
    syncing.sync_session(session, by=SYSTEM)
    payment = schedule_collection(
        order=make_order(), mandate=Mandate.objects.get(), today=TODAY, by=SYSTEM
    )
    assert payment.collect_on is not None
    day = payment.collect_on
    assert no_errors(together(*([lambda: collect_due(day)] * WORKERS)))
    assert len(sandbox.account.all("payment_intent")) == 1
    payment.refresh_from_db()
    assert (payment.state, bool(payment.stripe_intent)) == ("processing", True)


def test_mandates_given_at_once_leave_one_in_use(sandbox: Sandbox, joan: Party) -> None:
    sessions = []
    for kind, choice in (("bacs", "bacs"), ("card", "card")):
        url = start_mandate(
            party=joan,
            kind=kind,  # type: ignore[arg-type]
            success_url="http://x/",
            cancel_url="http://x/",
            by=SYSTEM,
        )
        sandbox.choose(url.rpartition("/")[2], choice)
        sessions.append(gateway.fetch_session(url.rpartition("/")[2]))
    assert no_errors(
        together(*(lambda s=session: syncing.sync_page(s, by=SYSTEM) for session in sessions))
    )
    assert sorted(Mandate.objects.values_list("state", flat=True)) == ["active", "ended"]


def test_a_pay_out_made_by_two_at_once_is_made_once(
    joan: Party,
    secretary: User,
    treasurer: User,
    board_member: User,
    as_user: Callable[[User], Actor],
) -> None:
    lines = move(1000, debit="bank", credit="applications", party=joan)
    post(kind="payment", date=TODAY, key="came", lines=lines, by=SYSTEM)
    pay_out = prepare_pay_out(
        party=joan,
        account="applications",
        amount=pounds("10.00"),
        why="Refused",
        key="one",
        owner_kind="test",
        owner_id=1,
        by=as_user(secretary),
    )
    results = together(
        *(
            lambda user=user: make_pay_out(pay_out=pay_out, paid_on=TODAY, by=as_user(user))
            for user in (treasurer, board_member)
        )
    )
    assert Counter(type(result) for result in results) == {PayOut: 1, RuleError: 1}, results
    assert balances() == {}


def test_pay_outs_prepared_at_once_come_to_no_more_than_is_owed(
    joan: Party, secretary: User, as_user: Callable[[User], Actor]
) -> None:
    lines = move(1000, debit="bank", credit="applications", party=joan)
    post(kind="payment", date=TODAY, key="came", lines=lines, by=SYSTEM)
    results = together(
        *(
            lambda key=key: prepare_pay_out(
                party=joan,
                account="applications",
                amount=pounds("6.00"),
                why="Refused",
                key=key,
                owner_kind="test",
                owner_id=1,
                by=as_user(secretary),
            )
            for key in "abc"
        )
    )
    assert Counter(type(result) for result in results) == {PayOut: 1, RuleError: 2}, results


def test_one_order_asked_for_twice_at_once_is_one_order(make_order: Callable[..., Order]) -> None:
    party = new_party(by=SYSTEM)
    results = together(*([lambda: make_order(party=party)] * WORKERS))
    assert no_errors(results)
    assert (len(set(results)), Order.objects.count()) == (1, 1)
