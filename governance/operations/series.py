"""Meetings that come round: prepared by themselves, each with an agenda from what is open."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.models import (
    Action,
    AgendaItem,
    Body,
    Decision,
    Meeting,
    Motion,
    Series,
    SeriesMeeting,
)
from governance.operations.agenda import refuse_fixed
from governance.operations.meetings import make_meeting, place_meeting


@operation(needs="governance.arrange_meeting")
def begin_series(
    *,
    body: Body,
    title: str,
    often: str,
    first_on: dt.date,
    clock: dt.time,
    held: str,
    place: str,
    joining: str = "",
    by: Actor,
) -> Series:
    """A body meets regularly from now on."""
    if not title.strip():
        raise RuleError("Give the meetings a title.", field="title")
    if often not in Series.Often.values:
        raise RuleError("Say how often it meets.", field="often")
    today = timezone.localdate()
    first = rules.earliest_meeting(today, days=body.rules_on(today).notice_days)
    if first_on < first:
        raise RuleError(
            f"The first for which notice can still be given is {first:%-d %B %Y}.", field="first_on"
        )
    place_meeting(Meeting(), held, place, joining)  # refuses what does not fit together
    series = Series.objects.create(
        body=body,
        title=title.strip(),
        often=often,
        first_on=first_on,
        clock=clock,
        held=held,
        place=place.strip(),
        joining=joining.strip(),
    )
    audit.record(by, "governance.begin_series", series, body=body.pk)
    return series


@operation(needs="governance.arrange_meeting")
def end_series(*, series: Series, by: Actor) -> Series:
    """No more meetings are prepared; those that are stay."""
    standing = Series.objects.standing().filter(pk=series.pk)
    if standing.update(ended_on=timezone.localdate()) != 1:
        raise RuleError("This series has ended already.")
    series.refresh_from_db()
    audit.record(by, "governance.end_series", series)
    return series


@operation(needs=None)
def prepare_due_meetings(*, now: dt.datetime, by: Actor) -> int:
    """Prepare the meetings of every series that are due; how many. Safe to run twice."""
    today = timezone.localdate(now)
    prepared = 0
    for series in Series.objects.standing().select_related("body"):
        done = set(series.meetings.values_list("day", flat=True))
        for day in series.days_due(today):
            if day not in done:
                prepared += _prepare(series, day, by)
    return prepared


def _prepare(series: Series, day: dt.date, by: Actor) -> int:
    try:
        with transaction.atomic():
            meeting = make_meeting(
                body=series.body,
                kind=Meeting.KINDS[Body.Kind(series.body.kind)][-1],
                title=series.title,
                starts_at=timezone.make_aware(dt.datetime.combine(day, series.clock)),
                held=series.held,
                place=series.place,
                joining=series.joining,
                record_date=day - dt.timedelta(days=1),
                by=by,
            )
            SeriesMeeting.objects.create(series=series, day=day, meeting=meeting)
            begin_agenda(meeting=meeting, by=by)
    except IntegrityError:  # another worker has prepared it
        return 0
    return 1


@operation(needs="governance.arrange_meeting")
def begin_agenda(*, meeting: Meeting, by: Actor) -> int:
    """Begin an empty agenda from what is open: the last minutes, what is to be done, what was not
    decided last time, and decisions to be looked at again. How many items.
    """
    refuse_fixed(meeting)
    if meeting.items.exists():
        raise RuleError("There is something on the agenda already.")
    last = meeting.body.meetings.past().filter(state=Meeting.State.CLOSED).first()
    items = [AgendaItem(title="Apologies, and interests in what is on the agenda")]
    if last:
        items.append(AgendaItem(title=f"Minutes of {format_date(last.day, 'j F Y')}"))
    items += _to_do(meeting.body)
    undecided = _undecided(last) if last else []
    again = [AgendaItem(title=one.item.title, text=one.item.text) for one in undecided]
    items += [*again, *_to_review(meeting), AgendaItem(title="Anything else")]
    for position, item in enumerate(items, start=1):
        item.meeting, item.position = meeting, position
    AgendaItem.objects.bulk_create(items)
    Motion.objects.bulk_create(
        Motion(
            item=item,
            text=one.text,
            kind=one.kind,
            proposer=one.proposer,
            seconder=one.seconder,
        )
        for item, one in zip(again, undecided, strict=True)
    )
    audit.record(by, "governance.begin_agenda", meeting, items=len(items))
    return len(items)


def _to_do(body: Body) -> list[AgendaItem]:
    """Who is to do what by when; no item where nothing is open."""
    actions = Action.objects.filter(body=body, state=Action.State.OPEN).select_related("owner")
    lines = [f"{one.owner}: {one.text} (by {format_date(one.due_on, 'j F Y')})" for one in actions]
    return [AgendaItem(title="What is to be done", text="\n".join(lines))] if lines else []


def _undecided(last: Meeting) -> list[Motion]:
    """Motions that the last meeting did not come to."""
    moved = Motion.objects.filter(
        item__meeting=last, state=Motion.State.MOVED, confirms__isnull=True, election__isnull=True
    )
    return list(moved.select_related("item", "proposer", "seconder").order_by("item__position"))


def _to_review(meeting: Meeting) -> list[AgendaItem]:
    due = Decision.objects.filter(body=meeting.body).due_for_review(meeting.day)
    lines = [f"{one.reference}: {one.text}" for one in due]
    title = "Decisions to look at again"
    return [AgendaItem(title=title, text="\n".join(lines))] if lines else []
