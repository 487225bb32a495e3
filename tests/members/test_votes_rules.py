"""How much a class's votes count: exact, and never above its limit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.votes import ClassVotes, votes_of_class, weight_of_a_vote


def test_investors_count_for_a_tenth_of_all_that_counts() -> None:
    votes = votes_of_class([ClassVotes("user", 90), ClassVotes("investor", 50, most_percent=10)])
    assert votes == {"user": 90, "investor": 10}


def test_where_there_are_few_investors_each_has_a_whole_vote() -> None:
    classes = [ClassVotes("user", 91), ClassVotes("investor", 9, most_percent=10)]
    assert votes_of_class(classes) == {"user": 91, "investor": 9}
    assert weight_of_a_vote(classes) == {"user": 1, "investor": 1}


def test_a_part_of_a_vote_is_exact() -> None:
    classes = [ClassVotes("user", 10), ClassVotes("investor", 7, most_percent=10)]
    assert votes_of_class(classes)["investor"] == Fraction(10, 9)
    assert weight_of_a_vote(classes)["investor"] == Fraction(10, 63)


def test_a_class_that_may_not_control_has_at_most_half_however_many_it_is() -> None:
    classes = [ClassVotes("worker", 3), ClassVotes("council", 40, may_control=False)]
    assert votes_of_class(classes) == {"worker": 3, "council": 3}


def test_two_limits_bind_together() -> None:
    votes = votes_of_class(
        [
            ClassVotes("user", 40),
            ClassVotes("investor", 100, most_percent=10),
            ClassVotes("council", 100, may_control=False),
        ]
    )
    assert votes == {"user": 40, "investor": 10, "council": 50}


def test_a_limit_with_nobody_beside_it_counts_for_nothing() -> None:
    assert votes_of_class([ClassVotes("investor", 5, most_percent=10)]) == {"investor": 0}


def test_without_votes_there_is_nothing_to_limit() -> None:
    classes = [ClassVotes("user", 0), ClassVotes("investor", 0, most_percent=10)]
    assert votes_of_class(classes) == {"user": 0, "investor": 0}
    assert votes_of_class([]) == {}


def test_the_same_class_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        votes_of_class([ClassVotes("user", 1), ClassVotes("user", 2)])


classes_given = st.lists(
    st.builds(
        ClassVotes,
        code=st.sampled_from("abcdefgh"),
        votes=st.integers(0, 400),
        most_percent=st.one_of(st.none(), st.integers(0, 100)),
        may_control=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.code,
)


@given(classes_given)
def test_no_class_is_above_its_limit_and_none_is_cut_further_than_that(
    classes: list[ClassVotes],
) -> None:
    votes = votes_of_class(classes)
    total = sum(votes.values())
    for one in classes:
        counted = votes[one.code]
        assert 0 <= counted <= one.votes
        limit = one.most
        if limit is None:
            assert counted == one.votes
        else:
            assert counted <= limit * total
            assert counted == one.votes or counted == limit * total
        if not one.may_control:
            assert counted * 2 <= total  # no majority


@given(classes_given)
def test_the_order_of_the_classes_does_not_matter(classes: list[ClassVotes]) -> None:
    assert votes_of_class(classes) == votes_of_class(classes[::-1])
