"""Who retires from a body at its next annual general meeting: rows turned into rules.Seat."""

from __future__ import annotations

from collections.abc import Sequence

from governance import rules
from governance.models import Body, Meeting, RuleSet, Seat


def retiring_from(body: Body, held: Sequence[Seat], in_force: RuleSet) -> list[Seat]:
    """Those of `held` who retire, the longest in office first. Only the board retires in turn.

    Appointed and independent members are not elected, and so do not retire by rotation.
    """
    if body.kind != Body.Kind.BOARD:
        return []
    turning = {seat.pk: seat for seat in held if seat.way in (Seat.Way.ELECTED, Seat.Way.CO_OPTED)}
    seats = [
        rules.Seat(holder=pk, since=seat.since, lot=seat.lot, until_agm=seat.until_agm)
        for pk, seat in turning.items()
    ]
    had_one = Meeting.objects.filter(kind=Meeting.Kind.AGM, state=Meeting.State.CLOSED).exists()
    going = rules.who_retires(seats, share=in_force.retiring, first_agm=not had_one)
    return [turning[pk] for pk in going]
