"""`python -m rota.solver`: a Problem as JSON on standard input, JSON lines on standard output.

Lines tell the progress, the last one holds {"solution": …}. A line "stop" on standard input after
the problem, or SIGTERM, ends the search with the best rota so far. A problem that cannot be used
gives {"error": "a sentence that names the field"} and exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

from rota.solver.problem import Problem, ProblemError


def main() -> int:
    arguments = _arguments()
    stop = Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    try:
        problem = Problem.from_dict(_read_problem())
    except ProblemError as error:
        _tell({"error": str(error)})
        return 1
    Thread(target=_wait_for_stop, args=(stop,), daemon=True).start()
    _use_cache()
    from rota.solver.search import solve  # The compiler is loaded only once there is work for it.

    solution = solve(
        problem,
        seconds=None if arguments.iterations else arguments.seconds,
        iterations=arguments.iterations,
        seed=arguments.seed,
        cores=arguments.cores,
        on_progress=lambda progress: _tell(asdict(progress)),
        should_stop=stop.is_set,
    )
    _tell({"solution": solution.to_dict()})
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rota.solver")
    parser.add_argument("--seconds", type=float, default=60, help="time to search (default 60)")
    parser.add_argument("--iterations", type=int, help="search so many moves instead of a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cores", type=int, default=1, help="searches side by side (default 1)")
    return parser.parse_args()


def _read_problem() -> object:
    """One line of JSON, or JSON over many lines up to the end of the input."""
    text = sys.stdin.readline()
    if not text.rstrip().endswith("}"):
        text += sys.stdin.read()
    try:
        return json.loads(text)
    except ValueError as error:
        raise ProblemError(f"problem is not JSON: {error}") from error


def _wait_for_stop(stop: Event) -> None:
    for line in sys.stdin:
        if line.strip() == "stop":
            stop.set()


def _use_cache() -> None:
    """Keep compiled code where the caller says, else in the user's cache, apart for each version.

    The compiler looks only at the file a function is written in, not at those it calls.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "weft" / "solver"
    version = sha256()
    for name in ("arrays.py", "compiled.py", "costs.py", "kernel.py"):
        version.update(Path(__file__).with_name(name).read_bytes())
    base = Path(os.environ.get("NUMBA_CACHE_DIR") or home)
    os.environ["NUMBA_CACHE_DIR"] = str(base / version.hexdigest()[:16])


def _tell(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201  this is what the process is for


if __name__ == "__main__":
    sys.exit(main())
