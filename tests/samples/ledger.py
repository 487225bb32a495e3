"""Sample rows for the ledger's addresses."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.models import Order, Party
from ledger.operations import (
    ask_treasurer,
    call_off_pay_out,
    cancel_order,
    create_order,
    make_pay_out,
    move,
    new_party,
    post,
    prepare_pay_out,
    record_payment,
)


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


def task(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    asked = ask_treasurer(
        kind="unknown", key="sample", sentence="£5.00 came that we cannot place.", by=SYSTEM
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
