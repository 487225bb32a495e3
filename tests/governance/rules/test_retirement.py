"""Who retires: all at first, then a third by longest service, then by lot."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from governance.rules import Seat, nearest, who_retires

AGM_2023, AGM_2024, AGM_2025 = dt.date(2023, 9, 1), dt.date(2024, 9, 1), dt.date(2025, 9, 1)


def test_at_the_first_meeting_all_retire() -> None:
    seats = [Seat(1, AGM_2025, 2), Seat(2, AGM_2025, 1)]
    assert who_retires(seats, first_agm=True) == [2, 1]


def test_the_longest_in_office_go_first_and_equal_service_is_settled_by_lot() -> None:
    seats = [
        Seat(1, AGM_2024, 1),
        Seat(2, AGM_2023, 6),
        Seat(3, AGM_2024, 5),
        Seat(4, AGM_2024, 2),
        Seat(5, AGM_2025, 3),
        Seat(6, AGM_2025, 4),
    ]
    assert who_retires(seats) == [2, 1]
    assert who_retires(seats, share=Fraction(1, 2)) == [2, 1, 4]


def test_whoever_was_co_opted_retires_beside_the_third() -> None:
    seats = [Seat(1, AGM_2024, 1), Seat(2, AGM_2024, 2), Seat(3, AGM_2025, 3, until_agm=True)]
    assert who_retires(seats) == [1, 3]


@pytest.mark.parametrize(
    ("board", "going"), [(0, 0), (1, 1), (3, 1), (4, 1), (5, 2), (6, 2), (7, 2), (8, 3), (9, 3)]
)
def test_a_third_is_the_number_nearest_to_it(board: int, going: int) -> None:
    assert nearest(Fraction(1, 3), board) == going
