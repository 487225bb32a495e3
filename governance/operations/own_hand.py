"""Who may do what somebody does for themselves: they, or staff who key a paper."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.actors import Actor
from core.errors import RuleError
from governance.models import Voter, WrittenVoice
from governance.models.signing import Way
from members.models import Member, Person

KEEPS = "governance.arrange_meeting"
#: A membership, a place on a roll, a voice in writing: what somebody, or who represents them, has.
Own = Member | Voter | WrittenVoice


def refuse_others(row: Own, by: Actor) -> None:
    """Only whose it is, who speaks for an organisation, or who keeps the papers of meetings."""
    if not by.may(KEEPS) and not is_own(row, by):
        raise PermissionDenied(f"not their {row._meta.verbose_name}")


def is_own(row: Own, by: Actor) -> bool:
    mine: Any = type(row)._default_manager.filter(pk=row.pk)
    return by.user is not None and bool(mine.of_user(by.user, timezone.localdate()).exists())


def is_self(person: Person, by: Actor) -> bool:
    """The person, acting for nobody else."""
    return by.user is not None and person.user_id == by.user.pk and by.acting_for is None


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


def way_of(row: Own, by: Actor) -> str:
    """Here, if it is their own; on paper, if staff key it. PermissionDenied for anybody else."""
    if is_own(row, by):
        return Way.ONLINE
    refuse_others(row, by)
    return Way.PAPER


def refuse_paper_over_own(given: str, way: str, says: str, field: str) -> None:
    """What somebody gave here themselves (`given`: by which way) is not replaced from paper."""
    if given == Way.ONLINE and way == Way.PAPER:
        raise RuleError(says, field=field)
