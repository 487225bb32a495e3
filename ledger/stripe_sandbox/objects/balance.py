"""The balance, and the transactions by which payments, refunds, disputes and payouts change it."""

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.errors import ApiError
from ledger.stripe_sandbox.rendering import matching, page

DAYS_UNTIL_AVAILABLE = 3


def record(
    account: Account,
    type: str,
    category: str,
    amount: int,
    source: str,
    *,
    fee: int = 0,
    fee_for: str = "Stripe processing fees",
    at_once: bool = False,
) -> Object:
    """One change of the balance. Payments become available days later, all else at once."""
    now = account.clock.now()
    fees = {
        "amount": fee,
        "application": None,
        "currency": "gbp",
        "description": fee_for,
        "type": "stripe_fee",
    }
    return account.add(
        "balance_transaction",
        "txn",
        type=type,
        reporting_category=category,
        amount=amount,
        available_on=now if at_once else (now // DAY + DAYS_UNTIL_AVAILABLE) * DAY,
        balance_type="payments",
        currency="gbp",
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[fees] if fee else [],
        net=amount - fee,
        source=source,
        status="available" if at_once else "pending",
        _payout=None,
    )


def mature(account: Account, *, early: bool = False) -> None:
    """What has waited long enough becomes available; `early` makes all of it so."""
    now = account.clock.now()
    for entry in account.all("balance_transaction", status="pending"):
        if early:
            account.change(entry, available_on=min(now, entry["available_on"]))
        if entry["available_on"] <= now:
            account.change(entry, status="available")


def available(account: Account) -> list[Object]:
    """The transactions that the next payout would hold."""
    return [
        entry
        for entry in account.all("balance_transaction", status="available", _payout=None)
        if entry["type"] != "payout"
    ]


def total(account: Account, status: str) -> int:
    return sum(entry["net"] for entry in account.all("balance_transaction", status=status))


def retrieve(account: Account, params: Params) -> Object:
    def amounts(status: str) -> list[Object]:
        amount = total(account, status)
        return [{"amount": amount, "currency": "gbp", "source_types": {"card": amount}}]

    return {
        "object": "balance",
        "available": amounts("available"),
        "livemode": False,
        "pending": amounts("pending"),
    }


def transaction(account: Account, id: str, params: Params) -> Object:
    return account.get("balance_transaction", id)


def transactions(account: Account, params: Params) -> Object:
    """All, or those of one automatic payout, which Stripe lists with the payout's own."""
    rows = account.all("balance_transaction")
    if "payout" in params:
        payout = account.get("payout", params["payout"], param="payout")
        if not payout["automatic"]:
            raise ApiError(
                "Balance transaction history can only be filtered on automatic transfers, "
                f"not manual like '{payout['id']}'.",
                param="payout",
            )
        rows = [entry for entry in rows if entry["_payout"] == payout["id"]]
    rows = matching(rows, params, "type", "source", "currency")
    return page(rows, params, "/v1/balance_transactions")
