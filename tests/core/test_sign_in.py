"""Signing in by an e-mailed code, and setting up the second step that a staff role asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from core.models import AuditLine, OutboxMessage, User

pytestmark = pytest.mark.django_db


def sign_in_by_code(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/code/", {"email": user.email})
    queued = OutboxMessage.objects.filter(to=user.email).latest("pk")
    text = queued.text or mail.outbox[-1].body  # once sent, the text is kept no longer
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", text, flags=re.MULTILINE)
    assert code, text
    client.post("/accounts/login/code/confirm/", {"code": code.group()})
    return client


def set_up_second_step(client: Client) -> None:
    page = client.get("/accounts/2fa/totp/activate/")
    counter = next(yield_hotp_counters_from_time())
    code = format_hotp_value(hotp_value(page.context["form"].secret, counter))
    response = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert response.status_code == 302


def test_the_first_administrator_gets_in_with_a_code_and_then_a_second_step(
    administrator: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client = sign_in_by_code(administrator)
    assert client.get("/roles/")["Location"] == "/accounts/2fa/"
    with django_capture_on_commit_callbacks(execute=True):
        set_up_second_step(client)
    assert client.get("/roles/").status_code == 200
    assert AuditLine.objects.filter(action="core.sign_in").count() == 1


def test_a_session_from_before_the_second_step_ends_when_it_is_set_up(
    administrator: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """It never passed the second step: whoever read the mailbox would otherwise get in with it."""
    intruder = sign_in_by_code(administrator)
    assert intruder.get("/roles/")["Location"] == "/accounts/2fa/"
    own = sign_in_by_code(administrator)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_second_step(own)
    assert intruder.get("/roles/")["Location"] == "/accounts/login/?next=/roles/"
    assert own.get("/roles/").status_code == 200
    assert AuditLine.objects.get(action="core.end_other_sessions").data == {"ended": 1}


@pytest.mark.django_db(transaction=True)
def test_whoever_has_just_set_up_the_app_sees_the_emergency_codes_without_typing_another_code(
    administrator: User,
) -> None:
    client = sign_in_by_code(administrator)
    set_up_second_step(client)
    page = client.get("/accounts/2fa/recovery-codes/")
    assert page.status_code == 200
    assert "Here are codes for an emergency" in page.content.decode()


def test_nothing_tells_a_stranger_to_sign_up(client: Client) -> None:
    client.post("/accounts/login/code/", {"email": "nobody@example.org"})
    text = OutboxMessage.objects.get(to="nobody@example.org").text
    assert "signup" not in text
    assert "Nobody here has that address." in text


def test_a_sign_in_greets_with_no_row_number(administrator: User) -> None:
    page = sign_in_by_code(administrator).get("/accounts/2fa/", follow=True).content.decode()
    assert f"user {administrator.pk}" not in page


def test_a_wrong_password_is_told_in_plain_words(client: Client) -> None:
    answer = {"login": "a@example.org", "password": "no"}
    assert "do not go together" in client.post("/accounts/login/", answer).content.decode()
