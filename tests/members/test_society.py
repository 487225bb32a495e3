"""The society's rules and classes are data: who changes them, and what is noted of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from members.models import MemberClass, SocietyRules
from members.operations import (
    add_member_class,
    change_member_class,
    change_society_rules,
    resume_withdrawals,
    set_withdrawal_cash,
    suspend_withdrawals,
)
from members.operations.society import CLASS_FIELDS, RULE_FIELDS
from members.seen import fingerprint
from tests.members.conftest import TODAY
from tests.members.leaving import classes, enter, pounds, rules

pytestmark = pytest.mark.django_db


def test_a_change_of_the_rules_notes_the_old_and_the_new(by: Actor) -> None:
    change_society_rules(changes={"notice_days": 180, "reminder_days": 30}, by=by)
    assert SocietyRules.current().notice_days == 180
    line = AuditLine.objects.get(action="members.change_society_rules")
    assert line.data == {"changed": {"notice_days": ["90", "180"]}}


def test_a_change_of_nothing_is_not_noted(by: Actor) -> None:
    change_society_rules(changes={"notice_days": 90}, by=by)
    assert not AuditLine.objects.filter(action="members.change_society_rules").exists()


def test_secretary_and_treasurer_keep_the_rules(
    by: Actor, treasurer: User, board_member: User, coordinator: User
) -> None:
    for actor in (by, Actor("user", user=treasurer)):
        change_society_rules(changes={"notice_days": 60}, by=actor)
    for user in (board_member, coordinator):
        with pytest.raises(PermissionDenied):
            change_society_rules(changes={"notice_days": 1}, by=Actor("user", user=user))


def test_who_comes_second_looks_again(by: Actor) -> None:
    seen = fingerprint(SocietyRules.current(), RULE_FIELDS)
    change_society_rules(changes={"notice_days": 60}, seen=seen, by=by)
    with pytest.raises(RuleError, match="Somebody else has changed"):
        change_society_rules(changes={"notice_days": 30}, seen=seen, by=by)
    assert SocietyRules.current().notice_days == 60


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"most_shares_value": pounds(0)}, "most_shares_value"),
        ({"nomination_limit": pounds(-1)}, "nomination_limit"),
        ({"most_shares_value": pounds(100_001)}, "most_shares_value"),
        ({"nomination_limit": pounds(6_000)}, "nomination_limit"),
        ({"highest_interest": Decimal(-1)}, "highest_interest"),
        ({"highest_interest": Decimal("20.01")}, "highest_interest"),
        ({"notice_days": 731}, "notice_days"),
        ({"collection_notice_days": 0}, "collection_notice_days"),
        ({"reminder_days": 0}, "reminder_days"),
        ({"interest_report_from": pounds(200_000)}, "interest_report_from"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(RuleError) as refusal:
        change_society_rules(changes=changes, by=SYSTEM)
    assert refusal.value.field == field


def test_the_law_s_limits_may_be_reached_and_are_named_with_their_source() -> None:
    most = {"most_shares_value": pounds(100_000), "nomination_limit": pounds(5_000)}
    assert change_society_rules(changes=most, by=SYSTEM).nomination_limit == pounds(5_000)
    for changes, source in (
        ({"most_shares_value": pounds(100_001)}, "section 24"),
        ({"nomination_limit": pounds(6_000)}, "section 37"),
    ):
        with pytest.raises(RuleError, match=source):
            change_society_rules(changes=changes, by=SYSTEM)


def test_cash_and_suspension_are_not_changed_in_passing() -> None:
    with pytest.raises(ValueError, match="Not to be changed here"):
        change_society_rules(changes={"cash_for_withdrawals": pounds(1)}, by=SYSTEM)


def test_cash_is_set_aside_by_a_minute_unless_it_changed_meanwhile(by: Actor) -> None:
    rules(cash_for_withdrawals=pounds(100))
    with pytest.raises(RuleError, match="minute"):
        set_withdrawal_cash(amount=pounds(500), was=pounds(100), minute="", by=by)
    set_withdrawal_cash(amount=pounds(500), was=pounds(100), minute="2026/3", by=by)
    with pytest.raises(RuleError, match=r"£500\.00 is set aside"):
        set_withdrawal_cash(amount=pounds(900), was=pounds(100), minute="2026/4", by=by)
    line = AuditLine.objects.get(action="members.set_withdrawal_cash")
    assert line.data["minute"] == "2026/3"


DECIDED: dict[str, Any] = {
    "since": TODAY,
    "because": "A hard year.",
    "decided_on": TODAY,
    "minute": "2026/3",
}


def test_suspending_needs_a_reason_and_happens_once(by: Actor) -> None:
    with pytest.raises(RuleError, match="Say why"):
        suspend_withdrawals(since=TODAY, because=" ", decided_on=TODAY, minute="2026/3", by=by)
    for wrong in (
        {"minute": " "},
        {"decided_on": TODAY + dt.timedelta(days=1)},
        {"because": "x" * 180},
        {"since": TODAY + dt.timedelta(days=1)},
    ):
        with pytest.raises(RuleError) as refused:
            suspend_withdrawals(**{**DECIDED, **wrong}, by=by)
        assert refused.value.field == next(iter(wrong))
    suspended = suspend_withdrawals(**DECIDED, by=by)
    assert suspended.suspended_because == "A hard year. (Board, 3 March 2026, minute 2026/3.)"
    with pytest.raises(RuleError, match="suspended already"):
        suspend_withdrawals(**DECIDED, by=by)
    assert not resume_withdrawals(by=by).are_suspended
    with pytest.raises(RuleError, match="not suspended"):
        resume_withdrawals(by=by)


# --- Classes --------------------------------------------------------------------------------------


def test_a_class_is_changed_and_the_change_is_noted(by: Actor) -> None:
    investor = classes()["investor"]
    changed = change_member_class(
        member_class=investor,
        changes={"most_votes_percent": 10, "may_control": False, "yearly_dues": pounds(12)},
        by=by,
    )
    assert (changed.most_votes_percent, changed.may_control) == (10, False)
    line = AuditLine.objects.get(action="members.change_member_class")
    assert line.data["changed"]["most_votes_percent"] == ["None", "10"]
    assert line.data["changed"]["yearly_dues"] == ["£0.00", "£12.00"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minimum_shares": 0}, "minimum_shares"),
        ({"minimum_shares": 10, "maximum_shares": 9}, "maximum_shares"),
        ({"dues_month": 13}, "dues_month"),
        ({"most_votes_percent": 101}, "most_votes_percent"),
        ({"name": " "}, "name"),
        ({"constituency": ""}, "constituency"),
        ({"joining_fee": pounds(-1)}, "joining_fee"),
        ({"yearly_dues": pounds(10_001)}, "yearly_dues"),
        ({"minimum_age": 121}, "minimum_age"),
        ({"ground_hours_a_week": Decimal(169)}, "ground_hours_a_week"),
    ],
)
def test_a_class_that_makes_no_sense_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(RuleError) as refusal:
        change_member_class(member_class=classes()["family"], changes=changes, by=SYSTEM)
    assert refusal.value.field == field


def test_a_class_with_members_does_not_turn_into_one_for_organisations() -> None:
    enter(code="family")
    for code, refused in (("family", True), ("worker", False)):
        change = {"for_organisations": True}
        if refused:
            with pytest.raises(RuleError, match="while there are members"):
                change_member_class(member_class=classes()[code], changes=change, by=SYSTEM)
        else:
            change_member_class(member_class=classes()[code], changes=change, by=SYSTEM)


def test_a_class_changed_by_somebody_else_meanwhile_is_looked_at_again() -> None:
    family = classes()["family"]
    seen = fingerprint(MemberClass.objects.get(pk=family.pk), CLASS_FIELDS)
    change_member_class(member_class=family, changes={"minimum_age": 18}, seen=seen, by=SYSTEM)
    with pytest.raises(RuleError, match="Somebody else"):
        change_member_class(member_class=family, changes={"minimum_age": 21}, seen=seen, by=SYSTEM)


def test_a_new_class_has_a_code_of_its_own(by: Actor) -> None:
    fields = {"name": "Tenant", "who": "Tenants of our houses.", "constituency": "Tenants"}
    classes()
    assert add_member_class(code="tenant", fields=fields, by=by).minimum_shares == 1
    with pytest.raises(RuleError, match="Another class has this code"):
        add_member_class(code="tenant", fields=fields, by=by)
