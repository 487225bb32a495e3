"""Stripe, and the only module that imports its package: thin functions, our own dataclasses.

Every write carries an idempotency key, so that asking again after an answer was lost does nothing
twice. Amounts are whole pence. Nothing here knows a row of ours.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ledger import stripe_says as says
from ledger.checks import TEST_KEYS
from ledger.stripe_says import (
    Charge,
    DisputeSaid,
    Heard,
    Intent,
    MandateSaid,
    Method,
    Move,
    PayoutSaid,
    RefundSaid,
    Said,
    Session,
    Setup,
)

#: How old a webhook's signature may be, or how far ahead its clock, in seconds.
TOLERANCE = 300
#: Called again by the package itself, with the same key, when an answer was lost.
NETWORK_RETRIES = 2
#: Longer than any id or kind of Stripe's.
LONGEST = 80
CARD, BACS = "card", "bacs_debit"

T = TypeVar("T")


class StripeError(Exception):
    """Something went wrong with Stripe. The message holds ids and codes, never a payer's name."""


class UnreachableError(StripeError):
    """Nobody can say whether it was done: ask again later, with the same key.

    `answered` says that Stripe itself answered with a fault of its own, which it would repeat to
    the same key for a day.
    """

    def __init__(self, message: str, *, answered: bool = False) -> None:
        super().__init__(message)
        self.answered = answered


class RefusedError(StripeError):
    """Stripe says no, and would again. `code` is its own word for why."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class NotThereError(RefusedError):
    """Stripe has no such object."""


class ForgedError(Exception):
    """A webhook that is not Stripe's, too old, or no event at all."""


# --- The connection -----------------------------------------------------------------------------


def is_set_up() -> bool:
    """Without a key nothing is offered online."""
    return bool(settings.STRIPE_SECRET_KEY)


def is_live() -> bool:
    """Whether the key moves real money."""
    return is_set_up() and not settings.STRIPE_SECRET_KEY.startswith(TEST_KEYS)


def _client() -> stripe.StripeClient:
    if not is_set_up():
        raise UnreachableError("No key of Stripe's is set.")
    if settings.STRIPE_API_URL and is_live():
        raise ImproperlyConfigured("STRIPE_API_URL is only for a test key of Stripe's.")
    return _made(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL, settings.STRIPE_TIMEOUT)


@lru_cache(maxsize=8)
def _made(key: str, address: str, seconds: float) -> stripe.StripeClient:
    """One client for each setting; it keeps a connection for each thread."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": address} if address else {},
        max_network_retries=NETWORK_RETRIES,
        http_client=stripe.RequestsClient(timeout=seconds),
    )


def _asked(call: Callable[[], T]) -> T:
    """The answer, or one of our errors."""
    try:
        return call()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise UnreachableError(type(error).__name__) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise UnreachableError(f"Stripe does not take our key: {type(error).__name__}") from error
    except stripe.StripeError as error:
        status, code = error.http_status or 0, error.code or type(error).__name__
        if status >= 500:
            raise UnreachableError(code, answered=True) from error
        if status == 409:  # the first call with this key is still being worked on
            raise UnreachableError(code) from error
        if code == "resource_missing" and status == 404:
            raise NotThereError(code, code=code) from error
        raise RefusedError(f"{code}: {error.user_message}", code=code) from error


def _said(answer: stripe.StripeObject) -> Said:
    """Stripe's objects are no dictionaries; as such they are easier to read with care."""
    return answer.to_dict()


# --- Fetching -------------------------------------------------------------------------------------

WITH_FEE = ["latest_charge.balance_transaction"]


def fetch_intent(id: str) -> Intent:
    found = _asked(lambda: _client().v1.payment_intents.retrieve(id, {"expand": list(WITH_FEE)}))
    return says.read_intent(_said(found))


def fetch_charge(id: str) -> Charge:
    found = says.read_charge(_said(_asked(lambda: _client().v1.charges.retrieve(id))))
    assert found is not None
    return found


def fetch_session(id: str) -> Session:
    return says.read_session(_said(_asked(lambda: _client().v1.checkout.sessions.retrieve(id))))


def fetch_setup(id: str) -> Setup:
    said = _said(_asked(lambda: _client().v1.setup_intents.retrieve(id)))
    return Setup(
        id=said["id"],
        status=said["status"],
        method=says.id_of(said.get("payment_method")),
        mandate=says.id_of(said.get("mandate")),
        customer=says.id_of(said.get("customer")),
    )


