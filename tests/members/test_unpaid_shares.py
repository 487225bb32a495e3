"""Whose shares are not paid for, whatever becomes of the holder; and cancelling them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from ledger import chart
from ledger.models import Posting, TreasurerTask
from ledger.operations import move, post, undo_payment
from members.models import (
    InterestRun,
    Member,
    MemberClass,
    Person,
    ShareClass,
    SharePurchase,
)
from members.operations import (
    ask_withdrawal,
    buy_shares,
    cancel_unpaid_shares,
    cease_member,
    correct_shares,
    make_certificate,
    merge_people,
    register_member,
)
from members.share_interest import earned
from members.statutory import totals_on
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db

BEGAN = dt.date(2025, 1, 7)


def enter(person: Person, shares: int, joined: dt.date = BEGAN, code: str = "community") -> Member:
    made = register_member(
        person=person,
        member_class=MemberClass.objects.get(code=code),
        joined=joined,
        shares=shares,
        by=SYSTEM,
    )
    return Member.objects.get(pk=made.pk)


def bounced(member: Member, quantity: int) -> SharePurchase:
    """Shares that were issued, and whose cheque then bounced."""
    purchase = buy_shares(member=member, quantity=quantity, by=SYSTEM)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    return SharePurchase.objects.select_related("order", "member").get(pk=purchase.pk)


def paid(*members: Member) -> list[int]:
    """Whole pounds that the register says were paid; it agrees with the books."""
    found = [Member.objects.get(pk=one.pk).amount_paid_on(TODAY) for one in members]
    everybody = [one.amount_paid_on(TODAY) for one in Member.objects.all()]
    totals = totals_on(TODAY)
    assert totals.agree
    assert sum(everybody, Money(0, "GBP")) == totals.paid
    return [int(one.amount) for one in found]


# --- Whose they are -------------------------------------------------------------------------------


def test_unpaid_shares_stay_with_the_entry_that_bought_them(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    first = enter(rita, 10)
    bounced(first, 100)
    cease_member(member=first, ceased=TODAY, because="Resigned", by=by)
    again = enter(Person.objects.get(pk=rita.pk), 1, TODAY)
    assert paid(first, again) == [10, 1]
    with pytest.raises(RuleError, match="10 shares to ask for"):
        ask_withdrawal(member=first, quantity=110, by=by)
    with pytest.raises(RuleError, match="once all shares are paid for"):
        make_certificate(member=first, by=by)
    assert make_certificate(member=again, by=by).quantity == 1


def test_unpaid_shares_of_one_class_are_not_those_of_another(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    member = enter(rita, 10)
    purchase = bounced(member, 5)
    SharePurchase.objects.filter(pk=purchase.pk).update(
        share_class=ShareClass.objects.create(
            code="other", name="Other shares", capital_id=chart.OTHER_INCOME
        )
    )
    assert ask_withdrawal(member=member, quantity=14, by=by).quantity == 14


def test_two_rows_put_together_owe_what_each_owed(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    other = Person.objects.create(first_name="R", last_name="Shaw")
    first, again = enter(other, 10), enter(rita, 1_000)
    theirs, ours = bounced(first, 3), bounced(again, 10)
    explained = move(
        1_00, debit=chart.SHARES_UNPAID, credit=chart.SUSPENSE, party=theirs.order.party
    )
    post(kind="test", date=TODAY, key="by hand", lines=explained, by=SYSTEM)
    cease_member(member=first, ceased=TODAY, because="Entered twice", by=by)
    assert paid(first, again) == [9, 1_000]
    merge_people(kept=rita, gone=other, number=other.pk, by=by)
    assert paid(first, again) == [10, 999]  # what names no purchase follows the newest entry
    pay(ours)
    pay(theirs)
    assert paid(first, again) == [13, 1_009]


def test_interest_after_a_merge_is_of_the_shares_that_are_paid_for(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    other = Person.objects.create(first_name="R", last_name="Shaw")
    earlier = enter(rita, 1)
    cease_member(member=earlier, ceased=TODAY, because="Entered twice", by=by)
    member = enter(other, 1_000)
    purchase = bounced(member, 10)
    merge_people(kept=rita, gone=other, number=other.pk, by=by)
    pay(purchase)
    assert paid(member) == [1_010]
    first = TODAY + dt.timedelta(days=1)
    run = InterestRun(
        share_class=ShareClass.objects.get(code="ordinary"),
        first_on=first,
        last_on=first + dt.timedelta(days=364),
        rate=Decimal(3),
    )
    [mine] = [one for one in earned(run) if one.member_id == member.pk]
    assert mine.pence == 30_30


# --- Cancelling -----------------------------------------------------------------------------------


def test_unpaid_shares_are_cancelled_as_often_as_money_goes(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    member = enter(rita, 10)
    purchase = buy_shares(member=member, quantity=100, by=SYSTEM)
    first, second = pay(purchase, 60), pay(purchase, 40)
    undo_payment(payment=first, on=TODAY, why="The cheque bounced", by=SYSTEM)
    cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)
    assert (member.shares_on(TODAY), paid(member)) == (50, [50])
    purchase.order.refresh_from_db()
    assert purchase.order.amount == Money(40, "GBP")
    assert purchase.order.is_paid
    undo_payment(payment=second, on=TODAY, why="The cheque bounced", by=SYSTEM)
    assert paid(member) == [10]
    cancel_unpaid_shares(purchase=purchase, minute="2026/5.1", by=by)
    assert (member.shares_on(TODAY), paid(member)) == (10, [10])
    assert not Posting.objects.filter(account=chart.SHARES_UNPAID).pence_total()
    purchase.order.refresh_from_db()
    assert purchase.order.is_cancelled
    assert not TreasurerTask.objects.exists()


def test_money_that_comes_for_cancelled_shares_all_the_same_is_put_before_the_treasurer_once(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    member = enter(rita, 10)
    purchase = buy_shares(member=member, quantity=5, by=SYSTEM)
    pay(purchase, 2)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)
    pay(purchase, 3)
    assert (member.shares_on(TODAY), paid(member)) == (12, [12])
    assert TreasurerTask.objects.get().kind == "too_much"


def test_an_issue_of_which_shares_were_cancelled_is_not_undone_over_them(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    member = enter(rita, 10)
    purchase = bounced(member, 5)
    cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)
    assert purchase.issued is not None
    with pytest.raises(RuleError, match="were cancelled"):
        correct_shares(transaction=purchase.issued, why="Wrong", by=by)
    assert member.shares_on(TODAY) == 10
