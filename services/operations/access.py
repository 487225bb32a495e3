"""Who may see whose care record: opening and ending links. Every right to see starts here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.permissions import Role
from core.registry import operation
from members.models import Person
from services.models import AccessLink, PersonSupported
from services.querysets import AccessLinkQuerySet
from services.rules import Ground, Group


class Window(NamedTuple):
    """`user_id` may see the record of members.Person `person_id` from `since` until `until`."""

    person_id: int
    user_id: int
    since: dt.datetime
    until: dt.datetime


@operation(needs="services.manage_access")
def open_access(
    *,
    person: Person,
    user: User,
    ground: Ground,
    since: dt.datetime,
    until: dt.datetime | None = None,
    by: Actor,
) -> AccessLink:
    """Let a user see a person's care record, on a ground, from an instant (until another).

    Somebody who lets others in must see the record themselves. A second link on the same ground
    over the same time is refused.
    """
    refuse_unless_seen(by, [person.pk])
    if until is not None and until <= since:
        raise RuleError("Access must end after it begins.", field="until")
    if (ground == Ground.SELF) != (person.user_id == user.pk):
        raise RuleError(
            "“The person themself” is for somebody's own record, and the only ground for it.",
            field="ground",
        )
    same = AccessLink.objects.not_over_at(since).filter(person=person, user=user, ground=ground)
    if any(until is None or link.since < until for link in same):
        raise RuleError("This person may already see the record on this ground.", field="user")
    link = AccessLink.objects.create(
        person=person, user=user, ground=ground, since=since, until=until, opened_by=by.user
    )
    audit.record(by, "services.open_access", link, person=person.pk, user=user.pk, ground=ground)
    return link


@operation(needs="services.manage_access")
def close_access(*, link: AccessLink, at: dt.datetime | None = None, by: Actor) -> AccessLink:
    """End a link now (or at `at`): the next page that its user opens is refused.

    The team's and the person's own links end with the role and the support, not one by one.
    """
    now = at or timezone.now()
    refuse_unless_seen(by, [link.person_id])
    if link.ground in (Ground.TEAM, Ground.SELF):
        raise RuleError("This access comes with the role. It ends when the role does.")
    if not AccessLink.objects.not_over_at(now).filter(pk=link.pk).exists():
        raise RuleError("This access has already ended.")
    end_links(AccessLink.objects.filter(pk=link.pk), now)
    link.refresh_from_db()
    audit.record(by, "services.close_access", link, person=link.person_id, user=link.user_id)
    return link


@operation(needs="services.manage_access")
def replace_access(*, source: str, windows: Iterable[Window], by: Actor) -> int:
    """Make the rota's windows that came from `source` (a week's rota, say) exactly these.

    What is right already stays; what is gone ends now; what is new opens. Windows of one carer
    and person should be joined before. Returns how many links opened.
    """
    now = timezone.now()
    wanted = {window: None for window in windows}
    if not source:
        raise RuleError("Say what these windows come from.")
    if any(window.until <= window.since for window in wanted):
        raise RuleError("Access must end after it begins.", field="until")
    refuse_unless_seen(by, {window.person_id for window in wanted})
    mine = AccessLink.objects.filter(source=source, ground=Ground.ROTA)
    standing = mine.not_over_at(now)
    held = {Window(x.person_id, x.user_id, x.since, x.until or now): x.pk for x in standing}
    end_links(AccessLink.objects.filter(pk__in=[held[w] for w in held.keys() - wanted.keys()]), now)
    new = [window for window in wanted if window not in held and window.until > now]
    AccessLink.objects.bulk_create(
        AccessLink(
            person_id=window.person_id,
            user_id=window.user_id,
            ground=Ground.ROTA,
            since=window.since,
            until=window.until,
            source=source,
            opened_by=by.user,
        )
        for window in new
    )
    ended = len(held.keys() - wanted.keys())
    audit.record(by, "services.replace_access", source=source, opened=len(new), ended=ended)
    return len(new)


@operation(needs=None)
def align_team_access(*, user: User, by: Actor) -> None:
    """Bring the team's links of one user in line with their role today.

    A coordinator sees everybody the team supports; somebody who no longer is one sees nobody.
    """
    now = timezone.now()
    mine = AccessLink.objects.filter(user=user, ground=Ground.TEAM).not_over_at(now)
    if Role.COORDINATOR not in user.roles_on(timezone.localdate()):
        changed = end_links(mine, now)
    else:
        changed = share_with_team(
            PersonSupported.objects.exclude(person__in=mine.values("person")), [user], by
        )
    if changed:
        audit.record(by, "services.align_team_access", user, links=changed)


def share_with_team(
    supported: Iterable[PersonSupported], coordinators: Iterable[User], by: Actor
) -> int:
    """Open a team link from each coordinator to each person (not to their own record)."""
    now, team = timezone.now(), list(coordinators)
    links = [
        AccessLink(
            person_id=one.person_id, user=user, ground=Ground.TEAM, since=now, opened_by=by.user
        )
        for one in supported
        for user in team
        if one.person.user_id != user.pk
    ]
    AccessLink.objects.bulk_create(links, ignore_conflicts=True)
    return len(links)


def end_links(links: AccessLinkQuerySet, now: dt.datetime) -> int:
    """End links at `now`; one that had not begun never holds."""
    begun = links.filter(since__lte=now).update(until=now)
    return begun + links.filter(since__gt=now).update(until=F("since"))


def refuse_unless_seen(by: Actor, people: Iterable[int]) -> None:
    """The system may act on any record; a user only on those they see. Ids of members.Person.

    Raises PermissionDenied.
    """
    if by.user is None:
        return
    wanted = set(people)
    seen = PersonSupported.objects.visible_to(by.user, timezone.now(), Group.ACCESS)
    if wanted - set(seen.filter(person__in=wanted).values_list("person_id", flat=True)):
        raise PermissionDenied("services.refuse_unless_seen")
