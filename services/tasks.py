"""Services' background work. Each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from core.actors import SYSTEM
from services import operations


@shared_task(name="services.generate_visits")
def generate_visits() -> None:
    operations.generate_visits(until=timezone.localdate() + operations.HORIZON, by=SYSTEM)


@shared_task(name="services.close_ended_agreements")
def close_ended_agreements() -> None:
    operations.close_ended_agreements(by=SYSTEM)
