"""Shares in the demo co-op: money that came for applications, and members who buy more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from djmoney.money import Money

from config.demo.world import World
from ledger.models import Payment
from ledger.operations import record_payment, undo_payment
from members.models import Application, Member, SharePurchase
from members.operations import buy_shares

Method = Payment.Method

#: Name of the applicant → how the money came, and how much where it was not all. Who is not here
#: has not paid yet.
CAME: dict[str, tuple[Method, int]] = {
    "Rosa Whiteley": (Method.TRANSFER, 0),
    "Junaid Rafiq": (Method.TRANSFER, 4),
    "Kasia Wieczorek": (Method.CHEQUE, 0),
    "Skelbeck Repair Café": (Method.TRANSFER, 0),
    "Lorna Brathwaite": (Method.CASH, 0),
    "Gwen Lumb": (Method.TRANSFER, 0),
    "Patrick Sheridan": (Method.CHEQUE, 0),
    "Dale Frost": (Method.CHEQUE, 0),
}

#: Members of the CAST who buy more: how many, and how they paid, or "" where they have not yet.
BUYING: tuple[tuple[str, int, str], ...] = (
    ("member@example.org", 25, Method.TRANSFER),
    ("carer@example.org", 10, Method.PAYROLL),
    ("board@example.org", 50, Method.STANDING_ORDER),
    ("teller1@example.org", 5, Method.CHEQUE),
    ("family@example.org", 10, ""),
)
#: Whose cheque bounced: those shares are held and not paid for.
BOUNCED = "teller1@example.org"


def pay_application(world: World, application: Application) -> None:
    """The money that came for an application, if any did."""
    if application.name in CAME:
        method, pounds = CAME[application.name]
        _came(world, SharePurchase.objects.get(application=application), method, pounds)


def _came(world: World, purchase: SharePurchase, method: Method, pounds: int = 0) -> Payment:
    """The treasurer enters it; of cash she has counted with the secretary."""
    order = purchase.order
    return record_payment(
        order=order,
        method=method,
        amount=Money(pounds, "GBP") if pounds else order.amount,
        made_on=world.today - dt.timedelta(days=1),
        counted_by=world.users["secretary@example.org"] if method == Method.CASH else None,
        key=f"demo:{purchase.pk}",
        by=world.actor("treasurer@example.org"),
    )


@transaction.atomic
def build(world: World) -> None:
    """Members buy more, in different ways; one has not paid yet and one's cheque bounced."""
    for email, quantity, method in BUYING:
        member = Member.objects.get(person=world.people[email], ceased=None)
        purchase = buy_shares(member=member, quantity=quantity, by=world.actor(email))
        if not method:
            continue
        payment = _came(world, purchase, Method(method))
        if email == BOUNCED:
            undo_payment(
                payment=payment,
                on=world.today,
                why="The cheque came back from the bank",
                by=world.actor("treasurer@example.org"),
            )
