"""Shares go out: asked for on a phone, decided and paid at desks; every screen looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from core.actors import SYSTEM, Actor
from core.models import User
from core.permissions import Role
from members.models import Member, Withdrawal
from members.operations import (
    agree_withdrawal,
    end_ground,
    move_class,
    nominate,
    note_death,
    suspend_withdrawals,
)
from members.rules.nominations import Nominee
from tests.browser.conftest import DESKTOP, PHONE
from tests.members.leaving import asked, classes, enter, paying, pounds, rules, user_of


def decided(withdrawal: Withdrawal) -> Withdrawal:
    return agree_withdrawal(
        withdrawal=withdrawal, decided_on=timezone.localdate(), minute="2026/1.4", by=SYSTEM
    )


def fill_today(person: Any) -> None:
    today = timezone.localdate()
    for label, figure in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        person.page.get_by_label(label).first.fill(str(figure))


def test_a_member_asks_on_a_phone_and_is_paid_by_two(
    someone: Callable[..., Any], secretary: User, treasurer: User, board_member: User
) -> None:
    rules(cash_for_withdrawals=pounds(100))
    member = enter(sign_in=True)
    joan = someone(user_of(member), viewport=PHONE)
    joan.visit("/members/me/")
    joan.follow("Shares back")
    joan.look()
    joan.follow("Ask for shares back")
    joan.page.get_by_label("How many shares").fill("100")
    joan.press("Ask")
    assert joan.sees("keeps at least 1 share")
    joan.page.get_by_label("How many shares").fill("40")
    joan.press("Ask")
    assert joan.sees("Notice given: you are still a holder")
    joan.look("my-withdrawals")

    sita = someone(secretary)
    sita.visit("/members/withdrawals/?tab=board")
    sita.follow("Joan Dyson")
    sita.look("withdrawal-asked")
    fill_today(sita)
    sita.page.get_by_label("Number of the minute").first.fill("2026/1.4")
    sita.press("Note that it agreed")
    assert sita.sees("Can be paid now")

    tom = someone(treasurer)
    tom.visit("/members/withdrawals/")
    tom.look("withdrawals")
    tom.press("Prepare £40.00")
    assert tom.sees("Somebody else now pays it")
    tom.follow("WD")
    tom.look()
    assert tom.sees("Somebody else has to pay it")

    bea = someone(board_member)
    bea.visit(tom.page.url.removeprefix(tom.site))
    bea.press("The bank has paid it")
    assert Withdrawal.objects.get().state == "repaid"
    assert Member.objects.get().shares_on(timezone.localdate()) == 60


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_screen_of_shares_that_go_out_is_right(
    someone: Callable[..., Any],
    make_user: Callable[..., User],
    viewport: dict[str, int],
) -> None:
    officer = make_user("ola officer", Role.SECRETARY, Role.TREASURER)
    today = timezone.localdate()
    rules(cash_for_withdrawals=pounds(50))
    member, worker = enter(sign_in=True), enter("Wendy Carr", code="worker")
    gone = enter("Al Dyson", shares=6_000, code="family")
    for one, name in ((member, "Ann Dyson"), (gone, "Bea Dyson")):
        nominate(
            member=one,
            nominees=[
                Nominee(name, "2 Mill Row, Damside", "child", 60),
                Nominee("Cy Dyson", "2 Mill Row, Damside", "child", 40),
            ],
            signed_on=dt.date(2025, 2, 3),
            received_on=dt.date(2025, 2, 4),
            by=SYSTEM,
        )
    first = decided(asked(enter("Bo Shaw"), 30))
    paying(decided(asked(enter("Di Shaw"), 5)), Actor("user", user=officer))
    waiting = asked(member, 10)
    decided(asked(member, 20, why=Withdrawal.Why.GIFT))
    decided(asked(enter("Ed Shaw"), 80))
    supported = classes()["supported"]
    move_class(
        member=worker,
        entered=supported,
        date=today,
        because="Has support from us",
        minute="2026/1",
        by=SYSTEM,
    )
    end_ground(member=worker, on=today, why="Support has ended", by=SYSTEM)
    note_death(
        member=Member.objects.get(pk=gone.pk),
        died_on=today,
        told_on=today,
        evidence="Death certificate",
        representative="Cy Dyson",
        by=SYSTEM,
    )
    ola = someone(officer, viewport=viewport)
    size = "phone" if viewport is PHONE else "desktop"
    number = member.number
    for name, path in {
        "rules": "rules/",
        "classes": "classes/",
        "class": "classes/investor/",
        "class-new": "classes/add/",
        "queue": "withdrawals/",
        "board": "withdrawals/?tab=board",
        "paying": "withdrawals/?tab=paying",
        "settled": "withdrawals/?tab=settled",
        "cash": "withdrawals/cash/",
        "suspend": "withdrawals/suspend/",
        "asked": f"withdrawals/{waiting.pk}/",
        "agreed": f"withdrawals/{first.pk}/",
        "key": f"register/{number}/withdraw/",
        "nominations": "nominations/",
        "nominations-all": "nominations/?all=1",
        "member-nominations": f"register/{number}/nominations/",
        "nomination-new": f"register/{number}/nominations/add/",
        "nominee-died": f"nominations/{member.nominations.first().pk}/died/",  # type: ignore[union-attr]
        "estates": "estates/",
        "estate": f"estates/{gone.number}/",
        "estate-change": f"estates/{gone.number}/change/",
        "death": f"register/{number}/death/",
        "cease": f"register/{number}/cease/",
        "move": f"register/{worker.number}/class/",
        "member-evidence": f"register/{worker.number}/evidence/",
        "ground": f"register/{worker.number}/ground/",
        "evidence": "evidence/",
        "evidence-missing": "evidence/?tab=missing",
        "member": f"register/{number}/",
        "member-gone": f"register/{gone.number}/",
    }.items():
        ola.page.goto(f"{ola.site}/members/{path}")
        ola.look(f"leaving-{size}-{name}")
    suspend_withdrawals(
        since=today,
        because="We are mending the roof.",
        decided_on=today,
        minute="2026/3",
        by=SYSTEM,
    )
    joan = someone(user_of(member), viewport=viewport)
    for name, path in {
        "my-withdrawals": "me/withdrawals/",
        "my-ask": f"me/withdrawals/{number}/ask/",
        "my-leaving": f"me/leave/{number}/",
        "my-nomination": "me/nomination/",
        "me": "me/",
    }.items():
        joan.page.goto(f"{joan.site}/members/{path}")
        joan.look(f"leaving-{size}-{name}")
    ola.page.goto(f"{ola.site}/members/withdrawals/")
    ola.look(f"leaving-{size}-suspended")
