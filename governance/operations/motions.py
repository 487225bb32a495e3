"""What becomes of a motion: withdrawn, amended, carried or lost, registered."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.models import Amendment, Division, Election, Meeting, Motion, MotionText
from members.models import Member


def hold_motion(motion: Motion) -> None:
    """Read the motion as it is, which nobody else changes until this transaction ends."""
    motion.refresh_from_db(from_queryset=Motion.objects.select_for_update())


def refuse_unless_moved(motion: Motion) -> None:
    """Nothing is done to a motion at a meeting that is not in progress, or once it is decided."""
    hold_motion(motion)
    if motion.item.meeting.state != Meeting.State.OPEN:
        raise RuleError("The chair has not opened the meeting, or has closed it.")
    if not motion.is_open:
        raise RuleError(f"This motion is no longer open: {motion.get_state_display().lower()}.")


@operation(needs="governance.arrange_meeting")
def withdraw_motion(*, motion: Motion, by: Actor) -> Motion:
    """Whoever moved it takes it back, before it is decided."""
    refuse_unless_moved(motion)
    _refuse_while_voting(motion)
    _to_state(motion, Motion.State.WITHDRAWN)
    audit.record(by, "governance.withdraw_motion", motion)
    return motion


@operation(needs="governance.arrange_meeting")
def move_amendment(
    *,
    motion: Motion,
    text: str,
    proposer: Member | None = None,
    seconder: Member | None = None,
    by: Actor,
) -> Amendment:
    """Somebody moves that the motion should read otherwise. A resolution that the Act asks two
    meetings for stays as members had notice of it.
    """
    refuse_unless_moved(motion)
    _refuse_while_voting(motion)
    if Election.objects.filter(motion=motion).exists():
        raise RuleError("There is a secret vote on this motion, in these words.")
    if motion.statute or motion.is_signed_for:
        raise RuleError("Members had notice of this resolution in these words, so they stay.")
    if not text.strip() or text.strip() == motion.text:
        raise RuleError("Write the motion as it would then read.", field="text")
    if proposer and proposer == seconder:
        raise RuleError("Somebody else must second the amendment.", field="seconder")
    last = motion.amendments.aggregate(last=Max("number"))["last"] or 0
    amendment = Amendment.objects.create(
        motion=motion, number=last + 1, text=text.strip(), proposer=proposer, seconder=seconder
    )
    audit.record(by, "governance.move_amendment", amendment, motion=motion.pk)
    return amendment


@operation(needs="governance.arrange_meeting")
def withdraw_amendment(*, amendment: Amendment, by: Actor) -> Amendment:
    """Whoever moved it takes it back, before it is decided."""
    refuse_unless_moved(amendment.motion)
    _refuse_while_voting(amendment.motion)
    moved = Amendment.objects.filter(pk=amendment.pk, state=Amendment.State.MOVED)
    if moved.update(state=Amendment.State.WITHDRAWN) != 1:
        raise RuleError("This amendment has been decided or withdrawn already.")
    amendment.refresh_from_db()
    audit.record(by, "governance.withdraw_amendment", amendment, motion=amendment.motion_id)
    return amendment


def _refuse_while_voting(motion: Motion) -> None:
    """Neither while hands or a poll are counted, nor once a secret vote on it has opened."""
    if motion.divisions.filter(state=Division.State.OPEN).exists():
        raise RuleError("A vote on it is being taken. Finish that first.")
    secret = Election.objects.filter(motion=motion).first()
    if secret and not secret.may_change:
        raise RuleError("A secret vote on it has opened, and decides it.")


def settle(division: Division, now: dt.datetime) -> None:
    """What a vote that has just been decided does to the motion or the amendment."""
    if division.amendment:
        _settle_amendment(division.amendment, division.carried, now)
    else:
        settle_motion(division.motion, division.carried)


def unsettle(division: Division) -> None:
    """A vote is set aside, for a poll or as a mistake: what it decided is open again."""
    if division.amendment:
        amendment = division.amendment
        if amendment.state == Amendment.State.CARRIED:
            motion, before = amendment.motion, amendment.replaced
            motion.text = before.text
            motion.save(update_fields=["text"])
            before.delete()
        amendment.state = Amendment.State.MOVED
        amendment.save(update_fields=["state"])
    else:
        _to_state(division.motion, Motion.State.MOVED)


def _settle_amendment(amendment: Amendment, carried: bool, now: dt.datetime) -> None:
    motion = amendment.motion
    if carried:
        MotionText.objects.create(motion=motion, text=motion.text, until=now, amendment=amendment)
        motion.text = amendment.text
        motion.save(update_fields=["text"])
    amendment.state = Amendment.State.CARRIED if carried else Amendment.State.LOST
    amendment.save(update_fields=["state"])


def settle_motion(motion: Motion, carried: bool) -> None:
    """A motion has been decided, here or in a secret vote. What was decided or withdrawn before
    stays so.
    """
    open_still = Motion.objects.filter(pk=motion.pk, state=Motion.State.MOVED)
    open_still.update(state=_outcome(motion, carried))
    motion.refresh_from_db(fields=["state"])


def _outcome(motion: Motion, carried: bool) -> str:
    if not carried:
        return Motion.State.LOST
    if motion.statute and not motion.confirms_id:
        return Motion.State.TO_CONFIRM
    if motion.kind == Motion.Kind.ORDINARY:
        return Motion.State.CARRIED
    return Motion.State.AWAITING


def _to_state(motion: Motion, state: str) -> None:
    Motion.objects.filter(pk=motion.pk).update(state=state)
    motion.state = state


@operation(needs="governance.arrange_meeting")
def register_change(
    *, motion: Motion, registered_on: dt.date, registered_as: str, by: Actor
) -> Motion:
    """The registrar has registered what was passed: it has effect from that day."""
    refuse_day_to_come(registered_on, "registered_on")
    if not registered_as.strip():
        raise RuleError("Give the reference of the registration.", field="registered_as")
    if registered_on < motion.passed_on:
        raise RuleError("That is before it was passed.", field="registered_on")
    awaiting = Motion.objects.filter(pk=motion.pk, state=Motion.State.AWAITING)
    registered = awaiting.update(
        state=Motion.State.REGISTERED,
        registered_on=registered_on,
        registered_as=registered_as.strip(),
    )
    if registered != 1:
        raise RuleError("This motion is not waiting for registration.")
    motion.refresh_from_db()
    audit.record(by, "governance.register_change", motion, since=registered_on.isoformat())
    return motion
