"""Greedy and annealed rotas keep every hard rule; the search is repeatable and can be stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from rota.solver import Problem, Progress, greedy, unfilled_slots, verify
from rota.solver.board import Board
from rota.solver.generate import make_week
from rota.solver.search import solve
from tests.rota.solver.problems import (
    DAY,
    FAR,
    NINE,
    carer,
    pinned_problems,
    problem,
    problems,
    visit,
)

few = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@few
@given(problems())
def test_a_greedy_rota_keeps_every_hard_rule(one: Problem) -> None:
    assert verify(one, greedy(one)) == []


@few
@given(problems())
def test_an_annealed_rota_keeps_every_hard_rule_and_costs_no_more(one: Problem) -> None:
    baseline, solution = greedy(one), solve(one, iterations=150, seed=3)
    assert verify(one, solution) == []
    assert solution.cost <= baseline.cost
    assert solution.cost == pytest.approx(Board(one, solution.placements).costs().total)


@few
@given(pinned_problems())
def test_what_is_pinned_stays(one: Problem) -> None:
    solution = solve(one, iterations=100)
    placed = solution.by_visit()
    assert verify(one, solution) == []
    for pinned in (v for v in one.visits if v.pinned):
        assert set(placed[pinned.id].carer_ids) == set(pinned.pinned)
        assert placed[pinned.id].start == pinned.earliest


def test_the_search_counts_the_same_cost_as_the_board() -> None:
    """The running total of thousands of moves is the cost of the rota, counted afresh."""
    from rota.solver import search

    week = make_week(carers=8, people=8, visits=90, seed=2)
    data = search.build_data(week)
    state = search._start_state(week, data, greedy(week))
    rng = search.np.random.default_rng(5)
    for heat in (300.0, 30.0, 1.0):
        search.anneal(data, state, rng, 400, heat)
        solution = search.read_solution(week, state)
        assert state.totals[0]["cost"] == pytest.approx(solution.cost)
        assert verify(week, solution) == []
        missing = {week.visits[v].id for v in state.missing[: state.totals[0]["missing"]]}
        assert missing == {v.id for v in week.visits} - set(solution.by_visit())


def test_the_same_seed_and_moves_give_the_same_rota() -> None:
    week = make_week(carers=6, people=6, visits=60)
    first, again = (solve(week, iterations=300, seed=7) for _ in range(2))
    other = solve(week, iterations=300, seed=8)
    assert first == again
    assert first.placements != other.placements


def test_the_search_does_better_than_the_baseline() -> None:
    week = make_week(carers=6, people=8, visits=80)
    baseline, solution = greedy(week), solve(week, iterations=2000)
    assert unfilled_slots(week, solution) <= unfilled_slots(week, baseline)
    assert solution.cost < baseline.cost


def test_time_given_is_kept_and_progress_told() -> None:
    week = make_week(carers=6, people=6, visits=60)
    told: list[Progress] = []
    solution = solve(week, seconds=1.2, on_progress=told.append)
    assert verify(week, solution) == []
    assert told[-1].progress == 1.0
    assert told[-1].elapsed < 3  # Nearly two seconds of leave for a busy machine.
    assert [one.progress for one in told] == sorted(one.progress for one in told)
    assert told[-1].best_cost == pytest.approx(solution.cost, abs=0.1)
    assert told[-1].unfilled == unfilled_slots(week, solution)


def test_a_stopped_search_gives_the_best_so_far() -> None:
    week = make_week(carers=6, people=6, visits=60)
    solution = solve(week, iterations=10**8, should_stop=lambda: True)
    assert 0 < solution.iterations < 10**8
    assert solution.cost <= greedy(week).cost
    assert verify(week, solution) == []


def test_several_cores_give_the_best_of_their_rotas() -> None:
    week = make_week(carers=5, people=5, visits=40)
    alone = [solve(week, iterations=200, seed=seed) for seed in (4, 5)]
    together = solve(week, iterations=200, seed=4, cores=2)
    assert together.cost == pytest.approx(min(one.cost for one in alone))
    assert together.iterations == 400


def test_a_greedy_rota_that_must_stop_keeps_what_is_pinned() -> None:
    one = problem([carer()], [visit("v1"), visit("v2", earliest=900, latest=900, pinned=("ann",))])
    assert set(greedy(one, should_stop=lambda: True).by_visit()) == {"v2"}


def test_two_carers_come_at_the_same_start_or_not_at_all() -> None:
    pair = visit("v1", carers_needed=2)
    both = solve(problem([carer(), carer("bob")], [pair]), iterations=50)
    assert [len(one.carer_ids) for one in both.placements] == [2]
    alone = solve(problem([carer(), carer("bob", available=())], [pair]), iterations=50)
    assert alone.placements == ()


def test_a_window_can_be_used_to_fit_both_in() -> None:
    """Greedy places the first at its wanted start; the search must move it to fit the second."""
    visits = [
        visit("long", duration=60, earliest=NINE, latest=NINE + 30, preferred_start=NINE + 15),
        visit("first", duration=15, earliest=NINE, latest=NINE, person="sam"),
        visit("last", duration=15, earliest=NINE + 75, latest=NINE + 75, person="kim"),
    ]
    one = problem([carer()], visits)
    assert unfilled_slots(one, solve(one, iterations=60)) == 0


def test_pinned_visits_that_break_the_rules_stay_and_block_only_their_day() -> None:
    """A coordinator overrode: two pinned visits overlap. All else is still planned lawfully."""
    visits = [
        visit("a", pinned=("ann",), earliest=NINE, latest=NINE),
        visit("b", pinned=("ann",), earliest=NINE + 10, latest=NINE + 10, skills=frozenset(["x"])),
        visit("same-day", earliest=NINE + 200, latest=NINE + 220),
        visit("next-day", earliest=DAY + NINE, latest=DAY + NINE),
    ]
    one = problem([carer()], visits)
    solution = solve(one, iterations=100)
    assert set(solution.by_visit()) >= {"a", "b", "next-day"}
    assert {(b.rule, b.visit_ids) for b in verify(one, solution)} == {
        ("travel", ("a", "b")),
        ("skill", ("b",)),
    }


def test_one_pinned_of_two_is_joined_by_whoever_can() -> None:
    one = problem(
        [carer(), carer("bob"), carer("cat")],
        [visit("v1", carers_needed=2, pinned=("cat",), team=frozenset(["ann", "bob"]))],
    )
    (placement,) = solve(one, iterations=50).placements
    assert "cat" in placement.carer_ids
    assert len(placement.carer_ids) == 2


def test_a_carer_already_over_the_cap_by_pinned_work_gets_nothing_more() -> None:
    visits = [
        visit("a", pinned=("ann",), duration=120),
        visit("b", earliest=NINE + 300, latest=NINE + 300),
    ]
    one = problem([carer(cap_minutes=100)], visits)
    assert set(solve(one, iterations=50).by_visit()) == {"a"}


def test_the_search_needs_either_seconds_or_moves() -> None:
    one = problem([carer()], [visit()])
    with pytest.raises(ValueError, match="either seconds or iterations"):
        solve(one)


def test_a_rota_without_visits_or_carers_is_solved() -> None:
    assert solve(problem([], []), iterations=10).placements == ()
    assert solve(problem([carer()], []), iterations=10).placements == ()
    assert solve(problem([], [visit()]), iterations=10).placements == ()


def test_fewer_faces_are_preferred() -> None:
    visits = [
        visit(f"v{day}", earliest=day * DAY + NINE, latest=day * DAY + NINE) for day in (0, 1, 2)
    ]
    away = tuple((day * DAY, day * DAY + 1440) for day in (0, 2))
    one = problem([carer(available=away), carer("bob"), carer("cat")], visits)
    sent = {placed.carer_ids for placed in solve(one, iterations=200).placements}
    assert sent in ({("bob",)}, {("cat",)})


def test_a_carers_hours_may_have_a_gap_in_a_visits_window() -> None:
    split = carer(available=((420, NINE), (NINE + 20, 1200)))
    one = problem([split], [visit(point=FAR, duration=10)])
    solution = solve(one, iterations=50)
    assert verify(one, solution) == []
    assert unfilled_slots(one, solution) == 0


def test_a_wish_can_be_made_to_count_for_nothing() -> None:
    one = problem([carer()], [visit()])
    nothing = replace(one.rules.weights, face=0, travel=0, under_contract=0, over_contract=0)
    free = replace(one, rules=replace(one.rules, weights=nothing))
    assert unfilled_slots(free, solve(free, iterations=20)) == 0
