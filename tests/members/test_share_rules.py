"""How many shares somebody may have, and how losses are shared out: pure rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules import ClassRules
from members.rules.shares import Buying, Giving, buying_refusals, giving_refusal, lost_shares

COMMUNITY = ClassRules(
    name="Community supporter",
    evidence="",
    minimum_age=16,
    minimum_shares=5,
    maximum_shares=1_000,
    for_organisations=False,
)
TEN = Buying(
    wanted=COMMUNITY,
    quantity=10,
    par=100,
    withdrawable=True,
    most_pence=10_000_000,
    held=20,
    withdrawable_pence=2_000,
)


def test_ten_more_within_all_limits_are_allowed() -> None:
    assert buying_refusals(TEN) == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"has_ceased": True}, "ended"),
        ({"has_died": True}, "death"),
        ({"quantity": 0}, "one share or more"),
        ({"quantity": -3}, "one share or more"),
        ({"held": 0, "quantity": 4}, "from 5 to 1,000"),
        ({"held": 991}, "from 5 to 1,000"),
        ({"held": 900, "asked": 91}, "900 held and 91 asked for"),
        ({"withdrawable_pence": 9_999_001}, "£100,000"),
        ({"age": 15}, "aged 16 or over"),
        ({"evidence_ran_out": True}, "run out"),
    ],
)
def test_each_limit_gives_its_reason(changes: dict[str, object], reason: str) -> None:
    [refusal] = buying_refusals(replace(TEN, **changes))  # type: ignore[arg-type]
    assert reason in refusal


def test_all_reasons_are_given_at_once() -> None:
    assert len(buying_refusals(replace(TEN, age=3, held=999, evidence_ran_out=True))) == 3


@pytest.mark.parametrize("free", [{"is_society": True}, {"withdrawable": False}])
def test_the_cap_is_not_for_societies_nor_for_shares_that_cannot_be_withdrawn(
    free: dict[str, bool],
) -> None:
    assert buying_refusals(replace(TEN, withdrawable_pence=10_000_000, **free)) == []  # type: ignore[arg-type]


def test_a_cap_reached_to_the_penny_is_allowed() -> None:
    exactly = replace(TEN, withdrawable_pence=9_999_000)
    assert buying_refusals(exactly) == []
    assert exactly.most == 10


def test_where_no_birthday_is_known_age_refuses_nobody() -> None:
    assert buying_refusals(replace(TEN, age=None)) == []


FIVE = Giving(transferable=True, quantity=5, left=20, free=15, minimum=5)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"transferable": False}, "rules do not let"),
        ({"quantity": 0}, "one share or more"),
        ({"quantity": 16}, "Only 15"),
        ({"free": 20, "quantity": 16}, "keeps at least 5"),
    ],
)
def test_a_transfer_is_refused_with_its_reason(changes: dict[str, object], reason: str) -> None:
    assert giving_refusal(FIVE) == ""
    assert reason in giving_refusal(replace(FIVE, **changes))  # type: ignore[arg-type]


def test_losses_go_by_largest_remainder() -> None:
    assert lost_shares([10, 10, 10], Decimal("33")) == [4, 3, 3]
    assert lost_shares([1, 1, 98], Decimal("50")) == [1, 0, 49]
    assert lost_shares([], Decimal("10")) == []
    assert lost_shares([7, 3], Decimal("100")) == [7, 3]


@pytest.mark.parametrize("percent", ["0", "-1", "100.01"])
def test_a_loss_is_above_nothing_and_at_most_everything(percent: str) -> None:
    with pytest.raises(ValueError):
        lost_shares([1], Decimal(percent))


@given(
    holdings=st.lists(st.integers(0, 100_000), max_size=60),
    percent=st.decimals("0.01", "100", places=2),
)
def test_losses_sum_to_the_part_of_all_and_nobody_loses_more_than_they_hold(
    holdings: list[int], percent: Decimal
) -> None:
    parts = lost_shares(holdings, percent)
    assert all(0 <= part <= held for part, held in zip(parts, holdings, strict=True))
    exact = sum(holdings) * percent / 100
    assert abs(sum(parts) - exact) <= Decimal("0.5")
    for part, held in zip(parts, holdings, strict=True):
        if sum(holdings):
            assert abs(part - Decimal(sum(parts) * held) / sum(holdings)) < 1
