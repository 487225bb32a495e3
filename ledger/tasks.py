"""The ledger's background work. Each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from core.actors import SYSTEM
from ledger import gateway, operations


@shared_task(name="ledger.apply_event")
def apply_event(event_id: int) -> None:
    operations.apply_event(event_id, timezone.now())


@shared_task(name="ledger.send_refund")
def send_refund(refund_id: int) -> None:
    operations.send_refunds([refund_id])


@shared_task(name="ledger.forget_method")
def forget_method(mandate_id: int) -> None:
    operations.forget_methods([mandate_id])


@shared_task(name="ledger.close_page")
def close_page(payment_id: int) -> None:
    operations.close_pages([payment_id])


@shared_task(name="ledger.sweep_stripe")
def sweep_stripe() -> None:
    """Take up what a crash, an absent broker or a silent Stripe left."""
    if gateway.is_set_up():
        operations.apply_events(timezone.now())
        operations.send_refunds()
        operations.forget_methods()
        operations.close_pages()


@shared_task(name="ledger.collect_due")
def collect_due() -> None:
    if gateway.is_set_up():
        operations.collect_due(timezone.localdate())


@shared_task(name="ledger.compare_with_stripe")
def compare_with_stripe() -> None:
    if gateway.is_set_up():
        operations.compare_with_stripe(timezone.now(), by=SYSTEM)
