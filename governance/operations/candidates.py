"""Who stands in an election: put on the paper, taken off it, and withdrawn once voting is open."""

from __future__ import annotations

import datetime as dt

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.models import Candidate, Election
from governance.operations.elections import hold, refuse_if_opened
from governance.operations.record import Kind, note_event
from members.models import Member


@operation(needs="governance.run_election")
def add_candidate(
    *, election: Election, member: Member, name: str = "", statement: str = "", by: Actor
) -> Candidate:
    """Put a member on the paper, at the end. Tellers do not stand."""
    refuse_if_opened(election)
    refuse_to_stand(election, member)
    position = election.candidates.count() + 1
    if position > rules.MOST_CANDIDATES:
        raise RuleError(f"A paper has room for {rules.MOST_CANDIDATES} names.")
    candidate = Candidate.objects.create(
        election=election,
        member=member,
        name=name.strip() or member.name,
        statement=statement.strip(),
        position=position,
    )
    note_event(election, Kind.STANDS, position=position, name=candidate.name)
    audit.record(by, "governance.add_candidate", candidate, election=election.pk)
    return candidate


def refuse_to_stand(election: Election, member: Member) -> None:
    """Who may not stand: for whom the seat is not, who is on the paper already, who counts."""
    if not election.is_stv:
        raise RuleError("This is a vote on a motion: nobody stands in it.")
    if not member.person_id or not member.is_active_on(election.meeting.record_date):
        raise RuleError("Only people in the register on the record date may stand.", field="member")
    if election.candidates.filter(member=member).exists():
        raise RuleError("This member is on the paper already.", field="member")
    if election.meeting.tellers.filter(user__person=member.person_id).exists():
        raise RuleError("A teller at this meeting cannot stand.", field="member")
    kept_for = election.constituency
    if kept_for and election.meeting.class_of(member).constituency != kept_for:
        raise RuleError(f"This seat is kept for {kept_for}.", field="member")


@operation(needs="governance.run_election")
def change_candidate(
    *, candidate: Candidate, name: str, statement: str = "", by: Actor
) -> Candidate:
    """Change a name or a statement on the paper, until voting opens."""
    refuse_if_opened(candidate.election)
    if not name.strip():
        raise RuleError("Write the name as it will stand on the paper.", field="name")
    candidate.name, candidate.statement = name.strip(), statement.strip()
    candidate.save(update_fields=["name", "statement"])
    note_event(candidate.election, Kind.CHANGED, position=candidate.position, name=candidate.name)
    audit.record(by, "governance.change_candidate", candidate, election=candidate.election_id)
    return candidate


@operation(needs="governance.run_election")
def remove_candidate(*, candidate: Candidate, by: Actor) -> Election:
    """Take a name off the paper before voting opens; those below move up."""
    election = candidate.election
    refuse_if_opened(election)
    note_event(election, Kind.OFF_PAPER, position=candidate.position, name=candidate.name)
    audit.record(by, "governance.remove_candidate", candidate, election=election.pk)
    candidate.delete()
    for position, other in enumerate(election.candidates.order_by("position"), 1):
        Candidate.objects.filter(pk=other.pk).exclude(position=position).update(position=position)
    return election


@operation(needs="governance.run_election")
def withdraw_candidate(
    *, candidate: Candidate, because: str, now: dt.datetime, by: Actor
) -> Candidate:
    """Somebody who stands withdraws, or has died, once voting has opened and before it closes.

    Nobody can choose them from now on; papers that name them already are read as if they had not
    been there. That they withdrew is published for good; why is not: it may be an illness.
    """
    hold(candidate.election)
    if candidate.election.may_change:
        raise RuleError("Voting has not opened: take the name off the paper instead.")
    if not because.strip():
        raise RuleError("Say why.", field="because")
    if not candidate.election.takes_votes(now):
        raise RuleError("Voting has closed. Who was elected can decline the seat.")
    standing = Candidate.objects.filter(pk=candidate.pk, withdrawn_at__isnull=True)
    if standing.update(withdrawn_at=now, withdrawn_because=because.strip()) != 1:
        raise RuleError("They have withdrawn already.")
    candidate.refresh_from_db()
    note_event(candidate.election, Kind.WITHDREW, at=now, position=candidate.position)
    audit.record(by, "governance.withdraw_candidate", candidate, election=candidate.election_id)
    return candidate
