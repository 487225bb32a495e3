"""The public site's background work."""

from celery import shared_task

from cms import operations
from core.actors import SYSTEM


@shared_task(name="cms.forget_unconfirmed_interest")
def forget_unconfirmed_interest() -> None:
    operations.forget_unconfirmed_interest(by=SYSTEM)
