"""What staff do with shares that are there: transfer, put right, write down, cancel, certify."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from djmoney.money import Money

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from ledger.models import Journal, Posting, TreasurerTask
from ledger.operations import undo_payment
from members.models import (
    Member,
    MemberClass,
    Person,
    ShareClass,
    SharePurchase,
    ShareTransaction,
)
from members.operations import (
    add_share_class,
    ask_withdrawal,
    buy_shares,
    cancel_unpaid_shares,
    cease_member,
    change_share_class,
    correct_shares,
    make_certificate,
    register_member,
    transfer_shares,
    write_down,
)
from members.shareholding import still_so
from members.statements import statement_of
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db

Enter = Callable[..., Member]


@pytest.fixture
def enter(classes: dict[str, MemberClass]) -> Enter:
    """`enter("Ann", 10)` → a member with so many shares; transfers are allowed by the rules."""
    ShareClass.objects.update(transferable=True)

    def make(name: str, shares: int, **changes: Any) -> Member:
        person = Person.objects.create(
            first_name=name, last_name="Shaw", email=f"{name.lower()}@example.org"
        )
        entry = {"member_class": classes["community"], "joined": TODAY - dt.timedelta(days=30)}
        made = register_member(person=person, shares=shares, by=SYSTEM, **(entry | changes))
        return Member.objects.select_related("member_class__share_class").get(pk=made.pk)

    return make


@pytest.fixture
def ordinary(classes: dict[str, MemberClass]) -> ShareClass:
    return ShareClass.objects.get(code="ordinary")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def capital() -> dict[int, int]:
    return Posting.objects.filter(account="share-capital").by_party()


def held(*members: Member) -> list[int]:
    return [member.shares_on(TODAY) for member in members]


def moved(giver: Member, receiver: Member, quantity: int, by: Actor, **said: Any) -> Any:
    details: dict[str, Any] = {"date": TODAY, "minute": "2026/3.1", "once": "one"}
    return transfer_shares(
        giver=giver, receiver=receiver, quantity=quantity, by=by, **(details | said)
    )


# --- Transfer -------------------------------------------------------------------------------------


def test_a_transfer_is_two_sides_of_one_journal(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    moved(ann, bob, 4, by)
    assert held(ann, bob) == [6, 5]
    sides = ShareTransaction.objects.filter(kind="transfer")
    assert {(one.member, one.quantity) for one in sides} == {(ann, -4), (bob, 4)}
    assert len({one.journal_id for one in sides}) == 1
    assert capital() == {ann.holder.party_id: -600, bob.holder.party_id: -500}


def test_the_same_form_sent_twice_transfers_once(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    first = moved(ann, bob, 4, by)
    assert moved(ann, bob, 4, by) == first
    moved(ann, bob, 4, by, once="two")
    assert held(ann, bob) == [2, 9]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"minute": " "}, "minute"),
        ({"date": TODAY + dt.timedelta(days=1)}, "date"),
        ({"date": TODAY - dt.timedelta(days=31)}, "date"),
        ({"quantity": 11}, "quantity"),
        ({"quantity": 10}, "quantity"),  # the last one stays while they are a member
        ({"quantity": 0}, "quantity"),
    ],
)
def test_a_transfer_is_refused_with_its_reason(
    enter: Enter, by: Actor, said: dict[str, Any], field: str
) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    with pytest.raises(RuleError) as refusal:
        moved(ann, bob, said.pop("quantity", 4), by, **said)
    assert refusal.value.field == field
    assert held(ann, bob) == [10, 1]


def test_the_receiver_has_to_be_allowed_to_have_them(enter: Enter, by: Actor) -> None:
    MemberClass.objects.filter(code="community").update(maximum_shares=12)
    ann, bob = enter("Ann", 10), enter("Bob", 10)
    with pytest.raises(RuleError, match="Member 2: Community supporter takes") as refusal:
        moved(ann, bob, 3, by)
    assert refusal.value.field == "receiver"
    with pytest.raises(RuleError, match="another member"):
        moved(ann, ann, 3, by)
    cease_member(member=bob, ceased=TODAY, because="Moved away", by=SYSTEM)
    with pytest.raises(RuleError, match="ended"):
        moved(ann, Member.objects.get(pk=bob.pk), 1, by)


def test_shares_that_are_asked_back_or_unpaid_are_not_transferred(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    ask_withdrawal(member=ann, quantity=5, by=SYSTEM)
    purchase = buy_shares(member=ann, quantity=3, by=SYSTEM)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    assert held(ann) == [13]
    with pytest.raises(RuleError, match="Only 5 can be transferred"):
        moved(ann, bob, 6, by)
    moved(ann, bob, 5, by)


def test_the_rules_may_not_let_shares_be_transferred(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    ShareClass.objects.update(transferable=False)
    with pytest.raises(RuleError, match="rules do not let"):
        moved(Member.objects.get(pk=ann.pk), bob, 1, by)


def test_who_has_left_may_transfer_all(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    cease_member(member=ann, ceased=TODAY, because="Resigned", by=SYSTEM)
    moved(ann, bob, 10, by)
    assert held(ann, bob) == [0, 11]


def test_a_holding_moves_between_two_memberships_of_one_person_at_the_limit(
    enter: Enter, by: Actor, classes: dict[str, MemberClass]
) -> None:
    ann = enter("Ann", 100_000)
    cease_member(member=ann, ceased=TODAY, because="Resigned", by=SYSTEM)
    MemberClass.objects.filter(code="family").update(minimum_shares=0)
    family = MemberClass.objects.get(code="family")
    again = Member.objects.create(person=ann.person, member_class=family, joined=TODAY, number=2)
    moved(ann, again, 100_000, by)
    assert held(ann, again) == [0, 100_000]


# --- Putting right --------------------------------------------------------------------------------


def test_what_was_wrong_is_undone_by_its_opposite_and_both_stay(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    moved(ann, bob, 4, by)
    wrong = ShareTransaction.objects.get(member=bob, kind="transfer")
    correct_shares(transaction=wrong, why="The other Bob was meant", by=by)
    assert held(ann, bob) == [10, 1]
    corrections = ShareTransaction.objects.filter(kind="correction")
    assert [one.because for one in corrections] == ["The other Bob was meant"] * 2
    assert "Bob" not in str(AuditLine.objects.get(action="members.correct_shares").data)
    journal = Journal.objects.get(reverses=wrong.journal)
    assert {one.journal for one in ShareTransaction.objects.filter(kind="correction")} == {journal}
    with pytest.raises(RuleError, match="put right already"):
        correct_shares(transaction=wrong, why="Again", by=by)


def test_shares_that_were_issued_wrongly_leave_money_to_pay_back(enter: Enter, by: Actor) -> None:
    ann = enter("Ann", 10)
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    pay(purchase)
    issued = SharePurchase.objects.get().issued
    assert issued is not None
    correct_shares(transaction=issued, why="She wanted none", by=by)
    assert held(ann) == [10]
    assert balances() == {
        "bank": 500,
        "applications": -500,
        "opening": 1000,
        "share-capital": -1000,
    }
    assert TreasurerTask.objects.get().kind == "pay_back"


def test_unpaid_shares_that_were_issued_wrongly_leave_nothing(enter: Enter, by: Actor) -> None:
    ann = enter("Ann", 10)
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    issued = SharePurchase.objects.get().issued
    assert issued is not None
    correct_shares(transaction=issued, why="She wanted none", by=by)
    assert balances() == {"opening": 1000, "share-capital": -1000}
    assert ann.amount_paid_on(TODAY) == Money(10, "GBP")


def test_a_correction_leaves_no_holding_below_zero(enter: Enter, by: Actor) -> None:
    ann, bob, cy = enter("Ann", 10), enter("Bob", 1), enter("Cy", 1)
    moved(ann, bob, 4, by)
    moved(bob, cy, 4, by, once="two")
    wrong = ShareTransaction.objects.get(member=ann, kind="transfer")
    with pytest.raises(RuleError, match="Member 2 has only 1 that can be taken"):
        correct_shares(transaction=wrong, why="Wrong", by=by)
    assert held(ann, bob, cy) == [6, 1, 5]


def test_a_correction_says_what_was_wrong(enter: Enter, by: Actor) -> None:
    ann = enter("Ann", 10)
    with pytest.raises(RuleError, match="Say what was wrong"):
        correct_shares(transaction=ShareTransaction.objects.get(member=ann), why=" ", by=by)


def test_the_database_keeps_share_transactions(enter: Enter) -> None:
    enter("Ann", 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareTransaction.objects.update(quantity=11)
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareTransaction.objects.all()._raw_delete("default")


# --- Writing down ---------------------------------------------------------------------------------


def written(share_class: ShareClass, percent: str, seen: int, by: Actor, **said: Any) -> Any:
    details: dict[str, Any] = {"minute": "AGM 2026/7", "once": "one"}
    return write_down(
        share_class=share_class, percent=Decimal(percent), seen=seen, by=by, **(details | said)
    )


def test_every_holder_loses_their_part_and_the_reserves_gain_it(
    enter: Enter, ordinary: ShareClass, by: Actor
) -> None:
    ann, bob, cy = enter("Ann", 10), enter("Bob", 10), enter("Cy", 10)
    cease_member(member=cy, ceased=TODAY, because="Resigned", by=SYSTEM)  # and still holds
    written(ordinary, "33", 30, by)
    assert held(ann, bob, cy) == [6, 7, 7]
    assert balances() == {"opening": 3000, "reserves": -1000, "share-capital": -2000}
    assert len({one.journal_id for one in ShareTransaction.objects.filter(kind="write_down")}) == 1


def test_a_write_down_is_of_what_the_preview_showed(
    enter: Enter, ordinary: ShareClass, by: Actor
) -> None:
    ann = enter("Ann", 10)
    enter("Bob", 1)
    with pytest.raises(RuleError, match="changed meanwhile"):
        written(ordinary, "50", 10, by)
    first = written(ordinary, "50", 11, by)
    assert written(ordinary, "50", 11, by) == first
    assert held(ann) == [5]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"percent": "0"}, "percent"),
        ({"percent": "100.5"}, "percent"),
        ({"percent": "1"}, "percent"),  # less than one share of all
        ({"minute": ""}, "minute"),
    ],
)
def test_a_write_down_is_refused_with_its_reason(
    enter: Enter, ordinary: ShareClass, by: Actor, said: dict[str, str], field: str
) -> None:
    enter("Ann", 10)
    with pytest.raises(RuleError) as refusal:
        written(ordinary, said.pop("percent", "50"), 10, by, **said)
    assert refusal.value.field == field


def test_a_write_down_is_undone_whole(enter: Enter, ordinary: ShareClass, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 20)
    written(ordinary, "50", 30, by)
    wrong = ShareTransaction.objects.get(member=ann, kind="write_down")
    correct_shares(transaction=wrong, why="The meeting had no quorum", by=by)
    assert held(ann, bob) == [10, 20]
    assert balances() == {"opening": 3000, "share-capital": -3000}


# --- Shares that nobody pays for ------------------------------------------------------------------


@pytest.fixture
def unpaid(enter: Enter) -> SharePurchase:
    """Ann has ten shares; the money for five more has gone again."""
    purchase = buy_shares(member=enter("Ann", 10), quantity=5, by=SYSTEM)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    return SharePurchase.objects.select_related("order", "member").get(pk=purchase.pk)


def test_unpaid_shares_are_cancelled_and_asked_for_no_more(
    unpaid: SharePurchase, by: Actor
) -> None:
    cancel_unpaid_shares(purchase=unpaid, minute="2026/4.2", by=by)
    assert unpaid.member is not None
    assert held(unpaid.member) == [10]
    assert unpaid.member.amount_paid_on(TODAY) == Money(10, "GBP")
    assert balances() == {"opening": 1000, "share-capital": -1000}
    unpaid.order.refresh_from_db()
    assert unpaid.order.is_cancelled
    assert "2026/4.2" in OutboxMessage.objects.get(kind="members.shares-cancelled").text
    with pytest.raises(RuleError, match="None of these shares is unpaid"):
        cancel_unpaid_shares(purchase=unpaid, minute="2026/4.2", by=by)


def test_cancelling_takes_the_unpaid_part_only(enter: Enter, by: Actor) -> None:
    ann = enter("Ann", 10)
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    pay(purchase, 2)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    cancel_unpaid_shares(purchase=purchase, minute="2026/4.2", by=by)
    assert held(ann) == [12]
    assert ann.amount_paid_on(TODAY) == Money(12, "GBP")


def test_what_was_cancelled_is_bought_again_and_not_undone(
    unpaid: SharePurchase, by: Actor
) -> None:
    cancelled = cancel_unpaid_shares(purchase=unpaid, minute="2026/4.2", by=by)
    with pytest.raises(RuleError, match="bought again"):
        correct_shares(transaction=cancelled, why="They have paid", by=by)


def test_only_unpaid_issued_shares_are_cancelled(enter: Enter, by: Actor) -> None:
    purchase = buy_shares(member=enter("Ann", 10), quantity=5, by=SYSTEM)
    with pytest.raises(RuleError, match="not been issued"):
        cancel_unpaid_shares(purchase=purchase, minute="1", by=by)
    pay(purchase)
    with pytest.raises(RuleError, match="unpaid"):
        cancel_unpaid_shares(purchase=purchase, minute="1", by=by)
    with pytest.raises(RuleError, match="number of the minute"):
        cancel_unpaid_shares(purchase=purchase, minute="", by=by)


# --- Who may --------------------------------------------------------------------------------------


def test_the_secretary_and_the_treasurer_keep_shares_and_nobody_else(
    enter: Enter, ordinary: ShareClass, board_member: User, treasurer: User
) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    board = Actor("user", user=board_member)
    one = ShareTransaction.objects.get(member=ann)
    with pytest.raises(PermissionDenied):
        moved(ann, bob, 1, board)
    with pytest.raises(PermissionDenied):
        correct_shares(transaction=one, why="Wrong", by=board)
    with pytest.raises(PermissionDenied):
        written(ordinary, "50", 11, board)
    with pytest.raises(PermissionDenied):
        make_certificate(member=ann, by=board)
    with pytest.raises(PermissionDenied):
        make_certificate(member=ann, by=VISITOR)
    moved(ann, bob, 1, Actor("user", user=treasurer))
    assert AuditLine.objects.filter(action="members.transfer_shares").count() == 1


# --- Certificates, statements, classes ------------------------------------------------------------


def test_a_certificate_is_true_until_the_shares_change(enter: Enter, by: Actor) -> None:
    ann, bob = enter("Ann", 10), enter("Bob", 1)
    made = make_certificate(member=ann, by=by)
    assert (made.quantity, made.as_at) == (10, TODAY)
    assert make_certificate(member=ann, by=by) == made
    assert still_so(made, TODAY)
    moved(ann, bob, 1, by)
    assert not still_so(made, TODAY)


def test_there_is_no_certificate_of_nothing_nor_of_unpaid_shares(
    enter: Enter, unpaid: SharePurchase, by: Actor
) -> None:
    assert unpaid.member is not None
    with pytest.raises(RuleError, match="once all shares are paid for"):
        make_certificate(member=unpaid.member, by=by)
    bob = enter("Bob", 1)
    cease_member(member=bob, ceased=TODAY, because="Resigned", by=SYSTEM)
    moved(bob, unpaid.member, 1, by)
    with pytest.raises(RuleError, match="one share or more"):
        make_certificate(member=bob, by=by)


def test_a_statement_says_what_the_books_say(enter: Enter, by: Actor) -> None:
    ann = enter("Ann", 10)
    pay(buy_shares(member=ann, quantity=5, by=SYSTEM), 2)
    statement = statement_of(Member.objects.get(pk=ann.pk), TODAY)
    assert [(line.what, line.pence) for line in statement.lines] == [
        ("Shares: brought over", 1000),
        ("Payment received", 200),
    ]
    assert {one.account: one.pence for one in statement.balances} == {
        "Share capital, ordinary shares": 1000,
        "Applications received": 200,
    }
    assert statement.pence == 1200


def test_a_class_of_shares_has_an_account_of_its_own_and_a_price_that_stays(
    enter: Enter, by: Actor, ordinary: ShareClass
) -> None:
    terms: dict[str, Any] = {"withdrawable": True, "transferable": False}
    b = add_share_class(code="b", name="B shares", par=Money(5, "GBP"), by=by, **terms)
    assert b.capital_id == "share-capital-b"
    with pytest.raises(RuleError, match="Another class"):
        add_share_class(code="b", name="B again", par=Money(5, "GBP"), by=by, **terms)
    change_share_class(share_class=b, name="B", par=Money(10, "GBP"), by=by, **terms)
    assert ShareClass.objects.get(code="b").par == Money(10, "GBP")
    enter("Ann", 10)
    with pytest.raises(RuleError, match="cannot change") as refusal:
        change_share_class(share_class=ordinary, name="O", par=Money(2, "GBP"), by=by, **terms)
    assert refusal.value.field == "par"


def test_a_dearer_share_is_dearer_everywhere(
    enter: Enter, by: Actor, classes: dict[str, MemberClass]
) -> None:
    b = add_share_class(
        code="b",
        name="B shares",
        par=Money("2.50", "GBP"),
        withdrawable=False,
        transferable=False,
        by=by,
    )
    MemberClass.objects.filter(code="investor").update(share_class=b)
    member_class = MemberClass.objects.get(code="investor")
    ann = enter("Ann", 4, member_class=member_class)
    assert ann.amount_paid_on(TODAY) == Money(10, "GBP")
    purchase = buy_shares(member=ann, quantity=3, by=SYSTEM)
    assert purchase.order.amount == Money("7.50", "GBP")
    pay(purchase)
    assert balances() == {"bank": 750, "opening": 1000, "share-capital-b": -1750}
