"""Mail that is certain to go out if, and only if, its cause was committed.

`queue` writes a row in the caller's transaction; the commit hurries a task; a sweep each minute
takes what a crash left behind. Subjects name no person and no care (they show on lock screens).
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.template import Context, engines
from django.utils import timezone

from core.models import OutboxMessage
from core.signals import mail_queued

MAX_ATTEMPTS = 8

log = logging.getLogger(__name__)


def queue(
    *, key: str, kind: str, to: str, subject: str, template: str, context: dict[str, Any]
) -> OutboxMessage:
    """Put one message in the outbox. The same `key` a second time changes nothing.

    `template` as in `text_of`.
    """
    text = text_of(template, context)
    return queue_text(key=key, kind=kind, to=to, subject=subject, text=text)


def text_of(template: str, context: dict[str, Any]) -> str:
    """What a text template says. Nothing in it is escaped: O'Hara stays O'Hara.

    It also gets `site_url` and `society_name`.
    """
    known = {"site_url": settings.SITE_URL, "society_name": settings.SOCIETY_NAME}
    plain = Context(known | context, autoescape=False)
    text = engines["django"].get_template(template).template.render(plain)  # type: ignore[attr-defined]
    return str(text)


def queue_text(*, key: str, kind: str, to: str, subject: str, text: str) -> OutboxMessage:
    """Put a message whose text is already written in the outbox."""
    message, created = OutboxMessage.objects.get_or_create(
        key=key, defaults={"kind": kind, "to": to, "subject": subject, "text": text}
    )
    if created:
        hurry(message)
    return message


def hurry(message: OutboxMessage) -> None:
    """After the commit, have it sent without waiting for the sweep."""
    transaction.on_commit(lambda: mail_queued.send(OutboxMessage, message_id=message.pk))


def deliver(message_id: int, now: dt.datetime | None = None) -> bool:
    """Send one waiting message; returns True if this call sent it.

    The row is claimed by a conditional update, so of two workers one sends. A worker that dies
    between sending and noting it leaves a claim that is tried again after ten minutes: a message
    can then go out twice, never not at all.
    """
    now = now or timezone.now()
    claimed = OutboxMessage.objects.filter(pk=message_id).due(now)
    if claimed.update(state="sending", claimed_at=now, attempts=F("attempts") + 1) != 1:
        return False
    message = OutboxMessage.objects.get(pk=message_id)
    try:
        EmailMessage(message.subject, message.text, to=[message.to]).send()
    except Exception as error:
        # A server that is down, an address that no server takes, a provider's own refusal: each
        # backend has errors of its own. One message that cannot go must not hold up the rest.
        log.warning("Message %s did not go out: %s", message.pk, type(error).__name__)
        _try_later(message, type(error).__name__, now)
        return False
    message.state, message.sent_at, message.problem = "sent", now, ""
    if not settings.DEMO:
        message.text = ""
    message.save(update_fields=["state", "sent_at", "problem", "text"])
    return True


def _try_later(message: OutboxMessage, problem: str, now: dt.datetime) -> None:
    """Wait longer after each failure; give up, visibly, after the last."""
    message.state = "failed" if message.attempts >= MAX_ATTEMPTS else "waiting"
    message.not_before = now + dt.timedelta(minutes=2**message.attempts)
    message.problem = problem
    message.save(update_fields=["state", "not_before", "problem"])


def sweep(now: dt.datetime | None = None) -> int:
    """Send everything that waits; returns how many went out."""
    now = now or timezone.now()
    due = OutboxMessage.objects.due(now).order_by("pk").values_list("pk", flat=True)
    return sum(deliver(pk, now) for pk in list(due[:500]))
