"""Meek's method: Hill, Wichmann and Woodall, "Algorithm 123: Single transferable vote by Meek's
method", The Computer Journal 30 (1987), pages 277–281.

Every candidate has a keep value: 1 while continuing, 0 once excluded. An elected candidate keeps
only the part of each paper that holds the quota, and the rest goes to the paper's next preference,
elected or not. As papers run out of preferences, the quota falls: it is the votes still in the
count ÷ (seats + 1), cut off after nine decimals, plus one in the last.

Arithmetic is in whole numbers of 10⁻⁹ of a vote; what a candidate keeps is rounded up to that unit
and so are new keep values. Keep values are worked out anew until a candidate reaches the quota or
the elected candidates' surpluses together are below ω = 10⁻⁶ of a vote (or fall no further); then
the candidate with the fewest votes is excluded. Ties: see `ties.settle`. As under the Scottish
rules, the count ends when no more candidates are left than vacancies.
"""

from collections.abc import Sequence

from governance.counting.contest import Contest, Paper, size
from governance.counting.result import Count
from governance.counting.stages import Elected, Kind, Stage
from governance.counting.ties import Tie, choose, in_order

PLACES = 9
ONE = 10**PLACES
OMEGA = ONE // 10**6


def count_meek(contest: Contest, lot_order: Sequence[int] | None = None) -> Count:
    """Count a contest by Meek's method."""
    return _MeekCount(contest, contest.lot(lot_order)).run()


class _MeekCount:
    """Keep values and totals as they stand while the count goes on."""

    def __init__(self, contest: Contest, lot: tuple[int, ...]) -> None:
        self.contest = contest
        self.lot = lot
        self.papers = contest.papers()
        self.valid = size(self.papers)
        self.keep = dict.fromkeys(contest.standing, ONE)
        self.continuing = set(contest.standing)
        self.elected: list[int] = []
        self.totals = dict.fromkeys(contest.standing, 0)
        self.quota = 0
        self.history: list[dict[int, int]] = []
        self.stages: list[Stage] = []

    def run(self) -> Count:
        self._distribute(self.papers)
        self._end_stage("first", None, [])
        while self.continuing and len(self.elected) < self.contest.seats:
            if self.stages[-1].elected and self._surplus() >= OMEGA:
                self._transfer()
                self._end_stage("surplus", None, [])
            else:
                self._exclude()
        return Count(
            contest=self.contest,
            rules="meek",
            places=PLACES,
            valid=self.valid,
            quota=self.quota,
            stages=tuple(self.stages),
            lot=self.lot,
        )

    def _exclude(self) -> None:
        loser, tie = choose(sorted(self.continuing), "exclusion", self.history, self.lot)
        self.continuing.remove(loser)
        self.keep[loser] = 0
        self._transfer()
        self._end_stage("exclusion", loser, [tie] if tie else [])

    def _transfer(self) -> None:
        """Distribute, adjusting keep values, until somebody is elected or the surplus is gone."""
        paths = self._paths()
        surplus: int | None = None
        while True:
            self._distribute(paths)
            before, surplus = surplus, self._surplus()
            if self._reached() or surplus < OMEGA or (before is not None and surplus >= before):
                return
            for candidate in self.elected:
                kept = _round_up(self.keep[candidate] * self.quota, ONE)
                self.keep[candidate] = _round_up(kept * ONE, self.totals[candidate])

    def _paths(self) -> list[Paper]:
        """The papers cut to the part that can matter while nobody's status changes.

        That is every elected candidate up to and including the first who keeps whole papers. There
        are few different ones, so that going through them again and again is quick.
        """
        paths: dict[tuple[int, ...], int] = {}
        for preferences, weight in self.papers:
            path = []
            for candidate in preferences:
                if self.keep[candidate]:
                    path.append(candidate)
                    if candidate in self.continuing:
                        break
            paths[tuple(path)] = paths.get(tuple(path), 0) + weight
        return list(paths.items())

    def _distribute(self, papers: Sequence[Paper]) -> None:
        totals, keep = dict.fromkeys(self.totals, 0), self.keep
        for preferences, weight in papers:
            left = ONE
            for candidate in preferences:
                kept = _round_up(left * keep[candidate], ONE)
                totals[candidate] += kept * weight
                left -= kept
                if not left:
                    break
        self.totals = totals
        self.quota = sum(totals.values()) // (self.contest.seats + 1) + 1

    def _surplus(self) -> int:
        return max(0, sum(self.totals[candidate] - self.quota for candidate in self.elected))

    def _reached(self) -> list[int]:
        return [c for c in sorted(self.continuing) if self.totals[c] >= self.quota]

    def _end_stage(self, kind: Kind, candidate: int | None, ties: list[Tie]) -> None:
        before = self.history[-1] if self.history else self.totals
        self.history.append(self.totals)
        elected = self._elect(ties)
        self.stages.append(
            Stage(
                n=len(self.history),
                kind=kind,
                candidate=candidate,
                totals=self.totals,
                transfers={c: self.totals[c] - before[c] for c in self.totals},
                non_transferable=self.valid * ONE - sum(self.totals.values()),
                quota=self.quota,
                elected=tuple(elected),
                excluded=(candidate,) if kind == "exclusion" and candidate else (),
                ties=tuple(ties),
            )
        )

    def _elect(self, ties: list[Tie]) -> list[Elected]:
        ordered, order_ties = in_order(self._reached(), self.history, self.lot)
        elected = [Elected(candidate, "quota") for candidate in ordered]
        ties += order_ties
        self.elected += ordered
        self.continuing.difference_update(ordered)
        vacancies = self.contest.seats - len(self.elected)
        if vacancies and len(self.continuing) <= vacancies:
            last, order_ties = in_order(sorted(self.continuing), self.history, self.lot)
            elected += [Elected(candidate, "last vacancies") for candidate in last]
            ties += order_ties
            self.elected += last
            self.continuing.clear()
        return elected


def _round_up(number: int, divisor: int) -> int:
    return -(-number // divisor)