def fetch_method(id: str) -> Method:
    said = _said(_asked(lambda: _client().v1.payment_methods.retrieve(id)))
    return Method(
        id=said["id"],
        kind=said["type"],
        customer=says.id_of(said.get("customer")),
        last_four=(said.get(said["type"]) or {}).get("last4") or "",
    )


def fetch_mandate(id: str) -> MandateSaid:
    said = _said(_asked(lambda: _client().v1.mandates.retrieve(id)))
    return MandateSaid(
        id=said["id"], status=said["status"], method=says.id_of(said["payment_method"])
    )


def fetch_refund(id: str) -> RefundSaid:
    return says.read_refund(_said(_asked(lambda: _client().v1.refunds.retrieve(id))))


def fetch_dispute(id: str) -> DisputeSaid:
    return says.read_dispute(_said(_asked(lambda: _client().v1.disputes.retrieve(id))))


def fetch_payout(id: str) -> PayoutSaid:
    return says.read_payout(_said(_asked(lambda: _client().v1.payouts.retrieve(id))))


def fetch_balance() -> int:
    """All the pounds that Stripe holds for us, available or pending, in pence."""
    said = _said(_asked(lambda: _client().v1.balance.retrieve()))
    parts = [*said["available"], *said["pending"]]
    return sum(part["amount"] for part in parts if part["currency"] == "gbp")


# --- Listing what is recent -----------------------------------------------------------------------


def _all(listing: Callable[[], stripe.ListObject[Any]]) -> Iterator[Said]:
    """Every page of a list, as it is walked through."""
    pages = iter(_asked(listing).auto_paging_iter())
    while (found := _asked(lambda: next(pages, None))) is not None:
        yield _said(found)


def _since(when: dt.datetime) -> Said:
    return {"created": {"gte": int(when.timestamp())}, "limit": 100}


def sessions_since(when: dt.datetime) -> Iterator[Session]:
    params: Any = _since(when)
    return map(says.read_session, _all(lambda: _client().v1.checkout.sessions.list(params)))


def intents_since(when: dt.datetime) -> Iterator[Intent]:
    params: Any = _since(when) | {"expand": [f"data.{path}" for path in WITH_FEE]}
    return map(says.read_intent, _all(lambda: _client().v1.payment_intents.list(params)))


def refunds_since(when: dt.datetime) -> Iterator[RefundSaid]:
    params: Any = _since(when)
    return map(says.read_refund, _all(lambda: _client().v1.refunds.list(params)))


def refunds_of(intent_id: str) -> Iterator[RefundSaid]:
    params: Any = {"payment_intent": intent_id, "limit": 100}
    return map(says.read_refund, _all(lambda: _client().v1.refunds.list(params)))


def disputes_since(when: dt.datetime) -> Iterator[DisputeSaid]:
    params: Any = _since(when)
    return map(says.read_dispute, _all(lambda: _client().v1.disputes.list(params)))


def payouts_since(when: dt.datetime) -> Iterator[PayoutSaid]:
    params: Any = _since(when)
    return map(says.read_payout, _all(lambda: _client().v1.payouts.list(params)))


def intents_of(customer: str) -> Iterator[Intent]:
    """What was ever collected from a customer, newest first."""
    params: Any = {
        "customer": customer,
        "limit": 100,
        "expand": [f"data.{path}" for path in WITH_FEE],
    }
    return map(says.read_intent, _all(lambda: _client().v1.payment_intents.list(params)))


def moves_since(when: dt.datetime, kind: str) -> Iterator[Move]:
    """Changes of our balance of one kind, such as fees that Stripe takes by themselves."""
    params: Any = _since(when) | {"type": kind}
    found = map(says.read_move, _all(lambda: _client().v1.balance_transactions.list(params)))
    return (move for move in found if move is not None)


# --- Writing --------------------------------------------------------------------------------------


def open_customer(*, party: int, key: str) -> str:
    """The customer that stands for a party; without a name or an address, which the payer gives."""
    params: Any = {"metadata": {"party": str(party)}}
    made = _asked(lambda: _client().v1.customers.create(params, {"idempotency_key": key}))
    return says.id_of(_said(made))


def open_checkout(
    *,
    pence: int,
    words: str,
    reference: str,
    metadata: dict[str, str],
    methods: list[str],
    success_url: str,
    cancel_url: str,
    key: str,
) -> Session:
    """A page on which somebody pays once. `words` are what they read there."""
    item = {
        "price_data": {"currency": "gbp", "unit_amount": pence, "product_data": {"name": words}},
        "quantity": 1,
    }
    params: Any = {
        "mode": "payment",
        "line_items": [item],
        "client_reference_id": reference,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": reference},
        "allowed_payment_method_types": methods,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "locale": "en-GB",
    }
    options: Any = {"idempotency_key": key}
    return says.read_session(
        _said(_asked(lambda: _client().v1.checkout.sessions.create(params, options)))
    )


