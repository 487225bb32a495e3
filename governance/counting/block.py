"""Block vote: as many marks as there are seats, and the candidates with the most votes win.

The preferences of a paper are its marks; those past the number of seats are not counted. A tie for
the last seat goes straight to the lot order: there is no earlier stage to look back at.
"""

from collections.abc import Sequence

from governance.counting.contest import Contest, size
from governance.counting.result import Count
from governance.counting.stages import Elected, Stage
from governance.counting.ties import Tie, choose

PLACES = 5
ONE = 10**PLACES


def count_block(contest: Contest, lot_order: Sequence[int] | None = None) -> Count:
    """Count a contest by block vote, in one stage."""
    lot = contest.lot(lot_order)
    papers = contest.papers()
    totals = dict.fromkeys(contest.standing, 0)
    for preferences, weight in papers:
        for candidate in preferences[: contest.seats]:
            totals[candidate] += weight * ONE
    elected, ties = _most_votes(contest, totals, lot)
    stage = Stage(
        n=1,
        kind="marks",
        candidate=None,
        totals=totals,
        transfers={},
        non_transferable=0,
        quota=None,
        elected=tuple(Elected(candidate, "most votes") for candidate in elected),
        ties=tuple(ties),
    )
    return Count(contest, "block", PLACES, size(papers), None, (stage,), lot)


def _most_votes(
    contest: Contest, totals: dict[int, int], lot: Sequence[int]
) -> tuple[list[int], list[Tie]]:
    left = list(contest.standing)
    elected: list[int] = []
    ties: list[Tie] = []
    while left and len(elected) < contest.seats:
        candidate, tie = choose(left, "election", [totals], lot)
        left.remove(candidate)
        elected.append(candidate)
        if tie:
            ties.append(tie)
    return elected, ties
