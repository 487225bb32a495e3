"""PaymentIntents: one sum to be paid, over as many attempts as it takes."""

from typing import Any

from ledger.stripe_sandbox import money
from ledger.stripe_sandbox.account import Account, Object, Params, new_id, shown
from ledger.stripe_sandbox.errors import ApiError, exclusive, not_modelled, wrong_state
from ledger.stripe_sandbox.objects import charges, customers, mandates, payment_methods
from ledger.stripe_sandbox.rendering import matching, page

BEFORE_PAYMENT = ("requires_payment_method", "requires_confirmation")
CANCELABLE = (*BEFORE_PAYMENT, "requires_action")

BANK_FAILURES = {
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "debit_not_authorized": "The customer has told their bank that this payment was not "
    "authorised.",
    "account_closed": "The customer's bank account has been closed.",
    "generic_could_not_process": "The customer's bank could not process this payment.",
}
ENDS_MANDATE = ("debit_not_authorized", "account_closed")

NEEDS_AUTHENTICATION = {
    "message": "Your card was declined. This transaction requires authentication.",
    "code": "authentication_required",
    "decline_code": "authentication_required",
}
NOT_AUTHENTICATED = {
    "message": "The provided PaymentMethod has failed authentication. You can provide "
    "payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this PaymentIntent again.",
    "code": "payment_intent_authentication_failure",
}


def create(account: Account, params: Params) -> Object:
    """Taken at once with `confirm`; dues are, `off_session`, by a saved card or mandate."""
    if params["currency"].lower() != "gbp":
        raise not_modelled("currency")
    if "off_session" in params and not params.get("confirm"):
        raise ApiError(
            "You can only set `off_session` when `confirm` is true.", param="off_session"
        )
    if "customer" in params:
        customers.usable(account, params["customer"])
    if "automatic_payment_methods" in params and "allowed_payment_method_types" in params:
        raise exclusive("automatic_payment_methods", "allowed_payment_method_types")
    method = None
    if "payment_method" in params:
        method = payment_methods.of_customer(
            account, params["payment_method"], params.get("customer")
        )
    intent = new(account, params["amount"], params)
    if method:
        account.change(intent, payment_method=method["id"], status="requires_confirmation")
    account.emit("payment_intent.created", intent)
    if params.get("confirm"):
        _confirm(account, intent, intent["payment_method"], params)
    return intent


def new(account: Account, amount: int, params: Params) -> Object:
    money.check(amount, of="Amount")
    allowed = params.get("allowed_payment_method_types")
    automatic = {"allow_redirects": "always", "enabled": True}
    id = new_id("pi")
    return account.add(
        "payment_intent",
        "pi",
        id=id,
        allowed_payment_method_types=allowed,
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        application_fee_amount=None,
        automatic_payment_methods=None
        if allowed
        else automatic | params.get("automatic_payment_methods", {}),
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic_async",
        client_secret=f"{id}_secret_{new_id('x')[2:]}",
        confirmation_method="automatic",
        currency="gbp",
        customer=params.get("customer"),
        description=params.get("description"),
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        last_payment_error=None,
        latest_charge=None,
        metadata=params.get("metadata") or {},
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=payment_methods.offered(params),
        processing=None,
        receipt_email=params.get("receipt_email"),
        review=None,
        setup_future_usage=params.get("setup_future_usage"),
        shipping=None,
        source=None,
        statement_descriptor=None,
        statement_descriptor_suffix=params.get("statement_descriptor_suffix"),
        status="requires_payment_method",
        transfer_data=None,
        transfer_group=None,
    )


def confirm(account: Account, id: str, params: Params) -> Object:
    intent = account.get("payment_intent", id)
    _confirm(account, intent, params.get("payment_method") or intent["payment_method"], params)
    return intent


