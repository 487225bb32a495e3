"""Ties: look back at earlier stages, then the published lot order. Never a random choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Question = Literal["surplus", "exclusion", "election"]


@dataclass(frozen=True)
class Tie:
    """How one tie was settled.

    `question`: whose surplus goes first, who is excluded, or who counts as elected first.
    `stage` is the earlier stage that told `chosen` from the rest, or None if the lot decided
    among `left`, the candidates whom looking back could not tell apart.
    """

    question: Question
    tied: tuple[int, ...]
    chosen: int
    stage: int | None
    left: tuple[int, ...]


def settle(
    tied: Sequence[int],
    question: Question,
    history: Sequence[Mapping[int, int]],
    lot: Sequence[int],
) -> Tie:
    """Choose one of the tied candidates.

    `history` holds each candidate's total at the end of stages 1, 2, …. The most recent stage at
    which the candidates differed decides (2011 Order, schedule 1: the rules on transfers and on
    exclusion); if several are still level there, the search goes on among those alone. Then the
    lot: first in the lot order is favoured, so is elected or has the surplus passed on before the
    others, and is the last to be excluded.
    """
    pick = min if question == "exclusion" else max
    left = tuple(tied)
    for stage in range(len(history), 0, -1):
        totals = history[stage - 1]
        best = pick(totals[candidate] for candidate in left)
        left = tuple(candidate for candidate in left if totals[candidate] == best)
        if len(left) == 1:
            return Tie(question, tuple(tied), left[0], stage, left)
    place = {candidate: position for position, candidate in enumerate(lot)}
    favoured = sorted(left, key=place.__getitem__)
    chosen = favoured[-1] if question == "exclusion" else favoured[0]
    return Tie(question, tuple(tied), chosen, None, left)


def choose(
    candidates: Sequence[int],
    question: Question,
    history: Sequence[Mapping[int, int]],
    lot: Sequence[int],
) -> tuple[int, Tie | None]:
    """The candidate with the most votes now (for an exclusion, the fewest), and the tie if any.

    The last entry of `history` is now.
    """
    now = history[-1]
    pick = min if question == "exclusion" else max
    best = pick(now[candidate] for candidate in candidates)
    tied = [candidate for candidate in candidates if now[candidate] == best]
    if len(tied) == 1:
        return tied[0], None
    tie = settle(tied, question, history, lot)
    return tie.chosen, tie


def in_order(
    candidates: Sequence[int], history: Sequence[Mapping[int, int]], lot: Sequence[int]
) -> tuple[list[int], list[Tie]]:
    """Candidates elected together, most votes first, and the ties that had to be settled."""
    left, ordered, ties = list(candidates), [], []
    while left:
        first, tie = choose(left, "election", history, lot)
        left.remove(first)
        ordered.append(first)
        if tie:
            ties.append(tie)
    return ordered, ties
