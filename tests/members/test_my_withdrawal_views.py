"""A member's own pages about shares that go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.actors import SYSTEM
from core.models import User
from members.models import (
    Authority,
    Member,
    Withdrawal,
)
from members.operations import (
    suspend_withdrawals,
)
from tests.members.conftest import TODAY
from tests.members.leaving import (
    asked,
    enter,
    rules,
    user_of,
)
from tests.members.test_nominations import enter_nomination

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_member_asks_sees_that_they_are_still_a_holder_and_takes_it_back(
    signed_in: SignIn,
) -> None:
    rules(notice_days=90)
    member = enter(sign_in=True)
    browser = signed_in(user_of(member))
    page = browser.get(f"/members/me/withdrawals/{member.number}/ask/")
    assert "Up to 99, at £1.00 each: £99.00." in text(page)
    assert "not paid before Monday 1 June 2026" in text(page)
    sent = browser.post(
        f"/members/me/withdrawals/{member.number}/ask/",
        {"quantity": "40", "why": "request"},
        follow=True,
    )
    assert "Notice given: you are still a holder" in text(sent)
    withdrawal = Withdrawal.objects.get()
    back = browser.post(f"/members/me/withdrawals/{withdrawal.pk}/take-back/", follow=True)
    assert "Your shares stay yours." in text(back)
    assert Withdrawal.objects.get().state == "taken_back"


def test_a_refusal_stands_beside_the_number(signed_in: SignIn) -> None:
    rules()
    member = enter(sign_in=True)
    browser = signed_in(user_of(member))
    response = browser.post(
        f"/members/me/withdrawals/{member.number}/ask/", {"quantity": "100", "why": "request"}
    )
    assert response.status_code == 400
    assert "keeps at least 1 share" in str(response.context["form"].errors["quantity"])


def test_a_suspension_shows_its_reason_and_does_not_stop_asking(signed_in: SignIn) -> None:
    rules()
    member = enter(sign_in=True)
    suspend_withdrawals(
        since=TODAY, because="A roof to mend.", decided_on=TODAY, minute="2026/3", by=SYSTEM
    )
    browser = signed_in(user_of(member))
    for url in ("/members/me/withdrawals/", f"/members/me/withdrawals/{member.number}/ask/"):
        assert "A roof to mend." in text(browser.get(url))
    browser.post(
        f"/members/me/withdrawals/{member.number}/ask/", {"quantity": "4", "why": "request"}
    )
    assert Withdrawal.objects.get().quantity == 4


def test_a_member_sees_nothing_of_somebody_else(signed_in: SignIn) -> None:
    rules()
    member, other = enter(sign_in=True), enter("Rita Shaw", sign_in=True)
    theirs = asked(other, 7)
    browser = signed_in(user_of(member))
    assert "Rita" not in text(browser.get("/members/me/withdrawals/"))
    assert browser.get(f"/members/me/withdrawals/{other.number}/ask/").status_code == 404
    assert browser.get(f"/members/me/leave/{other.number}/").status_code == 404
    assert browser.post(f"/members/me/withdrawals/{theirs.pk}/take-back/").status_code == 404
    assert Withdrawal.objects.get().state == "asked"


def test_who_acts_for_a_member_in_money_sees_theirs_and_not_their_own(signed_in: SignIn) -> None:
    rules()
    member, ann = enter(sign_in=True), enter("Ann Dyson", sign_in=True)
    Authority.objects.create(
        person=member.person,
        by=ann.person,
        ground="attorney_money",
        scope=["money"],
        since=dt.date(2026, 1, 1),
        evidence="The registered power",
        seen_on=dt.date(2026, 1, 1),
    )
    browser = signed_in(user_of(ann))
    session = browser.session
    session["acting_for"] = member.person_id
    session.save()
    page = text(browser.get("/members/me/withdrawals/"))
    assert f"Register number {member.number}:" in page
    assert f"Register number {ann.number}:" not in page
    closed = browser.get(f"/members/me/leave/{member.number}/")  # another scope
    assert closed.status_code == 403
    assert f"You may not act for {member.name} in matters of membership." in text(closed)


@pytest.mark.parametrize(
    ("how", "ceased", "why"),
    [
        ("last", None, "left"),
        ("pay", TODAY, "left"),
        ("give", TODAY, "gift"),
        ("keep", TODAY, None),
    ],
)
def test_the_ways_to_leave(
    signed_in: SignIn, how: str, ceased: dt.date | None, why: str | None
) -> None:
    rules()
    member = enter(sign_in=True)
    browser = signed_in(user_of(member))
    url = f"/members/me/leave/{member.number}/"
    assert browser.post(url, {"how": how}).status_code == 400  # not sure yet
    assert browser.post(url, {"how": how, "sure": "on"}).status_code == 302
    assert Member.objects.get().ceased == ceased
    withdrawal = Withdrawal.objects.first()
    assert (withdrawal.why if withdrawal else None) == why
    assert withdrawal is None or withdrawal.quantity == 100
    assert browser.get("/members/me/withdrawals/").status_code == 200


def test_a_member_sees_whom_they_have_named(signed_in: SignIn) -> None:
    member = enter(sign_in=True)
    browser = signed_in(user_of(member))
    assert "You have named nobody" in text(browser.get("/members/me/nomination/"))
    enter_nomination(member)
    page = text(browser.get("/members/me/nomination/"))
    assert "Ann Dyson" in page
    assert "£5,000.00" in page


def test_a_button_pressed_twice_asks_or_leaves_once_and_leads_to_the_result(
    signed_in: SignIn,
) -> None:
    member = enter(sign_in=True)
    browser = signed_in(user_of(member))
    for _ in range(2):
        sent = browser.post(
            f"/members/me/withdrawals/{member.number}/ask/", {"quantity": "40", "why": "request"}
        )
        assert sent.url == "/members/me/withdrawals/"
    assert Withdrawal.objects.get().quantity == 40
    for how in ("last", "last", "keep", "keep"):
        left = browser.post(f"/members/me/leave/{member.number}/", {"how": how, "sure": "on"})
        assert left.url == "/members/me/withdrawals/", how
    member.refresh_from_db()
    assert member.ceased is not None
    assert Withdrawal.objects.filter(why="left").count() == 1
