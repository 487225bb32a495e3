"""Runs the search in a process of its own, so that nobody else loads the compiler."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer

from rota.solver.problem import Problem, ProblemError, Solution
from rota.solver.progress import Progress

PROJECT = Path(__file__).resolve().parents[2]
OVERTIME = 180
"""Seconds beyond the search itself (compiling, reading, writing) after which a child is hung."""


class SolverFailed(RuntimeError):  # noqa: N818  a sentence, not a kind of error
    """The child process ended without a solution; the message holds what it last wrote."""


def solve_in_child(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    cores: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Solution:
    """Search for `seconds` and return the best rota found.

    `on_progress` is called about twice a second; each time `should_stop` is asked, and when it
    answers yes the search ends at once with the best so far. Compiling, once per machine and
    version, comes before and may add half a minute. If the caller raises or is interrupted, the
    child is stopped; one that hangs is killed. Raises ProblemError for a problem that the child
    refuses, SolverFailed otherwise.
    """
    command = [sys.executable, "-m", "rota.solver", f"--seconds={seconds}", f"--seed={seed}"]
    command.append(f"--cores={cores}")
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(  # noqa: S603  our own command, numbers only
            command,
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as child,
    ):
        assert child.stdin
        watchdog = Timer(seconds + OVERTIME, child.kill)
        watchdog.start()
        try:
            solution = _listen(child, problem, on_progress, should_stop)
        finally:
            watchdog.cancel()
            child.terminate()
            with suppress(BrokenPipeError):
                child.stdin.close()  # What a dead child did not read is lost.
        child.wait()
        if solution is None:
            errors.seek(0)
            last = errors.read().strip().splitlines()[-1:] or ["no message"]
            raise SolverFailed(f"The solver ended with code {child.returncode}: {last[0]}")
        return solution


def _listen(
    child: subprocess.Popen[str],
    problem: Problem,
    on_progress: Callable[[Progress], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Solution | None:
    assert child.stdin
    assert child.stdout
    with suppress(BrokenPipeError):  # A child that dies early is told by its having no solution.
        child.stdin.write(json.dumps(problem.to_dict()) + "\n")
        child.stdin.flush()
    for line in child.stdout:
        told = json.loads(line)
        if "error" in told:
            raise ProblemError(told["error"])
        if "solution" in told:
            return Solution.from_dict(told["solution"])
        if on_progress:
            on_progress(Progress(**told))
        if should_stop and should_stop():
            child.terminate()
    return None
