"""What a line may say, what changed between versions, and who sees which group of fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.errors import RuleError
from services.recurrence import DAYS, weekly
from services.rules import (
    Fact,
    Ground,
    Group,
    LineTerms,
    Span,
    check_line,
    differences,
    groups_for,
)

Terms = Callable[..., LineTerms]
MONDAY = dt.date(2026, 3, 2)
OPEN = Span(MONDAY, MONDAY, None)
SIX_DAYS = Span(MONDAY, MONDAY, dt.date(2026, 3, 7))


def refusal(terms: LineTerms, span: Span = OPEN, others: list[LineTerms] | None = None) -> str:
    with pytest.raises(RuleError) as refused:
        check_line(terms, span, others or [])
    assert refused.value.message.endswith((".", "”."))
    return refused.value.field or ""


def test_a_sound_line_is_accepted(terms: Terms) -> None:
    check_line(terms(), OPEN, [terms(start_time=dt.time(12))])
    check_line(terms(last_day=SIX_DAYS.last), SIX_DAYS, [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"what": "  "}, "what"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 24 * 60 + 1}, "minutes"),
        ({"minutes": 29}, "short_reason"),
        ({"carers_needed": 0}, "carers_needed"),
        ({"carers_needed": 3}, "carers_needed"),
        ({"window_before": -1}, "window_before"),
        ({"window_after": 241}, "window_after"),
        ({"time_critical": True, "window_before": 0}, "window_after"),
        ({"first_day": MONDAY - dt.timedelta(1)}, "first_day"),
        ({"last_day": MONDAY - dt.timedelta(1)}, "last_day"),
        ({"rrule": "FREQ=SOMETIMES"}, "rrule"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_field(
    terms: Terms, changes: dict[str, Any], field: str
) -> None:
    assert refusal(terms(**changes)) == field


def test_a_short_visit_with_a_reason_is_accepted(terms: Terms) -> None:
    check_line(terms(minutes=15, short_reason="Insulin only; he wants no more."), OPEN, [])


def test_a_line_outside_the_agreement_is_refused(terms: Terms) -> None:
    assert refusal(terms(first_day=dt.date(2026, 3, 8)), SIX_DAYS) == "first_day"
    assert refusal(terms(last_day=dt.date(2026, 3, 8)), SIX_DAYS) == "last_day"


def test_a_line_that_is_over_before_the_version_begins_is_refused(terms: Terms) -> None:
    later = Span(MONDAY, dt.date(2026, 4, 1), None)
    assert refusal(terms(last_day=dt.date(2026, 3, 31)), later) == "last_day"


def test_days_that_never_come_between_the_dates_are_refused(terms: Terms) -> None:
    """Monday to Saturday holds no Sunday."""
    assert refusal(terms(rrule=weekly(["SU"])), SIX_DAYS) == "days"
    every_day_left_out = frozenset(MONDAY + dt.timedelta(n) for n in range(6))
    assert refusal(terms(not_on=every_day_left_out), SIX_DAYS) == "days"


def test_the_same_visit_twice_is_refused_and_two_carers_suggested(terms: Terms) -> None:
    first = terms(rrule=weekly(["MO", "TU"]))
    with pytest.raises(RuleError, match="two carers") as refused:
        check_line(terms(rrule=weekly(["TU"])), OPEN, [first])
    assert refused.value.field == "start_time"


def test_the_same_time_on_other_days_or_after_the_other_ended_is_accepted(terms: Terms) -> None:
    check_line(terms(rrule=weekly(["MO"])), OPEN, [terms(rrule=weekly(["TU"]))])
    ended = terms(last_day=MONDAY + dt.timedelta(6))
    check_line(terms(first_day=MONDAY + dt.timedelta(7)), OPEN, [ended])


def test_d3_each_ground_opens_its_own_groups_of_fields() -> None:
    assert Group.HEALTH not in groups_for({Ground.MONEY_ATTORNEY})
    assert Group.MONEY not in groups_for({Ground.HEALTH_ATTORNEY})
    assert groups_for({Ground.FAMILY}) == {Group.IDENTITY, Group.CONTACT, Group.VISITS}
    assert {Group.MONEY, Group.LEGAL, Group.ACCESS}.isdisjoint(groups_for({Ground.ROTA}))
    assert {Group.HEALTH, Group.MONEY} <= groups_for(
        {Ground.MONEY_ATTORNEY, Ground.HEALTH_ATTORNEY}
    )
    assert groups_for(set()) == frozenset()
    assert all(Group.SAFEGUARDING not in groups_for({ground}) for ground in Ground)


def test_a_diff_says_what_was_added_removed_and_changed() -> None:
    def facts(what: str, when: str, note: str = "") -> list[Fact]:
        found = [Fact("What happens", what, Group.VISITS), Fact("When", when, Group.VISITS)]
        return [*found, Fact("Carers must know", note, Group.HEALTH)] if note else found

    before = {1: facts("Morning", "08:00"), 2: facts("Lunch", "12:00"), 3: facts("Bed", "21:00")}
    after = {1: facts("Morning", "08:30", "Dog."), 3: facts("Bed", "21:00"), 4: facts("Tea", "17")}
    assert [(d.kind, d.what) for d in differences(before, after)] == [
        ("changed", "Morning"),
        ("removed", "Lunch"),
        ("added", "Tea"),
    ]
    assert differences(before, after)[0].facts == [
        ("When", "08:00", "08:30", Group.VISITS),
        ("Carers must know", "–", "Dog.", Group.HEALTH),
    ]
    assert differences(before, before) == []


def test_a_line_reads_its_days_from_its_first_day(terms: Terms) -> None:
    line = replace(terms(), rrule=weekly(DAYS, every=2))
    assert line.pattern().first_day == MONDAY
