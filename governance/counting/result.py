"""A finished count: who was elected, every stage, and the same as JSON, CSV, table or words."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from governance.counting.contest import Contest
from governance.counting.stages import Stage, decimal, readable
from governance.counting.words import action_words, stage_words, summary_words


@dataclass(frozen=True)
class Count:
    """The whole of a count.

    `elected` is in order of election. Votes are in units of 10^-places. `quota` is in units too:
    that of the last stage where the rules let it fall, None where they have none (block vote).
    """

    contest: Contest
    rules: str
    places: int
    valid: int
    quota: int | None
    stages: tuple[Stage, ...]
    lot: tuple[int, ...]

    @property
    def elected(self) -> tuple[int, ...]:
        """Numbers of the elected candidates, in order of election."""
        return tuple(each.candidate for stage in self.stages for each in stage.elected)

    @property
    def elected_names(self) -> tuple[str, ...]:
        names = self.contest.labels()
        return tuple(names[candidate] for candidate in self.elected)

    def show(self, units: int) -> str:
        """Votes with every decimal place: "845.00000"."""
        return decimal(units, self.places)

    def as_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold.

        Votes are strings with every decimal place ("845.00000"), so that nothing is rounded on
        the way; the quota is a whole number, or such a string where the rules make it a fraction.
        """
        names = self.contest.labels()
        return {
            "title": self.contest.title,
            "rules": self.rules,
            "seats": self.contest.seats,
            "quota": self._quota(self.quota),
            "valid": self.valid,
            "elected": list(self.elected_names),
            "candidates": [names[candidate] for candidate in self.contest.standing],
            "withdrawn": [names[candidate] for candidate in sorted(self.contest.withdrawn)],
            "lot_order": [names[candidate] for candidate in self.lot],
            "stages": [self._stage_dict(stage, names) for stage in self.stages],
            "words": self.summary(),
        }

    def _stage_dict(self, stage: Stage, names: Mapping[int, str]) -> dict[str, Any]:
        def votes(by_candidate: Mapping[int, int]) -> dict[str, str]:
            standing = self.contest.standing
            return {names[c]: self.show(by_candidate.get(c, 0)) for c in standing}

        return {
            "n": stage.n,
            "action": action_words(stage, names),
            "quota": self._quota(stage.quota),
            "totals": votes(stage.totals),
            "transfers": votes(stage.transfers),
            "non_transferable": self.show(stage.non_transferable),
            "lost_to_rounding": self.show(stage.lost_to_rounding),
            "elected": [names[each.candidate] for each in stage.elected],
            "excluded": [names[candidate] for candidate in stage.excluded],
            "words": self.explain(stage),
        }

    def _quota(self, units: int | None) -> int | str | None:
        if units is None:
            return None
        whole, fraction = divmod(units, 10**self.places)
        return self.show(units) if fraction else whole

    def summary(self) -> list[str]:
        """The outcome in a few sentences."""
        names = self.contest.labels()
        return summary_words(
            valid=self.valid,
            seats=self.contest.seats,
            elected=self.elected_names,
            standing=len(self.contest.standing),
            withdrawn=[names[candidate] for candidate in sorted(self.contest.withdrawn)],
            quota=None if self.quota is None else readable(self.quota, self.places),
        )

    def explain(self, stage: Stage) -> list[str]:
        """What happened at one stage and why, in sentences."""
        before = self.stages[stage.n - 2] if stage.n > 1 else None
        return stage_words(stage, before, self.contest.labels(), self.places)

    def in_words(self) -> list[str]:
        """The whole count in sentences, stage by stage."""
        return self.summary() + [each for stage in self.stages for each in self.explain(stage)]

    def rows(self) -> list[list[str]]:
        """The stage sheet as rows of text: a heading, then a line for each candidate.

        After the first stage every stage has two columns: what was transferred, and the total.
        """
        names = self.contest.labels()
        heading, lines = (
            ["Candidate", "Stage 1: " + action_words(self.stages[0], names)],
            [],
        )
        for stage in self.stages[1:]:
            title = f"Stage {stage.n}: {action_words(stage, names)}"
            heading += [f"{title} – transfer", f"{title} – total"]
        heading.append("Outcome")
        for candidate in self.contest.standing:
            totals = [stage.totals[candidate] for stage in self.stages]
            lines.append([names[candidate], *self._steps(totals), self._outcome(candidate)])
        gone = [stage.non_transferable for stage in self.stages]
        lines.append(["Non-transferable", *self._steps(gone), ""])
        return [heading, *lines]

    def _steps(self, totals: list[int]) -> list[str]:
        cells = [self.show(totals[0])]
        for before, now in pairwise(totals):
            cells += [self.show(now - before), self.show(now)]
        return cells

    def _outcome(self, candidate: int) -> str:
        for stage in self.stages:
            if candidate in [each.candidate for each in stage.elected]:
                return f"Elected at stage {stage.n}"
            if candidate in stage.excluded:
                return f"Excluded at stage {stage.n}"
        return "Not elected"

    def as_csv(self) -> str:
        """The stage sheet for a spreadsheet.

        A name that a spreadsheet would run as a formula gets an apostrophe before it.
        """
        text = io.StringIO()
        writer = csv.writer(text)
        for name, *cells in self.rows():
            writer.writerow(["'" + name if name[0] in "=+-@" else name, *cells])
        return text.getvalue()
