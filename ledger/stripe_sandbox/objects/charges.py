"""Charges: one attempt each to take money, at once from a card, within days by Direct Debit."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ledger.stripe_sandbox import money
from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.objects import balance, customers, mandates
from ledger.stripe_sandbox.rendering import matching, page

DAYS_TO_COLLECT, DAYS_WITH_NEW_MANDATE = 4, 7


def create(account: Account, intent: Object, method: Object, status: str) -> Object:
    """A charge of the intent's whole amount. Stripe names those of banks `py_`."""
    return account.add(
        "charge",
        "ch" if method["type"] == "card" else "py",
        amount=intent["amount"],
        amount_captured=0 if status == "failed" else intent["amount"],
        amount_refunded=0,
        application=None,
        application_fee=None,
        application_fee_amount=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="SANDBOX",
        captured=status != "failed",
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        on_behalf_of=None,
        outcome=_outcome(),
        paid=status == "succeeded",
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_details(account, method),
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        review=None,
        shipping=None,
        source=None,
        source_transfer=None,
        statement_descriptor=None,
        statement_descriptor_suffix=intent["statement_descriptor_suffix"],
        status=status,
        transfer_data=None,
        transfer_group=None,
    )


def _outcome(**failure: str | None) -> Object:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "seller_message": "Payment complete.",
        "type": "authorized",
    } | failure


def _details(account: Account, method: Object) -> Object:
    shown: Object = {name: value for name, value in method[method["type"]].items()}
    if method["type"] == "bacs_debit":
        mandate = mandates.of(account, method)
        shown["mandate"] = mandate and mandate["id"]
        shown["expected_debit_date"] = _debit_date(account, mandate)
    else:
        for name in ("display_brand", "generated_from", "networks", "three_d_secure_usage"):
            shown.pop(name, None)
        shown |= {"network": "visa", "three_d_secure": None, "installments": None, "mandate": None}
    return {"type": method["type"], method["type"]: shown}


def _debit_date(account: Account, mandate: Object | None) -> str:
    """Four working days, or seven while the mandate is new. Bank holidays are not known here."""
    accepted = mandate is not None and mandate["status"] == "active"
    day = datetime.fromtimestamp(account.clock.now(), UTC).date()
    left = DAYS_TO_COLLECT if accepted else DAYS_WITH_NEW_MANDATE
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day.isoformat()


def succeed(account: Account, charge: Object) -> None:
    """The money is taken. The fee is known a moment later, so the first event has none yet."""
    account.change(charge, status="succeeded", paid=True)
    account.emit("charge.succeeded", charge)
    if not account.fees_come_later:
        book(account, charge)


def book(account: Account, charge: Object) -> None:
    """Enter the charge in the balance, less Stripe's fee."""
    type = charge["payment_method_details"]["type"]
    entry = balance.record(
        account,
        "charge" if type == "card" else "payment",
        "charge",
        charge["amount"],
        charge["id"],
        fee=money.fee(type, charge["amount"]),
    )
    before = account.change(charge, balance_transaction=entry["id"])
    account.emit("charge.updated", charge, before)


def book_all(account: Account) -> list[Object]:
    """Enter every charge whose fee was still to come."""
    waiting = account.all("charge", status="succeeded", balance_transaction=None)
    for charge in waiting:
        book(account, charge)
    return waiting


def fail(account: Account, charge: Object, error: dict[str, Any]) -> None:
    account.change(
        charge,
        status="failed",
        paid=False,
        failure_code=error["code"],
        failure_message=error["message"],
        outcome=_outcome(
            network_status="declined_by_network",
            reason=error.get("decline_code", error["code"]),
            seller_message="The bank returned the decline code.",
            type="issuer_declined",
        ),
    )
    account.emit("charge.failed", charge)


def left_to_refund(charge: Object) -> int:
    return int(charge["amount"] - charge["amount_refunded"])


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("charge", id)


def update(account: Account, id: str, params: Params) -> Object:
    charge = account.get("charge", id)
    values = {name: params[name] for name in ("description",) if name in params}
    if "metadata" in params:
        values["metadata"] = customers.merged(charge["metadata"], params["metadata"])
    before = account.change(charge, **values)
    account.emit("charge.updated", charge, before)
    return charge


def listed(account: Account, params: Params) -> Object:
    rows = matching(account.all("charge"), params, "customer", "payment_intent")
    return page(rows, params, "/v1/charges")
