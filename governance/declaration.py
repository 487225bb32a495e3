"""The declaration of a result in sentences, and the bundle with everything that may be known."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date

from core.errors import RuleError
from governance import bundle
from governance.bundle import chained
from governance.models import ArchivedBallot, Election, Result


def bundle_of(result: Result) -> bytes:
    """The audit bundle of a result, made from the rows. Raises RuleError if they do not agree."""
    election = result.election
    return bundle.bundle_of(
        bundle.Vote(
            election=_election(election),
            roll=_roll(result),
            events=_events(election),
            checkpoints=[each.as_dict() for each in election.checkpoints.all()],
            receipts=list(
                ArchivedBallot.objects.filter(election=election).values_list("receipt", flat=True)
            ),
            count=result.count,
            words=declaration_of(result),
            sheet=result.sheet,
            blt=result.blt,
        )
    )


def _election(election: Election) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "society": settings.SOCIETY_NAME,
        "meeting": election.meeting.title,
        "title": election.title,
        "kind": election.kind,
        "record_date": election.meeting.record_date.isoformat(),
        "opened": _iso(election.opened_at),
        "closed": _iso(election.closed_at),
        "public_key": election.lock.hex(),
    }
    if election.is_stv:
        return facts | {
            "seats": election.seats,
            "rules": election.counting,
            "constituency": election.constituency,
            "lot_order": election.lot_order,
        }
    return facts | {
        "motion": election.motion.text if election.motion else "",
        **election.needs.as_dict(),
        "classes": election.classes,
    }


def _iso(moment: Any) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _roll(result: Result) -> dict[str, int]:
    names = ("entitled", "voted", "ballots", "on_paper", "spoilt")
    return {name: getattr(result, name) for name in names}


def _events(election: Election) -> list[dict[str, Any]]:
    """The events, if they are still the ones that were written."""
    rows = list(election.events.all())
    events = [row.as_dict() for row in rows]
    if [event["hash"] for event in chained(events)] != [row.hash for row in rows]:
        raise RuleError(
            "The record of this vote has been changed in the database. Declare nothing; ask an "
            "independent scrutineer."
        )
    return events


def declaration_of(result: Result) -> list[str]:
    """What the chair reads out, sentence by sentence."""
    election = result.election
    closed = timezone.localtime(election.closed_at)
    lines = [
        f"{settings.SOCIETY_NAME}. {election.meeting.title}. {election.title}.",
        f"Voting closed on {format_date(closed, 'l j F Y')} at {format_date(closed, 'H:i')}.",
        f"{result.entitled:,} could vote. {result.voted:,} did: {result.ballots:,} here or by "
        f"telephone, {result.on_paper:,} on paper.",
    ]
    if result.spoilt:
        lines.append(f"{result.spoilt:,} of the papers could not be counted.")
    if election.is_stv and result.blank:
        lines.append(f"{result.blank:,} were blank.")
    if result.only_withdrawn:
        lines.append(f"{result.only_withdrawn:,} named only somebody who has withdrawn.")
    if election.motion:
        lines.append(f"The motion: {election.motion.text}")
    return [*lines, *result.words]
