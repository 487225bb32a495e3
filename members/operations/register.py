"""The register of members: entering."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.operations import grant_member_role
from core.registry import operation
from ledger import chart
from members.checklist import class_rules
from members.models import Member, MemberClass, Organisation, Person, ShareTransaction
from members.operations.ending import users_of
from members.operations.holdings import change_holding
from members.rules import shares_refusal

#: So many others may enter a member at the same moment before we give up.
ATTEMPTS = 20


@operation(needs="members.keep_register")
def register_member(
    *,
    person: Person | None = None,
    organisation: Organisation | None = None,
    member_class: MemberClass,
    joined: dt.date,
    shares: int = 1,
    minute: str = "",
    number: int | None = None,
    by: Actor,
) -> Member:
    """Bring a person or an organisation over into the register, with the shares they hold.

    `number` is theirs in an earlier register; without one they get the next free number. The
    shares stand against the opening balances. Refuses somebody who is a member now, a number that
    was ever used, shares outside the class's limits, a day to come.
    Source: Co-operative and Community Benefit Societies Act 2014, section 30.
    """
    member = enter_member(
        person=person,
        organisation=organisation,
        member_class=member_class,
        joined=joined,
        shares=shares,
        minute=minute,
        number=number,
        by=by,
    )
    change_holding(
        member=member,
        share_class=member_class.share_class,
        kind=ShareTransaction.Kind.OPENING,
        quantity=shares,
        date=joined,
        against=chart.OPENING,
        key=f"shares-opening:{member.pk}",
        minute=minute,
        by=by,
    )
    return member


def enter_member(
    *,
    person: Person | None,
    organisation: Organisation | None,
    member_class: MemberClass,
    joined: dt.date,
    shares: int,
    minute: str = "",
    number: int | None = None,
    by: Actor,
) -> Member:
    """The entry itself. A number is given only with shares: the caller issues them at once."""
    if (person is None) == (organisation is None):
        raise ValueError("A member is a person or an organisation.")
    if member_class.for_organisations != (organisation is not None):
        who = "organisations" if member_class.for_organisations else "people"
        raise RuleError(f"{member_class.name} is a class for {who}.", field="member_class")
    if joined > timezone.localdate():
        raise RuleError("The day of entry is in the future.", field="joined")
    if refusal := shares_refusal(shares, class_rules(member_class)):
        raise RuleError(refusal, field="shares")
    member = _enter(
        Member(
            person=person,
            organisation=organisation,
            member_class=member_class,
            joined=joined,
            meeting_minute=minute,
        ),
        number,
    )
    for user in users_of(member):
        grant_member_role(user=user, since=timezone.localdate(), by=by)
    audit.record(by, "members.register_member", member, number=member.number, shares=shares)
    return member


def _enter(member: Member, number: int | None) -> Member:
    """Insert under the next free number; when another entry takes it first, under the one after.

    The unique constraint decides, on every database; a savepoint keeps the rest of the work.
    """
    for _ in range(ATTEMPTS):
        member.number = number or Member.objects.next_number()
        try:
            with transaction.atomic():
                member.save(force_insert=True)
        except IntegrityError:
            _refuse_second_membership(member)
            if number is not None:
                raise RuleError(
                    f"The number {number} has been used before.", field="number"
                ) from None
        else:
            return member
    raise RuleError("The register is busy. Please try again in a moment.")


def _refuse_second_membership(member: Member) -> None:
    held = Member.objects.filter(
        person=member.person, organisation=member.organisation, ceased__isnull=True
    ).first()
    if held:
        raise RuleError(f"Already in the register as member {held.number}.")
