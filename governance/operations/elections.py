"""Secret votes: the paper, the roll, opening, closing and publishing."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.bundle import sha256
from governance.classes import class_facts, counted_apart, needs_of, needs_of_vote
from governance.declaration import bundle_of
from governance.models import (
    Amendment,
    ArchivedBallot,
    ArchivedRollEntry,
    Bundle,
    Election,
    Meeting,
    Motion,
    Nomination,
    Result,
    RollEntry,
    SealedBallot,
)
from governance.operations.keys import remake_keys
from governance.operations.motions import hold_motion, settle_motion
from governance.operations.record import Kind, note_event, take_last_checkpoint
from governance.operations.rolls import roll_taken

State = Election.State
#: What can be changed until voting opens.
ON_THE_PAPER = ("title", "explanation", "closes_at", "seats", "counting", "constituency")


@operation(needs="governance.run_election")
def make_election(
    *,
    meeting: Meeting,
    title: str,
    closes_at: dt.datetime,
    explanation: str = "",
    seats: int | None = None,
    counting: str = Election.Counting.STV,
    constituency: str = "",
    motion: Motion | None = None,
    by: Actor,
) -> Election:
    """Prepare a secret vote: on a motion, or else an election of people to `seats` seats.

    With a constituency the seats are kept for its members: only they vote, and stand. What a motion
    needs is not chosen: the rules say it, or the Act.
    """
    if meeting.is_over:
        raise RuleError("The meeting is over.")
    if not meeting.body.is_of_members:
        raise RuleError("Secret votes are for general meetings: their roll is of members.")
    if motion:
        _refuse_motion(meeting, motion)
    kind = Election.Kind.MOTION if motion else Election.Kind.STV
    election = Election(meeting=meeting, kind=kind, motion=motion)
    _fill_in(election, title, closes_at, explanation)
    _fill_seats(election, seats, counting, constituency)
    election.save()
    note_event(election, Kind.PREPARED, title=election.title, vote=kind)
    remake_keys(election)
    audit.record(by, "governance.make_election", election, kind=kind, meeting=meeting.pk)
    return election


def _refuse_motion(meeting: Meeting, motion: Motion) -> None:
    """Nothing else is done about a motion that a secret vote is to decide."""
    hold_motion(motion)
    if motion.item.meeting_id != meeting.pk or hasattr(motion, "election"):
        raise RuleError("Choose a motion of this meeting that has no vote yet.", field="motion")
    if motion.early_votes.exists():
        raise RuleError(
            "Members have voted on it before the meeting, by name. Take a poll there instead.",
            field="motion",
        )
    if motion.is_signed_for:
        raise RuleError("Members sign this one: nobody votes on it.", field="motion")
    if not motion.is_open or motion.divisions.exists():
        raise RuleError("This motion has been voted on, or withdrawn.", field="motion")
    if motion.amendments.filter(state=Amendment.State.MOVED).exists():
        raise RuleError("An amendment of this motion comes first.", field="motion")


@operation(needs="governance.run_election")
def change_election(
    *,
    election: Election,
    title: str,
    closes_at: dt.datetime,
    explanation: str = "",
    seats: int | None = None,
    counting: str = Election.Counting.STV,
    constituency: str = "",
    by: Actor,
) -> Election:
    """Change the paper, until voting opens. While it is open, only a later end is possible."""
    hold(election)
    if election.state == State.OPEN:
        _extend(election, closes_at)
    else:
        refuse_if_opened(election)
        _fill_in(election, title, closes_at, explanation)
        _fill_seats(election, seats, counting, constituency)
        election.save(update_fields=ON_THE_PAPER)
        note_event(election, Kind.CHANGED, title=election.title)
    audit.record(by, "governance.change_election", election)
    return election


def _fill_in(election: Election, title: str, closes_at: dt.datetime, explanation: str) -> None:
    if not title.strip():
        raise RuleError("Give the vote a title.", field="title")
    election.title, election.explanation = title.strip(), explanation.strip()
    election.closes_at = closes_at


def _fill_seats(election: Election, seats: int | None, counting: str, constituency: str) -> None:
    """How many are elected, how, and by whom. A vote on a motion has none of it."""
    if not election.is_stv:
        return
    if not (seats and 1 <= seats <= rules.MOST_CANDIDATES):
        raise RuleError("Say how many seats there are to fill.", field="seats")
    if counting not in Election.Counting.values:
        raise RuleError("Choose how the votes are counted.", field="counting")
    if counting == Election.Counting.AV and seats != 1:
        raise RuleError("The alternative vote fills one seat only.", field="counting")
    if constituency != election.constituency and election.state != State.DRAFT:
        raise RuleError("The roll is frozen, so who votes stays.", field="constituency")
    if election.candidates_outside(constituency):
        raise RuleError("Somebody on the paper is not one of them.", field="constituency")
    election.seats, election.counting, election.constituency = seats, counting, constituency


def _extend(election: Election, closes_at: dt.datetime) -> None:
    """More time to vote, never less: somebody may be counting on it. Nor once its hour has passed,
    whether it has been closed by then or not.
    """
    if closes_at <= election.closes_at:
        raise RuleError("Voting is open: it can only be given more time.", field="closes_at")
    if timezone.now() >= election.closes_at:
        raise RuleError("Its hour has passed, and somebody may have been turned away already.")
    if not Election.objects.filter(pk=election.pk, state=State.OPEN).update(closes_at=closes_at):
        raise RuleError("Voting has closed.")
    election.closes_at = closes_at
    note_event(election, Kind.MORE_TIME, closes_at=closes_at.isoformat(timespec="seconds"))


def refuse_if_opened(election: Election) -> None:
    """Nor can it open before this transaction ends: what is changed now is on the paper, or is
    refused.
    """
    hold(election)
    if election.state == State.CALLED_OFF:
        raise RuleError("It is called off already.")
    if not election.may_change:
        raise RuleError("Voting has opened, so the paper cannot change any more.")


# --- The roll -------------------------------------------------------------------------------------


@operation(needs="governance.run_election")
def freeze_roll(*, election: Election, now: dt.datetime, by: Actor) -> Election:
    """Copy the roll of the meeting, as it stands now, to this vote: it is taken with it, if nobody
    took it before. Later changes of the one do not touch the other. Who stands aside on a motion
    is left out.
    """
    if not election.meeting.voters.exists():
        roll_taken(election.meeting, now)
    hold(election)
    if election.state != State.DRAFT:
        raise RuleError("The roll of this vote has been frozen already.")
    voters = election.meeting.voters.standing().filter(member__isnull=False)
    if election.constituency:
        voters = voters.filter(constituency=election.constituency)
    if election.motion:
        aside = election.motion.item.recusals.standing()
        voters = voters.exclude(pk__in=aside.values("voter"))
    apart = _counted_apart(election)
    entries = [
        RollEntry(election=election, member_id=member, constituency=apart.get(code, constituency))
        for member, constituency, code in voters.values_list(
            "member", "constituency", "member_class"
        )
    ]
    if not entries:
        raise RuleError(
            f"Nobody on this roll is of {election.constituency}."
            if election.constituency
            else "A secret vote is of members: nobody on this roll is one."
        )
    # By random id, so that the order of the rows says nothing about anybody.
    RollEntry.objects.bulk_create(sorted(entries, key=lambda entry: entry.pk), batch_size=500)
    _move_on(election, State.DRAFT, State.ROLLED)
    note_event(election, Kind.ROLL_FROZEN, at=now, entitled=len(entries))
    audit.record(by, "governance.freeze_roll", election, entitled=len(entries))
    return election


def _counted_apart(election: Election) -> dict[str, str]:
    """Which classes are counted by themselves: none where heads decide."""
    needs = needs_of_vote(election)
    if needs is None or needs.mode is rules.Mode.HEADS:
        return {}
    return counted_apart(election.meeting.rules)


# --- Opening and closing --------------------------------------------------------------------------


def missing_before_opening(election: Election, now: dt.datetime) -> list[str]:
    """What is still to be done before voting can open, in sentences; empty when nothing is."""
    missing = []
    if election.meeting.is_over:
        missing.append("The meeting is over, or called off.")
    elif not election.meeting.had_notice:
        missing.append("Members have not had notice of the meeting.")
    if election.is_stv:
        missing += _who_may_still_stand(election, now)
    if election.motion:
        missing += _why_not_now(election.motion)
    if election.state == State.DRAFT:
        missing.append("The roll has not been frozen.")
    boxes = list(election.boxes.all())
    if not boxes:
        missing.append(f"The {rules.TELLERS} tellers have not all set their passphrase.")
    elif not all(box.rehearsed for box in boxes):
        missing.append("The tellers have not rehearsed with every pair.")
    if election.closes_at <= now:
        missing.append("The time for voting to end has passed already.")
    return missing


def _who_may_still_stand(election: Election, now: dt.datetime) -> list[str]:
    """Nobody is left off the paper because voting opened too early."""
    found = [] if election.candidates.exists() else ["Nobody stands."]
    if election.nominations_until and now < election.nominations_until:
        until = timezone.localtime(election.nominations_until)
        found.append(f"Nominations are open until {until:%-d %B %Y at %H:%M}.")
    needed = election.meeting.rules.nominators
    nominated = election.nominations.filter(state=Nomination.State.OPEN)
    complete = [one for one in nominated.prefetch_related("backers") if not one.missing_of(needed)]
    if complete:
        found.append("Somebody who is nominated has everything, and is not on the paper yet.")
    return found


def _why_not_now(motion: Motion) -> list[str]:
    found = [motion.day_fault] if motion.day_fault else []
    if not motion.is_open:
        found.append(f"The motion is no longer open: {motion.get_state_display().lower()}.")
    return found


@operation(needs="governance.run_election")
def call_off_vote(*, election: Election, because: str, by: Actor) -> Election:
    """A vote was prepared by mistake, or is not wanted any more. Only before it opens; its motion
    can then be decided otherwise.
    """
    refuse_if_opened(election)
    if not because.strip():
        raise RuleError("Say why.", field="because")
    election.state, election.motion = State.CALLED_OFF, None
    election.called_off_because = because.strip()
    election.save(update_fields=["state", "motion", "called_off_because"])
    note_event(election, Kind.CALLED_OFF)
    audit.record(by, "governance.call_off_vote", election, because=election.called_off_because)
    return election


@operation(needs="governance.run_election")
def open_vote(*, election: Election, now: dt.datetime, by: Actor) -> Election:
    """Open voting: the lot for ties is drawn and shown, and the paper is fixed from now on."""
    hold(election)
    if election.motion:
        hold_motion(election.motion)
    missing = missing_before_opening(election, now)
    if missing:
        raise RuleError("Voting cannot open yet. " + " ".join(missing))
    lot = list(election.options()) if election.is_stv else []
    secrets.SystemRandom().shuffle(lot)
    _move_on(
        election,
        State.ROLLED,
        State.OPEN,
        opened_at=now,
        lot_order=lot,
        **_how_it_is_decided(election),
    )
    note_event(election, Kind.OPENED, at=now, lot_order=lot, mode=election.mode)
    audit.record(by, "governance.open_vote", election, lot=lot)
    return election


def _how_it_is_decided(election: Election) -> dict[str, Any]:
    """What a motion needs and what the rules say of each class, from now on; people: by heads."""
    if election.motion is None:
        return {}
    needs = needs_of(election.motion)
    on_roll = election.rollentry_set.values_list("constituency", flat=True)
    return {
        "threshold": needs.threshold.key,
        "threshold_of": needs.base.value,
        "mode": needs.mode.value,
        "classes": class_facts(election.meeting.rules, on_roll),
    }


@operation(needs="governance.run_election")
def close_vote(*, election: Election, now: dt.datetime, by: Actor) -> Election:
    """Close voting now. Who is voting at this moment is either counted or told that it is over."""
    _close(election, now)
    audit.record(by, "governance.close_vote", election)
    return election


def close_due_votes(*, now: dt.datetime, by: Actor) -> int:
    """Close every vote whose time has come, each in a transaction of its own: one that cannot be
    closed keeps no other open. Returns how many.
    """
    closed, faults = 0, []
    for election in Election.objects.due_to_close(now):
        try:
            close_due_vote(election=election, now=now, by=by)
        except RuleError:
            continue  # somebody has just closed it, or given it more time
        except DatabaseError as fault:
            faults.append(fault)
        else:
            closed += 1
    if faults:
        raise ExceptionGroup("Some votes could not be closed.", faults)
    return closed


@operation(needs=None)
def close_due_vote(*, election: Election, now: dt.datetime, by: Actor) -> Election:
    """Close one vote, if its time has come."""
    hold(election)
    if now < election.closes_at:
        raise RuleError("Voting has been given more time.")
    _close(election, now)
    audit.record(by, "governance.close_vote", election)
    return election


def _close(election: Election, now: dt.datetime) -> None:
    hold(election)
    _move_on(election, State.OPEN, State.CLOSED, closed_at=now)
    _archive(election)
    take_last_checkpoint(election, now)
    roll = ArchivedRollEntry.objects.filter(election=election)
    note_event(
        election,
        Kind.CLOSED,
        at=now,
        ballots=roll.in_the_box().count(),
        on_paper=roll.on_paper().count(),
    )


def hold(election: Election) -> None:
    """Wait for whoever casts a vote, or changes the paper or the keys, and keep all of them out
    until this transaction ends.

    On SQLite the IMMEDIATE transaction already has the database's only write lock.
    """
    election.refresh_from_db(from_queryset=Election.objects.select_for_update())


def share(election: Election) -> None:
    """Hold the close off until what comes now is in; voters do not wait for each other.

    The counterpart of `hold`.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM governance_election WHERE id = %s FOR SHARE", [election.pk]
            )
    election.refresh_from_db()


