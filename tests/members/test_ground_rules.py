"""Grounds of a class over periods of support, and what nominations pass on: pure functions."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.grounds import (
    Ground,
    Period,
    Run,
    ground_ends,
    ground_is_met,
    ground_met_from,
    runs,
)
from members.rules.nominations import (
    Nominee,
    needs_grant,
    nomination_refusal,
    nominator_refusal,
    share_out,
)

SUPPORTED = Ground(months=2, hours_a_week=Decimal(2))


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def period(since: dt.date, until: dt.date | None, hours: str) -> Period:
    return Period(since, until, Decimal(hours))


def test_supported_membership_needs_two_months_of_two_hours_a_week() -> None:
    support = [period(day(1, 5), None, "2")]
    assert ground_met_from(support, SUPPORTED, day(2, 1)) == day(3, 5)
    assert not ground_is_met(support, SUPPORTED, day(3, 4))
    assert ground_is_met(support, SUPPORTED, day(3, 5))
    assert ground_ends(support, SUPPORTED, day(3, 5)) is None


def test_less_than_two_hours_a_week_is_not_enough() -> None:
    support = [period(day(1, 5), None, "1.5")]
    assert ground_met_from(support, SUPPORTED, day(6, 1)) is None
    assert not ground_is_met(support, SUPPORTED, day(6, 1))


def test_hours_of_two_agreements_at_once_are_added_up() -> None:
    support = [period(day(1, 1), None, "1.5"), period(day(2, 1), day(4, 30), "0.5")]
    assert runs(support, Decimal(2)) == [Run(day(2, 1), day(4, 30))]
    assert ground_is_met(support, SUPPORTED, day(4, 30))


def test_an_agreement_that_follows_at_once_goes_on_and_a_gap_begins_anew() -> None:
    first = period(day(1, 1), day(1, 31), "2")
    assert ground_is_met([first, period(day(2, 1), None, "3")], SUPPORTED, day(3, 1))
    late = [first, period(day(2, 2), None, "3")]
    assert ground_met_from(late, SUPPORTED, day(3, 1)) == day(4, 2)


def test_it_ends_when_the_support_ends() -> None:
    support = [period(day(1, 1), day(5, 17), "4")]
    assert ground_ends(support, SUPPORTED, day(4, 1)) == day(5, 17)
    assert ground_is_met(support, SUPPORTED, day(5, 17))
    assert not ground_is_met(support, SUPPORTED, day(5, 18))


def test_a_class_that_asks_for_no_hours_takes_any_period_and_no_period_is_none() -> None:
    assert ground_is_met([period(day(1, 1), None, "0")], Ground(), day(1, 1))
    assert not ground_is_met([], Ground(), day(1, 1))


periods = st.lists(
    st.builds(
        Period,
        since=st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        until=st.one_of(st.none(), st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31))),
        hours_a_week=st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1), Decimal(3)]),
    ),
    max_size=6,
)


@given(periods, st.dates(dt.date(2024, 12, 30), dt.date(2026, 1, 3)))
def test_a_run_covers_a_day_exactly_when_its_hours_come_to_enough(
    support: list[Period], on: dt.date
) -> None:
    here = [
        one.hours_a_week
        for one in support
        if one.since <= on and (one.until is None or (one.since <= one.until and on <= one.until))
    ]
    enough = bool(here) and sum(here) >= 1
    found = runs(support, Decimal(1))
    assert sum(run.covers(on) for run in found) == enough
    assert all(a.until and a.until < b.since for a, b in itertools.pairwise(found))


# --- Nominations ----------------------------------------------------------------------------------


def nominee(percent: int = 100, relation: str = "child", *, works_here: bool = False) -> Nominee:
    return Nominee("Ann Dyson", "2 Mill Row, Damside", relation, percent, works_here)


def test_shares_of_several_nominees_come_to_a_hundred() -> None:
    assert nomination_refusal([nominee(60), nominee(40)]) is None
    refusal = nomination_refusal([nominee(60), nominee(30)])
    assert refusal is not None
    assert "come to 90 per cent" in refusal.sentence
    assert nomination_refusal([]) is not None


@pytest.mark.parametrize("relation", ["spouse", "civil", "parent", "child", "sibling", "nephew"])
def test_an_officer_or_employee_is_a_nominee_as_close_family(relation: str) -> None:
    assert nomination_refusal([nominee(relation=relation, works_here=True)]) is None


def test_an_officer_or_employee_is_no_nominee_as_a_friend() -> None:
    assert nomination_refusal([nominee(relation="other")]) is None
    refusal = nomination_refusal([nominee(50), nominee(50, "other", works_here=True)])
    assert refusal is not None
    assert (refusal.number, refusal.field) == (2, "relation")


def test_a_nomination_counts_only_from_the_member_s_lifetime_and_from_sixteen() -> None:
    def refusal(**changes: object) -> str:
        facts: dict[str, object] = {
            "age": 16,
            "signed_on": day(1, 1),
            "received_on": day(1, 2),
            "died_on": None,
        }
        return nominator_refusal(**(facts | changes))  # type: ignore[arg-type]

    assert refusal() == refusal(age=None) == refusal(died_on=day(1, 2)) == ""
    assert "16" in refusal(age=15)
    assert "before it was signed" in refusal(received_on=dt.date(2025, 12, 31))
    assert "after the member’s death" in refusal(died_on=day(1, 1))


def test_nominations_pass_on_five_thousand_pounds_at_most_and_the_rest_is_the_estate_s() -> None:
    out = share_out(shares=8_000, par=100, limit=500_000, percents=[60, 40])
    assert (out.nominees, out.estate) == ((3_000, 2_000), 3_000)
    assert needs_grant(value=800_000, limit=500_000)
    assert not needs_grant(value=500_000, limit=500_000)


def test_without_nominations_all_is_the_estate_s() -> None:
    assert share_out(shares=7, par=100, limit=500_000, percents=[]).estate == 7


def test_the_part_of_a_nominee_who_is_no_longer_one_is_the_estate_s() -> None:
    out = share_out(shares=100, par=100, limit=500_000, percents=[60])
    assert (out.nominees, out.estate) == ((60,), 40)


@given(
    shares=st.integers(0, 200_000),
    par=st.sampled_from([1, 100, 700, 1_000_000]),
    limit=st.integers(0, 10**6),
    percents=st.lists(st.integers(1, 25), max_size=4),
)
def test_what_is_shared_out_is_all_there_is_and_nominees_get_no_more_than_the_limit(
    shares: int, par: int, limit: int, percents: list[int]
) -> None:
    out = share_out(shares=shares, par=par, limit=limit, percents=percents)
    assert sum(out.nominees) + out.estate == shares
    assert sum(out.nominees) * par <= limit
    assert min([*out.nominees, out.estate]) >= 0
