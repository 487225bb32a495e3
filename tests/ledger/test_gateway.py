"""The only door to Stripe: which address and key, and what its answers become."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.registry import OPERATIONS
from ledger import gateway
from ledger.checks import keys_fit
from ledger.gateway import NotThereError, RefusedError, UnreachableError
from ledger.stripe_sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]


def faults(settings: Any, **values: Any) -> set[str]:
    """The ids of what the system check finds wrong with these settings."""
    plain = {
        "DEMO": False,
        "STRIPE_SECRET_KEY": "",
        "STRIPE_WEBHOOK_SECRETS": ["whsec_1"],
        "STRIPE_API_URL": "",
    }
    for name, value in (plain | values).items():
        setattr(settings, name, value)
    return {str(fault.id) for fault in keys_fit()}


# --- Guards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "sk_test_1", "rk_test_1"])
def test_the_demo_takes_a_test_key_or_none(key: str, settings: Any) -> None:
    assert faults(settings, DEMO=True, STRIPE_SECRET_KEY=key) == set()


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1", "something"])
def test_real_money_never_moves_in_the_demo(key: str, settings: Any) -> None:
    assert faults(settings, DEMO=True, STRIPE_SECRET_KEY=key) == {"weft.E010"}


def test_a_live_key_is_told_to_stripe_alone(settings: Any) -> None:
    elsewhere = {"STRIPE_API_URL": "http://127.0.0.1:9"}
    assert faults(settings, STRIPE_SECRET_KEY="sk_live_1") == set()
    assert faults(settings, STRIPE_SECRET_KEY="sk_live_1", **elsewhere) == {"weft.E011"}
    assert faults(settings, STRIPE_SECRET_KEY="sk_test_1", **elsewhere) == set()


def test_a_key_wants_a_secret_for_its_webhooks(settings: Any) -> None:
    found = faults(settings, STRIPE_SECRET_KEY="sk_test_1", STRIPE_WEBHOOK_SECRETS=[])
    assert found == {"weft.E012"}


def test_even_unchecked_a_live_key_goes_to_no_other_address(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL = "sk_live_1", "http://127.0.0.1:9"
    with pytest.raises(ImproperlyConfigured):
        gateway.fetch_balance()


def test_without_a_key_nothing_is_asked(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    assert not gateway.is_set_up()
    assert not gateway.is_live()
    with pytest.raises(UnreachableError, match="No key"):
        gateway.fetch_balance()


@pytest.mark.parametrize(
    ("key", "live"), [("sk_test_1", False), ("rk_test_1", False), ("sk_live_1", True)]
)
def test_a_key_says_whether_it_moves_real_money(key: str, live: bool, settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = key
    assert gateway.is_live() == live


def test_no_operation_asks_stripe_in_a_transaction() -> None:
    """Whoever writes would wait for it: `syncing`, `asking` and `starting` ask, between them."""
    asking = {"asking", "comparing", "starting", "syncing"}
    folder = ROOT / "ledger" / "operations"
    for path in folder.glob("*.py"):
        if path.stem not in asking:
            assert "gateway" not in path.read_text(), path.stem
    modules = {function.__module__ for function, _needs in OPERATIONS.values()}
    found = {name.rpartition(".")[2] for name in modules if name.startswith("ledger.")}
    assert found & asking == {"comparing"}  # which notes that it runs, and what it came to


# --- Answers --------------------------------------------------------------------------------------


def test_what_stripe_does_not_have_is_not_there(sandbox: Sandbox) -> None:
    with pytest.raises(NotThereError):
        gateway.fetch_intent("pi_nowhere")


def test_a_refusal_says_stripe_s_own_word_for_why(sandbox: Sandbox) -> None:
    with pytest.raises(RefusedError) as refusal:
        gateway.pay_back(intent_id="pi_nowhere", pence=1, metadata={}, key="k")
    assert refusal.value.code == "resource_missing"


def test_a_wrong_key_is_no_refusal_of_what_was_asked(sandbox: Sandbox, settings: Any) -> None:
    """Once the key is put right, the same may be asked again."""
    settings.STRIPE_SECRET_KEY = "rk_test_unknown_here"
    with pytest.raises(UnreachableError, match="does not take our key"):
        gateway.fetch_balance()


@pytest.mark.parametrize(("trouble", "answered"), [("drop", False), ("error", True)])
def test_silence_and_a_fault_of_stripe_s_own_are_told_apart(
    trouble: Any, answered: bool, sandbox: Sandbox
) -> None:
    sandbox.fail_next(trouble, calls=3)
    with pytest.raises(UnreachableError) as silence:
        gateway.fetch_balance()
    assert silence.value.answered == answered


def test_the_same_key_makes_one_customer(sandbox: Sandbox) -> None:
    made = {gateway.open_customer(party=1, key="one") for _ in range(3)}
    assert len(made) == len(sandbox.account.all("customer")) == 1


def test_lists_are_read_to_their_end(sandbox: Sandbox) -> None:
    for number in range(205):
        with sandbox.account.turn():
            sandbox.account.add(
                "payout",
                "po",
                status="paid",
                amount=number,
                arrival_date=sandbox.account.clock.now(),
                failure_message=None,
            )
    since = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    found = [said.pence for said in gateway.payouts_since(since)]
    assert sorted(found) == list(range(205))


def test_lists_begin_where_they_are_asked_to(sandbox: Sandbox) -> None:
    gateway.open_customer(party=1, key="one")
    later = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)
    assert list(gateway.intents_since(later)) == []


def test_a_list_that_breaks_off_says_so(sandbox: Sandbox) -> None:
    sandbox.go_down()
    with pytest.raises(UnreachableError):
        list(gateway.payouts_since(dt.datetime(2026, 3, 1, tzinfo=dt.UTC)))
