"""The voting paper: what may be written on it, and who keeps its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: A preference takes one byte of the sealed paper.
MOST_CANDIDATES = 255
TELLERS = 3
SHORTEST_PASSPHRASE = 14


def paper_fault(choices: Sequence[int], options: Mapping[int, str], *, ranked: bool) -> str:
    """What is wrong with a paper, in a sentence; empty if nothing is.

    `choices` are numbers of `options`, best first. A ranked paper may name as many as it likes
    (none: a blank paper); any other names exactly one.
    """
    if any(choice not in options for choice in choices):
        return "The paper names somebody or something that is not on it. Please fill it in again."
    if len(set(choices)) != len(choices):
        return "The paper names the same choice twice. Please fill it in again."
    if not ranked and len(choices) != 1:
        return "Choose one answer."
    return ""
