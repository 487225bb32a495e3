"""Events: listed for thirty days, as Stripe lists them."""

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.rendering import matching, page

DAYS_KEPT = 30


def _oldest(account: Account) -> int:
    return account.clock.now() - DAYS_KEPT * DAY


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("event", id)


def listed(account: Account, params: Params) -> Object:
    oldest = _oldest(account)
    rows = [event for event in account.events() if event["created"] >= oldest]
    rows = matching(rows, params, "type")
    if "types" in params:
        rows = [event for event in rows if event["type"] in params["types"]]
    return page(rows, params, "/v1/events")


def forget_old(account: Account) -> None:
    """What nobody can list need not be kept in the file."""
    oldest = _oldest(account)
    for event in account.events():
        if event["created"] < oldest:
            account.discard(event)
