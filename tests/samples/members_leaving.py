"""Sample rows of shares that go out again and of memberships that change."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from ledger.models import PayOut
from ledger.operations import make_pay_out
from members.models import Member, MemberClass, Person, SocietyRules, Withdrawal
from members.operations import (
    agree_withdrawal,
    ask_withdrawal,
    nominate,
    note_death,
    pay_estate,
    prepare_withdrawal,
    refuse_withdrawal,
    register_member,
    set_up_member_classes,
    take_back_withdrawal,
)
from members.rules.nominations import Nominee


def member_class(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"code": _class().code}


def withdrawal(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """A request of the cast's member, in each state."""
    today = timezone.localdate()
    _rules()
    asked = ask_withdrawal(member=_entry(cast["people"]["member"]), quantity=4, by=SYSTEM)
    if state == "taken_back":
        take_back_withdrawal(withdrawal=asked, by=SYSTEM)
    elif state == "refused":
        refuse_withdrawal(withdrawal=asked, decided_on=today, reason="Not now.", by=SYSTEM)
    elif state != "asked":
        _agreed(asked, state, cast)
    assert Withdrawal.objects.get(pk=asked.pk).state == state
    return {"pk": asked.pk}


def _agreed(asked: Withdrawal, state: str, cast: dict[str, Any]) -> None:
    agreed = agree_withdrawal(
        withdrawal=asked, decided_on=timezone.localdate(), minute="2026/1", by=SYSTEM
    )
    if state in ("paying", "repaid"):
        paying = prepare_withdrawal(
            withdrawal=agreed, shares=agreed.quantity, by=_acts(cast, "treasurer")
        )
        if state == "repaid":
            _pay(paying, cast)


def _pay(paying: Withdrawal, cast: dict[str, Any]) -> None:
    make_pay_out(
        pay_out=PayOut.objects.get(pk=paying.pay_out_id),
        paid_on=timezone.localdate(),
        by=_acts(cast, "board"),
    )


def nomination(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Somebody whom the cast's member has named."""
    today = timezone.localdate()
    nominee = Nominee("Ann Whiteley", "1 Mill Row, Damside", "child", 100)
    [made] = nominate(
        member=_entry(cast["people"]["member"]),
        nominees=[nominee],
        signed_on=today,
        received_on=today,
        by=SYSTEM,
    )
    return {"pk": made.pk}


def estate(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Somebody of the cast's family has died: open, decided on, settled."""
    today = timezone.localdate()
    _rules()
    entry = _entry(cast["people"]["family"])
    noted = note_death(
        member=entry,
        died_on=today,
        told_on=today,
        evidence="Death certificate",
        representative="Ann Whiteley",
        representative_address="1 Mill Row, Damside",
        by=SYSTEM,
    )
    if state in ("decided", "settled"):
        [rest] = pay_estate(estate=noted, decided_on=today, minute="2026/1", by=SYSTEM)
        if state == "settled":
            paying = prepare_withdrawal(
                withdrawal=rest, shares=rest.quantity, by=_acts(cast, "treasurer")
            )
            _pay(paying, cast)
    return {"number": entry.number}


def _entry(person: Person) -> Member:
    person = Person.objects.get(pk=person.pk)  # without what a state before this one left on it
    return register_member(
        person=person, member_class=_class(), joined=timezone.localdate(), shares=10, by=SYSTEM
    )


def _rules() -> None:
    SocietyRules.objects.update_or_create(
        pk=1, defaults={"notice_days": 0, "cash_for_withdrawals": Money(100, "GBP")}
    )


def _class() -> MemberClass:
    return next(one for one in set_up_member_classes(by=SYSTEM) if one.code == "community")


def _acts(cast: dict[str, Any], who: str) -> Actor:
    return Actor("user", user=cast[who])
