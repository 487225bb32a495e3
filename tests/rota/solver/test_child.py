"""The child process: JSON in, lines of progress and a solution out, compiled and stoppable.

The first run after a change to the search compiles it (some twenty seconds); later ones read the
cache.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from rota.solver import ProblemError, Progress, SolverFailed, child, greedy, solve_in_child, verify
from rota.solver.child import PROJECT
from rota.solver.generate import make_week
from rota.solver.search import solve
from tests.rota.solver.problems import carer, problem, visit

COMMAND = [sys.executable, "-m", "rota.solver"]


@pytest.fixture(autouse=True)
def _compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBA_DISABLE_JIT")


def run(text: str, *options: str) -> tuple[int, list[dict[str, object]]]:
    done = subprocess.run(
        [*COMMAND, *options], input=text, capture_output=True, text=True, cwd=PROJECT, check=False
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_compiled_search_gives_the_same_rota_as_the_plain_functions() -> None:
    week = make_week(carers=6, people=6, visits=60, seed=4)
    code, lines = run(json.dumps(week.to_dict(), indent=1), "--iterations=400", "--seed=9")
    assert code == 0
    assert lines[-1]["solution"] == solve(week, iterations=400, seed=9).to_dict()


def test_progress_is_told_and_a_stop_ends_the_search_with_the_best_so_far() -> None:
    week = make_week(carers=6, people=6, visits=60)
    told: list[Progress] = []
    solution = solve_in_child(
        week, seconds=300, on_progress=told.append, should_stop=lambda: len(told) >= 2
    )
    assert told[-1].elapsed < 250
    assert verify(week, solution) == []
    assert solution.cost <= greedy(week).cost


def test_a_line_stop_ends_the_search_too() -> None:
    week = make_week(carers=6, people=6, visits=60)
    code, lines = run(json.dumps(week.to_dict()) + "\nstop\n", "--seconds=300")
    assert code == 0
    assert "solution" in lines[-1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "problem is not JSON"),
        ("{\n", "problem is not JSON"),
        ("[]", "problem must be an object"),
        ('{"carers": []}', "problem.visits is missing"),
    ],
)
def test_a_malformed_problem_is_refused_with_exit_code_1(text: str, message: str) -> None:
    code, lines = run(text)
    assert code == 1
    (line,) = lines
    assert str(line["error"]).startswith(message)


def test_a_child_that_dies_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    with pytest.raises(SolverFailed, match="ended with code 1"):
        solve_in_child(problem([carer()], [visit()]), seconds=1)


def test_a_problem_the_child_refuses_is_raised_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    one = problem([carer()], [visit()])
    monkeypatch.setattr(type(one), "to_dict", lambda self: {"carers": 3})
    with pytest.raises(ProblemError, match=r"problem.carers must be a list"):
        solve_in_child(one, seconds=1)


def test_the_web_process_loads_neither_the_compiler_nor_its_arrays() -> None:
    code = "import sys, rota.solver; print({'numba', 'numpy', 'django'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    assert done.stdout.strip() == "set()"
