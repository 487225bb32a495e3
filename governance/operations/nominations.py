"""Nominations: members nominate each other and agree to stand; the secretary accepts them.

Each acts for themselves; the secretary keys what came on paper.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import Election, Nomination, Nominator
from governance.operations.candidates import add_candidate, refuse_to_stand
from governance.operations.elections import hold, refuse_if_opened
from governance.operations.own_hand import is_own
from members.models import Member

KEEPS = "governance.run_election"
State = Nomination.State


@operation(needs=KEEPS)
def call_for_nominations(
    *, election: Election, begins: dt.datetime, ends: dt.datetime, by: Actor
) -> Election:
    """Say from when until when members can stand and nominate: before voting closes."""
    refuse_if_opened(election)
    if not election.is_stv:
        raise RuleError("This is a vote on a motion: nobody stands in it.")
    if ends <= begins:
        raise RuleError("Nominations end after they begin.", field="ends")
    if ends >= election.closes_at:
        raise RuleError("Nominations end before voting closes.", field="ends")
    election.nominations_from, election.nominations_until = begins, ends
    election.save(update_fields=["nominations_from", "nominations_until"])
    audit.record(by, "governance.call_for_nominations", election)
    return election


@operation(needs=None)
def stand(
    *, election: Election, member: Member, statement: str = "", now: dt.datetime, by: Actor
) -> Nomination:
    """A member agrees to stand, nominated already or not, with a statement for voters."""
    _refuse_others(member, by)
    nomination = _nominated(election, member, now)
    nomination.statement, nomination.consented_at = statement.strip(), now
    nomination.state = State.OPEN
    nomination.save(update_fields=["statement", "consented_at", "state"])
    audit.record(by, "governance.stand", nomination, election=election.pk, member=member.pk)
    return nomination


@operation(needs=None)
def nominate(
    *, election: Election, member: Member, nominator: Member, now: dt.datetime, by: Actor
) -> Nomination:
    """A member nominates another, who is told and has to agree."""
    _refuse_others(nominator, by)
    if nominator.pk == member.pk:
        raise RuleError("Others nominate you; you yourself agree to stand.", field="member")
    _refuse_outsider(election, nominator)
    nomination = _nominated(election, member, now)
    if nomination.state == State.WITHDRAWN:
        raise RuleError(f"{member.name} does not want to stand.", field="member")
    _, made = Nominator.objects.get_or_create(
        nomination=nomination, member=nominator, defaults={"at": now}
    )
    if not made:
        raise RuleError(f"{nominator.name} has nominated {member.name} already.", field="member")
    _tell(nomination)
    audit.record(by, "governance.nominate", nomination, member=member.pk, by_member=nominator.pk)
    return nomination


@operation(needs=KEEPS)
def key_nomination(
    *,
    election: Election,
    member: Member,
    nominator: Member | None,
    agrees: bool,
    statement: str = "",
    now: dt.datetime,
    by: Actor,
) -> None:
    """What came on paper: who nominates, that who is nominated agrees, or both."""
    if not nominator and not agrees:
        raise RuleError("Say who nominates them, or that they agree to stand.", field="nominator")
    if statement.strip() and not agrees:
        raise RuleError("These words go with their own agreement to stand.", field="statement")
    if nominator:
        nominate(election=election, member=member, nominator=nominator, now=now, by=by)
    if agrees:
        stand(election=election, member=member, statement=statement, now=now, by=by)


def _refuse_outsider(election: Election, nominator: Member) -> None:
    if not nominator.is_active_on(election.meeting.record_date):
        raise RuleError("Only members in the register on the record date nominate.")
    kept_for = election.constituency
    if kept_for and election.meeting.class_of(nominator).constituency != kept_for:
        raise RuleError(f"This seat is kept for {kept_for}, and they nominate for it.")


def _nominated(election: Election, member: Member, now: dt.datetime) -> Nomination:
    """The nomination of a member, begun now if there is none. Refuses who may not stand."""
    election.refresh_from_db(from_queryset=Election.objects.select_for_update())
    if not election.takes_nominations(now):
        raise RuleError("Nominations are not open.")
    nomination = election.nominations.filter(member=member).first()
    if nomination and nomination.state in (State.ACCEPTED, State.REFUSED):
        raise RuleError(f"This nomination is decided: {nomination.get_state_display().lower()}.")
    if nomination is None:
        refuse_to_stand(election, member)
        nomination = Nomination.objects.create(election=election, member=member, made_at=now)
    return nomination


def _tell(nomination: Nomination) -> None:
    """Tell who is nominated, once. The subject names nobody."""
    holder = nomination.member.holder
    if not holder.email_notified_for or nomination.consented_at:
        return
    mail.queue(
        key=f"governance.nomination:{nomination.pk}",
        kind="governance.nomination",
        to=holder.email,
        subject=f"{nomination.election.meeting.title}: you are nominated",
        template="governance/mail/nomination.txt",
        context={
            "election": nomination.election,
            "meeting": nomination.election.meeting,
            "name": nomination.member.name,
        },
    )


@operation(needs=None)
def withdraw_nomination(*, nomination: Nomination, by: Actor) -> Nomination:
    """Who is nominated does not want to stand, or no longer."""
    _refuse_others(nomination.member, by)
    _decide(nomination, State.WITHDRAWN)
    audit.record(by, "governance.withdraw_nomination", nomination)
    return nomination


@operation(needs=KEEPS)
def accept_nomination(*, nomination: Nomination, by: Actor) -> Nomination:
    """Put who is nominated on the paper: with their consent, and enough nominators."""
    hold(nomination.election)
    nomination.refresh_from_db()
    if nomination.missing:
        raise RuleError(" ".join(nomination.missing))
    _decide(nomination, State.ACCEPTED)
    add_candidate(
        election=nomination.election,
        member=nomination.member,
        statement=nomination.statement,
        by=by,
    )
    audit.record(by, "governance.accept_nomination", nomination)
    return nomination


@operation(needs=KEEPS)
def refuse_nomination(*, nomination: Nomination, because: str, by: Actor) -> Nomination:
    """It cannot be accepted, for a reason that the rules give."""
    if not because.strip():
        raise RuleError("Say why.", field="because")
    _decide(nomination, State.REFUSED, because=because.strip())
    audit.record(by, "governance.refuse_nomination", nomination)
    return nomination


def _decide(nomination: Nomination, state: str, **fields: str) -> None:
    hold(nomination.election)  # as `stand` does: neither writes over what the other decides
    waiting = Nomination.objects.filter(pk=nomination.pk, state=State.OPEN)
    moved = waiting.update(state=state, **fields)
    nomination.refresh_from_db()
    if moved != 1:
        raise RuleError(f"This nomination is decided: {nomination.get_state_display().lower()}.")


def _refuse_others(member: Member, by: Actor) -> None:
    """Each speaks for themselves; the secretary keys what came on paper."""
    if not by.may(KEEPS) and not is_own(member, by):
        raise PermissionDenied("not this member")
