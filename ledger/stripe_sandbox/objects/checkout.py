"""What somebody does on the page of a Checkout Session, and what their bank does days later."""

from typing import Literal

from ledger.stripe_sandbox.account import Account, Object
from ledger.stripe_sandbox.errors import ApiError, wrong_state
from ledger.stripe_sandbox.objects import (
    customers,
    mandates,
    payment_intents,
    payment_methods,
    setup_intents,
)

Step = Literal["complete", "declined", "authenticate"]
"""Where the payer is now: done, back on the page with a reason, or with their bank's 3-D Secure."""

CHOICES = {
    "card": "pays",
    "card_declined": "declined",
    "card_3ds": "asks",
    "card_declined_later": "declined_later",
    "card_3ds_later": "asks_later",
}
"""The cards that a payer may pick, by the name of the form's choice."""

PAYER = "payer@example.org"


def choose(account: Account, session: Object, choice: str) -> Step:
    """The payer picks `bacs` or one of the cards and presses the button."""
    _open(session)
    type = "bacs_debit" if choice == "bacs" else "card"
    if choice not in (*CHOICES, "bacs") or type not in session["payment_method_types"]:
        raise ApiError(f"This page does not offer {choice}.", param="choice")
    email = _email(account, session)
    if type == "card":
        method = payment_methods.new_card(account, CHOICES[choice], email=email)
    else:
        method = payment_methods.new_bank_account(account, email=email)
    return _attempt(account, session, method)


def authenticate(account: Account, session: Object, *, ok: bool) -> Step:
    """The payer confirms to their bank that it is them, or fails to."""
    _open(session)
    intent = _intent(account, session)
    if intent is None or intent["status"] != "requires_action":
        raise wrong_state("The bank has not asked for confirmation.", code="sandbox_state")
    method = account.get("payment_method", intent["payment_method"])
    return _attempt(account, session, method, authenticated=ok)


def _attempt(
    account: Account, session: Object, method: Object, *, authenticated: bool | None = None
) -> Step:
    if session["mode"] == "setup":
        intent = account.get("setup_intent", session["setup_intent"])
        error = setup_intents.attempt(account, intent, method, authenticated=authenticated)
    else:
        intent = _payment(account, session)
        if method["type"] == "bacs_debit":
            mandates.create(account, method)
        error = payment_intents.attempt(
            account, intent, method, on_session=True, authenticated=authenticated
        )
    if error:
        return "declined"
    if intent["status"] == "requires_action":
        return "authenticate"
    _complete(account, session, intent)
    return "complete"


def _payment(account: Account, session: Object) -> Object:
    """A session's PaymentIntent is made when somebody first tries to pay."""
    if session["payment_intent"]:
        return account.get("payment_intent", session["payment_intent"])
    if session["customer_creation"] == "always" and session["customer"] is None:
        made = customers.create(account, {"email": _email(account, session)})
        account.change(session, customer=made["id"])
    terms = {**session["_intent"], "customer": session["customer"]}
    intent = payment_intents.new(account, session["amount_total"], terms)
    account.change(intent, _session=session["id"])
    account.change(session, payment_intent=intent["id"])
    account.emit("payment_intent.created", intent)
    return intent


def _complete(account: Account, session: Object, intent: Object) -> None:
    """A Direct Debit completes the session unpaid: the money comes, or does not, days later."""
    method = account.get("payment_method", intent["payment_method"])
    payer = method["billing_details"]
    values = {
        "address": payer["address"],
        "email": payer["email"],
        "name": payer["name"],
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    account.change(session, status="complete", url=None, customer_details=values)
    if intent["status"] == "succeeded" and session["mode"] == "payment":
        account.change(session, payment_status="paid")
    account.emit("checkout.session.completed", session)


def settle_bacs(account: Account, intent: Object, *, ok: bool, code: str) -> Object:
    """The bank's answer to a Direct Debit, told of the session too where it came from one."""
    payment_intents.settle(account, intent, ok=ok, code=code)
    if intent.get("_session"):
        session = account.get("checkout.session", intent["_session"])
        if ok:
            account.change(session, payment_status="paid")
        outcome = "succeeded" if ok else "failed"
        account.emit(f"checkout.session.async_payment_{outcome}", session)
    return intent


def _open(session: Object) -> None:
    if session["status"] != "open":
        raise wrong_state(
            f"This Checkout Session is {session['status']}: nobody can pay on its page.",
            code="sandbox_state",
        )


def _intent(account: Account, session: Object) -> Object | None:
    return account.find(session["payment_intent"] or session["setup_intent"] or "")


def last_error(account: Account, session: Object) -> str | None:
    """Why the last attempt on this page failed."""
    intent = _intent(account, session) or {}
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return error["message"] if error else None


def being_asked(account: Account, session: Object) -> bool:
    intent = _intent(account, session)
    asked = intent is not None and intent["status"] == "requires_action"
    return session["status"] == "open" and asked


def _email(account: Account, session: Object) -> str:
    customer = account.find(session["customer"] or "") or {}
    return customer.get("email") or session["customer_email"] or PAYER
