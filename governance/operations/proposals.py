"""Members propose between meetings: an idea, put forward, seconded, put on an agenda."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import AgendaItem, Body, Meeting, Proposal, Seconder
from governance.operations.agenda import add_item
from governance.operations.own_hand import (
    KEEPS,
    refuse_others,
    refuse_unless_own_or_on_paper,
    refuse_unless_theirs,
    way_of,
)
from governance.operations.telling import tell_proposer, tell_secretaries
from members.models import Member

State = Proposal.State


def seconders_needed(proposal: Proposal, today: dt.date) -> int:
    """How many must second it, besides who proposes it, by the rules of today."""
    return proposal.body.rules_on(today).seconders


@operation(needs=None)
def start_proposal(
    *, member: Member, title: str, text: str, now: dt.datetime, by: Actor
) -> Proposal:
    """A member writes an idea down, for all members to read. Themselves, or staff who key it."""
    refuse_others(member, by)
    if not member.is_active_on(timezone.localdate(now)):
        raise RuleError("Only members propose something.", field="member")
    body = Body.objects.standing().filter(kind=Body.Kind.GENERAL).first()
    if body is None:
        raise RuleError("There is no general meeting of members yet. Ask the secretary.")
    made = Proposal(body=body, member=member, started_at=now)
    _write(made, title, text, now)
    audit.record(by, "governance.start_proposal", made, member=member.pk)
    return made


def _write(proposal: Proposal, title: str, text: str, now: dt.datetime) -> None:
    if not title.strip():
        raise RuleError("Say what it is about.", field="title")
    if not text.strip():
        raise RuleError("Say why.", field="text")
    proposal.title, proposal.text, proposal.changed_at = title.strip(), text.strip(), now
    proposal.save()


@operation(needs=None)
def change_proposal(
    *, proposal: Proposal, title: str, text: str, now: dt.datetime, by: Actor
) -> Proposal:
    """Its author words an idea anew. What is put forward stays as others second it."""
    refuse_unless_theirs(proposal.member, by)
    _lock(proposal, State.IDEA)
    before = {"title": proposal.title, "text": proposal.text}
    _write(proposal, title, text, now)
    audit.record(by, "governance.change_proposal", proposal, before=before)
    return proposal


@operation(needs=None)
def put_forward(
    *, proposal: Proposal, motion: str, kind: str, now: dt.datetime, by: Actor
) -> Proposal:
    """An idea becomes a proposal, in the words that would be voted on."""
    refuse_unless_theirs(proposal.member, by)
    _lock(proposal, State.IDEA)
    if not motion.strip():
        raise RuleError("Write the words that would be voted on.", field="motion")
    if kind not in Proposal.KINDS:
        raise RuleError("Choose what kind of motion it is.", field="kind")
    proposal.motion, proposal.kind = motion.strip(), kind
    _turn(proposal, State.PROPOSED, now)
    audit.record(by, "governance.put_forward", proposal)
    _settle(proposal, now, by)
    return proposal


@operation(needs=None)
def rework_proposal(*, proposal: Proposal, now: dt.datetime, by: Actor) -> Proposal:
    """Its author takes a proposal back to an idea, to word it anew. Who has seconded it seconded
    other words: those names go.
    """
    refuse_unless_theirs(proposal.member, by)
    _lock(proposal, State.PROPOSED, State.SECONDED)
    _refuse_on_agenda(proposal)
    proposal.seconders.standing().update(withdrawn_at=now)
    _turn(proposal, State.IDEA, now)
    audit.record(by, "governance.rework_proposal", proposal)
    return proposal


@operation(needs=None)
def second_proposal(*, proposal: Proposal, member: Member, now: dt.datetime, by: Actor) -> Seconder:
    """A member wants it on an agenda, once. With the last one that it takes the secretary is told.

    Themselves, or staff who key a paper.
    """
    way = way_of(member, by)
    _lock(proposal, State.PROPOSED)
    if not member.is_active_on(timezone.localdate(now)):
        raise RuleError("Only members second a proposal.", field="member")
    if member.pk == proposal.member_id:
        raise RuleError("Somebody else must second it.", field="member")
    try:
        with transaction.atomic():
            made = Seconder.objects.create(
                proposal=proposal, member=member, way=way, signed_at=now, keyed_by=by.user
            )
    except IntegrityError:
        raise RuleError("This member has seconded it already.", field="member") from None
    audit.record(by, "governance.second_proposal", made, proposal=proposal.pk, member=member.pk)
    _settle(proposal, now, by)
    return made


@operation(needs=None)
def withdraw_seconding(*, seconder: Seconder, now: dt.datetime, by: Actor) -> Seconder:
    """Somebody takes their name off, until there are enough; staff what they keyed by mistake, also
    the last one that it took, until it is on an agenda.
    """
    refuse_unless_own_or_on_paper(seconder.member, seconder.way, by)
    keyed = seconder.way == Seconder.Way.PAPER and by.may(KEEPS)
    _lock(seconder.proposal, State.PROPOSED, *([State.SECONDED] if keyed else []))
    _refuse_on_agenda(seconder.proposal)
    standing = Seconder.objects.standing().filter(pk=seconder.pk)
    if standing.update(withdrawn_at=now) != 1:
        raise RuleError("This name has been taken off already.")
    seconder.refresh_from_db()
    _turn(seconder.proposal, State.PROPOSED, now)
    audit.record(by, "governance.withdraw_seconding", seconder, proposal=seconder.proposal_id)
    return seconder


@operation(needs=None)
def give_up_proposal(*, proposal: Proposal, now: dt.datetime, by: Actor) -> Proposal:
    """Its author gives it up, as long as it is on no agenda."""
    refuse_unless_theirs(proposal.member, by)
    _lock(proposal, State.IDEA, State.PROPOSED, State.SECONDED)
    _refuse_on_agenda(proposal)
    _turn(proposal, State.GIVEN_UP, now)
    audit.record(by, "governance.give_up_proposal", proposal)
    return proposal


@operation(needs="governance.arrange_meeting")
def put_on_agenda(
    *, proposal: Proposal, meeting: Meeting, now: dt.datetime, by: Actor
) -> AgendaItem:
    """Put a seconded proposal on the agenda of a general meeting that is being prepared; who
    proposed it is written to.
    """
    _lock(proposal, State.SECONDED)
    if proposal.item_id:
        raise RuleError("It is on an agenda already.")
    if meeting.body_id != proposal.body_id:
        raise RuleError("Choose a general meeting of the members.", field="meeting")
    today = timezone.localdate(now)
    if not proposal.member.is_active_on(today):
        raise RuleError(f"{proposal.member.name} is not a member any more. Another has to propose.")
    first = proposal.seconders.counting_on(today).select_related("member").first()
    item = add_item(
        meeting=meeting,
        title=proposal.title,
        text=proposal.text,
        motion=proposal.motion,
        proposer=proposal.member,
        seconder=first.member if first else None,
        motion_kind=proposal.kind,
        by=by,
    )
    proposal.item = item
    _turn(proposal, State.SECONDED, now)
    audit.record(by, "governance.put_on_agenda", proposal, meeting=meeting.pk, item=item.pk)
    tell_proposer(proposal, meeting, "Your proposal is on an agenda", "on_agenda", by)
    return item


def _lock(proposal: Proposal, *states: str) -> None:
    # The row is the lock: of two who second at once, the second counts the first.
    proposal.refresh_from_db(from_queryset=Proposal.objects.select_for_update())
    if proposal.state not in states:
        raise RuleError(f"Not now: {proposal.get_state_display().lower()}.")


def _refuse_on_agenda(proposal: Proposal) -> None:
    if proposal.item_id:
        raise RuleError("It is on an agenda. Ask the secretary to take it off.")


def _turn(proposal: Proposal, state: str, now: dt.datetime) -> None:
    proposal.state, proposal.changed_at = state, now
    proposal.save()


def _settle(proposal: Proposal, now: dt.datetime, by: Actor) -> None:
    """proposed → seconded, once enough of those who are members today have seconded it."""
    today = timezone.localdate(now)
    if proposal.seconders.counting_on(today).count() < seconders_needed(proposal, today):
        return
    _turn(proposal, State.SECONDED, now)
    audit.record(by, "governance.proposal_seconded", proposal)
    tell_secretaries(
        key=f"governance.proposal:{proposal.pk}",
        kind="governance.proposal",
        subject="A proposal of members waits for an agenda",
        template="governance/mail/proposal.txt",
        context={"proposal": proposal},
        today=today,
    )
