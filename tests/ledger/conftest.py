"""The ledger's cast: a day, parties, and journals to work on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from core.actors import SYSTEM
from ledger.models import Journal, Party
from ledger.operations import move, new_party, post

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
