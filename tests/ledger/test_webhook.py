"""Where Stripe tells us: what is taken, what is not, and what becomes of it."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.actors import SYSTEM
from ledger import tasks
from ledger.models import Order, StripeEvent, TreasurerTask
from ledger.operations import apply_event, apply_events, claim_event, start_checkout, syncing
from ledger.operations.events import MAX_ATTEMPTS
from ledger.operations.syncing import HANDLERS, Outcome, handler_of
from ledger.signals import money_came
from ledger.stripe_sandbox import Sandbox
from ledger.views.webhook import LARGEST
from tests.ledger.conftest import to_our_webhook

pytestmark = pytest.mark.django_db

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "customer.created",
    "livemode": False,
    "data": {"object": {"id": "cus_1", "object": "customer"}},
}


def post(sandbox: Sandbox, event: Any = None, **signing: Any) -> int:
    body, headers = sandbox.signed(EVENT if event is None else event, **signing)
    return to_our_webhook(body.encode(), headers)


def test_what_is_signed_is_kept_and_answered_at_once(sandbox: Sandbox) -> None:
    assert post(sandbox) == 200
    event = StripeEvent.objects.get()
    assert (event.event, event.kind, event.subject) == ("evt_1", "customer.created", "cus_1")
    assert event.applied_at is None


def test_told_twice_it_is_kept_once(sandbox: Sandbox) -> None:
    assert [post(sandbox), post(sandbox)] == [200, 200]
    assert StripeEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("secrets", "status"),
    [
        (["whsec_new"], 200),
        (["whsec_old"], 200),
        (["whsec_new", "whsec_old"], 200),
        (["whsec_somebody_else"], 400),
    ],
)
def test_old_and_new_secrets_hold_while_they_are_changed(
    secrets: list[str], status: int, sandbox: Sandbox, settings: Any
) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", "whsec_old"]
    assert post(sandbox, secrets=secrets) == status


def test_without_a_secret_nothing_is_taken(sandbox: Sandbox, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = []
    assert post(sandbox) == 400
    settings.STRIPE_WEBHOOK_SECRETS = [""]
    assert post(sandbox, secrets=[""]) == 400


@pytest.mark.parametrize(("age", "status"), [(0, 200), (299, 200), (301, 400), (86_400, 400)])
def test_a_stale_signature_is_not_taken(age: int, status: int, sandbox: Sandbox) -> None:
    assert post(sandbox, at=int(time.time()) - age) == status


@pytest.mark.parametrize(("ahead", "status"), [(295, 200), (400, 400), (36_000, 400)])
def test_a_signature_of_a_time_to_come_is_not_taken(
    ahead: int, status: int, sandbox: Sandbox
) -> None:
    """Our clock and Stripe's may differ by some minutes, not by hours."""
    assert post(sandbox, at=int(time.time()) + ahead) == status


def test_a_body_that_was_changed_is_not_taken(sandbox: Sandbox) -> None:
    body, headers = sandbox.signed(EVENT)
    assert to_our_webhook(body.replace("cus_1", "cus_2").encode(), headers) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize(
    "signature", ["", "nonsense", "t=1", "t=abc,v1=abc", "t=1772532000,v1=é", "t=1772532000,v0=a"]
)
def test_a_forged_signature_is_not_taken(signature: str, sandbox: Sandbox) -> None:
    body, headers = sandbox.signed(EVENT)
    assert to_our_webhook(body.encode(), headers | {"Stripe-Signature": signature}) == 400


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"object": "event"},
        EVENT | {"id": ""},
        EVENT | {"id": 7},
        EVENT | {"id": "e" * 101},
        EVENT | {"type": ["a"]},
        EVENT | {"object": "v2.core.event"},
        EVENT | {"data": {"object": {"id": {"a": 1}}}},
        EVENT | {"id": "evt_\0"},
        EVENT | {"type": "customer\ud800"},
        EVENT | {"data": {"object": {"id": "cus_\0"}}},
        EVENT | {"livemode": "yes"},
        EVENT | {"livemode": None},
    ],
)
def test_what_is_no_event_is_not_taken(event: dict[str, Any], sandbox: Sandbox) -> None:
    assert post(sandbox, event) == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("text", ["[]", "null", '"text"', "not json", "{", "[" * 100_000])
