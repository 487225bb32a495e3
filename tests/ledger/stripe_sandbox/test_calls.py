"""Keys, parameters, errors, idempotency, lists and expanding: what every call has in common."""

import typing

import pytest
import stripe

from ledger.stripe_sandbox import Sandbox
from tests.ledger.stripe_sandbox.conftest import client_of, order, saved


def refused(client: stripe.StripeClient, **more: object) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(order(**more))
    assert caught.value.http_status == 400
    return caught.value


@pytest.mark.parametrize("key", ["sk_live_12345678", "pk_test_1", "nonsense"])
def test_only_a_secret_test_key_opens_the_sandbox(sandbox: Sandbox, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as caught:
        client_of(sandbox, key).v1.customers.list()
    assert caught.value.http_status == 401
    assert "12345678" not in str(caught.value)


# Parameters


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"sucess_url": "https://coop.example"}, "sucess_url"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"payment_intent_data": {"metdata": {}, "metadata": {}}}, None),
        ({"payment_intent_data": {"descripton": "x"}}, "payment_intent_data[descripton]"),
        ({"line_items": [{"quantty": 1}]}, "line_items[0][quantty]"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"currency": "gbp", "amount": 5}}]},
            "line_items[0][price_data][amount]",
        ),
    ],
)
def test_a_misspelt_or_removed_parameter_is_unknown_at_every_depth(
    client: stripe.StripeClient, more: dict[str, object], param: str | None
) -> None:
    if param is None:  # empty dictionaries do not travel
        assert client.v1.checkout.sessions.create(order(**more)).id
        return
    error = refused(client, **more)
    assert (error.code, error.param) == ("parameter_unknown", param)


def test_intents_say_that_payment_method_types_are_no_longer_supported(
    client: stripe.StripeClient,
) -> None:
    params = {"amount": 500, "currency": "gbp", "payment_method_types": ["card"]}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create(params)  # type: ignore[arg-type]
    assert caught.value.code == "payment_method_types_no_longer_supported"


def test_a_word_that_stripe_does_not_know_is_refused(client: stripe.StripeClient) -> None:
    assert refused(client, mode="paymnt").param == "mode"
    error = refused(client, allowed_payment_method_types=["bacs"])
    assert error.param == "allowed_payment_method_types[0]"


def test_a_number_must_be_a_number(client: stripe.StripeClient) -> None:
    error = refused(client, expires_at="tomorrow")
    assert (error.code, error.param) == ("parameter_invalid_integer", "expires_at")


