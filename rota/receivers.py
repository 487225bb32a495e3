"""What the rota does when something happened elsewhere."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from core.actors import SYSTEM
from rota import operations, tasks
from rota.signals import search_asked
from services.signals import visits_changed

log = logging.getLogger(__name__)


@receiver(search_asked)
def begin_search(*, job_id: int, **_: Any) -> None:
    """Ask a worker to begin now. Without a broker the sweep begins it a few minutes later."""
    try:
        tasks.solve.delay(job_id)
    except OperationalError:
        log.warning("No broker: search %s waits for the sweep.", job_id)


@receiver(visits_changed)
def let_carers_go(*, visit_ids: list[int], **_: Any) -> None:
    operations.release_visits(visit_ids=visit_ids, by=SYSTEM)
