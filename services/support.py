"""What members/ asks about support: from when until when, and how many hours a week."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from members.rules.grounds import Period
from services import recurrence
from services.models import AgreementLine, AgreementVersion

#: Over so many weeks a pattern of visits is averaged: every second week counts by half.
WEEKS = 4


def periods_of(people: Collection[int]) -> Mapping[int, Sequence[Period]]:
    """Id of the person → what was agreed with them, a period for each version in force."""
    versions = (
        AgreementVersion.objects.filter(
            state=AgreementVersion.State.AGREED,
            agreement__person_supported__person__in=people,
        )
        .select_related("agreement__person_supported")
        .prefetch_related("lines")
    )
    found: dict[int, list[Period]] = defaultdict(list)
    for version in versions:
        hours = hours_a_week(version.lines.all())
        person = version.agreement.person_supported.person_id
        found[person].append(Period(version.since, _last_day(version), hours))
    return found


def hours_a_week(lines: Collection[AgreementLine]) -> Decimal:
    """What the lines of a version come to, whatever the number of carers at a visit."""
    minutes = Decimal(0)
    for line in lines:
        last = line.first_day + dt.timedelta(weeks=WEEKS, days=-1)
        visits = sum(1 for _day in recurrence.dates(line.pattern(), line.first_day, last))
        minutes += Decimal(visits * line.minutes) / WEEKS
    return minutes / 60


def _last_day(version: AgreementVersion) -> dt.date | None:
    days = [day for day in (version.until, version.agreement.last_day) if day]
    return min(days, default=None)