def test_a_signed_text_that_is_no_object_is_not_taken(text: str, sandbox: Sandbox) -> None:
    assert post(sandbox, text) == 400


def test_bytes_that_are_no_text_are_not_taken(sandbox: Sandbox) -> None:
    _body, headers = sandbox.signed(EVENT)
    assert to_our_webhook(b"\xff\xfe\x00", headers) == 400


@pytest.mark.parametrize("data", [None, {}, {"object": None}, {"object": {"object": "balance"}}])
def test_an_event_about_nothing_in_particular_is_kept(data: Any, sandbox: Sandbox) -> None:
    assert post(sandbox, EVENT | {"data": data, "type": "balance.available"}) == 200
    assert StripeEvent.objects.get().subject == ""


def test_an_event_of_the_other_kind_of_key_is_not_taken(sandbox: Sandbox, settings: Any) -> None:
    """Real money told to a test installation, or play money to a live one."""
    assert post(sandbox, EVENT | {"livemode": True}) == 400
    settings.STRIPE_SECRET_KEY = "sk_live_123"
    assert post(sandbox, EVENT) == 400
    assert post(sandbox, EVENT | {"livemode": True}) == 200


def test_what_is_too_large_is_not_read(sandbox: Sandbox) -> None:
    large = EVENT | {"padding": "x" * LARGEST}
    assert post(sandbox, large) == 413
    assert not StripeEvent.objects.exists()


def test_only_posts_are_taken_and_nobody_signs_in_for_it(client: Client) -> None:
    assert client.get("/money/stripe/webhook/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/money/stripe/webhook/").status_code == 400


# --- What becomes of it ---------------------------------------------------------------------------


