"""Helpers for tests about shares that go out: a member with shares, a request on its way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import User
from ledger.models import PayOut, Posting
from ledger.operations import make_pay_out
from members.models import Member, MemberClass, Person, SocietyRules, Withdrawal
from members.operations import (
    Contact,
    add_person,
    agree_withdrawal,
    ask_withdrawal,
    give_sign_in,
    prepare_withdrawal,
    register_member,
    set_up_member_classes,
)

JOINED = dt.date(2025, 1, 7)
BOARD = dt.date(2026, 3, 2)
MINUTE = "2026/14.2"


def pounds(amount: int | str) -> Money:
    return Money(amount, "GBP")


def rules(**fields: Any) -> SocietyRules:
    """The society's rules, with these changed; no notice unless said."""
    defaults = {"notice_days": 0, "cash_for_withdrawals": pounds(1_000)}
    SocietyRules.objects.update_or_create(pk=1, defaults=defaults | fields)
    return SocietyRules.current()


def classes() -> dict[str, MemberClass]:
    return {one.code: one for one in set_up_member_classes(by=SYSTEM)}


def enter(
    name: str = "Joan Dyson",
    shares: int = 100,
    code: str = "community",
    *,
    born: dt.date | None = dt.date(1961, 3, 27),
    joined: dt.date = JOINED,
    sign_in: bool = False,
    email: bool = True,
) -> Member:
    """A member since January 2025, with an e-mail address unless said otherwise."""
    first_name, last_name = name.split()
    person = add_person(
        first_name=first_name,
        last_name=last_name,
        born=born,
        contact=Contact(
            email=f"{first_name.lower()}@example.org" if email else "",
            address_line_1="2 Mill Row",
            town="Damside",
            postcode="QX7 2AB",
        ),
        by=SYSTEM,
    )
    member = register_member(
        person=person,
        member_class=classes()[code],
        joined=joined,
        shares=shares,
        by=SYSTEM,
    )
    if sign_in:
        give_sign_in(person=person, by=SYSTEM)
    return Member.objects.get(pk=member.pk)


def user_of(member: Member) -> User:
    user = Person.objects.get(pk=member.person_id).user
    assert user is not None
    return User.objects.get(pk=user.pk)


def asked(member: Member, quantity: int = 10, **changes: Any) -> Withdrawal:
    return ask_withdrawal(member=member, quantity=quantity, by=SYSTEM, **changes)


def agreed(member: Member, quantity: int = 10, **changes: Any) -> Withdrawal:
    """A request from Monday that the board agreed to on Monday."""
    changes = {"received": BOARD} | changes
    withdrawal = asked(member, quantity, **changes)
    return agree_withdrawal(withdrawal=withdrawal, decided_on=BOARD, minute=MINUTE, by=SYSTEM)


def paying(withdrawal: Withdrawal, by: Actor, shares: int | None = None) -> Withdrawal:
    return prepare_withdrawal(withdrawal=withdrawal, shares=shares or withdrawal.quantity, by=by)


def paid(withdrawal: Withdrawal, by: Actor, on: dt.date = dt.date(2026, 3, 3)) -> Withdrawal:
    pay_out = PayOut.objects.get(pk=withdrawal.pay_out_id)
    make_pay_out(pay_out=pay_out, paid_on=on, by=by)
    withdrawal.refresh_from_db()
    return withdrawal


def balance(account: str, member: Member | None = None) -> int:
    """Debits less credits in pence, of one holder or of everybody."""
    found = Posting.objects.filter(account=account)
    if member is not None:
        holder = Person.objects.get(pk=member.person_id)
        found = found.filter(party=holder.party_id)
    return found.pence_total()