def open_setup(
    *,
    customer: str,
    metadata: dict[str, str],
    methods: list[str],
    success_url: str,
    cancel_url: str,
    key: str,
) -> Session:
    """A page on which somebody lets us collect from their card or bank account."""
    params: Any = {
        "mode": "setup",
        "customer": customer,
        "currency": "gbp",
        "metadata": metadata,
        "setup_intent_data": {"metadata": metadata},
        "allowed_payment_method_types": methods,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "locale": "en-GB",
    }
    options: Any = {"idempotency_key": key}
    return says.read_session(
        _said(_asked(lambda: _client().v1.checkout.sessions.create(params, options)))
    )


def close_session(id: str) -> Session:
    """Nobody can pay on its page any more. RefusedError where somebody has, or it had lapsed."""
    options: Any = {"idempotency_key": f"expire:{id}"}
    return says.read_session(
        _said(_asked(lambda: _client().v1.checkout.sessions.expire(id, {}, options)))
    )


def collect(
    *,
    pence: int,
    customer: str,
    method: str,
    kind: str,
    reference: str,
    metadata: dict[str, str],
    key: str,
) -> Intent:
    """Take money from a saved card or by a mandate while the payer is not there.

    A card that is declined is no error: the intent says so.
    """
    params: Any = {
        "amount": pence,
        "currency": "gbp",
        "customer": customer,
        "payment_method": method,
        "allowed_payment_method_types": [kind],
        "off_session": True,
        "confirm": True,
        "description": reference,
        "metadata": metadata,
        "expand": list(WITH_FEE),
    }
    options: Any = {"idempotency_key": key}
    client = _client()
    try:
        return says.read_intent(
            _said(_asked(lambda: client.v1.payment_intents.create(params, options)))
        )
    except RefusedError as error:
        declined = _intent_in(error)
        if not declined:
            raise
        return fetch_intent(declined)


def _intent_in(error: RefusedError) -> str:
    """The id of the intent that a declined card leaves behind."""
    cause = error.__cause__
    if not isinstance(cause, stripe.CardError) or not isinstance(cause.json_body, dict):
        return ""
    return says.id_of((cause.json_body.get("error") or {}).get("payment_intent"))


def pay_back(*, intent_id: str, pence: int, metadata: dict[str, str], key: str) -> RefundSaid:
    params: Any = {"payment_intent": intent_id, "amount": pence, "metadata": metadata}
    options: Any = {"idempotency_key": key}
    return says.read_refund(_said(_asked(lambda: _client().v1.refunds.create(params, options))))


def forget_method(id: str) -> None:
    """Detach a saved card or bank account: it can be charged no more."""
    options: Any = {"idempotency_key": f"detach:{id}"}
    _asked(lambda: _client().v1.payment_methods.detach(id, {}, options))


# --- Webhooks -------------------------------------------------------------------------------------


def heard(body: bytes, signature: str) -> Heard:
    """What a webhook tells, once a secret of ours shows that it is Stripe's. Raises ForgedError."""
    if not any(_signed(body, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
        raise ForgedError("No secret of ours signed this, or too long ago.")
    signed_at = re.search(r"(?:^|,)t=(\d+)", signature)
    if not signed_at or int(signed_at[1]) > time.time() + TOLERANCE:  # the package looks back only
        raise ForgedError("This was signed at a time that is still to come.")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ForgedError("This is no event.") from error
    return _event(said)


def _signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # it compares ASCII only
        return False
    return True


def _event(said: Any) -> Heard:
    if not isinstance(said, dict) or said.get("object") != "event":
        raise ForgedError("This is no event.")
    data = said.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    subject = about.get("id") if isinstance(about, dict) else ""
    texts = (said.get("id"), said.get("type"), subject or "")
    live = said.get("livemode")
    if not all(map(_is_a_name, texts)) or not (said["id"] and said["type"]):
        raise ForgedError("This is no event.")
    if not isinstance(live, bool):
        raise ForgedError("This does not say whether it is about real money.")
    event, kind, subject = map(str, texts)
    return Heard(event, kind, subject, live=live)


def _is_a_name(text: object) -> bool:
    """An id or a kind as Stripe writes them: short, and of letters that every database takes."""
    return isinstance(text, str) and len(text) <= LONGEST and text.isascii() and text.isprintable()