def test_the_commit_has_it_applied_at_once(
    sandbox: Sandbox, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post(sandbox)
    assert StripeEvent.objects.get().applied_at is not None


def test_the_sweep_takes_what_a_crash_left(sandbox: Sandbox) -> None:
    post(sandbox)
    tasks.sweep_stripe()
    assert StripeEvent.objects.get().applied_at is not None


def test_the_sweep_does_nothing_without_a_key(sandbox: Sandbox, settings: Any) -> None:
    post(sandbox)
    settings.STRIPE_SECRET_KEY = ""
    tasks.sweep_stripe()
    tasks.collect_due()
    tasks.compare_with_stripe()
    assert StripeEvent.objects.get().applied_at is None


def test_a_kind_that_we_do_not_know_is_noted_and_does_nothing(sandbox: Sandbox) -> None:
    post(sandbox, EVENT | {"type": "invented.tomorrow"})
    assert apply_events(timezone.now()) == 1
    event = StripeEvent.objects.get()
    assert (event.applied_at, event.problem) == (timezone.now(), "")
    assert not TreasurerTask.objects.exists()


@pytest.mark.parametrize("prefix", [prefix for prefix, _act in HANDLERS])
def test_an_event_about_what_stripe_does_not_have_is_harmless(
    prefix: str, sandbox: Sandbox
) -> None:
    post(sandbox, EVENT | {"type": f"{prefix}x", "data": {"object": {"id": "xx_123"}}})
    assert apply_events(timezone.now()) == 1
    assert StripeEvent.objects.get().problem == "Stripe has no such object."
    assert not TreasurerTask.objects.exists()


def test_each_kind_has_its_own_handler() -> None:
    kinds = {
        "checkout.session.completed": "sync_session",
        "payment_intent.succeeded": "sync_intent",
        "charge.succeeded": "sync_charge",
        "charge.refunded": "sync_charge",
        "charge.refund.updated": "sync_refund",
        "charge.dispute.created": "sync_dispute",
        "refund.failed": "sync_refund",
        "setup_intent.succeeded": "sync_setup",
        "mandate.updated": "sync_mandate",
        "payment_method.detached": "sync_method",
        "payout.paid": "sync_payout",
    }
    assert {kind: getattr(handler_of(kind), "__name__", "") for kind in kinds} == kinds
    assert handler_of("payment_method.attached") is None


def test_an_event_is_taken_by_one_worker(sandbox: Sandbox) -> None:
    post(sandbox)
    pk, now = StripeEvent.objects.get().pk, timezone.now()
    assert claim_event(event_id=pk, now=now, by=SYSTEM) is not None
    assert claim_event(event_id=pk, now=now, by=SYSTEM) is None
    assert apply_event(pk, now) is Outcome.NOT_MINE
    later = now + dt.timedelta(minutes=2)  # the worker that took it has died
    assert apply_event(pk, later) is Outcome.APPLIED
    assert apply_event(pk, later) is Outcome.NOT_MINE


def test_an_event_that_can_never_be_asked_about_is_shown_to_the_treasurer(
    sandbox: Sandbox,
) -> None:
    post(sandbox, EVENT | {"type": "payout.paid", "data": {"object": {"id": "po_1"}}})
    StripeEvent.objects.update(attempts=MAX_ATTEMPTS - 1)
    sandbox.go_down()
    assert apply_events(timezone.now()) == 0
    event = StripeEvent.objects.get()
    assert (event.attempts, event.problem) == (MAX_ATTEMPTS, "APIConnectionError")
    assert TreasurerTask.objects.get().kind == "different"
    assert apply_events(timezone.now() + dt.timedelta(days=9)) == 0


def test_an_event_that_fails_by_our_own_fault_stops_no_other_and_is_shown_in_the_end(
    sandbox: Sandbox, make_order: Callable[..., Order], caplog: pytest.LogCaptureFixture
) -> None:
    url = start_checkout(
        order=make_order(), success_url="http://x/", cancel_url="http://x/", by=SYSTEM
    )
    sandbox.choose(url.rpartition("/")[2], "card")
    sandbox.deliver_events()
    post(sandbox)
    StripeEvent.objects.update(attempts=MAX_ATTEMPTS - 1)

    def fails(**_: Any) -> None:
        raise ValueError("broken")

    money_came.connect(fails)
    try:
        apply_events(timezone.now())
    finally:
        money_came.disconnect(fails)
    failed = StripeEvent.objects.filter(applied_at=None)
    assert {event.problem for event in failed} == {"It failed: the log says why."}
    assert StripeEvent.objects.get(event="evt_1").applied_at
    assert TreasurerTask.objects.count() == failed.count() > 0
    assert "broken" in caplog.text


def test_events_that_are_given_up_keep_no_other_from_being_applied(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "BATCH", 1)
    for number in range(2):
        post(sandbox, EVENT | {"id": f"evt_{number}"})
    StripeEvent.objects.filter(event="evt_0").update(attempts=MAX_ATTEMPTS)
    assert apply_events(timezone.now()) == 1
    assert StripeEvent.objects.get(event="evt_1").applied_at


def test_what_an_event_says_is_not_believed(sandbox: Sandbox) -> None:
    """Signed, and says that money came: Stripe itself knows nothing of it."""
    event = EVENT | {
        "type": "payment_intent.succeeded",
        "data": {
            "object": {"id": "pi_made_up", "status": "succeeded", "amount_received": 1_000_000}
        },
    }
    assert post(sandbox, json.loads(json.dumps(event))) == 200
    apply_events(timezone.now())
    assert StripeEvent.objects.get().problem == "Stripe has no such object."
    assert not TreasurerTask.objects.exists()
