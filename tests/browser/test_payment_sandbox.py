"""The payment sandbox's own pages, as payers and demo visitors see them, large and small."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from ledger.stripe_sandbox import Sandbox
from tests.browser.conftest import DESKTOP, PHONE, Person
from tests.ledger.stripe_sandbox.conftest import client_of, order


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(held=True, webhook=lambda body, headers: 200) as sandbox:
        yield sandbox


@pytest.fixture(params=[DESKTOP, PHONE], ids=["computer", "phone"])
def payer(browser: Browser, request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Person]:
    context = browser.new_context(locale="en-GB", viewport=request.param)
    person = Person(context.new_page(), sandbox.url)
    person.size = request.node.callspec.id  # type: ignore[attr-defined]
    yield person
    context.close()


def shares(sandbox: Sandbox, **more: Any) -> str:
    """The path of a page to pay on that leads back to the sandbox's own first page."""
    session = client_of(sandbox).v1.checkout.sessions.create(
        order(success_url=f"{sandbox.url}/_sandbox/", cancel_url=f"{sandbox.url}/_sandbox/", **more)
    )
    return f"/c/pay/{session.id}"


def test_a_payer_is_declined_then_asked_and_then_has_paid(payer: Person, sandbox: Sandbox) -> None:
    payer.visit(shares(sandbox))
    payer.look(f"sandbox-pay-{payer.size}")  # type: ignore[attr-defined]
    payer.page.get_by_label("Card: it is declined").check()
    payer.press("Pay £50.00")
    assert payer.page.get_by_role("alert").inner_text().startswith("Your card was declined.")
    payer.look(f"sandbox-declined-{payer.size}")  # type: ignore[attr-defined]
    payer.page.get_by_label("Card: the bank asks").check()
    payer.press("Pay £50.00")
    payer.look(f"sandbox-confirm-{payer.size}")  # type: ignore[attr-defined]
    payer.press("Yes, it is me")
    assert payer.page.locator("td[data-label=State]").first.inner_text() == "Paid"


def test_a_visitor_lets_a_direct_debit_fail(payer: Person, sandbox: Sandbox) -> None:
    payer.visit(shares(sandbox))
    payer.page.get_by_label("Direct Debit").check()
    payer.press("Pay £50.00")
    assert payer.sees("Waiting for the bank")
    payer.look(f"sandbox-control-{payer.size}")  # type: ignore[attr-defined]
    payer.press("Let it fail")
    assert payer.page.locator("td[data-label=State]").first.inner_text() == "Failed"


def test_a_payer_may_go_back_and_find_the_page_out_of_time(payer: Person, sandbox: Sandbox) -> None:
    path = shares(sandbox)
    payer.visit(path)
    payer.follow("Go back without paying")
    assert payer.sees("Nobody has paid yet")
    sandbox.advance(days=1)
    payer.visit(path)
    assert payer.sees("This page is out of time")


def test_saving_a_way_to_pay_needs_no_script(payer: Person, sandbox: Sandbox) -> None:
    session = client_of(sandbox).v1.checkout.sessions.create(
        {"mode": "setup", "currency": "gbp", "success_url": f"{sandbox.url}/_sandbox/"}
    )
    payer.visit(f"/c/pay/{session.id}")
    payer.page.get_by_label("Direct Debit").check()
    payer.press("Save")
    payer.visit(f"/c/pay/{session.id}")
    assert payer.sees("You have finished here")
