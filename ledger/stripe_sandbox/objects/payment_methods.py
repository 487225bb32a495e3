"""Bank accounts, and Stripe's published test cards, each behaving as Stripe says it does."""

import secrets
from typing import NamedTuple

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.errors import ApiError, exclusive, missing, no_such, not_modelled
from ledger.stripe_sandbox.objects import customers
from ledger.stripe_sandbox.rendering import matching, page


class TestCard(NamedTuple):
    last4: str
    at_checkout: str
    """With the payer there: `pays`, `asks` for 3-D Secure, or the code of the decline."""
    later: str
    """When charged off-session: `pays`, `asks` (so it fails), or the code of the decline."""


CARDS = {
    "pays": TestCard("4242", "pays", "pays"),
    "declined": TestCard("0002", "generic_decline", "generic_decline"),
    "asks": TestCard("3155", "asks", "pays"),
    "declined_later": TestCard("0341", "pays", "generic_decline"),
    "asks_later": TestCard("3184", "asks", "asks"),
}
TOKENS = {
    "pm_card_visa": "pays",
    "pm_card_visa_chargeDeclined": "declined",
    "pm_card_chargeCustomerFail": "declined_later",
    "pm_card_authenticationRequired": "asks_later",
}
"""Ids that Stripe lets a test use in place of a payment method."""

SORT_CODE, ACCOUNT_NUMBER = "108800", "00012345"

DECLINES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
}


