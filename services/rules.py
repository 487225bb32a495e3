"""Who may see which part of a care record, and what an agreement may say. Facts, no database.

Source of the access table: the ground on which somebody is let in decides which groups of fields
they see, so that an attorney for money reads no health note and a carer no bank detail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices

from core.errors import RuleError
from services.recurrence import Pattern, RecurrenceError, dates, in_words


class Ground(TextChoices):
    """Why somebody may see a person's care record."""

    SELF = "self", "The person themself"
    FAMILY = "family", "Family or circle of support"
    MONEY_ATTORNEY = "money", "Attorney for money and property"
    HEALTH_ATTORNEY = "health", "Attorney for health and welfare"
    TEAM = "team", "Coordinator of the team"
    ROTA = "rota", "Carer on the rota"


class Group(TextChoices):
    """The groups of fields of a care record, as the read log names them."""

    IDENTITY = "identity", "name and birthday"
    CONTACT = "contact", "address and phone"
    VISITS = "visits", "visits and agreement"
    HEALTH = "health", "health notes"
    MONEY = "money", "money"
    SAFEGUARDING = "safeguarding", "safeguarding"
    LEGAL = "legal", "who agreed"
    ACCESS = "access", "who may see and who looked"


_EVERYBODY = frozenset({Group.IDENTITY, Group.CONTACT, Group.VISITS})

#: Safeguarding is on no list: it is opened case by case to those who need to know.
SEES: dict[Ground, frozenset[Group]] = {
    Ground.SELF: _EVERYBODY | {Group.HEALTH, Group.MONEY, Group.LEGAL, Group.ACCESS},
    Ground.FAMILY: _EVERYBODY,
    Ground.MONEY_ATTORNEY: _EVERYBODY | {Group.MONEY, Group.LEGAL, Group.ACCESS},
    Ground.HEALTH_ATTORNEY: _EVERYBODY | {Group.HEALTH, Group.LEGAL, Group.ACCESS},
    Ground.TEAM: _EVERYBODY | {Group.HEALTH, Group.MONEY, Group.LEGAL, Group.ACCESS},
    Ground.ROTA: _EVERYBODY | {Group.HEALTH},
}


def groups_for(grounds: set[Ground] | frozenset[Ground]) -> frozenset[Group]:
    """The groups of fields that these grounds together open; none opens none."""
    return frozenset().union(*(SEES[ground] for ground in grounds))


def grounds_that_see(group: Group) -> list[Ground]:
    """The grounds that open this group."""
    return [ground for ground, groups in SEES.items() if group in groups]


# --- What a line of an agreement may say ----------------------------------------------------------

#: A visit shorter than this needs a reason (NICE guideline NG21, recommendation 1.4.2).
SHORT_MINUTES = 30
#: A time-critical visit may begin at most this many minutes off its time.
CRITICAL_WINDOW = 15
MAX_WINDOW = 240
#: How far to look for a day that a pattern falls on, where nothing ends it.
LOOK_AHEAD = dt.timedelta(days=400)


@dataclass(frozen=True)
class LineTerms:
    """What one line says. `rrule` picks days (services.recurrence) counted from `first_day`;
    `start_time` is on the clock; lengths and windows are minutes; `skills` and
    `preferred_carers` are ids of members.Skill and members.Person."""

    what: str
    rrule: str
    first_day: dt.date
    start_time: dt.time
    minutes: int
    last_day: dt.date | None = None
    not_on: frozenset[dt.date] = frozenset()
    short_reason: str = ""
    window_before: int = 0
    window_after: int = 0
    time_critical: bool = False
    carers_needed: int = 1
    must_read: str = ""
    skills: frozenset[int] = frozenset()
    preferred_carers: frozenset[int] = frozenset()

    def pattern(self) -> Pattern:
        """The days and time as the recurrence module knows them. Raises RecurrenceError."""
        return Pattern(
            rrule=self.rrule,
            start=self.start_time,
            minutes=self.minutes,
            first_day=self.first_day,
            last_day=self.last_day,
            not_on=self.not_on,
        )


@dataclass(frozen=True)
class Span:
    """The days an agreement and one of its versions count: `agreed_from` is the agreement's first
    day, `since` the version's, `last` the last that is known (None: open)."""

    agreed_from: dt.date
    since: dt.date
    last: dt.date | None


