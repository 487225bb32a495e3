"""What a running search tells about itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`progress` from 0 to 1, the best cost so far, carers still missing, seconds gone by."""

    progress: float
    best_cost: float
    unfilled: int
    elapsed: float
