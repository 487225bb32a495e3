"""The voting paper: what may be written on it, and who keeps its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: A preference takes one byte of the sealed paper.
MOST_CANDIDATES = 255
TELLERS = 3
SHORTEST_PASSPHRASE = 14
#: Of how many different characters it is at least.
FEWEST_CHARACTERS = 6


def paper_fault(
    choices: Sequence[int], options: Mapping[int, str], *, most: int, may_be_blank: bool
) -> str:
    """What is wrong with a paper, in a sentence; empty if nothing is.

    `choices` are numbers of `options`, best first: up to `most` of them, and none only where a
    paper may be blank.
    """
    if any(choice not in options for choice in choices):
        return "The paper names somebody or something that is not on it. Please fill it in again."
    if len(set(choices)) != len(choices):
        return "The paper names the same choice twice. Please fill it in again."
    if not choices and not may_be_blank:
        return "Choose one answer."
    if len(choices) > most:
        return "Choose one answer." if most == 1 else f"Choose {most} at most."
    return ""
