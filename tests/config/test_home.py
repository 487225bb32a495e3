"""The home page: each right brings its part, at a steady cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core import mail
from core.models import OutboxMessage, User
from core.permissions import Role

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def test_a_stranger_finds_nothing_waiting(stranger: User, signed_in: SignIn) -> None:
    page = signed_in(stranger).get("/home/").content.decode()
    assert "Nothing waits for you today." in page
    assert "Register" not in page


def test_staff_see_what_their_roles_bring(
    make_user: Callable[..., User], signed_in: SignIn
) -> None:
    both = make_user("sam", Role.TREASURER, Role.COORDINATOR)
    page = signed_in(both).get("/home/").content.decode()
    assert "Members by class" in page
    assert "People supported" in page
    assert "Audit trail" not in page


def test_mail_that_was_given_up_waits_for_the_secretary(
    secretary: User, coordinator: User, signed_in: SignIn
) -> None:
    message = mail.queue_text(key="k", kind="t", to="a@example.org", subject="S", text="T")
    OutboxMessage.objects.filter(pk=message.pk).update(state="failed")
    assert "1 given up" in signed_in(secretary).get("/home/").content.decode()
    assert "given up" not in signed_in(coordinator).get("/home/").content.decode()


def test_a_member_has_four_entries_at_the_bottom_of_the_phone(
    make_user: Callable[..., User], signed_in: SignIn
) -> None:
    page = signed_in(make_user("mo", Role.MEMBER, Role.CARER)).get("/home/")
    menu = [entry["label"] for entry in list(page.context["weft"]["nav"])]
    assert menu == ["Home", "My visits", "Care", "Meetings"]
