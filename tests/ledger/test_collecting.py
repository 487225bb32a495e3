"""Mandates, and what is collected by them: told first, once, and never again by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import stripe
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.models import Mandate, Order, Party, Payment, Posting, StripeCustomer, TreasurerTask
from ledger.operations import (
    apply_events,
    call_off_collection,
    cancel_order,
    collect_due,
    end_mandate,
    forget_methods,
    new_party,
    put_parties_together,
    record_payment,
    schedule_collection,
    start_checkout,
    start_mandate,
)
from ledger.signals import collection_announced, collection_failed, order_paid
from ledger.stripe_sandbox import API_KEY, Sandbox
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db

#: Five working days after Tuesday 3 March 2026.
COLLECTED = dt.date(2026, 3, 10)


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def tasks() -> list[str]:
    return list(TreasurerTask.objects.order_by("pk").values_list("kind", flat=True))


def hear(sandbox: Sandbox) -> None:
    sandbox.deliver_events()
    apply_events(timezone.now())


def sent_to(party: Party, kind: Any = "bacs") -> str:
    """The session of the page on which the party is asked to let us collect."""
    url = start_mandate(
        party=party,
        kind=kind,
        success_url="http://testserver/done/",
        cancel_url="http://testserver/back/",
        by=SYSTEM,
    )
    return url.rpartition("/")[2]


def let_us_collect(sandbox: Sandbox, party: Party, choice: str = "bacs") -> Mandate:
    session = sent_to(party, "bacs" if choice == "bacs" else "card")
    assert sandbox.choose(session, choice) == "complete"
    hear(sandbox)
    return Mandate.objects.get(stripe_session=session)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What the apps above were told, in order."""
    heard: list[str] = []

    def announced(payment: Payment, **_: Any) -> None:
        heard.append(f"announced {payment.amount.amount} on {payment.collect_on}")

    def failed(**_: Any) -> None:
        heard.append("failed")

    def paid(**_: Any) -> None:
        heard.append("paid")

    pairs = ((collection_announced, announced), (collection_failed, failed), (order_paid, paid))
    for signal, receiver in pairs:
        signal.connect(receiver)
    yield heard
    for signal, receiver in pairs:
        signal.disconnect(receiver)


@pytest.fixture
def mandate(sandbox: Sandbox, joan: Party) -> Mandate:
    """Joan's Direct Debit."""
    return let_us_collect(sandbox, joan)


@pytest.fixture
def order(make_order: Callable[..., Order]) -> Order:
    """Joan owes £12.00 of dues."""
    return make_order("12.00", kind="dues", key="dues 2026", account="receivable")


def announce(order: Order, mandate: Mandate, **changed: Any) -> Payment:
    return schedule_collection(
        order=order, mandate=mandate, **({"today": TODAY, "by": SYSTEM} | changed)
    )


# --- Letting us collect ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "kind", "last_four"), [("bacs", "bacs", "2345"), ("card", "card", "4242")]
)
def test_somebody_lets_us_collect(
    choice: str, kind: str, last_four: str, sandbox: Sandbox, joan: Party
) -> None:
    mandate = let_us_collect(sandbox, joan, choice)
    assert (mandate.party, mandate.kind, mandate.state) == (joan, kind, "active")
    assert mandate.last_four == last_four
    assert mandate.stripe_method.startswith("pm_")
    assert bool(mandate.stripe_mandate) == (kind == "bacs")
    assert balances() == {}  # nothing is paid


def test_being_sent_back_from_the_page_proves_nothing(sandbox: Sandbox, joan: Party) -> None:
    sandbox.choose(sent_to(joan), "bacs")
    assert Mandate.objects.get().state == "asked"


def test_a_page_that_lapsed_lets_us_collect_nothing(sandbox: Sandbox, joan: Party) -> None:
    sandbox.expire(sent_to(joan))
    hear(sandbox)
    assert Mandate.objects.get().state == "ended"


def test_a_page_that_is_open_is_used_again_and_another_closed(
    sandbox: Sandbox, joan: Party
) -> None:
    first = sent_to(joan, "bacs")
    assert sent_to(joan, "bacs") == first
    assert sent_to(joan, "card") != first
    assert sandbox.get(first)["status"] == "expired"
    assert StripeCustomer.objects.count() == len(sandbox.account.all("customer")) == 1


def test_after_an_answer_that_was_lost_the_other_kind_may_be_chosen(
    sandbox: Sandbox, joan: Party
) -> None:
    sandbox.fail_next("drop", after_the_work=True, calls=3, path="/v1/checkout")
    with pytest.raises(RuleError, match="does not answer"):
        sent_to(joan, "bacs")
    let_us_collect(sandbox, joan, "card")
    assert Mandate.objects.get(state="active").kind == "card"


