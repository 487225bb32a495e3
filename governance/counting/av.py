"""The alternative vote, for one seat.

Each paper counts for its first preference. While nobody has more than half of the votes still in
the count, the candidate with the fewest is excluded and those papers go to their next preference.
"""

from collections.abc import Sequence

from governance.counting.contest import Contest, CountError, deal, size
from governance.counting.result import Count
from governance.counting.stages import Elected, Stage
from governance.counting.ties import Tie, choose

PLACES = 5
ONE = 10**PLACES


def count_av(contest: Contest, lot_order: Sequence[int] | None = None) -> Count:
    """Count a contest for one seat. Raises CountError if there are more."""
    if contest.seats != 1:
        raise CountError(
            f"The alternative vote fills one seat, but this contest has {contest.seats}. "
            "Use scottish-stv or meek."
        )
    lot = contest.lot(lot_order)
    papers = contest.papers()
    valid = size(papers)
    piles = deal(papers, set(contest.standing))
    history: list[dict[int, int]] = []
    stages: list[Stage] = []
    excluded: int | None = None
    tie: Tie | None = None
    while True:
        continuing = piles.keys() - {0}
        totals = {c: size(piles.get(c, ())) * ONE for c in contest.standing}
        before = history[-1] if history else totals
        history.append(totals)
        in_play = sum(totals.values())
        winner = next(
            (c for c in continuing if len(continuing) == 1 or totals[c] * 2 > in_play),
            None,
        )
        stages.append(
            Stage(
                n=len(history),
                kind="exclusion" if excluded else "first",
                candidate=excluded,
                totals=totals,
                transfers={c: totals[c] - before[c] for c in totals},
                non_transferable=valid * ONE - in_play,
                quota=(in_play // ONE // 2 + 1) * ONE,
                elected=_elected(winner, totals, in_play),
                excluded=(excluded,) if excluded else (),
                ties=(tie,) if tie else (),
            )
        )
        if winner or not continuing:
            break
        excluded, tie = choose(sorted(continuing), "exclusion", history, lot)
        for candidate, pile in deal(piles.pop(excluded), continuing - {excluded}).items():
            piles[candidate] += pile
    return Count(contest, "av", PLACES, valid, stages[-1].quota, tuple(stages), lot)


def _elected(winner: int | None, totals: dict[int, int], in_play: int) -> tuple[Elected, ...]:
    if winner is None:
        return ()
    return (Elected(winner, "majority" if totals[winner] * 2 > in_play else "last vacancies"),)
