"""The nightly comparison: what we missed is applied, what differs is for the treasurer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from core.models import Job
from ledger import tasks
from ledger.models import (
    Dispute,
    Journal,
    Mandate,
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
    cancel_order,
    close_pages,
    compare_with_stripe,
    move,
    post,
    record_payment,
    refund_payment,
    send_refunds,
    start_checkout,
    start_mandate,
)
from ledger.signals import money_came
from ledger.stripe_sandbox import Sandbox
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def compare(**more: Any) -> Job:
    return compare_with_stripe(timezone.now(), **more)


@pytest.fixture
def pay(sandbox: Sandbox, make_order: Callable[..., Order]) -> Callable[..., str]:
    """Somebody pays; every event about it gets lost."""

    def pay(choice: str = "card", amount: str = "20.00", key: str = "shares 1") -> str:
        session = open_page(make_order(amount, key=key), "bacs" if choice == "bacs" else "card")
        sandbox.choose(session, choice)
        return session

    return pay


def open_page(order: Order, method: Any = "card") -> str:
    url = start_checkout(
        order=order, success_url="http://x/", cancel_url="http://x/", method=method, by=SYSTEM
    )
    return url.rpartition("/")[2]


def different() -> list[str]:
    return list(TreasurerTask.objects.values_list("sentence", flat=True))


def test_money_that_we_never_heard_of_is_applied(pay: Callable[..., str]) -> None:
    pay()
    job = compare()
    assert Payment.objects.get().state == "succeeded"
    assert balances() == {"stripe": 1950, "stripe-fees": 50, "applications": -2000}
    assert (job.state, job.note) == ("done", "3 looked at, 2 entered in the books.")
    assert different() == []
    assert not StripeEvent.objects.exists()


def test_comparing_again_changes_nothing(pay: Callable[..., str]) -> None:
    pay()
    compare()
    before = Journal.objects.count()
    assert compare().note == "3 looked at, 0 entered in the books."
    assert (Journal.objects.count(), different()) == (before, [])


def test_everything_that_can_be_missed_is_applied(
    pay: Callable[..., str], sandbox: Sandbox, make_order: Callable[..., Order], joan: Party
) -> None:
    disputed, returned, slow = pay(key="a"), pay(key="b"), pay("bacs", key="c")
    compare()
    sandbox.dispute(disputed)
    refund_payment(
        payment=Payment.objects.get(stripe_session=returned),
        amount=pounds("5.00"),
        reason="Too many",
        by=SYSTEM,
    )
    sandbox.settle_bacs(slow)
    url = start_mandate(
        party=joan, kind="card", success_url="http://x/", cancel_url="http://x/", by=SYSTEM
    )
    sandbox.choose(url.rpartition("/")[2], "card")
    sandbox.make_payout(early=True)
    compare()
    compare()
    states = dict(Payment.objects.values_list("stripe_session", "state"))
    assert states == {disputed: "taken_back", returned: "succeeded", slow: "succeeded"}
    assert Refund.objects.get().state == "succeeded"
    assert Dispute.objects.get().state == "open"
    assert Mandate.objects.get().state == "active"
    assert StripePayout.objects.get().state == "paid"
    assert [task.kind for task in TreasurerTask.objects.all()] == ["taken_back"]


def test_what_takes_long_is_looked_at_however_long_ago_it_began(
    pay: Callable[..., str], sandbox: Sandbox
) -> None:
    session = pay("bacs")
    compare()
    sandbox.advance(days=30)
    sandbox.settle_bacs(session)
    with time_machine.travel(dt.datetime(2026, 4, 2, 3, tzinfo=dt.UTC), tick=False):
        compare()
    payment = Payment.objects.get()
    assert (payment.state, payment.made_on) == ("succeeded", dt.date(2026, 4, 2))


def test_a_page_that_lapsed_is_noted(sandbox: Sandbox, make_order: Callable[..., Order]) -> None:
    open_page(make_order())
    sandbox.advance(days=2)
    compare()
    assert Payment.objects.get().state == "cancelled"


def test_a_page_for_what_was_paid_another_way_is_closed(
    sandbox: Sandbox, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    session = open_page(order)
    pay_by_bank(order)
    compare()
    assert sandbox.get(session)["status"] == "expired"
    assert Payment.objects.get(method="card").state == "cancelled"


def pay_by_bank(order: Order, amount: str = "") -> None:
    record_payment(
        order=order,
        method="transfer",
        amount=pounds(amount) if amount else order.amount,
        made_on=TODAY,
        key=f"bank {order.pk}",
        by=SYSTEM,
    )


def test_the_commit_closes_a_page_for_what_was_paid_another_way(
    sandbox: Sandbox, make_order: Callable[..., Order], django_capture_on_commit_callbacks: Any
) -> None:
    order = make_order()
    session = open_page(order)
    with django_capture_on_commit_callbacks(execute=True):
        pay_by_bank(order)
    assert sandbox.get(session)["status"] == "expired"


def test_the_sweep_closes_once_what_the_commit_could_not(
    sandbox: Sandbox, make_order: Callable[..., Order]
) -> None:
    """No broker: the sweep closes the pages for what is paid another way or asked for no more."""
    paid, part, cancelled, wanted = (
        make_order("20.30", key=key) for key in ("paid", "part", "cancelled", "wanted")
    )
    pages = [open_page(order) for order in (paid, part, cancelled, wanted)]
    pay_by_bank(paid)
    pay_by_bank(part, "0.10")
    cancel_order(order=cancelled, by=SYSTEM)
    tasks.sweep_stripe()
    assert [sandbox.get(page)["status"] for page in pages] == ["expired"] * 3 + ["open"]
    states = [Payment.objects.get(stripe_session=page).state for page in pages]
    assert states == ["cancelled"] * 3 + ["started"]
    rest = open_page(part)
    tasks.sweep_stripe()
    assert sandbox.get(rest)["status"] == "open"
    assert not Payment.objects.on_pages_not_wanted().exists()


def test_a_page_that_stripe_does_not_know_keeps_no_other_open(
    sandbox: Sandbox, make_order: Callable[..., Order]
) -> None:
    for key in ("gone", "there"):
        order = make_order(key=key)
        page = open_page(order)
        cancel_order(order=order, by=SYSTEM)
        if key == "gone":
            Payment.objects.update(stripe_session="cs_gone")
    tasks.sweep_stripe()
    assert sandbox.get(page)["status"] == "expired"
    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False):
        assert close_pages() == 0  # after a day Stripe has closed it


def test_a_page_of_which_we_never_got_the_address_is_given_up(
    sandbox: Sandbox, make_order: Callable[..., Order]
) -> None:
    payment = Payment.objects.create(
        order=make_order(),
        method="card",
        amount=pounds("20.00"),
        key="checkout:1:1:card",
        created_at=timezone.now() - dt.timedelta(days=3),
    )
    compare()
    payment.refresh_from_db()
    assert payment.state == "cancelled"


def test_a_refund_that_waits_is_asked_for(pay: Callable[..., str], sandbox: Sandbox) -> None:
    pay()
    compare()
    sandbox.go_down()
    refund = refund_payment(
        payment=Payment.objects.get(), amount=pounds("1.00"), reason="Too many", by=SYSTEM
    )
    assert send_refunds() == 0
    sandbox.come_up()
    compare()
    refund.refresh_from_db()
    assert refund.state == "succeeded"


def test_a_fee_that_stripe_takes_by_itself_is_booked_once(
    pay: Callable[..., str], sandbox: Sandbox
) -> None:
    pay()
    with sandbox.account.turn():
        sandbox.account.add(
            "balance_transaction",
            "txn",
            type="stripe_fee",
            amount=-150,
            fee=0,
            net=-150,
            currency="gbp",
            source=None,
            status="available",
            _payout=None,
        )
    compare()
    compare()
    assert balances() == {"stripe": 1800, "stripe-fees": 200, "applications": -2000}
    assert different() == []


# --- Differences ----------------------------------------------------------------------------------


def test_another_balance_than_stripe_s_is_shown_once_until_it_is_looked_at(
    pay: Callable[..., str],
) -> None:
    pay()
    compare()
    lines = move(100, debit="stripe", credit="other-income")
    post(kind="by-hand", date=TODAY, key="by hand", lines=lines, by=SYSTEM)
    for _night in range(2):
        compare()
    sentence = "Stripe holds £19.50 for us; by our books it should be £20.50."
    assert different() == [sentence]


def test_money_on_its_way_is_no_difference(pay: Callable[..., str], sandbox: Sandbox) -> None:
    """Stripe takes a refund or a payout from its balance at once."""
    slow = pay("bacs")
    sandbox.settle_bacs(slow)
    pay(key="b")
    compare()
    refund_payment(
        payment=Payment.objects.get(stripe_session=slow),
        amount=pounds("3.00"),
        reason="Too many",
        by=SYSTEM,
    )
    send_refunds()
    sandbox.make_payout(early=True, arrives=False)
    compare()
    assert Refund.objects.get().state == "processing"
    assert StripePayout.objects.get().state == "pending"
    assert different() == []


def test_an_amount_that_differs_from_stripe_s_is_shown(pay: Callable[..., str]) -> None:
    pay()
    compare()
    Payment.objects.update(amount=pounds("19.00"))
    compare()
    reference = Order.objects.get().reference
    assert different() == [f"Our books have £19.00 for {reference}; Stripe has £20.00 (succeeded)."]


def test_a_payment_that_stripe_does_not_know_is_shown(
    sandbox: Sandbox, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    Payment.objects.create(
        order=order,
        method="bacs",
        state="processing",
        amount=order.amount,
        key="a",
        stripe_intent="pi_gone",
    )
    Payment.objects.create(
        order=order, method="card", amount=order.amount, key="b", stripe_session="cs_gone"
    )
    compare()
    sentence = f"We await £20.00 for {order.reference}, and Stripe knows nothing of it."
    assert different() == [sentence, sentence]


def test_where_stripe_does_not_answer_the_job_says_so(sandbox: Sandbox) -> None:
    sandbox.go_down()
    job = compare()
    assert job.state == "failed"
    assert "did not answer" in job.note


def test_what_fails_by_our_own_fault_stops_no_other_and_is_shown(
    pay: Callable[..., str], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """An app above fails as it hears of one of two payments."""
    bad, good = pay(key="bad"), pay(key="good")

    def fails(order: Order, **_: Any) -> None:
        if order.key == "bad":
            raise ValueError("broken")

    money_came.connect(fails)
    try:
        jobs = [compare(), compare()]
    finally:
        money_came.disconnect(fails)
    states = dict(Payment.objects.values_list("stripe_session", "state"))
    assert states == {bad: "started", good: "succeeded"}
    assert {job.state for job in jobs} == {"failed"}
    assert "ValueError" in jobs[0].note
    [*about_it, about_the_balance] = different()
    intent = sandbox.get(bad)["payment_intent"]
    for name in (intent, bad):
        assert f"We could not lay {name} beside our books: the log says why." in about_it
    assert about_the_balance.startswith("Stripe holds £39.00")
    assert "broken" in caplog.text


def test_it_runs_every_night(pay: Callable[..., str]) -> None:
    pay()
    tasks.compare_with_stripe()
    assert Payment.objects.get().state == "succeeded"
    assert Job.objects.get().kind == "ledger.compare"
