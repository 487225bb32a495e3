"""What Stripe tells us of itself: kept by its id, then applied once it is fetched again."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, QuerySet

from core import audit
from core.actors import Actor
from core.registry import operation
from ledger.hurry import hurry
from ledger.models import StripeEvent, TreasurerTask
from ledger.operations.treasurer import ask_treasurer
from ledger.stripe_says import Heard

#: Tried for about three days, each time after twice as many minutes.
MAX_ATTEMPTS = 12


@operation(needs=None)
def record_event(*, heard: Heard, by: Actor) -> StripeEvent:
    """Keep what Stripe told, once however often it is told, and have it applied."""
    event, created = StripeEvent.objects.get_or_create(
        event=heard.event, defaults={"kind": heard.kind, "subject": heard.subject}
    )
    if created:
        audit.record(by, "ledger.record_event", event, kind=heard.kind)
        hurry("event", event.pk)
    return event


def waiting_events(now: dt.datetime) -> QuerySet[StripeEvent]:
    """What is to be applied by now, and has not been tried too often."""
    return StripeEvent.objects.filter(
        applied_at__isnull=True, not_before__lte=now, attempts__lt=MAX_ATTEMPTS
    )


@operation(needs=None)
def claim_event(*, event_id: int, now: dt.datetime, by: Actor) -> StripeEvent | None:
    """Take an event to apply it; None if it is done, taken by another, or to wait.

    Whoever takes it and dies leaves it to be taken again some minutes later.
    """
    waiting = waiting_events(now).filter(pk=event_id)
    attempts = waiting.values_list("attempts", flat=True).first()
    if attempts is None:
        return None
    later = now + dt.timedelta(minutes=2 ** (attempts + 1))
    if waiting.filter(attempts=attempts).update(attempts=F("attempts") + 1, not_before=later) != 1:
        return None
    event = StripeEvent.objects.get(pk=event_id)
    audit.record(by, "ledger.claim_event", event, attempt=event.attempts)
    return event


@operation(needs=None)
def finish_event(*, event: StripeEvent, now: dt.datetime, problem: str = "", by: Actor) -> None:
    """Applied, or there is nothing to apply; `problem` says what was odd."""
    unapplied = StripeEvent.objects.filter(pk=event.pk, applied_at__isnull=True)
    if unapplied.update(applied_at=now, problem=problem[:200]) == 1:
        audit.record(by, "ledger.finish_event", event, kind=event.kind)


@operation(needs=None)
def put_off_event(*, event: StripeEvent, problem: str, by: Actor) -> None:
    """It could not be applied: tried again later, and shown to the treasurer after the last try."""
    event.problem = problem[:200]
    event.save(update_fields=["problem"])
    audit.record(by, "ledger.put_off_event", event, attempt=event.attempts)
    if event.attempts >= MAX_ATTEMPTS:
        ask_treasurer(
            kind=TreasurerTask.Kind.DIFFERENT,
            key=f"event:{event.pk}",
            sentence=f"Stripe told us of {event.kind} {event.subject}, and we could not take it "
            f"in: {event.problem}",
            by=by,
        )
