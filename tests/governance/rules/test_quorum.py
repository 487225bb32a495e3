"""Enough people there: heads, classes, proxies, and those who may not take part."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.rules import Presence, QuorumRule, quorum_state, quorum_turns


@pytest.mark.parametrize(
    ("rule", "entitled", "needed"),
    [
        (QuorumRule(5), 200, 5),
        (QuorumRule(5, percent=10), 200, 20),
        (QuorumRule(5, percent=10), 30, 5),
        (QuorumRule(5, percent=10, smaller=True), 200, 5),
        (QuorumRule(5, percent=10, smaller=True), 21, 3),  # 2.1 people are three
        (QuorumRule(0, percent=10), 0, 1),  # a meeting of nobody decides nothing
        (QuorumRule(0), 9, 1),
    ],
)
def test_how_many_are_needed(rule: QuorumRule, entitled: int, needed: int) -> None:
    assert rule.needed(entitled) == needed


MEMBERS = {"worker": 8, "supported": 12}


def test_a_proxy_counts_where_the_rules_say_so() -> None:
    presence = Presence(MEMBERS, {"worker": 3}, by_proxy={"supported": 2})
    assert quorum_state(QuorumRule(5), presence).holds
    without = quorum_state(QuorumRule(5, proxies_count=False), presence)
    assert (without.present, without.holds) == (3, False)


def test_each_class_has_a_quorum_of_its_own() -> None:
    rule = QuorumRule(5, of_class={"worker": 2, "supported": 2, "investor": 1})
    found = quorum_state(rule, Presence(MEMBERS, {"worker": 6, "supported": 1}))
    assert not found.holds
    # Nobody is an investor, so that nobody of them can be missed.
    assert found.short == {"supported": (1, 2)}


def test_who_declares_an_interest_leaves_quorum_and_those_entitled() -> None:
    rule = QuorumRule(2, percent=50)
    board = Presence({"board": 6}, {"board": 3})
    assert quorum_state(rule, board).holds
    one_recused = Presence({"board": 5}, {"board": 2})
    assert not quorum_state(rule, one_recused).holds  # half of five is three


def at(minute: int) -> dt.datetime:
    return dt.datetime(2026, 3, 28, 14, minute, tzinfo=dt.UTC)


def turns(
    rule: QuorumRule, moves: list[tuple[int, int, bool]], **speaks_for: int
) -> list[tuple[int, bool, int]]:
    """(minute, whether it holds, present) of each turn; of voters 1 to 6 the odd are workers."""
    entitled = {voter: "workers" if voter % 2 else "others" for voter in range(1, 7)}
    proxies = {int(voter.strip("v")): holder for voter, holder in speaks_for.items()}
    found = quorum_turns(
        rule, entitled, [(at(minute), voter, came) for minute, voter, came in moves], proxies
    )
    return [(turn.at.minute, turn.state.holds, turn.state.present) for turn in found]


def test_a_quorum_comes_goes_and_comes_again() -> None:
    moves = [(0, 1, True), (1, 2, True), (2, 3, True), (9, 1, False), (12, 4, True)]
    assert turns(QuorumRule(least=3), moves) == [(2, True, 3), (9, False, 2), (12, True, 3)]


def test_who_changes_places_in_one_moment_loses_no_quorum() -> None:
    moves = [(0, 1, True), (0, 2, True), (5, 1, False), (5, 3, True)]
    assert turns(QuorumRule(least=2), moves) == [(0, True, 2)]


def test_a_proxy_counts_while_its_holder_is_there_and_its_giver_is_not() -> None:
    moves = [(0, 1, True), (3, 2, True), (5, 1, False), (7, 1, True)]
    # Voter 2 has given a proxy to 1: from 0 both count; 2 comes and counts for themselves.
    assert turns(QuorumRule(least=2), moves, v2=1) == [(0, True, 2), (5, False, 1), (7, True, 2)]
    alone = QuorumRule(least=2, proxies_count=False)
    assert turns(alone, moves, v2=1) == [(3, True, 2), (5, False, 1), (7, True, 2)]


def test_a_class_can_lose_the_quorum() -> None:
    rule = QuorumRule(least=2, of_class={"workers": 1})
    moves = [(0, 2, True), (1, 4, True), (2, 1, True), (6, 1, False)]
    assert turns(rule, moves) == [(2, True, 3), (6, False, 2)]


def test_who_is_not_on_the_roll_moves_nothing() -> None:
    assert turns(QuorumRule(least=1), [(0, 99, True)]) == []
    assert turns(QuorumRule(least=1), []) == []


@given(
    moves=st.lists(st.tuples(st.integers(0, 59), st.integers(1, 6), st.booleans()), max_size=30),
    proxies=st.dictionaries(st.integers(1, 6), st.integers(1, 6), max_size=6),
    least=st.integers(1, 6),
)
def test_the_last_turn_is_the_state_of_the_room(
    moves: list[tuple[int, int, bool]], proxies: dict[int, int], least: int
) -> None:
    """Moving heads one by one comes to the same as counting the room at the end."""
    proxies = {voter: holder for voter, holder in proxies.items() if voter != holder}
    entitled = dict.fromkeys(range(1, 7), "")
    found = quorum_turns(
        QuorumRule(least=least),
        entitled,
        [(at(minute), voter, came) for minute, voter, came in moves],
        proxies,
    )
    there: set[int] = set()
    for _, voter, came in sorted(moves, key=lambda move: (move[0], move[2])):
        (there.add if came else there.discard)(voter)
    absent = sum(holder in there and voter not in there for voter, holder in proxies.items())
    assert (found[-1].state.holds if found else False) == (len(there) + absent >= least)
