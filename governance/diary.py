"""The statutory diary: what must be done by when, worked out from the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Min
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
from governance.sitting import sitting_on

SOON = dt.timedelta(days=90)
#: No law says within how many days what was passed is sent to the registrar: a reminder of ours.
TO_REGISTER = dt.timedelta(days=28)
#: How many years stay in the diary while something is to be done for them.
YEARS_BACK = 3


@dataclass(frozen=True)
class Entry:
    """One thing to do by a day. `key` stays the same for the same thing."""

    key: str
    day: dt.date
    what: str
    address: str
    says: str = ""


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


def years_of(body: Body, today: dt.date) -> list[rules.YearEnd]:
    """The last years that had ended, oldest first, as far back as its rules go: what is late does
    not leave the diary as another year ends.
    """
    since = body.rule_sets.aggregate(first=Min("since"))["first"]
    years = [year_end_of(body, today)]
    while len(years) < YEARS_BACK and since < (before := year_end_of(body, years[0].day)).day:
        years.insert(0, before)
    return years


@dataclass(frozen=True)
class Duty:
    """Something that the law asks for once a year, not yet on record as done."""

    kind: Filed.Kind
    year: rules.YearEnd

    def __str__(self) -> str:
        return f"{self.kind.label} for the year to {self.year.day:%-d %B %Y}"

    @property
    def day(self) -> dt.date:
        return self.year.agm_by if self.kind == Filed.Kind.AGM else self.year.return_by


def duties_on(today: dt.date) -> Iterator[Duty]:
    """What is to be done for each year that has ended, oldest first."""
    members = Body.objects.standing().filter(kind=Body.Kind.GENERAL).first()
    if members is None:
        return
    noted = set(Filed.objects.values_list("kind", "of"))
    held = _agms_held(members)
    for year in years_of(members, today):
        # A meeting serves one year, the oldest that still waits for one. Where one was held for
        # two, the secretary notes the other.
        its = next((day for day in held if day > year.day), None)
        if (Filed.Kind.AGM, year.day) not in noted:
            if its is None:
                yield Duty(Filed.Kind.AGM, year)
            else:
                held.remove(its)
        if (Filed.Kind.RETURN, year.day) not in noted:
            yield Duty(Filed.Kind.RETURN, year)


def _agms_held(members: Body) -> list[dt.date]:
    held = Meeting.objects.filter(
        body=members, kind=Meeting.Kind.AGM, state=Meeting.State.CLOSED
    ).order_by("starts_at")
    return [meeting.day for meeting in held]


def _entries(today: dt.date) -> Iterator[Entry]:
    yield from (_of_duty(duty, today) for duty in duties_on(today))
    yield from _to_confirm(today)
    yield from _to_register()
    yield from _asked_for()
    yield from _of_seats()
    yield from _to_review()
    yield from _to_do()


def _of_duty(duty: Duty, today: dt.date) -> Entry:
    key, ended = f"{duty.kind}:{duty.year.day}", f"For the year to {duty.year.day:%-d %B %Y}"
    if duty.kind == Filed.Kind.AGM:
        what, address = "Hold the annual general meeting", reverse("governance:meetings")
        return Entry(key, duty.day, what, address, f"{ended}.{_retiring(today)}")
    what, address = (
        "Send the annual return (AR30) and the accounts",
        reverse("members:annual_return"),
    )
    says = f"{ended}, to the Financial Conduct Authority."
    return Entry(key, duty.day, what, address, says)


def _to_confirm(today: dt.date) -> Iterator[Entry]:
    """Who sits on a body says once a year what they have to do with: one entry for all."""
    rows = sitting_on(Seat.objects.held_on(today).select_related("person", "body"), today)
    waiting = [(one.confirm_by, str(one.person)) for one in rows if not one.confirmed]
    if waiting:
        day = min(day for day, _ in waiting)
        yield Entry(
            f"interests:{day}",
            day,
            "Ask for interests to be confirmed",
            reverse("governance:register_of_interests"),
            f"Not confirmed: {', '.join(name for _, name in waiting)}.",
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
            motion.passed_on + TO_REGISTER,
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
        address = reverse("governance:seat_review", args=[seat.body_id, seat.pk])
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
