"""What an Act asks: two meetings, turnout, and signatures."""

from __future__ import annotations

import datetime as dt

import pytest

from governance.rules import (
    AMALGAMATION,
    CONVERSION,
    ClassOutcome,
    Step,
    TwoMeetings,
    Votes,
    dissolution_signed,
)


@pytest.mark.parametrize(
    ("resolution", "step", "votes", "passes"),
    [
        (AMALGAMATION, Step.FIRST, Votes(66, 33, 40, entitled=900), True),
        (AMALGAMATION, Step.FIRST, Votes(66, 34, entitled=100), False),
        (AMALGAMATION, Step.SECOND, Votes(51, 49, entitled=900), True),
        (AMALGAMATION, Step.SECOND, Votes(50, 50), False),
        (CONVERSION, Step.FIRST, Votes(75, 25, entitled=200), True),
        (CONVERSION, Step.FIRST, Votes(75, 24, entitled=200), False),  # 99 voted of 200
        (
            CONVERSION,
            Step.FIRST,
            Votes(75, 24, 60, entitled=200),
            False,
        ),  # abstaining is not voting
        (CONVERSION, Step.FIRST, Votes(74, 26, entitled=100), False),
        (CONVERSION, Step.SECOND, Votes(2, 1, entitled=200), True),
        (CONVERSION, Step.FIRST, Votes(0, 0, entitled=0), False),
    ],
)
def test_votes(resolution: TwoMeetings, step: Step, votes: Votes, passes: bool) -> None:
    heads = [ClassOutcome("", "", votes)]
    assert resolution.needs(step).verdict(heads).carried is passes


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("2026-03-01", "2026-03-14", False),
        ("2026-03-01", "2026-03-15", True),
        ("2026-03-01", "2026-04-01", True),
        ("2026-03-01", "2026-04-02", False),
        ("2026-01-31", "2026-02-28", True),  # a month after the 31st of January
        ("2026-01-31", "2026-03-01", False),
        ("2026-12-20", "2027-01-20", True),
    ],
)
def test_the_second_meeting_is_held_within_its_month(
    first: str, second: str, allowed: bool
) -> None:
    fault = AMALGAMATION.day_fault(dt.date.fromisoformat(first), dt.date.fromisoformat(second))
    assert (fault == "") is allowed
    assert allowed or "section 111" in fault


@pytest.mark.parametrize(
    ("signed", "members", "enough"),
    [(75, 100, True), (74, 100, False), (0, 0, False), (3, 4, True)],
)
def test_a_dissolution_is_signed_by_three_quarters(signed: int, members: int, enough: bool) -> None:
    assert dissolution_signed(signed, members) is enough
