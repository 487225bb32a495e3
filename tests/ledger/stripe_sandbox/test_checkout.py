"""A person pays, or does not, on the hosted page."""

import urllib.error
import urllib.parse
import urllib.request

import pytest
import stripe

from ledger.stripe_sandbox import ApiError, Sandbox
from tests.ledger.stripe_sandbox.conftest import PostBox, order


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


BROWSER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def visit(url: str, **form: str) -> tuple[int, str, str]:
    """The status, where it sends the browser on to, and the page."""
    body = urllib.parse.urlencode(form).encode() if form else None
    try:
        with BROWSER.open(url, body, timeout=5) as answer:
            return answer.status, "", answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers.get("Location", ""), answer.read().decode()


def test_a_new_session_is_open_and_unpaid(session: stripe.checkout.Session) -> None:
    assert session.status == "open"
    assert session.payment_status == "unpaid"
    assert session.amount_total == 5000
    assert session.currency == "gbp"
    assert session.client_reference_id == "order-12"
    assert session.payment_method_types == ["card", "bacs_debit"]
    assert session.payment_intent is None
    assert session.livemode is False
    assert str(session.url).endswith(f"/c/pay/{session.id}")


def test_a_person_who_pays_by_card_comes_back_with_the_session_in_the_address(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    status, _, page = visit(str(session.url))
    assert status == 200
    assert "£50.00" in page
    assert "no money moves" in page

    status, onward, _ = visit(str(session.url), choice="card")

    assert (status, onward) == (303, f"https://coop.example/paid?session={session.id}")
    now = client.v1.checkout.sessions.retrieve(session.id)
    assert (now.status, now.payment_status, now.url) == ("complete", "paid", None)


def test_a_card_payment_tells_its_story_in_order(
    sandbox: Sandbox, box: PostBox, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session)
    sandbox.deliver_events()

    assert box.types == [
        "payment_intent.created",
        "charge.succeeded",
        "charge.updated",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    completed = box.got[-1].data.object
    assert completed["metadata"]["order"] == "12"
    assert completed["payment_status"] == "paid"


def test_the_metadata_of_a_session_stays_off_its_payment_intent(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    session = client.v1.checkout.sessions.create(
        order(payment_intent_data={"metadata": {"payment": "9"}, "description": "Shares"})
    )
    sandbox.choose(session)

    intent = sandbox.get(sandbox.get(session)["payment_intent"])

    assert intent["metadata"] == {"payment": "9"}
    assert intent["description"] == "Shares"


def test_a_declined_card_leaves_the_session_open_to_try_again(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    status, onward, _ = visit(str(session.url), choice="card_declined")
    assert (status, onward) == (303, f"/c/pay/{session.id}")
    _, _, page = visit(str(session.url))
    assert "Your card was declined." in page
    assert "<title>Error: " in page

    intent = client.v1.payment_intents.retrieve(
        str(client.v1.checkout.sessions.retrieve(session.id).payment_intent)
    )
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"

    visit(str(session.url), choice="card")
    again = client.v1.payment_intents.retrieve(intent.id)
    assert again.status == "succeeded"
    assert again.amount_received == 5000


@pytest.mark.parametrize(
    ("answer", "status", "paid"),
    [("true", "succeeded", "paid"), ("false", "requires_payment_method", "unpaid")],
)
def test_the_bank_may_ask_who_is_paying(
    client: stripe.StripeClient,
    session: stripe.checkout.Session,
    answer: str,
    status: str,
    paid: str,
) -> None:
    _, onward, _ = visit(str(session.url), choice="card_3ds")
    assert onward == f"/c/pay/{session.id}/confirm"
    confirm = f"{session.url}/confirm"
    assert "Your bank asks" in visit(confirm)[2]

    visit(confirm, ok=answer)

    now = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert now.payment_status == paid
    assert isinstance(now.payment_intent, stripe.PaymentIntent)
    assert now.payment_intent.status == status


def test_asking_tells_that_an_action_is_needed(
    sandbox: Sandbox, session: stripe.checkout.Session
) -> None:
    assert sandbox.choose(session, "card_3ds") == "authenticate"
    assert sandbox.last_event("payment_intent.requires_action")
    assert sandbox.authenticate(session, ok=False) == "declined"
    failed = sandbox.last_event("payment_intent.payment_failed")
    error = failed["data"]["object"]["last_payment_error"]
    assert error["code"] == "payment_intent_authentication_failure"


def test_the_page_leads_back_without_paying(session: stripe.checkout.Session) -> None:
    assert 'href="https://coop.example/basket"' in visit(str(session.url))[2]


def test_nobody_can_pay_twice_on_one_page(
    sandbox: Sandbox, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session)
    assert "You have finished here" in visit(sandbox.url + f"/c/pay/{session.id}")[2]
    assert visit(sandbox.url + f"/c/pay/{session.id}", choice="card")[0] == 303
    with pytest.raises(ApiError, match="complete"):
        sandbox.choose(session)
    assert len(sandbox.events("charge.succeeded")) == 1


def test_an_unknown_page_is_not_found(sandbox: Sandbox) -> None:
    assert visit(f"{sandbox.url}/c/pay/cs_test_none")[0] == 404


def test_a_session_can_be_narrowed_to_one_way_of_paying(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    session = client.v1.checkout.sessions.create(order(allowed_payment_method_types=["card"]))
    assert session.payment_method_types == ["card"]
    assert 'value="bacs"' not in visit(str(session.url))[2]
    with pytest.raises(ApiError, match="does not offer"):
        sandbox.choose(session, "bacs")


def test_a_session_expires_by_itself_after_a_day(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    sandbox.advance(hours=23)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    sandbox.advance(hours=1)
    now = client.v1.checkout.sessions.retrieve(session.id)
    assert (now.status, now.payment_status, now.url) == ("expired", "unpaid", None)
    assert sandbox.last_event("checkout.session.expired")["data"]["object"]["id"] == session.id


def test_the_site_may_expire_an_open_session_once(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of `expired`"):
        client.v1.checkout.sessions.expire(session.id)


def test_expiring_ends_the_payment_that_somebody_began(
    sandbox: Sandbox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session, "card_declined")
    client.v1.checkout.sessions.expire(session.id)
    intent = sandbox.get(sandbox.get(session)["payment_intent"])
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "expired")


def test_a_session_that_saves_for_later_makes_a_customer(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    session = client.v1.checkout.sessions.create(
        order(payment_intent_data={"setup_future_usage": "off_session"})
    )
    sandbox.choose(session)
    customer = sandbox.get(session)["customer"]
    methods = client.v1.customers.payment_methods.list(customer)
    assert [method.card.last4 for method in methods.data if method.card] == ["4242"]


def test_setup_saves_a_card_and_takes_nothing(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "gbp",
            "customer": customer.id,
            "success_url": "https://coop.example/saved",
            "setup_intent_data": {"metadata": {"party": "7"}},
        }
    )
    assert "Nothing is paid now" in visit(str(session.url))[2]
    assert visit(str(session.url), choice="card")[1] == "https://coop.example/saved"

    now = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (now.status, now.payment_status) == ("complete", "no_payment_required")
    assert isinstance(now.setup_intent, stripe.SetupIntent)
    assert now.setup_intent.status == "succeeded"
    method = client.v1.payment_methods.retrieve(str(now.setup_intent.payment_method))
    assert method.customer == customer.id
    assert sandbox.events("payment_method.attached")
    assert not sandbox.events("charge.succeeded")


def test_setup_may_be_declined_or_asked_about(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "allowed_payment_method_types": ["card"],
            "customer": customer.id,
            "success_url": "https://coop.example/saved",
        }
    )
    assert sandbox.choose(session, "card_declined") == "declined"
    assert sandbox.events("setup_intent.setup_failed")
    assert sandbox.choose(session, "card_3ds") == "authenticate"
    assert sandbox.authenticate(session) == "complete"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"success_url": None}, "success_url"),
        ({"line_items": None}, "line_items"),
        ({"customer": "cus_x", "customer_email": "a@example.org"}, "customer"),
        ({"success_url": "/paid"}, "success_url"),
        ({"expires_at": 1}, "expires_at"),
        ({"mode": "setup"}, "line_items"),
        ({"mode": "subscription"}, "mode"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
    ],
)
def test_a_session_that_stripe_would_refuse_is_refused(
    client: stripe.StripeClient, more: dict[str, object], param: str
) -> None:
    params = {name: value for name, value in order(**more).items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(params)
    assert refused.value.param == param


def test_setup_with_every_method_must_name_its_currency(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create({"mode": "setup", "success_url": "https://coop.example"})
    assert refused.value.param == "currency"


def test_less_than_thirty_pence_cannot_be_paid(client: stripe.StripeClient) -> None:
    items = order()["line_items"]
    items[0] |= {"quantity": 1}
    items[0]["price_data"]["unit_amount"] = 29
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(order(line_items=items))
    assert refused.value.code == "amount_too_small"


def test_what_is_bought_can_be_listed(
    client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    listed = client.v1.checkout.sessions.line_items.list(session.id)
    assert [(item.description, item.quantity, item.amount_total) for item in listed.data] == [
        ("Shares", 5, 5000)
    ]
    expanded = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert expanded.line_items is not None
    assert expanded.line_items.data[0].amount_total == 5000


def test_text_from_the_site_is_escaped_on_the_page(client: stripe.StripeClient) -> None:
    items = order()["line_items"]
    items[0]["price_data"]["product_data"]["name"] = "<script>alert(1)</script>"
    session = client.v1.checkout.sessions.create(
        order(line_items=items, cancel_url='https://coop.example/"><script>')
    )
    assert "<script" not in visit(str(session.url))[2]
