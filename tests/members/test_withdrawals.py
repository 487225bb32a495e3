"""Shares are asked back, taken back, agreed to, refused and paid for in turn."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from ledger import chart
from ledger.models import Journal, PayOut
from ledger.operations import call_off_pay_out, make_pay_out, move, post
from members.models import (
    Authority,
    Letter,
    Member,
    Person,
    ShareClass,
    SocietyRules,
    Withdrawal,
)
from members.operations import (
    agree_withdrawal,
    ask_withdrawal,
    cease_member,
    party_for,
    prepare_withdrawal,
    refuse_withdrawal,
    resume_withdrawals,
    suspend_withdrawals,
    take_back_withdrawal,
)
from tests.members.conftest import TODAY
from tests.members.leaving import (
    BOARD,
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


# --- Asking ---------------------------------------------------------------------------------------


def test_a_member_asks_for_shares_back_and_notice_runs_while_they_hold_them() -> None:
    rules(notice_days=90)
    member = enter(sign_in=True)
    withdrawal = ask_withdrawal(member=member, quantity=40, by=own(member))
    assert (withdrawal.state, withdrawal.asked_on) == ("asked", TODAY)
    assert withdrawal.notice_ends_on == dt.date(2026, 6, 1)
    assert member.shares_on(TODAY) == 100
    assert member.is_active_on(TODAY)
    mail = OutboxMessage.objects.get(kind="members.withdrawal_asked")
    assert mail.to == "joan@example.org"
    assert "40 shares" in mail.text
    assert "Monday 1 June 2026" in mail.text
    assert "Joan" not in mail.subject
    assert AuditLine.objects.get(action="members.ask_withdrawal").user == user_of(member)


def test_who_reads_no_e_mail_gets_a_letter() -> None:
    rules()
    member = enter(email=False)
    asked(member)
    letter = Letter.objects.get(kind="members.withdrawal_asked")
    assert letter.person == member.person
    assert "10 shares" in letter.text


def test_nobody_asks_for_somebody_else_s_shares(stranger: User, coordinator: User) -> None:
    rules()
    member, other = enter(sign_in=True), enter("Rita Shaw", sign_in=True)
    for actor in (
        VISITOR,
        own(other),
        Actor("user", user=stranger),
        Actor("user", user=coordinator),
    ):
        with pytest.raises(PermissionDenied):
            ask_withdrawal(member=member, quantity=1, by=actor)
    assert not Withdrawal.objects.exists()


@pytest.mark.parametrize(("scope", "may"), [("money", True), ("care", False)])
def test_who_acts_for_a_member_asks_only_with_authority_in_money(scope: str, *, may: bool) -> None:
    rules()
    member, ann = enter(sign_in=True), enter("Ann Dyson", sign_in=True)
    Authority.objects.create(
        person=member.person,
        by=ann.person,
        ground="attorney_money",
        scope=[scope],
        since=dt.date(2026, 1, 1),
        evidence="The registered power",
        seen_on=dt.date(2026, 1, 1),
    )
    acting = Actor("user", user=user_of(ann), acting_for=member.person_id)
    if may:
        ask_withdrawal(member=member, quantity=1, by=acting)
        assert AuditLine.objects.get(action="members.ask_withdrawal").acting_for == member.person_id
    else:
        with pytest.raises(PermissionDenied):
            ask_withdrawal(member=member, quantity=1, by=acting)
    with pytest.raises(PermissionDenied):  # while acting for another, not for oneself
        ask_withdrawal(member=ann, quantity=1, by=acting)


def test_staff_key_a_paper_form_with_the_day_on_which_it_came(by: Actor) -> None:
    rules(notice_days=30)
    came = dt.date(2026, 2, 20)
    withdrawal = ask_withdrawal(member=enter(), quantity=5, received=came, by=by)
    assert (withdrawal.asked_on, withdrawal.notice_ends_on) == (came, dt.date(2026, 3, 22))
    with pytest.raises(RuleError, match="still to come"):
        ask_withdrawal(member=enter("Al Shaw"), quantity=5, received=dt.date(2026, 3, 4), by=by)


def test_a_member_cannot_say_that_they_asked_earlier() -> None:
    rules(notice_days=90)
    member = enter(sign_in=True)
    withdrawal = ask_withdrawal(
        member=member, quantity=5, received=dt.date(2025, 6, 1), by=own(member)
    )
    assert withdrawal.asked_on == TODAY


def test_never_more_than_the_holding_less_what_is_asked_already() -> None:
    rules()
    member = enter(shares=100)
    asked(member, 60)
    with pytest.raises(RuleError, match="60 are asked for already"):
        asked(member, 41)
    with pytest.raises(RuleError, match="keeps at least 1 share: ask for up to 39"):
        asked(member, 40)
    asked(member, 39)


def test_what_was_taken_back_or_refused_can_be_asked_for_again() -> None:
    rules()
    member = enter(shares=11)
    take_back_withdrawal(withdrawal=asked(member, 10), by=SYSTEM)
    refuse_withdrawal(withdrawal=asked(member, 10), decided_on=TODAY, reason="No.", by=SYSTEM)
    asked(member, 10)


def test_nobody_under_sixteen_asks_since_they_cannot_give_a_receipt() -> None:
    rules()
    child = enter("Sam Dyson", born=dt.date(2010, 3, 4))
    with pytest.raises(RuleError, match="under 16"):
        asked(child, 1)
    birthday = enter("Tim Dyson", born=dt.date(2010, 3, 3))
    assert asked(birthday, 1).state == "asked"


def test_shares_that_are_not_paid_for_cannot_be_asked_back() -> None:
    rules()
    member = enter(shares=100)
    holder = member.person
    assert holder is not None
    party = party_for(holder=holder, by=SYSTEM)
    lines = move(3_050, debit=chart.SHARES_UNPAID, credit=chart.APPLICATIONS, party=party)
    post(kind="taken-back", date=TODAY, key="dispute", lines=lines, by=SYSTEM)
    with pytest.raises(RuleError, match=r"69 shares to ask for \(31 are not paid for"):
        asked(Member.objects.get(), 70)
    asked(Member.objects.get(), 69)


def test_shares_that_are_not_withdrawable_stay() -> None:
    rules()
    member = enter()
    ShareClass.objects.update(withdrawable=False)
    with pytest.raises(RuleError, match="cannot be withdrawn"):
        asked(Member.objects.get(pk=member.pk))


def test_who_has_ceased_asks_for_all_that_is_left() -> None:
    rules()
    member = enter(shares=3)
    cease_member(member=member, ceased=TODAY, because="Moved away", by=SYSTEM)
    assert asked(Member.objects.get(), 3).quantity == 3


# --- Taking back, and the board -------------------------------------------------------------------


def test_a_request_can_be_taken_back_until_it_is_being_paid(treasurer_acts: Actor) -> None:
    rules()
    member = enter(sign_in=True)
    for withdrawal in (asked(member), agreed(member)):
        take_back_withdrawal(withdrawal=withdrawal, by=own(member))
        assert Withdrawal.objects.get(pk=withdrawal.pk).state == "taken_back"
    on_its_way = paying(agreed(member), treasurer_acts)
    with pytest.raises(RuleError, match="being paid"):
        take_back_withdrawal(withdrawal=on_its_way, by=own(member))


def test_somebody_else_takes_nothing_back() -> None:
    rules()
    withdrawal, other = asked(enter()), enter("Rita Shaw", sign_in=True)
    with pytest.raises(PermissionDenied):
        take_back_withdrawal(withdrawal=withdrawal, by=own(other))


def test_only_secretary_and_treasurer_note_what_the_board_decided(
    by: Actor, treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules()
    member = enter(sign_in=True)
    for actor in (by, treasurer_acts):
        withdrawal = agree_withdrawal(
            withdrawal=asked(member), decided_on=TODAY, minute=MINUTE, by=actor
        )
        assert (withdrawal.state, withdrawal.minute) == ("agreed", MINUTE)
    for actor in (board_acts, own(member), VISITOR):
        with pytest.raises(PermissionDenied):
            agree_withdrawal(withdrawal=asked(member), decided_on=TODAY, minute="1", by=actor)
        with pytest.raises(PermissionDenied):
            refuse_withdrawal(withdrawal=asked(member), decided_on=TODAY, reason="1", by=actor)


def test_a_decision_has_a_minute_and_a_day_between_asking_and_today() -> None:
    rules()
    withdrawal = asked(enter(), received=BOARD)
    for changes, field in (
        ({"minute": " "}, "minute"),
        ({"decided_on": dt.date(2026, 3, 4)}, "decided_on"),
        ({"decided_on": dt.date(2026, 3, 1)}, "decided_on"),
    ):
        decision = {"decided_on": BOARD, "minute": MINUTE} | changes
        with pytest.raises(RuleError) as refusal:
            agree_withdrawal(withdrawal=withdrawal, by=SYSTEM, **decision)  # type: ignore[arg-type]
        assert refusal.value.field == field


def test_a_refusal_gives_its_reason_and_the_shares_stay() -> None:
    rules()
    member = enter()
    withdrawal = asked(member)
    with pytest.raises(RuleError, match="reason"):
        refuse_withdrawal(withdrawal=withdrawal, decided_on=TODAY, reason=" ", by=SYSTEM)
    refuse_withdrawal(withdrawal=withdrawal, decided_on=TODAY, reason="A hard year.", by=SYSTEM)
    assert "A hard year." in OutboxMessage.objects.get(kind="members.withdrawal_refused").text
    assert member.shares_on(TODAY) == 100
    with pytest.raises(RuleError, match="refused"):
        agree_withdrawal(withdrawal=withdrawal, decided_on=TODAY, minute=MINUTE, by=SYSTEM)


def test_a_request_is_decided_once() -> None:
    rules()
    withdrawal = agreed(enter())
    with pytest.raises(RuleError, match="agreed to this request already"):
        agree_withdrawal(withdrawal=withdrawal, decided_on=TODAY, minute="2", by=SYSTEM)
    with pytest.raises(RuleError, match="agreed to this request already"):
        refuse_withdrawal(withdrawal=withdrawal, decided_on=TODAY, reason="No.", by=SYSTEM)


def test_a_gift_is_a_withdrawal_and_a_donation_at_once_and_needs_no_cash() -> None:
    rules(cash_for_withdrawals=pounds(0))
    member = enter()
    suspend_withdrawals(since=TODAY, because="Short of cash.", by=SYSTEM)
    withdrawal = agreed(member, 40, why=Why.GIFT)
    assert withdrawal.state == "repaid"
    assert withdrawal.transaction is not None
    assert withdrawal.transaction.kind == "gift"
    assert member.shares_on(TODAY) == 60
    assert balance(chart.SHARE_CAPITAL) == -6_000
    assert balance(chart.DONATIONS) == -4_000
    assert not PayOut.objects.exists()
    assert "£40.00" in OutboxMessage.objects.get(kind="members.withdrawal_given").text


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


def test_suspension_stops_paying_with_its_reason_and_not_asking(
    treasurer_acts: Actor, board_acts: Actor
) -> None:
    rules()
    member = enter()
    prepared, waiting = paying(agreed(member), treasurer_acts), agreed(member)
    suspend_withdrawals(since=TODAY, because="A roof to mend.", by=treasurer_acts)
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
