"""What governance does after the commit that asked for e-mails, and when an office ends."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import files
from core.actors import Actor
from core.models import PrivateFile, User
from governance import operations, tasks
from governance.models import Bid, Body
from governance.operations.partner_bids import BID_FILES
from governance.partner_querysets import partnerships_visible_to
from governance.signals import (
    codes_wanted,
    meeting_announced,
    meeting_called,
    poll_opened,
    resolution_sent_round,
)
from members.models import Office
from members.signals import office_left
from members.subject_access import FILES

log = logging.getLogger(__name__)


@receiver(meeting_called)
def hurry_notices(*, meeting_id: int, **_: Any) -> None:
    """Ask a worker to send now. Without a broker the sweep takes it within five minutes."""
    _hurry(tasks.send_notices, meeting_id)


@receiver(codes_wanted)
def hurry_codes(*, election_id: int, **_: Any) -> None:
    _hurry(tasks.send_codes, election_id)


@receiver(meeting_announced)
def hurry_announcement(*, announcement_id: int, **_: Any) -> None:
    _hurry(tasks.tell_of_announcement, announcement_id)


@receiver(resolution_sent_round)
def hurry_resolution(*, resolution_id: int, **_: Any) -> None:
    _hurry(tasks.tell_of_resolution, resolution_id)


@receiver(poll_opened)
def hurry_poll(*, poll_id: int, **_: Any) -> None:
    _hurry(tasks.tell_of_poll, poll_id)


def _hurry(task: Any, pk: int) -> None:
    try:
        task.delay(pk)
    except (OperationalError, OSError):
        log.warning("The task queue cannot be reached; the sweep will send the e-mails later.")


@receiver(office_left)
def end_its_seat(*, office: Office, by: Actor, **_: Any) -> None:
    """A seat on the board ends with the office that goes with it, in the same transaction."""
    operations.follow_office(office=office, by=by)


def may_open_bid_paper(user: User, file: PrivateFile) -> bool:
    """A paper of a bid: whoever may look into the partnership that makes it."""
    bodies = Body.objects.filter(bids__pk=file.owner_id)
    return bool(partnerships_visible_to(bodies, user, timezone.localdate()).exists())


files.READERS[BID_FILES] = may_open_bid_paper
FILES[BID_FILES] = Bid  # of nobody in particular: no bid hangs on a person
