"""One way to end a membership, for every reason, and taking back what was noted by mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from core.permissions import Role
from members.models import Eligibility, Letter, Member, MemberClass, Person, Withdrawal
from members.operations import (
    agree_withdrawal,
    end_membership,
    give_sign_in,
    note_death,
    register_member,
    take_back_end,
)
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

Why = Withdrawal.Why
BY_MINUTE: dict[str, Any] = {"reason": "other", "why": "Broke rule 14", "minute": "2026/9.1"}


@pytest.fixture
def member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """Rita, a care worker with five shares since January 2025, who signs in."""
    entry = register_member(
        person=rita,
        member_class=classes["worker"],
        joined=dt.date(2025, 1, 10),
        shares=5,
        by=SYSTEM,
    )
    give_sign_in(person=rita, by=SYSTEM)
    return Member.objects.select_related("person__user", "member_class").get(pk=entry.pk)


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def test_who_leaves_by_themselves_needs_no_minute(member: Member, by: Actor) -> None:
    end_membership(member=member, on=TODAY, reason="resigned", shares=Why.LEFT, by=by)
    member.refresh_from_db()
    assert (member.ceased, member.ceased_because) == (TODAY, "Resigned")
    asked = Withdrawal.objects.get()
    assert (asked.quantity, asked.why) == (5, "left")


def test_another_reason_is_the_board_s_by_a_minute(member: Member, by: Actor) -> None:
    for missing in ("why", "minute"):
        with pytest.raises(RuleError) as refusal:
            end_membership(member=member, on=TODAY, by=by, **(BY_MINUTE | {missing: " "}))
        assert refusal.value.field == missing
    end_membership(member=member, on=TODAY, by=by, **BY_MINUTE)
    member.refresh_from_db()
    assert member.ceased_because == "Broke rule 14 (minute 2026/9.1)"
    assert not Withdrawal.objects.exists()  # nothing was said: the shares stay
    told = OutboxMessage.objects.get(kind="members.resigned").text
    assert "The reason: Broke rule 14 (minute 2026/9.1)" in told
    assert "5 shares" in told
    assert "come back" not in told


@pytest.mark.parametrize(
    ("on_lapse", "minute", "field"),
    [("board", "", "minute"), ("board", "7", ""), ("ends", "", ""), ("keeps", "7", "reason")],
)
def test_when_the_ground_ends_the_class_says_who_decides(
    member: Member, by: Actor, on_lapse: str, minute: str, field: str
) -> None:
    MemberClass.objects.filter(code="worker").update(on_lapse=on_lapse)
    member = Member.objects.get(pk=member.pk)
    said: dict[str, Any] = {"reason": "ground", "why": "Changed jobs", "minute": minute}
    if field:
        with pytest.raises(RuleError) as refusal:
            end_membership(member=member, on=TODAY, by=by, **said)
        assert refusal.value.field == field
        assert Member.objects.get().ceased is None
        return
    end_membership(member=member, on=TODAY, shares=Why.GIFT, by=by, **said)
    member.refresh_from_db()
    assert member.ceased_because.startswith("Ground ended: Changed jobs")
    assert Eligibility.objects.get().ended_because == "Changed jobs"
    assert Withdrawal.objects.get().why == "gift"


def test_only_who_keeps_the_register_ends_a_membership_or_takes_it_back(
    member: Member, treasurer: User
) -> None:
    tom = Actor("user", user=treasurer)
    for act in (end_membership, take_back_end):
        with pytest.raises(PermissionDenied):
            act(member=member, by=tom)  # type: ignore[operator]


# --- By mistake -----------------------------------------------------------------------------------


def test_an_end_noted_by_mistake_is_taken_back_on_the_same_day(member: Member, by: Actor) -> None:
    end_membership(member=member, on=TODAY, reason="resigned", shares=Why.LEFT, by=by)
    assert member.person
    assert member.person.user
    assert member.person.user.roles_on(TODAY) == set()
    take_back_end(member=member, why="The wrong Rita.", by=by)
    member.refresh_from_db()
    assert (member.ceased, member.ceased_because) == (None, "")
    assert member.person.user.roles_on(TODAY) == {Role.MEMBER}
    assert Withdrawal.objects.get().state == "taken_back"
    line = AuditLine.objects.get(action="members.take_back_end")
    assert "Rita" not in str(line.data)
    assert OutboxMessage.objects.filter(kind="members.end_taken_back").exists()
    with pytest.raises(RuleError, match="taken back already"):
        take_back_end(member=member, why="Again.", by=by)


def test_a_second_mistake_is_taken_back_on_its_own_day(member: Member, by: Actor) -> None:
    end_membership(member=member, on=TODAY, reason="resigned", by=by)
    take_back_end(member=member, why="The wrong Rita.", by=by)
    with time_machine.travel(dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC), tick=False):
        end_membership(member=member, on=dt.date(2026, 3, 5), reason="resigned", by=by)
        take_back_end(member=member, why="Her again.", by=by)
    member.refresh_from_db()
    assert member.ceased is None
    assert OutboxMessage.objects.filter(kind="members.end_taken_back").count() == 2


def test_the_letter_of_the_end_is_called_off(member: Member, by: Actor) -> None:
    Person.objects.update(email="")
    member = Member.objects.get(pk=member.pk)
    end_membership(member=member, on=TODAY, reason="resigned", shares=Why.LEFT, by=by)
    take_back_end(member=member, why="The wrong one.", by=by)
    states = dict(Letter.objects.values_list("kind", "state"))
    assert states == {
        "members.resigned": "called_off",
        "members.withdrawal_asked": "called_off",
        "members.end_taken_back": "waiting",
    }


def test_on_the_next_day_it_is_too_late(member: Member, by: Actor) -> None:
    end_membership(member=member, on=TODAY, reason="resigned", by=by)
    with (
        time_machine.travel(dt.datetime(2026, 3, 4, 9, tzinfo=dt.UTC), tick=False),
        pytest.raises(RuleError, match="only on the day"),
    ):
        take_back_end(member=member, why="The wrong one.", by=by)


def test_what_the_board_decided_about_the_shares_stands(member: Member, by: Actor) -> None:
    end_membership(member=member, on=TODAY, reason="resigned", shares=Why.LEFT, by=by)
    agree_withdrawal(withdrawal=Withdrawal.objects.get(), decided_on=TODAY, minute="1", by=SYSTEM)
    with pytest.raises(RuleError, match="decided on the shares"):
        take_back_end(member=member, why="The wrong one.", by=by)
    assert Member.objects.get().ceased == TODAY


def test_who_was_entered_again_stays_under_the_later_number(
    member: Member, rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    end_membership(member=member, on=TODAY, reason="resigned", by=by)
    register_member(person=rita, member_class=classes["family"], joined=TODAY, by=SYSTEM)
    with pytest.raises(RuleError, match="entered again"):
        take_back_end(member=member, why="The wrong one.", by=by)


def test_a_death_is_taken_back_on_its_own_page(member: Member, by: Actor) -> None:
    note_death(member=member, died_on=TODAY, told_on=TODAY, evidence="Certificate", by=by)
    with pytest.raises(RuleError, match="estate"):
        take_back_end(member=member, why="The wrong one.", by=by)


def test_the_pages_ask_for_all_of_it_and_lead_to_the_way_back(sita: Client, member: Member) -> None:
    page, url = "/members/register/1/", "/members/register/1/cease/"
    assert sita.get(page).content.decode().count(url) == 1
    asked = sita.post(url, {"on": "3 March 2026", "reason": "other", "why": "Rule 14"})
    assert asked.status_code == 400
    assert "give the number of the minute" in asked.content.decode()
    done = {"on": "3 March 2026", "reason": "other", "why": "Rule 14", "minute": "2026/9"}
    assert sita.post(url, done | {"shares": "left"}).url == page
    assert f"{url}undo/" in sita.get(page).content.decode()
    assert "What cannot come back" in sita.get(f"{url}undo/").content.decode()
    assert sita.post(f"{url}undo/", {"why": "The wrong one."}).url == page
    assert Member.objects.get().ceased is None
    assert f"{url}undo/" not in sita.get(page).content.decode()
