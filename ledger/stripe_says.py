"""What Stripe tells us of its objects, as far as we read them. Amounts are whole pence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Move:
    """One change of our balance at Stripe: the amount and, of it, the fee."""

    id: str
    kind: str
    pence: int
    fee: int
    made_at: dt.datetime
    currency: str = "gbp"


@dataclass(frozen=True)
class Charge:
    """One attempt to take money. Its move is there once the fee is known."""

    id: str
    status: str
    method: str
    made_at: dt.datetime
    intent: str = ""
    problem: str = ""
    move: Move | None = None


@dataclass(frozen=True)
class Intent:
    """One sum to be paid, over as many attempts as it takes."""

    id: str
    status: str
    pence: int
    received: int
    currency: str
    metadata: Mapping[str, str]
    charge: Charge | None = None
    problem: str = ""


@dataclass(frozen=True)
class Session:
    """A page of Stripe's on which somebody pays, or lets us collect."""

    id: str
    mode: str
    status: str
    url: str
    intent: str
    setup: str
    customer: str
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class Setup:
    """What somebody saved on a page in setup mode."""

    id: str
    status: str
    method: str
    mandate: str
    customer: str


@dataclass(frozen=True)
class Method:
    """A saved card or bank account. Without a customer it can be charged no more."""

    id: str
    kind: str
    customer: str
    last_four: str


@dataclass(frozen=True)
class MandateSaid:
    id: str
    status: str
    method: str


@dataclass(frozen=True)
class RefundSaid:
    id: str
    status: str
    pence: int
    intent: str
    metadata: Mapping[str, str]
    problem: str = ""


@dataclass(frozen=True)
class DisputeSaid:
    """A payer's bank takes a charge back; the moves say what left our balance and came again."""

    id: str
    status: str
    intent: str
    opened_at: dt.datetime
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class PayoutSaid:
    """Money from Stripe to our bank; below zero when Stripe takes what we owe it."""

    id: str
    status: str
    pence: int
    arrives_on: dt.date
    problem: str = ""


@dataclass(frozen=True)
class Heard:
    """What a webhook tells: nothing is believed but which object to fetch."""

    event: str
    kind: str
    subject: str
    live: bool


# --- Why a payment did not come -------------------------------------------------------------------

#: Stripe's codes → our words, which the payer reads too. Stripe's own are meant for a merchant.
PROBLEMS = {
    "insufficient_funds": "There was not enough money in the account.",
    "account_closed": "The account is closed.",
    "no_account": "The bank knows no such account.",
    "invalid_account_number": "The bank knows no such account.",
    "bank_account_restricted": "The account takes no Direct Debits.",
    "debit_not_authorized": "The bank did not allow the Direct Debit.",
    "refer_to_customer": "The bank did not pay. It can say why.",
    "generic_could_not_process": "The bank did not pay. It can say why.",
    "expired_card": "The card has run out.",
    "card_declined": "The bank did not take the card. It can say why.",
    "authentication_required": "The bank asked for a confirmation that did not come.",
    "payment_intent_authentication_failure": "The bank asked for a confirmation that did not come.",
}


def problem_of(message: str, *codes: str | None) -> str:
    """Why it did not come: by the first code that we know, else as Stripe says it."""
    return next((PROBLEMS[code] for code in codes if code in PROBLEMS), message)


# --- Reading Stripe's own objects, as dictionaries ------------------------------------------------

Said = dict[str, Any]


def id_of(value: Any) -> str:
    """A link as an id, whether it was expanded or not; empty for none."""
    return str(value["id"] if isinstance(value, dict) else value or "")


def moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def read_move(said: Any) -> Move | None:
    if not isinstance(said, dict):
        return None
    return Move(
        id=said["id"],
        kind=said["type"],
        pence=said["amount"],
        fee=said["fee"],
        made_at=moment(said["created"]),
        currency=said["currency"],
    )


def read_charge(said: Any) -> Charge | None:
    if not isinstance(said, dict):
        return None
    return Charge(
        id=said["id"],
        status=said["status"],
        method=(said.get("payment_method_details") or {}).get("type") or "",
        made_at=moment(said["created"]),
        intent=id_of(said.get("payment_intent")),
        problem=problem_of(said.get("failure_message") or "", said.get("failure_code")),
        move=read_move(said.get("balance_transaction")),
    )


def read_intent(said: Said) -> Intent:
    error = said.get("last_payment_error") or {}
    return Intent(
        id=said["id"],
        status=said["status"],
        pence=said["amount"],
        received=said.get("amount_received") or 0,
        currency=said["currency"],
        metadata=said.get("metadata") or {},
        charge=read_charge(said.get("latest_charge")),
        problem=problem_of(
            error.get("message") or "", error.get("decline_code"), error.get("code")
        ),
    )


def read_session(said: Said) -> Session:
    return Session(
        id=said["id"],
        mode=said["mode"],
        status=said["status"] or "",
        url=said.get("url") or "",
        intent=id_of(said.get("payment_intent")),
        setup=id_of(said.get("setup_intent")),
        customer=id_of(said.get("customer")),
        metadata=said.get("metadata") or {},
    )


def read_refund(said: Said) -> RefundSaid:
    return RefundSaid(
        id=said["id"],
        status=said["status"] or "",
        pence=said["amount"],
        intent=id_of(said.get("payment_intent")),
        metadata=said.get("metadata") or {},
        problem=said.get("failure_reason") or "",
    )


def read_dispute(said: Said) -> DisputeSaid:
    return DisputeSaid(
        id=said["id"],
        status=said["status"],
        intent=id_of(said.get("payment_intent")),
        opened_at=moment(said["created"]),
        moves=tuple(filter(None, map(read_move, said["balance_transactions"]))),
    )


def read_payout(said: Said) -> PayoutSaid:
    return PayoutSaid(
        id=said["id"],
        status=said["status"],
        pence=said["amount"],
        arrives_on=moment(said["arrival_date"]).date(),
        problem=said.get("failure_message") or "",
    )
