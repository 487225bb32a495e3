"""Whose membership somebody speaks for: their own, an organisation's, or that of somebody for
whom they act with the right scope."""

from __future__ import annotations

import datetime as dt

from core.actors import Actor
from members.acting import scopes_of
from members.models import Authority, Member
from members.querysets import MemberQuerySet

MEMBERSHIP = Authority.Scope.MEMBERSHIP
MONEY = Authority.Scope.MONEY


def memberships_of(by: Actor, scope: Authority.Scope, today: dt.date) -> MemberQuerySet:
    """The memberships for which this actor may speak today in matters of `scope`.

    Somebody who is acting for another speaks for that person alone.
    """
    if by.user is None:
        return Member.objects.none()
    if by.acting_for is None:
        return Member.objects.of_user(by.user, today)
    if scope not in scopes_of(by.acting_for, by.user, today):
        return Member.objects.none()
    return Member.objects.filter(person=by.acting_for)


def speaks_for(member: Member, by: Actor, scope: Authority.Scope, today: dt.date) -> bool:
    return memberships_of(by, scope, today).filter(pk=member.pk).exists()
