"""What a motion needs, and the verdict: the same at a meeting and in a secret vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from governance.rules.thresholds import BASE_CHOICES, THRESHOLDS, Base, Threshold, all_votes
from governance.rules.verdicts import ClassOutcome, Mode, Verdict, verdict


@dataclass(frozen=True)
class Needs:
    """The share that has to be for it, of whom that is taken, and how the classes count.

    `turnout`: the part of all who may vote that has to vote for or against, as `source` asks.
    """

    threshold: Threshold
    base: Base
    mode: Mode = Mode.HEADS
    turnout: Fraction | None = None
    source: str = ""

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Needs:
        """From the plain values that `as_dict` gives, among others."""
        return cls(
            threshold=THRESHOLDS[facts["threshold"]],
            base=Base(facts["threshold_of"]),
            mode=Mode(facts["mode"]),
            turnout=Fraction(facts["turnout"]) if "turnout" in facts else None,
            source=facts.get("source", ""),
        )

    def as_dict(self) -> dict[str, str]:
        """Plain values, which are kept with a vote and published with it."""
        facts = {
            "threshold": self.threshold.key,
            "threshold_of": self.base.value,
            "mode": self.mode.value,
        }
        if self.turnout is not None:
            facts["turnout"] = str(self.turnout)
        if self.source:
            facts["source"] = self.source
        return facts

    @property
    def words(self) -> str:
        """As one reads it on the paper: "more than half of the votes for and against …"."""
        share = f"{self.threshold.words} {dict(BASE_CHOICES)[self.base.value]}"
        if self.turnout is not None:
            share += f", and votes for or against by at least {self.turnout} of all who may vote"
        return share

    def verdict(self, classes: Sequence[ClassOutcome]) -> Verdict:
        """Carried or lost. Those voting are those for and against, where a turnout is asked for."""
        decided = verdict(self.threshold, self.base, classes, mode=self.mode)
        votes = all_votes([one.votes for one in classes])
        if self.turnout is None or not decided.carried:
            return decided
        if votes.votes_for + votes.against >= self.turnout * votes.entitled:
            return decided
        part = f"{self.turnout} of the {votes.entitled:,} who may vote had to vote"
        return Verdict(decided.sums, (*decided.faults, f"{part} ({self.source})."))
