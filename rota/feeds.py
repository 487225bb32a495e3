"""Each carer's calendar, as core.calendars serves it: their published visits, nothing private.

An event says "Visit J.S. QX7": initials and area, no address, no note. A visit that is taken back
stays for 14 days as cancelled, so that calendars remove it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from core.calendars import Feed, PlainEvent
from core.models import CalendarToken
from rota.models import Carer, PublishedVisit
from rota.rules import outward

FEED = "carer"
KEEP_CANCELLED = dt.timedelta(days=14)


def allowed(token: CalendarToken) -> bool:
    """The carer themself, for as long as they work here."""
    user = token.user
    if user is None or not user.is_active or not user.has_perm("rota.work_visits"):
        return False
    carer = Carer.objects.filter(pk=token.owner_id, person__user=user).first()
    return carer is not None and carer.is_active_on(timezone.localdate())


def version(carer_id: int) -> str:
    """Changes whenever a published change would change the events."""
    rows = PublishedVisit.objects.filter(carer=carer_id)
    found = rows.aggregate(count=Count("pk"), changes=Sum("sequence"), last=Max("changed_at"))
    return f"{found['count']}:{found['changes']}:{found['last']}"


def events(carer_id: int, start: dt.datetime, end: dt.datetime) -> Sequence[PlainEvent]:
    """One event per visit told to the carer between two instants."""
    kept = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=timezone.now() - KEEP_CANCELLED)
    rows = (
        PublishedVisit.objects.filter(kept, carer=carer_id)
        .between(start, end)
        .select_related("visit__person_supported__person")
        .order_by("starts_at")
    )
    return [_event(row) for row in rows]


def _event(row: PublishedVisit) -> PlainEvent:
    person = row.visit.person_supported.person
    return PlainEvent(
        uid=f"published-visit-{row.pk}@weft",
        start=row.starts_at,
        end=row.ends_at,
        summary=f"Visit {'.'.join(person.initials)}. {outward(person.postcode)}".rstrip(),
        changed=row.changed_at,
        sequence=row.sequence,
        cancelled=row.withdrawn_at is not None,
        subject=person.pk,
    )


CARER_FEED = Feed(title="My visits", allowed=allowed, version=version, events=events)
