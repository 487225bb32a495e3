"""How fast Scottish STV is counted: 100,000 different rankings of 10 candidates for 4 seats.

    python benchmarks/count_votes.py

Prints the time to count them, grouping of equal papers included, and how many times faster that is
than a plain count which looks at every paper at every stage.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from governance.counting import Ballot, Contest, count

ONE = 100_000


def random_contest(papers: int, candidates: int, seats: int, seed: int) -> Contest:
    """Every paper a random ranking of random length, so few are alike."""
    draw = random.Random(seed)
    numbers = range(1, candidates + 1)
    return Contest(
        candidates=tuple(f"Candidate {number}" for number in numbers),
        seats=seats,
        ballots=tuple(
            Ballot(tuple(draw.sample(numbers, draw.randint(candidates // 2, candidates))))
            for _ in range(papers)
        ),
    )


def naive_count(contest: Contest, lot: tuple[int, ...]) -> tuple[list[int], list[dict[int, int]]]:
    """Scottish STV paper by paper: the elected in order, and the totals at each stage.

    Written apart from the real counter and as literally as possible, so that the tests can hold
    the two against each other.
    """
    papers = [
        {"names": ballot.preferences, "value": ONE, "holder": 0}
        for ballot in contest.ballots
        for _ in range(ballot.weight)
        if set(ballot.preferences) - contest.withdrawn
    ]
    quota = (len(papers) // (contest.seats + 1) + 1) * ONE
    standing = list(contest.standing)
    continuing, elected, pending, stages = set(standing), [], [], []
    totals = dict.fromkeys(standing, 0)

    def rank(candidate: int) -> tuple[int, ...]:
        """Higher is better: votes now, then at each stage before, then the lot."""
        return (*(stage[candidate] for stage in reversed(stages)), -lot.index(candidate))

    def move(holder: int, revalue: tuple[int, int]) -> None:
        for paper in papers:
            if paper["holder"] == holder:
                paper["value"] = paper["value"] * revalue[0] // revalue[1]
                paper["holder"] = next((c for c in paper["names"] if c in continuing), -1)

    move(0, (1, 1))
    while True:
        for candidate in continuing:
            totals[candidate] = sum(p["value"] for p in papers if p["holder"] == candidate)
        stages.append(dict(totals))
        reached = sorted((c for c in continuing if totals[c] >= quota), key=rank, reverse=True)
        elected += reached
        pending += [c for c in reached if totals[c] > quota]
        continuing -= set(reached)
        if len(continuing) <= contest.seats - len(elected):
            elected += sorted(continuing, key=rank, reverse=True)
            continuing.clear()
        if not continuing or len(elected) == contest.seats:
            return elected, stages
        if pending:
            giver = max(pending, key=rank)
            pending.remove(giver)
            move(giver, (totals[giver] - quota, totals[giver]))
            totals[giver] = quota
        else:
            loser = min(continuing, key=rank)
            continuing.remove(loser)
            move(loser, (1, 1))
            totals[loser] = 0


def main() -> None:
    contest = random_contest(papers=100_000, candidates=10, seats=4, seed=2011)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        result = count(contest)
        times.append(time.perf_counter() - start)
    start = time.perf_counter()
    elected, _ = naive_count(contest, contest.lot(None))
    naive = time.perf_counter() - start
    assert list(result.elected) == elected
    different = len(contest.papers())
    print(f"100,000 papers ({different:,} different), 10 candidates, 4 seats")
    print(f"counted in {min(times):.3f} s (best of 3), {len(result.stages)} stages")
    print(f"paper by paper: {naive:.3f} s, {naive / min(times):.1f} times as long")


if __name__ == "__main__":
    main()
