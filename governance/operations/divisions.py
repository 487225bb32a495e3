"""Votes at a meeting: by hands, by a poll on demand, by name. The verdict is governance.rules'."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.classes import class_facts, counted_apart, needs_of, outcomes
from governance.counting.tally import CHOICES
from governance.models import Amendment, Division, Meeting, Motion, NamedVote, Proxy, Voter
from governance.operations.early_votes import early_choices
from governance.operations.motions import refuse_unless_moved, settle, unsettle
from governance.presence import Room, room_of, voting_proxies

State = Division.State
Way = Division.Way


@operation(needs="governance.arrange_meeting")
def begin_division(
    *, motion: Motion, way: str, amendment: Amendment | None = None, now: dt.datetime, by: Actor
) -> Division:
    """Begin a vote on a motion, or on one of its amendments, which come first and in their order.

    Refused unless those present, without who stands aside on the item, are a quorum.
    """
    refuse_unless_moved(motion)
    if way not in Way.values:
        raise RuleError("Choose how the vote is taken.", field="way")
    _refuse_out_of_order(motion, amendment)
    if motion.day_fault:
        raise RuleError(motion.day_fault)
    if way == Way.HANDS and amendment is None and early_choices(motion):
        raise RuleError(
            "Members have voted on this before the meeting. Take a poll: hands leave them out.",
            field="way",
        )
    division = _begun(motion, amendment, way, now, by)
    audit.record(by, "governance.begin_division", division, motion=motion.pk, way=way)
    return division


def _refuse_out_of_order(motion: Motion, amendment: Amendment | None) -> None:
    if motion.is_signed_for:
        raise RuleError("Members sign this one: nobody votes on it.")
    if getattr(motion, "election", None):
        raise RuleError("There is a secret vote on this motion, and no other.")
    first = motion.amendments.filter(state=Amendment.State.MOVED).first()
    if first and first != amendment:
        raise RuleError(f"Amendment {first.number} comes first.")
    if amendment and first != amendment:
        raise RuleError("This amendment has been decided or withdrawn already.")


def _begun(
    motion: Motion, amendment: Amendment | None, way: str, now: dt.datetime, by: Actor
) -> Division:
    room = room_of(motion.item.meeting, motion.item)
    quorum = room.quorum
    if not quorum.holds:
        raise RuleError(
            f"There is no quorum for this item: {quorum.present} are there, and {quorum.needed} "
            "are needed" + ("." if not quorum.short else ", with enough of each class.")
        )
    try:
        with transaction.atomic():
            return Division.objects.create(
                motion=motion,
                amendment=amendment,
                way=way,
                facts=_facts(motion, amendment, room),
                quorum={"present": quorum.present, "needed": quorum.needed},
                begun_at=now,
                taken_by=by.user,
            )
    except IntegrityError:
        raise RuleError("A vote on it is being taken already.") from None


def _facts(motion: Motion, amendment: Amendment | None, room: Room) -> dict[str, Any]:
    """How it is counted, as the rules are now."""
    needs = needs_of(motion, amendment=amendment is not None)
    classes = class_facts(motion.item.meeting.rules, room.groups.values())
    return needs.as_dict() | {"classes": classes}


# --- A show of hands ------------------------------------------------------------------------------


@operation(needs="governance.arrange_meeting")
def count_hands(
    *,
    division: Division,
    counts: Mapping[str, Sequence[int]],
    casting: str = "",
    now: dt.datetime,
    by: Actor,
) -> Division:
    """Note the hands that were counted, and decide: {constituency: (for, against, abstaining)}.

    Where classes do not count apart there is one line, "". Proxies have no hands: only who is
    there counts.
    """
    _refuse_unless_open(division, by_name=False)
    room = room_of(division.motion.item.meeting, division.motion.item)
    there = hands_there(division, room)
    if set(counts) != set(there):
        raise RuleError("Count every class of members.")
    for name, hands in counts.items():
        if len(hands) != len(CHOICES) or min(hands) < 0:
            raise RuleError("Write how many were for, against and abstained.")
        if sum(hands) > there[name]:
            raise RuleError(
                f"{sum(hands)} hands are more than the {there[name]} who can vote and are here"
                f"{f' of {name}' if name else ''}.",
            )
    if not any(sum(hands) for hands in counts.values()):
        raise RuleError("No hand is counted. Set the vote aside if it was begun by mistake.")
    division.counts = {name: list(hands) for name, hands in counts.items()}
    _decide(division, room, casting, now)
    audit.record(by, "governance.count_hands", division, carried=division.carried)
    return division


def hands_there(division: Division, room: Room) -> dict[str, int]:
    """What hands are counted by: constituency → who of it is there; "" where all count alike."""
    if division.facts["mode"] == rules.Mode.HEADS.value:
        return {"": len(room.there)}
    there = room.voting(room.there)
    return {one["code"]: there[one["code"]] for one in division.facts["classes"]}


# --- A poll ---------------------------------------------------------------------------------------


@operation(needs="governance.arrange_meeting")
def demand_poll(
    *, division: Division, demanders: Sequence[Voter], now: dt.datetime, by: Actor
) -> Division:
    """Enough people who are there want every vote entered, proxies too: the hands are set aside.

    While the meeting goes on, before or after the hands are counted, and before the next vote.
    """
    meeting = division.motion.item.meeting
    if meeting.state != Meeting.State.OPEN:
        raise RuleError("The chair has not opened the meeting, or has closed it.")
    if division.way != Way.HANDS or division != _latest(meeting):
        raise RuleError("A poll is demanded on the latest show of hands, before the next vote.")
    room, needed = room_of(meeting, division.motion.item), meeting.rules.poll_demand
    asking = {voter.pk for voter in demanders}
    if not asking <= room.there:
        raise RuleError("Only who can vote on it and is here can demand a poll.", field="demanders")
    if len(asking) < needed:
        raise RuleError(f"It takes {needed} people to demand a poll.", field="demanders")
    was = division.state
    standing = Division.objects.filter(pk=division.pk, state__in=[State.OPEN, State.DECIDED])
    if standing.update(state=State.SET_ASIDE) != 1:
        raise RuleError("This vote has been set aside already.")
    if was == State.DECIDED:
        unsettle(division)
    poll = _begun(division.motion, division.amendment, Way.POLL, now, by)
    poll.demanded_by.set(asking)
    audit.record(by, "governance.demand_poll", poll, instead_of=division.pk, voters=sorted(asking))
    return poll


def _latest(meeting: Meeting) -> Division | None:
    return Division.objects.filter(motion__item__meeting=meeting).order_by("pk").last()


@operation(needs="governance.arrange_meeting")
def set_aside(*, division: Division, because: str, by: Actor) -> Division:
    """A vote was begun, counted or closed by mistake: it is set aside with the reason, and can be
    taken anew. One that was decided only while the meeting goes on, before the next vote.
    """
    meeting = division.motion.item.meeting
    division.refresh_from_db(from_queryset=Division.objects.select_for_update())
    if not because.strip():
        raise RuleError("Say what was wrong.", field="because")
    if division.state == State.DECIDED:
        if division != _latest(meeting):
            raise RuleError("Only the latest vote can be taken again.")
        if meeting.state != Meeting.State.OPEN:
            raise RuleError("The meeting is over, so what it decided stays.")
        unsettle(division)
    elif division.state != State.OPEN:
        raise RuleError("This vote has been set aside already.")
    division.state, division.mistaken = State.SET_ASIDE, because.strip()
    division.save(update_fields=["state", "mistaken"])
    audit.record(by, "governance.set_aside", division, because=division.mistaken)
    return division


@operation(needs="governance.arrange_meeting")
def record_vote(
    *, division: Division, voter: Voter, choice: str, now: dt.datetime, by: Actor
) -> NamedVote | None:
    """Enter how one voter votes, themselves or through their proxy; again to put it right.

    An empty choice takes it out. A directed proxy votes as directed or not at all; who has an
    interest in the item does not vote.
    """
    _refuse_unless_open(division, by_name=True)
    if choice not in (*CHOICES, ""):
        raise RuleError("Choose for, against or abstain.", field="choice")
    if not choice:
        NamedVote.objects.filter(division=division, voter=voter).delete()
        audit.record(by, "governance.record_vote", division, voter=voter.pk, taken_out=True)
        return None
    holder = _holder(division, voter, choice)
    vote, _ = NamedVote.objects.update_or_create(
        division=division, voter=voter, defaults={"choice": choice, "holder": holder}
    )
    audit.record(by, "governance.record_vote", division, voter=voter.pk, choice=choice)
    return vote


def _holder(division: Division, voter: Voter, choice: str) -> Voter | None:
    """Who votes for an absent voter; None for who is there. Refuses who may not vote."""
    room = room_of(division.motion.item.meeting, division.motion.item)
    if voter.pk not in room.entitled:
        raise RuleError(f"{voter.name} does not vote on this item.")
    if voter.pk in room.there:
        return None
    if voter.pk in _early(division):
        raise RuleError(f"{voter.name} has voted before the meeting. It is counted by itself.")
    proxy = voting_proxies(room).get(voter.pk)
    if proxy is None:
        raise RuleError(f"{voter.name} is not here, and nobody who is here speaks for them.")
    directed = proxy.says(division.motion_id)
    if directed is not None and directed != choice:
        raise RuleError(
            f"{voter.name} has said: {directed or 'no vote on this'}. The proxy votes as directed."
        )
    return proxy.holder


@operation(needs="governance.arrange_meeting")
def close_poll(*, division: Division, casting: str = "", now: dt.datetime, by: Actor) -> Division:
    """All who want to have voted: what was said before the meeting, and what proxies are directed
    to say, is entered, and it is decided.

    Votes of people who have left since stay as they were given. Those of who stands aside, is off
    the roll or, as it turned out, never came are taken out.
    """
    _refuse_unless_open(division, by_name=True)
    room = room_of(division.motion.item.meeting, division.motion.item)
    taken_out = _take_out(division, room)
    _enter_early(division, room)
    _enter_directed(division, room)
    if not division.votes.exists():
        raise RuleError("No vote is entered. Set the vote aside if it was begun by mistake.")
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    apart = counted_apart(division.motion.item.meeting.rules)
    columns = ("voter__constituency", "voter__member_class", "choice")
    for constituency, code, choice in division.votes.values_list(*columns):
        counted[apart.get(code, constituency)][choice] += 1
    division.counts = {name: [votes[c] for c in CHOICES] for name, votes in counted.items()}
    _decide(division, room, casting, now)
    audit.record(
        by, "governance.close_poll", division, carried=division.carried, taken_out=taken_out
    )
    return division


def _take_out(division: Division, room: Room) -> list[int]:
    """Votes that nobody may have given: the voters, by id."""
    never_came = Q(holder__isnull=True, early=False, voter__attendances__isnull=True)
    unfounded = division.votes.filter(never_came | ~Q(voter__in=room.entitled))
    voters = sorted(unfounded.values_list("voter_id", flat=True))
    division.votes.filter(voter__in=voters).delete()
    return voters


def _early(division: Division) -> dict[int, str]:
    """What voters said before the meeting on the motion itself; amendments were not known then."""
    return {} if division.amendment_id else early_choices(division.motion)


def _enter_early(division: Division, room: Room) -> None:
    """Of those who are not there, and do not stand aside. Who came votes in the room."""
    entered = set(division.votes.values_list("voter_id", flat=True)) | room.there
    NamedVote.objects.bulk_create(
        NamedVote(division=division, voter_id=voter, choice=choice, early=True)
        for voter, choice in _early(division).items()
        if voter in room.entitled and voter not in entered
    )


def _enter_directed(division: Division, room: Room) -> None:
    entered = set(division.votes.values_list("voter_id", flat=True))
    NamedVote.objects.bulk_create(
        NamedVote(division=division, voter_id=voter, holder=proxy.holder, choice=choice)
        for voter, proxy in voting_proxies(room).items()
        if voter not in entered and (choice := _directed(proxy, division))
    )


def _directed(proxy: Proxy, division: Division) -> str:
    """What is directed on the motion itself: nobody could direct on an amendment yet to come."""
    return "" if division.amendment_id else proxy.says(division.motion_id) or ""


# --- The verdict ----------------------------------------------------------------------------------


def _refuse_unless_open(division: Division, *, by_name: bool) -> None:
    division.refresh_from_db(from_queryset=Division.objects.select_for_update())
    refuse_unless_moved(division.motion)
    if division.state != State.OPEN:
        raise RuleError(f"This vote is {division.get_state_display().lower()}.")
    if division.by_name != by_name:
        raise RuleError(
            "Votes are entered one by one." if division.by_name else "Hands are counted together."
        )


def _decide(division: Division, room: Room, casting: str, now: dt.datetime) -> None:
    """Nothing is decided once the quorum is lost, be it because somebody stands aside now."""
    if not room.quorum.holds:
        raise RuleError(
            f"The quorum for this item is lost: {room.quorum.present} are there, and "
            f"{room.quorum.needed} are needed. Set the vote aside, or put the meeting off."
        )
    votes = _votes(division, room)
    verdict = _verdict(division, votes)
    if casting:
        verdict = _with_casting_vote(division, votes, casting)
    division.casting, division.verdict = casting, verdict.as_dict()
    division.state, division.decided_at = State.DECIDED, now
    division.save()
    settle(division, now)


def _votes(division: Division, room: Room) -> dict[str, rules.Votes]:
    """Heads by constituency; who is represented, or voted by proxy or before the meeting, counts as
    present where that counts.
    """
    here = set(room.there)
    if division.by_name:
        here |= room.represented.keys()
        absent = division.votes.exclude(early=False, holder__isnull=True)
        here |= set(absent.values_list("voter_id", flat=True))
    present, entitled = room.voting(here), room.voting(room.groups)
    found = {}
    for one in division.facts["classes"]:
        name = one["code"]
        votes_for, against, abstain = division.counts.get(name, (0, 0, 0))
        found[name] = rules.Votes(votes_for, against, abstain, present[name], entitled[name])
    if "" in division.counts and "" not in found:  # hands of all classes, counted together
        together = rules.all_votes(list(found.values()))
        votes_for, against, abstain = division.counts[""]
        all_hands = (votes_for, against, abstain, together.present, together.entitled)
        found = {"": rules.Votes(*all_hands)}
    return found


def _verdict(division: Division, votes: Mapping[str, rules.Votes]) -> rules.Verdict:
    needs = rules.Needs.of(division.facts)
    if needs.mode is rules.Mode.HEADS:
        heads = rules.all_votes(list(votes.values()))
        return needs.verdict([rules.ClassOutcome("", "", heads)])
    return needs.verdict(outcomes(division.facts["classes"], votes))


def _with_casting_vote(
    division: Division, votes: Mapping[str, rules.Votes], casting: str
) -> rules.Verdict:
    """The chair decides where votes are equal, if the rules give the chair a casting vote."""
    total = rules.all_votes(list(votes.values()))
    if not division.motion.item.meeting.rules.casting_vote or division.motion.statute:
        raise RuleError("The rules give the chair no casting vote here.", field="casting")
    if division.facts["mode"] != rules.Mode.HEADS.value or total.votes_for != total.against:
        raise RuleError("A casting vote is for equal votes only.", field="casting")
    if casting not in ("for", "against"):
        raise RuleError("The casting vote is for or against.", field="casting")
    extra = rules.Votes(int(casting == "for"), int(casting == "against"))
    return _verdict(division, {**votes, "the chair": extra})
