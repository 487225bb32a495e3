"""J11 at a real browser: the coordinator by keyboard, the carer on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from core.models import User
from rota.models import Rota
from rota.operations import make_rota
from rota.rules import monday_of
from tests.browser.conftest import PHONE
from tests.rota.conftest import Valley


def test_a_coordinator_solves_reads_why_assigns_and_publishes_by_keyboard(
    someone: Callable[..., Any],
    make_user: Callable[..., User],
    coordinator: User,
    settings: Any,
) -> None:
    settings.ROTA_SOLVE_SECONDS = 1
    next_week = monday_of(timezone.localdate()) + dt.timedelta(days=7)
    valley = Valley(make_user, next_week)
    ann = valley.carer("Ann", "hoist", user=True)
    bob = valley.carer("Bob")
    joan, mary = valley.person("Joan", "Smith"), valley.person("Mary", "Jones")
    for day in range(7):
        valley.visit(joan, day, "08:00", team=(ann,))
    bath = valley.visit(mary, 2, "14:00", "hoist", carers=2)
    rota = make_rota(week_start=next_week, by=SYSTEM)

    cora = someone(coordinator)
    cora.visit("/rota/")
    cora.visit(f"/rota/weeks/{rota.pk}/")
    cora.press("Solve")
    assert cora.sees("2 places not filled")
    assert Rota.objects.get().state == "proposed"
    cora.page.get_by_text("How good is this rota?").click()
    cora.look("rota-week")

    cora.follow("See why")
    cora.page.get_by_text("Who cannot, and why").click()
    assert cora.sees("Has no “Hoist” training")
    cora.look("rota-unfilled")

    bob.person.qualifications.create(skill=valley.skill("hoist"), since=timezone.localdate())
    cora.follow("Assign…")
    for _ in range(2):
        cora.page.get_by_role("button", name="Assign").first.focus()
        with cora.page.expect_navigation():
            cora.page.keyboard.press("Enter")
        cora.look("rota-visit")
    assert bath.assignments.count() == 2
    assert cora.sees("Every place filled")
    cora.visit(f"/rota/weeks/{rota.pk}/days/2/")
    cora.press("Undo last change")
    assert cora.sees("2 places not filled")
    cora.visit(f"/rota/weeks/{rota.pk}/publish/")
    cora.press("Publish")
    assert cora.sees("The rota is published and its carers are told.")

    goes = joan.visits.get(date=next_week).assignments.get().carer
    carer = someone(goes.person.user, viewport=PHONE)
    assert goes == ann
    carer.visit("/rota/my/")
    carer.look("my-visits")
    carer.follow("My calendar")
    carer.press("Make my address")
    assert carer.sees("it is not shown again")


def test_carers_pages_at_a_desk_and_on_a_phone(
    someone: Callable[..., Any], make_user: Callable[..., User], coordinator: User
) -> None:
    ann = Valley(make_user).carer("Ann", "hoist")
    for options in ({}, {"viewport": PHONE}):
        cora = someone(coordinator, **options)
        cora.visit("/rota/carers/")
        for page in ("", "edit/", "hours/", "absence/", "skill/"):
            cora.visit(f"/rota/carers/{ann.pk}/{page}")
        cora.press("Save")  # nothing chosen: the errors are said and linked
        assert cora.page.get_by_role("alert").is_visible()
