"""Proxies: given, accepted, refused, taken back; within the cap and the deadline of the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.counting.tally import CHOICES
from governance.models import Meeting, Motion, Proxy, Voter, deadline
from governance.operations.own_hand import KEEPS, refuse_others
from members import writing


@operation(needs=None)
def give_proxy(
    *,
    voter: Voter,
    holder: Voter,
    directions: Mapping[str, str] | None = None,
    discretion: bool = True,
    counts: bool = True,
    may_vote: bool = True,
    way: str = Proxy.Way.ONLINE,
    now: dt.datetime,
    by: Actor,
) -> Proxy:
    """A voter lets another vote for them, as directed. A later proxy takes the place of an earlier.

    Whether they count as present by it, and whether the holder may vote for them, are two things.
    Given by the voter themselves, or keyed by staff from a signed paper. It must be here by the
    deadline of the rules, and binds nobody before the holder accepts it; a paper that the holder
    has signed too is accepted with it.
    """
    refuse_others(voter, by)
    if way == Proxy.Way.PAPER and not by.may(KEEPS):
        raise PermissionDenied("no paper of theirs")
    _hold(voter, holder)
    meeting = voter.meeting
    _refuse_by_rules(meeting, voter, holder, now)
    _refuse_purpose(counts, may_vote, directions or {})
    directed = _directions(meeting, directions or {})
    earlier = Proxy.objects.standing().filter(voter=voter)
    same = earlier.filter(holder=holder, way=way, counts=counts, may_vote=may_vote)
    if same.filter(directions=directed, discretion=discretion).exists():
        raise RuleError(f"This proxy has been given to {holder.name} already.", field="holder")
    earlier.update(ended_at=now, ended_because="Another was given")
    _refuse_full(holder)
    proxy = Proxy.objects.create(
        voter=voter,
        holder=holder,
        way=way,
        directions=directed,
        discretion=discretion,
        counts=counts,
        may_vote=may_vote,
        received_at=now,
        accepted_at=now if way == Proxy.Way.PAPER else None,
    )
    audit.record(by, "governance.give_proxy", proxy, voter=voter.pk, holder=holder.pk)
    if proxy.accepted_at is None:
        _ask(proxy, by)
    return proxy


def _ask(proxy: Proxy, by: Actor) -> None:
    """Who is asked to be a proxy hears of it: it binds nobody before they have agreed."""
    meeting, holder = proxy.holder.meeting, proxy.holder
    writing.write_to(
        holder.holder,
        key=f"governance.proxy_asked:{proxy.pk}",
        kind="governance.proxy_asked",
        subject=f"{meeting.title}: somebody asks you to speak for them",
        template="governance/mail/proxy_asked.txt",
        context={
            "proxy": proxy,
            "meeting": meeting,
            "name": holder.name,
            "deadline": deadline(meeting),
        },
        by=by,
    )


def _hold(voter: Voter, holder: Voter) -> None:
    """Of two who give a proxy to one person at once, or one of theirs to two, one waits."""
    rows = Voter.objects.select_for_update(no_key=True).filter(pk__in=[voter.pk, holder.pk])
    struck = dict(rows.order_by("pk").values_list("pk", "struck_on"))
    voter.struck_on, holder.struck_on = struck[voter.pk], struck[holder.pk]


def _refuse_by_rules(meeting: Meeting, voter: Voter, holder: Voter, now: dt.datetime) -> None:
    if not meeting.rules.most_proxies:
        raise RuleError("The rules know no proxies at this meeting.")
    if voter.struck_on or holder.struck_on or holder.meeting_id != meeting.pk:
        raise RuleError("Both must be on the roll of this meeting.", field="holder")
    if voter.pk == holder.pk:
        raise RuleError("Choose somebody else: nobody is their own proxy.", field="holder")
    if meeting.state != Meeting.State.CALLED:
        raise RuleError(f"The meeting is {meeting.get_state_display().lower()}.")
    latest = deadline(meeting)
    if now > latest:
        local = timezone.localtime(latest)
        raise RuleError(f"Proxies had to be here by {local:%-d %B %Y at %H:%M}.")


def _refuse_purpose(counts: bool, may_vote: bool, wanted: Mapping[str, str]) -> None:
    if not counts and not may_vote:
        raise RuleError(
            "Say what the proxy is for: to vote, to count as present, or both.", field="purpose"
        )
    if not may_vote and any(wanted.values()):
        raise RuleError("The proxy is not to vote, so say nothing on the motions.", field="purpose")


def _refuse_full(holder: Voter) -> None:
    """No more than the rules let one person hold, offers included."""
    most = holder.meeting.rules.most_proxies
    if Proxy.objects.standing().filter(holder=holder).count() >= most:
        raise RuleError(
            f"{holder.name} speaks for {most} members already, which is the most.", field="holder"
        )


def _directions(meeting: Meeting, wanted: Mapping[str, str]) -> dict[str, str]:
    """Directions that make sense: an answer to a motion of this meeting."""
    motions = {
        str(pk) for pk in Motion.objects.filter(item__meeting=meeting).values_list("pk", flat=True)
    }
    found = {str(motion): choice for motion, choice in wanted.items() if choice}
    if not found.keys() <= motions or not set(found.values()) <= set(CHOICES):
        raise RuleError("Say for, against or abstain, to motions of this meeting.")
    return found


@operation(needs=None)
def accept_proxy(*, proxy: Proxy, now: dt.datetime, by: Actor) -> Proxy:
    """The holder agrees to speak for the voter."""
    refuse_others(proxy.holder, by)
    offered = Proxy.objects.standing().filter(pk=proxy.pk, accepted_at__isnull=True)
    if offered.update(accepted_at=now) != 1:
        raise RuleError("This has been answered already.")
    proxy.refresh_from_db()
    audit.record(by, "governance.accept_proxy", proxy, holder=proxy.holder_id)
    return proxy


@operation(needs=None)
def refuse_proxy(*, proxy: Proxy, now: dt.datetime, by: Actor) -> Proxy:
    """The holder does not want to, now or any more."""
    refuse_others(proxy.holder, by)
    _end(proxy, now, "The holder said no")
    audit.record(by, "governance.refuse_proxy", proxy, holder=proxy.holder_id)
    return proxy


@operation(needs=None)
def revoke_proxy(*, proxy: Proxy, now: dt.datetime, by: Actor) -> Proxy:
    """The voter takes the proxy back, until the meeting is over."""
    refuse_others(proxy.voter, by)
    _end(proxy, now, "Taken back")
    audit.record(by, "governance.revoke_proxy", proxy, voter=proxy.voter_id)
    return proxy


def _end(proxy: Proxy, now: dt.datetime, because: str) -> None:
    if proxy.voter.meeting.is_over:
        raise RuleError("The meeting is over.")
    standing = Proxy.objects.standing().filter(pk=proxy.pk)
    if standing.update(ended_at=now, ended_because=because) != 1:
        raise RuleError("This proxy has ended already.")
    proxy.refresh_from_db()
