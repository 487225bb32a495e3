"""Who retires from the board at an annual general meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Seat:
    """Somebody on the board. `since`: the day they were last elected.

    `until_agm`: co-opted, or there until the next annual general meeting for another reason.
    `lot`: their place in the published lot, from 1; it settles who goes first among those who were
    elected on the same day.
    """

    holder: int
    since: dt.date
    lot: int
    until_agm: bool = False


def nearest(share: Fraction, number: int) -> int:
    """The whole number nearest to a share of `number`; of two equally near, the larger.

    At least one, where there is anybody: a third of one is still one.
    """
    return max(1, int(share * number + Fraction(1, 2))) if number else 0


def who_retires(
    seats: Iterable[Seat], *, share: Fraction = Fraction(1, 3), first_agm: bool = False
) -> list[int]:
    """The holders who retire, those in office the longest first.

    At the society's first annual general meeting all do. Later those co-opted do, and of the
    elected the number nearest to `share`. They may stand again if the rules let them.
    """
    by_service = sorted(seats, key=lambda seat: (seat.since, seat.lot))
    if first_agm:
        return [seat.holder for seat in by_service]
    elected = [seat for seat in by_service if not seat.until_agm]
    going = {seat.holder for seat in elected[: nearest(share, len(elected))]}
    return [seat.holder for seat in by_service if seat.until_agm or seat.holder in going]
