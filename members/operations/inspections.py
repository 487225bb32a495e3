"""Who inspects the register, and by what right."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from members.models import Inspection, Member

Right = Inspection.Right


@operation(needs="members.keep_register")
def log_inspection(
    *,
    who: str,
    right: str,
    as_at: dt.date,
    copy_given: bool,
    member: Member | None = None,
    note: str = "",
    by: Actor,
) -> Inspection:
    """Note who inspects the register today, by what right, and whether they get a copy.

    Members, and whoever has an interest in the society's funds, may; another right is said in
    words. What they see leaves out shares and other property.
    Source: Co-operative and Community Benefit Societies Act 2014, section 103.
    """
    today = timezone.localdate()
    if right not in Right.values:
        raise RuleError("Choose by what right.", field="right")
    refuse_day_to_come(as_at, "as_at")
    if right == Right.MEMBER:
        if member is None or not member.is_active_on(today):
            raise RuleError("Give the register number of a member of today.", field="number")
        who = who.strip() or member.name
    if not who.strip():
        raise RuleError("Say who inspects it.", field="who")
    if right == Right.OTHER and not note.strip():
        raise RuleError("Say what right that is.", field="note")
    inspection = Inspection.objects.create(
        who=who.strip(),
        right=right,
        note=note.strip(),
        member=member if right == Right.MEMBER else None,
        on=today,
        as_at=as_at,
        copy_given=copy_given,
        shown_by=by.user,
    )
    audit.record(by, "members.log_inspection", inspection, right=right, as_at=as_at.isoformat())
    return inspection
