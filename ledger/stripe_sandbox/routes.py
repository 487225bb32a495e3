"""The calls of Stripe's API that the sandbox answers, and the parameters it acts on."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe import params as vendor
from stripe.params import checkout as vendor_checkout

from ledger.stripe_sandbox.account import Account, Object, Params
from ledger.stripe_sandbox.errors import ApiError
from ledger.stripe_sandbox.objects import (
    balance,
    charges,
    customers,
    disputes,
    events,
    mandates,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    sessions,
    setup_intents,
)

EVERYWHERE = "expand"
LISTS = "limit starting_after ending_before created"
OFFERED = "allowed_payment_method_types excluded_payment_method_types"
NO_EFFECT = "locale custom_text billing_address_collection branding_settings submit_type"
"""What changes only the look of a page of Stripe's."""


@dataclass(frozen=True)
class Route:
    method: str
    address: str
    act: Callable[..., Object]
    shape: type
    acts_on: str = ""
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        pattern = self.address.replace("{id}", "([^/]+)")
        object.__setattr__(self, "pattern", re.compile(f"^/v1/{pattern}$"))

    @property
    def known(self) -> frozenset[str]:
        return frozenset(f"{EVERYWHERE} {self.acts_on}".split())


ROUTES = [
    Route("GET", "balance", balance.retrieve, vendor.BalanceRetrieveParams),
    Route(
        "GET",
        "balance_transactions",
        balance.transactions,
        vendor.BalanceTransactionListParams,
        f"{LISTS} payout type source currency",
    ),
    Route(
        "GET",
        "balance_transactions/{id}",
        balance.transaction,
        vendor.BalanceTransactionRetrieveParams,
    ),
    Route(
        "GET",
        "charges",
        charges.listed,
        vendor.ChargeListParams,
        f"{LISTS} customer payment_intent",
    ),
    Route("GET", "charges/{id}", charges.retrieve, vendor.ChargeRetrieveParams),
    Route(
        "POST", "charges/{id}", charges.update, vendor.ChargeUpdateParams, "metadata description"
    ),
    Route(
        "POST",
        "checkout/sessions",
        sessions.create,
        vendor_checkout.SessionCreateParams,
        f"{OFFERED} {NO_EFFECT} cancel_url client_reference_id currency customer customer_creation "
        f"customer_email "
        "expires_at line_items metadata mode payment_intent_data setup_intent_data success_url "
        "ui_mode",
    ),
    Route(
        "GET",
        "checkout/sessions",
        sessions.listed,
        vendor_checkout.SessionListParams,
        f"{LISTS} customer payment_intent status",
    ),
    Route(
        "GET",
        "checkout/sessions/{id}",
        sessions.retrieve,
        vendor_checkout.SessionRetrieveParams,
    ),
    Route(
        "POST",
        "checkout/sessions/{id}/expire",
        sessions.expire,
        vendor_checkout.SessionExpireParams,
    ),
    Route(
        "GET",
        "checkout/sessions/{id}/line_items",
        sessions.line_items,
        vendor_checkout.SessionListLineItemsParams,
        LISTS,
    ),
    Route(
        "POST",
        "customers",
        customers.create,
        vendor.CustomerCreateParams,
        " ".join(customers.EDITABLE),
    ),
    Route("GET", "customers", customers.listed, vendor.CustomerListParams, f"{LISTS} email"),
    Route("GET", "customers/{id}", customers.retrieve, vendor.CustomerRetrieveParams),
    Route(
        "POST",
        "customers/{id}",
        customers.update,
        vendor.CustomerUpdateParams,
        " ".join(customers.EDITABLE),
    ),
    Route("DELETE", "customers/{id}", customers.delete, vendor.CustomerDeleteParams),
    Route(
        "GET",
        "customers/{id}/payment_methods",
        payment_methods.listed_for,
        vendor.CustomerPaymentMethodListParams,
        f"{LISTS} type",
    ),
    Route(
        "GET",
        "disputes",
        disputes.listed,
        vendor.DisputeListParams,
        f"{LISTS} charge payment_intent",
    ),
    Route("GET", "disputes/{id}", disputes.retrieve, vendor.DisputeRetrieveParams),
    Route("POST", "disputes/{id}/close", disputes.close, vendor.DisputeCloseParams),
    Route("GET", "events", events.listed, vendor.EventListParams, f"{LISTS} type types"),
    Route("GET", "events/{id}", events.retrieve, vendor.EventRetrieveParams),
    Route("GET", "mandates/{id}", mandates.retrieve, vendor.MandateRetrieveParams),
    Route(
        "POST",
        "payment_intents",
        payment_intents.create,
        vendor.PaymentIntentCreateParams,
        f"{OFFERED} amount automatic_payment_methods confirm currency customer description "
        f"mandate_data metadata "
        "off_session payment_method receipt_email return_url setup_future_usage "
        "statement_descriptor_suffix",
    ),
    Route(
        "GET",
        "payment_intents",
        payment_intents.listed,
        vendor.PaymentIntentListParams,
        f"{LISTS} customer",
    ),
    Route(
        "GET",
        "payment_intents/{id}",
        payment_intents.retrieve,
        vendor.PaymentIntentRetrieveParams,
    ),
    Route(
        "POST",
        "payment_intents/{id}",
        payment_intents.update,
        vendor.PaymentIntentUpdateParams,
        "metadata description",
    ),
    Route(
        "POST",
        "payment_intents/{id}/cancel",
        payment_intents.cancel,
        vendor.PaymentIntentCancelParams,
        "cancellation_reason",
    ),
    Route(
        "POST",
        "payment_intents/{id}/confirm",
        payment_intents.confirm,
        vendor.PaymentIntentConfirmParams,
        "mandate_data off_session payment_method return_url",
    ),
    Route(
        "POST",
        "payment_methods",
        payment_methods.create,
        vendor.PaymentMethodCreateParams,
        "type bacs_debit card billing_details",
    ),
    Route(
        "GET",
        "payment_methods",
        payment_methods.listed,
        vendor.PaymentMethodListParams,
        f"{LISTS} customer type",
    ),
    Route(
        "GET",
        "payment_methods/{id}",
        payment_methods.retrieve,
        vendor.PaymentMethodRetrieveParams,
    ),
    Route(
        "POST",
        "payment_methods/{id}/attach",
        payment_methods.attach,
        vendor.PaymentMethodAttachParams,
        "customer",
    ),
    Route(
        "POST",
        "payment_methods/{id}/detach",
        payment_methods.detach,
        vendor.PaymentMethodDetachParams,
    ),
    Route(
        "POST",
        "payouts",
        payouts.create,
        vendor.PayoutCreateParams,
        "amount currency description metadata",
    ),
    Route(
        "GET",
        "payouts",
        payouts.listed,
        vendor.PayoutListParams,
        f"{LISTS} status arrival_date",
    ),
    Route("GET", "payouts/{id}", payouts.retrieve, vendor.PayoutRetrieveParams),
    Route(
        "POST",
        "refunds",
        refunds.create,
        vendor.RefundCreateParams,
        "amount charge metadata payment_intent reason",
    ),
    Route(
        "GET",
        "refunds",
        refunds.listed,
        vendor.RefundListParams,
        f"{LISTS} charge payment_intent",
    ),
    Route("GET", "refunds/{id}", refunds.retrieve, vendor.RefundRetrieveParams),
    Route("POST", "refunds/{id}", refunds.update, vendor.RefundUpdateParams, "metadata"),
    Route(
        "POST",
        "setup_intents",
        setup_intents.create,
        vendor.SetupIntentCreateParams,
        f"{OFFERED} customer description metadata",
    ),
    Route(
        "GET",
        "setup_intents",
        setup_intents.listed,
        vendor.SetupIntentListParams,
        f"{LISTS} customer payment_method",
    ),
    Route("GET", "setup_intents/{id}", setup_intents.retrieve, vendor.SetupIntentRetrieveParams),
    Route(
        "POST",
        "setup_intents/{id}/cancel",
        setup_intents.cancel,
        vendor.SetupIntentCancelParams,
        "cancellation_reason",
    ),
]


def found(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """The route and the ids in the path."""
    for route in ROUTES:
        match = route.pattern.match(path) if route.method == method else None
        if match:
            return route, match.groups()
    raise ApiError(
        f"Unrecognized request URL ({method}: {path}). The sandbox answers a part of Stripe's API "
        f"only.",
        status=404,
    )


def act(
    route: Route, account: Account, ids: tuple[str, ...], params: Params, **more: Any
) -> Object:
    """Sessions alone are told where their pages stand."""
    if route.act is sessions.create:
        return route.act(account, params, **more)
    return route.act(account, *ids, params)
