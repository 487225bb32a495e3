"""What members ask for and read on their own pages: data, another class, what is still to pay."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.actors import SYSTEM, Actor
from core.models import OutboxMessage, User
from ledger.models import Payment
from ledger.operations import undo_payment
from members.models import DataRequest, Member, MemberClass, Person, SharePurchase
from members.operations import (
    ask_for_own_data,
    ask_withdrawal,
    buy_shares,
    end_ground,
    give_sign_in,
    note_consent,
)
from members.rules.dues import dues_year, next_dues_on
from tests.members import conftest, dues
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(rita_member: Member, rita: Person, signed_in: Callable[[User], Client]) -> Client:
    give_sign_in(person=rita, by=SYSTEM)
    rita.refresh_from_db()
    assert rita.user is not None
    return signed_in(rita.user)


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", response.content.decode())


# --- Asking ---------------------------------------------------------------------------------------


def test_a_member_asks_for_their_data_and_hears_by_when(own: Client, rita: Person) -> None:
    assert "/members/me/data/" in text_of(own, "/members/me/")
    assert own.post("/members/me/data/").url == "/members/me/data/"
    asked = DataRequest.objects.get()
    assert (asked.person, asked.received_on) == (rita, TODAY)
    due = f"{asked.due_on:%-d %B %Y}"
    assert due in text_of(own, "/members/me/data/")
    assert due in OutboxMessage.objects.get(kind="members.data-asked").text
    again = own.post("/members/me/data/")
    assert again.status_code == 400
    assert "There is an open request already." in again.content.decode()


def test_nobody_asks_for_the_data_of_somebody_else(own: Client, secretary: User) -> None:
    with pytest.raises(PermissionDenied):
        ask_for_own_data(
            person=Person.objects.create(first_name="Ann"), by=Actor("user", user=secretary)
        )


def test_a_member_asks_for_another_class_and_the_secretary_hears_once(
    own: Client, secretary: User, rita_member: Member, classes: dict[str, MemberClass]
) -> None:
    address = f"/members/me/{rita_member.number}/class/"
    assert address in text_of(own, "/members/me/")
    page = text_of(own, address)
    assert classes["community"].name in page
    assert f'value="{classes["organisation"].pk}"' not in page
    asked = {"wanted": classes["community"].pk, "why": "My mother has died."}
    for _ in range(2):
        assert own.post(address, asked).url == "/members/me/"
    mail = OutboxMessage.objects.get(kind="members.class-asked")
    assert mail.to == secretary.email
    assert "My mother has died." in mail.text
    assert "Rita" not in mail.text + mail.subject
    rita_member.refresh_from_db()
    assert rita_member.member_class.code == "family"


def test_a_consent_shows_the_words_that_were_agreed_to(own: Client, rita: Person) -> None:
    note_consent(
        person=rita, purpose="news", given=True, how="web", by=Actor("user", user=rita.user)
    )
    page = text_of(own, "/members/me/consents/")
    card = page[page.index("You said yes") :]
    assert card.index("Please send me news") < card.index("Please stop sending me news")


# --- What there is to pay -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "charged", "joined", "first"),
    [
        (dt.date(2026, 2, 28), None, dt.date(2024, 1, 1), dt.date(2026, 3, 1)),
        (dt.date(2026, 3, 31), None, dt.date(2024, 1, 1), dt.date(2026, 3, 1)),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 1), dt.date(2024, 1, 1), dt.date(2027, 3, 1)),
        (dt.date(2026, 3, 1), dt.date(2025, 8, 1), dt.date(2024, 1, 1), dt.date(2027, 3, 1)),
        (dt.date(2026, 4, 1), None, dt.date(2024, 1, 1), dt.date(2027, 3, 1)),
        (dt.date(2026, 3, 26), None, dt.date(2026, 3, 26), dt.date(2027, 3, 1)),
    ],
)
def test_the_next_dues_are_the_first_that_will_be_charged(
    today: dt.date, charged: dt.date | None, joined: dt.date, first: dt.date
) -> None:
    periods = [dues_year(charged.year, charged.month)] if charged else []
    assert next_dues_on(3, periods, joined, today) == first


def test_my_dues_say_when_the_next_fall_due(own: Client) -> None:
    assert "The next dues, £12.00, fall due in March 2026." in text_of(own, "/members/me/dues/")
    dues.charge_all()
    assert "fall due in March 2027." in text_of(own, "/members/me/dues/")


def test_home_says_what_a_member_has_to_pay(own: Client, rita_member: Member) -> None:
    assert "to pay" not in text_of(own, "/home/")
    dues.charge_all()
    page = text_of(own, "/home/")
    assert "Your dues" in page
    assert "£12.00 to pay" in page
    assert page.count(">My membership<") + page.count(">Membership<") >= 1


def test_money_on_its_way_is_not_to_be_paid_and_cannot_be_cancelled(
    own: Client, rita_member: Member
) -> None:
    purchase = buy_shares(member=rita_member, quantity=10, by=SYSTEM)
    Payment.objects.create(
        order=purchase.order, method="bacs", state="processing", amount=10, key="on-its-way"
    )
    page = text_of(own, f"/members/me/shares/{rita_member.number}/")
    assert "Money on its way" in page
    assert "To be paid" not in page
    refused = own.post(f"/members/me/shares/{rita_member.number}/buy/", {"quantity": "1,000"})
    assert "Their money is coming" in refused.content.decode()
    assert "cancel" not in refused.content.decode().split("Their money is coming")[0][-300:]
    assert SharePurchase.objects.count() == 1


def test_no_certificate_of_unpaid_shares_and_it_says_why(own: Client, rita_member: Member) -> None:
    purchase = buy_shares(member=rita_member, quantity=10, by=SYSTEM)
    payment = conftest.pay(purchase)
    undo_payment(payment=payment, why="Bounced", on=TODAY, by=SYSTEM)
    page = text_of(own, f"/members/me/shares/{rita_member.number}/")
    assert "A share certificate can be had when all shares are paid for" in page


def test_where_nothing_can_be_asked_back_there_is_no_form_but_the_reason(
    own: Client, rita_member: Member
) -> None:
    buying = buy_shares(member=rita_member, quantity=4, by=SYSTEM)
    conftest.pay(buying)
    held = rita_member.shares_on(TODAY)
    ask_withdrawal(member=rita_member, quantity=held, why="left", by=SYSTEM)
    page = text_of(own, f"/members/me/withdrawals/{rita_member.number}/ask/")
    assert "Nothing can be asked for now" in page
    assert "Up to 0" not in page


def test_somebody_whose_evidence_has_run_out_is_told_how_to_show_it(
    own: Client, rita_member: Member
) -> None:
    end_ground(member=rita_member, on=TODAY, why="Support ended", by=SYSTEM)
    page = text_of(own, f"/members/me/shares/{rita_member.number}/buy/")
    assert "What shows that you may be in the class" in page
    assert "they may be" not in page
    assert "How many more shares" not in page
