"""How many shares may be asked back, and whom the cash reaches: pure functions."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules.withdrawals import (
    Holding,
    Stand,
    Waiting,
    payable_from,
    queue,
    withdrawal_refusal,
)

TODAY = dt.date(2026, 3, 3)
LATER = TODAY + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("quantity", "holding", "leaves", "sentence"),
    [
        (10, Holding(held=10), False, ""),
        (11, Holding(held=10), False, "There are 10 shares to ask for."),
        (4, Holding(held=10, asked=7), False, "3 shares to ask for (7 are asked for already)"),
        (6, Holding(held=10, unpaid=5), False, "5 shares to ask for (5 are not paid for)"),
        (0, Holding(held=10), False, "one share or more"),
        (-3, Holding(held=10), False, "one share or more"),
        (10, Holding(held=10, minimum=1), False, "keeps at least 1 share: ask for up to 9"),
        (10, Holding(held=10, minimum=1), True, ""),
        (4, Holding(held=10, asked=5, minimum=2), False, "ask for up to 3"),
        (5, Holding(held=10, minimum=1), True, "asks for all that is left: 10 shares"),
        (5, Holding(held=10, asked=5, minimum=1), True, ""),
        (1, Holding(held=10, age=15), False, "Nobody under 16 can give a receipt"),
        (1, Holding(held=10, age=16), False, ""),
        (1, Holding(held=10, withdrawable=False), False, "cannot be withdrawn"),
    ],
)
def test_what_may_be_asked_for(
    quantity: int, holding: Holding, leaves: bool, sentence: str
) -> None:
    refusal = withdrawal_refusal(quantity, holding, leaves=leaves)
    assert bool(refusal) == bool(sentence)
    assert sentence in refusal


holdings = st.builds(
    Holding,
    held=st.integers(0, 500),
    unpaid=st.integers(0, 500),
    asked=st.integers(0, 500),
    minimum=st.integers(0, 50),
    age=st.one_of(st.none(), st.integers(0, 100)),
    withdrawable=st.booleans(),
)


@given(holdings, st.integers(-5, 600), st.booleans())
def test_never_more_than_is_held_paid_for_and_not_asked_for_already(
    holding: Holding, quantity: int, leaves: bool
) -> None:
    if withdrawal_refusal(quantity, holding, leaves=leaves):
        return
    assert 1 <= quantity <= holding.held - holding.asked - holding.unpaid
    left = holding.held - holding.asked - quantity
    assert left == 0 if leaves else left >= holding.minimum or holding.minimum == 0


@given(holdings)
def test_the_most_is_allowed_and_one_more_is_not(holding: Holding) -> None:
    most = holding.most
    assert not most or withdrawal_refusal(most, holding, leaves=False) == ""
    assert withdrawal_refusal(most + 1, holding, leaves=False)


def test_notice_of_ninety_days_ends_on_the_ninetieth_day_after() -> None:
    assert payable_from(dt.date(2026, 3, 1), 90) == dt.date(2026, 5, 30)
    assert payable_from(TODAY, 0) == TODAY


# --- The queue ------------------------------------------------------------------------------------


def one(pk: int, shares: int, day: dt.date = TODAY, par: int = 100) -> Waiting:
    return Waiting(pk, shares, par, day)


def stands(turns: list[object]) -> list[tuple[Stand, int]]:
    return [(turn.stand, turn.shares_now) for turn in turns]  # type: ignore[attr-defined]


def test_the_cash_goes_to_the_first_in_turn_and_in_part_to_the_next() -> None:
    turns = queue([one(1, 30), one(2, 100), one(3, 1)], 5_000, TODAY)
    assert stands([*turns]) == [(Stand.NOW, 30), (Stand.PART, 20), (Stand.BEHIND, 0)]


def test_a_small_request_never_overtakes_a_large_one() -> None:
    turns = queue([one(1, 1, par=10_000), one(2, 1, par=100)], 9_999, TODAY)
    assert stands([*turns]) == [(Stand.CASH, 0), (Stand.BEHIND, 0)]


def test_whose_notice_still_runs_is_passed_over_and_keeps_their_place() -> None:
    waiting = [one(1, 30, LATER), one(2, 30)]
    assert stands([*queue(waiting, 3_000, TODAY)]) == [(Stand.NOTICE, 0), (Stand.NOW, 30)]
    assert stands([*queue(waiting, 3_000, LATER)]) == [(Stand.NOW, 30), (Stand.CASH, 0)]


waitings = st.lists(
    st.builds(
        Waiting,
        id=st.integers(1, 10**6),
        shares=st.integers(1, 10**5),
        par=st.sampled_from([1, 50, 100, 2_500]),
        payable_from=st.sampled_from([TODAY - dt.timedelta(days=9), TODAY, LATER]),
    ),
    max_size=30,
)


@given(waitings, st.integers(-10, 10**7))
def test_the_queue_pays_in_turn_and_never_more_than_the_cash(
    waiting: list[Waiting], cash: int
) -> None:
    turns = queue(waiting, cash, TODAY)
    assert [turn.waiting for turn in turns] == waiting
    assert sum(turn.pence_now for turn in turns) <= max(cash, 0)
    due = [turn for turn in turns if turn.waiting.payable_from <= TODAY]
    assert all(turn.shares_now == 0 for turn in turns if turn not in due)
    whole = [turn.shares_now == turn.waiting.shares for turn in due]
    first_short = whole.index(False) if False in whole else len(due)
    assert all(turn.shares_now == 0 for turn in due[first_short + 1 :])
    if first_short < len(due):  # nothing is held back that could buy the next in turn one share
        left = cash - sum(turn.pence_now for turn in due)
        assert left < due[first_short].waiting.par


@given(waitings, st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_cash_never_pays_anybody_less(waiting: list[Waiting], cash: int, more: int) -> None:
    before, after = queue(waiting, cash, TODAY), queue(waiting, cash + more, TODAY)
    assert all(b.shares_now <= a.shares_now for b, a in zip(before, after, strict=True))