def _confirm(account: Account, intent: Object, method_id: str | None, params: Params) -> None:
    if intent["status"] not in BEFORE_PAYMENT:
        raise _unexpected(intent, "confirm")
    if method_id is None:
        raise _unexpected(intent, "confirm", why="it's missing a payment method")
    _check_return_url(intent, params)
    method = payment_methods.of_customer(account, method_id, intent["customer"])
    if method["type"] == "bacs_debit" and "mandate_data" in params:
        mandates.create(account, method)
    error = attempt(account, intent, method, on_session=not params.get("off_session"))
    if error:
        raise ApiError(status=402, type="card_error", payment_intent=shown(intent), **error)


def _check_return_url(intent: Object, params: Params) -> None:
    """Where methods that redirect are not ruled out, Stripe wants to know where to."""
    automatic = intent["automatic_payment_methods"]
    redirects = automatic and automatic["allow_redirects"] != "never"
    if redirects and "return_url" not in params:
        raise ApiError(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of "
            "these payment methods might redirect your customer off of your page, you must provide "
            "a `return_url`. "
            "If you don't want to accept redirect-based payment methods, set "
            "`automatic_payment_methods[enabled]` to "
            "`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating "
            "Setup Intents and "
            "Payment Intents.",
            param="return_url",
        )


def attempt(
    account: Account,
    intent: Object,
    method: Object,
    *,
    on_session: bool,
    authenticated: bool | None = None,
) -> dict[str, str] | None:
    """Try to take the money. What comes back is the reason that it was declined.

    `authenticated` is the payer's answer to 3-D Secure: None until they were asked.
    """
    if method["type"] not in intent["payment_method_types"]:
        raise ApiError(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent.",
            code="payment_intent_invalid_parameter",
            param="payment_method",
        )
    behaviour = method.get("_at_checkout" if on_session else "_later")
    if method["type"] == "bacs_debit":
        _collect(account, intent, method)
    elif behaviour == "pays" or authenticated:
        _take(account, intent, method)
    elif behaviour == "asks" and on_session and authenticated is None:
        _ask(account, intent, method)
    elif behaviour == "asks" and authenticated is False:
        return _fail(account, intent, method, NOT_AUTHENTICATED)
    else:
        return _decline(account, intent, method, str(behaviour))
    return None


def _decline(account: Account, intent: Object, method: Object, behaviour: str) -> dict[str, str]:
    error = NEEDS_AUTHENTICATION
    if behaviour != "asks":
        error = payment_methods.decline_error(behaviour)
    charge = charges.create(account, intent, method, "failed")
    charges.fail(account, charge, error)
    return _fail(account, intent, method, error, charge)


def _take(account: Account, intent: Object, method: Object) -> None:
    charge = charges.create(account, intent, method, "succeeded")
    _save_for_later(account, intent, method)
    account.change(intent, payment_method=method["id"])
    _succeed(account, intent, charge)


def _succeed(account: Account, intent: Object, charge: Object) -> None:
    charges.succeed(account, charge)
    account.change(
        intent,
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
        latest_charge=charge["id"],
        next_action=None,
    )
    account.emit("payment_intent.succeeded", intent)


def _save_for_later(account: Account, intent: Object, method: Object) -> None:
    """Kept for its customer where the intent says so; nobody's can be used this once."""
    if intent["setup_future_usage"] and intent["customer"]:
        payment_methods.keep(account, method, account.get("customer", intent["customer"]))
    if method["customer"] is None:
        account.change(method, _used=True)


def _ask(account: Account, intent: Object, method: Object) -> None:
    account.change(
        intent,
        status="requires_action",
        payment_method=method["id"],
        next_action={
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect"},
        },
    )
    account.emit("payment_intent.requires_action", intent)


