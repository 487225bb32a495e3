"""What the page of a pay-out says: which order's money goes back, and who undid it when and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.models import Journal, Order, PayOut
from ledger.operations import make_pay_out, pay_back, record_payment, undo_pay_out
from tests.ledger.conftest import TODAY
from tests.ledger.payer import pounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(secretary: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(secretary)


@pytest.fixture
def second(treasurer: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(treasurer)


@pytest.fixture
def order(make_order: Callable[..., Order]) -> Order:
    """£20.00 was asked for, and £25.00 came."""
    made = make_order()
    record_payment(
        order=made, method="transfer", amount=pounds("25.00"), made_on=TODAY, key="a", by=SYSTEM
    )
    return made


@pytest.fixture
def back(order: Order, first: Actor) -> PayOut:
    return pay_back(order=order, amount=pounds("5.00"), why="Too much came", by=first)


def page_of(pay_out: PayOut, client: Client) -> str:
    return client.get(reverse("ledger:pay_out", args=[pay_out.pk])).content.decode()


def test_what_gives_an_orders_money_back_names_the_order(
    back: PayOut,
    order: Order,
    secretary: User,
    board_member: User,
    signed_in: Callable[[User], Client],
) -> None:
    at_order = reverse("ledger:order", args=[order.pk])
    keeper, board = page_of(back, signed_in(secretary)), page_of(back, signed_in(board_member))
    assert f'href="{at_order}"' in keeper
    assert order.reference in board
    assert at_order not in board  # it would not open for the board


def test_what_was_undone_says_who_did_it_when_and_why(
    back: PayOut,
    second: Actor,
    secretary: User,
    signed_in: Callable[[User], Client],
) -> None:
    made = make_pay_out(pay_out=back, paid_on=TODAY, by=second)
    client = signed_in(secretary)
    assert "Undone" not in page_of(made, client)
    undo_pay_out(pay_out=made, on=TODAY, why="The bank sent it back (no such account)", by=second)
    html = " ".join(page_of(made, client).split())
    assert second.user is not None
    who = second.user.get_full_name()
    assert f"3 March 2026, by {who}: The bank sent it back (no such account) </dd>" in html
    reversal = Journal.objects.get(reverses=made.journal)
    assert f'href="{reverse("ledger:journal", args=[reversal.pk])}"' in html
    assert reversal.memo == f"{made.reference} undone"


def test_why_it_was_undone_is_kept_whole(back: PayOut, second: Actor) -> None:
    PayOut.objects.filter(pk=back.pk).update(why="w" * 120)
    back.refresh_from_db()
    made = make_pay_out(pay_out=back, paid_on=TODAY, by=second)
    undone = undo_pay_out(pay_out=made, on=TODAY, why="y" * 100, by=second)
    assert (undone.why_undone, len(undone.why)) == ("y" * 100, 120)
