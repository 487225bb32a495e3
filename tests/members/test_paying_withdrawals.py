"""Withdrawals are paid in turn, from the cash set aside, by two people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from ledger import chart
from ledger.models import Journal, PayOut
from ledger.operations import call_off_pay_out, make_pay_out, undo_pay_out, why_not_paid
from members.models import (
    Member,
    Person,
    SocietyRules,
    Withdrawal,
)
from members.operations import (
    agree_withdrawal,
    prepare_withdrawal,
    resume_withdrawals,
    set_withdrawal_cash,
    suspend_withdrawals,
)
from members.statements import statement_of
from tests.members.conftest import TODAY
from tests.members.leaving import (
    MINUTE,
    agreed,
    asked,
    balance,
    enter,
    paid,
    paying,
    pounds,
    rules,
    user_of,
)

pytestmark = pytest.mark.django_db

Why = Withdrawal.Why


@pytest.fixture
def treasurer_acts(treasurer: User) -> Actor:
    return Actor("user", user=treasurer)


@pytest.fixture
def board_acts(board_member: User) -> Actor:
    return Actor("user", user=board_member)


def own(member: Member) -> Actor:
    return Actor("user", user=user_of(member))


# --- The queue and the pay-out --------------------------------------------------------------------


def test_paying_withdraws_the_shares_in_the_same_moment(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules(cash_for_withdrawals=pounds(100))
    member = enter()
    withdrawal = paying(agreed(member, 40), treasurer_acts)
    assert (withdrawal.state, member.shares_on(TODAY)) == ("paying", 100)
    assert SocietyRules.current().cash_for_withdrawals == pounds(60)
    assert balance(chart.WITHDRAWALS) == 0
    paid(withdrawal, board_acts)
    assert (withdrawal.state, member.shares_on(TODAY)) == ("repaid", 60)
    assert balance(chart.SHARE_CAPITAL) == -6_000
    assert balance(chart.WITHDRAWALS, member) == 0
    assert balance(chart.BANK) == -4_000
    assert withdrawal.transaction is not None
    assert withdrawal.transaction.minute == MINUTE
    assert SocietyRules.current().cash_for_withdrawals == pounds(60)
    assert "£40.00" in OutboxMessage.objects.get(kind="members.withdrawal_paid").text


def test_who_prepared_cannot_pay_and_nothing_happens(treasurer_acts: Actor) -> None:
    rules()
    member = enter()
    withdrawal = paying(agreed(member), treasurer_acts)
    with pytest.raises(RuleError, match="you did the first"):
        paid(withdrawal, treasurer_acts)
    assert member.shares_on(TODAY) == 100
    assert Withdrawal.objects.get().state == "paying"


def test_a_pay_out_is_made_once(treasurer_acts: Actor, board_acts: Actor) -> None:
    rules()
    member = enter()
    withdrawal = paid(paying(agreed(member), treasurer_acts), board_acts)
    with pytest.raises(RuleError, match="paid already"):
        paid(withdrawal, board_acts)
    assert member.shares_on(TODAY) == 90


def test_only_who_may_prepares(board_acts: Actor) -> None:
    rules()
    member = enter(sign_in=True)
    withdrawal = agreed(member)
    for actor in (board_acts, own(member), VISITOR):
        with pytest.raises(PermissionDenied):
            prepare_withdrawal(withdrawal=withdrawal, shares=10, by=actor)


def test_the_queue_is_paid_in_order_of_agreement(treasurer_acts: Actor) -> None:
    rules(cash_for_withdrawals=pounds(30))
    ann, bob, cy = enter("Ann Dyson"), enter("Bob Dyson"), enter("Cy Dyson")
    later = asked(ann, 20, received=dt.date(2026, 2, 1))
    first, second = agreed(bob, 20), agreed(cy, 5)
    agree_withdrawal(withdrawal=later, decided_on=TODAY, minute=MINUTE, by=SYSTEM)
    with pytest.raises(RuleError, match="By now 5 shares can be paid"):
        paying(later, treasurer_acts)
    assert paying(second, treasurer_acts).state == "paying"  # in turn, the cash reaches for both
    assert paying(first, treasurer_acts).state == "paying"
    assert SocietyRules.current().cash_for_withdrawals == pounds(5)


def test_nobody_is_overtaken_by_a_small_request(treasurer_acts: Actor) -> None:
    rules(cash_for_withdrawals=pounds(30))
    large, small = agreed(enter("Ann Dyson"), 50), agreed(enter("Bob Dyson"), 1)
    with pytest.raises(RuleError, match="Others are before"):
        paying(small, treasurer_acts)
    part = paying(large, treasurer_acts, shares=30)
    assert part.pk != large.pk
    assert (part.quantity, part.state) == (30, "paying")
    large.refresh_from_db()
    assert (large.quantity, large.state) == (20, "agreed")
    assert [one.pk for one in Withdrawal.objects.in_turn()] == [large.pk, small.pk]


def test_nothing_is_paid_before_the_notice_ends(treasurer_acts: Actor) -> None:
    rules(notice_days=2)
    withdrawal = agreed(enter())
    with pytest.raises(RuleError, match="notice still runs"):
        paying(withdrawal, treasurer_acts)


def test_without_cash_nothing_is_prepared(treasurer_acts: Actor) -> None:
    rules(cash_for_withdrawals=pounds("0.99"))
    with pytest.raises(RuleError, match="does not reach for one share"):
        paying(agreed(enter()), treasurer_acts)


def test_what_the_board_has_not_agreed_to_is_not_paid(treasurer_acts: Actor) -> None:
    rules()
    with pytest.raises(RuleError, match="not agreed to this request yet"):
        paying(asked(enter()), treasurer_acts)


def test_a_pay_out_that_is_called_off_puts_request_and_cash_back(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules(cash_for_withdrawals=pounds(10))
    member = enter()
    withdrawal = paying(agreed(member), treasurer_acts)
    assert withdrawal.pay_out is not None
    call_off_pay_out(pay_out=withdrawal.pay_out, by=treasurer_acts)
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.pay_out) == ("agreed", None)
    assert SocietyRules.current().cash_for_withdrawals == pounds(10)
    again = paid(paying(withdrawal, treasurer_acts), board_acts)
    assert (again.state, member.shares_on(TODAY)) == ("repaid", 90)


def test_pence_of_the_cash_set_aside_are_kept_whole(treasurer_acts: Actor) -> None:
    """SQLite adds decimals as floats: £1,000.30 less £700 must be £300.30 there too."""
    rules(cash_for_withdrawals=pounds("1000.30"))
    withdrawal = paying(agreed(enter(shares=800), 700), treasurer_acts)
    changed = set_withdrawal_cash(
        amount=pounds("0.10"), was=pounds("300.30"), minute=MINUTE, by=SYSTEM
    )
    assert changed.cash_for_withdrawals == pounds("0.10")
    assert withdrawal.pay_out is not None
    call_off_pay_out(pay_out=withdrawal.pay_out, by=treasurer_acts)
    set_withdrawal_cash(amount=pounds(0), was=pounds("700.10"), minute=MINUTE, by=SYSTEM)


def test_suspension_stops_paying_with_its_reason_and_not_asking(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules()
    member = enter()
    prepared, waiting = paying(agreed(member), treasurer_acts), agreed(member)
    suspend_withdrawals(
        since=TODAY, because="A roof to mend.", decided_on=TODAY, minute="2026/3", by=treasurer_acts
    )
    with pytest.raises(RuleError, match="A roof to mend"):
        paying(waiting, treasurer_acts)
    with pytest.raises(RuleError, match="A roof to mend"):
        paid(prepared, board_acts)
    assert member.shares_on(TODAY) == 100
    assert not Journal.objects.filter(kind="pay-out").exists()
    later = asked(member)
    assert "A roof to mend." in OutboxMessage.objects.get(key__endswith=f"asked:{later.pk}").text
    resume_withdrawals(by=treasurer_acts)
    assert paid(prepared, board_acts).state == "repaid"


def test_it_is_not_paid_on_a_day_before_the_board_agreed(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules()
    withdrawal = paying(agreed(enter()), treasurer_acts)
    assert withdrawal.decided_on is not None
    before = withdrawal.decided_on - dt.timedelta(days=1)
    with pytest.raises(RuleError, match="had not agreed by that day"):
        paid(withdrawal, board_acts, on=before)
    assert Withdrawal.objects.get().state == "paying"


def test_the_second_person_is_told_before_they_pay_that_it_is_stopped(
    treasurer_acts: Actor,
) -> None:
    rules()
    withdrawal = paying(agreed(enter()), treasurer_acts)
    assert withdrawal.pay_out is not None
    assert why_not_paid(withdrawal.pay_out) == ""
    SocietyRules.objects.update(suspended_since=TODAY, suspended_because="Audit.")
    assert why_not_paid(withdrawal.pay_out) == "Withdrawals are suspended: Audit."


def test_money_that_the_bank_sent_back_is_owed_again_and_the_shares_held(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules(cash_for_withdrawals=pounds(500))
    member = enter()
    withdrawal = paid(paying(agreed(member), treasurer_acts), board_acts, on=TODAY)
    held, cash = member.shares_on(TODAY), SocietyRules.current().cash_for_withdrawals
    assert withdrawal.pay_out is not None
    with pytest.raises(RuleError, match="Somebody else"), transaction.atomic():
        undo_pay_out(pay_out=withdrawal.pay_out, on=TODAY, why="Slip", by=treasurer_acts)
    pay_out = undo_pay_out(
        pay_out=withdrawal.pay_out, on=TODAY, why="The bank sent it back", by=board_acts
    )
    again = Withdrawal.objects.get()
    assert (pay_out.state, again.state, again.pay_out) == ("called_off", "agreed", None)
    assert member.shares_on(TODAY) == held + withdrawal.quantity
    assert SocietyRules.current().cash_for_withdrawals == cash + withdrawal.value
    assert balance(chart.WITHDRAWALS) == 0
    assert OutboxMessage.objects.filter(kind="members.withdrawal_not_paid").count() == 1
    told = {line.reference for line in statement_of(again.member, TODAY).lines}
    assert f"{pay_out.reference} undone" in told
    assert not any(f"pay-out {pay_out.pk}" in reference for reference in told)
    with pytest.raises(RuleError, match="Only what was paid"):
        undo_pay_out(pay_out=pay_out, on=TODAY, why="Twice", by=board_acts)
    paid(paying(again, treasurer_acts), board_acts, on=TODAY)
    assert member.shares_on(TODAY) == held
    assert OutboxMessage.objects.filter(kind="members.withdrawal_paid").count() == 2


def test_with_the_last_share_paid_who_asked_to_leave_ceases(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules(cash_for_withdrawals=pounds(60))
    member = enter(sign_in=True)
    withdrawal = agreed(member, 100, why=Why.LEFT)
    part = paid(paying(withdrawal, treasurer_acts, shares=60), board_acts)
    assert part.state == "repaid"
    assert Member.objects.get().ceased is None
    rules(cash_for_withdrawals=pounds(60))
    withdrawal.refresh_from_db()
    paid(paying(withdrawal, treasurer_acts), board_acts)
    gone = Member.objects.get()
    assert (gone.ceased, gone.shares_on(TODAY)) == (TODAY, 0)
    assert not user_of(gone).roles_on(TODAY)


def test_who_leaves_asks_for_all_that_is_left() -> None:
    rules()
    member = enter()
    with pytest.raises(RuleError, match="all that is left: 100"):
        asked(member, 99, why=Why.LEFT)


def test_a_pay_out_of_the_ledger_alone_withdraws_nothing_that_is_not_owed(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    """Somebody prepares a pay-out from the withdrawals account for no request at all."""
    rules()
    member = enter()
    assert member.person is not None
    from_nowhere = PayOut.objects.create(
        party=Person.objects.get().party,
        account_id=chart.WITHDRAWALS,
        amount=pounds(5),
        reference="X",
        key="x",
        why="",
        owner_kind="nothing",
        owner_id=1,
        prepared_by=treasurer_acts.user,
    )
    with pytest.raises(RuleError, match=r"We owe them £0\.00"):
        make_pay_out(pay_out=from_nowhere, paid_on=TODAY, by=board_acts)
