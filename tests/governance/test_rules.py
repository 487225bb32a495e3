import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import rules
from governance.rules import MAJORITY, THREE_QUARTERS, TWO_THIRDS, Base, Threshold


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("sent", "meeting", "in_post", "days"),
    [
        ("2026-03-01", "2026-03-16", 0, 14),
        ("2026-03-02", "2026-03-16", 0, 13),
        ("2026-03-01", "2026-03-18", 2, 14),
        ("2026-03-01", "2026-03-17", 2, 13),
        ("2026-03-21", "2026-04-05", 0, 14),  # the clocks change on the way
        ("2026-02-14", "2026-03-01", 0, 14),  # over the end of February
        ("2024-02-15", "2024-03-01", 0, 14),  # and of a leap year's
        ("2025-12-20", "2026-01-04", 0, 14),
        ("2026-03-01", "2026-03-02", 0, 0),
        ("2026-03-01", "2026-03-01", 0, 0),
        ("2026-03-05", "2026-03-01", 0, 0),
    ],
)
def test_clear_days_leave_out_the_day_sent_the_post_and_the_meeting(
    sent: str, meeting: str, in_post: int, days: int
) -> None:
    assert rules.clear_days(d(sent), d(meeting), in_post=in_post) == days


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 10))
def test_the_earliest_meeting_has_just_enough_notice(
    sent: dt.date, days: int, in_post: int
) -> None:
    earliest = rules.earliest_meeting(sent, days=days, in_post=in_post)
    assert rules.clear_days(sent, earliest, in_post=in_post) == days
    if days:
        day_before = earliest - dt.timedelta(days=1)
        assert rules.clear_days(sent, day_before, in_post=in_post) == days - 1
    assert rules.last_sending(earliest, days=days, in_post=in_post) == sent


@pytest.mark.parametrize(
    ("threshold", "base", "needed"),
    [
        (MAJORITY, 0, 1),
        (MAJORITY, 1, 1),
        (MAJORITY, 2, 2),
        (MAJORITY, 100, 51),
        (MAJORITY, 101, 51),
        (TWO_THIRDS, 0, 1),
        (TWO_THIRDS, 3, 2),
        (TWO_THIRDS, 4, 3),
        (TWO_THIRDS, 100, 67),
        (TWO_THIRDS, 99, 66),
        (THREE_QUARTERS, 4, 3),
        (THREE_QUARTERS, 5, 4),
        (THREE_QUARTERS, 100, 75),
        (THREE_QUARTERS, 101, 76),
    ],
)
def test_the_fewest_votes_that_carry(threshold: Threshold, base: int, needed: int) -> None:
    assert threshold.needed(base) == needed


@given(st.integers(1, 10**30), st.sampled_from([MAJORITY, TWO_THIRDS, THREE_QUARTERS]))
def test_needed_is_exact_however_large(base: int, threshold: Threshold) -> None:
    """No float comes near it: one vote fewer is not enough, as fractions."""
    needed = threshold.needed(base)
    enough = Fraction(needed, base), Fraction(needed - 1, base)
    if threshold.reaching:
        assert enough[0] >= threshold.share > enough[1]
    else:
        assert enough[0] > threshold.share >= enough[1]


@pytest.mark.parametrize(
    ("threshold", "base", "votes", "carried"),
    [
        (MAJORITY, Base.CAST, (10, 10, 5), False),  # equality is lost
        (MAJORITY, Base.CAST, (11, 10, 500), True),
        (MAJORITY, Base.PRESENT, (11, 10, 1), False),
        (MAJORITY, Base.PRESENT, (12, 10, 1), True),
        (MAJORITY, Base.ENTITLED, (50, 0, 0), False),
        (MAJORITY, Base.ENTITLED, (51, 49, 0), True),
        (TWO_THIRDS, Base.CAST, (66, 33, 1), True),
        (TWO_THIRDS, Base.CAST, (66, 34, 0), False),
        (THREE_QUARTERS, Base.CAST, (75, 25, 0), True),
        (THREE_QUARTERS, Base.CAST, (74, 25, 1), False),
        (THREE_QUARTERS, Base.CAST, (3, 1, 0), True),
        (MAJORITY, Base.CAST, (0, 0, 0), False),  # nobody voted
        (TWO_THIRDS, Base.CAST, (0, 0, 9), False),  # nobody took a side
        (THREE_QUARTERS, Base.PRESENT, (0, 0, 0), False),
    ],
)
def test_verdicts(
    threshold: Threshold, base: Base, votes: tuple[int, int, int], carried: bool
) -> None:
    found = rules.verdict(
        threshold,
        base,
        votes_for=votes[0],
        votes_against=votes[1],
        abstentions=votes[2],
        entitled=100,
    )
    assert found.carried is carried
    assert found.words.startswith("Carried:" if carried else "Lost:")


def test_a_verdict_says_the_sum() -> None:
    found = rules.verdict(
        THREE_QUARTERS, Base.CAST, votes_for=41, votes_against=12, abstentions=4, entitled=90
    )
    assert found.words == (
        "Carried: at least three quarters of the 53 votes for and against had to be for it, "
        "which is 40; 41 were."
    )


OPTIONS = {1: "Ann", 2: "Bo", 3: "Cy"}


@pytest.mark.parametrize(
    ("choices", "ranked", "fault"),
    [
        ([3, 1], True, ""),
        ([], True, ""),
        ([1, 1], True, "twice"),
        ([4], True, "not on it"),
        ([0], True, "not on it"),
        ([2], False, ""),
        ([], False, "Choose one"),
        ([1, 2], False, "Choose one"),
    ],
)
def test_papers(choices: list[int], ranked: bool, fault: str) -> None:
    found = rules.paper_fault(choices, OPTIONS, ranked=ranked)
    assert fault in found if fault else found == ""


def totals(votes_for: int, against: int, abstain: int = 0) -> dict[str, int]:
    return {"for": votes_for, "against": against, "abstain": abstain}


def test_totals_by_class_are_shown_where_nobody_is_given_away() -> None:
    groups = {"Workers": totals(9, 3), "Users": totals(4, 4), "Others": totals(5, 6, 1)}
    assert rules.showable(groups) == ["Workers", "Users", "Others"]


def test_a_total_under_five_is_hidden_and_so_is_what_would_give_it_away() -> None:
    groups = {"Workers": totals(9, 3), "Users": totals(4, 4), "Few": totals(2, 1)}
    assert rules.showable(groups) == ["Workers"]  # Users too, or Few is the rest


def test_a_unanimous_class_is_hidden() -> None:
    groups = {"Workers": totals(9, 3), "Users": totals(8, 0), "Others": totals(6, 5)}
    assert rules.showable(groups) == ["Workers"]


def test_a_class_left_off_the_papers_is_never_shown() -> None:
    assert rules.showable({"": totals(9, 3)}) == []


@given(
    st.dictionaries(
        st.sampled_from("ABCDEF"),
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    )
)
def test_what_is_left_after_subtraction_never_gives_anybody_away(
    groups: dict[str, tuple[int, int, int]],
) -> None:
    by_group = {name: totals(*votes) for name, votes in groups.items()}
    shown = rules.showable(by_group)
    for name in shown:
        assert sum(groups[name]) >= 5
        assert sum(1 for n in groups[name] if n) > 1
    rest = [
        sum(column) for column in zip(*(groups[g] for g in groups if g not in shown), strict=True)
    ]
    assert not shown or not sum(rest) or (sum(rest) >= 5 and sum(1 for n in rest if n) > 1)
