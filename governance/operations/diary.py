"""The statutory diary: noting what was done, and reminding of what is to be done."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.models import OutboxMessage, RoleGrant, User
from core.permissions import Role
from core.registry import operation
from governance import rules
from governance.diary import Entry, diary_on
from governance.models import Filed


@operation(needs="governance.arrange_meeting")
def note_filed(*, kind: str, of: dt.date, filed_on: dt.date, reference: str, by: Actor) -> Filed:
    """Note that something the law asks for was done, for the year to a day."""
    if kind not in Filed.Kind.values:
        raise RuleError("Say what was done.", field="kind")
    refuse_day_to_come(filed_on, "filed_on")
    if filed_on <= of:
        raise RuleError("That is before the year had ended.", field="filed_on")
    if not reference.strip():
        raise RuleError("Say where it can be seen.", field="reference")
    try:
        with transaction.atomic():
            filed = Filed.objects.create(
                kind=kind,
                of=of,
                filed_on=filed_on,
                reference=reference.strip(),
                noted_by=by.user,
            )
    except IntegrityError:
        raise RuleError("It is noted already.") from None
    audit.record(by, "governance.note_filed", filed, kind=kind, of=of.isoformat())
    return filed


@operation(needs="governance.arrange_meeting")
def take_back_filed(*, filed: Filed, by: Actor) -> None:
    """It was noted by mistake."""
    audit.record(by, "governance.take_back_filed", filed, kind=filed.kind, of=filed.of.isoformat())
    filed.delete()


@operation(needs=None)
def remind_of_diary(*, today: dt.date, by: Actor) -> int:
    """E-mail the secretaries 60, 30 and 7 days before something is due and once it is, once each;
    how many e-mails. Safe to run twice a day, and after days on which it did not run.
    """
    grants = RoleGrant.objects.active_on(today).filter(role=Role.SECRETARY)
    users = list(User.objects.filter(role_grants__in=grants, is_active=True).distinct())
    diary = diary_on(today)
    sent = 0
    for entry in (*diary.late, *diary.soon):
        before = rules.reminder_due(entry.day, today)
        if before is not None and not entry.key.startswith("action:"):  # its owner is reminded
            sent += sum(_remind(entry, user, before) for user in users)
    if sent:
        audit.record(by, "governance.remind_of_diary", sent=sent)
    return sent


def _remind(entry: Entry, user: User, before: int) -> bool:
    key = f"governance.diary:{entry.key}:{before}:{user.pk}"
    if OutboxMessage.objects.filter(key=key).exists():
        return False
    mail.queue(
        key=key,
        kind="governance.diary",
        to=user.email,
        subject="Something is due" if before else "Something is due now",
        template="governance/mail/diary.txt",
        context={"entry": entry, "name": user.get_full_name()},
    )
    return True
