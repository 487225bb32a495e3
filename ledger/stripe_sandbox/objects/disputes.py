"""Disputes: the payer's bank takes a payment back, months later if it likes."""

from ledger.stripe_sandbox import money
from ledger.stripe_sandbox.account import Account, Object, Params, shown
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.errors import wrong_state
from ledger.stripe_sandbox.objects import balance, charges
from ledger.stripe_sandbox.rendering import matching, page

DAYS_TO_ANSWER = 7


def open(account: Account, charge: Object, *, reason: str = "fraudulent") -> Object:
    """Amount and fee leave the balance at once. Over a Direct Debit it is lost already."""
    amount = charges.left_to_refund(charge)
    if charge["status"] != "succeeded" or charge["disputed"] or amount == 0:
        raise wrong_state(
            "Only a charge with money left in it can be disputed, once.", code="sandbox_state"
        )
    card = charge["payment_method_details"]["type"] == "card"
    due = account.clock.now() + DAYS_TO_ANSWER * DAY
    dispute = account.add(
        "dispute",
        "du",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": due if card else None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        intended_submission_method=None,
        is_charge_refundable=False,
        metadata={},
        network_reason_code="10" if card else None,
        payment_intent=charge["payment_intent"],
        payment_method_details=_card(charge) if card else None,
        reason=reason,
        status="needs_response" if card else "lost",
    )
    account.emit("charge.dispute.created", dispute)
    _move(account, dispute, -amount, fee=money.DISPUTE_FEE)
    account.emit("charge.dispute.funds_withdrawn", dispute)
    before = account.change(charge, disputed=True)
    account.emit("charge.updated", charge, before)
    if not card:
        account.emit("charge.dispute.closed", dispute)
    return dispute


def _card(charge: Object) -> Object:
    card = {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10"}
    return {"type": "card", "card": card}


def _move(account: Account, dispute: Object, amount: int, *, fee: int = 0) -> None:
    category = "dispute" if amount < 0 else "dispute_reversal"
    entry = balance.record(
        account,
        "adjustment",
        category,
        amount,
        dispute["id"],
        fee=fee,
        fee_for="Dispute fee",
        at_once=True,
    )
    account.change(dispute, balance_transactions=[*dispute["balance_transactions"], shown(entry)])


def end(account: Account, dispute: Object, *, won: bool) -> Object:
    """The bank decides. What is won comes back; the fee does not."""
    if dispute["status"] not in ("needs_response", "under_review"):
        raise wrong_state(f"This dispute is {dispute['status']} already.", code="sandbox_state")
    account.change(dispute, status="won" if won else "lost")
    account.emit("charge.dispute.closed", dispute)
    if won:
        _move(account, dispute, dispute["amount"])
        account.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def close(account: Account, id: str, params: Params) -> Object:
    """To close a dispute is to accept it as lost."""
    return end(account, account.get("dispute", id), won=False)


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("dispute", id)


def listed(account: Account, params: Params) -> Object:
    rows = matching(account.all("dispute"), params, "charge", "payment_intent")
    return page(rows, params, "/v1/disputes")
