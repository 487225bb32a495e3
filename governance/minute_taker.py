"""The first draft of the minutes, from what the record says: who was there, what was decided."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from governance.declaration import declaration_of
from governance.models import (
    AgendaItem,
    Attendance,
    Division,
    Election,
    Meeting,
    Motion,
    Result,
)
from governance.presence import quorum_turns


@dataclass(frozen=True)
class Draft:
    """What a draft says of one item: for everybody, and for members only."""

    item: AgendaItem | None
    title: str
    text: str
    private: str = ""


def draft_of(meeting: Meeting) -> list[Draft]:
    """Who was there, each item of the agenda in order, then the elections that were declared."""
    items = meeting.items.select_related("motion__proposer__person", "motion__seconder__person")
    return [_who(meeting), *(_item(item) for item in items), *_elections(meeting)]


def _elections(meeting: Meeting) -> list[Draft]:
    declared = Result.objects.published().filter(
        election__meeting=meeting, election__kind=Election.Kind.STV
    )
    return [
        Draft(None, result.election.title, "\n".join(declaration_of(result)))
        for result in declared.order_by("election_id")
    ]


def _who(meeting: Meeting) -> Draft:
    """Numbers for everybody; names for members."""
    came = meeting.attendances.select_related(
        "voter__member__person", "voter__member__organisation", "voter__person"
    )
    voters = {row.voter_id: row for row in came if row.voter}
    ways = {
        label: sum(row.way == way for row in voters.values())
        for way, label in Attendance.Way.choices
    }
    there = ", ".join(f"{label.lower()} {number}" for label, number in ways.items() if number)
    lines = [
        f"{meeting.title}, {meeting.place or meeting.get_held_display().lower()}.",
        f"{len(voters)} of {meeting.voters.standing().count()} who may vote came"
        f"{f' ({there})' if there else ''}.",
    ]
    if meeting.opened_at:
        lines.append(f"The chair opened the meeting at {_clock(meeting.opened_at)}.")
    for turn in quorum_turns(meeting):
        what = "There was a quorum" if turn.state.holds else "There was no quorum any more"
        lines.append(f"{what} from {_clock(turn.at)}: {turn.state.present} were there.")
    if meeting.closed_at:
        lines.append(f"It closed at {_clock(meeting.closed_at)}.")
    return Draft(None, "Who was there", "\n".join(lines), _names(meeting, list(voters.values())))


def _clock(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


def _names(meeting: Meeting, came: list[Attendance]) -> str:
    names = sorted(row.voter.name for row in came if row.voter)
    guests = meeting.attendances.exclude(guest="").values_list("guest", flat=True)
    apologies = meeting.voters.filter(apology__isnull=False).with_names()
    said = [
        ("Present", names),
        ("Guests", sorted(guests)),
        ("Apologies", sorted(voter.name for voter in apologies)),
    ]
    return "\n".join(f"{what}: {', '.join(who)}." for what, who in said if who)


def _item(item: AgendaItem) -> Draft:
    """What was decided, for everybody; who proposed it and who stood aside, for members."""
    lines = [item.text] if item.text else []
    names = []
    motion = item.motion_or_none
    if motion:
        lines += _motion_lines(motion)
        names += _movers(motion)
    aside = item.recusals.standing().select_related(
        "voter__member__person", "voter__member__organisation", "voter__person"
    )
    names += [f"{one.voter.name} stood aside: {one.interest}." for one in aside]
    return Draft(item, item.title, "\n".join(lines), "\n".join(names))


def _movers(motion: Motion) -> list[str]:
    if not motion.proposer:
        return []
    seconded = f", seconded by {motion.seconder.name}" if motion.seconder else ""
    return [f"Proposed by {motion.proposer.name}{seconded}."]


def _motion_lines(motion: Motion) -> list[str]:
    """The motion, and how it was decided."""
    lines = [f"Motion: {motion.text}"]
    for division in motion.divisions.filter(state=Division.State.DECIDED).select_related(
        "amendment"
    ):
        lines.append(_division_line(division))
    result = _declared(motion)
    if result:
        lines += [f"In a secret vote: {' '.join(result)}"]
    lines.append(f"{motion.get_state_display()}.")
    return lines


def _division_line(division: Division) -> str:
    what = f"Amendment {division.amendment.number}" if division.amendment else "The motion"
    totals = division.totals
    return (
        f"{what}, {division.get_way_display().lower()}: {totals['for']} for, "
        f"{totals['against']} against, {totals['abstain']} abstaining. "
        f"{division.verdict.get('words', '')}"
    )


def _declared(motion: Motion) -> list[str]:
    election = getattr(motion, "election", None)
    result = getattr(election, "result", None)
    return list(result.words) if result and result.published_at else []
