"""Bacs mandates: permission to collect, which the payer's bank accepts, refuses or revokes."""

from ledger.stripe_sandbox.account import Account, Object, Params, new_id
from ledger.stripe_sandbox.errors import wrong_state


def create(account: Account, method: Object) -> Object:
    reference = new_id("x")[-16:].upper()
    mandate = account.add(
        "mandate",
        "mandate",
        customer_acceptance={
            "accepted_at": account.clock.now(),
            "type": "online",
            "online": {"ip_address": "127.0.0.1", "user_agent": "Sandbox"},
        },
        multi_use={},
        on_behalf_of=None,
        payment_method=method["id"],
        payment_method_details={
            "type": "bacs_debit",
            "bacs_debit": {
                "display_name": None,
                "network_status": "pending",
                "reference": reference,
                "revocation_reason": None,
                "service_user_number": "000000",
                "url": f"https://sandbox.invalid/bacs/mandates/{reference}",
            },
        },
        status="pending",
        type="multi_use",
    )
    account.change(method, _mandate=mandate["id"])
    return mandate


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("mandate", id)


def of(account: Account, method: Object) -> Object | None:
    id = method.get("_mandate")
    return account.get("mandate", id) if id else None


def settle(account: Account, id: str, *, ok: bool = True) -> Object:
    """The payer's bank accepts the instruction or refuses it."""
    mandate = account.get("mandate", id)
    if mandate["status"] != "pending":
        raise wrong_state(f"This mandate is {mandate['status']} already.", code="sandbox_state")
    status, network = ("active", "accepted") if ok else ("inactive", "refused")
    return _update(account, mandate, status, network_status=network)


def revoke(account: Account, id: str, *, reason: str = "debit_not_authorized") -> Object:
    """The payer, or their bank, ends the mandate: nothing more can be collected by it."""
    mandate = account.get("mandate", id)
    if mandate["status"] == "inactive":
        return mandate
    return _update(account, mandate, "inactive", network_status="revoked", revocation_reason=reason)


def _update(account: Account, mandate: Object, status: str, **bacs: str) -> Object:
    details = mandate["payment_method_details"]
    before = account.change(
        mandate,
        status=status,
        payment_method_details=details | {"bacs_debit": details["bacs_debit"] | bacs},
    )
    account.emit("mandate.updated", mandate, before)
    return mandate
