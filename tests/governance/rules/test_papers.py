"""What may be written on a paper, and what may be shown of the votes afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import rules

OPTIONS = {1: "Ann", 2: "Bo", 3: "Cy"}


@pytest.mark.parametrize(
    ("choices", "most", "may_be_blank", "fault"),
    [
        ([3, 1], 3, True, ""),
        ([], 3, True, ""),
        ([1, 1], 3, True, "twice"),
        ([4], 3, True, "not on it"),
        ([0], 3, True, "not on it"),
        ([2], 1, False, ""),
        ([], 1, False, "Choose one"),
        ([1, 2], 1, False, "Choose one"),
        ([1, 2], 2, True, ""),
        ([1, 2, 3], 2, True, "2 at most"),
    ],
)
def test_papers(choices: list[int], most: int, may_be_blank: bool, fault: str) -> None:
    found = rules.paper_fault(choices, OPTIONS, most=most, may_be_blank=may_be_blank)
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


@pytest.mark.parametrize(
    ("on_roll", "named"),
    [
        ({"Workers": 10, "Users": 10}, ["Users", "Workers"]),
        ({"Workers": 10, "Users": 9}, []),  # fewer than 20 on the roll
        ({"Workers": 30, "Investors": 1}, []),  # the one paper without a class would be theirs
        ({"Workers": 20, "Users": 12, "Few": 4}, ["Workers"]),
        ({"Workers": 20, "Users": 12, "Few": 5}, ["Few", "Users", "Workers"]),
        ({"Workers": 20, "Few": 3, "Rare": 2}, ["Workers"]),  # five together
        ({"Workers": 20, "Users": 6, "Few": 3, "Rare": 1}, ["Workers"]),
        ({"A": 4, "B": 4, "C": 4, "D": 4, "E": 4}, []),
        ({"Workers": 20, "": 1}, []),  # members of no class are like any other few
        ({"Workers": 20, "": 5}, ["Workers"]),
        ({}, []),
    ],
)
def test_a_paper_names_its_class_only_where_those_that_name_none_are_enough(
    on_roll: dict[str, int], named: list[str]
) -> None:
    assert rules.nameable(on_roll) == named


@given(st.dictionaries(st.sampled_from(["", *"ABCDEF"]), st.integers(0, 12)))
def test_papers_that_name_no_class_are_none_or_of_five_at_least(on_roll: dict[str, int]) -> None:
    named = rules.nameable(on_roll)
    unnamed = sum(on_roll.values()) - sum(on_roll[name] for name in named)
    assert not named or unnamed == 0 or unnamed >= 5
    assert all(on_roll[name] >= 5 for name in named)


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
