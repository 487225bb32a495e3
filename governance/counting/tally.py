"""Yes or no: how many were for a motion, against it, or abstained.

Whether it is carried is not decided here: that depends on the threshold which the rules set.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from governance.counting.contest import CountError

CHOICES = ("for", "against", "abstain")


@dataclass(frozen=True)
class Tally:
    """Votes on one motion, by heads."""

    votes_for: int
    votes_against: int
    abstentions: int

    @property
    def cast(self) -> int:
        """Votes that take a side; abstentions are not among them."""
        return self.votes_for + self.votes_against

    @property
    def present(self) -> int:
        """Everybody who answered, abstentions included."""
        return self.cast + self.abstentions

    def as_dict(self) -> dict[str, int]:
        return {
            "for": self.votes_for,
            "against": self.votes_against,
            "abstain": self.abstentions,
            "cast": self.cast,
            "present": self.present,
        }

    def in_words(self) -> str:
        abstained = ("Nobody" if not self.abstentions else f"{self.abstentions:,}") + " abstained"
        return f"{self.votes_for:,} for, {self.votes_against:,} against. {abstained}."


def count_choices(choices: Iterable[str]) -> Tally:
    """Count answers, each "for", "against" or "abstain". Raises CountError for anything else."""
    found = dict.fromkeys(CHOICES, 0)
    for choice in choices:
        if choice not in found:
            raise CountError(f"“{choice}” is not an answer: say for, against or abstain.")
        found[choice] += 1
    return Tally(found["for"], found["against"], found["abstain"])
