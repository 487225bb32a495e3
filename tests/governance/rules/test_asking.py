import pytest

from governance.rules import part_of, requisition_needed


@pytest.mark.parametrize(
    ("percent", "heads", "needed"),
    [
        (10, 100, 10),
        (10, 101, 11),
        (10, 109, 11),
        (10, 110, 11),
        (10, 111, 12),
        (10, 3, 1),
        (10, 0, 1),
        (0, 50, 1),
        (100, 7, 7),
        (7, 100, 7),  # 0.07 × 100 is a little more than 7 in floating point
        (29, 100, 29),
        (95, 20, 19),
        (95, 21, 20),
    ],
)
def test_a_part_is_rounded_up_to_whole_people(percent: int, heads: int, needed: int) -> None:
    assert part_of(percent, heads) == needed


@pytest.mark.parametrize(
    ("members", "needed"),
    [(1, 1), (10, 1), (11, 2), (999, 100), (1000, 100), (1001, 100), (50_000, 100)],
)
def test_one_tenth_or_a_hundred_whichever_is_less(members: int, needed: int) -> None:
    assert requisition_needed(members, percent=10, most=100) == needed


def test_it_takes_at_least_one_member_whatever_the_rules_say() -> None:
    assert requisition_needed(500, percent=0, most=0) == 1
