"""Refunds: to a card at once; to a bank account within days, or not at all."""

from ledger.stripe_sandbox import money
from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.errors import ApiError, missing, wrong_state
from ledger.stripe_sandbox.objects import balance, charges, customers
from ledger.stripe_sandbox.rendering import matching, page


def create(account: Account, params: Params) -> Object:
    charge = _charge(account, params)
    amount = params.get("amount", charges.left_to_refund(charge))
    _check(charge, amount, whole="amount" not in params)
    card = charge["payment_method_details"]["type"] == "card"
    refund = account.add(
        "refund",
        "re" if card else "pyr",
        amount=amount,
        balance_transaction=None,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details=_destination(charge),
        failure_reason=None,
        metadata=params.get("metadata") or {},
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        receipt_number=None,
        source_transfer_reversal=None,
        status="succeeded" if card else "pending",
        transfer_reversal=None,
    )
    if not card:
        account.change(refund, pending_reason="processing")
    type = "refund" if card else "payment_refund"
    entry = balance.record(account, type, "refund", -amount, refund["id"], at_once=True)
    account.change(refund, balance_transaction=entry["id"])
    _count(account, charge, amount, event="charge.refunded")
    account.emit("refund.created", refund)
    return refund


def _charge(account: Account, params: Params) -> Object:
    if "charge" in params:
        return account.get("charge", params["charge"], param="charge")
    if "payment_intent" not in params:
        raise missing("payment_intent")
    intent = account.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise ApiError(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return account.get("charge", intent["latest_charge"])


def _check(charge: Object, amount: int, *, whole: bool) -> None:
    """Nothing goes back that did not come, twice, or that the bank has taken back already."""
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} has not been paid.", code="charge_not_refundable")
    if charge["disputed"]:
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charges.left_to_refund(charge)
    if left == 0:
        raise ApiError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise ApiError("This value must be greater than or equal to 1.", param="amount")
    if amount > left and not whole:
        of = "charge amount" if left == charge["amount"] else "unrefunded amount on charge"
        raise ApiError(
            f"Refund amount ({money.said(amount)}) is greater than {of} ({money.said(left)})",
            param="amount",
        )


def _destination(charge: Object) -> Object:
    if charge["payment_method_details"]["type"] != "card":
        return {"type": "gb_bank_transfer", "gb_bank_transfer": {}}
    return {
        "type": "card",
        "card": {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        },
    }


def _count(account: Account, charge: Object, amount: int, *, event: str) -> None:
    refunded = charge["amount_refunded"] + amount
    before = account.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount"])
    account.emit(event, charge, before)


def settle(account: Account, id: str, *, ok: bool = True) -> Object:
    """The bank takes a refund or sends it back; a card's may come back after it succeeded."""
    refund = account.get("refund", id)
    state = refund["status"]
    if state == "failed" or (ok and state == "succeeded"):
        raise wrong_state(f"This refund has {state} already.", code="sandbox_state")
    if ok:
        before = account.change(refund, status="succeeded", pending_reason=None)
        account.emit("refund.updated", refund, before)
        account.emit("charge.refund.updated", refund, before)
        return refund
    back = balance.record(
        account, "refund_failure", "refund_failure", refund["amount"], refund["id"], at_once=True
    )
    before = account.change(
        refund,
        status="failed",
        failure_balance_transaction=back["id"],
        failure_reason="unknown",
        pending_reason=None,
    )
    charge = account.get("charge", refund["charge"])
    _count(account, charge, -refund["amount"], event="charge.updated")
    account.emit("refund.failed", refund)
    account.emit("refund.updated", refund, before)
    account.emit("charge.refund.updated", refund, before)
    return refund


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("refund", id)


def update(account: Account, id: str, params: Params) -> Object:
    refund = account.get("refund", id)
    metadata = customers.merged(refund["metadata"], params.get("metadata", {}))
    before = account.change(refund, metadata=metadata)
    account.emit("refund.updated", refund, before)
    return refund


def listed(account: Account, params: Params) -> Object:
    rows = matching(account.all("refund"), params, "charge", "payment_intent")
    return page(rows, params, "/v1/refunds")
