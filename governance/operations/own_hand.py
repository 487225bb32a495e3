"""Who may do what a member does for themselves: the member, or staff who key a paper."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.actors import Actor
from core.errors import RuleError
from governance.models.signing import Way
from members.models import Member

KEEPS = "governance.arrange_meeting"


def refuse_others(member: Member, by: Actor) -> None:
    """Only the member, who speaks for an organisation, or who keeps the papers of meetings."""
    if not by.may(KEEPS) and not is_own(member, by):
        raise PermissionDenied("not this member")


def is_own(member: Member, by: Actor) -> bool:
    mine = Member.objects.filter(pk=member.pk)
    return by.user is not None and mine.of_user(by.user, timezone.localdate()).exists()


def refuse_unless_own_or_on_paper(member: Member, way: str, by: Actor) -> None:
    """What somebody signed here is theirs alone; what staff keyed from a paper staff put right."""
    refuse_others(member, by)
    if way == Way.ONLINE and not is_own(member, by):
        raise RuleError("They signed here themselves. Only they can take it back.")


def refuse_unless_theirs(member: Member, by: Actor) -> None:
    """What a member goes on with is theirs; staff do it for those who do not sign in."""
    if not may_go_on(member, by):
        refuse_others(member, by)
        raise RuleError("They sign in here themselves, so only they go on with it.")


def may_go_on(member: Member, by: Actor) -> bool:
    signs_in = member.person is not None and member.person.user_id is not None
    return is_own(member, by) or (by.may(KEEPS) and not signs_in)


def way_of(member: Member, by: Actor) -> str:
    """Here, if it is their own; on paper, if staff key it. PermissionDenied for anybody else."""
    refuse_others(member, by)
    return Way.ONLINE if is_own(member, by) else Way.PAPER
