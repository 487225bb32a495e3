"""What the ledger does after a commit that left work for Stripe."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from ledger import tasks
from ledger.signals import work_waits

log = logging.getLogger(__name__)

WORK = {
    "event": tasks.apply_event,
    "refund": tasks.send_refund,
    "mandate": tasks.forget_method,
    "page": tasks.close_page,
}


@receiver(work_waits)
def hurry_work(*, work: str, pk: int, **_: Any) -> None:
    """Ask a worker to do it now. Without a broker the sweep takes it within a minute."""
    try:
        WORK[work].delay(pk)
    except (OperationalError, OSError):
        log.warning("The task queue cannot be reached; the sweep will take %s %s.", work, pk)
