"""Signing in, as a person does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress

from core.models import OutboxMessage, User
from core.permissions import Role
from tests.browser.conftest import PHONE


def test_a_member_signs_in_with_a_code_from_an_e_mail(
    someone: Callable[..., Any], make_user: Callable[..., User], settings: Any
) -> None:
    settings.DEMO = True  # the outbox then keeps the text, which this test reads
    make_user("mo member", Role.MEMBER)
    mo = someone(viewport=PHONE)
    mo.visit("/accounts/login/")
    mo.follow("code")
    mo.page.get_by_label("Email").fill("mo.member@example.org")
    mo.page.keyboard.press("Enter")
    mo.page.wait_for_url("**/login/code/confirm/**")
    mo.look()
    code = re.search(r"^\s*([A-Z0-9]{4,}-?[A-Z0-9]*)\s*$", OutboxMessage.objects.get().text, re.M)
    assert code is not None
    mo.page.get_by_label("Code").fill(code.group(1))
    mo.page.keyboard.press("Enter")
    mo.page.wait_for_url("**/home/")
    mo.look()


def test_a_secretary_without_a_second_step_is_led_to_set_one_up(
    someone: Callable[..., Any], secretary: User
) -> None:
    secretary.set_password("a-long-and-quiet-word")
    secretary.save()
    EmailAddress.objects.filter(user=secretary).update(verified=True)
    sita = someone()
    sita.visit("/accounts/login/")
    sita.page.get_by_label("Email").fill(secretary.email)
    sita.page.get_by_label("Password").fill("a-long-and-quiet-word")
    sita.page.keyboard.press("Enter")
    sita.page.wait_for_url("**/accounts/2fa/")
    sita.look()
    sita.page.goto(f"{sita.site}/members/")
    assert sita.page.url.endswith("/accounts/2fa/")