def _fail(
    account: Account,
    intent: Object,
    method: Object,
    error: dict[str, str],
    charge: Object | None = None,
) -> dict[str, str]:
    """Back to the start: the payer may try again by another method."""
    said: dict[str, Any] = {"type": "card_error", **error, "payment_method": shown(method)}
    if charge:
        said["charge"] = charge["id"]
        account.change(intent, latest_charge=charge["id"])
    account.change(
        intent,
        status="requires_payment_method",
        last_payment_error=said,
        next_action=None,
        payment_method=None,
    )
    account.emit("payment_intent.payment_failed", intent)
    return error


def _collect(account: Account, intent: Object, method: Object) -> None:
    """A Direct Debit is asked of the bank: processing, until `settle` says how it went."""
    mandate = mandates.of(account, method)
    if mandate is None or mandate["status"] == "inactive":
        raise ApiError(
            "The provided mandate is invalid and can not be used for the payment intent.",
            code="payment_intent_mandate_invalid",
            param="mandate",
        )
    if intent["amount"] > money.BACS_LARGEST:
        raise ApiError(
            f"Bacs Direct Debit payments can be at most {money.said(money.BACS_LARGEST)}.",
            code="amount_too_large",
            param="amount",
        )
    charge = charges.create(account, intent, method, "pending")
    _save_for_later(account, intent, method)
    account.change(
        intent,
        status="processing",
        last_payment_error=None,
        latest_charge=charge["id"],
        payment_method=method["id"],
    )
    account.emit("charge.pending", charge)
    account.emit("payment_intent.processing", intent)


def settle(account: Account, intent: Object, *, ok: bool, code: str) -> None:
    """The bank pays a Direct Debit, or says why not; some reasons end the mandate too."""
    if intent["status"] != "processing":
        raise wrong_state(
            f"This payment is not being collected: its status is {intent['status']}.",
            code="sandbox_state",
        )
    if code not in BANK_FAILURES:
        raise ApiError(f"The bank's reason must be one of {', '.join(BANK_FAILURES)}.")
    charge = account.get("charge", intent["latest_charge"])
    method = account.get("payment_method", intent["payment_method"])
    mandate = mandates.of(account, method)
    if ok:
        if mandate and mandate["status"] == "pending":
            mandates.settle(account, mandate["id"], ok=True)
        _succeed(account, intent, charge)
        return
    error = {"message": BANK_FAILURES[code], "code": code}
    charges.fail(account, charge, error)
    _fail(account, intent, method, error, charge)
    if mandate and code in ENDS_MANDATE:
        mandates.revoke(account, mandate["id"], reason=code)


def cancel(account: Account, id: str, params: Params) -> Object:
    intent = account.get("payment_intent", id)
    session = intent.get("_session")
    if session and account.get("checkout.session", session)["status"] == "open":
        raise _unexpected(
            intent, "cancel", why="it's managed by a Checkout Session; expire the session instead"
        )
    return end(account, intent, params.get("cancellation_reason"))


def end(account: Account, intent: Object, reason: str | None) -> Object:
    if intent["status"] not in CANCELABLE:
        raise _unexpected(intent, "cancel")
    account.change(
        intent,
        status="canceled",
        canceled_at=account.clock.now(),
        cancellation_reason=reason,
        next_action=None,
    )
    account.emit("payment_intent.canceled", intent)
    return intent


def _unexpected(intent: Object, verb: str, *, why: str = "") -> ApiError:
    reason = why or f"it has a status of {intent['status']}"
    return wrong_state(
        f"You cannot {verb} this PaymentIntent because {reason}.",
        code="payment_intent_unexpected_state",
        payment_intent=shown(intent),
    )


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("payment_intent", id)


def update(account: Account, id: str, params: Params) -> Object:
    intent = account.get("payment_intent", id)
    if "metadata" in params:
        metadata = customers.merged(intent["metadata"], params["metadata"])
        account.change(intent, metadata=metadata)
    if "description" in params:
        account.change(intent, description=params["description"] or None)
    return intent


def listed(account: Account, params: Params) -> Object:
    rows = matching(account.all("payment_intent"), params, "customer")
    return page(rows, params, "/v1/payment_intents")
