"""Letters that ask for money: they say how to pay, and none is posted once the money is here."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from ledger.operations import keep_bank_account
from members.models import DuesCharge, Letter, Member, MemberClass, Person
from members.operations import buy_shares
from tests.members import dues
from tests.members.conftest import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_paper(shareholder: Member) -> Member:
    """Rita, a member whom no e-mail reaches."""
    keep_bank_account(name="Current account", number="12-34-56 00123456", by=SYSTEM)
    Person.objects.filter(pk=shareholder.person_id).update(email="")
    return Member.objects.get(pk=shareholder.pk)


def letter(kind: str) -> Letter:
    return Letter.objects.get(kind=f"members.{kind}")


def test_how_to_pay_for_shares_is_said_on_paper_and_called_off_when_they_are_issued(
    on_paper: Member,
) -> None:
    purchase = buy_shares(member=on_paper, quantity=20, by=SYSTEM)
    asked = letter("shares-asked")
    assert "sort code 12-34-56, account number 00123456" in asked.text
    assert purchase.order.reference in asked.text
    assert "http" not in asked.text
    pay(purchase)
    assert letter("shares-asked").state == Letter.State.CALLED_OFF
    assert letter("shares-issued").state == Letter.State.WAITING


def test_how_to_pay_dues_is_called_off_when_all_of_it_has_come(on_paper: Member) -> None:
    MemberClass.objects.filter(code="community").update(yearly_dues=12, dues_month=3)
    dues.charge_all()
    charge = DuesCharge.objects.get()
    assert "sort code 12-34-56" in letter("dues-asked").text
    dues.pay(charge, 5)
    assert letter("dues-asked").state == Letter.State.WAITING
    dues.pay(charge, 7)
    assert letter("dues-asked").state == Letter.State.CALLED_OFF
