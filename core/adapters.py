"""How allauth's sign-in fits Weft: no sign-up of its own, and mail through the outbox."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from core import mail


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People get a way to sign in when they are admitted, employed or invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context = {"email": email, "society_name": settings.SOCIETY_NAME, **context}
        context["current_site"] = {"name": settings.SOCIETY_NAME, "domain": settings.SITE_URL}
        subject = render_to_string(f"{template_prefix}_subject.txt", context)
        mail.queue_text(
            key=f"sign-in:{uuid.uuid4()}",
            kind=template_prefix,
            to=email,
            subject=" ".join(subject.split()),
            text=render_to_string(f"{template_prefix}_message.txt", context).strip() + "\n",
        )
