"""The members' cast: classes of membership, people, and applications to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.models import Payment
from ledger.operations import record_payment
from members.models import Application, Member, MemberClass, Person, SharePurchase
from members.operations import (
    Contact,
    add_person,
    key_paper_application,
    register_member,
    set_up_member_classes,
)

TODAY = dt.date(2026, 3, 3)
#: The board met, and had the applications that came by then.
MEETING = dt.date(2026, 3, 2)
MINUTE: dict[str, Any] = {"board_meeting": MEETING, "minute": "2026/14.2"}


def pay(purchase: SharePurchase, pounds: int = 0, on: dt.date = TODAY) -> Payment:
    """Money by bank transfer: all that the purchase still asks for, or so many pounds."""
    order = SharePurchase.objects.get(pk=purchase.pk).order
    return record_payment(
        order=order,
        method=Payment.Method.TRANSFER,
        amount=Money(pounds, "GBP") if pounds else order.still_to_pay,
        made_on=on,
        key=f"test:{order.pk}:{order.payments.count()}",
        by=SYSTEM,
    )


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Tuesday 3 March 2026, ten o'clock."""
    with time_machine.travel(dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def by(secretary: User) -> Actor:
    """Sita the secretary, as the one who acts."""
    return Actor("user", user=secretary)


@pytest.fixture
def classes(db: None) -> dict[str, MemberClass]:
    return {one.code: one for one in set_up_member_classes(by=SYSTEM)}


@pytest.fixture
def rita(db: None) -> Person:
    """Rita Shaw, whom the co-op knows and who is no member."""
    return add_person(
        first_name="Rita",
        last_name="Shaw",
        born=dt.date(1970, 5, 4),
        contact=Contact(
            email="rita@example.org", address_line_1="1 Loom Lane", town="Weavers Green"
        ),
        by=SYSTEM,
    )


@pytest.fixture
def family(classes: dict[str, MemberClass]) -> MemberClass:
    """Family carers pay £12 a year, in March."""
    MemberClass.objects.filter(code="family").update(yearly_dues=12, dues_month=3, joining_fee=5)
    return MemberClass.objects.get(code="family")


@pytest.fixture
def rita_member(rita: Person, family: MemberClass) -> Member:
    """Rita as a family carer, since January 2025."""
    return register_member(person=rita, member_class=family, joined=dt.date(2025, 1, 10), by=SYSTEM)


@pytest.fixture
def shareholder(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """Rita, a community member with five shares since May 2024."""
    return register_member(
        person=rita,
        member_class=classes["community"],
        joined=dt.date(2024, 5, 1),
        shares=5,
        by=SYSTEM,
    )


@pytest.fixture
def answers(classes: dict[str, MemberClass]) -> dict[str, Any]:
    """Everything that an application asks, with nothing that stops admission."""
    return {
        "member_class": classes["community"],
        "first_name": "Joan",
        "last_name": "Dyson",
        "born": dt.date(1961, 3, 27),
        "email": "joan@example.org",
        "phone": "01632 960 001",
        "address_line_1": "2 Mill Row",
        "town": "Damside",
        "postcode": "QX7 2AB",
        "evidence": "I keep the allotments.",
        "shares": 10,
        "agreed_to_rules_at": timezone.now(),
    }


@pytest.fixture
def waiting(answers: dict[str, Any]) -> Callable[..., Application]:
    """`waiting(first_name="Rita")` → an application that waits for the board, its shares paid for.

    `waiting(paid=False)` → one for which no money has come.
    """

    def make(*, paid: bool = True, **changes: Any) -> Application:
        application = key_paper_application(answers=answers | changes, received=MEETING, by=SYSTEM)
        if paid:
            pay(application.purchase)
        return application

    return make