def new_card(account: Account, name: str = "pays", *, email: str | None = None) -> Object:
    card = CARDS[name]
    year = 1970 + account.clock.now() // 31_556_952
    details = {
        "brand": "visa",
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "GB",
        "display_brand": "visa",
        "exp_month": 12,
        "exp_year": year + 3,
        "fingerprint": secrets.token_hex(8),
        "funding": "debit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    behaviour = {"_at_checkout": card.at_checkout, "_later": card.later}
    return _new(account, "card", details, email=email, **behaviour)


def new_bank_account(
    account: Account,
    sort_code: str = SORT_CODE,
    account_number: str = ACCOUNT_NUMBER,
    *,
    name: str = "Sandbox Payer",
    email: str | None = None,
) -> Object:
    details = {
        "fingerprint": secrets.token_hex(8),
        "last4": account_number[-4:],
        "sort_code": sort_code,
    }
    return _new(account, "bacs_debit", details, name=name, email=email)


def _new(
    account: Account,
    type: str,
    details: Object,
    *,
    name: str | None = "Sandbox Payer",
    email: str | None,
    **behaviour: str,
) -> Object:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return account.add(
        "payment_method",
        "pm",
        type=type,
        **{type: details},
        allow_redisplay="unspecified",
        billing_details={
            "address": {**address, "country": "GB"},
            "email": email,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        customer=None,
        metadata={},
        **behaviour,
    )


def create(account: Account, params: Params) -> Object:
    """A bank account by its numbers, a test card by its token; a card's number never comes here."""
    payer = params.get("billing_details", {})
    if params.get("type") == "bacs_debit":
        bank = params.get("bacs_debit", {})
        for name in ("account_number", "sort_code"):
            if name not in bank:
                raise missing(f"bacs_debit[{name}]")
        if not payer.get("name") or not payer.get("email"):
            raise missing(
                "billing_details[name]" if payer.get("email") else "billing_details[email]"
            )
        return new_bank_account(account, **bank, name=payer["name"], email=payer["email"])
    if params.get("type") == "card":
        token = str(params.get("card", {}).get("token"))
        if token not in ("tok_visa", "tok_chargeDeclined", "tok_chargeCustomerFail"):
            raise not_modelled("card")
        name = {"tok_visa": "pays", "tok_chargeDeclined": "declined"}.get(token, "declined_later")
        return new_card(account, name, email=payer.get("email"))
    raise missing("type") if "type" not in params else not_modelled("type")


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("payment_method", id)


def named(account: Account, id: str) -> Object:
    """The payment method that a parameter names, made afresh from a test's token."""
    if id in TOKENS:
        return new_card(account, TOKENS[id])
    return account.get("payment_method", id, param="payment_method")


def listed(account: Account, params: Params) -> Object:
    rows = account.all("payment_method")
    return page(matching(rows, params, "customer", "type"), params, "/v1/payment_methods")


def listed_for(account: Account, customer: str, params: Params) -> Object:
    account.get("customer", customer)
    rows = account.all("payment_method", customer=customer)
    url = f"/v1/customers/{customer}/payment_methods"
    return page(matching(rows, params, "type"), params, url)


def attach(account: Account, id: str, params: Params) -> Object:
    """A customer's card is tried when it is attached: one that is declined at once cannot be."""
    if "customer" not in params:
        raise missing("customer")
    method = named(account, id) if id in TOKENS else account.get("payment_method", id)
    decline = method.get("_at_checkout")
    if decline in DECLINES:
        raise card_declined(decline)
    return keep(account, method, customers.usable(account, params["customer"]))


def keep(account: Account, method: Object, customer: Object) -> Object:
    """Attach it to the customer, so that it can be charged again."""
    if method.get("_used") or method.get("_detached"):
        raise ApiError("This PaymentMethod was used or detached before and may not be used again.")
    if method["customer"] not in (None, customer["id"]):
        raise ApiError("The payment method you provided has already been attached to a customer.")
    if method["customer"] is None:
        account.change(method, customer=customer["id"])
        account.emit("payment_method.attached", method)
    return method


def detach(account: Account, id: str, params: Params) -> Object:
    method = account.get("payment_method", id)
    if method["customer"] is None:
        raise ApiError(
            "The payment method you provided is not attached to a customer so detachment is "
            "impossible."
        )
    before = account.change(method, customer=None, _detached=True)
    account.emit("payment_method.detached", method, before)
    return method


def behave(account: Account, id: str, later: str) -> Object:
    """From now on this card does so when it is charged off-session."""
    method = account.get("payment_method", id)
    if method["type"] != "card" or later not in ("pays", "asks", *DECLINES):
        raise ApiError(f"A card can pay, ask, or be declined with one of {', '.join(DECLINES)}.")
    account.change(method, _later=later)
    return method


def card_declined(decline: str) -> ApiError:
    return ApiError(status=402, type="card_error", **decline_error(decline))


def decline_error(decline: str) -> dict[str, str]:
    """`card_declined` with its reason; an expired card has a code of its own."""
    code = decline if decline == "expired_card" else "card_declined"
    return {"message": DECLINES[decline], "code": code, "decline_code": decline}


def of_customer(account: Account, id: str, customer: str | None) -> Object:
    """The method, if this customer may pay by it."""
    method = named(account, id)
    if method["customer"] is not None and method["customer"] != customer:
        raise no_such("PaymentMethod", id, "payment_method", status=400)
    if method["customer"] is None and (method.get("_used") or method.get("_detached")):
        raise ApiError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
            "attachment, or was "
            "detached from a Customer, and may not be used again. To use a PaymentMethod multiple "
            "times, you must "
            "attach it to a Customer first.",
            param="payment_method",
        )
    return method


SUPPORTED = ("card", "bacs_debit")


def offered(params: Params) -> list[str]:
    """What may be paid with: all the account has, less what the call excludes or does not allow.

    `allowed_payment_method_types` took the place of `payment_method_types` with Stripe's version
    2026-09-30: it narrows what is offered, and a method that cannot be used is left out without an
    error.
    """
    allowed = params.get("allowed_payment_method_types")
    excluded = params.get("excluded_payment_method_types")
    if allowed is not None and excluded is not None:
        raise exclusive("allowed_payment_method_types", "excluded_payment_method_types")
    types = [type for type in SUPPORTED if allowed is None or type in allowed]
    types = [type for type in types if type not in (excluded or ())]
    if not types:
        raise ApiError(
            "No valid payment method types for this request. Please ensure that you have activated "
            "payment methods "
            "compatible with your chosen currency and parameters.",
            param="allowed_payment_method_types",
        )
    return types
