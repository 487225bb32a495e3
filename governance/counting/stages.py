"""One stage of a count. Votes are whole numbers of units: `10 ** places` units make one vote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from governance.counting.ties import Tie

Kind = Literal["first", "surplus", "exclusion", "marks"]
Reason = Literal["quota", "last vacancies", "majority", "most votes"]


@dataclass(frozen=True)
class Elected:
    """A candidate elected at a stage, and why."""

    candidate: int
    reason: Reason


@dataclass(frozen=True)
class Stage:
    """What was done at a stage, and how things stood at its end.

    `kind` and `candidate`: whose surplus was passed on, or who was excluded; None for the first
    stage, and where Meek shares all the surpluses at once.
    `totals` and `transfers` (change since the stage before) are by candidate number.
    `non_transferable` is all that has left the count so far, `lost_to_rounding` the part of it
    that was dropped as fractions, so that totals + non_transferable = valid papers at every stage.
    `quota` is what a candidate needs at this stage; None where the rules have none.
    """

    n: int
    kind: Kind
    candidate: int | None
    totals: Mapping[int, int]
    transfers: Mapping[int, int]
    non_transferable: int
    quota: int | None
    lost_to_rounding: int = 0
    elected: tuple[Elected, ...] = ()
    excluded: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = field(default=())


def decimal(units: int, places: int) -> str:
    """Units as an exact decimal with every place: 84500000 at 5 places is "845.00000"."""
    sign, units = ("-", -units) if units < 0 else ("", units)
    whole, fraction = divmod(units, 10**places)
    return f"{sign}{whole}.{fraction:0{places}d}"


def readable(units: int, places: int) -> str:
    """Units as people write them: "1,317.9072", and "845" when nothing follows the point.

    Five decimals at most; the rest is cut off.
    """
    whole, _, fraction = decimal(units, places).partition(".")
    fraction = fraction[:5].rstrip("0")
    return f"{int(whole):,}" + (f".{fraction}" if fraction else "")
