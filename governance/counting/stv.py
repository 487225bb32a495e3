"""Scottish STV: Scottish Local Government Elections Order 2011 (SSI 2011/399), schedule 1.

The part of the Order on counting, in short:

* The quota is the valid papers ÷ (seats + 1), fractions dropped, plus 1.
* A candidate whose votes equal or exceed the quota at any stage is elected.
* Each further stage does one thing. If an elected candidate holds more than the quota, the
  highest such surplus is passed on: all that candidate's papers go to their next continuing
  preference, each at surplus × the value it had ÷ the candidate's votes, cut off after five
  decimals. Only when no surplus is left is the candidate with the fewest votes excluded; those
  papers keep their value.
* When as many candidates continue as seats are vacant, they are all elected and nothing more is
  transferred. So a count ends at the stage whose totals settle it, and a surplus that could
  change nothing is not passed on.
* Ties: see `ties.settle`.

Sums are whole numbers of 1/100,000 of a vote, so nothing is ever rounded by accident.
"""

from collections.abc import Sequence

from governance.counting.contest import Contest, Paper, deal, size
from governance.counting.result import Count
from governance.counting.stages import Elected, Kind, Stage
from governance.counting.ties import Tie, choose, in_order

PLACES = 5
ONE = 10**PLACES


def count_scottish_stv(contest: Contest, lot_order: Sequence[int] | None = None) -> Count:
    """Count a contest by the 2011 Order."""
    return _ScottishCount(contest, contest.lot(lot_order)).run()


class _ScottishCount:
    """The papers and totals as they stand while the count goes on."""

    def __init__(self, contest: Contest, lot: tuple[int, ...]) -> None:
        self.contest = contest
        self.lot = lot
        self.papers = contest.papers()
        self.valid = size(self.papers)
        self.quota = (self.valid // (contest.seats + 1) + 1) * ONE
        self.continuing = set(contest.standing)
        self.totals = dict.fromkeys(contest.standing, 0)
        # Each candidate's papers, by the value at which they were received.
        self.piles: dict[int, dict[int, list[Paper]]] = {c: {} for c in contest.standing}
        self.vacancies = contest.seats
        self.surpluses: list[int] = []
        self.lost_to_rounding = 0
        self.history: list[dict[int, int]] = []
        self.stages: list[Stage] = []

    def run(self) -> Count:
        self._receive(self.papers, ONE)
        self._end_stage("first", None, [])
        while self.vacancies and self.continuing:
            if self.surpluses:
                self._pass_on_surplus()
            else:
                self._exclude()
        return Count(
            contest=self.contest,
            rules="scottish-stv",
            places=PLACES,
            valid=self.valid,
            quota=self.quota,
            stages=tuple(self.stages),
            lot=self.lot,
        )

    def _pass_on_surplus(self) -> None:
        giver, tie = choose(self.surpluses, "surplus", self.history, self.lot)
        self.surpluses.remove(giver)
        held = self.totals[giver]
        surplus = held - self.quota
        passed = 0
        for value, papers in self.piles.pop(giver).items():
            new_value = surplus * value // held
            passed += new_value * size(papers)
            self._receive(papers, new_value)
        self.totals[giver] = self.quota
        self.lost_to_rounding += surplus - passed
        self._end_stage("surplus", giver, [tie] if tie else [])

    def _exclude(self) -> None:
        loser, tie = choose(sorted(self.continuing), "exclusion", self.history, self.lot)
        self.continuing.remove(loser)
        for value, papers in self.piles.pop(loser).items():
            self._receive(papers, value)
        self.totals[loser] = 0
        self._end_stage("exclusion", loser, [tie] if tie else [])

    def _receive(self, papers: list[Paper], value: int) -> None:
        """Credit papers, each worth `value`, to the continuing candidates they name next."""
        for candidate, pile in deal(papers, self.continuing).items():
            if candidate and pile:
                self.piles[candidate].setdefault(value, []).extend(pile)
                self.totals[candidate] += value * size(pile)

    def _end_stage(self, kind: Kind, candidate: int | None, ties: list[Tie]) -> None:
        """Record the totals and elect whoever they elect."""
        before = self.history[-1] if self.history else self.totals
        self.history.append(dict(self.totals))
        elected = self._elect(ties)
        self.stages.append(
            Stage(
                n=len(self.history),
                kind=kind,
                candidate=candidate,
                totals=self.history[-1],
                transfers={c: self.totals[c] - before[c] for c in self.totals},
                non_transferable=self.valid * ONE - sum(self.totals.values()),
                lost_to_rounding=self.lost_to_rounding,
                quota=self.quota,
                elected=tuple(elected),
                excluded=(candidate,) if kind == "exclusion" and candidate else (),
                ties=tuple(ties),
            )
        )

    def _elect(self, ties: list[Tie]) -> list[Elected]:
        reached = [c for c in sorted(self.continuing) if self.totals[c] >= self.quota]
        ordered, order_ties = in_order(reached, self.history, self.lot)
        elected = [Elected(candidate, "quota") for candidate in ordered]
        ties += order_ties
        self.continuing.difference_update(ordered)
        self.vacancies -= len(ordered)
        self.surpluses += [c for c in ordered if self.totals[c] > self.quota]
        if self.vacancies and len(self.continuing) <= self.vacancies:
            last, order_ties = in_order(sorted(self.continuing), self.history, self.lot)
            elected += [Elected(candidate, "last vacancies") for candidate in last]
            ties += order_ties
            self.vacancies -= len(last)
            self.continuing.clear()
        return elected
