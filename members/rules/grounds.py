"""The ground on which somebody is in a class: is it there, since when, until when.

For example supported membership: only after two months of at least two hours a week of support,
and no longer than the support lasts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.days import months_after


@dataclass(frozen=True)
class Period:
    """From a day until a day (inclusive; None: it goes on), so many hours a week."""

    since: dt.date
    until: dt.date | None
    hours_a_week: Decimal


@dataclass(frozen=True)
class Ground:
    """What a class asks: so many months on end, with at least so many hours a week.

    No hours: any period counts.
    """

    months: int = 0
    hours_a_week: Decimal = Decimal(0)

    @property
    def in_words(self) -> str:
        """ "2 months, 2 hours a week or more"."""
        months = f"{self.months} month{'' if self.months == 1 else 's'}" if self.months else ""
        hours = f"{self.hours_a_week.normalize():f}" if self.hours_a_week else ""
        weekly = f"{hours} hour{'' if hours == '1' else 's'} a week or more" if hours else ""
        return ", ".join(part for part in (months, weekly) if part)


@dataclass(frozen=True)
class Run:
    """Days on end on which there was enough; `until` is None while it goes on."""

    since: dt.date
    until: dt.date | None

    def covers(self, day: dt.date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


def runs(periods: Iterable[Period], hours_a_week: Decimal) -> list[Run]:
    """The runs of days on which the periods together came to enough hours a week, in order.

    Periods that overlap are added up, and one that begins the day after another ends goes on.
    """
    counted = [one for one in periods if one.until is None or one.since <= one.until]
    days = {one.since for one in counted}
    days |= {one.until + dt.timedelta(days=1) for one in counted if one.until}
    found: list[Run] = []
    for day in sorted(days):
        here = [one for one in counted if one.since <= day and not _over(one, day)]
        enough = bool(here) and sum(one.hours_a_week for one in here) >= hours_a_week
        goes_on = bool(found) and found[-1].until is None
        if enough and not goes_on:
            found.append(Run(day, None))
        elif goes_on and not enough:
            found[-1] = Run(found[-1].since, day - dt.timedelta(days=1))
    return found


def _over(period: Period, day: dt.date) -> bool:
    return period.until is not None and period.until < day


def ground_met_from(periods: Sequence[Period], ground: Ground, on: dt.date) -> dt.date | None:
    """The first day on which the run that covers `on` has lasted long enough.

    None when no run covers it. That day may be still to come: then the ground is not met yet.
    """
    for run in runs(periods, ground.hours_a_week):
        if run.covers(on):
            return months_after(run.since, ground.months)
    return None


def how_it_stands(periods: Sequence[Period], ground: Ground, on: dt.date) -> tuple[bool, str]:
    """Whether the class's ground is there on a day, and a sentence that says so."""
    met_from = ground_met_from(periods, ground, on)
    if met_from is None:
        return False, "No agreement of today comes to that."
    if met_from > on:
        return False, f"That will be on {met_from.day} {met_from:%B %Y}."
    return True, f"Since {met_from.day} {met_from:%B %Y}."


def ground_is_met(periods: Sequence[Period], ground: Ground, on: dt.date) -> bool:
    """Whether the class's ground is there on a day."""
    met_from = ground_met_from(periods, ground, on)
    return met_from is not None and met_from <= on


def ground_ends(periods: Sequence[Period], ground: Ground, on: dt.date) -> dt.date | None:
    """The last day of the run that covers `on`; None while no end is known, or none covers it."""
    for run in runs(periods, ground.hours_a_week):
        if run.covers(on):
            return run.until
    return None