def test_a_new_mandate_takes_the_place_of_the_old_one(
    sandbox: Sandbox, mandate: Mandate, order: Order, joan: Party
) -> None:
    payment = announce(order, mandate)
    new = let_us_collect(sandbox, joan, "card")
    mandate.refresh_from_db()
    payment.refresh_from_db()
    assert (mandate.state, new.state) == ("ended", "active")
    assert (payment.mandate, payment.method, payment.state) == (new, "card", "scheduled")


def test_a_party_has_one_mandate_in_use(mandate: Mandate) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.create(party=mandate.party, kind="card", state="active", stripe_session="x")


def test_a_mandate_that_was_ended_is_forgotten_by_stripe(
    sandbox: Sandbox, mandate: Mandate, order: Order, told: list[str]
) -> None:
    payment = announce(order, mandate)
    method = mandate.stripe_method
    end_mandate(mandate=mandate, by=SYSTEM)
    payment.refresh_from_db()
    assert (mandate.state, payment.state) == ("ended", "cancelled")
    assert forget_methods() == 1
    assert sandbox.get(method)["customer"] is None
    assert forget_methods() == 0
    hear(sandbox)
    assert (tasks(), told) == ([], [f"announced 12.00 on {COLLECTED}"])
    with pytest.raises(RuleError, match="ended already"):
        end_mandate(mandate=mandate, by=SYSTEM)


def test_forgetting_waits_until_stripe_answers(sandbox: Sandbox, mandate: Mandate) -> None:
    end_mandate(mandate=mandate, by=SYSTEM)
    sandbox.fail_next("error", calls=3)
    assert forget_methods() == 0
    assert forget_methods() == 1


@pytest.mark.parametrize("how", ["revoked", "detached"])
def test_a_mandate_that_the_bank_ends_fails_what_was_announced(
    how: str, sandbox: Sandbox, mandate: Mandate, order: Order, told: list[str]
) -> None:
    payment = announce(order, mandate)
    if how == "revoked":
        sandbox.revoke_mandate(mandate.stripe_mandate)
    else:
        client = stripe.StripeClient(API_KEY, base_addresses={"api": sandbox.url})
        client.v1.payment_methods.detach(mandate.stripe_method)
    hear(sandbox)
    mandate.refresh_from_db()
    payment.refresh_from_db()
    assert (mandate.state, payment.state) == ("ended", "failed")
    assert (told[1:], tasks()) == (["failed"], ["failed", "failed"])


def test_a_mandate_that_ended_before_we_heard_of_it_is_never_in_use(
    sandbox: Sandbox, joan: Party
) -> None:
    """Its end may be told before its beginning."""
    session = sent_to(joan)
    sandbox.choose(session, "bacs")
    setup = sandbox.get(sandbox.get(session)["setup_intent"])
    sandbox.revoke_mandate(setup["mandate"])
    sandbox.deliver_events(newest_first=True)
    apply_events(timezone.now())
    assert Mandate.objects.get().state == "ended"


def test_nobody_is_asked_to_let_us_collect_without_a_key(
    sandbox: Sandbox, joan: Party, settings: Any
) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(RuleError, match="no payments online"):
        sent_to(joan)


# --- Telling first --------------------------------------------------------------------------------


def test_the_payer_is_told_before_anything_is_collected(
    mandate: Mandate, order: Order, told: list[str]
) -> None:
    payment = announce(order, mandate)
    assert (payment.state, payment.collect_on) == ("scheduled", COLLECTED)
    assert payment.noticed_at == timezone.now()
    assert told == ["announced 12.00 on 2026-03-10"]
    assert collect_due(COLLECTED - dt.timedelta(days=1)) == 0
    payment.refresh_from_db()
    assert payment.state == "scheduled"


def test_the_notice_may_be_longer(mandate: Mandate, order: Order) -> None:
    assert announce(order, mandate, notice_days=10).collect_on == dt.date(2026, 3, 17)


def test_nothing_is_collected_before_it_is_due(mandate: Mandate, order: Order) -> None:
    order.due_on = dt.date(2026, 3, 28)  # a Saturday
    order.save()
    assert announce(order, mandate).collect_on == dt.date(2026, 3, 30)


def test_only_what_is_still_to_be_paid_is_announced(
    mandate: Mandate, order: Order, told: list[str]
) -> None:
    pay_by_bank(order, "2.00")
    assert announce(order, mandate).amount == pounds("10.00")


