"""The ledger's cast: a day, parties, and journals to work on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from core.actors import SYSTEM
from ledger.models import BankAccount, Journal, Order, Party, StatementImport
from ledger.operations import (
    create_order,
    keep_bank_account,
    move,
    new_party,
    post,
    read_in,
    take_in,
)
from ledger.signals import collection_failed, money_taken_back, order_paid, refunded
from ledger.stripe_sandbox import API_KEY, SECRET, Sandbox
from tests.ledger.payer import Payer
from tests.ledger.statements.files import Move, lloyds, with_balances

TODAY = dt.date(2026, 3, 3)


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Tuesday 3 March 2026, ten o'clock."""
    with time_machine.travel(dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def joan(db: None) -> Party:
    return new_party(by=SYSTEM)


@pytest.fixture
def ten_pounds(joan: Party) -> Journal:
    """Joan paid £10 into the bank for shares."""
    lines = move(1000, debit="bank", credit="applications", party=joan)
    return post(kind="payment", date=TODAY, key="first", lines=lines, by=SYSTEM)


@pytest.fixture
def make_order(joan: Party) -> Callable[..., Order]:
    """`make_order()`: Joan is asked for £20.00 for shares."""

    def make(amount: str = "20.00", **changed: Any) -> Order:
        given: dict[str, Any] = {
            "kind": "shares",
            "key": "shares 1",
            "party": joan,
            "account": "applications",
            "description": "20 shares",
            "owner_kind": "test",
            "owner_id": 1,
            "by": SYSTEM,
        }
        return create_order(amount=Money(Decimal(amount), "GBP"), **(given | changed))

    return make


@pytest.fixture
def bank(db: None) -> BankAccount:
    """Our current account, whose files are those of Lloyds."""
    return keep_bank_account(name="Current account", number="12-34-56 00123456", by=SYSTEM)


@pytest.fixture
def read(bank: BankAccount) -> Callable[..., StatementImport]:
    """`read((3, "20.00", "J SMITH SH-7KQ3M"), …)`: days of February, pounds and texts, taken in.

    The account opens at £100 unless `opening` says otherwise; `take=False` leaves it a preview.
    """

    def read(
        *moves: tuple[int, str, str], opening: str = "100.00", take: bool = True
    ) -> StatementImport:
        statement = read_in(upload=a_file(*moves, opening=opening), bank_account=bank, by=SYSTEM)
        return take_in(statement=statement, by=SYSTEM) if take else statement

    return read


def a_file(*moves: tuple[int, str, str], opening: str = "100.00") -> bytes:
    """The bank's file of these movements: day of February, pounds, text."""
    told = [
        Move(dt.date(2026, 2, day), int(Decimal(pounds) * 100), text) for day, pounds, text in moves
    ]
    return lloyds(with_balances(told, int(Decimal(opening) * 100)))


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes, when the session has been there before."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def to_our_webhook(body: bytes, headers: Mapping[str, str]) -> int:
    """Post to our webhook as it came, through every middleware."""
    response = Client().post(
        "/money/stripe/webhook/",
        data=body,
        content_type=headers["Content-Type"],
        headers={"Stripe-Signature": headers.get("Stripe-Signature", "")},
    )
    return response.status_code


@pytest.fixture
def sandbox(settings: Any) -> Iterator[Sandbox]:
    """A Stripe of our own on loopback. What it tells waits until it is delivered."""
    with Sandbox(webhook=to_our_webhook, held=True) as sandbox:
        settings.STRIPE_SECRET_KEY = API_KEY
        settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
        settings.STRIPE_API_URL = sandbox.url
        settings.STRIPE_TIMEOUT = 0.5
        yield sandbox


@pytest.fixture
def payer(sandbox: Sandbox, make_order: Callable[..., Order]) -> Payer:
    """Joan, who is asked for £20.00 for shares."""
    return Payer(sandbox, make_order())


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
