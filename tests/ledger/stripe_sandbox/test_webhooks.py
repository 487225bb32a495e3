"""Events reach the site signed, once or twice, in any order, late, or never."""

import http.server
import json
import threading
import time
from collections.abc import Iterator

import pytest
import stripe

from ledger.stripe_sandbox import SECRET, Sandbox
from tests.ledger.stripe_sandbox.conftest import PostBox, client_of, order


class Site(http.server.ThreadingHTTPServer):
    """A site that takes webhooks over HTTP, and fails as often as it is told to."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Taker)
        self.failures = 0
        self.got: list[stripe.Event] = []

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class Taker(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], SECRET)
        if self.server.failures:
            self.server.failures -= 1
            self.send_response(500)
        else:
            self.server.got.append(event)
            self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None: ...


def opened(port: int = 0) -> Site:
    site = Site(port)
    threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
    return site


@pytest.fixture
def site() -> Iterator[Site]:
    site = opened()
    yield site
    site.close()


def address(site: Site) -> str:
    return f"http://127.0.0.1:{site.server_port}/stripe/"


def test_events_go_out_by_themselves_over_http(site: Site) -> None:
    with Sandbox(webhook=address(site)) as sandbox:
        client = client_of(sandbox)
        customer = client.v1.customers.create({"email": "ada@example.org"})
        assert sandbox.wait_until_quiet()
        assert [event.type for event in site.got] == ["customer.created"]
        assert site.got[0].data.object["id"] == customer.id
        assert client.v1.events.retrieve(site.got[0].id).pending_webhooks == 0


def test_a_site_that_fails_is_tried_again_until_it_answers(site: Site) -> None:
    site.failures = 2
    with Sandbox(webhook=address(site), held=True) as sandbox:
        client_of(sandbox).v1.customers.create({})
        assert [sandbox.deliver_events()[0].status for _ in range(3)] == [500, 500, 200]
        assert sandbox.deliver_events() == []
    assert len(site.got) == 1


def test_the_thread_tries_again_of_itself(site: Site) -> None:
    site.failures = 3
    with Sandbox(webhook=address(site), retry_seconds=0) as sandbox:
        client_of(sandbox).v1.customers.create({})
        assert sandbox.wait_until_quiet()
    assert len(site.got) == 1


def test_a_site_that_is_down_gets_its_events_when_it_is_back() -> None:
    site = opened()
    site.close()
    with Sandbox(webhook=address(site), held=True) as sandbox:
        client_of(sandbox).v1.customers.create({})
        assert [sent.status for sent in sandbox.deliver_events()] == [0]
        assert sandbox.last_event("customer.created")["pending_webhooks"] == 1
        site = opened(site.server_port)
        assert [sent.status for sent in sandbox.deliver_events()] == [200]
        assert sandbox.last_event("customer.created")["pending_webhooks"] == 0
    site.close()


def test_the_signature_verifies_and_a_changed_body_does_not(sandbox: Sandbox) -> None:
    client_of(sandbox).v1.customers.create({"email": "ada@example.org"})
    body, headers = sandbox.signed(sandbox.last_event("customer.created")["id"])
    header = headers["Stripe-Signature"]
    event = stripe.Webhook.construct_event(body, header, SECRET)
    assert event.type == "customer.created"
    assert event.livemode is False
    assert event.api_version == stripe.api_version
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.replace("ada", "eve"), header, SECRET)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, header, "whsec_other")


def test_a_stale_signature_is_refused(sandbox: Sandbox) -> None:
    client_of(sandbox).v1.customers.create({})
    event = sandbox.last_event("customer.created")
    body, headers = sandbox.signed(event, at=int(time.time()) - 301)
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)


def test_any_made_up_event_can_be_signed_or_forged(sandbox: Sandbox) -> None:
    made_up = {"id": "evt_made_up", "object": "event", "type": "invoice.paid", "data": {}}
    body, headers = sandbox.signed(made_up)
    assert json.loads(body) == made_up
    assert stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)
    body, headers = sandbox.signed(made_up, secrets=["whsec_thief"])
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)


def test_both_secrets_hold_while_one_is_changed_for_the_other(sandbox: Sandbox) -> None:
    client_of(sandbox).v1.customers.create({})
    event = sandbox.last_event("customer.created")
    sandbox.rotate_secret("whsec_new")
    body, headers = sandbox.signed(event)
    for secret in (SECRET, "whsec_new"):
        assert stripe.Webhook.construct_event(body, headers["Stripe-Signature"], secret)
    sandbox.rotate_secret("whsec_newest", keep_old=False)
    body, headers = sandbox.signed(event)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["Stripe-Signature"], SECRET)


def test_an_event_can_come_twice(sandbox: Sandbox, box: PostBox) -> None:
    client_of(sandbox).v1.customers.create({})
    event = sandbox.last_event("customer.created")
    assert sandbox.send(event, times=2) == [200, 200]
    assert sandbox.send(event, times=2, together=True) == [200, 200]
    assert {got.id for got in box.got} == {event["id"]}
    assert len(box.got) == 4


def test_events_can_come_in_the_wrong_order(
    sandbox: Sandbox, box: PostBox, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session)
    sandbox.deliver_events(newest_first=True)
    assert box.types[0] == "checkout.session.completed"
    assert box.types[-1] == "payment_intent.created"


def test_an_event_can_get_lost_and_still_be_found_in_the_list(
    sandbox: Sandbox, box: PostBox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session)
    lost = sandbox.last_event("checkout.session.completed")
    sandbox.drop(lost)
    sandbox.deliver_events()
    assert "checkout.session.completed" not in box.types
    listed = client.v1.events.list({"type": "checkout.session.completed"})
    assert [event.id for event in listed.data] == [lost["id"]]


def test_held_events_go_out_once_released(site: Site) -> None:
    with Sandbox(webhook=address(site)) as sandbox:
        sandbox.hold_events()
        client_of(sandbox).v1.customers.create({})
        assert sandbox.wait_until_quiet()
        assert site.got == []
        sandbox.release_events()
        assert sandbox.wait_until_quiet()
    assert len(site.got) == 1


def test_an_event_says_which_call_caused_it(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({}, {"idempotency_key": "k-1"})
    assert made.last_response is not None
    request = sandbox.last_event("customer.created")["request"]
    assert request == {"id": made.last_response.request_id, "idempotency_key": "k-1"}
    sandbox.choose(client.v1.checkout.sessions.create(order()))
    assert sandbox.last_event("charge.succeeded")["request"]["id"] is None


def test_an_event_keeps_the_object_as_it_was(
    sandbox: Sandbox, client: stripe.StripeClient, customer: stripe.Customer
) -> None:
    client.v1.customers.update(customer.id, {"email": "new@example.org"})
    created = sandbox.last_event("customer.created")["data"]["object"]
    assert created["email"] == "ada@example.org"


def test_events_are_listed_newest_first_for_thirty_days(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    client.v1.customers.create({})
    sandbox.advance(days=29)
    client.v1.customers.delete(client.v1.customers.create({}).id)
    types = [event.type for event in client.v1.events.list().data]
    assert types == ["customer.deleted", "customer.created", "customer.created"]
    some = client.v1.events.list({"types": ["customer.deleted", "charge.failed"]})
    assert len(some.data) == 1
    sandbox.advance(days=2)
    assert len(client.v1.events.list().data) == 2


def test_time_moves_on_for_events(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    client.v1.customers.create({})
    sandbox.advance(days=240, hours=1, seconds=5)
    client.v1.customers.create({})
    first, second = sandbox.events("customer.created")
    assert second["created"] - first["created"] in range(240 * 86400 + 3605, 240 * 86400 + 3625)