def pay_by_bank(order: Order, amount: str) -> None:
    record_payment(
        order=order, method="transfer", amount=pounds(amount), made_on=TODAY, key=amount, by=SYSTEM
    )


def test_what_cannot_be_collected_is_not_announced(
    sandbox: Sandbox, mandate: Mandate, order: Order, make_order: Callable[..., Order]
) -> None:
    stranger = make_order("5.00", key="another", party=new_party(by=SYSTEM))
    with pytest.raises(RuleError, match="somebody else's"):
        announce(stranger, mandate)
    paid = make_order("5.00", key="paid")
    pay_by_bank(paid, "5.00")
    with pytest.raises(RuleError, match="paid already"):
        announce(paid, mandate)
    cancelled = cancel_order(order=make_order("6.00", key="cancelled"), by=SYSTEM)
    with pytest.raises(RuleError, match="cancelled"):
        announce(cancelled, mandate)
    announce(order, mandate)
    with pytest.raises(RuleError, match="on its way, or announced"):
        announce(order, mandate)
    end_mandate(mandate=mandate, by=SYSTEM)
    with pytest.raises(RuleError, match="not in use"):
        announce(make_order("7.00", key="late"), mandate)


def test_what_was_announced_can_be_called_off_once(mandate: Mandate, order: Order) -> None:
    payment = call_off_collection(payment=announce(order, mandate), by=SYSTEM)
    assert payment.state == "cancelled"
    assert collect_due(COLLECTED) == 0
    with pytest.raises(RuleError, match="can be called off"):
        call_off_collection(payment=payment, by=SYSTEM)


# --- Collecting -----------------------------------------------------------------------------------


def test_a_direct_debit_is_collected_on_its_day_and_comes_days_later(
    sandbox: Sandbox, mandate: Mandate, order: Order, told: list[str]
) -> None:
    payment = announce(order, mandate)
    assert collect_due(COLLECTED) == 1
    payment.refresh_from_db()
    assert (payment.state, balances()) == ("processing", {})
    assert collect_due(COLLECTED) == 0  # once
    sandbox.settle_bacs(payment.stripe_intent or "")
    hear(sandbox)
    payment.refresh_from_db()
    assert (payment.state, order.is_paid) == ("succeeded", True)
    assert balances()["receivable"] == -1200
    assert told[1:] == ["paid"]


def test_a_saved_card_is_charged_at_once(
    sandbox: Sandbox, joan: Party, order: Order, told: list[str]
) -> None:
    announce(order, let_us_collect(sandbox, joan, "card"))
    collect_due(COLLECTED)
    assert (order.is_paid, told[1:]) == (True, ["paid"])
    hear(sandbox)
    assert balances()["receivable"] == -1200


#: What a payer and the treasurer read of a card that did not pay.
SAID = {
    "card_declined_later": "The bank did not take the card. It can say why.",
    "card_3ds_later": "The bank asked for a confirmation that did not come.",
}


@pytest.mark.parametrize("choice", SAID)
def test_a_saved_card_that_is_declined_is_for_a_person_and_not_tried_again(
    choice: str, sandbox: Sandbox, joan: Party, order: Order, told: list[str]
) -> None:
    session = sent_to(joan, "card")
    if sandbox.choose(session, choice) == "authenticate":
        sandbox.authenticate(session)
    hear(sandbox)
    payment = announce(order, Mandate.objects.get())
    assert collect_due(COLLECTED) == 1
    hear(sandbox)
    payment.refresh_from_db()
    assert (payment.state, told[1:], tasks()) == ("failed", ["failed"], ["failed"])
    assert payment.problem == SAID[choice]
    assert collect_due(COLLECTED + dt.timedelta(days=30)) == 0
    assert balances() == {}


def test_a_collection_that_the_bank_does_not_pay_fails_once_and_may_be_announced_again(
    sandbox: Sandbox, mandate: Mandate, order: Order, told: list[str]
) -> None:
    payment = announce(order, mandate)
    collect_due(COLLECTED)
    payment.refresh_from_db()
    sandbox.settle_bacs(payment.stripe_intent or "", ok=False)
    hear(sandbox)
    payment.refresh_from_db()
    assert (payment.state, told[1:], tasks()) == ("failed", ["failed"], ["failed"])
    again = announce(order, mandate)
    assert (again.attempt, again.pk != payment.pk) == (2, True)
    collect_due(COLLECTED)
    again.refresh_from_db()
    assert again.stripe_intent not in (None, payment.stripe_intent)


