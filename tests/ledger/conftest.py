"""The ledger's cast: a day, parties, and journals to work on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from core.actors import SYSTEM
from ledger.models import Journal, Order, Party
from ledger.operations import create_order, move, new_party, post

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


def queries_of(client: Client, address: str) -> int:
    """How many queries a page takes, when the session has been there before."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
