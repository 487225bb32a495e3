"""SetupIntents: a card or a mandate is saved, and nothing is paid."""

from ledger.stripe_sandbox.account import Account, Object, Params, new_id, shown
from ledger.stripe_sandbox.errors import ApiError, wrong_state
from ledger.stripe_sandbox.objects import customers, mandates, payment_methods
from ledger.stripe_sandbox.rendering import matching, page

NOT_AUTHENTICATED = {
    "message": "The latest attempt to set up the payment method has failed because authentication "
    "failed.",
    "code": "setup_intent_authentication_failure",
}


def new(account: Account, params: Params) -> Object:
    id = new_id("seti")
    allowed = params.get("allowed_payment_method_types")
    intent = account.add(
        "setup_intent",
        "seti",
        id=id,
        allowed_payment_method_types=allowed,
        application=None,
        automatic_payment_methods=None
        if allowed
        else {"allow_redirects": "always", "enabled": True},
        cancellation_reason=None,
        client_secret=f"{id}_secret_{new_id('x')[2:]}",
        customer=params.get("customer"),
        description=params.get("description"),
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        flow_directions=None,
        last_setup_error=None,
        latest_attempt=None,
        mandate=None,
        metadata=params.get("metadata") or {},
        next_action=None,
        on_behalf_of=None,
        payment_method=None,
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=payment_methods.offered(params),
        single_use_mandate=None,
        status="requires_payment_method",
        usage="off_session",
    )
    account.emit("setup_intent.created", intent)
    return intent


def attempt(
    account: Account, intent: Object, method: Object, *, authenticated: bool | None = None
) -> dict[str, str] | None:
    """Try to save the method for later. What comes back is the reason that it was declined."""
    behaviour = method.get("_at_checkout", "pays")
    if behaviour == "asks" and authenticated is None:
        account.change(
            intent,
            status="requires_action",
            payment_method=method["id"],
            next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}},
        )
        account.emit("setup_intent.requires_action", intent)
        return None
    if behaviour == "asks" and not authenticated:
        return _fail(account, intent, method, NOT_AUTHENTICATED)
    if behaviour in payment_methods.DECLINES:
        return _fail(account, intent, method, payment_methods.decline_error(behaviour))
    _succeed(account, intent, method)
    return None


def _succeed(account: Account, intent: Object, method: Object) -> None:
    mandate = mandates.create(account, method) if method["type"] == "bacs_debit" else None
    if intent["customer"]:
        payment_methods.keep(account, method, customers.usable(account, intent["customer"]))
    account.change(
        intent,
        status="succeeded",
        last_setup_error=None,
        mandate=mandate and mandate["id"],
        next_action=None,
        payment_method=method["id"],
    )
    account.emit("setup_intent.succeeded", intent)


def _fail(
    account: Account, intent: Object, method: Object, error: dict[str, str]
) -> dict[str, str]:
    account.change(
        intent,
        status="requires_payment_method",
        last_setup_error={"type": "card_error", **error, "payment_method": shown(method)},
        next_action=None,
        payment_method=None,
    )
    account.emit("setup_intent.setup_failed", intent)
    return error


def cancel(account: Account, id: str, params: Params) -> Object:
    intent = account.get("setup_intent", id)
    if intent["status"] not in ("requires_payment_method", "requires_action"):
        raise wrong_state(
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.",
            code="setup_intent_unexpected_state",
            setup_intent=shown(intent),
        )
    if intent.get("_session"):
        raise ApiError("This SetupIntent is managed by a Checkout Session; expire it instead.")
    return end(account, intent, params.get("cancellation_reason"))


def end(account: Account, intent: Object, reason: str | None) -> Object:
    account.change(intent, status="canceled", cancellation_reason=reason, next_action=None)
    account.emit("setup_intent.canceled", intent)
    return intent


def create(account: Account, params: Params) -> Object:
    """Unconfirmed only: payers confirm it on the page of a Checkout Session in setup mode."""
    if "customer" in params:
        customers.usable(account, params["customer"])
    return new(account, params)


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("setup_intent", id)


def listed(account: Account, params: Params) -> Object:
    rows = matching(account.all("setup_intent"), params, "customer", "payment_method")
    return page(rows, params, "/v1/setup_intents")
