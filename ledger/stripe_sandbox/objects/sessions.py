"""Checkout Sessions, as the API has them: a page where somebody pays, or saves how to pay."""

from urllib.parse import urlsplit

from ledger.stripe_sandbox import checking, money
from ledger.stripe_sandbox.account import Account, Object, Params, new_id
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.errors import ApiError, exclusive, missing, no_such, not_modelled
from ledger.stripe_sandbox.objects import customers, payment_intents, payment_methods, setup_intents
from ledger.stripe_sandbox.rendering import matching, page

MINUTE = 60
PAYMENT_DATA = (
    "description",
    "metadata",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor_suffix",
)
SETUP_DATA = ("description", "metadata")


def create(account: Account, params: Params, *, pages: str) -> Object:
    """A session whose page stands under the address `pages`."""
    mode = params.get("mode")
    if mode is None:
        raise missing("mode")
    if mode not in ("payment", "setup"):
        raise not_modelled("mode")
    _check_addresses(params)
    if "customer" in params:
        customers.usable(account, params["customer"])
    if "customer" in params and "customer_email" in params:
        raise exclusive("customer", "customer_email")
    if len(params.get("client_reference_id", "")) > 200:
        raise ApiError("client_reference_id is too long.", param="client_reference_id")
    items = _line_items(account, params) if mode == "payment" else _nothing_to_pay(params)
    session = _new(account, params, items, pages)
    if mode == "setup":
        checking.only(params.get("setup_intent_data", {}), SETUP_DATA, "setup_intent_data")
        intent = setup_intents.new(account, {**params, **_data(params, "setup_intent_data")})
        account.change(intent, _session=session["id"])
        account.change(session, setup_intent=intent["id"])
    else:
        checking.only(params.get("payment_intent_data", {}), PAYMENT_DATA, "payment_intent_data")
    return session


def _data(params: Params, name: str) -> Params:
    """An intent has the metadata of its own part only: the session's stays with the session."""
    return {"metadata": {}, **params.get(name, {})}


def _check_addresses(params: Params) -> None:
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_modelled("ui_mode")
    if "success_url" not in params:
        raise missing("success_url")
    for name in ("success_url", "cancel_url"):
        if name in params and urlsplit(params[name]).scheme not in ("http", "https"):
            raise ApiError("Not a valid URL", code="url_invalid", param=name)


def _line_items(account: Account, params: Params) -> list[Object]:
    if "setup_intent_data" in params:
        raise ApiError(
            "You can not pass `setup_intent_data` in `payment` mode.", param="setup_intent_data"
        )
    if not params.get("line_items"):
        raise missing("line_items")
    return [_line_item(item, f"line_items[{n}]") for n, item in enumerate(params["line_items"])]


def _line_item(item: Params, name: str) -> Object:
    if "price" in item:
        raise no_such("price", item["price"], f"{name}[price]", status=400)
    checking.only(item, ("price_data", "quantity"), name)
    if "price_data" not in item:
        raise missing(f"{name}[price_data]")
    if "quantity" not in item:
        raise missing(f"{name}[quantity]")
    price = item["price_data"]
    checking.only(price, ("currency", "unit_amount", "product_data"), f"{name}[price_data]")
    if price["currency"].lower() != "gbp":
        raise not_modelled(f"{name}[price_data][currency]")
    for part in ("unit_amount", "product_data"):
        if part not in price:
            raise missing(f"{name}[price_data][{part}]")
    if price["unit_amount"] < 0 or item["quantity"] < 1:
        raise ApiError("An amount cannot be negative, nor a quantity under 1.", param=name)
    amount = price["unit_amount"] * item["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": "gbp",
        "description": price["product_data"]["name"],
        "metadata": {},
        "price": {
            "id": new_id("price"),
            "object": "price",
            "active": False,
            "currency": "gbp",
            "metadata": {},
            "product": new_id("prod"),
            "recurring": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": item["quantity"],
    }


def _nothing_to_pay(params: Params) -> list[Object]:
    for name in ("line_items", "payment_intent_data", "submit_type"):
        if name in params:
            raise ApiError(f"You can not pass `{name}` in `setup` mode.", param=name)
    if "customer_creation" in params:
        raise not_modelled("customer_creation")
    if "currency" not in params and "allowed_payment_method_types" not in params:
        raise missing("currency")
    return []


def _expires_at(account: Account, params: Params) -> int:
    now = account.clock.now()
    expires: int = params.get("expires_at", now + DAY)
    if not now + 30 * MINUTE <= expires <= now + DAY:
        raise ApiError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            param="expires_at",
        )
    return expires


