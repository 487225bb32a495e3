"""The treasurer's day on screen: what waits, orders, payments keyed by hand, pay-outs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.awaited import ForOrder
from ledger.models import Order, Party, Payment, PayOut, StatementImport, TreasurerTask
from ledger.operations import (
    ask_treasurer,
    call_off_order,
    create_order,
    match_line,
    new_party,
    prepare_pay_out,
    record_payment,
)
from ledger.reports import balance_of
from tests.ledger.conftest import TODAY, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(treasurer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(treasurer)


def ask_for(pounds: int, party: Party, key: str = "one") -> Order:
    return create_order(
        kind=Order.Kind.SHARES,
        key=key,
        party=party,
        account="applications",
        amount=Money(pounds, "GBP"),
        description=f"{pounds} shares",
        owner_kind="tests",
        owner_id=1,
        by=SYSTEM,
    )


PAID = {"method": "transfer", "amount": "10", "made_on": "3/3/2026", "once": "abc"}


def pay(client: Client, order: Order, **change: str) -> Any:
    return client.post(reverse("ledger:record_payment", args=[order.pk]), PAID | change)


def test_a_payment_keyed_by_hand_is_in_the_books_once(desk: Client, joan: Party) -> None:
    order = ask_for(10, joan)
    for _ in range(2):
        assert pay(desk, order).status_code == 302
    assert balance_of("bank", TODAY) == 1000
    assert "Paid" in desk.get(reverse("ledger:order", args=[order.pk])).content.decode()


def test_cash_needs_a_second_person(desk: Client, joan: Party, secretary: User) -> None:
    order = ask_for(10, joan)
    alone = pay(desk, order, method="cash")
    assert alone.status_code == 400
    assert "who counted the cash" in alone.content.decode()
    assert pay(desk, order, method="cash", counted_by=str(secretary.pk)).status_code == 302
    assert Payment.objects.get().counted_by == secretary


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": "1.005"}, "whole pence"),
        ({"amount": "-10"}, "£0 or more"),
        ({"amount": "0"}, "above £0"),
        ({"amount": "EUR 10"}, "amount in pounds"),
        ({"amount": "99999999"}, "or less"),
        ({"made_on": "4/3/2026"}, "still to come"),
        ({"method": "card"}, "card is not one of the available choices"),
        ({"method": "magic"}, "magic is not one of the available choices"),
    ],
)
def test_wrong_money_is_refused_with_a_sentence(
    desk: Client, joan: Party, change: dict[str, str], sentence: str
) -> None:
    response = pay(desk, ask_for(10, joan), **change)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Payment.objects.exists()


def test_an_order_is_found_by_its_reference_as_a_bank_writes_it(desk: Client, joan: Party) -> None:
    order = ask_for(10, joan)
    typed = f"FASTER PAYMENT {order.reference.lower().replace('-', ' ')} THANKS"
    found = desk.post(reverse("ledger:find_order"), {"reference": typed})
    assert found["Location"] == reverse("ledger:order", args=[order.pk])
    wrong = desk.post(reverse("ledger:find_order"), {"reference": "SH-XXXXX"}, follow=True)
    assert "no order with this reference" in wrong.content.decode()


def test_orders_take_as_many_queries_for_many_rows(desk: Client) -> None:
    address = reverse("ledger:orders")
    counts = []
    for number in range(40):
        ask_for(10, new_party(by=SYSTEM), key=f"n{number}")
        if number in (2, 39):
            counts.append(queries_of(desk, address))
    assert counts[0] == counts[1]
    assert "page=2" in desk.get(address).content.decode()


def test_a_payment_that_did_not_come_is_undone(desk: Client, joan: Party) -> None:
    order = ask_for(10, joan)
    pay(desk, order)
    payment = Payment.objects.get()
    undo = reverse("ledger:undo_payment", args=[payment.pk])
    assert desk.post(undo, {"on": "3/3/2026", "why": ""}).status_code == 400
    assert desk.post(undo, {"on": "3/3/2026", "why": "cheque bounced"}).status_code == 302
    assert desk.post(undo, {"on": "3/3/2026", "why": "again"}).status_code == 400
    assert balance_of("bank", TODAY) == 0
    assert Order.objects.open().get() == order


def test_what_came_too_much_and_is_undone_needs_nobody_to_look(desk: Client, joan: Party) -> None:
    order = ask_for(10, joan)
    pay(desk, order)
    page = desk.get(reverse("ledger:order", args=[order.pk])).content.decode()
    assert "Enter more that has come for it" in page
    pay(desk, order, once="more")
    task = TreasurerTask.objects.get()
    assert task.kind == "too_much"
    payment = Payment.objects.latest("pk")
    desk.post(
        reverse("ledger:undo_payment", args=[payment.pk]),
        {"on": "3/3/2026", "why": "entered twice"},
    )
    task.refresh_from_db()
    assert task.outcome == "What came too much is there no more."


def test_a_journal_says_who_wrote_it(desk: Client, joan: Party, treasurer: User) -> None:
    pay(desk, ask_for(10, joan))
    journal = Payment.objects.get().journal
    assert journal is not None
    page = desk.get(reverse("ledger:journal", args=[journal.pk])).content.decode()
    assert f", by {treasurer.get_full_name()}" in page


def test_a_task_goes_off_the_list_with_what_was_done(desk: Client) -> None:
    task = ask_treasurer(kind="unknown", key="x", sentence="£5.00 came.", by=SYSTEM)
    done = reverse("ledger:finish_task", args=[task.pk])
    assert "£5.00 came." in desk.get(reverse("ledger:money")).content.decode()
    desk.post(done, {"outcome": ""})
    assert TreasurerTask.objects.get().done_at is None
    desk.post(done, {"outcome": "Sent back"})
    assert "£5.00 came." not in desk.get(reverse("ledger:money")).content.decode()
    assert "Sent back" in desk.get(reverse("ledger:tasks")).content.decode()


# --- Two people ---------------------------------------------------------------------------------


@pytest.fixture
def owed(joan: Party, secretary: User) -> PayOut:
    """Five of the ten pounds that came for Joan go back: the secretary has prepared it."""
    order = ask_for(10, joan)
    record_payment(
        order=order,
        method="transfer",
        amount=order.amount,
        made_on=TODAY,
        key="x",
        by=SYSTEM,
    )
    return prepare_pay_out(
        party=joan,
        account="applications",
        amount=Money(5, "GBP"),
        why="Paid too much",
        key="back",
        owner_kind="tests",
        owner_id=1,
        by=Actor("user", user=secretary),
    )


def test_whoever_prepared_a_pay_out_cannot_pay_it(
    owed: PayOut, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    PayOut.objects.filter(pk=owed.pk).update(prepared_by=treasurer)
    client = signed_in(treasurer)
    assert (
        "Somebody else has to pay it"
        in client.get(reverse("ledger:pay_out", args=[owed.pk])).content.decode()
    )
    answer = client.post(reverse("ledger:make_pay_out", args=[owed.pk]), {"paid_on": "3/3/2026"})
    assert answer.status_code == 400
    assert balance_of("bank", TODAY) == 1000


def test_a_second_person_pays_it_once(owed: PayOut, desk: Client) -> None:
    pay_it = reverse("ledger:make_pay_out", args=[owed.pk])
    assert desk.post(pay_it, {"paid_on": "3/3/2026"}).status_code == 302
    assert desk.post(pay_it, {"paid_on": "3/3/2026"}).status_code == 400
    assert balance_of("bank", TODAY) == 500
    assert "£5.00" in desk.get(reverse("ledger:pay_outs") + "?state=paid").content.decode()


def test_money_for_an_order_goes_back_by_two_people(
    joan: Party, secretary: User, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    order = ask_for(10, joan)
    by = Actor("user", user=secretary)
    record_payment(
        order=order, method="transfer", amount=Money(12, "GBP"), made_on=TODAY, key="x", by=by
    )
    back = reverse("ledger:pay_back", args=[order.pk])
    keeper, desk = signed_in(secretary), signed_in(treasurer)
    assert keeper.post(back, {"amount": "13", "why": "Too much"}).status_code == 400
    assert keeper.post(back, {"amount": "2", "why": "Too much"}).status_code == 302
    made = PayOut.objects.get()
    desk.post(reverse("ledger:make_pay_out", args=[made.pk]), {"paid_on": "3/3/2026"})
    assert Order.objects.paid().get().paid_so_far == Money(10, "GBP")
    assert balance_of("applications", TODAY, joan.pk) == -1000


def test_what_no_other_page_keeps_is_cancelled_here_once(desk: Client, joan: Party) -> None:
    order = ask_for(10, joan)
    url = reverse("ledger:cancel_order", args=[order.pk])
    assert "Cancel it" in desk.get(reverse("ledger:order", args=[order.pk])).content.decode()
    assert "nobody is asked to pay it" in desk.post(url, follow=True).content.decode()
    assert "cancelled already" in desk.post(url, follow=True).content.decode()
    order.refresh_from_db()
    assert order.is_cancelled


def test_only_who_keeps_payments_calls_off(joan: Party, board_member: User) -> None:
    with pytest.raises(PermissionDenied):
        call_off_order(order=ask_for(10, joan), by=Actor("user", user=board_member))


def test_a_payment_from_a_statement_leads_to_its_line_to_be_explained_anew(
    desk: Client, joan: Party, read: Callable[..., StatementImport]
) -> None:
    order, right = ask_for(10, joan), ask_for(10, joan, "two")
    line = read((2, "10.00", order.reference)).lines.get()
    match_line(line=line, parts=[ForOrder(order, 10_00)], by=SYSTEM)
    page = reverse("ledger:order", args=[order.pk])
    at_line = reverse("ledger:bank_line", args=[line.pk])
    assert at_line in desk.get(page).content.decode()
    payment = Payment.objects.get()
    desk.post(
        reverse("ledger:undo_payment", args=[payment.pk]), {"on": "3/3/2026", "why": "Wrong order"}
    )
    assert not order.is_paid
    assert at_line in desk.get(page).content.decode()  # the line still says that it paid this
    desk.post(reverse("ledger:undo_match", args=[line.pk]), {"why": "Wrong order"})
    assert at_line not in desk.get(page).content.decode()
    match_line(line=line, parts=[ForOrder(right, 10_00)], by=SYSTEM)
    assert right.is_paid
