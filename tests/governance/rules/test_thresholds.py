"""What a motion needs, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rules import MAJORITY, THREE_QUARTERS, TWO_THIRDS, Base, Threshold, Votes


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
    ("base", "out_of"),
    [(Base.CAST, 30), (Base.VOTED, 35), (Base.PRESENT, 40), (Base.ENTITLED, 100)],
)
def test_whom_a_share_is_taken_of(base: Base, out_of: int) -> None:
    assert Votes(20, 10, 5, present=40, entitled=100).out_of(base) == out_of


def test_whoever_voted_by_post_counts_as_present() -> None:
    assert Votes(20, 10, 5, present=12).out_of(Base.PRESENT) == 35


@given(st.fractions(0, 100), st.sampled_from([MAJORITY, TWO_THIRDS, THREE_QUARTERS]))
def test_nobody_for_it_is_never_enough(base: Fraction, threshold: Threshold) -> None:
    assert not threshold.met(0, base)


def test_fewer_votes_than_none_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer votes than none"):
        Votes(1, -1)
