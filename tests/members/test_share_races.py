"""Two who issue, admit, buy or transfer at the same moment, each with a connection of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from django.db import DatabaseError

from core.actors import SYSTEM
from core.errors import RuleError
from ledger.models import Payment, Posting
from ledger.operations import undo_payment
from members.models import (
    Application,
    Certificate,
    Member,
    MemberClass,
    Person,
    ShareClass,
    SharePurchase,
    ShareTransaction,
)
from members.operations import (
    admit,
    buy_shares,
    cancel_purchase,
    cancel_unpaid_shares,
    cease_member,
    correct_shares,
    make_certificate,
    register_member,
    settle_purchase,
    transfer_shares,
)
from tests.members.conftest import TODAY, pay
from tests.members.test_races import MINUTE, together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

#: So often is tried what goes wrong only now and then.
ROUNDS = 8


@pytest.fixture
def ann(rita: Person, classes: dict[str, MemberClass]) -> Member:
    ShareClass.objects.update(transferable=True)
    return register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=10, by=SYSTEM
    )


@pytest.fixture
def bob(ann: Member) -> Member:
    person = Person.objects.create(first_name="Bob", last_name="Haigh")
    community = MemberClass.objects.get(code="community")
    return register_member(
        person=person, member_class=community, joined=TODAY, shares=10, by=SYSTEM
    )


def agree() -> None:
    """The register and the books say the same, and the books balance."""
    capital = Posting.objects.filter(account="share-capital").pence_total()
    assert ShareTransaction.objects.shares() * 100 == -capital
    assert Posting.objects.pence_total() == 0


def test_one_purchase_that_many_settle_is_issued_once(ann: Member) -> None:
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    pay(purchase)
    issued = SharePurchase.objects.get().issued
    results = together(
        *(
            lambda: settle_purchase(purchase=SharePurchase.objects.get(), by=SYSTEM)
            for _ in range(4)
        )
    )
    assert all(isinstance(result, SharePurchase) for result in results), results
    assert SharePurchase.objects.get().issued == issued
    assert ann.shares_on(TODAY) == 15
    agree()


def test_two_payments_at_once_issue_the_shares_once(ann: Member) -> None:
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    results = together(
        lambda: pay(purchase, 5),
        lambda: pay(purchase, 5),
        lambda: pay(purchase, 5),
    )
    assert any(isinstance(result, Payment) for result in results), results
    assert ann.shares_on(TODAY) == 15
    assert ShareTransaction.objects.filter(kind="issue").count() == 1
    agree()


def test_money_that_comes_while_the_board_admits_is_counted_once(
    waiting: Callable[..., Application],
) -> None:
    application = waiting(paid=False)
    pay(application.purchase, 10)
    results = together(
        *(
            lambda: admit(application=Application.objects.get(), by=SYSTEM, **MINUTE)
            for _ in range(3)
        ),
        lambda: settle_purchase(purchase=SharePurchase.objects.get(), by=SYSTEM),
    )
    kinds = Counter(type(result) for result in results)
    assert kinds == {Member: 1, RuleError: 2, SharePurchase: 1}, results
    assert ShareTransaction.objects.filter(kind="issue").count() == 1
    assert not Posting.objects.filter(account="shares-unpaid").exists()
    agree()


def test_of_paying_and_cancelling_at_once_one_wins(ann: Member) -> None:
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    results = together(
        lambda: pay(purchase),
        lambda: cancel_purchase(purchase=SharePurchase.objects.get(), by=SYSTEM),
    )
    assert sum(isinstance(result, RuleError) for result in results) == 1, results
    order = SharePurchase.objects.get().order
    assert ann.shares_on(TODAY) == (10 if order.is_cancelled else 15)
    agree()


def test_asking_twice_at_once_asks_once(ann: Member) -> None:
    results = together(
        *(lambda n=n: buy_shares(member=ann, quantity=n, by=SYSTEM) for n in (5, 5, 7))
    )
    assert SharePurchase.objects.count() == 1, results
    assert sum(isinstance(result, SharePurchase) for result in results) in (1, 2), results


def test_transfers_at_once_give_no_more_than_is_there_and_wait_in_no_ring(
    ann: Member, bob: Member
) -> None:
    def give(giver: Member, receiver: Member, once: str) -> object:
        return transfer_shares(
            giver=Member.objects.get(pk=giver.pk),
            receiver=Member.objects.get(pk=receiver.pk),
            quantity=6,
            date=TODAY,
            minute="1",
            once=once,
            by=SYSTEM,
        )

    results = together(
        lambda: give(ann, bob, "a"),
        lambda: give(ann, bob, "b"),
        lambda: give(bob, ann, "c"),
        lambda: give(ann, bob, "a"),
    )
    assert all(isinstance(result, list | RuleError) for result in results), results
    held = [ann.shares_on(TODAY), bob.shares_on(TODAY)]
    assert sum(held) == 20
    assert min(held) >= 1
    agree()


def test_the_same_correction_twice_at_once_is_made_once(ann: Member, bob: Member) -> None:
    purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
    pay(purchase)
    results = together(
        *(
            lambda: correct_shares(
                transaction=ShareTransaction.objects.get(kind="issue"), why="Wrong", by=SYSTEM
            )
            for _ in range(3)
        )
    )
    assert sum(isinstance(result, list) for result in results) == 1, results
    assert ann.shares_on(TODAY) == 10
    agree()


def test_a_certificate_asked_for_twice_at_once_is_made_once(ann: Member) -> None:
    results = together(*(lambda: make_certificate(member=ann, by=SYSTEM) for _ in range(3)))
    assert all(isinstance(result, Certificate) for result in results), results
    assert Certificate.objects.count() == 1


def bounced(member: Member, quantity: int = 5) -> SharePurchase:
    """Shares that were issued, and whose cheque then bounced."""
    purchase = buy_shares(member=member, quantity=quantity, by=SYSTEM)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=SYSTEM)
    return SharePurchase.objects.get(pk=purchase.pk)


def test_money_and_a_cancelling_at_once_wait_in_no_ring(ann: Member) -> None:
    for _ in range(ROUNDS):
        purchase = bounced(ann)
        results = together(
            lambda purchase=purchase: pay(purchase),
            lambda purchase=purchase: cancel_unpaid_shares(
                purchase=SharePurchase.objects.get(pk=purchase.pk), minute="1", by=SYSTEM
            ),
        )
        assert sum(isinstance(result, RuleError) for result in results) == 1, results
        assert not any(isinstance(result, DatabaseError) for result in results), results
        agree()


def test_a_correction_and_a_cancelling_at_once_wait_in_no_ring(ann: Member) -> None:
    for _ in range(ROUNDS):
        purchase = bounced(ann)
        results = together(
            lambda purchase=purchase: correct_shares(
                transaction=ShareTransaction.objects.get(pk=purchase.issued_id),
                why="Wrong",
                by=SYSTEM,
            ),
            lambda purchase=purchase: cancel_unpaid_shares(
                purchase=SharePurchase.objects.get(pk=purchase.pk), minute="1", by=SYSTEM
            ),
        )
        assert sum(isinstance(result, RuleError) for result in results) == 1, results
        assert not any(isinstance(result, DatabaseError) for result in results), results
        assert ann.shares_on(TODAY) == 10
        agree()


def test_money_and_the_end_of_a_membership_at_once_wait_in_no_ring(ann: Member) -> None:
    for _ in range(ROUNDS):
        purchase = buy_shares(member=ann, quantity=5, by=SYSTEM)
        results = together(
            lambda purchase=purchase: pay(purchase),
            lambda: cease_member(
                member=Member.objects.get(pk=ann.pk), ceased=TODAY, because="Left", by=SYSTEM
            ),
        )
        assert not any(isinstance(result, DatabaseError) for result in results), results
        purchase = SharePurchase.objects.select_related("order").get(pk=purchase.pk)
        assert purchase.order.is_cancelled == (purchase.issued is None)
        agree()
        Member.objects.update(ceased=None, ceased_because="")
