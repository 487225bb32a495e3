"""Whose membership somebody speaks for: their own, an organisation's, or that of somebody for
whom they act with the right scope."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone

from core.actors import Actor, actor_of
from members.acting import NotCovered, scopes_of, stands_in
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


def memberships_here(request: HttpRequest, scope: Authority.Scope) -> MemberQuerySet:
    """The same for a page: raises NotCovered where the reader acts for somebody and not in this."""
    by, today = actor_of(request), timezone.localdate()
    if by.user and by.acting_for and scope not in scopes_of(by.acting_for, by.user, today):
        raise NotCovered(scope)
    return memberships_of(by, scope, today)


def may_end(member: Member, by: Actor, today: dt.date) -> bool:
    """True for who may end this membership: the member, or who stands in the member's place.

    An informal helper, who has no more than the member's agreement, does not.
    """
    if not speaks_for(member, by, MEMBERSHIP, today):
        return False
    return by.acting_for is None or stands_in(by, MEMBERSHIP, today)


def speaks_for(member: Member, by: Actor, scope: Authority.Scope, today: dt.date) -> bool:
    return memberships_of(by, scope, today).filter(pk=member.pk).exists()
