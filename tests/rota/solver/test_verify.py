"""The verifier finds each breach that is put in, and nothing in a rota that keeps the rules."""

from __future__ import annotations

from typing import Any

import pytest

from rota.solver import Solution, verify
from tests.rota.solver.problems import DAY, FAR, HERE, carer, problem, rota, visit

EVENING = {"earliest": 21 * 60, "latest": 21 * 60, "duration": 60}
NEXT_MORNING = {"earliest": DAY + 8 * 60, "latest": DAY + 9 * 60}


def rules(one: Any, solution: Solution) -> list[str]:
    return [breach.rule for breach in verify(one, solution)]


def test_a_rota_that_keeps_the_rules_has_no_breach() -> None:
    one = problem(
        [carer(skills=frozenset(["hoist"])), carer("bob")],
        [visit(skills=frozenset(["hoist"])), visit("v2", point=FAR, latest=700, carers_needed=2)],
    )
    assert rules(one, rota(v1=(540, "ann"), v2=(600, "ann", "bob"))) == []


def test_an_empty_rota_breaks_nothing() -> None:
    assert rules(problem([carer()], [visit()]), Solution(())) == []


@pytest.mark.parametrize(
    ("carer_has", "visit_has", "start", "rule"),
    [
        ({}, {"skills": frozenset(["hoist"])}, 540, "skill"),
        ({}, {"excluded": frozenset(["ann"])}, 540, "exclusion"),
        ({"excludes": frozenset(["pat"])}, {}, 540, "exclusion"),
        ({"available": ((545, 800),)}, {}, 540, "availability"),
        ({"available": ((400, 569),)}, {}, 540, "availability"),
        ({}, {}, 524, "window"),
        ({}, {}, 556, "window"),
        ({"cap_minutes": 29}, {}, 540, "cap"),
        ({"last_end": -119}, {}, 540, "rest"),
        ({"next_start": 570 + 659}, {}, 540, "rest"),
        ({}, {"carers_needed": 2}, 540, "double_up"),
    ],
)
def test_each_rule_of_one_visit_is_checked(
    carer_has: Any, visit_has: Any, start: int, rule: str
) -> None:
    one = problem([carer(**carer_has)], [visit(**visit_has)])
    assert rules(one, rota(v1=(start, "ann"))) == [rule]


@pytest.mark.parametrize(
    ("carer_has", "start"),
    [
        ({"available": ((540, 570),)}, 540),
        ({"cap_minutes": 30}, 540),
        ({"last_end": -120}, 540),
        ({"next_start": 570 + 660}, 540),
        ({}, 525),
        ({}, 555),
    ],
)
def test_the_last_minute_allowed_is_allowed(carer_has: Any, start: int) -> None:
    assert rules(problem([carer(**carer_has)], [visit()]), rota(v1=(start, "ann"))) == []


def test_one_carer_does_not_count_as_two() -> None:
    one = problem([carer()], [visit(carers_needed=2)])
    assert "double_up" in rules(one, rota(v1=(540, "ann", "ann")))


def test_a_visit_for_one_does_not_get_two() -> None:
    one = problem([carer(), carer("bob")], [visit()])
    assert rules(one, rota(v1=(540, "ann", "bob"))) == ["double_up"]


def test_two_visits_at_one_time_are_a_breach_even_at_one_place() -> None:
    one = problem([carer()], [visit(), visit("v2")])
    assert rules(one, rota(v1=(540, "ann"), v2=(545, "ann"))) == ["travel"]
    assert rules(one, rota(v1=(525, "ann"), v2=(555, "ann"))) == []


def test_the_way_between_visits_must_fit() -> None:
    one = problem([carer(mode="walk")], [visit(), visit("v2", point=FAR, latest=700)])
    assert rules(one, rota(v1=(540, "ann"), v2=(580, "ann"))) == ["travel"]


def test_travel_between_visits_counts_towards_the_cap() -> None:
    visits = [visit(), visit("v2", point=FAR, latest=700)]
    placed = rota(v1=(540, "ann"), v2=(600, "ann"))
    assert rules(problem([carer(cap_minutes=60 + 14)], visits), placed) == []
    assert rules(problem([carer(cap_minutes=60 + 13)], visits), placed) == ["cap"]


def test_eleven_hours_lie_between_working_days() -> None:
    one = problem([carer()], [visit("v1", **EVENING), visit("v2", **NEXT_MORNING)])
    assert rules(one, rota(v1=(1260, "ann"), v2=(DAY + 539, "ann"))) == ["rest"]
    assert rules(one, rota(v1=(1260, "ann"), v2=(DAY + 540, "ann"))) == []


def test_a_shift_past_midnight_stays_one_working_day() -> None:
    late = visit("v1", earliest=DAY - 30, latest=DAY - 30)
    later = visit("v2", earliest=DAY + 30, latest=DAY + 30)
    one = problem([carer(available=((1200, 1700),))], [late, later])
    assert rules(one, rota(v1=(DAY - 30, "ann"), v2=(DAY + 30, "ann"))) == []


def test_a_pinned_carer_must_be_sent() -> None:
    one = problem([carer(), carer("bob")], [visit(pinned=("bob",))])
    assert rules(one, rota(v1=(540, "ann"))) == ["pinned"]
    assert rules(one, Solution(())) == ["pinned"]
    assert rules(one, rota(v1=(540, "bob"))) == []


def test_one_pinned_of_two_may_stay_away_with_the_other() -> None:
    one = problem([carer(), carer("bob")], [visit(carers_needed=2, pinned=("bob",))])
    assert rules(one, Solution(())) == []


def test_unknown_visits_and_carers_and_second_placements_are_named() -> None:
    one = problem([carer()], [visit()])
    assert rules(one, rota(v9=(540, "ann"))) == ["unknown"]
    assert rules(one, rota(v1=(540, "eve"))) == ["unknown"]
    twice = Solution(rota(v1=(540, "ann")).placements * 2)
    assert rules(one, twice) == ["unknown"]


def test_a_breach_is_a_plain_sentence_with_the_ids_it_is_about() -> None:
    one = problem([carer()], [visit(point=HERE, skills=frozenset(["hoist"]))])
    (breach,) = verify(one, rota(v1=(540, "ann")))
    assert breach.text == "Carer ann lacks hoist, which visit v1 needs."
    assert (breach.visit_ids, breach.carer_id) == (("v1",), "ann")
