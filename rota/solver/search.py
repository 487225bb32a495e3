"""Runs the annealing: how long, how hot, on how many cores, and what to tell meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from math import inf
from threading import Event
from time import monotonic

import numpy as np

from rota.solver.arrays import Data, State, build_data, build_state, read_solution
from rota.solver.greedy import greedy
from rota.solver.kernel import anneal, time_day
from rota.solver.problem import Problem, Solution
from rota.solver.progress import Progress

ROUND_SECONDS = 0.05
"""How long the search runs between two looks at the clock."""

ROUNDS = 200
"""Temperatures, at least, of a search that counts moves instead of seconds."""

FEWEST_MOVES, MOST_MOVES = 100, 2000
"""Moves in the first round of a search that counts seconds; in a round of one that counts moves."""

START_SHARE = 0.25
"""Of the time given, at most so much goes into the greedy start."""

TELL_SECONDS = 0.5

HOTTEST, COLDEST = 1.0, 0.03
"""First and last temperature, in units of a new face with twenty minutes' travel."""


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    cores: int = 1,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Solution:
    """The best rota found in `seconds`, or in so many moves: exactly one of the two is given.

    With `iterations` the same problem, seed and cores give the same rota. With `cores` above 1
    each searches with its own seed, counting up from `seed`, and the best rota is kept.
    Compiling is not counted in `seconds`. Never dearer than the greedy rota it starts from.
    """
    if (seconds is None) == (iterations is None):
        raise ValueError("give either seconds or iterations")
    began = monotonic()
    start_by = inf if seconds is None else began + START_SHARE * seconds
    start = greedy(problem, should_stop=lambda: monotonic() > start_by or should_stop())
    data = build_data(problem)
    chains = [_Chain(data, _start_state(problem, data, start), seed + i) for i in range(cores)]
    ready = monotonic()
    anneal(data, chains[0].state, np.random.default_rng(seed), 0, 1.0)
    now = monotonic()
    deadline = None if seconds is None else began + seconds + (now - ready)
    stop = Event()
    with ThreadPoolExecutor(cores) as pool:
        runs = [pool.submit(chain.run, now, deadline, iterations, stop) for chain in chains]
        try:
            while wait(runs, timeout=TELL_SECONDS).not_done:
                on_progress(_progress(chains, monotonic() - began))
                if should_stop():
                    stop.set()
        finally:
            stop.set()
    for run in runs:
        run.result()
    on_progress(replace(_progress(chains, monotonic() - began), progress=1.0))
    best = min((read_solution(problem, chain.best) for chain in chains), key=lambda one: one.cost)
    moves = sum(chain.moves for chain in chains)
    return replace(min(start, best, key=lambda one: one.cost), iterations=moves, seed=seed)


class _Chain:
    """One annealing run on one core. `best` is the best rota it has seen at the end of a round."""

    def __init__(self, data: Data, state: State, seed: int) -> None:
        self.data, self.state = data, state
        self.rng = np.random.default_rng(seed)
        self.moves, self.done = 0, 0.0
        self._keep_best()

    def run(
        self, began: float, deadline: float | None, iterations: int | None, stop: Event
    ) -> None:
        """Anneal from hot to cold as the time, or the number of moves, is used up."""
        size, longest = FEWEST_MOVES, 0.0
        if iterations is not None:
            size = min(MOST_MOVES, max(1, iterations // ROUNDS))
        if self.data.visits["fixed"].all():
            return
        while not stop.is_set():
            round_began = monotonic()
            if deadline is not None:
                if round_began + 1.5 * longest >= deadline:
                    return
                self.done = (round_began - began) / (deadline - began)
            elif iterations is not None:
                if self.moves >= iterations:
                    return
                self.done, size = self.moves / iterations, min(size, iterations - self.moves)
            anneal(self.data, self.state, self.rng, size, temperature(self.data, self.done))
            self.moves += size
            if self.state.totals[0]["cost"] < self.best_cost - 1e-6:
                self._keep_best()
            if deadline is not None:
                took = monotonic() - round_began
                longest = max(longest, took)
                size = max(FEWEST_MOVES, min(4 * size, int(size * ROUND_SECONDS / max(took, 1e-4))))

    def _keep_best(self) -> None:
        state, totals = self.state, self.state.totals[0]
        self.best_cost = float(totals["cost"])
        missing = state.missing[: totals["missing"]]
        self.unfilled = int(self.data.visits["needed"][missing].sum())
        self.best = state._replace(stops=state.stops.copy(), days=state.days.copy())


def temperature(data: Data, done: float) -> float:
    """From hottest to coldest in equal ratios, as `done` goes from 0 to 1."""
    settings = data.settings[0]
    unit = max(settings["face"] + 20 * settings["travel"], 1.0)
    return float(unit * HOTTEST * (COLDEST / HOTTEST) ** done)


def _progress(chains: list[_Chain], elapsed: float) -> Progress:
    best = min(chains, key=lambda chain: chain.best_cost)
    return Progress(
        progress=round(min(chain.done for chain in chains), 4),
        best_cost=round(best.best_cost, 2),
        unfilled=best.unfilled,
        elapsed=round(elapsed, 2),
    )


def _start_state(problem: Problem, data: Data, start: Solution) -> State:
    """The start as arrays, with such days frozen as pinned visits have made impossible."""
    state = build_state(problem, data, start)
    for carer, day in np.ndindex(*state.days.shape):
        figures, stops = state.days[carer, day], state.stops[carer, day]
        count = int(figures["count"])
        state.trial[:count] = stops[:count]
        works, _, _ = time_day(data, state, carer, day, count)
        figures["frozen"] = not works
        for slack in ("early", "late"):
            stops[slack][:count] = state.trial[slack][:count]
    return state
