"""Ending the society: an instrument that three quarters of all members sign (section 119)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance import rules
from governance.models import Motion, Signature
from members.models import Member


@dataclass(frozen=True)
class Signed:
    """How many of all members of a day have signed; who has left counts on neither side."""

    signed: int
    members: int

    @property
    def needed(self) -> int:
        return rules.THREE_QUARTERS.needed(self.members)

    @property
    def is_enough(self) -> bool:
        return rules.dissolution_signed(self.signed, self.members)


def signed_so_far(motion: Motion, day: dt.date) -> Signed:
    members = Member.objects.active_on(day)
    signed = motion.signatures.filter(member__in=members.values("pk"))
    return Signed(signed.count(), members.count())


@operation(needs="governance.arrange_meeting")
def note_signature(*, motion: Motion, member: Member, signed_on: dt.date, by: Actor) -> Signature:
    """Note that a member has signed the instrument, on a day."""
    _refuse_unless_signing(motion)
    refuse_day_to_come(signed_on, "signed_on")
    called_on = motion.item.meeting.called_on
    if called_on and signed_on < called_on:
        raise RuleError("That is before members had notice of it.", field="signed_on")
    if not member.is_active_on(timezone.localdate()):
        raise RuleError("They are no member.", field="member")
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                motion=motion, member=member, signed_on=signed_on, noted_by=by.user
            )
    except IntegrityError:
        raise RuleError(f"{member.name} has signed already.", field="member") from None
    audit.record(by, "governance.note_signature", signature, motion=motion.pk, member=member.pk)
    return signature


@operation(needs="governance.arrange_meeting")
def strike_signature(*, signature: Signature, by: Actor) -> Motion:
    """A signature was noted by mistake."""
    motion = signature.motion
    _refuse_unless_signing(motion)
    audit.record(by, "governance.strike_signature", signature, member=signature.member_id)
    signature.delete()
    return motion


@operation(needs="governance.arrange_meeting")
def close_signing(*, motion: Motion, now: dt.datetime, by: Actor) -> Motion:
    """Three quarters of all members have signed: it is passed, and awaits registration."""
    _refuse_unless_signing(motion)
    so_far = signed_so_far(motion, timezone.localdate(now))
    if not so_far.is_enough:
        raise RuleError(
            f"{so_far.signed:,} of {so_far.members:,} members have signed. It takes "
            f"{so_far.needed:,}."
        )
    Motion.objects.filter(pk=motion.pk).update(state=Motion.State.AWAITING)
    motion.state = Motion.State.AWAITING
    audit.record(
        by, "governance.close_signing", motion, signed=so_far.signed, members=so_far.members
    )
    return motion


def _refuse_unless_signing(motion: Motion) -> None:
    motion.refresh_from_db(from_queryset=Motion.objects.select_for_update())
    if not motion.is_signed_for:
        raise RuleError("This motion is voted on: nobody signs it.")
    if motion.item.meeting.is_draft:
        raise RuleError("Members have had no notice of it yet.")
    if not motion.is_open:
        raise RuleError(f"This motion is no longer open: {motion.get_state_display().lower()}.")
