"""Ending a membership from the register's page, for whatever reason, and taking back a slip."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine
from core.operations import grant_member_role
from core.registry import operation
from members.models import Estate, Member, Withdrawal
from members.operations.eligibility import end_ground
from members.operations.ending import end_entry, users_of
from members.operations.leaving import ask_for_all, resign, write_of_end
from members.writing import call_off, write_to

Reason = Literal["resigned", "ground", "other"]
Why, State = Withdrawal.Why, Withdrawal.State
#: As the register has room for.
LONGEST = 120


@operation(needs="members.keep_register")
def end_membership(
    *,
    member: Member,
    on: dt.date,
    reason: Reason,
    why: str = "",
    minute: str = "",
    shares: Withdrawal.Why | None = None,
    by: Actor,
) -> Member:
    """End a membership; `on` is the first day without it. The entry and its number stay for good.

    The member resigned (`resign`); or the ground of their class has ended, which is for the board
    to decide unless the class's own rule ends the membership; or there is another reason, of which
    the board always decides by a minute. `shares` as in `resign`. The member is told.
    """
    if reason == "resigned":
        ended: Member = resign(member=member, on=on, shares=shares, by=by)
        return ended
    lapses = reason == "ground" and member.member_class.on_lapse == "ends"
    if reason == "ground" and member.member_class.on_lapse == "keeps":
        raise RuleError(
            f"By the rule of {member.member_class.name} a member stays in it when the ground ends. "
            "Another reason needs a minute of the board.",
            field="reason",
        )
    if not why.strip():
        raise RuleError("Say why the membership ends.", field="why")
    if not minute.strip() and not lapses:
        raise RuleError("The board decides this: give the number of the minute.", field="minute")
    because = _in_the_register(reason, why, minute)
    if reason == "ground":
        member = end_ground(member=member, on=on, why=why, by=by)
    if member.ceased is None:
        member = end_entry(member=member, ceased=on, because=because, by=by)
    ask_for_all(member, shares, by)
    audit.record(
        by, "members.end_membership", member, reason=reason, minute=minute, shares=shares or "stay"
    )
    write_of_end(member, by)
    return member


def _in_the_register(reason: Reason, why: str, minute: str) -> str:
    """What the register says of the reason, with the minute where there is one."""
    said = f"Ground ended: {why.strip()}" if reason == "ground" else why.strip()
    if minute.strip():
        said += f" (minute {minute.strip()})"
    if len(said) > LONGEST:
        raise RuleError("Say it in fewer words.", field="why")
    return said


@operation(needs="members.keep_register")
def take_back_end(*, member: Member, why: str, by: Actor) -> Member:
    """Take back the end of a membership that was noted by mistake: on the same day, before the
    board has decided about the shares.

    The entry and the role go on; what was asked about the shares at the end is asked no more. What
    cannot come back is a Direct Debit, a request for shares, and evidence that stopped counting.
    The member is told. The audit trail keeps both, and of the reason only that one was given.
    """
    if not why.strip():
        raise RuleError("Say what was wrong.", field="why")
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.ceased is None:
        raise RuleError("This membership has not ended, or this has been taken back already.")
    if Estate.objects.filter(member=member).exists():
        raise RuleError("This membership ended with a death: take that back on the estate's page.")
    noted = end_noted_today(member)
    if noted is None:
        raise RuleError("This can be taken back only on the day on which it was noted.")
    if not member.shares_on(timezone.localdate()):
        raise RuleError("Nobody is a member without a share: enter them again.")
    at_the_end = member.withdrawals.filter(why__in=[Why.LEFT, Why.GIFT], noted_at__gte=noted.at)
    if at_the_end.exclude(state__in=[State.ASKED, State.TAKEN_BACK]).exists():
        raise RuleError("The board has decided on the shares already.")
    try:
        with transaction.atomic():
            Member.objects.filter(pk=member.pk).update(ceased=None, ceased_because="")
    except IntegrityError:
        raise RuleError("They have been entered again since then, under another number.") from None
    for asked in at_the_end.filter(state=State.ASKED):
        Withdrawal.objects.filter(pk=asked.pk).update(state=State.TAKEN_BACK)
        call_off(key=f"members.withdrawal_asked:{asked.pk}", by=by)
    call_off(key=f"members.resigned:{member.pk}", by=by)
    member.refresh_from_db()
    for user in users_of(member):
        grant_member_role(user=user, since=timezone.localdate(), by=by)
    audit.record(by, "members.take_back_end", member, noted=noted.pk, reason_given=True)
    write_to(
        member.holder,
        key=f"members.end_taken_back:{member.pk}:{noted.pk}",
        kind="members.end_taken_back",
        subject="Your membership goes on",
        template="members/mail/end_taken_back.txt",
        context={"member": member},
        by=by,
    )
    return member


def end_noted_today(member: Member) -> AuditLine | None:
    """The line of the audit trail by which the end was noted, if that was today."""
    return audit.noted_today("members.cease_member", member)
