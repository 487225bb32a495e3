"""The page on which somebody waits after paying: it says what Stripe has told us, and no names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from core.actors import SYSTEM
from ledger.models import Order, Payment
from ledger.operations import apply_events, start_checkout
from ledger.stripe_sandbox import Sandbox
from ledger.views import waiting_url

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def order(make_order: Callable[..., Order]) -> Order:
    return make_order()


def begun(order: Order, state: str = "started") -> Payment:
    return Payment.objects.create(
        order=order, method="bacs", state=state, amount=order.amount, key=state
    )


def test_it_waits_until_stripe_has_told_us(order: Order, sandbox: Sandbox, client: Client) -> None:
    page = waiting_url(order, "/members/me/")
    session = start_checkout(
        order=order, success_url="http://x/", cancel_url="http://x/", method="card", by=SYSTEM
    ).rpartition("/")[2]
    sandbox.choose(session, "card")
    before = client.get(page)
    assert "We are waiting for Stripe" in before.content.decode()
    assert "every 3s" in before.content.decode()
    sandbox.deliver_events()
    apply_events(timezone.now())
    after = client.get(page, headers=HTMX)
    assert "£20.00 has come" in after.content.decode()
    assert "every 3s" not in after.content.decode()
    assert "<h1" not in after.content.decode()  # only the part that changes


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("started", "We are waiting for Stripe"),
        ("processing", "On its way"),
        ("failed", "Not paid"),
        ("cancelled", "Not paid"),
    ],
)
def test_it_says_how_the_payment_stands(
    state: str, words: str, order: Order, client: Client
) -> None:
    begun(order, state)
    assert words in client.get(waiting_url(order, "/")).content.decode()


def test_it_works_without_javascript(order: Order, client: Client) -> None:
    begun(order)
    html = client.get(waiting_url(order, "/members/me/")).content.decode()
    assert '<a href="">Look again</a>' in html
    assert 'href="/members/me/"' in html


def test_only_an_address_that_we_signed_opens_and_for_a_day(order: Order, client: Client) -> None:
    begun(order)
    page = waiting_url(order, "/")
    assert client.get(page).status_code == 200
    assert client.get(page.rstrip("/") + "x/").status_code == 404
    forged = signing.dumps({"order": order.pk, "back": "/"}, salt="another")
    assert client.get(f"/money/paying/{forged}/").status_code == 404
    with time_machine.travel(dt.datetime(2026, 3, 4, 11, tzinfo=dt.UTC), tick=False):
        assert client.get(page).status_code == 404
