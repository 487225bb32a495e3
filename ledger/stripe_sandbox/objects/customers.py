"""Customers: whom a saved card or mandate belongs to."""

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.errors import no_such
from ledger.stripe_sandbox.rendering import matching, page

EDITABLE = ("address", "description", "email", "metadata", "name", "phone", "preferred_locales")


def create(account: Account, params: Params) -> Object:
    details = {name: params.get(name) or None for name in EDITABLE}
    customer = account.add(
        "customer",
        "cus",
        **details
        | {
            "metadata": params.get("metadata") or {},
            "preferred_locales": params.get("preferred_locales") or [],
            "balance": 0,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "discount": None,
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        },
    )
    account.emit("customer.created", customer)
    return customer


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("customer", id)


def usable(account: Account, id: str, *, param: str = "customer") -> Object:
    """The customer that a call names: a deleted one is none."""
    customer = account.get("customer", id, param=param)
    if customer.get("deleted"):
        raise no_such("customer", id, param, status=404 if param == "id" else 400)
    return customer


def update(account: Account, id: str, params: Params) -> Object:
    customer = usable(account, id, param="id")
    values = {name: value or None for name, value in params.items() if name in EDITABLE}
    if "metadata" in values:
        values["metadata"] = merged(customer["metadata"], params["metadata"])
    before = account.change(customer, **values)
    account.emit("customer.updated", customer, before)
    return customer


def delete(account: Account, id: str, params: Params) -> Object:
    """A deleted customer can still be asked for, and says no more than that."""
    customer = usable(account, id, param="id")
    account.emit("customer.deleted", customer)
    for method in account.all("payment_method", customer=id):
        account.change(method, customer=None)
    gone = {"id": id, "object": "customer", "deleted": True}
    account.kinds["customer"][id] = gone
    account.touch()
    return gone


def listed(account: Account, params: Params) -> Object:
    alive = [customer for customer in account.all("customer") if not customer.get("deleted")]
    return page(matching(alive, params, "email"), params, "/v1/customers")


def merged(before: dict[str, str], given: dict[str, str] | str) -> dict[str, str]:
    """Metadata after an update: an empty value removes its key, an empty text all keys."""
    if not given:
        return {}
    assert isinstance(given, dict)
    return {key: value for key, value in {**before, **given}.items() if value != ""}