def _archive(election: Election) -> None:
    """Move roll and ballots to the archive, each in the order of their random ids.

    Afterwards all rows were written by this one transaction, so that no mark that PostgreSQL keeps
    of a transaction (xmin), and no place in a table, leads from a voter to a paper.
    """
    ballots = SealedBallot.objects.filter(election=election).order_by("pk")
    ArchivedBallot.objects.bulk_create(
        [
            ArchivedBallot(
                id=ballot.pk,
                election=election,
                constituency=ballot.constituency,
                ciphertext=bytes(ballot.ciphertext),
                receipt=ballot.receipt,
            )
            for ballot in ballots
        ],
        batch_size=500,
    )
    entries = RollEntry.objects.filter(election=election).order_by("pk")
    ArchivedRollEntry.objects.bulk_create(
        [
            ArchivedRollEntry(
                id=entry.pk,
                election=election,
                member_id=entry.member_id,
                constituency=entry.constituency,
                state=entry.state,
                helped=entry.helped,
            )
            for entry in entries
        ],
        batch_size=500,
    )
    ballots.delete()
    entries.delete()


def _move_on(election: Election, before: str, after: str, **fields: object) -> None:
    """Change the state, unless it is no longer what we think it is."""
    moved = Election.objects.filter(pk=election.pk, state=before).update(state=after, **fields)
    election.refresh_from_db()
    if moved != 1:
        raise RuleError(
            f"This vote is {election.get_state_display().lower()}, so this cannot be done now."
        )


# --- Publishing -----------------------------------------------------------------------------------


@operation(needs="governance.run_election")
def publish_result(*, election: Election, now: dt.datetime, by: Actor) -> Result:
    """Declare the result to members and public, if papers and roll agree.

    The bundle is made now, from everything that may be known, and never made again.
    """
    result = Result.objects.filter(election=election).first()
    if result is None:
        raise RuleError("The votes have not been counted yet.")
    if not result.agrees:
        raise RuleError(
            f"{result.voted:,} are marked as voted on the roll, but there are {result.ballots:,} "
            f"sealed papers and {result.on_paper:,} keyed in. Find out why before anything is "
            "declared."
        )
    _move_on(election, State.COUNTED, State.PUBLISHED)
    Result.objects.filter(pk=result.pk).update(published_at=now)
    result.refresh_from_db()
    if election.motion:
        settle_motion(election.motion, result.count["verdict"]["carried"])
    note_event(election, Kind.DECLARED, at=now)
    data = bundle_of(result)
    Bundle.objects.create(election=election, data=data, sha256=sha256(data))
    audit.record(by, "governance.publish_result", election, result=result.pk)
    return result
