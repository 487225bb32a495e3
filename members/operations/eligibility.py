"""What shows that a member may be in their class, until when, and what happens when it ends."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db.models import F, Q

from core import audit, mail
from core.actors import Actor
from core.days import months_after
from core.errors import RuleError, refuse_day_to_come
from core.models import OutboxMessage, RoleGrant, User
from core.permissions import Role
from core.registry import operation
from members.models import Eligibility, Member
from members.operations.ending import end_entry

ONE_DAY = dt.timedelta(days=1)
#: How far back a worker that was away catches up. An older lapse stands on the list all the same.
TELL_WITHIN = dt.timedelta(days=31)


@operation(needs="members.keep_register")
def note_evidence(
    *, member: Member, what: str, seen_on: dt.date, until: dt.date | None = None, by: Actor
) -> Eligibility:
    """Note what was seen that shows that a member may be in their class, and until when.

    Without a last day it counts for as long as the class says.
    """
    if not what.strip():
        raise RuleError("Say what was seen.", field="what")
    refuse_day_to_come(seen_on, "seen_on")
    months = member.member_class.evidence_lasts_months
    if until is None and months:
        until = months_after(seen_on, months) - ONE_DAY
    if until and until < seen_on:
        raise RuleError("It cannot end before it was seen.", field="until")
    noted = Eligibility.objects.create(
        member=member,
        member_class=member.member_class,
        what=what.strip(),
        seen_on=seen_on,
        until=until,
    )
    audit.record(by, "members.note_evidence", noted, member=member.pk)
    return noted


@operation(needs="members.keep_register")
def end_ground(*, member: Member, on: dt.date, why: str, by: Actor) -> Member:
    """Note that the ground of a member's class has ended; `on` is the first day without it.

    What follows is the class's rule: the member stays in it, the board decides (it stands on the
    secretary's list until they do), or the membership ends on that day. Their shares stay theirs.
    """
    if not why.strip():
        raise RuleError("Say why the ground has ended.", field="why")
    refuse_day_to_come(on, "on")
    if on < member.joined:
        raise RuleError(f"That is before they joined, {member.joined:%-d %B %Y}.", field="on")
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.ceased:
        raise RuleError("This membership has ended.")
    _stop_counting(member, on, why.strip())
    audit.record(
        by,
        "members.end_ground",
        member,
        first_day_without=on.isoformat(),
        then=member.member_class.on_lapse,
    )
    if member.member_class.on_lapse == "ends":
        because = f"Ground ended: {why.strip()}"[:120]
        return end_entry(member=member, ceased=on, because=because, by=by)
    return member


def _stop_counting(member: Member, on: dt.date, why: str) -> None:
    """Everything that was seen for this class stops counting; where nothing was, that is noted."""
    last = on - ONE_DAY
    seen = list(member.eligibility.filter(member_class=member.member_class).counting_on(on))
    for one in seen:
        Eligibility.objects.filter(pk=one.pk).update(
            until=max(last, one.seen_on), ended_because=why[:120]
        )
    if not seen:
        Eligibility.objects.create(
            member=member,
            member_class=member.member_class,
            what="Nothing was seen",
            seen_on=last,
            until=last,
            ended_because=why[:120],
        )


@operation(needs=None)
def tell_of_lapses(*, today: dt.date, by: Actor) -> int:
    """Tell the secretary for how many members evidence ran out on each of the last days, each day
    once; returns for how many by now.

    Whatever night the worker was away is told when it is back. Running out ends nothing by itself:
    a paper is out of date, which is no proof that the ground has ended. It stands on the list
    until something new was seen, or the end of the ground noted.
    """
    lacking = Member.objects.lacking_evidence(today).evidence_ran_out()
    recent = lacking.filter(Q(ran_out__gte=today - TELL_WITHIN, ran_out__lt=today))
    lapsed = Counter(recent.values_list(F("ran_out"), flat=True))
    grants = RoleGrant.objects.active_on(today).filter(role=Role.SECRETARY)
    users = User.objects.filter(role_grants__in=grants, is_active=True).distinct() if lapsed else ()
    for last_day, members in sorted(lapsed.items()):
        keys = {user: f"members.lapses:{last_day + ONE_DAY}:{user.pk}" for user in users}
        told = OutboxMessage.objects.filter(key__in=keys.values()).count()
        for user, key in keys.items():
            mail.queue(
                key=key,
                kind="members.lapses",
                to=user.email,
                subject="Evidence of eligibility has run out",
                template="members/mail/lapses.txt",
                context={"lapsed": members, "last_day": last_day},
            )
        if told < len(keys):
            told_of = {"lapsed": members, "last_day": last_day.isoformat()}
            audit.record(by, "members.tell_of_lapses", **told_of)
    return lapsed.total()
