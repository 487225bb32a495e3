"""Leaving by one's own wish, and moving from one class of membership to another."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from members.checklist import class_rules
from members.models import ClassMove, Member, MemberClass, Withdrawal
from members.operations.eligibility import note_evidence
from members.operations.ending import end_entry
from members.operations.withdrawals import ask_withdrawal
from members.rules import age_on, shares_refusal
from members.speaking_for import MEMBERSHIP, may_end, speaks_for
from members.withdrawal_queue import held_classes
from members.writing import write_to

RESIGNED = "Resigned"


@operation(needs=None)
def resign(*, member: Member, on: dt.date, shares: Withdrawal.Why | None, by: Actor) -> Member:
    """Leave the co-op. The membership ends on `on`, the first day without it; the entry stays.

    By the member today or by who stands in their place, or by the secretary from a letter, on a day
    that has come. `shares` says what becomes of their value: asked back or given (each by the
    normal queue and the board), or None: they stay until asked for. Whoever comes back is entered
    under a new number; the old entry and the new one are linked by who they are.
    """
    today = timezone.localdate()
    staff = by.may("members.keep_register")
    if not staff and not speaks_for(member, by, MEMBERSHIP, today):
        raise PermissionDenied("members.resign")
    if not staff and not may_end(member, by, today):
        raise RuleError(
            "An informal helper cannot end a membership. The member can, or who acts as attorney "
            "or deputy."
        )
    if not staff and on != today:
        raise RuleError("You leave today, or tell the secretary another day.", field="on")
    if shares not in (None, Withdrawal.Why.LEFT, Withdrawal.Why.GIFT):
        raise ValueError(f"Whoever leaves does not ask with the reason {shares}.")
    member = end_entry(member=member, ceased=on, because=RESIGNED, by=by)
    ask_for_all(member, shares, by)
    audit.record(by, "members.resign", member, shares=shares or "stay")
    write_of_end(member, by)
    return member


def ask_for_all(member: Member, shares: Withdrawal.Why | None, by: Actor) -> None:
    """Ask for every share of who has left, to be paid or given; None: they stay until asked for."""
    if shares is None:
        return
    for share_class, holding in held_classes(member, timezone.localdate()):
        if holding.most:
            ask_withdrawal(
                member=member,
                quantity=holding.most,
                share_class=share_class,
                why=shares,
                by=by,
            )


def write_of_end(member: Member, by: Actor) -> None:
    """Tell a member that their membership has ended: once of each end, should one be taken back."""
    write_to(
        member.holder,
        key=f"members.resigned:{member.pk}:{timezone.now():%Y%m%d%H%M%S}",
        kind="members.resigned",
        subject="Your membership has ended",
        template="members/mail/resigned.txt",
        context={
            "member": member,
            "resigned": member.ceased_because == RESIGNED,
            "held": member.shares_on(timezone.localdate()),
        },
        by=by,
    )


@operation(needs="members.keep_register")
def move_class(
    *,
    member: Member,
    entered: MemberClass,
    date: dt.date,
    because: str,
    minute: str = "",
    seen: str = "",
    seen_on: dt.date | None = None,
    by: Actor,
) -> ClassMove:
    """Move a member to another class from a day that has come, by the limits of that class.

    `seen` is what was seen that shows that they may be in it: it is noted as evidence.
    With the board's minute where the class is entered only with its consent (from worker to
    supported, say). The register and the roll of an earlier day keep the class of that day.
    """
    # Whoever moves the same member at the same time sees what this one did.
    member = Member.objects.select_for_update().get(pk=member.pk)
    today = timezone.localdate()
    _refuse_move(member, entered, date, today)
    if not because.strip():
        raise RuleError("Say why.", field="because")
    if entered.entry_needs_consent and not minute.strip():
        raise RuleError(
            f"{entered.name} is entered only with the board's consent. Give the minute.",
            field="minute",
        )
    left = member.member_class
    here = Member.objects.filter(pk=member.pk, member_class=left, ceased=None)
    if here.update(member_class=entered) != 1:
        raise RuleError("This membership has changed meanwhile. Please look again.")
    try:
        with transaction.atomic():
            move = ClassMove.objects.create(
                member=member,
                left=left,
                entered=entered,
                date=date,
                because=because.strip(),
                minute=minute.strip(),
            )
    except IntegrityError:
        raise RuleError("The member moved on this day already.", field="date") from None
    audit.record(by, "members.move_class", member, move=move.pk, entered=entered.code)
    if seen.strip():
        member.refresh_from_db()
        note_evidence(member=member, what=seen, seen_on=seen_on or today, by=by)
    write_to(
        member.holder,
        key=f"members.class_moved:{move.pk}",
        kind="members.class_moved",
        subject="You are in another class of membership",
        template="members/mail/class_moved.txt",
        context={"member": member, "move": move},
        by=by,
    )
    return move


def _refuse_move(member: Member, entered: MemberClass, date: dt.date, today: dt.date) -> None:
    """The rules of the class that is entered, as facts of the day."""
    if member.ceased:
        raise RuleError("This membership has ended.")
    if entered.pk == member.member_class_id:
        raise RuleError("The member is in this class already.", field="entered")
    if entered.for_organisations != (member.organisation_id is not None):
        who = "organisations" if entered.for_organisations else "people"
        raise RuleError(f"{entered.name} is a class for {who}.", field="entered")
    if date > today:
        raise RuleError("That day is still to come.", field="date")
    if date <= member.joined:
        joined = f"{member.joined:%-d %B %Y}"
        raise RuleError(f"The member joined on {joined}: enter a later day.", field="date")
    last = member.class_moves.order_by("date").last()
    if last and date <= last.date:
        raise RuleError(f"The member last moved on {last.date:%-d %B %Y}.", field="date")
    born = member.person.born if member.person else None
    if born and age_on(born, date) < entered.minimum_age:
        youngest = f"{entered.name} is from the age of {entered.minimum_age}."
        raise RuleError(youngest, field="entered")
    for day in (date, today):
        changes = member.share_transactions.filter(share_class=entered.share_class)
        if refusal := shares_refusal(changes.up_to(day).shares(), class_rules(entered)):
            raise RuleError(refusal, field="entered")
