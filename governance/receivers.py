"""What governance does after a meeting has been called."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from governance import tasks
from governance.signals import meeting_called

log = logging.getLogger(__name__)


@receiver(meeting_called)
def hurry_notices(*, meeting_id: int, **_: Any) -> None:
    """Ask a worker to send now. Without a broker the sweep takes it within five minutes."""
    try:
        tasks.send_notices.delay(meeting_id)
    except (OperationalError, OSError):
        log.warning("The task queue cannot be reached; the sweep will send notices later.")
