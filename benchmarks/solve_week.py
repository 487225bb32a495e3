"""Greedy against the search on made-up weeks, each rota checked by the verifier.

python benchmarks/solve_week.py --seconds 60 --cores 2
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import monotonic

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rota.solver import Problem, Solution, greedy, quality, solve_in_child, verify
from rota.solver.generate import make_week
from rota.solver.quality import Figures

WEEKS = (
    {"carers": 30, "people": 60, "visits": 700},
    {"carers": 40, "people": 105, "visits": 1504},
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="time to search each week")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=1)
    arguments = parser.parse_args()
    breaches = 0
    for week in WEEKS:
        problem = make_week(**week, seed=arguments.seed)
        began = monotonic()
        baseline = greedy(problem)
        middle = monotonic()
        solution = solve_in_child(
            problem, seconds=arguments.seconds, seed=arguments.seed, cores=arguments.cores
        )
        ended = monotonic()
        print(f"\n{week['carers']} carers, {week['people']} people, {week['visits']} visits")
        compare(problem, baseline, middle - began, solution, ended - middle)
        breaches += len(verify(problem, baseline)) + len(verify(problem, solution))
    return 1 if breaches else 0


def compare(
    problem: Problem,
    baseline: Solution,
    baseline_seconds: float,
    solution: Solution,
    seconds: float,
) -> None:
    told = quality(problem, solution, baseline)
    print(f"  {told.slots} places to fill, {told.impossible} of them impossible to fill")
    _line("greedy", told.baseline, baseline_seconds, len(verify(problem, baseline)))
    _line("search", told.rota, seconds, len(verify(problem, solution)))
    print(f"  {solution.iterations:,} moves tried")


def _line(name: str, figures: Figures, seconds: float, breaches: int) -> None:
    other_cost = figures.cost - figures.costs.unfilled
    print(
        f"  {name}: {figures.unfilled:4d} unfilled, {figures.carers_per_person:.2f} carers per"
        f" person, {figures.travel_minutes / 60:5.0f} h travel, other cost {other_cost:8.0f},"
        f" {seconds:5.1f} s, {breaches} breaches"
    )


if __name__ == "__main__":
    sys.exit(main())
