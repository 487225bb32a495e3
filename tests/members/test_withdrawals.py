"""Shares are asked back, taken back, given, agreed to and refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from ledger import chart
from ledger.models import PayOut
from ledger.operations import move, post
from members.models import (
    Authority,
    Letter,
    Member,
    ShareClass,
    Withdrawal,
)
from members.operations import (
    agree_withdrawal,
    ask_withdrawal,
    cease_member,
    party_for,
    refuse_withdrawal,
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
    suspend_withdrawals(
        since=TODAY, because="Short of cash.", decided_on=TODAY, minute="2026/3", by=SYSTEM
    )
    withdrawal = agreed(member, 40, why=Why.GIFT)
    assert withdrawal.state == "repaid"
    assert withdrawal.transaction is not None
    assert withdrawal.transaction.kind == "gift"
    assert member.shares_on(TODAY) == 60
    assert balance(chart.SHARE_CAPITAL) == -6_000
    assert balance(chart.DONATIONS) == -4_000
    assert not PayOut.objects.exists()
    assert "£40.00" in OutboxMessage.objects.get(kind="members.withdrawal_given").text
