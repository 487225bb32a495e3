"""What the board decided on an estate, noted by mistake, is taken back while nothing is paid."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger.operations import call_off_pay_out
from members.estates import plan_of
from members.models import Estate, Member, Withdrawal
from members.operations import (
    change_estate,
    pay_estate,
    pay_nominees,
    reopen_death,
    take_back_estate_decision,
    take_back_withdrawal,
)
from tests.members.conftest import TODAY
from tests.members.leaving import MINUTE, enter, paid, paying, pounds, rules
from tests.members.test_deaths import decide, died
from tests.members.test_nominations import enter_nomination, named

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate(db: None) -> Estate:
    """Joan held 100 shares and named two people; Cy speaks for the estate."""
    rules(cash_for_withdrawals=pounds(9_000))
    member = enter(shares=100)
    enter_nomination(member, named(percent=60), named("Bea Dyson", 40, "sibling"))
    return died(Member.objects.get())


def nominees(estate: Estate) -> list[Withdrawal]:
    return pay_nominees(**decide(estate))  # type: ignore[arg-type]


def take_back(estate: Estate) -> Estate:
    return take_back_estate_decision(estate=estate, why="Another minute", by=SYSTEM)


def test_a_decision_is_taken_back_and_made_anew(estate: Estate) -> None:
    before = plan_of(estate, TODAY)
    nominees(estate)
    with pytest.raises(RuleError, match="Say what was wrong"):
        take_back_estate_decision(estate=estate, why=" ", by=SYSTEM)
    take_back(estate)
    assert set(Withdrawal.objects.values_list("state", flat=True)) == {"taken_back"}
    assert plan_of(estate, TODAY) == before
    line = AuditLine.objects.get(action="members.take_back_estate_decision")
    assert "Another minute" not in str(line.data)
    with pytest.raises(RuleError, match="taken back already"):
        take_back(estate)
    assert len(nominees(estate)) == 2


def test_then_the_death_itself_can_be_taken_back(estate: Estate) -> None:
    nominees(estate)
    with pytest.raises(RuleError, match="Take that back first"):
        reopen_death(estate=estate, why="Their father", by=SYSTEM)
    take_back(estate)
    reopen_death(estate=estate, why="Their father", by=SYSTEM)
    assert Member.objects.get().ceased is None


def test_what_is_being_paid_or_was_paid_stays(
    estate: Estate, treasurer: User, board_member: User
) -> None:
    first, _second = nominees(estate)
    preparer, payer = Actor("user", user=treasurer), Actor("user", user=board_member)
    paying(first, preparer)
    with pytest.raises(RuleError, match="paid or being paid"):
        take_back(estate)
    assert Withdrawal.objects.filter(state="taken_back").count() == 0
    first.refresh_from_db()
    assert first.pay_out
    call_off_pay_out(pay_out=first.pay_out, by=preparer)
    first.refresh_from_db()
    assert first.state == "agreed"
    paid(paying(first, preparer), payer)
    with pytest.raises(RuleError, match="paid or being paid"):
        take_back(estate)


def test_one_part_alone_is_not_taken_back_as_a_request_would_be(estate: Estate) -> None:
    first, _second = nominees(estate)
    with pytest.raises(RuleError, match="on the page of that"):
        take_back_withdrawal(withdrawal=first, by=SYSTEM)


def test_the_estates_own_part_goes_with_it(estate: Estate) -> None:
    rules(cash_for_withdrawals=pounds(9_000), nomination_limit=pounds(50))
    nominees(estate)
    estate = change_estate(
        estate=estate,
        representative="Cy Dyson",
        representative_address="9 Loom Lane",
        grant_seen_on=TODAY,
        by=SYSTEM,
    )
    pay_estate(estate=estate, decided_on=TODAY, minute=MINUTE, by=SYSTEM)
    assert Withdrawal.objects.filter(state="agreed").count() == 3
    take_back(estate)
    assert plan_of(estate, TODAY).nominees_are_decided is False


def test_the_page_says_what_can_be_taken_back_and_names_every_nominee(
    estate: Estate, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    sita = signed_in(secretary)
    url = f"/members/estates/{estate.member.number}/"

    def page() -> str:
        return unescape(sita.get(url).content.decode())

    assert "It can be taken back until the first of it is paid." in page()
    sita.post(f"{url}nominees/", {"decided_on": "3 March 2026", "minute": MINUTE})
    decided = page()
    assert "Bea Dyson (40 %)" in decided
    assert "Ann Dyson (60 %)" in decided
    assert "Take the decision back" in decided
    assert "Noted by mistake?" not in decided
    assert sita.post(f"{url}undecide/", {"why": ""}).status_code == 400
    sita.post(f"{url}undecide/", {"why": "Another minute"})
    assert "Pay them in turn" in page()
    assert "Noted by mistake?" in page()
