"""How many must ask for a meeting: a part of those entitled, in exact fractions, rounded up."""

from __future__ import annotations

import math
from fractions import Fraction


def part_of(percent: int, heads: int) -> int:
    """So many per cent of these heads, rounded up to whole people; at least one."""
    return max(1, math.ceil(Fraction(percent, 100) * heads))


def requisition_needed(members: int, *, percent: int, most: int) -> int:
    """Signatures that call a meeting: a part of the members, but never more than `most`.

    Source: the usual model rule, one tenth of the members or 100 of them, whichever is less.
    """
    return max(1, min(part_of(percent, members), most))
