"""Core's background work. Each task is safe to run twice."""

from celery import shared_task
from django.core.management import call_command

from core import audit, mail, operations
from core.actors import SYSTEM


@shared_task(name="core.chain_audit")
def chain_audit() -> None:
    for stream in audit.STREAMS:
        audit.seal(stream)


@shared_task(name="core.deliver_message")
def deliver_message(message_id: int) -> None:
    mail.deliver(message_id)


@shared_task(name="core.sweep_outbox")
def sweep_outbox() -> None:
    mail.sweep()


@shared_task(name="core.end_lapsed_roles")
def end_lapsed_roles() -> None:
    operations.end_lapsed_roles(by=SYSTEM)


@shared_task(name="core.clear_sessions")
def clear_sessions() -> None:
    call_command("clearsessions")
