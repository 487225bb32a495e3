"""An estate is settled once nothing is held any more, however the last share went."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger.operations import undo_payment
from members.models import Estate, Member, MemberClass, ShareClass, ShareTransaction
from members.operations import (
    buy_shares,
    cancel_unpaid_shares,
    correct_shares,
    note_death,
    transfer_shares,
    write_down,
)
from tests.members.conftest import TODAY, pay
from tests.members.leaving import MINUTE, enter, rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("classes")]


def died(member: Member, by: Actor) -> Estate:
    return note_death(
        member=member, died_on=TODAY, told_on=TODAY, evidence="Death certificate", by=by
    )


def given(giver: Member, receiver: Member, quantity: int, by: Actor) -> list[ShareTransaction]:
    return transfer_shares(
        giver=Member.objects.get(pk=giver.pk),
        receiver=Member.objects.get(pk=receiver.pk),
        quantity=quantity,
        date=TODAY,
        minute=MINUTE,
        once=f"{giver.pk} {receiver.pk}",
        by=by,
    )


def settled(estate: Estate) -> bool:
    estate.refresh_from_db()
    return estate.settled_on == TODAY


def test_an_estate_whose_shares_went_to_the_heir_is_settled_and_open_again_if_that_was_wrong(
    by: Actor,
) -> None:
    joan, heir = enter(shares=10), enter("Ann Dyson", 1)
    estate = died(joan, by)
    assert estate.settled_on is None
    [first, _second] = given(joan, heir, 10, by)
    assert settled(estate)
    assert AuditLine.objects.filter(action="members.settle_estate").count() == 1
    correct_shares(transaction=first, why="Another heir", by=by)
    assert not settled(estate)


def test_an_estate_is_settled_when_its_unpaid_shares_are_cancelled(by: Actor) -> None:
    joan, heir = enter(shares=1), enter("Ann Dyson", 1)
    purchase = buy_shares(member=joan, quantity=5, by=by)
    undo_payment(payment=pay(purchase), on=TODAY, why="The cheque bounced", by=by)
    estate = died(joan, by)
    given(joan, heir, 1, by)
    assert not settled(estate)
    cancel_unpaid_shares(purchase=purchase, minute=MINUTE, by=by)
    assert settled(estate)


def test_an_estate_is_settled_when_its_shares_were_never_there(by: Actor) -> None:
    joan = enter(shares=10)
    estate = died(joan, by)
    correct_shares(transaction=ShareTransaction.objects.get(member=joan), why="Wrong", by=by)
    assert settled(estate)


def test_an_estate_is_settled_when_its_shares_are_written_down_to_nothing(by: Actor) -> None:
    estate = died(enter(shares=10), by)
    write_down(
        share_class=ShareClass.objects.get(code="ordinary"),
        percent=Decimal(100),
        minute=MINUTE,
        seen=10,
        once="one",
        by=by,
    )
    assert settled(estate)


# --- Shares that cannot be withdrawn --------------------------------------------------------------


def test_shares_that_cannot_be_transferred_pass_on_with_a_death(by: Actor) -> None:
    ShareClass.objects.update(withdrawable=False, transferable=False)
    joan, heir = enter(shares=10), enter("Ann Dyson", 1)
    with pytest.raises(RuleError, match="rules do not let"):
        given(joan, heir, 1, by)
    estate = died(joan, by)
    given(joan, heir, 10, by)
    assert settled(estate)


def test_the_estate_s_page_leads_to_the_transfer_of_whatever_is_held(
    by: Actor, signed_in: Callable[[User], Client]
) -> None:
    rules()
    assert by.user is not None
    other = ShareClass.objects.create(
        code="other", name="Other shares", capital_id="other-income", withdrawable=False
    )
    joan, heir = enter(shares=10), enter("Ann Dyson", 1)
    # Since they were issued, the class of both has come to hold other shares.
    MemberClass.objects.update(share_class=other)
    MemberClass.objects.filter(code="family").update(share_class="ordinary")
    Member.objects.filter(pk=heir.pk).update(member_class=MemberClass.objects.get(code="family"))
    estate = died(joan, by)
    sita = signed_in(by.user)
    address = f"/members/register/{joan.number}/shares/transfer/"
    assert address in sita.get(f"/members/estates/{joan.number}/").content.decode()
    said = {
        "number": heir.number,
        "quantity": "10",
        "date": "3 March 2026",
        "minute": MINUTE,
        "once": "a",
    }
    shown = sita.post(address, said)
    assert shown.status_code == 200
    assert sita.post(address, said | {"sure": shown.context["sure"]}).status_code == 302
    assert settled(estate)
    assert address not in sita.get(f"/members/estates/{joan.number}/").content.decode()