@pytest.mark.parametrize("after_the_work", [True, False])
def test_a_collection_whose_answer_was_lost_is_made_once(
    after_the_work: bool, sandbox: Sandbox, mandate: Mandate, order: Order
) -> None:
    payment = announce(order, mandate)
    sandbox.fail_next("drop", after_the_work=after_the_work, calls=3, path="/v1/payment_intents")
    assert collect_due(COLLECTED) == 0
    payment.refresh_from_db()
    assert (payment.state, payment.stripe_intent) == ("processing", None)
    assert collect_due(COLLECTED) == 1
    payment.refresh_from_db()
    assert payment.stripe_intent is not None
    assert len(sandbox.account.all("payment_intent")) == 1


def test_a_collection_is_made_once_even_when_stripe_forgot_the_key(
    sandbox: Sandbox, mandate: Mandate, order: Order
) -> None:
    """After a day idempotency keys are forgotten; what was collected is found by its mark."""
    payment = announce(order, mandate)
    assert collect_due(COLLECTED) == 1
    Payment.objects.filter(pk=payment.pk).update(stripe_intent=None)  # we never saw the answer
    sandbox.advance(days=3)
    assert collect_due(COLLECTED) == 1
    assert len(sandbox.account.all("payment_intent")) == 1


def test_what_is_owed_by_two_parties_put_together_is_collected_from_whoever_gave_the_mandate(
    sandbox: Sandbox, mandate: Mandate, order: Order, joan: Party
) -> None:
    kept = new_party(by=SYSTEM)
    sent_to(kept)  # known to Stripe too
    put_parties_together(gone=joan, kept=kept, date=TODAY, by=SYSTEM)
    order.refresh_from_db()
    mandate.refresh_from_db()
    assert order.party == mandate.party == kept
    payment = announce(order, mandate)
    assert collect_due(COLLECTED) == 1
    payment.refresh_from_db()
    assert payment.state == "processing"


def test_what_was_paid_another_way_is_not_collected(
    mandate: Mandate, order: Order, sandbox: Sandbox
) -> None:
    payment = announce(order, mandate)
    pay_by_bank(order, "12.00")
    assert collect_due(COLLECTED) == 0
    payment.refresh_from_db()
    assert (payment.state, tasks()) == ("cancelled", [])


def test_another_amount_than_was_announced_is_never_collected(
    mandate: Mandate, order: Order, sandbox: Sandbox
) -> None:
    payment = announce(order, mandate)
    pay_by_bank(order, "2.00")
    assert collect_due(COLLECTED) == 0
    payment.refresh_from_db()
    assert (payment.state, tasks()) == ("cancelled", ["failed"])


def test_what_is_being_paid_another_way_is_collected_only_if_that_fails(
    mandate: Mandate, order: Order, sandbox: Sandbox
) -> None:
    payment = announce(order, mandate)
    session = start_checkout(
        order=order, success_url="http://x/", cancel_url="http://x/", method="bacs", by=SYSTEM
    ).rpartition("/")[2]
    sandbox.choose(session, "bacs")
    hear(sandbox)
    assert collect_due(COLLECTED) == 0
    sandbox.settle_bacs(session, ok=False)
    hear(sandbox)
    assert collect_due(COLLECTED) == 1
    payment.refresh_from_db()
    assert payment.state == "processing"


def test_a_collection_that_stripe_refuses_fails(
    sandbox: Sandbox, mandate: Mandate, order: Order, told: list[str]
) -> None:
    """The mandate ended and nobody has told us."""
    payment = announce(order, mandate)
    sandbox.revoke_mandate(mandate.stripe_mandate)
    assert collect_due(COLLECTED) == 1
    payment.refresh_from_db()
    assert (payment.state, told[1:], tasks()) == ("failed", ["failed"], ["failed"])


def test_while_stripe_is_silent_the_rest_waits(
    sandbox: Sandbox, mandate: Mandate, order: Order, make_order: Callable[..., Order]
) -> None:
    announce(order, mandate)
    announce(make_order("3.00", key="more"), mandate)
    sandbox.go_down()
    assert collect_due(COLLECTED) == 0
    assert sorted(Payment.objects.values_list("state", flat=True)) == ["processing", "scheduled"]
    sandbox.come_up()
    with time_machine.travel(dt.datetime(2026, 3, 11, 9, tzinfo=dt.UTC), tick=False):
        assert collect_due(dt.date(2026, 3, 11)) == 2
    assert len(sandbox.account.all("payment_intent")) == 2
