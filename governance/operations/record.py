"""The record of a vote: each event chained to the one before, and checkpoints of the ballot box."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import audit, mail
from core.actors import Actor
from core.registry import operation
from governance.bundle import CHECKPOINT_STEP, linked, merkle_root
from governance.models import ArchivedBallot, Checkpoint, Election, ElectionEvent, SealedBallot

Kind = ElectionEvent.Kind


def note_event(
    election: Election, kind: Kind, *, at: dt.datetime | None = None, **facts: Any
) -> ElectionEvent:
    """Write what happened, in the transaction in which it did. `facts` must name no voter."""
    # The row is the lock: two who write at once write one after the other.
    Election.objects.select_for_update().get(pk=election.pk)
    last = election.events.last()
    event = ElectionEvent(election=election, kind=kind, facts=facts)
    event.number = last.number + 1 if last else 1
    event.at = (at or event.at).replace(microsecond=0)
    link = linked(event.as_dict(), last.hash if last else "")
    event.before, event.hash = link["before"], link["hash"]
    event.save(force_insert=True)
    return event


@operation(needs=None)
def take_checkpoints(*, now: dt.datetime, by: Actor) -> int:
    """Take a checkpoint of every open vote with enough new papers; returns of how many."""
    return sum(_take_checkpoint(election, now, by) for election in Election.objects.open_at(now))


def _take_checkpoint(election: Election, now: dt.datetime, by: Actor) -> bool:
    """At least five papers after the last: fewer would say something of who voted when."""
    Election.objects.select_for_update().get(pk=election.pk)
    last = election.checkpoints.last()
    papers = SealedBallot.objects.filter(election=election)
    if papers.count() - (last.ballots if last else 0) < CHECKPOINT_STEP:
        return False
    checkpoint = _checkpoint(election, papers.values_list("receipt", flat=True), now)
    audit.record(by, "governance.take_checkpoints", election, ballots=checkpoint.ballots)
    return True


def take_last_checkpoint(election: Election, now: dt.datetime) -> None:
    """That of the closed box, within the close; unless the one before it was of as many papers."""
    papers = ArchivedBallot.objects.filter(election=election)
    if not election.checkpoints.filter(ballots=papers.count()).exists():
        _checkpoint(election, papers.values_list("receipt", flat=True), now)


def _checkpoint(election: Election, receipts: Any, now: dt.datetime) -> Checkpoint:
    leaves = list(receipts)
    checkpoint = Checkpoint.objects.create(
        election=election,
        ballots=len(leaves),
        root=merkle_root(leaves),
        # To the hour: more would say something of who voted when.
        at=now.replace(minute=0, second=0, microsecond=0),
    )
    for teller in election.meeting.tellers.select_related("user"):
        mail.queue(
            key=f"governance.checkpoint:{checkpoint.pk}:{teller.pk}",
            kind="governance.checkpoint",
            to=teller.user.email,
            subject=f"{election.title}: keep this message",
            template="governance/mail/checkpoint.txt",
            context={
                "election": election,
                "meeting": election.meeting,
                "checkpoint": checkpoint,
                "name": teller.user.get_full_name(),
            },
        )
    return checkpoint