def test_what_must_be_there_must_be_there(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create({"currency": "gbp"})  # type: ignore[typeddict-item]
    assert (caught.value.code, caught.value.param) == ("parameter_missing", "amount")


def test_what_the_sandbox_does_not_model_is_refused_and_not_ignored(
    client: stripe.StripeClient,
) -> None:
    assert refused(client, allow_promotion_codes=True).code == "sandbox_not_modelled"
    error = refused(client, payment_intent_data={"capture_method": "manual"})
    assert (error.code, error.param) == (
        "sandbox_not_modelled",
        "payment_intent_data[capture_method]",
    )


@pytest.mark.parametrize(
    "metadata", [{f"k{n}": "x" for n in range(51)}, {"k" * 41: "x"}, {"k": "x" * 501}]
)
def test_metadata_has_limits(client: stripe.StripeClient, metadata: dict[str, str]) -> None:
    assert str(refused(client, metadata=metadata).param).startswith("metadata")


def test_what_does_not_exist_is_missing(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.retrieve("pi_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    error = refused(client, customer="cus_none")
    assert (error.code, error.param) == ("resource_missing", "customer")


def test_a_call_that_the_sandbox_does_not_answer_says_so(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.coupons.list()


# Customers


def test_a_customer_is_changed_key_by_key(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    now = client.v1.customers.update(
        customer.id, {"email": "ada@new.example", "metadata": {"party": "", "since": "2026"}}
    )
    assert now.email == "ada@new.example"
    assert now.metadata is not None
    assert now.metadata.to_dict() == {"since": "2026"}
    before = sandbox.last_event("customer.updated")["data"]["previous_attributes"]
    assert before["email"] == "ada@example.org"


def test_a_deleted_customer_can_be_seen_and_not_used(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    client.v1.customers.delete(customer.id)
    assert client.v1.customers.retrieve(customer.id).deleted is True
    assert client.v1.customers.list().data == []
    assert refused(client, customer=customer.id).param == "customer"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.update(customer.id, {"email": "ada@example.org"})
    assert caught.value.code == "resource_missing"


# Idempotency


def test_the_same_key_and_parameters_get_the_same_answer_and_do_nothing_more(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    params = {"payment_intent": paid.id, "amount": 1000}
    first = client.v1.refunds.create(params, {"idempotency_key": "refund-1"})
    again = client.v1.refunds.create(params, {"idempotency_key": "refund-1"})
    assert again.id == first.id
    assert first.last_response is not None
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert len(sandbox.events("refund.created")) == 1


def test_the_same_key_with_other_parameters_is_refused(
    sandbox: Sandbox, client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    key: stripe.RequestOptions = {"idempotency_key": "refund-1"}
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 1000}, key)
    with pytest.raises(stripe.IdempotencyError) as caught:
        client.v1.refunds.create({"payment_intent": paid.id, "amount": 1001}, key)
    assert caught.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.customers.create({}, key)
    assert len(sandbox.events("refund.created")) == 1


def test_a_decline_is_remembered_with_its_key(
    client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            client.v1.payment_methods.attach(
                "pm_card_visa_chargeDeclined",
                {"customer": customer.id},
                {"idempotency_key": "attach-1"},
            )
    assert caught.value.headers["Idempotent-Replayed"] == "true"


def test_parameters_that_were_refused_may_be_put_right_under_the_same_key(
    client: stripe.StripeClient,
) -> None:
    key: stripe.RequestOptions = {"idempotency_key": "customer-1"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"emial": "a@example.org"}, key)  # type: ignore[typeddict-unknown-key]
    assert client.v1.customers.create({"email": "a@example.org"}, key).email == "a@example.org"


def test_a_key_is_forgotten_after_a_day(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    key: stripe.RequestOptions = {"idempotency_key": "customer-1"}
    first = client.v1.customers.create({}, key)
    sandbox.advance(hours=23)
    assert client.v1.customers.create({}, key).id == first.id
    sandbox.advance(hours=1)
    assert client.v1.customers.create({}, key).id != first.id


# Lists and expanding


def test_lists_are_newest_first_and_come_in_pages(client: stripe.StripeClient) -> None:
    ids = [client.v1.customers.create({}).id for _ in range(5)][::-1]
    first = client.v1.customers.list({"limit": 2})
    assert ([row.id for row in first.data], first.has_more) == (ids[:2], True)
    second = client.v1.customers.list({"limit": 2, "starting_after": ids[1]})
    assert ([row.id for row in second.data], second.has_more) == (ids[2:4], True)
    last = client.v1.customers.list({"limit": 2, "starting_after": ids[3]})
    assert ([row.id for row in last.data], last.has_more) == (ids[4:], False)
    back = client.v1.customers.list({"limit": 2, "ending_before": ids[3]})
    assert ([row.id for row in back.data], back.has_more) == (ids[1:3], True)
    assert [row.id for row in client.v1.customers.list({"limit": 2}).auto_paging_iter()] == ids


def test_lists_can_be_asked_for_a_time(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    old = client.v1.customers.create({})
    sandbox.advance(days=2)
    new = client.v1.customers.create({})
    after = client.v1.customers.list({"created": {"gt": old.created}})
    assert [row.id for row in after.data] == [new.id]
    until = client.v1.customers.list({"created": {"gte": old.created, "lt": new.created}})
    assert [row.id for row in until.data] == [old.id]


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_up_to_a_hundred_rows(client: stripe.StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.list({"limit": limit})
    assert caught.value.param == "limit"


def test_links_are_followed_in_lists_too(
    client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    listed = client.v1.payment_intents.list(
        {"expand": ["data.latest_charge.balance_transaction", "data.payment_method"]}
    )
    charge = listed.data[0].latest_charge
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.fee == 95
    assert isinstance(listed.data[0].payment_method, stripe.PaymentMethod)


def test_only_links_can_be_followed(
    client: stripe.StripeClient, paid: stripe.PaymentIntent
) -> None:
    for path in ("amount", "nothing", "latest_charge.nothing"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.payment_intents.retrieve(paid.id, {"expand": [path]})
        assert caught.value.param == "expand"


CLASSES = {
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "payment_intent": stripe.PaymentIntent,
    "setup_intent": stripe.SetupIntent,
    "payment_method": stripe.PaymentMethod,
    "mandate": stripe.Mandate,
    "charge": stripe.Charge,
    "balance_transaction": stripe.BalanceTransaction,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "payout": stripe.Payout,
    "event": stripe.Event,
}


def _may_be_absent(hint: object) -> bool:
    return type(None) in typing.get_args(hint) or typing.get_origin(hint) is typing.ClassVar


def test_objects_have_the_fields_that_stripe_declares_and_no_others(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    paid: stripe.PaymentIntent,
    customer: stripe.Customer,
) -> None:
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    sandbox.make_payout(early=True)
    sandbox.dispute(paid)
    saved(sandbox, client, customer.id, "bacs")

    assert sandbox.account.kinds.keys() == CLASSES.keys()
    for kind, objects in sandbox.account.kinds.items():
        declared = CLASSES[kind].__annotations__
        always = {name for name, hint in declared.items() if not _may_be_absent(hint)}
        for made in objects.values():
            shown = {name for name in made if not name.startswith("_")}
            assert shown <= declared.keys(), (kind, shown - declared.keys())
            assert always <= shown, (kind, always - shown)
