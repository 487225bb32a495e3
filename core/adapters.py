"""How allauth's sign-in fits Weft: no sign-up of its own, our words, mail through the outbox."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string

from core import mail

WRONG_CODE = "That code is not right, or it is too old. Please look at the newest one."
TOO_MANY_TRIES = "That was too many tries. Please wait five minutes, or ring us."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People get a way to sign in when they are admitted, employed or invited."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "You can no longer sign in here. Please ring us.",
        "cannot_remove_primary_email": "We write to this address. Choose another for that first.",
        "duplicate_email": "You have this address here already.",
        "email_password_mismatch": "That e-mail address and that password do not go together. "
        "You can also ask for a code by e-mail.",
        "email_taken": "Somebody else signs in with this address.",
        "enter_current_password": "That is not the password that you have now.",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "That is not your password.",
        "rate_limited": TOO_MANY_TRIES,
        "same_as_current": "That is what it is already.",
        "too_many_login_attempts": TOO_MANY_TRIES,
        "unverified_primary_email": "Confirm this address first; then we can write to it.",
    }

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


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step, in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "rate_limited": TOO_MANY_TRIES,
        "unverified_email": "Confirm your e-mail address first; then set up the second step.",
    }
