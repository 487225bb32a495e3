"""The keepers of shares on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import ReadLine, User
from ledger import owners
from ledger.models import Order, Payment, PayOut
from ledger.operations import undo_payment
from members.models import (
    Application,
    Member,
    MemberClass,
    Person,
    ShareClass,
    SharePurchase,
    ShareTransaction,
)
from members.operations import add_person, buy_shares, register_member
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db

MONEY = {
    "method": "transfer",
    "amount": "10",
    "made_on": "3 March 2026",
    "once": "a-key",
    "note": "",
}


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def bea(board_member: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(board_member)


@pytest.fixture
def entry(rita: Person, classes: dict[str, MemberClass]) -> Member:
    ShareClass.objects.update(transferable=True)
    return register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=10, by=SYSTEM
    )


@pytest.fixture
def bob(entry: Member) -> Member:
    person = Person.objects.create(first_name="Bob", last_name="Haigh")
    community = MemberClass.objects.get(code="community")
    return register_member(person=person, member_class=community, joined=TODAY, by=SYSTEM)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


# --- Applications ---------------------------------------------------------------------------------


def test_money_for_a_paper_application_is_entered_on_its_page(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting(paid=False)
    address = f"/members/applications/{application.pk}/"
    page = text_of(sita, address)
    assert "Nothing of £10.00 has come." in page
    assert "Enter money that came" in page
    assert sita.post(f"{address}payment/", MONEY).url == address
    assert sita.post(f"{address}payment/", MONEY).url == address  # sent twice
    assert Payment.objects.count() == 1
    assert "£10.00 has come." in text_of(sita, address)


def test_what_cannot_be_entered_is_said_on_the_application_s_page(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    address = f"/members/applications/{waiting(paid=False).pk}/"
    answer = sita.post(f"{address}payment/", MONEY | {"method": "cash"})
    assert answer.status_code == 400
    assert "Say who counted the cash with you." in answer.content.decode()


def test_the_board_sees_what_is_paid_and_enters_nothing(
    bea: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    address = f"/members/applications/{application.pk}/"
    assert "£10.00 has come." in text_of(bea, address)
    assert "Enter money" not in text_of(bea, address)
    assert bea.post(f"{address}payment/", MONEY).status_code == 403


# --- One member's shares --------------------------------------------------------------------------


def test_a_member_s_shares_with_every_transaction(sita: Client, entry: Member) -> None:
    buy_shares(member=entry, quantity=3, by=SYSTEM)
    page = text_of(sita, f"/members/register/{entry.number}/shares/")
    assert "Brought over" in page
    assert "To be paid" in page
    assert ReadLine.objects.filter(subject_id=entry.person_id).exists()
    assert f"/members/register/{entry.number}/shares/" in text_of(
        sita, f"/members/register/{entry.number}/"
    )


def test_the_board_looks_and_changes_nothing(bea: Client, entry: Member) -> None:
    page = text_of(bea, f"/members/register/{entry.number}/shares/")
    assert "Brought over" in page
    assert "Transfer" not in page
    assert "Put right" not in page


def test_the_transactions_have_pages_and_take_the_same_queries(sita: Client, entry: Member) -> None:
    address = f"/members/register/{entry.number}/shares/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            sita.get(address)
        return len(captured)

    pay(buy_shares(member=entry, quantity=1, by=SYSTEM))
    sita.get(address)
    few = queries()
    for _ in range(26):
        pay(buy_shares(member=entry, quantity=1, by=SYSTEM))
    assert queries() == few
    assert "?page=2" in text_of(sita, address)


def test_staff_key_that_a_member_asks_for_more_and_enter_the_money(
    sita: Client, entry: Member
) -> None:
    answer = sita.post(f"/members/register/{entry.number}/shares/buy/", {"quantity": "10"})
    purchase = SharePurchase.objects.get()
    assert answer.url == f"/members/purchases/{purchase.pk}/"
    assert "£10.00" in text_of(sita, answer.url)
    assert sita.post(f"{answer.url}payment/", MONEY).url == answer.url
    assert entry.shares_on(TODAY) == 20
    assert "Issued" in text_of(sita, answer.url)


def test_a_transfer_is_looked_at_with_the_receiver_s_name_before_it_is_done(
    sita: Client, entry: Member, bob: Member
) -> None:
    address = f"/members/register/{entry.number}/shares/transfer/"
    said = {
        "number": bob.number,
        "quantity": "4",
        "date": "3 March 2026",
        "minute": "2026/3.1",
        "once": "a-key",
    }
    page = sita.post(address, said).content.decode()
    assert "Bob Haigh" in page
    assert entry.shares_on(TODAY) == 10
    sure = re.search(r'name="sure"\s+value="([^"]+)"', page)
    assert sure is not None
    # Sure of four is not sure of five.
    sita.post(address, said | {"quantity": "5", "sure": sure[1]})
    assert entry.shares_on(TODAY) == 10
    done = sita.post(address, said | {"sure": sure[1]})
    assert done.url == f"/members/register/{entry.number}/shares/"
    assert (entry.shares_on(TODAY), bob.shares_on(TODAY)) == (6, 5)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "99"}, "Nobody in the register has this number."),
        ({"number": "1"}, "Choose another member."),
        ({"quantity": "10"}, "A member keeps at least 1."),
        ({"date": "4 March 2026"}, "That day is still to come."),
    ],
)
def test_what_the_rules_do_not_let_is_said_beside_its_box(
    sita: Client, entry: Member, bob: Member, wrong: dict[str, str], sentence: str
) -> None:
    said = {
        "number": str(bob.number),
        "quantity": "4",
        "date": "3 March 2026",
        "minute": "2026/3.1",
        "once": "a-key",
    } | wrong
    day = "2026-03-04" if "date" in wrong else "2026-03-03"
    sure = {"sure": f"{said['number']} {said['quantity']} {day}"}
    answer = sita.post(f"/members/register/{entry.number}/shares/transfer/", said | sure)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_a_transaction_is_put_right_on_its_page(sita: Client, entry: Member) -> None:
    pay(buy_shares(member=entry, quantity=3, by=SYSTEM))
    wrong = ShareTransaction.objects.get(kind="issue")
    address = f"/members/transactions/{wrong.pk}/correct/"
    assert "Both stay" in text_of(sita, address)
    assert sita.post(address, {"why": ""}).status_code == 400
    assert sita.post(address, {"why": "Keyed twice", "minute": ""}).status_code == 302
    assert entry.shares_on(TODAY) == 10
    assert "Undone" in text_of(sita, f"/members/register/{entry.number}/shares/")
    assert "put right already" in sita.post(address, {"why": "Again"}).content.decode()


def test_shares_that_nobody_pays_for_are_cancelled_by_a_minute(sita: Client, entry: Member) -> None:
    purchase = buy_shares(member=entry, quantity=3, by=SYSTEM)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    address = f"/members/purchases/{purchase.pk}/"
    assert "£3.00 is missing" in text_of(sita, address)
    assert "£3.00 is missing" in text_of(sita, f"/members/register/{entry.number}/shares/")
    assert sita.post(f"{address}unpaid/", {"minute": ""}).status_code == 400
    assert sita.post(f"{address}unpaid/", {"minute": "2026/4"}).url == address
    assert entry.shares_on(TODAY) == 10


def test_paid_shares_that_cannot_be_issued_are_paid_back_from_their_page(
    sita: Client, entry: Member
) -> None:
    purchase = buy_shares(member=entry, quantity=3, by=SYSTEM)
    MemberClass.objects.update(maximum_shares=6)
    pay(purchase)
    address = f"/members/purchases/{purchase.pk}/"
    assert "Paid, not issued" in text_of(sita, address)
    assert sita.post(f"{address}pay-back/", {"why": "Left the co-op"}).url == address
    assert PayOut.objects.get().amount.amount == 3
    assert "Cancelled" in text_of(sita, address)


def test_a_request_that_was_given_up_is_cancelled(sita: Client, entry: Member) -> None:
    purchase = buy_shares(member=entry, quantity=3, by=SYSTEM)
    address = f"/members/purchases/{purchase.pk}/"
    sita.post(f"{address}cancel/")
    assert Order.objects.get().is_cancelled
    again = sita.post(f"{address}cancel/", follow=True)
    assert "cancelled already" in again.content.decode()


def test_a_certificate_and_a_statement_for_a_member(sita: Client, entry: Member) -> None:
    address = f"/members/register/{entry.number}/shares/"
    assert sita.post(f"{address}certificate/").status_code == 200
    rows = sita.get(f"{address}statement.csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2


# --- Classes and write-down -----------------------------------------------------------------------


def test_classes_of_shares_are_listed_added_and_changed(sita: Client, entry: Member) -> None:
    assert "Ordinary shares" in text_of(sita, "/members/shares/")
    terms = {"name": "B shares", "par": "5", "transferable": "on"}
    assert sita.post("/members/shares/add/", terms | {"code": "b"}).status_code == 302
    assert ShareClass.objects.get(code="b").transferable
    assert (
        "Another class" in sita.post("/members/shares/add/", terms | {"code": "b"}).content.decode()
    )
    changed = sita.post("/members/shares/ordinary/", {"name": "Shares", "par": "2"})
    assert changed.status_code == 400
    assert "cannot change while there are shares" in changed.content.decode()


def test_a_write_down_shows_first_what_each_would_lose(
    sita: Client, entry: Member, bob: Member
) -> None:
    address = "/members/shares/ordinary/write-down/"
    said: dict[str, Any] = {"percent": "50", "minute": "AGM 2026/7", "once": "a-key"}
    page = text_of(sita, address)
    assert "Show what would happen" in page
    page = re.sub(r"\s+", " ", sita.post(address, said).content.decode())
    assert "2 members would lose 6 of 11 shares" in page
    assert entry.shares_on(TODAY) == 10
    sure = re.search(r'name="sure" value="([^"]+)"', page)
    assert sure is not None
    sita.post(address, said | {"percent": "90", "seen": "11", "sure": sure[1]})
    assert entry.shares_on(TODAY) == 10  # sure of another percentage
    done = sita.post(address, said | {"seen": "11", "sure": sure[1]})
    assert done.url == "/members/shares/"
    assert (entry.shares_on(TODAY), bob.shares_on(TODAY)) == (5, 0)


# --- What the treasurer’s screens say ------------------------------------------------------------


def test_the_ledger_s_screens_know_whose_orders_and_parties_these_are(
    entry: Member,
    waiting: Callable[..., Application],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    bought = buy_shares(member=entry, quantity=3, by=SYSTEM)
    application = waiting(paid=False)
    purchase = SharePurchase.objects.get(application=application)
    rows = [("members.purchase", bought.pk), ("members.purchase", purchase.pk)]
    assert owners.owners_of(rows) == {
        rows[0]: owners.Owner("Shares of member 1", f"/members/purchases/{bought.pk}/"),
        rows[1]: owners.Owner(
            f"Shares of application {application.reference}", f"/members/purchases/{purchase.pk}/"
        ),
    }
    entry.holder.refresh_from_db()
    ours, theirs = entry.holder.party_id, purchase.order.party_id
    assert ours is not None
    names = owners.names_of([ours, theirs])
    assert names[ours].label == "Rita Shaw, member 1"
    assert names[theirs].label == "Joan Dyson, applicant"


def test_who_paid_for_somebody_else_is_named_by_number_and_shown_beside_the_payment(
    sita: Client, entry: Member, classes: dict[str, MemberClass]
) -> None:
    joan = add_person(first_name="Joan", last_name="Dyson", by=SYSTEM)
    payer = register_member(person=joan, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    Person.objects.filter(pk=joan.pk).update(party=None)
    order = buy_shares(member=entry, quantity=20, by=SYSTEM).order
    page, pay_url = f"/money/orders/{order.pk}/", f"/money/orders/{order.pk}/payment/"
    refused = sita.post(pay_url, MONEY | {"payer": "4711", "note": "Her son"})
    assert refused.status_code == 400
    assert refused.context["pay_form"].errors == {
        "payer": ["Nobody in the register has this number."]
    }
    assert "Her son" in refused.content.decode()
    assert not Payment.objects.exists()
    assert sita.post(pay_url, MONEY | {"payer": str(payer.number)}).status_code == 302
    joan.refresh_from_db()
    assert (Payment.objects.get().payer, order.party) == (joan.party, entry.holder.party)
    assert f"Joan Dyson, member {payer.number}" in sita.get(page).content.decode()


def test_a_member_who_pays_for_themselves_is_no_other_payer(sita: Client, entry: Member) -> None:
    order = buy_shares(member=entry, quantity=20, by=SYSTEM).order
    paid = sita.post(f"/money/orders/{order.pk}/payment/", MONEY | {"payer": str(entry.number)})
    assert paid.status_code == 302
    assert Payment.objects.get().payer is None
