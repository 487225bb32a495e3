"""When partners have decided: exact, in every corner."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import product

import pytest

from governance.rules.partners import (
    ABSENT,
    ABSTAIN,
    AGAINST,
    ANSWERS,
    FOR,
    PartnerAnswer,
    minutes_left,
    partners_verdict,
    quarter_of,
    shares_fault,
)


def carried(others: str, citizens: str, quorum: int = 1) -> bool:
    """`carried("fa-", "f")`: each partner's answer as a letter, "." absent."""
    letters = {"f": FOR, "a": AGAINST, "-": ABSTAIN, ".": ABSENT}
    answers = [PartnerAnswer(f"Partner {n}", letters[one]) for n, one in enumerate(others)]
    answers += [PartnerAnswer(f"Group {n}", letters[one], True) for n, one in enumerate(citizens)]
    return partners_verdict(answers, quorum=quorum).carried


@pytest.mark.parametrize(
    ("others", "citizens", "expected"),
    [
        ("ff", "f", True),
        ("ff", "a", False),  # the citizens oppose
        ("ff", ".", False),  # the citizens are absent
        ("ff", "-", True),  # who abstains takes part, and does not oppose
        ("fa", "f", True),
        ("fa", "-", False),  # a tie
        ("aa", "f", False),  # nor do citizens alone carry against a majority
        ("a", "f", False),  # a tie
        ("..", "f", True),
        ("--", "-", False),  # nobody is for it
        ("..", ".", False),
        ("f" * 9, ".", False),  # however many they are
        ("ff", "", False),  # no citizen group at all
        ("", "f", True),
    ],
)
def test_a_majority_of_partners_and_citizens_who_do_not_oppose(
    others: str, citizens: str, expected: bool
) -> None:
    assert carried(others, citizens) is expected


@pytest.mark.parametrize(
    ("citizens", "expected"),
    [("ff", True), ("f-", True), ("--", True), ("f.", False), ("fa", False), ("..", False)],
)
def test_of_several_citizen_groups_each_takes_part_and_none_opposes(
    citizens: str, expected: bool
) -> None:
    assert carried("ff", citizens) is expected


def test_other_partners_alone_never_carry_whatever_they_say() -> None:
    for answers in product((*ANSWERS, ABSENT), repeat=4):
        votes = [PartnerAnswer("x", answer) for answer in answers]
        assert not partners_verdict([*votes, PartnerAnswer("c", ABSENT, True)]).carried
        assert not partners_verdict([*votes, PartnerAnswer("c", AGAINST, True)]).carried


def test_the_quorum_is_of_partners_and_abstentions_count() -> None:
    assert not carried("f.", "f", quorum=3)
    assert carried("f-", "f", quorum=3)


def test_the_words_say_why() -> None:
    answers = [
        PartnerAnswer("Council", FOR),
        PartnerAnswer("Co-op", ABSTAIN),
        PartnerAnswer("Harrow Voices", ABSENT, True),
    ]
    assert partners_verdict(answers, quorum=2).words == (
        "Not carried: 1 for, 0 against, 1 abstained. 1 did not vote. "
        "Harrow Voices did not take part."
    )
    assert partners_verdict(answers, quorum=3).faults == (
        "3 partners had to take part, and 2 did.",
        "Harrow Voices did not take part.",
    )


def test_operational_advice_is_among_the_others() -> None:
    answers = [PartnerAnswer("Council", FOR), PartnerAnswer("Co-op", FOR)]
    assert partners_verdict(answers, citizens_decide=False).carried


def test_no_other_answer_is_known() -> None:
    with pytest.raises(ValueError, match="maybe"):
        PartnerAnswer("Council", "maybe")


def test_shares_come_to_a_hundred_exactly() -> None:
    thirds = [Fraction("33.33"), Fraction("33.33"), Fraction("33.34")]
    assert shares_fault(thirds) == ""
    assert shares_fault(thirds[:2] + thirds[:1]).endswith("They come to 99.99 %.")
    assert shares_fault([Fraction(101)]).endswith("They come to 101 %.")
    assert shares_fault([Fraction(110), Fraction(-10)]) == "A share is 0 or more."
    assert shares_fault([]) == "Give each partner its share."


def test_a_quarter_begins_in_january_april_july_and_october() -> None:
    assert quarter_of(dt.date(2026, 3, 31)) == (dt.date(2026, 1, 1), dt.date(2026, 4, 1))
    assert quarter_of(dt.date(2026, 4, 1)) == (dt.date(2026, 4, 1), dt.date(2026, 7, 1))
    assert quarter_of(dt.date(2026, 12, 31)) == (dt.date(2026, 10, 1), dt.date(2027, 1, 1))


def test_time_is_never_less_than_nothing() -> None:
    assert minutes_left(2, [30, 45]) == 45
    assert minutes_left(1, [45, 45]) == 0