def _new(account: Account, params: Params, items: list[Object], pages: str) -> Object:
    payment = params["mode"] == "payment"
    total = sum(item["amount_total"] for item in items)
    if payment:
        money.check(total, of="The Checkout Session's total amount due", param="line_items")
    id = new_id("cs_test")
    return account.add(
        "checkout.session",
        "cs_test",
        id=id,
        adaptive_pricing={"enabled": False} if payment else None,
        after_expiration=None,
        allow_promotion_codes=None,
        allowed_payment_method_types=params.get("allowed_payment_method_types"),
        amount_subtotal=total if payment else None,
        amount_total=total if payment else None,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=params.get("billing_address_collection"),
        cancel_url=params.get("cancel_url"),
        client_reference_id=params.get("client_reference_id"),
        client_secret=None,
        collected_information=None,
        consent=None,
        consent_collection=None,
        currency="gbp" if payment else params.get("currency"),
        currency_conversion=None,
        custom_fields=[],
        custom_text=dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        )
        | params.get("custom_text", {}),
        customer=params.get("customer"),
        customer_account=None,
        customer_creation=_customer_creation(params) if payment else None,
        customer_details=None,
        customer_email=params.get("customer_email"),
        discounts=[],
        excluded_payment_method_types=params.get("excluded_payment_method_types"),
        expires_at=_expires_at(account, params),
        invoice=None,
        invoice_creation=None,
        locale=params.get("locale"),
        metadata=params.get("metadata") or {},
        mode=params["mode"],
        payment_intent=None,
        payment_link=None,
        payment_method_collection="if_required" if payment else "always",
        payment_method_configuration_details=None,
        payment_method_options={},
        payment_method_types=payment_methods.offered(params),
        payment_status="unpaid" if payment else "no_payment_required",
        permissions=None,
        phone_number_collection={"enabled": False},
        recovered_from=None,
        saved_payment_method_options=None,
        setup_intent=None,
        shipping_address_collection=None,
        shipping_cost=None,
        shipping_options=[],
        status="open",
        submit_type=params.get("submit_type"),
        subscription=None,
        success_url=params["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
        if payment
        else None,
        ui_mode="hosted_page",
        url=f"{pages}/c/pay/{id}",
        wallet_options=None,
        _line_items=items,
        _intent={**params, **_data(params, "payment_intent_data")},
    )


def _customer_creation(params: Params) -> str | None:
    """Who saves a way to pay becomes a customer, as everyone does where it says `always`."""
    if "customer" in params:
        return None
    if params.get("payment_intent_data", {}).get("setup_future_usage"):
        return "always"
    creation: str = params.get("customer_creation", "if_required")
    return creation


def expire(account: Account, id: str, params: Params) -> Object:
    session = account.get("checkout.session", id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return lapse(account, session)


def lapse(account: Account, session: Object) -> Object:
    """Nobody can pay on its page any more."""
    account.change(session, status="expired", url=None)
    if session["payment_intent"]:
        intent = account.get("payment_intent", session["payment_intent"])
        payment_intents.end(account, intent, "expired")
    if session["setup_intent"]:
        setup_intents.end(
            account, account.get("setup_intent", session["setup_intent"]), "abandoned"
        )
    account.emit("checkout.session.expired", session)
    return session


def lapse_overdue(account: Account) -> None:
    for session in account.all("checkout.session", status="open"):
        if session["expires_at"] <= account.clock.now():
            lapse(account, session)


def retrieve(account: Account, id: str, params: Params) -> Object:
    return account.get("checkout.session", id)


def line_items(account: Account, id: str, params: Params) -> Object:
    session = account.get("checkout.session", id)
    items = session["_line_items"][::-1]
    return page(items, params, f"/v1/checkout/sessions/{id}/line_items")


def listed(account: Account, params: Params) -> Object:
    rows = matching(
        account.all("checkout.session"),
        params,
        "customer",
        "payment_intent",
        "status",
    )
    return page(rows, params, "/v1/checkout/sessions")
