"""What a person has to look at, and what they did about it."""

from __future__ import annotations

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.models import Order, Payment, TreasurerTask


@operation(needs=None)
def ask_treasurer(
    *,
    kind: TreasurerTask.Kind | str,
    key: str,
    sentence: str,
    order: Order | None = None,
    payment: Payment | None = None,
    by: Actor,
) -> TreasurerTask:
    """Put something about money before the treasurer. The same `key` again changes nothing.

    The sentence holds references and amounts, never names.
    """
    task, created = TreasurerTask.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "sentence": sentence[:200],
            "order": order or (payment.order if payment else None),
            "payment": payment,
        },
    )
    if created:
        audit.record(by, "ledger.ask_treasurer", task, kind=str(kind))
    return task


@operation(needs="ledger.keep_payments")
def finish_task(*, task: TreasurerTask, outcome: str, by: Actor) -> TreasurerTask:
    """Say that a task is done, and what came of it. Once only."""
    if not outcome.strip():
        raise RuleError("Say what you did about it.", field="outcome")
    undone = TreasurerTask.objects.filter(pk=task.pk, done_at__isnull=True)
    done = undone.update(done_at=timezone.now(), done_by=by.user, outcome=outcome.strip()[:200])
    if done != 1:
        raise RuleError("Somebody has finished this task already.")
    task.refresh_from_db()
    audit.record(by, "ledger.finish_task", task)
    return task


@operation(needs=None)
def drop_failures(*, order: Order, by: Actor) -> None:
    """An order that is paid now needs nobody to look at the payments that failed before."""
    _drop(order, TreasurerTask.Kind.FAILED, "Paid after all.", by)


@operation(needs=None)
def drop_too_much(*, order: Order, by: Actor) -> None:
    """What had come too much for an order is there no more: nobody needs to look at it."""
    _drop(order, TreasurerTask.Kind.TOO_MUCH, "What came too much is there no more.", by)


@operation(needs=None)
def drop_not_issued(*, order: Order, by: Actor) -> None:
    """What was paid for and could not be issued is issued now: nobody needs to look at it."""
    _drop(order, TreasurerTask.Kind.NOT_ISSUED, "Issued after all.", by)


def _drop(order: Order, kind: TreasurerTask.Kind, outcome: str, by: Actor) -> None:
    waiting = order.tasks.filter(kind=kind, done_at__isnull=True)
    if waiting.update(done_at=timezone.now(), outcome=outcome):
        audit.record(by, "ledger.drop_tasks", order, kind=str(kind))
