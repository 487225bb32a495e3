"""When somebody's e-mail address was entered, and by whom: the audit trail tells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from core import audit
from members.models import Person

#: Within as many days whoever is wronged by an address that is not theirs has hardly found out.
FRESH_DAYS = 90


@dataclass(frozen=True)
class Entered:
    """An address was entered on a day by somebody."""

    on: dt.date
    by: str


def email_lately_entered(person: Person, today: dt.date) -> Entered | None:
    """When the e-mail address of somebody who does not sign in was entered, and by whom; None for
    one that is known for longer than FRESH_DAYS.

    Nobody has shown yet that it is theirs: what is sent to it as a code opens the person's pages.
    """
    if not person.email or person.user_id:
        return None
    changes = audit.lines_of("members.change_contact", person).select_related("user")
    changed = (line for line in changes.order_by("-pk") if "email" in line.data["fields"])
    added = audit.lines_of("members.add_person", person).select_related("user")
    line = next(changed, None) or added.order_by("-pk").first()
    if line is None:
        return None
    day = timezone.localdate(line.at)
    return Entered(day, audit.by_whom(line)) if (today - day).days <= FRESH_DAYS else None
