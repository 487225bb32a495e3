"""Shares that are paid for and could not be issued: what stood in the way may be gone by now."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.actors import Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from ledger.models import TreasurerTask
from members.models import Application, Member, MemberClass, SharePurchase
from members.operations import buy_shares, issue_now, pay_back_purchase
from tests.members.conftest import TODAY, pay
from tests.members.leaving import enter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("classes")]


def most(shares: int) -> None:
    MemberClass.objects.update(maximum_shares=shares)


@pytest.fixture
def paid(by: Actor) -> SharePurchase:
    """Five shares that are paid for, and that the class no longer takes."""
    purchase = buy_shares(member=enter(shares=10), quantity=5, by=by)
    most(10)
    pay(purchase)
    return SharePurchase.objects.get()


def test_they_are_issued_once_what_stood_in_the_way_is_gone(paid: SharePurchase, by: Actor) -> None:
    with pytest.raises(RuleError, match="from 1 to 10"):
        issue_now(purchase=paid, by=by)
    most(20)
    issue_now(purchase=paid, by=by)
    assert Member.objects.get().shares_on(TODAY) == 15
    assert OutboxMessage.objects.filter(kind="members.shares-issued").count() == 1
    task = TreasurerTask.objects.get()
    assert (task.kind, task.outcome) == ("not_issued", "Issued after all.")
    with pytest.raises(RuleError, match="issued already"):
        issue_now(purchase=paid, by=by)


def test_only_what_is_paid_and_still_wanted_is_issued(paid: SharePurchase, by: Actor) -> None:
    most(20)
    pay_back_purchase(purchase=paid, why="Too many", by=by)
    with pytest.raises(RuleError, match="asked for no more"):
        issue_now(purchase=paid, by=by)
    other = buy_shares(member=Member.objects.get(), quantity=2, by=by)
    with pytest.raises(RuleError, match="Not all of the money"):
        issue_now(purchase=other, by=by)


def test_what_belongs_to_an_application_is_the_board_s(
    waiting: Callable[..., Application], by: Actor
) -> None:
    with pytest.raises(RuleError, match="decide on that"):
        issue_now(purchase=waiting().purchase, by=by)


def test_only_who_keeps_shares_issues_them(paid: SharePurchase, board_member: User) -> None:
    with pytest.raises(PermissionDenied):
        issue_now(purchase=paid, by=Actor("user", user=board_member))


def test_the_treasurer_issues_them_from_the_page_that_the_task_leads_to(
    paid: SharePurchase, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(treasurer)
    address = f"/members/purchases/{paid.pk}/"
    assert address in client.get(f"/money/orders/{paid.order_id}/").content.decode()
    assert "Issue now" in client.get(address).content.decode()
    assert "from 1 to 10" in client.post(f"{address}issue/", follow=True).content.decode()
    most(20)
    done = client.post(f"{address}issue/", follow=True).content.decode()
    assert "The shares are issued" in done
    assert "Issue now" not in done