def check_line(terms: LineTerms, span: Span, others: Iterable[LineTerms]) -> None:
    """Refuse a line that says what cannot be; raises RuleError naming the field."""
    if not terms.what.strip():
        raise RuleError("Say what happens on this visit.", field="what")
    try:
        pattern = terms.pattern()
    except RecurrenceError as error:
        raise RuleError(str(error), field=error.field) from error
    _check_dates(terms, span)
    _check_lengths(terms)
    first, last = _range(terms, span)
    days = set(dates(pattern, first, last))
    if not days:
        raise RuleError(
            f"No visit would take place: from {spell(first)} to {spell(last)} there is no day "
            f"that fits “{in_words(terms.rrule)}”.",
            field="days",
        )
    for other in others:
        _refuse_twin(terms, days, other, span)


def _check_dates(terms: LineTerms, span: Span) -> None:
    if terms.first_day < span.agreed_from:
        raise RuleError(
            f"This line would begin before the agreement does, on {spell(span.agreed_from)}.",
            field="first_day",
        )
    if span.last is not None and terms.first_day > span.last:
        raise RuleError(
            f"This line would begin after the agreement ends, on {spell(span.last)}.",
            field="first_day",
        )
    if span.last is not None and terms.last_day is not None and terms.last_day > span.last:
        raise RuleError(
            f"This line would go on after the agreement ends, on {spell(span.last)}.",
            field="last_day",
        )
    if terms.last_day is not None and terms.last_day < span.since:
        raise RuleError(
            f"This line would be over before this version begins, on {spell(span.since)}.",
            field="last_day",
        )


def _check_lengths(terms: LineTerms) -> None:
    if terms.minutes < SHORT_MINUTES and not terms.short_reason.strip():
        raise RuleError(
            f"A visit under {SHORT_MINUTES} minutes needs a reason.", field="short_reason"
        )
    if terms.carers_needed not in (1, 2):
        raise RuleError("A visit needs one carer or two.", field="carers_needed")
    limit = CRITICAL_WINDOW if terms.time_critical else MAX_WINDOW
    for field in ("window_before", "window_after"):
        if not 0 <= getattr(terms, field) <= limit:
            raise RuleError(
                f"A time-critical visit begins within {limit} minutes of its time."
                if terms.time_critical
                else f"A visit may begin up to {limit} minutes off its time.",
                field=field,
            )


def _range(terms: LineTerms, span: Span) -> tuple[dt.date, dt.date]:
    first = max(terms.first_day, span.since)
    known = [day for day in (terms.last_day, span.last) if day is not None]
    return first, min(known) if known else first + LOOK_AHEAD


def _refuse_twin(terms: LineTerms, days: set[dt.date], other: LineTerms, span: Span) -> None:
    """The same time twice on one day is a slip, or a visit that needs two carers."""
    if (terms.start_time, terms.minutes) != (other.start_time, other.minutes):
        return
    if shared := days.intersection(dates(other.pattern(), *_range(other, span))):
        raise RuleError(
            f"There is already a visit at {terms.start_time:%H:%M} on {spell(min(shared))} "
            f"(“{other.what}”). If two carers are needed at once, say so on that line.",
            field="start_time",
        )


# --- What changed between two versions ------------------------------------------------------------


class Fact(NamedTuple):
    """One thing a line says, in words, and the group of fields it belongs to."""

    label: str
    words: str
    group: Group


class Difference(NamedTuple):
    """What became of one line: "added", "removed" or "changed", with the facts that differ as
    (label, before, after, group)."""

    kind: str
    what: str
    summary: str
    facts: list[tuple[str, str, str, Group]]


Lines = Mapping[Hashable, Sequence[Fact]]


def differences(before: Lines, after: Lines) -> list[Difference]:
    """What changed from one version's lines to the next, by series; each line's first fact is what
    it is called and its second when it happens."""
    found = []
    for series in [*before, *(s for s in after if s not in before)]:
        old, new = before.get(series), after.get(series)
        name, when = (new or old or ())[:2]
        if old is None or new is None:
            kind = "added" if old is None else "removed"
            found.append(Difference(kind, name.words, when.words, []))
        elif changed := _changed_facts(old, new):
            found.append(Difference("changed", name.words, "", changed))
    return found


def _changed_facts(old: Sequence[Fact], new: Sequence[Fact]) -> list[tuple[str, str, str, Group]]:
    was, now = {fact.label: fact for fact in old}, {fact.label: fact for fact in new}
    changed = []
    for label in [*was, *(label for label in now if label not in was)]:
        before, after = was.get(label), now.get(label)
        if (before and before.words) != (after and after.words):
            group = (after or before).group  # type: ignore[union-attr]
            changed.append(
                (label, before.words if before else "–", after.words if after else "–", group)
            )
    return changed


def spell(day: dt.date) -> str:
    """A date as people write it: Monday 3 March 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"
