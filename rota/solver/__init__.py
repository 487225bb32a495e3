"""Who does which visit: the solver of the rota, pure. A Problem goes in, a Solution comes out.

It knows nothing of Django, rows or clocks, and importing it imports neither numba nor numpy:
only the child process searches (`python -m rota.solver`, started by `solve_in_child`).

    problem = Problem(carers, visits, day_starts)          # or Problem.from_dict(json)
    solution = solve_in_child(problem, seconds=60, seed=1, cores=2,
                              on_progress=show, should_stop=asked_to_stop)
    verify(problem, solution) -> list[Breach]              # hard rules broken, in plain words
    rank_carers(problem, solution, visit_id) -> Ranking    # who can, by added cost; who not, why
    explain(problem, solution, visit_id) -> list[Reason]   # why each other carer cannot
    sentence(reason, when) -> str                          # when: minute → "Tuesday 14:00"
    quality(problem, solution, greedy(problem)) -> Quality # against the baseline and a bound

`rank_carers`, `explain`, `verify`, `quality` and `greedy` are plain Python, fit for a web process:
the first two take milliseconds, `greedy` seconds for a large week.
"""

from rota.solver.child import SolverFailed, solve_in_child
from rota.solver.explain import Candidate, Ranking, explain, merits, rank_carers, sentence
from rota.solver.greedy import greedy
from rota.solver.openings import Reason
from rota.solver.problem import (
    Carer,
    Placement,
    Problem,
    ProblemError,
    Rules,
    Solution,
    Travel,
    Visit,
    Weights,
    unfilled_slots,
)
from rota.solver.progress import Progress
from rota.solver.quality import Quality, quality
from rota.solver.verify import Breach, verify

__all__ = [
    "Breach",
    "Candidate",
    "Carer",
    "Placement",
    "Problem",
    "ProblemError",
    "Progress",
    "Quality",
    "Ranking",
    "Reason",
    "Rules",
    "Solution",
    "SolverFailed",
    "Travel",
    "Visit",
    "Weights",
    "explain",
    "greedy",
    "merits",
    "quality",
    "rank_carers",
    "sentence",
    "solve_in_child",
    "unfilled_slots",
    "verify",
]
