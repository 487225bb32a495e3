"""Members hear, once each, that money has come and that a Direct Debit is set up or has ended."""

from __future__ import annotations

from typing import Any

import pytest

from core.actors import SYSTEM
from core.models import OutboxMessage
from ledger.models import Mandate, Payment
from ledger.operations import end_mandate, lose_mandate, use_mandate
from ledger.operations.settling import fail
from ledger.stripe_says import read_charge, read_intent
from members.models import Application, DuesCharge, Member, SharePurchase
from members.operations import buy_shares, collect_open_dues, party_for, thank_for_dues
from members.statements import statement_of
from tests.members import conftest, dues
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[str]:
    sent = OutboxMessage.objects.filter(kind=f"members.{kind}").order_by("pk")
    return list(sent.values_list("text", flat=True))


def test_a_part_and_then_the_rest_of_dues_are_thanked_for(rita_member: Member) -> None:
    dues.charge_all()
    charge = DuesCharge.objects.get()
    payment = dues.pay(charge, 5)
    [part] = told("dues-paid")
    assert "£5.00 has come" in part
    assert "Still to pay: £7.00" in part
    thank_for_dues(payment=payment, by=SYSTEM)
    assert len(told("dues-paid")) == 1
    dues.pay(charge, 7)
    assert "Nothing is left to pay" in told("dues-paid")[1]


def test_a_part_of_the_money_for_shares_is_thanked_for(rita_member: Member, waiting: Any) -> None:
    purchase = buy_shares(member=rita_member, quantity=10, by=SYSTEM)
    conftest.pay(purchase, 4)
    assert "Still to pay: £6.00" in told("shares-part-paid")[0]
    conftest.pay(purchase)
    assert len(told("shares-part-paid")) == 1
    assert len(told("shares-issued")) == 1
    application: Application = waiting(paid=False)
    conftest.pay(SharePurchase.objects.get(application=application), 3)
    assert "The board decides when all of it has come." in told("shares-part-paid")[1]


def set_up(member: Member, session: str, kind: str) -> Mandate:
    return use_mandate(
        session=session,
        party=party_for(holder=member.holder, by=SYSTEM),
        kind=kind,
        method=f"pm_{session}",
        stripe_mandate="",
        last_four="4321",
        by=SYSTEM,
    )


def test_a_direct_debit_that_is_set_up_or_ended_is_told_of_once(rita_member: Member) -> None:
    held = set_up(rita_member, "cs_1", "bacs")
    set_up(rita_member, "cs_1", "bacs")
    [begun] = told("mandate-begun")
    assert "A Direct Debit is set up" in begun
    assert "4321" in begun
    assert told("mandate-ended") == []
    end_mandate(mandate=held, by=SYSTEM)
    lose_mandate(mandate=held, by=SYSTEM)
    assert len(told("mandate-ended")) == 1


def test_another_in_its_place_is_no_end(rita_member: Member) -> None:
    set_up(rita_member, "cs_1", "bacs")
    set_up(rita_member, "cs_2", "card")
    assert len(told("mandate-begun")) == 2
    assert told("mandate-ended") == []


def test_why_money_did_not_come_is_said_in_our_words(rita_member: Member) -> None:
    dues.mandate(rita_member)
    dues.charge_all()
    collect_open_dues(today=TODAY, by=SYSTEM)
    fail(Payment.objects.get(), "There was not enough money in the account.", SYSTEM)
    [mail] = told("dues-failed")
    assert "it did not come. There was not enough money in the account." in mail
    error = {
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "message": "The customer",
    }
    said = {"id": "pi", "status": "", "amount": 1, "currency": "gbp", "last_payment_error": error}
    assert read_intent(said).problem == "There was not enough money in the account."
    charge = {"id": "ch", "status": "failed", "created": 1, "failure_message": "Merchant’s words"}
    assert read_charge(charge | {"failure_code": "no_account"}).problem == (  # type: ignore[union-attr]
        "The bank knows no such account."
    )
    assert read_charge(charge | {"failure_code": "new"}).problem == "Merchant’s words"  # type: ignore[union-attr]


def test_a_statement_names_dues_and_days_as_people_write_them(rita_member: Member) -> None:
    dues.charge_all()
    [line] = [line for line in statement_of(rita_member, TODAY).lines if line.pence == -12_00]
    assert line.reference == "Dues, March 2026 to February 2027"
