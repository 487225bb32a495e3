"""The demo's bank: a statement that adds up, with lines of every sort."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from djmoney.money import Money

from config.demo.money import build
from config.demo.world import make_world
from core.actors import SYSTEM
from ledger.awaited import proposals
from ledger.models import BankAccount, BankLine, Posting, StatementImport
from ledger.operations import create_order, move, new_party, post
from ledger.reconciling import reconcile
from ledger.statements import make_reference

TODAY = dt.date(2026, 3, 3)


@pytest.mark.django_db
def test_the_demo_s_statement_adds_up_and_leaves_something_to_explain() -> None:
    with time_machine.travel(dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC), tick=False):
        world = make_world(TODAY)
        joan = new_party(by=SYSTEM)
        for day, key, pence in ((120, "before", 500_00), (9, "paid out", -50_00)):
            post(
                kind="by-hand",
                date=TODAY - dt.timedelta(days=day),
                key=key,
                lines=move(pence, debit="bank", credit="loans", party=joan),
                memo=make_reference("LN", 7) if pence < 0 else "",
                by=SYSTEM,
            )
        for number in range(6):
            create_order(
                kind="shares",
                key=f"shares {number}",
                party=joan,
                account="applications",
                amount=Money(10 * number + 10, "GBP"),
                description="Shares",
                owner_kind="test",
                owner_id=number,
                by=SYSTEM,
            )
        build(world)
    statement = StatementImport.objects.get()
    assert (statement.state, BankAccount.objects.get().account_id) == ("imported", "bank")
    found = reconcile(statement)
    assert (found.missing, found.at_the_start, found.not_at_bank) == (0, 0, 0)
    assert found.difference == found.waiting
    explained = statement.lines.filter(state="matched").order_by("pence")
    assert list(explained.values_list("pence", flat=True)) == [-50_00, -8_50, 30_00]
    trusts = {proposal.trust for proposal in proposals(statement).values()}
    assert {"reference", "part", "amount"} <= trusts
    assert BankLine.objects.filter(state="new").count() == 7
    assert Posting.objects.filter(account="other-costs").pence_total() == 8_50
