"""Payouts: what is available goes to the co-operative's bank, which may send it back."""

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.errors import ApiError, not_modelled, wrong_state
from ledger.stripe_sandbox.objects import balance
from ledger.stripe_sandbox.rendering import matching, page

DAYS_TO_ARRIVE = 2


def automatic(account: Account) -> Object:
    """Stripe's own on its schedule: all that is available, each transaction linked to it."""
    entries = balance.available(account)
    amount = balance.total(account, "available")
    if amount <= 0:
        raise wrong_state("Nothing is available to pay out.", code="balance_insufficient")
    payout = _new(account, amount, automatic=True)
    for entry in [*entries, account.get("balance_transaction", payout["balance_transaction"])]:
        account.change(entry, _payout=payout["id"])
    account.emit("payout.created", payout)
    return payout


def create(account: Account, params: Params) -> Object:
    """A payout by hand, of any amount up to what is available."""
    if params["currency"].lower() != "gbp":
        raise not_modelled("currency")
    amount = params["amount"]
    if not 0 < amount <= balance.total(account, "available"):
        raise ApiError(
            "You have insufficient funds in your Stripe account for this transfer.",
            code="balance_insufficient",
            param="amount",
        )
    payout = _new(
        account,
        amount,
        automatic=False,
        metadata=params.get("metadata") or {},
        description=params.get("description"),
    )
    account.emit("payout.created", payout)
    return payout


def _new(
    account: Account,
    amount: int,
    *,
    automatic: bool,
    metadata: dict[str, str] | None = None,
    description: str | None = None,
) -> Object:
    now = account.clock.now()
    payout = account.add(
        "payout",
        "po",
        amount=amount,
        application_fee=None,
        application_fee_amount=None,
        arrival_date=(now // DAY + DAYS_TO_ARRIVE) * DAY,
        automatic=automatic,
        currency="gbp",
        description=description or "STRIPE PAYOUT",
        destination="ba_sandbox",
        failure_balance_transaction=None,
        failure_code=None,
        failure_message=None,
        metadata=metadata or {},
        method="standard",
        original_payout=None,
        reconciliation_status="in_progress" if automatic else "not_applicable",
        reversed_by=None,
        source_type="card",
        statement_descriptor=None,
        status="in_transit",
        trace_id=None,
        type="bank_account",
    )
    entry = balance.record(account, "payout", "payout", -amount, payout["id"], at_once=True)
    account.change(payout, balance_transaction=entry["id"])
    return payout


def settle(account: Account, payout: Object, *, ok: bool) -> Object:
    """It arrives; or the bank sends it back, which may be after it was said to have arrived."""
    if payout["status"] == "failed" or (ok and payout["status"] == "paid"):
        raise wrong_state(f"This payout is {payout['status']} already.", code="sandbox_state")
    if ok:
        account.change(payout, status="paid")
        account.emit("payout.paid", payout)
        if payout["automatic"]:
            account.change(payout, reconciliation_status="completed")
            account.emit("payout.reconciliation_completed", payout)
        return payout
    back = balance.record(
        account, "payout_failure", "payout_reversal", payout["amount"], payout["id"], at_once=True
    )
    account.change(
        payout,
        status="failed",
        failure_balance_transaction=back["id"],
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
    )
    account.emit("payout.failed", payout)
    return payout


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("payout", id)


def listed(account: Account, params: Params) -> Object:
    rows = matching(account.all("payout"), params, "status")
    arrival = params.get("arrival_date")
    if isinstance(arrival, int):
        rows = [payout for payout in rows if payout["arrival_date"] == arrival]
    elif arrival:
        raise not_modelled("arrival_date")
    return page(rows, params, "/v1/payouts")
