"""Sample rows for the ledger's addresses."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.awaited import ToAccount
from ledger.models import Account, BankAccount, BankLine, Order, Party, Payment, StatementImport
from ledger.operations import (
    ask_treasurer,
    call_off_pay_out,
    cancel_order,
    create_order,
    discard_import,
    keep_bank_account,
    make_pay_out,
    match_line,
    move,
    new_party,
    post,
    prepare_pay_out,
    read_in,
    record_payment,
    take_in,
    undo_import,
)
from ledger.operations.settling import unplaced_key
from ledger.views import waiting_url
from tests.ledger.statements.files import Move, lloyds, with_balances


def _order(party: Party | None = None) -> Order:
    """Ten pounds that somebody is asked to pay for shares."""
    return create_order(
        kind=Order.Kind.SHARES,
        key="sample",
        party=party or new_party(by=SYSTEM),
        account="applications",
        amount=Money(10, "GBP"),
        description="10 shares",
        owner_kind="sample",
        owner_id=1,
        by=SYSTEM,
    )


def order(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    made = _order()
    if state == "paid":
        _pay(made)
    elif state == "cancelled":
        cancel_order(order=made, by=SYSTEM)
    return {"pk": made.pk}


def _pay(order: Order) -> int:
    return record_payment(
        order=order,
        method="transfer",
        amount=order.amount,
        made_on=timezone.localdate(),
        key="sample",
        by=SYSTEM,
    ).pk


def payment(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _pay(_order())}


def waiting(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Somebody came from Stripe's page."""
    made = _order()
    if state == "paid":
        _pay(made)
    else:
        Payment.objects.create(
            order=made, method="bacs", state=state, amount=made.amount, key="waiting"
        )
    return {"token": waiting_url(made, "/").rstrip("/").rpartition("/")[2]}


def task(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    asked = ask_treasurer(
        kind="unknown", key="sample", sentence="£5.00 came that we cannot place.", by=SYSTEM
    )
    return {"pk": asked.pk}


def unplaced_task(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Five pounds came through Stripe that name no order."""
    post(
        kind="payment",
        date=timezone.localdate(),
        key=unplaced_key("pi_sample"),
        lines=move(500, debit="stripe", credit="suspense"),
        source="pi_sample",
        by=SYSTEM,
    )
    asked = ask_treasurer(
        kind="unknown", key="unknown:pi_sample", sentence="£5.00 came for no order.", by=SYSTEM
    )
    return {"pk": asked.pk}


def pay_out(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Five pounds of an application that go back, prepared by the secretary."""
    party = new_party(by=SYSTEM)
    today = timezone.localdate()
    lines = move(1000, debit="bank", credit="applications", party=party)
    post(kind="payment", date=today, key="sample", lines=lines, by=SYSTEM)
    made = prepare_pay_out(
        party=party,
        account="applications",
        amount=Money(5, "GBP"),
        why="Paid too much",
        key="sample",
        owner_kind="sample",
        owner_id=1,
        by=Actor("user", user=_fresh(cast["secretary"])),
    )
    if state == "paid":
        make_pay_out(pay_out=made, paid_on=today, by=Actor("user", user=_fresh(cast["board"])))
    elif state == "called_off":
        call_off_pay_out(pay_out=made, by=SYSTEM)
    return {"pk": made.pk}


def _fresh(user: User) -> User:
    """Without the rights that were looked up before."""
    return User.objects.get(pk=user.pk)


def account(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    party("", cast)
    return {"code": "bank"}


def journal(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    lines = move(500, debit="other-costs", credit="bank")
    made = post(kind="by-hand", date=timezone.localdate(), key="hand", lines=lines, by=SYSTEM)
    return {"pk": made.pk}


def party(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Somebody with ten pounds in the books."""
    found = new_party(by=SYSTEM)
    lines = move(1000, debit="bank", credit="applications", party=found)
    post(kind="payment", date=timezone.localdate(), key="party", lines=lines, by=SYSTEM)
    return {"pk": found.pk}


def bank_account(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _bank().pk}


def _bank() -> BankAccount:
    return keep_bank_account(name="Current account", number="12-34-56 00123456", by=SYSTEM)


def _statement() -> StatementImport:
    """Looked at: two lines, one of which names a payer."""
    today = timezone.localdate()
    moves = [Move(today, 2000, "M QUILLFEATHER"), Move(today, -650, "CHARGES")]
    upload = lloyds(with_balances(moves))
    return read_in(upload=upload, bank_account=_bank(), by=SYSTEM)


def statement(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    made = _statement()
    if state == "discarded":
        discard_import(statement=made, by=SYSTEM)
    elif state != "preview":
        take_in(statement=made, by=SYSTEM)
    if state == "undone":
        undo_import(statement=made, by=SYSTEM)
    assert StatementImport.objects.get(pk=made.pk).state == state
    return {"pk": made.pk}


def bank_line(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    made = _statement()
    if state != "preview":
        take_in(statement=made, by=SYSTEM)
    if state == "undone":
        undo_import(statement=made, by=SYSTEM)
    line = made.lines.get(row=1)
    if state == "matched":
        donations = Account.objects.get(pk="donations")
        match_line(line=line, parts=[ToAccount(donations, line.pence)], by=SYSTEM)
    assert BankLine.objects.get(pk=line.pk).state == state
    return {"pk": line.pk}
