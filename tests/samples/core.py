"""Sample rows for core's addresses."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from core import mail
from core.actors import SYSTEM, Actor
from core.models import OutboxMessage
from core.operations import issue_calendar_address, keep_file


def role_grant(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": cast["treasurer"].role_grants.get().pk}


def failed_message(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    message = mail.queue_text(
        key="sample", kind="sample", to="somebody@example.org", subject="Welcome", text="Hello"
    )
    OutboxMessage.objects.filter(pk=message.pk).update(state="failed")
    return {"pk": message.pk}


def private_file(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The evidence that came with an application."""
    upload = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 sample", content_type="application/pdf")
    kept = keep_file(upload=upload, owner_kind="application", owner_id=1, by=SYSTEM)
    return {"pk": kept.pk}


def calendar_token(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The carer's own feed: whoever holds the address may read it."""
    carer = cast["people"]["their_carer"].carer
    actor = Actor("user", user=cast["their_carer"])
    secret = issue_calendar_address(feed="carer", owner_id=carer.pk, by=actor)
    return {"secret": secret}
