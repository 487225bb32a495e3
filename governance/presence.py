"""Who is there now, turned into what governance.rules counts: heads by constituency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from governance import rules
from governance.classes import counted_apart
from governance.models import AgendaItem, Attendance, Meeting, Proxy, Recusal, Voter


@dataclass(frozen=True)
class Room:
    """The voters of a meeting, by id: who is entitled, there, and represented by whom.

    Those who have declared an interest in the item are in none of them. `entitled` says the
    constituency, `groups` with whom each is counted in a vote (governance.classes).
    """

    meeting: Meeting
    entitled: dict[int, str]
    groups: dict[int, str]
    there: frozenset[int]
    represented: dict[int, int]

    @property
    def presence(self) -> rules.Presence:
        return rules.Presence(
            entitled=Counter(self.entitled.values()),
            themselves=Counter(self.entitled[pk] for pk in self.there),
            by_proxy=Counter(self.entitled[pk] for pk in self.represented),
        )

    def voting(self, pks: Iterable[int]) -> Counter[str]:
        """How many of these voters are in each group that is counted together."""
        return Counter(self.groups[pk] for pk in pks)

    @property
    def quorum(self) -> rules.QuorumState:
        return rules.quorum_state(_quorum_rule(self.meeting), self.presence)


def _quorum_rule(meeting: Meeting) -> rules.QuorumRule:
    """That of the rules; of a meeting put off for want of a quorum, whoever comes, where the rules
    let it be so.
    """
    its = meeting.rules
    if its.adjourned_needs_quorum or not meeting.was_short:
        return its.quorum
    return replace(its.quorum, least=1, percent=0, of_class={})


def room_of(meeting: Meeting, item: AgendaItem | None = None) -> Room:
    """The room as it is now; for an item, without those who stand aside on it."""
    aside: set[int] = set()
    if item is not None:
        recused = Recusal.objects.standing().filter(item=item)
        aside = set(recused.values_list("voter_id", flat=True))
    on_roll = Voter.objects.standing().filter(meeting=meeting)
    rows = list(on_roll.values_list("pk", "constituency", "member_class"))
    entitled = {pk: constituency for pk, constituency, _ in rows if pk not in aside}
    apart = counted_apart(meeting.rules)
    there = Attendance.objects.there().filter(meeting=meeting, voter__in=list(entitled))
    proxies = Proxy.objects.in_force().filter(voter__meeting=meeting, counts=True)
    return Room(
        meeting=meeting,
        entitled=entitled,
        groups={pk: apart.get(code, name) for pk, name, code in rows if pk not in aside},
        there=frozenset(pk for pk in there.values_list("voter_id", flat=True) if pk),
        represented={
            voter: holder
            for voter, holder in proxies.values_list("voter_id", "holder_id")
            if voter in entitled and holder in entitled
        },
    )


def quorum_turns(meeting: Meeting) -> list[rules.Turn]:
    """When the meeting got its quorum and lost it, with the proxies that stand."""
    came = meeting.attendances.filter(voter__isnull=False)
    moves = []
    for voter, came_at, left_at in came.values_list("voter_id", "came_at", "left_at"):
        moves.append((came_at, voter, True))
        if left_at:
            moves.append((left_at, voter, False))
    accepted = Proxy.objects.standing().filter(
        voter__meeting=meeting, accepted_at__isnull=False, counts=True
    )
    return rules.quorum_turns(
        _quorum_rule(meeting),
        dict(meeting.voters.standing().values_list("pk", "constituency")),
        moves,
        dict(accepted.values_list("voter_id", "holder_id")),
    )


def voting_proxies(room: Room) -> dict[int, Proxy]:
    """Voter id → the proxy by which somebody who is there may vote for them on the item."""
    proxies = Proxy.objects.in_force().filter(voter__meeting=room.meeting, may_vote=True)
    return {
        proxy.voter_id: proxy
        for proxy in proxies.select_related("holder")
        if proxy.voter_id in room.entitled and proxy.holder_id in room.entitled
    }
