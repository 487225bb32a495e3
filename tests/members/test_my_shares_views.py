"""A member's own pages of shares, paying for an application, and the check of a certificate."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import OutboxMessage, ReadLine, User
from ledger.models import Payment
from ledger.operations import keep_bank_account, undo_payment
from ledger.stripe_sandbox import Sandbox
from members.models import (
    Application,
    Certificate,
    Member,
    MemberClass,
    Person,
    SharePurchase,
)
from members.operations import (
    buy_shares,
    cease_member,
    give_sign_in,
    make_certificate,
    register_member,
    set_up_member_classes,
    withdraw,
)
from tests.ledger.conftest import sandbox  # noqa: F401  (a fixture)
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(rita: Person, classes: dict[str, MemberClass]) -> Member:
    return register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=5, by=SYSTEM
    )


@pytest.fixture
def rita_in(entry: Member, rita: Person, signed_in: Callable[[User], Client]) -> Client:
    give_sign_in(person=rita, by=SYSTEM)
    rita.refresh_from_db()
    assert rita.user is not None
    return signed_in(rita.user)


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


# --- My shares ------------------------------------------------------------------------------------


def test_one_membership_is_shown_straight_away(rita_in: Client, entry: Member) -> None:
    assert rita_in.get("/members/me/shares/").url == f"/members/me/shares/{entry.number}/"
    page = text_of(rita_in, f"/members/me/shares/{entry.number}/")
    assert "Brought over" in page
    assert "£5.00" in page
    assert "<title>My shares" in page
    assert ReadLine.objects.filter(subject_id=entry.person_id).exists()


def test_nobody_sees_somebody_else_s_shares(
    entry: Member, stranger: User, signed_in: Callable[[User], Client]
) -> None:
    purchase = buy_shares(member=entry, quantity=3, by=SYSTEM)
    charlie = signed_in(stranger)
    assert "You hold no shares." in text_of(charlie, "/members/me/shares/")
    for address in (
        f"/members/me/shares/{entry.number}/",
        f"/members/me/shares/{entry.number}/buy/",
        f"/members/me/shares/{entry.number}/statement.csv",
        f"/members/me/purchases/{purchase.pk}/",
    ):
        assert charlie.get(address).status_code == 404
    assert charlie.post(f"/members/me/purchases/{purchase.pk}/cancel/").status_code == 404
    assert charlie.post(f"/members/me/shares/{entry.number}/certificate/").status_code == 404


def test_buying_takes_a_number_and_never_a_sum(rita_in: Client, entry: Member) -> None:
    address = f"/members/me/shares/{entry.number}/buy/"
    assert "Up to 99,995, at £1.00 each." in text_of(rita_in, address)
    for wrong in ("£20", "0", "2.5", ""):
        assert rita_in.post(address, {"quantity": wrong}).status_code == 400
    answer = rita_in.post(address, {"quantity": "20"})
    purchase = SharePurchase.objects.get()
    assert answer.url == f"/members/me/purchases/{purchase.pk}/"
    page = text_of(rita_in, answer.url)
    assert "£20.00" in page
    assert purchase.order.reference in page


def test_a_refusal_stands_beside_the_number(rita_in: Client, entry: Member) -> None:
    MemberClass.objects.filter(code="community").update(maximum_shares=10)
    address = f"/members/me/shares/{entry.number}/buy/"
    answer = rita_in.post(address, {"quantity": "6"})
    assert answer.status_code == 400
    assert "from 1 to 10 shares" in answer.content.decode()
    MemberClass.objects.filter(code="community").update(maximum_shares=5)
    assert "You hold as many as you may" in text_of(rita_in, address)


def test_without_stripe_nothing_online_is_offered_and_the_other_ways_are(
    rita_in: Client, entry: Member
) -> None:
    keep_bank_account(name="Current account", number="12-34-56 00123456", by=SYSTEM)
    purchase = buy_shares(member=entry, quantity=20, by=SYSTEM)
    page = text_of(rita_in, f"/members/me/purchases/{purchase.pk}/")
    assert "12-34-56" in page
    assert "00123456" in page
    assert "cheque" in page
    assert "Pay by card" not in page
    answer = rita_in.post(f"/members/me/purchases/{purchase.pk}/pay/", {"method": "card"})
    assert answer.url == f"/members/me/purchases/{purchase.pk}/"
    assert not Payment.objects.exists()


def test_paying_online_leads_to_stripe_s_page_and_back(
    rita_in: Client,
    entry: Member,
    sandbox: Sandbox,  # noqa: F811
) -> None:
    purchase = buy_shares(member=entry, quantity=20, by=SYSTEM)
    address = f"/members/me/purchases/{purchase.pk}/"
    assert "Pay by Direct Debit" in text_of(rita_in, address)
    answer = rita_in.post(f"{address}pay/", {"method": "bacs"})
    assert answer.url.startswith(sandbox.url)
    assert Payment.objects.get().method == "bacs"


def test_a_request_can_be_cancelled_on_its_page(rita_in: Client, entry: Member) -> None:
    purchase = buy_shares(member=entry, quantity=20, by=SYSTEM)
    address = f"/members/me/purchases/{purchase.pk}/"
    assert "I do not want them any more" in text_of(rita_in, address)
    assert rita_in.post(f"{address}cancel/").url == f"/members/me/shares/{entry.number}/"
    assert "You need not pay for these shares." in text_of(rita_in, address)


def test_the_page_of_a_purchase_says_how_it_stands(rita_in: Client, entry: Member) -> None:
    purchase = buy_shares(member=entry, quantity=20, by=SYSTEM)
    address = f"/members/me/purchases/{purchase.pk}/"
    payment = pay(purchase)
    assert "These shares are yours" in text_of(rita_in, address)
    undo_payment(payment=payment, on=TODAY, why="The cheque bounced", by=SYSTEM)
    page = text_of(rita_in, address)
    assert "Not paid for" in page
    assert "The cheque bounced" in page
    assert "I do not want them any more" not in page
    holding = text_of(rita_in, f"/members/me/shares/{entry.number}/")
    assert "£20.00 is to be paid" in holding
    assert "Share certificate" not in holding


def test_the_history_has_pages_and_takes_the_same_queries_whatever_the_rows(
    rita_in: Client, entry: Member
) -> None:
    address = f"/members/me/shares/{entry.number}/"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rita_in.get(address)
        return len(captured)

    pay(buy_shares(member=entry, quantity=1, by=SYSTEM))
    rita_in.get(address)
    few = queries()
    for _ in range(26):
        pay(buy_shares(member=entry, quantity=1, by=SYSTEM))
    assert queries() == few
    assert "?page=2" in rita_in.get(address).content.decode()


def test_a_statement_to_take_away(rita_in: Client, entry: Member) -> None:
    pay(buy_shares(member=entry, quantity=20, by=SYSTEM))
    answer = rita_in.get(f"/members/me/shares/{entry.number}/statement.csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "date,what,account,reference,pounds"
    assert len(rows) == 5
    assert "Rita" not in answer["Content-Disposition"]


def test_who_has_left_sees_their_shares_and_buys_no_more(rita_in: Client, entry: Member) -> None:
    cease_member(member=entry, ceased=TODAY, because="Resigned", by=SYSTEM)
    page = text_of(rita_in, f"/members/me/shares/{entry.number}/")
    assert "Buy more shares" not in page
    answer = rita_in.post(f"/members/me/shares/{entry.number}/buy/", {"quantity": "1"})
    assert "This membership has ended." in answer.content.decode()


# --- Certificates ---------------------------------------------------------------------------------


def test_a_certificate_is_a_paper_that_names_the_holder_and_is_checked_without_a_name(
    rita_in: Client, entry: Member
) -> None:
    answer = rita_in.post(f"/members/me/shares/{entry.number}/certificate/")
    assert answer.status_code == 200
    code = Certificate.objects.get().code
    address = f"/members/certificate/{code}/"
    visitor = Client()
    page = text_of(visitor, address)
    assert "This is still so" in page
    assert "5 shares" in page
    assert "Rita" not in page
    pay(buy_shares(member=entry, quantity=1, by=SYSTEM))
    assert "This is no longer so" in text_of(visitor, address)
    assert "no certificate with this code" in text_of(visitor, "/members/certificate/x/", 404)


def test_a_certificate_that_cannot_be_says_why(rita_in: Client, entry: Member) -> None:
    payment = pay(buy_shares(member=entry, quantity=1, by=SYSTEM))
    undo_payment(payment=payment, on=TODAY, why="The cheque bounced", by=SYSTEM)
    answer = rita_in.post(f"/members/me/shares/{entry.number}/certificate/")
    assert "once all shares are paid for" in answer.content.decode()
    assert not Certificate.objects.exists()


def test_codes_of_certificates_cannot_be_guessed(entry: Member) -> None:
    assert len(make_certificate(member=entry, by=SYSTEM).code) >= 20


# --- Paying for an application --------------------------------------------------------------------


@pytest.fixture
def handed_in(db: None) -> Client:
    """A visitor who has handed an application in, for 25 shares."""
    classes = {one.code: one.pk for one in set_up_member_classes(by=SYSTEM)}
    visitor = Client()
    visitor.post("/members/join/class/", {"member_class": classes["family"]})
    about = {"first_name": "Shabana", "last_name": "Malik", "born": "4 May 1979"}
    visitor.post("/members/join/about/", about)
    visitor.post(
        "/members/join/contact/",
        {
            "email": "shabana@example.org",
            "address_line_1": "2 Goit Side",
            "town": "Damside",
            "postcode": "qx7 2ab",
            "format": "standard",
        },
    )
    visitor.post("/members/join/evidence/", {"evidence": "I look after my father."})
    visitor.post("/members/join/shares/", {"shares": "25", "agreed": "on"})
    assert visitor.post("/members/join/check/").url == "/members/join/done/"
    return visitor


def test_after_handing_in_there_are_the_ways_to_pay_and_what_is_paid(handed_in: Client) -> None:
    order = SharePurchase.objects.get().order
    page = text_of(handed_in, "/members/join/done/")
    assert "Ways to pay £25.00" in page
    assert order.reference in page
    pay(SharePurchase.objects.get(), 10)
    assert "Ways to pay £15.00" in text_of(handed_in, "/members/join/done/")
    pay(SharePurchase.objects.get())
    page = text_of(handed_in, "/members/join/done/")
    assert "£25.00 has come." in page
    assert "Ways to pay" not in page


def test_the_applicant_pays_on_stripe_s_page(
    handed_in: Client,
    sandbox: Sandbox,  # noqa: F811
) -> None:
    answer = handed_in.post("/members/join/pay/", {"method": "card"})
    assert answer.url.startswith(sandbox.url)
    again = handed_in.post("/members/join/pay/", {"method": "card"})
    assert again.url == answer.url  # the same page, so that nobody pays twice


def test_nobody_pays_for_an_application_that_is_closed_or_not_theirs(
    handed_in: Client,
    sandbox: Sandbox,  # noqa: F811
) -> None:
    assert Client().post("/members/join/pay/").url == "/members/join/"
    withdraw(application=Application.objects.get(), by=SYSTEM)
    assert handed_in.post("/members/join/pay/", {"method": "card"}).url == "/members/join/done/"
    assert not Payment.objects.exists()


def test_the_mail_says_how_to_pay(handed_in: Client) -> None:
    message = OutboxMessage.objects.get(kind="members.received")
    assert "£25.00" in message.text
    assert SharePurchase.objects.get().order.reference in message.text
