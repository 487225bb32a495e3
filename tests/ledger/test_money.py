"""Pounds, pence, and amounts that are shared out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from djmoney.money import Money
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleError
from ledger.money import in_words, pence_of, pounds_of, split


def test_pounds_and_pence_go_both_ways() -> None:
    assert pence_of(Money("12.34", "GBP")) == 1234
    assert pounds_of(1234) == Money("12.34", "GBP")
    assert in_words(1234567) == "£12,345.67"
    assert in_words(-5) == "−£0.05"


@pytest.mark.parametrize(
    ("money", "sentence"),
    [
        (Money("1.001", "GBP"), "whole pence"),
        (Money("5", "EUR"), "pounds sterling"),
        (Money("99999999999", "GBP"), "too large"),
    ],
)
def test_wrong_money_is_refused_with_a_sentence(money: Money, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        pence_of(money)


def test_ten_pounds_a_third_and_two_thirds() -> None:
    assert split(1000, [Decimal("33.33"), Decimal("66.67")]) == [333, 667]


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.decimals(0, 10**6, places=2), min_size=1, max_size=12).filter(any),
)
def test_the_parts_always_sum_to_the_whole(pence: int, weights: list[Decimal]) -> None:
    parts = split(pence, weights)
    assert sum(parts) == pence
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - pence * weight / total) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_say_nothing_are_a_fault(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        split(100, weights)
