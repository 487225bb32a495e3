"""Events: listed for thirty days, as Stripe lists them."""

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.rendering import matching, page

DAYS_KEPT = 30


def _kept(account: Account) -> list[Object]:
    oldest = account.clock.now() - DAYS_KEPT * DAY
    return [event for event in account.events() if event["created"] >= oldest]


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("event", id)


def listed(account: Account, params: Params) -> Object:
    rows = matching(_kept(account), params, "type")
    if "types" in params:
        rows = [event for event in rows if event["type"] in params["types"]]
    return page(rows, params, "/v1/events")


def forget_old(account: Account) -> None:
    """What nobody can list need not be kept in the file."""
    kept = {event["id"] for event in _kept(account)}
    for event in account.events():
        if event["id"] not in kept:
            account.discard(event)
