"""Whether a motion is carried: by heads, capped, in blocks, with concurrent majorities."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rules import (
    MAJORITY,
    THREE_QUARTERS,
    TWO_THIRDS,
    Base,
    ClassOutcome,
    Mode,
    Threshold,
    Votes,
    verdict,
)
from governance.rules.verdicts import said


def together(
    votes_for: int, against: int, abstain: int = 0, *, present: int = 0, entitled: int = 0
) -> list[ClassOutcome]:
    return [ClassOutcome("all", "everybody", Votes(votes_for, against, abstain, present, entitled))]


def of_class(
    name: str, votes_for: int, against: int, abstain: int = 0, **said_of: int
) -> ClassOutcome:
    there = votes_for + against + abstain
    present = said_of.pop("present", there)
    return ClassOutcome(
        name.lower(), name, Votes(votes_for, against, abstain, present, there), **said_of
    )


@pytest.mark.parametrize(
    ("threshold", "base", "votes", "carried"),
    [
        (MAJORITY, Base.CAST, (10, 10, 5), False),  # equality is lost
        (MAJORITY, Base.CAST, (11, 10, 500), True),
        (MAJORITY, Base.VOTED, (11, 10, 1), False),
        (MAJORITY, Base.VOTED, (12, 10, 1), True),
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
    found = verdict(threshold, base, together(*votes, entitled=100))
    assert found.carried is carried
    assert found.words.startswith("Carried:" if carried else "Lost:")


def test_a_verdict_says_the_sum() -> None:
    found = verdict(THREE_QUARTERS, Base.CAST, together(41, 12, 4, entitled=90))
    assert found.words == (
        "Carried: at least three quarters of the 53 votes for and against had to be for it, "
        "which is 40; 41 were."
    )


# --- By class -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "investors", "by_heads", "capped"),
    [
        ((56, 34), (0, 50), False, True),  # 56 of 140 heads; 56 of 100 when 50 count for 10
        ((46, 44), (50, 0), True, True),
        ((40, 50), (50, 0), True, False),  # 90 of 140 heads; 50 of 100 is equality: lost
        ((41, 49), (50, 0), True, True),  # 51 of 100
        ((60, 30), (5, 5), True, True),  # ten of a hundred: the limit does not bite
        ((0, 0), (9, 0), True, False),  # nobody beside them: they count for nothing
        ((0, 0), (0, 0), False, False),
    ],
)
def test_a_capped_class_counts_for_a_tenth_of_all_votes_at_most(
    others: tuple[int, int], investors: tuple[int, int], by_heads: bool, capped: bool
) -> None:
    classes = [of_class("Others", *others), of_class("Investors", *investors, most_percent=10)]
    assert verdict(MAJORITY, Base.CAST, classes).carried is by_heads
    assert verdict(MAJORITY, Base.CAST, classes, mode=Mode.CAPPED).carried is capped


@given(st.integers(0, 500), st.integers(1, 500), st.integers(1, 99))
def test_a_capped_vote_weighs_what_the_formula_says(i: int, o: int, percent: int) -> None:
    """If i capped votes exceed c·(i+o), each weighs c·o / ((1−c)·i)."""
    c = Fraction(percent, 100)
    weight = c * o / ((1 - c) * i) if i > c * (i + o) else Fraction(1)
    classes = [of_class("Others", 0, o), of_class("Investors", i, 0, most_percent=percent)]
    (found,) = verdict(MAJORITY, Base.CAST, classes, mode=Mode.CAPPED).sums
    assert (found.votes_for, found.base) == (weight * i, weight * i + o)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 99))
def test_a_class_that_may_not_control_carries_nothing_by_itself(
    votes_for: int, against: int, councils: int
) -> None:
    """However many councils say yes: without anybody else they never have more than half."""
    classes = [
        of_class("Others", 0, votes_for + against),
        of_class("Councils", councils, 0, may_control=False),
    ]
    assert not verdict(MAJORITY, Base.CAST, classes, mode=Mode.CAPPED).carried


def test_blocks_have_their_share_however_many_are_in_them() -> None:
    people = of_class("People", 30, 10, weight=40)
    workers = of_class("Workers", 5, 15, weight=40)
    found = verdict(MAJORITY, Base.CAST, [people, workers], mode=Mode.BLOCKS)
    assert (found.sums[0].votes_for, found.sums[0].base) == (40, 80)
    assert not found.carried  # as many for as against
    people = of_class("People", 31, 10, weight=40)
    found = verdict(MAJORITY, Base.CAST, [people, workers], mode=Mode.BLOCKS)
    assert found.sums[0].votes_for == Fraction(31 * 40, 41) + 10
    assert found.carried
    assert "each vote of Workers counts for 2" in found.words


def test_the_weight_of_an_empty_block_drops_out() -> None:
    classes = [of_class("People", 3, 2, weight=40), of_class("Workers", 0, 0, 5, weight=60)]
    found = verdict(MAJORITY, Base.CAST, classes, mode=Mode.BLOCKS)
    assert (found.sums[0].votes_for, found.sums[0].base) == (24, 40)
    # An abstention is somebody there, where abstentions count.
    assert not verdict(MAJORITY, Base.VOTED, classes, mode=Mode.BLOCKS).carried


@pytest.mark.parametrize(
    ("people", "workers", "carried"),
    [
        (
            of_class("People", 9, 3, must_agree=True),
            of_class("Workers", 5, 4, must_agree=True),
            True,
        ),
        (
            of_class("People", 9, 3, must_agree=True),
            of_class("Workers", 4, 4, must_agree=True),
            False,
        ),
        (of_class("People", 9, 3, must_agree=True), of_class("Workers", 0, 2), True),
        (of_class("People", 2, 1, must_agree=True), of_class("Workers", 0, 2), False),  # not all
        (
            of_class("People", 9, 3, must_agree=True),
            of_class("Workers", 0, 0, must_agree=True),
            False,
        ),
        (
            of_class("People", 9, 3, must_agree=True),
            of_class("Workers", 0, 0, 8, must_agree=True),
            False,
        ),
        (
            of_class("People", 9, 3, must_agree=True),
            of_class("Workers", 5, 0, must_agree=True, quorum=6),
            False,
        ),
        (
            of_class("People", 9, 3, must_agree=True),
            of_class("Workers", 5, 0, present=6, must_agree=True, quorum=6),
            True,
        ),
    ],
)
def test_with_concurrent_majorities_each_named_class_agrees_and_all_together(
    people: ClassOutcome, workers: ClassOutcome, carried: bool
) -> None:
    found = verdict(MAJORITY, Base.CAST, [people, workers], mode=Mode.CONCURRENT)
    assert found.carried is carried
    assert "Among People, more than half" in found.words


def test_a_verdict_goes_into_json_without_loss() -> None:
    classes = [of_class("Others", 5, 2), of_class("Investors", 7, 0, most_percent=10)]
    found = verdict(TWO_THIRDS, Base.CAST, classes, mode=Mode.CAPPED).as_dict()
    assert found["carried"] is True
    assert found["sums"][0]["votes_for"] == "52/9"  # type: ignore[index]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (Fraction(12), "12"),
        (Fraction(4, 9), "4/9"),
        (Fraction(112, 9), "12 4/9"),
        (Fraction(0), "0"),
    ],
)
def test_exact_numbers_as_people_write_them(number: Fraction, words: str) -> None:
    assert said(number) == words
