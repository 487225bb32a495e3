"""Votes that come another way: papers in envelopes, and calls by telephone. One roll for all."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import Election, PhoneVote, RollEntry
from governance.operations.elections import share
from members.models import Member

State = RollEntry.State


@operation(needs="governance.run_election")
def receive_paper(*, election: Election, member: Member, now: dt.datetime, by: Actor) -> RollEntry:
    """Strike a member off the roll because their voting paper is here, unopened.

    Refused if they have voted another way: their envelope is then set aside, still closed. Until
    the close this can be taken back (`give_back_paper`).
    """
    _refuse_unless_open(election, now)
    entry = _entry(election, member)
    not_voted = RollEntry.objects.filter(pk=entry.pk, state=State.NOT_VOTED)
    if not_voted.update(state=State.PAPER) != 1:
        raise RuleError(
            f"A vote has already been recorded for {member.name}. Set the envelope aside, closed.",
            field="member",
        )
    audit.record(by, "governance.receive_paper", election, member=member.pk)
    entry.refresh_from_db()
    return entry


@operation(needs="governance.run_election")
def give_back_paper(
    *, election: Election, member: Member, now: dt.datetime, by: Actor
) -> RollEntry:
    """An envelope was noted by mistake, or its voter asks for it back: they have not voted yet."""
    _refuse_unless_open(election, now)
    entry = _entry(election, member)
    noted = RollEntry.objects.filter(pk=entry.pk, state=State.PAPER)
    if noted.update(state=State.NOT_VOTED) != 1:
        raise RuleError(f"No voting paper of {member.name} is noted.")
    audit.record(by, "governance.give_back_paper", election, member=member.pk)
    entry.refresh_from_db()
    return entry


@operation(needs="governance.run_election")
def take_phone_vote(
    *, election: Election, member: Member, known_by: str, now: dt.datetime, by: Actor
) -> PhoneVote:
    """Note that a member asks by telephone to vote, who took the call and how we knew them.

    The paper is filled in afterwards, by the same officer (`cast_ballot`), so that nothing written
    here was written with it. A later call takes the place of one that came to nothing.
    """
    if by.user is None:
        raise PermissionDenied("a call is taken by a person")
    _refuse_unless_open(election, now)
    if not known_by.strip():
        raise RuleError("Say how you know that it is them.", field="known_by")
    if _entry(election, member).has_voted:
        raise RuleError(f"A vote has already been recorded for {member.name}.")
    call, _ = PhoneVote.objects.update_or_create(
        election=election,
        member=member,
        defaults={
            "taken_by": by.user,
            "known_by": known_by.strip(),
            "called_on": timezone.localdate(now),
        },
    )
    audit.record(by, "governance.take_phone_vote", election, member=member.pk)
    return call


def _refuse_unless_open(election: Election, now: dt.datetime) -> None:
    share(election)
    if not election.takes_votes(now):
        raise RuleError(
            "Voting has not opened yet." if election.may_change else "Voting has closed."
        )


def _entry(election: Election, member: Member) -> RollEntry:
    entry = RollEntry.objects.filter(election=election, member=member).first()
    if entry is None:
        raise RuleError(f"{member.name} is not on the roll of this vote.", field="member")
    return entry
