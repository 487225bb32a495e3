"""Paying out the shares of a member who has died: to nominees up to the limit, then to the estate.

Each part is a withdrawal without notice, in the queue by the day of the board's decision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from members.estates import EstatePlan, plan_of
from members.models import Estate, ShareClass, Withdrawal


@operation(needs="members.keep_withdrawals")
def pay_nominees(
    *, estate: Estate, decided_on: dt.date, minute: str, by: Actor
) -> list[Withdrawal]:
    """Put into the queue what the nominations of the day of death pass on: no more than the limit.

    Proof of death is enough; a nominee waits for no grant (section 39).
    """
    plan = _decided(estate, decided_on, minute)
    if plan.nominees_are_decided:
        raise RuleError("The nominees' parts have been decided already.")
    if not plan.nominees:
        raise RuleError("No nomination passes anything on.")
    parts = [
        (part.share_class, part.shares, nomination.nominee_name)
        for nomination, shares in plan.nominees
        for part in shares
    ]
    return _enter(estate, parts, decided_on, minute, by)


@operation(needs="members.keep_withdrawals")
def pay_estate(*, estate: Estate, decided_on: dt.date, minute: str, by: Actor) -> list[Withdrawal]:
    """Put into the queue what is the estate's: all, or what the nominations leave.

    Above the limit only when probate or letters of administration were seen; up to it the board
    may pay whoever it is satisfied is entitled (section 40).
    """
    plan = _decided(estate, decided_on, minute)
    if plan.nominees and not plan.nominees_are_decided:
        raise RuleError("The nominees come first: decide on their parts.")
    if not plan.estate:
        raise RuleError("Nothing is left for the estate to be decided on.")
    refuse_without_proof(estate, plan)
    parts = [(part.share_class, part.shares, estate.representative) for part in plan.estate]
    return _enter(estate, parts, decided_on, minute, by)


@operation(needs="members.keep_withdrawals")
def take_back_estate_decision(*, estate: Estate, why: str, by: Actor) -> Estate:
    """Take back all that was noted of the board's decisions on an estate, while none of it is paid
    or being paid. The shares are free again, to be decided on anew.

    The audit trail keeps that a reason was given, and not its words.
    """
    if not why.strip():
        raise RuleError("Say what was wrong.", field="why")
    locked = Estate.objects.select_for_update().get(pk=estate.pk)
    decided = locked.member.withdrawals.of_estates()
    ids = list(decided.values_list("pk", flat=True))
    if not ids:
        raise RuleError("Nothing has been decided, or it has been taken back already.")
    agreed = decided.filter(state=Withdrawal.State.AGREED)
    if agreed.update(state=Withdrawal.State.TAKEN_BACK) != len(ids):
        raise RuleError(
            "Part of it is paid or being paid, so it stays. A payment that was only prepared can "
            "be called off first."
        )
    audit.record(
        by, "members.take_back_estate_decision", estate, withdrawals=ids, reason_given=True
    )
    return estate


def refuse_without_proof(estate: Estate, plan: EstatePlan) -> None:
    """Nothing is paid to an estate for which nobody speaks, nor above the limit without a grant."""
    if plan.needs_grant and not estate.grant_seen_on:
        raise RuleError("So much is paid to an estate only when probate or letters were seen.")
    if not estate.representative:
        raise RuleError("Enter first who speaks for the estate.")


def _decided(estate: Estate, decided_on: dt.date, minute: str) -> EstatePlan:
    # One decision at a time, so that no share is paid out twice.
    locked = Estate.objects.select_for_update().get(pk=estate.pk)
    if locked.settled_on:
        raise RuleError("This estate is settled.")
    person = locked.member.person
    assert person is not None
    assert person.died_on is not None
    refuse_day_to_come(decided_on, "decided_on")
    if decided_on < person.died_on:
        died = f"{person.died_on:%-d %B %Y}"
        raise RuleError(f"That is before the death: {died}.", field="decided_on")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    return plan_of(locked, timezone.localdate())


def _enter(
    estate: Estate,
    parts: Iterable[tuple[ShareClass, int, str]],
    decided_on: dt.date,
    minute: str,
    by: Actor,
) -> list[Withdrawal]:
    made = [
        Withdrawal.objects.create(
            member=estate.member,
            share_class=share_class,
            quantity=shares,
            why=Withdrawal.Why.DEATH,
            state=Withdrawal.State.AGREED,
            asked_on=decided_on,
            notice_ends_on=decided_on,
            decided_on=decided_on,
            minute=minute.strip(),
            payee=payee,
        )
        for share_class, shares, payee in parts
    ]
    audit.record(by, "members.decide_estate", estate, withdrawals=[one.pk for one in made])
    return made
