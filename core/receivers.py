"""What core does around a migration, after a commit that queued mail, and after a sign-in."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest
from kombu.exceptions import OperationalError

from core import audit, operations, permissions_sync, tasks, triggers
from core.actors import Actor
from core.models import User
from core.signals import mail_queued

log = logging.getLogger(__name__)


def uninstall_triggers(*, using: str, **_: Any) -> None:
    triggers.uninstall(using)


def install_triggers(*, using: str, **_: Any) -> None:
    triggers.install(using)


def sync_roles(*, using: str, **_: Any) -> None:
    permissions_sync.sync(using)


@receiver(mail_queued)
def hurry_mail(*, message_id: int, **_: Any) -> None:
    """Ask a worker to send now. Without a broker the sweep takes it within a minute."""
    try:
        tasks.deliver_message.delay(message_id)
    except (OperationalError, OSError):
        log.warning("The task queue cannot be reached; the sweep will send message %s", message_id)


@receiver(user_logged_in)
def record_sign_in(*, user: User, **_: Any) -> None:
    audit.record(Actor("user", user=user), "core.sign_in", user)


@receiver(authenticator_added)
def end_sessions_without_the_second_step(*, request: HttpRequest, user: User, **_: Any) -> None:
    by = Actor("user", user=user)
    operations.end_other_sessions(user=user, but=str(request.session.session_key), by=by)


@receiver(authenticator_added)
def setting_it_up_confirms_who_they_are(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """They have just shown that they hold it: the page of codes need not ask for it once more."""
    proof = {"id": authenticator.pk, "type": authenticator.type, "reauthenticated": True}
    record_authentication(request, user, "mfa", **proof)
