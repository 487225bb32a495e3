"""The quality statement: figures beside the baseline, and a bound no rota can beat."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings

from rota.solver import Problem, Solution, Weights, greedy, quality, unfilled_slots
from rota.solver.board import Board
from rota.solver.search import solve
from tests.rota.solver.problems import FAR, NINE, carer, problem, problems, rota, visit


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(problems())
def test_no_rota_leaves_fewer_unfilled_than_the_bound(one: Problem) -> None:
    baseline, solution = greedy(one), solve(one, iterations=60)
    told = quality(one, solution, baseline)
    assert told.impossible <= told.rota.unfilled == unfilled_slots(one, solution)
    assert told.rota.cost == pytest.approx(solution.cost)
    assert told.baseline.cost == pytest.approx(baseline.cost)
    json.dumps(told.to_dict())


def test_a_visit_nobody_could_take_counts_with_all_its_places() -> None:
    one = problem(
        [carer(skills=frozenset(["hoist"])), carer("bob")],
        [
            visit("v1", skills=frozenset(["feeding tube"])),
            visit("v2", skills=frozenset(["hoist"]), carers_needed=2),
            visit("v3", earliest=100, latest=110),
            visit("v4"),
        ],
    )
    assert quality(one, Solution(()), Solution(())).impossible == 1 + 2 + 1


def test_the_figures_of_a_small_rota_are_as_counted_by_hand() -> None:
    # Two visits 4.4 km apart (14 minutes by car), an hour between their starts, one carer.
    weights = Weights()
    one = problem(
        [carer(contract_minutes=100), carer("bob", contract_minutes=50)],
        [
            visit("v1", preferred_start=NINE, unsocial=True, team=frozenset(["ann"])),
            visit("v2", point=FAR, latest=700, preferred_start=NINE + 50),
            visit("v3", person="sam", carers_needed=2),
        ],
    )
    figures = quality(one, rota(v1=(NINE, "ann"), v2=(NINE + 60, "ann")), Solution(())).rota
    costs = figures.costs
    assert figures.unfilled == 2
    assert figures.carers_per_person == 1
    assert figures.travel_minutes == 14 + 14
    assert costs.unfilled == 2 * weights.unfilled
    assert costs.faces == weights.face
    assert costs.strangers == weights.stranger
    assert costs.waiting == pytest.approx((30 - 14) * weights.waiting)
    assert costs.preferred_time == pytest.approx(10 * weights.preferred_time)
    assert costs.contract == pytest.approx(
        (100 - 30 - 14 - 30) * weights.under_contract + 50 * weights.under_contract
    )
    assert costs.unsocial == pytest.approx((30 - 30 * 100 / 150) * weights.unsocial)


def test_a_gap_longer_than_a_break_costs_no_more_waiting() -> None:
    visits = [visit("v1", earliest=600, latest=600), visit("v2", earliest=900, latest=900)]
    one = problem([carer()], visits)
    waiting = Board(one, rota(v1=(600, "ann"), v2=(900, "ann")).placements).costs().waiting
    assert waiting == pytest.approx(60 * Weights().waiting)
