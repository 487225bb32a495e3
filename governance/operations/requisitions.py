"""Members ask for a general meeting: signed here or on paper, until there are enough."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.models import AgendaItem, AskingSignature, Body, Meeting, Motion, Requisition
from governance.operations.meetings import make_meeting, refuse_unless_as_asked
from governance.operations.own_hand import refuse_others, refuse_unless_own_or_on_paper
from governance.operations.telling import tell_secretaries
from members.models import Member

State = Requisition.State


def signatures_needed(requisition: Requisition, today: dt.date) -> int:
    """How many must sign: as written down when it became valid; before, of the register today."""
    if requisition.needed is not None:
        return requisition.needed
    its = requisition.body.rules_on(today)
    return rules.requisition_needed(
        Member.objects.active_on(today).count(),
        percent=its.requisition_percent,
        most=its.requisition_most,
    )


@operation(needs=None)
def start_requisition(
    *,
    member: Member,
    title: str,
    business: str,
    motion: str = "",
    way: str = AskingSignature.Way.ONLINE,
    now: dt.datetime,
    by: Actor,
) -> Requisition:
    """A member asks for a general meeting about something, and is the first to sign.

    Themselves, or staff who key a paper.
    """
    refuse_others(member, by)
    body = Body.objects.standing().filter(kind=Body.Kind.GENERAL).first()
    if body is None:
        raise RuleError("There is no general meeting of members yet. Ask the secretary.")
    if not title.strip():
        raise RuleError("Say what the meeting is to be about.", field="title")
    if not business.strip():
        raise RuleError(
            "State the business: the meeting deals with nothing else.", field="business"
        )
    requisition = Requisition.objects.create(
        body=body,
        title=title.strip(),
        business=business.strip(),
        motion=motion.strip(),
        started_by=member,
        started_at=now,
    )
    audit.record(by, "governance.start_requisition", requisition, member=member.pk)
    sign_requisition(requisition=requisition, member=member, way=way, now=now, by=by)
    return requisition


@operation(needs=None)
def sign_requisition(
    *,
    requisition: Requisition,
    member: Member,
    way: str = AskingSignature.Way.ONLINE,
    now: dt.datetime,
    by: Actor,
) -> AskingSignature:
    """A member signs, once. With the last signature that it takes it is valid, and the secretary
    is told.
    """
    refuse_others(member, by)
    _refuse_unless_collecting(requisition)
    if now >= requisition.lapses_at:
        raise RuleError("It has lapsed: not enough signed it in time.")
    if way not in AskingSignature.Way.values:
        raise RuleError("Say how it was signed.", field="way")
    if not member.is_active_on(timezone.localdate(now)):
        raise RuleError("Only members sign it.", field="member")
    try:
        with transaction.atomic():
            signature = AskingSignature.objects.create(
                requisition=requisition, member=member, way=way, signed_at=now, keyed_by=by.user
            )
    except IntegrityError:
        raise RuleError("They have signed it already.", field="member") from None
    audit.record(
        by, "governance.sign_requisition", signature, requisition=requisition.pk, member=member.pk
    )
    _settle(requisition, now, by)
    return signature


@operation(needs=None)
def withdraw_signature(
    *, signature: AskingSignature, now: dt.datetime, by: Actor
) -> AskingSignature:
    """Somebody takes their name off, until there are enough; staff what they keyed by mistake."""
    refuse_unless_own_or_on_paper(signature.member, signature.way, by)
    _refuse_unless_collecting(signature.requisition)
    standing = AskingSignature.objects.standing().filter(pk=signature.pk)
    if standing.update(withdrawn_at=now) != 1:
        raise RuleError("This name has been taken off already.")
    signature.refresh_from_db()
    audit.record(
        by, "governance.withdraw_signature", signature, requisition=signature.requisition_id
    )
    return signature


@operation(needs=None)
def withdraw_requisition(*, requisition: Requisition, now: dt.datetime, by: Actor) -> Requisition:
    """Who started it gives it up, until there are enough; staff where it came on paper."""
    first = requisition.signatures.filter(member=requisition.started_by).earliest("signed_at")
    refuse_unless_own_or_on_paper(requisition.started_by, first.way, by)
    _refuse_unless_collecting(requisition)
    _end(requisition, State.WITHDRAWN, now)
    audit.record(by, "governance.withdraw_requisition", requisition)
    return requisition


def _refuse_unless_collecting(requisition: Requisition) -> None:
    # The row is the lock: of two who sign at once, the second counts the first.
    requisition.refresh_from_db(from_queryset=Requisition.objects.select_for_update())
    if not requisition.is_collecting:
        raise RuleError(f"It is no longer open: {requisition.get_state_display().lower()}.")


def _end(requisition: Requisition, state: str, now: dt.datetime) -> None:
    Requisition.objects.filter(pk=requisition.pk).update(state=state, ended_at=now)
    requisition.refresh_from_db()


def _settle(requisition: Requisition, now: dt.datetime, by: Actor) -> bool:
    """collecting → valid, once enough of those who are members today have signed."""
    today = timezone.localdate(now)
    needed = signatures_needed(requisition, today)
    if requisition.signatures.counting_on(today).count() < needed:
        return False
    Requisition.objects.filter(pk=requisition.pk).update(
        state=State.VALID, valid_at=now, needed=needed
    )
    requisition.refresh_from_db()
    tell_secretaries(
        key=f"governance.requisition:{requisition.pk}",
        kind="governance.requisition",
        subject="Members ask for a general meeting",
        template="governance/mail/requisition.txt",
        context={"requisition": requisition},
        today=today,
    )
    audit.record(by, "governance.requisition_valid", requisition, needed=needed)
    return True


@operation(needs=None)
def settle_requisitions(*, now: dt.datetime, by: Actor) -> int:
    """Those that became valid as the register shrank, and those whose time is over; how many."""
    settled = 0
    for requisition in Requisition.objects.filter(state=State.COLLECTING).select_for_update():
        if now >= requisition.lapses_at:
            _end(requisition, State.LAPSED, now)
            audit.record(by, "governance.lapse_requisition", requisition)
            settled += 1
        else:
            settled += _settle(requisition, now, by)
    return settled


@operation(needs="governance.arrange_meeting")
def call_requisitioned(
    *,
    requisition: Requisition,
    starts_at: dt.datetime,
    place: str,
    record_date: dt.date,
    joining: str = "",
    held: str = Meeting.Held.ROOM,
    by: Actor,
) -> Meeting:
    """Begin to prepare the meeting for which members asked. Its agenda is their business alone."""
    requisition.refresh_from_db(from_queryset=Requisition.objects.select_for_update())
    if requisition.state != State.VALID or requisition.meeting_id:
        raise RuleError("There is a meeting for it already, or not enough have signed.")
    meeting = make_meeting(
        body=requisition.body,
        kind=Meeting.Kind.GENERAL,
        title="General meeting asked for by members",
        starts_at=starts_at,
        place=place,
        record_date=record_date,
        joining=joining,
        held=held,
        by=by,
    )
    refuse_unless_as_asked(requisition, meeting)
    item = AgendaItem.objects.create(
        meeting=meeting, position=1, title=requisition.title, text=requisition.business
    )
    if requisition.motion:
        Motion.objects.create(item=item, text=requisition.motion, proposer=requisition.started_by)
    Requisition.objects.filter(pk=requisition.pk).update(meeting=meeting)
    requisition.refresh_from_db()
    audit.record(by, "governance.call_requisitioned", requisition, meeting=meeting.pk)
    return meeting
