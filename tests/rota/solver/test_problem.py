"""Reading and writing problems, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from rota.solver import Problem, ProblemError, Solution, greedy
from tests.rota.solver.problems import carer, problem, problems, visit


@settings(max_examples=20)
@given(problems())
def test_a_problem_and_its_solution_survive_json(one: Problem) -> None:
    assert Problem.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    solution = greedy(one)
    assert Solution.from_dict(json.loads(json.dumps(solution.to_dict()))) == solution


def _set(*path: str | int) -> Callable[[Any, Any], None]:
    def change(data: Any, value: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("visits",), None, "problem.visits must be a list"),
        (("visits", 0, "duration"), "30", "problem.visits[0].duration must be a whole number"),
        (("visits", 0, "duration"), True, "problem.visits[0].duration must be a whole number"),
        (("visits", 0, "duration"), 0, "visit v1: duration must be at least 1 minute"),
        (("visits", 0, "latest"), 3, "visit v1: latest must not be before earliest"),
        (("visits", 0, "earliest"), -5, "visit v1: earliest lies before the first of day_starts"),
        (("visits", 0, "carers_needed"), 3, "visit v1: carers_needed must be 1 or 2"),
        (("visits", 0, "preferred_start"), 1, "visit v1: preferred_start must lie from earliest"),
        (("visits", 0, "pinned"), ["bob"], "visit v1: pinned names bob, who is no carer"),
        (("visits", 0, "pinned"), ["ann", "ann"], "visit v1: pinned must name at most"),
        (("visits", 0, "point"), [53.6], "problem.visits[0].point must be [latitude, longitude]"),
        (("visits", 0, "point"), [153.6, 0], "problem.visits[0].point must be [latitude, long"),
        (("visits", 0, "skills"), "hoist", "problem.visits[0].skills must be a list"),
        (("visits", 0, "unsocial"), 1, "problem.visits[0].unsocial must be true or false"),
        (("visits", 0, "colour"), 1, "problem.visits[0] has an unknown field colour"),
        (("visits", 1, "id"), "v1", "visits: the id v1 is used twice"),
        (("carers", 0, "mode"), "bus", "carer ann: mode must be one of car, cycle, walk"),
        (("carers", 0, "id"), "", "problem.carers[0].id must be a text"),
        (("carers", 0, "cap_minutes"), -1, "carer ann: cap_minutes must not be negative"),
        (("carers", 0, "available"), [[5, 5]], "carer ann: each interval of available must end"),
        (("carers", 0, "available"), [[0, 9], [8, 12]], "carer ann: the intervals of available"),
        (("carers", 0, "available"), [[0]], "problem.carers[0].available[0] must be [from, until]"),
        (("day_starts",), [], "day_starts must hold at least one minute"),
        (("day_starts",), [0, 0], "day_starts must rise"),
        (("rules", "daily_rest_minutes"), 60, "rules: daily_rest_minutes must be from 360"),
        (("rules", "weights", "face"), -1, "weights: face must not be negative"),
        (("travel", "kmh"), {"car": 30}, "travel: kmh must have car, cycle, walk"),
        (("travel", "detour"), 0.5, "travel: detour must be at least 1"),
    ],
)
def test_a_malformed_problem_is_refused_by_field(path: Any, value: Any, message: str) -> None:
    data = problem([carer()], [visit(), visit("v2")]).to_dict()
    _set(*path)(data, value)
    with pytest.raises(ProblemError) as refused:
        Problem.from_dict(data)
    assert str(refused.value).startswith(message)


def test_a_missing_field_is_named() -> None:
    data = problem([carer()], [visit()]).to_dict()
    del data["visits"][0]["person"]
    with pytest.raises(ProblemError, match=r"problem.visits\[0\].person is missing"):
        Problem.from_dict(data)


def test_hours_that_meet_at_midnight_are_one_shift() -> None:
    assert carer(available=((1440, 1600), (1200, 1440))).available == ((1200, 1600),)
