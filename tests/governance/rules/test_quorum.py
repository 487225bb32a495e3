"""Enough people there: heads, classes, proxies, and those who may not take part."""

from __future__ import annotations

import pytest

from governance.rules import Presence, QuorumRule, quorum_state


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
