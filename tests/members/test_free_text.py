"""What somebody types may hold names: it never gets into the audit trail or a treasurer's task."""

from __future__ import annotations

import pytest

from core.actors import Actor
from core.models import AuditLine
from ledger.models import TreasurerTask
from members.models import MemberClass, SharePurchase, ShareTransaction, SocietyRules
from members.operations import (
    buy_shares,
    correct_shares,
    note_death,
    pay_back_purchase,
    reopen_death,
)
from tests.members.conftest import TODAY, pay
from tests.members.leaving import enter

pytestmark = pytest.mark.django_db

NAMED = "Joan Dyson meant Ann Shaw"


def audited() -> str:
    return repr(list(AuditLine.objects.values_list("data", flat=True)))


@pytest.mark.usefixtures("classes")
def test_why_shares_were_corrected_is_not_in_the_trail(by: Actor) -> None:
    member = enter()
    buying = buy_shares(member=member, quantity=5, by=by)
    pay(buying)
    issued = ShareTransaction.objects.get(kind="issue")
    correct_shares(transaction=issued, why=NAMED, by=by)
    assert "Dyson" not in audited()
    assert ShareTransaction.objects.get(kind="correction").because == NAMED


@pytest.mark.usefixtures("classes")
def test_why_a_death_was_taken_back_is_not_in_the_trail(by: Actor) -> None:
    estate = note_death(
        member=enter(), died_on=TODAY, told_on=TODAY, evidence="Death certificate", by=by
    )
    reopen_death(estate=estate, why=NAMED, by=by)
    assert "Dyson" not in audited()
    assert AuditLine.objects.get(action="members.reopen_death").data["reason_given"]


@pytest.mark.usefixtures("classes")
def test_why_money_goes_back_is_not_in_the_treasurer_s_task(by: Actor) -> None:
    SocietyRules.objects.update_or_create(pk=1)
    purchase = buy_shares(member=enter(), quantity=5, by=by)
    MemberClass.objects.update(maximum_shares=10)
    pay(purchase)
    pay_back_purchase(purchase=SharePurchase.objects.get(), why=NAMED, by=Actor("system"))
    assert TreasurerTask.objects.filter(kind="pay_back").exists()
    assert "Dyson" not in repr(list(TreasurerTask.objects.values_list("sentence", flat=True)))
