"""Asking for shares and paying for them: with an application, and as a member for more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from djmoney.money import Money

from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from ledger.models import Order, PayOut, Posting, TreasurerTask
from ledger.operations import cancel_order, make_pay_out, undo_payment
from members.checklist import standing
from members.models import (
    Application,
    Authority,
    Eligibility,
    Letter,
    Member,
    MemberClass,
    Organisation,
    Person,
    SharePurchase,
    ShareTransaction,
    SocietyRules,
)
from members.operations import (
    add_organisation,
    admit,
    admit_batch,
    buy_shares,
    cancel_purchase,
    cease_member,
    change_society_rules,
    correct_application,
    give_sign_in,
    note_evidence,
    pay_back_purchase,
    refuse,
    register_member,
    settle_duplicate,
    withdraw,
)
from members.rules import Contact
from tests.members.conftest import TODAY, pay

pytestmark = pytest.mark.django_db

MINUTE: dict[str, Any] = {"board_meeting": TODAY, "minute": "2026/14.2"}
Waiting = Callable[..., Application]


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def order_of(row: Application | SharePurchase) -> Order:
    purchase = SharePurchase.objects.get(application=row) if isinstance(row, Application) else row
    return SharePurchase.objects.get(pk=purchase.pk).order


def paid_check(application: Application) -> tuple[bool, str]:
    """How "Shares paid for" stands on the checklist."""
    [check] = [one for one in standing(application, TODAY).checks if one.code == "paid"]
    return check.ok, check.found


# --- With an application --------------------------------------------------------------------------


def test_an_application_asks_for_the_money_for_its_shares(waiting: Waiting) -> None:
    order = order_of(waiting(paid=False))
    assert (order.amount, order.account_id) == (Money(10, "GBP"), "applications")
    assert (order.owner_kind, order.description) == ("members.purchase", "10 shares")
    assert SharePurchase.objects.get(pk=order.owner_id).order == order


def test_what_has_not_come_stops_admission(waiting: Waiting, by: Actor) -> None:
    application = waiting(paid=False)
    assert paid_check(application) == (False, "Nothing of £10.00 has come.")
    with pytest.raises(RuleError, match="Shares paid for"):
        admit(application=application, by=by, **MINUTE)
    pay(application.purchase, 4)
    assert paid_check(application) == (False, "£4.00 of £10.00 has come.")
    pay(application.purchase)
    assert paid_check(application) == (True, "£10.00 has come.")
    admit(application=application, by=by, **MINUTE)


def test_where_the_rules_say_so_the_board_admits_before_the_money(
    waiting: Waiting, by: Actor
) -> None:
    change_society_rules(changes={"shares_paid_first": False}, by=SYSTEM)
    application = waiting(paid=False)
    ok, found = paid_check(application)
    assert ok
    assert "The rules let the board admit all the same." in found
    member = admit(application=application, by=by, **MINUTE)
    assert (member.shares_on(TODAY), member.amount_paid_on(TODAY)) == (10, Money(0, "GBP"))
    assert balances() == {"shares-unpaid": 1000, "share-capital": -1000}
    pay(application.purchase, 3)
    assert member.amount_paid_on(TODAY) == Money(3, "GBP")
    pay(application.purchase)
    assert member.amount_paid_on(TODAY) == Money(10, "GBP")
    assert balances() == {"bank": 1000, "share-capital": -1000}


def test_what_came_in_part_is_paid_for_and_the_rest_is_owed(waiting: Waiting, by: Actor) -> None:
    change_society_rules(changes={"shares_paid_first": False}, by=SYSTEM)
    application = waiting(paid=False)
    pay(application.purchase, 4)
    member = admit(application=application, by=by, **MINUTE)
    assert member.amount_paid_on(TODAY) == Money(4, "GBP")
    assert balances() == {"bank": 400, "shares-unpaid": 600, "share-capital": -1000}


def test_an_applicant_is_told_that_the_money_has_come(waiting: Waiting) -> None:
    application = waiting(paid=False)
    pay(application.purchase)
    message = OutboxMessage.objects.get(kind="members.shares-paid")
    assert message.to == "joan@example.org"
    assert "Joan" not in message.subject
    assert order_of(application).reference in message.text


def test_another_number_of_shares_is_another_amount_while_nothing_is_paid(
    waiting: Waiting, answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(paid=False)
    first = order_of(application)
    correct_application(application=application, answers=answers | {"shares": 25}, by=by)
    second = order_of(application)
    first.refresh_from_db()
    assert first.is_cancelled
    assert (second.amount, second.party) == (Money(25, "GBP"), first.party)
    correct_application(application=application, answers=answers | {"shares": 25}, by=by)
    assert order_of(application) == second
    pay(application.purchase)
    with pytest.raises(RuleError, match=r"asked for 25 shares\. Money has come") as refusal:
        correct_application(application=application, answers=answers | {"shares": 5}, by=by)
    assert refusal.value.field == "shares"
    assert Application.objects.get().shares == 25


def test_an_order_that_the_treasurer_cancelled_is_made_again_by_putting_right(
    waiting: Waiting, answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(paid=False)
    cancel_order(order=order_of(application), by=SYSTEM)
    assert "put the application right" in paid_check(application)[1]
    correct_application(application=application, answers=answers, by=by)
    assert not order_of(application).is_cancelled


def test_a_paper_form_without_a_class_asks_for_nothing_yet(
    waiting: Waiting, answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(paid=False, member_class=None)
    assert not SharePurchase.objects.exists()
    assert "Nobody has been asked to pay yet" in paid_check(application)[1]
    correct_application(application=application, answers=answers, by=by)
    assert order_of(application).amount == Money(10, "GBP")


# --- Admission ------------------------------------------------------------------------------------


def test_admission_issues_the_shares_for_the_money_that_came(waiting: Waiting, by: Actor) -> None:
    application = waiting()
    member = admit(application=application, by=by, **MINUTE)
    transaction = ShareTransaction.objects.get()
    assert (transaction.kind, transaction.quantity) == ("issue", 10)
    assert (transaction.minute, transaction.date) == ("2026/14.2", TODAY)
    purchase = SharePurchase.objects.get()
    assert (purchase.issued, purchase.member) == (transaction, member)
    assert balances() == {"bank": 1000, "share-capital": -1000}
    assert member.amount_paid_on(TODAY) == Money(10, "GBP")


def test_somebody_new_is_the_party_that_paid(waiting: Waiting, by: Actor) -> None:
    application = waiting()
    member = admit(application=application, by=by, **MINUTE)
    assert member.holder.party == order_of(application).party


def test_somebody_known_to_the_ledger_stays_who_they_are(
    waiting: Waiting, rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    before = register_member(person=rita, member_class=classes["family"], joined=TODAY, by=by)
    cease_member(member=before, ceased=TODAY, because="Moved away", by=by)
    rita.refresh_from_db()
    application = waiting(email="rita@example.org")
    settle_duplicate(application=application, person=rita, by=by)
    member = admit(application=Application.objects.get(), by=by, **MINUTE)
    assert member.holder.party == rita.party
    assert order_of(application).party != rita.party
    capital = Posting.objects.filter(account="share-capital").by_party()
    assert capital == {rita.party_id: -1100}


def test_shares_of_an_earlier_membership_count_towards_the_limit(
    waiting: Waiting, rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    before = register_member(
        person=rita, member_class=classes["family"], joined=TODAY, shares=99_995, by=by
    )
    cease_member(member=before, ceased=TODAY, because="Moved away", by=by)
    application = waiting(email="rita@example.org")
    settle_duplicate(application=application, person=rita, by=by)
    with pytest.raises(RuleError, match="more than £100,000"):
        admit(application=Application.objects.get(), by=by, **MINUTE)


def test_what_was_seen_is_noted_for_as_long_as_the_class_says(
    waiting: Waiting, classes: dict[str, MemberClass], by: Actor
) -> None:
    MemberClass.objects.filter(code="community").update(evidence_lasts_months=12)
    application = waiting()
    member = admit(application=application, by=by, **MINUTE)
    seen = Eligibility.objects.get(member=member)
    assert (seen.seen_on, seen.until) == (TODAY, dt.date(2027, 3, 2))
    assert application.reference in seen.what
    assert "allotments" not in seen.what


def test_one_that_is_not_paid_stops_the_whole_batch(waiting: Waiting, by: Actor) -> None:
    batch = [waiting(), waiting(paid=False, first_name="Ann", email="ann@example.org")]
    with pytest.raises(RuleError, match=f"Nobody was admitted.*{batch[1].reference}"):
        admit_batch(applications=batch, by=by, **MINUTE)
    assert not Member.objects.exists()
    assert not ShareTransaction.objects.exists()
    assert balances() == {"bank": 1000, "applications": -1000}


# --- Refused or taken back ------------------------------------------------------------------------


def test_money_of_a_refused_application_waits_for_a_second_person(
    waiting: Waiting, by: Actor, treasurer: User
) -> None:
    application = waiting()
    refuse(application=application, reason="Lives elsewhere.", by=by, **MINUTE)
    assert order_of(application).is_cancelled
    [pay_out] = PayOut.objects.all()
    assert (pay_out.amount, pay_out.prepared_by) == (Money(10, "GBP"), by.user)
    assert "Lives elsewhere" not in pay_out.why
    assert "£10.00" in OutboxMessage.objects.get(kind="members.refused").text
    make_pay_out(pay_out=pay_out, paid_on=TODAY, by=Actor("user", user=treasurer))
    assert balances() == {}


def test_nothing_goes_back_where_nothing_came(waiting: Waiting, by: Actor) -> None:
    application = waiting(paid=False)
    refuse(application=application, reason="Lives elsewhere.", by=by, **MINUTE)
    assert order_of(application).is_cancelled
    assert not PayOut.objects.exists()
    assert "get back" not in OutboxMessage.objects.get(kind="members.refused").text


def test_money_of_an_application_taken_back_is_the_treasurer_s_to_pay_back(
    waiting: Waiting,
) -> None:
    application = waiting()
    withdraw(application=application, by=VISITOR)
    task = TreasurerTask.objects.get()
    assert (task.kind, task.order) == ("pay_back", order_of(application))
    assert "£10.00" in task.sentence


# --- Buying more ----------------------------------------------------------------------------------


@pytest.fixture
def rita_member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """Rita, a community member with five shares and a sign-in."""
    member = register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=5, by=SYSTEM
    )
    give_sign_in(person=rita, by=SYSTEM)
    return Member.objects.select_related("person").get(pk=member.pk)


@pytest.fixture
def as_rita(rita_member: Member) -> Actor:
    rita = Person.objects.get(pk=rita_member.person_id)
    assert rita.user is not None
    return Actor("user", user=User.objects.get(pk=rita.user_id))


def test_shares_are_issued_once_the_money_has_come(rita_member: Member, as_rita: Actor) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=as_rita)
    assert purchase.order.amount == Money(20, "GBP")
    assert purchase.order.reference in OutboxMessage.objects.get(kind="members.shares-asked").text
    pay(purchase, 5)
    assert rita_member.shares_on(TODAY) == 5
    pay(purchase)
    assert rita_member.shares_on(TODAY) == 25
    assert balances() == {"bank": 2000, "opening": 500, "share-capital": -2500}
    assert OutboxMessage.objects.filter(kind="members.shares-issued").count() == 1


def test_only_the_member_and_the_keepers_of_shares_ask(
    rita_member: Member,
    as_rita: Actor,
    stranger: User,
    board_member: User,
    treasurer: User,
) -> None:
    for user in (stranger, board_member):
        with pytest.raises(PermissionDenied):
            buy_shares(member=rita_member, quantity=1, by=Actor("user", user=user))
    with pytest.raises(PermissionDenied):
        buy_shares(member=rita_member, quantity=1, by=VISITOR)
    assert buy_shares(member=rita_member, quantity=1, by=Actor("user", user=treasurer))


@pytest.mark.parametrize(("scope", "may"), [(["money"], True), (["membership", "care"], False)])
def test_who_acts_for_a_member_in_money_may_buy_for_them(
    rita_member: Member, stranger: User, scope: list[str], may: bool
) -> None:
    attorney = Person.objects.create(first_name="Charlie", last_name="Shaw", user=stranger)
    assert rita_member.person is not None
    Authority.objects.create(
        person=rita_member.person,
        by=attorney,
        ground="attorney_money",
        scope=scope,
        since=TODAY,
        evidence="Registered power",
        seen_on=TODAY,
    )
    acting = Actor("user", user=stranger, acting_for=rita_member.person.pk)
    if may:
        assert buy_shares(member=rita_member, quantity=2, by=acting)
    else:
        with pytest.raises(PermissionDenied):
            buy_shares(member=rita_member, quantity=2, by=acting)


def test_one_request_at_a_time_and_the_same_again_is_the_same(
    rita_member: Member, as_rita: Actor
) -> None:
    first = buy_shares(member=rita_member, quantity=20, by=as_rita)
    assert buy_shares(member=rita_member, quantity=20, by=as_rita) == first
    with pytest.raises(RuleError, match="20 shares are asked for already"):
        buy_shares(member=rita_member, quantity=10, by=as_rita)
    cancel_purchase(purchase=first, by=as_rita)
    assert buy_shares(member=rita_member, quantity=10, by=as_rita) != first


@pytest.mark.parametrize(
    ("changes", "quantity", "reason"),
    [
        ({}, 0, "one share or more"),
        ({"maximum_shares": 20}, 16, "from 1 to 20"),
        ({"minimum_age": 60}, 1, "aged 60 or over"),
        ({"maximum_shares": 500_000}, 99_996, "£100,000"),
    ],
)
def test_the_class_and_the_law_set_limits(
    rita_member: Member, as_rita: Actor, changes: dict[str, int], quantity: int, reason: str
) -> None:
    MemberClass.objects.filter(code="community").update(**changes)
    with pytest.raises(RuleError, match=reason) as refusal:
        buy_shares(member=rita_member, quantity=quantity, by=as_rita)
    assert refusal.value.field == "quantity"
    assert not SharePurchase.objects.exists()


def test_the_limit_of_one_person_is_not_for_an_organisation_that_is_a_society(
    classes: dict[str, MemberClass],
) -> None:
    MemberClass.objects.filter(code="organisation").update(maximum_shares=500_000)
    union = add_organisation(name="Credit Union", kind="co-op", contact=Contact(), by=SYSTEM)
    entry = register_member(
        organisation=union,
        member_class=MemberClass.objects.get(code="organisation"),
        joined=TODAY,
        shares=100_000,
        by=SYSTEM,
    )
    with pytest.raises(RuleError, match="£100,000"):
        buy_shares(member=entry, quantity=1, by=SYSTEM)
    Organisation.objects.update(is_society=True)
    pay(buy_shares(member=Member.objects.get(), quantity=100_000, by=SYSTEM))
    assert entry.shares_on(TODAY) == 200_000


def test_evidence_that_has_run_out_stops_buying_and_none_at_all_does_not(
    rita_member: Member, as_rita: Actor
) -> None:
    first = buy_shares(member=rita_member, quantity=1, by=as_rita)  # brought over without any
    cancel_purchase(purchase=first, by=as_rita)
    note_evidence(
        member=rita_member,
        what="A letter",
        seen_on=TODAY - dt.timedelta(days=400),
        until=TODAY - dt.timedelta(days=1),
        by=SYSTEM,
    )
    with pytest.raises(RuleError, match="has run out"):
        buy_shares(member=rita_member, quantity=1, by=as_rita)


def test_paid_shares_that_cannot_be_issued_wait_for_the_treasurer(
    rita_member: Member, as_rita: Actor
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=as_rita)
    MemberClass.objects.filter(code="community").update(maximum_shares=10)
    pay(purchase)
    assert rita_member.shares_on(TODAY) == 5
    task = TreasurerTask.objects.get()
    assert (task.kind, task.order) == ("not_issued", purchase.order)
    assert "is paid and cannot be issued" in task.sentence
    assert balances()["applications"] == -2000


def test_money_that_cannot_become_shares_is_paid_back(
    rita_member: Member, as_rita: Actor, by: Actor
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=as_rita)
    MemberClass.objects.filter(code="community").update(maximum_shares=10)
    pay(purchase)
    with pytest.raises(PermissionDenied):
        pay_back_purchase(purchase=purchase, why="Too many", by=as_rita)
    pay_back_purchase(purchase=purchase, why="More than the class takes", by=by)
    assert PayOut.objects.get().amount == Money(20, "GBP")
    assert order_of(purchase).is_cancelled
    with pytest.raises(RuleError, match="cancelled already"):
        pay_back_purchase(purchase=purchase, why="Again", by=by)


def test_a_request_is_cancelled_only_while_no_money_has_come(
    rita_member: Member, as_rita: Actor, stranger: User
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=as_rita)
    with pytest.raises(PermissionDenied):
        cancel_purchase(purchase=purchase, by=Actor("user", user=stranger))
    pay(purchase, 5)
    with pytest.raises(RuleError, match="Money has come"):
        cancel_purchase(purchase=purchase, by=as_rita)
    pay(purchase)
    with pytest.raises(RuleError, match="have been issued"):
        cancel_purchase(purchase=purchase, by=as_rita)


# --- Money that goes again ------------------------------------------------------------------------


def test_money_that_is_taken_back_leaves_the_shares_unpaid_and_nothing_deleted(
    rita_member: Member, as_rita: Actor
) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=as_rita)
    payment = pay(purchase)
    undo_payment(payment=payment, on=TODAY, why="The cheque bounced", by=SYSTEM)
    assert rita_member.shares_on(TODAY) == 25
    assert rita_member.amount_paid_on(TODAY) == Money(5, "GBP")
    assert balances() == {"opening": 500, "shares-unpaid": 2000, "share-capital": -2500}
    message = OutboxMessage.objects.get(kind="members.shares-unpaid")
    assert message.to == "rita@example.org"
    assert "Rita" not in message.subject
    pay(purchase)
    assert rita_member.amount_paid_on(TODAY) == Money(25, "GBP")
    assert balances() == {"bank": 2000, "opening": 500, "share-capital": -2500}


def test_part_of_the_money_gone_is_a_part_unpaid(rita_member: Member, as_rita: Actor) -> None:
    purchase = buy_shares(member=rita_member, quantity=20, by=as_rita)
    pay(purchase, 15)
    last = pay(purchase)
    undo_payment(payment=last, on=TODAY, why="The cheque bounced", by=SYSTEM)
    assert rita_member.amount_paid_on(TODAY) == Money(20, "GBP")
    assert balances()["shares-unpaid"] == 500


def test_money_that_goes_before_admission_is_simply_not_there(waiting: Waiting, by: Actor) -> None:
    application = waiting(paid=False)
    payment = pay(application.purchase)
    undo_payment(payment=payment, on=TODAY, why="The cheque bounced", by=SYSTEM)
    assert paid_check(application)[0] is False
    assert balances() == {}


def test_somebody_who_reads_no_e_mail_is_written_a_letter(
    rita_member: Member, as_rita: Actor
) -> None:
    Person.objects.filter(pk=rita_member.person_id).update(email="")
    pay(buy_shares(member=rita_member, quantity=20, by=as_rita))
    kinds = set(Letter.objects.values_list("kind", flat=True))
    assert kinds == {"members.shares-asked", "members.shares-issued"}


def test_the_rules_of_the_society_set_the_limit(rita_member: Member, as_rita: Actor) -> None:
    SocietyRules.objects.update_or_create(pk=1, defaults={"most_shares_value": Money(10, "GBP")})
    with pytest.raises(RuleError, match="Up to 5 more"):
        buy_shares(member=rita_member, quantity=6, by=as_rita)
    assert buy_shares(member=rita_member, quantity=5, by=as_rita)
