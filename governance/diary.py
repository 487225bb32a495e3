"""The statutory diary: what must be done by when, worked out from the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from governance import rules
from governance.models import (
    Action,
    Body,
    Decision,
    Filed,
    Meeting,
    Motion,
    Requisition,
    Seat,
)
from governance.retiring import retiring_from

SOON = dt.timedelta(days=90)


@dataclass(frozen=True)
class Entry:
    """One thing to do by a day. `key` stays the same for the same thing."""

    key: str
    day: dt.date
    what: str
    address: str
    says: str = ""
    filing: bool = False


@dataclass(frozen=True)
class Diary:
    """The entries in the order of their days."""

    late: list[Entry]
    soon: list[Entry]
    later: list[Entry]


def diary_on(today: dt.date) -> Diary:
    entries = sorted(_entries(today), key=lambda one: (one.day, one.what))
    return Diary(
        late=[one for one in entries if one.day < today],
        soon=[one for one in entries if today <= one.day <= today + SOON],
        later=[one for one in entries if one.day > today + SOON],
    )


def year_end_of(body: Body, today: dt.date) -> rules.YearEnd:
    """The last financial year that had ended."""
    its = body.rules_on(today)
    return rules.YearEnd(rules.last_year_end(its.year_end_month, today), its.agm_months)


def years_of(body: Body, today: dt.date) -> Iterator[rules.YearEnd]:
    """That year, and the one before if its rules were on record by then: what is late does not
    leave the diary as another year ends.
    """
    last = year_end_of(body, today)
    yield last
    before = year_end_of(body, last.day)
    if body.rule_sets.filter(since__lt=before.day).exists():
        yield before


def _entries(today: dt.date) -> Iterator[Entry]:
    members = Body.objects.standing().filter(kind=Body.Kind.GENERAL).first()
    if members:
        for year in years_of(members, today):
            yield from _of_year(members, year, today)
    yield from _to_register()
    yield from _asked_for()
    yield from _of_seats()
    yield from _to_review()
    yield from _to_do()


def _of_year(members: Body, year: rules.YearEnd, today: dt.date) -> Iterator[Entry]:
    """The annual general meeting and the annual return of a year that has ended."""
    ended = f"For the year to {year.day:%-d %B %Y}"
    held = Meeting.objects.filter(
        body=members,
        kind=Meeting.Kind.AGM,
        state=Meeting.State.CLOSED,
        starts_at__date__gt=year.day,
    )
    if not held.exists():
        yield Entry(
            f"agm:{year.day}",
            year.agm_by,
            "Hold the annual general meeting",
            reverse("governance:meetings"),
            f"{ended}.{_retiring(today)}",
        )
    if not Filed.objects.filter(kind=Filed.Kind.RETURN, of=year.day).exists():
        yield Entry(
            f"return:{year.day}",
            year.return_by,
            "Send the annual return (AR30) and the accounts",
            reverse("members:annual_return"),
            f"{ended}, to the Financial Conduct Authority.",
            filing=True,
        )


def _retiring(today: dt.date) -> str:
    board = Body.objects.standing().filter(kind=Body.Kind.BOARD).first()
    if board is None:
        return ""
    held = list(board.seats.held_on(today).select_related("person"))
    going = retiring_from(board, held, board.rules_on(today))
    names = ", ".join(str(seat.person) for seat in going)
    return f" These retire at it: {names}." if names else ""


def _to_register() -> Iterator[Entry]:
    """What was passed has no effect before it is registered."""
    passed = Motion.objects.filter(state=Motion.State.AWAITING).select_related("item__meeting")
    for motion in passed:
        meeting = motion.item.meeting
        yield Entry(
            f"register:{motion.pk}",
            meeting.day,
            f"Send to the registrar: {motion.item.title}",
            reverse("governance:motion", args=[meeting.pk, motion.item_id]),
            f"Passed at {meeting.title}. It has no effect before it is registered.",
        )


def _asked_for() -> Iterator[Entry]:
    for asked in Requisition.objects.filter(state=Requisition.State.VALID).select_related("body"):
        assert asked.call_by
        address = reverse("governance:requisition", args=[asked.pk])
        what = f"Call the meeting: {asked.title}"
        yield Entry(f"asked:{asked.pk}", asked.call_by, what, address)


def _of_seats() -> Iterator[Entry]:
    """Independent members are looked at again each year."""
    seats = Seat.objects.standing().filter(until__isnull=True, review_on__isnull=False)
    for seat in seats.select_related("person", "body"):
        assert seat.review_on
        address = reverse("governance:body", args=[seat.body_id])
        what = f"Look again at the seat of {seat.person} on {seat.body.name}"
        yield Entry(f"seat:{seat.pk}:{seat.review_on}", seat.review_on, what, address)


def _to_review() -> Iterator[Entry]:
    standing = Decision.objects.filter(state=Decision.State.STANDS, review_on__isnull=False)
    for decision in standing:
        assert decision.review_on
        address = reverse("governance:decision_review", args=[decision.pk])
        what = f"Look again at decision {decision.reference}"
        key = f"decision:{decision.pk}:{decision.review_on}"
        yield Entry(key, decision.review_on, what, address, decision.text)


def _to_do() -> Iterator[Entry]:
    for action in Action.objects.filter(state=Action.State.OPEN).select_related("owner"):
        key, address = f"action:{action.pk}", reverse("governance:actions")
        yield Entry(key, action.due_on, action.text, address, str(action.owner))
