"""A member dies: the entry ends, nothing more is sent, and the shares wait for an estate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from core.permissions import Role
from ledger import chart
from members.estates import plan_of
from members.models import Estate, Letter, Member, Nomination, Person, Withdrawal
from members.operations import (
    add_organisation,
    cease_member,
    change_estate,
    note_death,
    pay_estate,
    pay_nominees,
    register_member,
    reopen_death,
    take_back_withdrawal,
)
from members.writing import write_to
from tests.members.conftest import TODAY
from tests.members.leaving import (
    BOARD,
    JOINED,
    MINUTE,
    agreed,
    asked,
    balance,
    classes,
    enter,
    paid,
    paying,
    pounds,
    rules,
    user_of,
)
from tests.members.test_nominations import enter_nomination, named

pytestmark = pytest.mark.django_db

DIED, TOLD = dt.date(2026, 2, 26), dt.date(2026, 3, 2)


def died(member: Member, by: Actor = SYSTEM, **changes: object) -> Estate:
    said: dict[str, object] = {
        "died_on": DIED,
        "told_on": TOLD,
        "evidence": "Death certificate",
        "representative": "Ann Dyson",
        "representative_address": "9 Loom Lane, Damside",
    }
    return note_death(member=member, by=by, **(said | changes))  # type: ignore[arg-type]


def test_a_membership_ends_on_the_day_of_death_and_the_shares_stay(by: Actor) -> None:
    estate = died(enter(), by)
    member = Member.objects.get()
    assert (member.ceased, member.ceased_because) == (DIED, "Died")
    assert member.person is not None
    assert member.person.died_on == DIED
    assert member.shares_on(TODAY) == 100
    assert list(Member.objects.in_register(TODAY)) == [member]  # ceased, shares outstanding
    assert estate.settled_on is None
    line = AuditLine.objects.get(action="members.note_death")
    assert line.user == by.user


def test_nobody_signs_in_as_who_has_died_any_more(signed_in: Callable[[User], Client]) -> None:
    member = enter(sign_in=True)
    browser = signed_in(user_of(member))
    assert browser.get("/members/me/").status_code == 200
    died(member)
    assert not user_of(member).is_active
    response = browser.get("/members/me/")
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_nothing_is_written_to_who_has_died_and_waiting_letters_are_called_off() -> None:
    rules()
    member = enter(email=False)
    asked(member)
    estate = died(member)
    assert {one.state for one in Letter.objects.all()} == {"called_off"}
    person = Person.objects.get()
    sent = write_to(
        person,
        key="news",
        kind="news",
        subject="News",
        template="members/mail/withdrawal_taken_back.txt",
        context={},
        by=SYSTEM,
    )
    assert sent is None
    change_estate(
        estate=estate,
        representative="Ann Dyson",
        representative_address="9 Loom Lane",
        grant_seen_on=TODAY,
        by=SYSTEM,
    )
    assert Letter.objects.count() == 1
    assert not OutboxMessage.objects.exists()


def test_requests_of_their_own_fall_away_but_not_what_is_being_paid(treasurer: User) -> None:
    rules()
    member = enter()
    open_, in_queue = asked(member), agreed(member)
    being_paid = paying(agreed(member, 5), Actor("user", user=treasurer))
    estate = died(member)
    states = dict(Withdrawal.objects.values_list("pk", "state"))
    assert states[open_.pk] == states[in_queue.pk] == "taken_back"
    assert states[being_paid.pk] == "paying"
    assert [part.shares for part in plan_of(estate, TODAY).estate] == [95]
    with pytest.raises(RuleError, match="estate has a page"):
        asked(member, 5)


def test_without_shares_there_is_nothing_to_settle(treasurer: User, board_member: User) -> None:
    rules()
    member = enter(shares=5)
    cease_member(member=member, ceased=TODAY, because="Moved away", by=SYSTEM)
    first, second = (Actor("user", user=user) for user in (treasurer, board_member))
    paid(paying(agreed(Member.objects.get(), 5), first), second)
    assert died(Member.objects.get()).settled_on == TOLD


def test_who_ceased_before_keeps_that_day() -> None:
    member = enter()
    cease_member(member=member, ceased=dt.date(2025, 6, 1), because="Moved away", by=SYSTEM)
    died(Member.objects.get())
    gone = Member.objects.get()
    assert (gone.ceased, gone.ceased_because) == (dt.date(2025, 6, 1), "Moved away")


def test_who_was_noted_to_have_left_after_the_death_had_died() -> None:
    member = enter()
    cease_member(member=member, ceased=TODAY, because="No answer", by=SYSTEM)
    died(Member.objects.get())
    assert Member.objects.get().ceased == DIED


def test_days_and_evidence_of_a_death() -> None:
    member = enter()
    for changes, field in (
        ({"died_on": TODAY + dt.timedelta(days=1)}, "died_on"),
        ({"died_on": JOINED - dt.timedelta(days=1)}, "died_on"),
        ({"told_on": DIED - dt.timedelta(days=1)}, "told_on"),
        ({"told_on": TODAY + dt.timedelta(days=1)}, "told_on"),
        ({"evidence": " "}, "evidence"),
    ):
        with pytest.raises(RuleError) as refusal:
            died(member, **changes)
        assert refusal.value.field == field
    assert Person.objects.get().died_on is None


def test_a_death_is_noted_once_and_by_the_secretary_only(treasurer: User) -> None:
    member = enter()
    with pytest.raises(PermissionDenied):
        died(member, Actor("user", user=treasurer))
    died(member)
    with pytest.raises(RuleError, match="noted already"):
        died(Member.objects.get())


def test_an_organisation_does_not_die() -> None:
    organisation = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    member = register_member(
        organisation=organisation, member_class=classes()["organisation"], joined=JOINED, by=SYSTEM
    )
    with pytest.raises(RuleError, match="Only a person"):
        died(member)


# --- Noted by mistake -----------------------------------------------------------------------------


def test_a_death_noted_by_mistake_is_taken_back_on_the_same_day(by: Actor) -> None:
    rules()
    member = enter(sign_in=True)
    in_queue = agreed(member)
    Person.objects.update(email="")  # a letter waits
    member = Member.objects.get()
    asked(member, 3)
    estate = died(member, by)
    back = reopen_death(estate=estate, why="It was their father.", by=by)
    assert (back.ceased, back.ceased_because) == (None, "")
    assert Person.objects.get().died_on is None
    assert user_of(back).is_active
    assert user_of(back).roles_on(TODAY) == {Role.MEMBER}
    assert user_of(back).has_perm("governance.vote")
    in_queue.refresh_from_db()
    assert in_queue.state == "agreed"
    assert {one.state for one in Letter.objects.all()} == {"waiting"}
    assert not Estate.objects.exists()
    assert AuditLine.objects.filter(action="members.reopen_death").count() == 1
    died(back, by)  # and it can be noted again, were it true


def test_after_the_day_or_a_decision_it_cannot_be_taken_back(by: Actor) -> None:
    rules()
    estate = died(enter())
    with pytest.raises(RuleError, match="what was wrong"):
        reopen_death(estate=estate, why=" ", by=by)
    with (
        time_machine.travel(dt.datetime(2026, 3, 4, 0, 30, tzinfo=dt.UTC)),
        pytest.raises(RuleError, match="only on the day"),
    ):
        reopen_death(estate=estate, why="A mistake", by=by)
    pay_estate(estate=estate, decided_on=TODAY, minute=MINUTE, by=by)
    with pytest.raises(RuleError, match="decided on the shares"):
        reopen_death(estate=estate, why="A mistake", by=by)


# --- Who is to have the value ---------------------------------------------------------------------


def decide(estate: Estate) -> dict[str, object]:
    return {"estate": estate, "decided_on": TODAY, "minute": MINUTE, "by": SYSTEM}


def test_nominees_get_their_parts_up_to_the_limit_and_the_estate_the_rest(
    treasurer: User, board_member: User
) -> None:
    rules(cash_for_withdrawals=pounds(9_000), notice_days=90)
    member = enter(shares=8_000)
    enter_nomination(member, named(percent=60), named("Bea Dyson", 40, "sibling"))
    estate = died(Member.objects.get())
    with pytest.raises(RuleError, match="nominees come first"):
        pay_estate(**decide(estate))  # type: ignore[arg-type]
    nominees = pay_nominees(**decide(estate))  # type: ignore[arg-type]
    assert [(one.payee, one.quantity, one.state) for one in nominees] == [
        ("Ann Dyson", 3_000, "agreed"),
        ("Bea Dyson", 2_000, "agreed"),
    ]
    assert {one.notice_ends_on for one in nominees} == {TODAY}  # no notice
    with pytest.raises(RuleError, match="only when probate"):
        pay_estate(**decide(estate))  # type: ignore[arg-type]
    estate = change_estate(
        estate=estate,
        representative="Cy Dyson",
        representative_address="9 Loom Lane",
        grant_seen_on=TODAY,
        by=SYSTEM,
    )
    [rest] = pay_estate(**decide(estate))  # type: ignore[arg-type]
    assert (rest.payee, rest.quantity) == ("Cy Dyson", 3_000)
    preparer, payer = Actor("user", user=treasurer), Actor("user", user=board_member)
    for one in [*nominees, rest]:
        assert Estate.objects.get().settled_on is None
        paid(paying(one, preparer), payer)
    assert Estate.objects.get().settled_on == TODAY
    assert Member.objects.get().shares_on(TODAY) == 0
    assert balance(chart.WITHDRAWALS, member) == balance(chart.SHARE_CAPITAL) == 0
    assert not OutboxMessage.objects.filter(kind="members.withdrawal_paid").exists()
    with pytest.raises(RuleError, match="settled"):
        pay_estate(**decide(estate))  # type: ignore[arg-type]


def test_up_to_the_limit_no_grant_is_needed_but_a_name_is() -> None:
    rules()
    estate = died(enter(shares=5_000), representative="")
    with pytest.raises(RuleError, match="who speaks for the estate"):
        pay_estate(**decide(estate))  # type: ignore[arg-type]
    Estate.objects.update(representative="Ann Dyson")
    [rest] = pay_estate(**decide(Estate.objects.get()))  # type: ignore[arg-type]
    assert rest.quantity == 5_000


def test_who_gets_nothing_since_shares_are_whole_is_said(
    signed_in: Callable[[User], Client], secretary: User
) -> None:
    rules()
    member = enter(shares=1)
    enter_nomination(member, named(percent=50), named("Bea Dyson", 50))
    plan = plan_of(died(Member.objects.get()), TODAY)
    assert [(one.nominee_name, number) for one, number, _value in plan.for_nominees] == [
        ("Ann Dyson", 1)
    ]
    assert [one.nominee_name for one in plan.without] == ["Bea Dyson"]
    page = signed_in(secretary).get(f"/members/estates/{member.number}/").content.decode()
    assert "Bea Dyson: nothing (50 %)" in page
    assert "Shares are paid out whole" in page


def test_what_is_wrong_with_a_day_is_said_as_it_is() -> None:
    before = DIED - dt.timedelta(days=1)
    with pytest.raises(RuleError, match="before the death"):
        died(enter(), told_on=before)
    estate = died(Member.objects.get())
    with pytest.raises(RuleError, match="before the death: 26 February 2026"):
        pay_estate(estate=estate, decided_on=before, minute=MINUTE, by=SYSTEM)
    with pytest.raises(RuleError, match="before the co-op was told: 2 March 2026"):
        change_estate(
            estate=estate,
            representative="Ann Dyson",
            representative_address="",
            grant_seen_on=DIED,
            by=SYSTEM,
        )


def test_parts_are_decided_once() -> None:
    rules()
    member = enter(shares=100)
    enter_nomination(member)
    estate = died(Member.objects.get())
    [part] = pay_nominees(**decide(estate))  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="decided already"):
        pay_nominees(**decide(estate))  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="Nothing is left"):
        pay_estate(**decide(estate))  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="on the page of that"):
        take_back_withdrawal(withdrawal=part, by=SYSTEM)


def test_a_nomination_that_ended_before_the_death_passes_nothing_on() -> None:
    rules()
    member = enter(shares=100)
    enter_nomination(member)
    Nomination.objects.update(ended_on=DIED, ended_because="Revoked")
    estate = died(Member.objects.get())
    with pytest.raises(RuleError, match="No nomination passes"):
        pay_nominees(**decide(estate))  # type: ignore[arg-type]
    assert [part.shares for part in plan_of(estate, TODAY).estate] == [100]


def test_a_nomination_that_came_after_the_death_is_refused() -> None:
    member = enter()
    died(member, died_on=dt.date(2026, 2, 22))
    with pytest.raises(RuleError, match="after the member’s death"):
        enter_nomination(Member.objects.get())  # it came on 24 February


def test_the_board_decides_after_the_death_with_a_minute() -> None:
    rules()
    estate = died(enter())
    for changes, field in (
        ({"decided_on": DIED - dt.timedelta(days=1)}, "decided_on"),
        ({"decided_on": TODAY + dt.timedelta(days=1)}, "decided_on"),
        ({"minute": ""}, "minute"),
    ):
        with pytest.raises(RuleError) as refusal:
            pay_estate(**(decide(estate) | changes))  # type: ignore[arg-type]
        assert refusal.value.field == field
    assert BOARD > DIED


def test_an_older_entry_with_shares_has_an_estate_too() -> None:
    old = enter(shares=7)
    cease_member(member=old, ceased=dt.date(2025, 6, 1), because="Moved away", by=SYSTEM)
    new = register_member(
        person=old.person,
        member_class=classes()["family"],
        joined=dt.date(2025, 9, 2),
        shares=5,
        by=SYSTEM,
    )
    died(new)
    assert set(Estate.objects.values_list("member__number", flat=True)) == {old.number, new.number}
