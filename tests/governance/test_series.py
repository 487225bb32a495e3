"""Meetings that come round: prepared once, with an agenda from what is open."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from governance import operations as ops
from governance import tasks
from governance.models import Body, Meeting, Series
from members.models import Person
from tests.governance.conftest import NOW, Society

pytestmark = pytest.mark.django_db
TODAY = NOW.date()  # Tuesday 3 March 2026
DAY = dt.timedelta(days=1)


def board(society: Society) -> Body:
    """Its meetings are called with six clear days."""
    made = ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )
    made.rule_sets.update(notice_days=6)
    return made


def begin(society: Society, **changes: Any) -> Series:
    values = {
        "body": Body.objects.filter(kind="board").first() or board(society),
        "title": "Board meeting",
        "often": "monthly",
        "first_on": dt.date(2026, 3, 10),
        "clock": dt.time(18, 30),
        "held": "room",
        "place": "Office",
    }
    return ops.begin_series(by=society.secretary, **(values | changes))


def prepare(now: dt.datetime = NOW) -> int:
    return ops.prepare_due_meetings(now=now, by=SYSTEM)


def test_what_is_due_is_prepared_once(society: Society) -> None:
    begin(society)
    assert prepare() == 1  # the next, on 14 April, is more than a month away
    assert prepare() == 0
    assert prepare(NOW + 20 * DAY) == 1
    days = sorted(meeting.day for meeting in Meeting.objects.all())
    assert days == [dt.date(2026, 3, 10), dt.date(2026, 4, 14)]
    meeting = Meeting.objects.get(starts_at__date=dt.date(2026, 4, 14))
    assert (meeting.state, meeting.kind, meeting.title) == ("draft", "board", "Board meeting")
    assert meeting.starts_at.isoformat() == "2026-04-14T17:30:00+00:00"  # half past six in summer


def test_a_meeting_that_was_moved_or_called_off_does_not_come_again(society: Society) -> None:
    begin(society)
    prepare()
    meeting = Meeting.objects.get()
    meeting.starts_at += 3 * DAY
    meeting.save()
    ops.cancel_meeting(meeting=meeting, because="", now=NOW, by=society.secretary)
    assert prepare() == 0


def test_one_for_which_notice_comes_too_late_is_not_prepared(society: Society) -> None:
    begin(society, often="weekly")
    assert prepare(NOW + 3 * DAY) == 2  # by 6 March those of the 17th and the 24th
    assert dt.date(2026, 3, 10) not in [meeting.day for meeting in Meeting.objects.all()]


def test_no_more_are_prepared_once_it_or_its_body_has_ended(society: Society) -> None:
    series = begin(society)
    ops.end_series(series=series, by=society.secretary)
    with pytest.raises(RuleError, match="ended already"):
        ops.end_series(series=series, by=society.secretary)
    assert prepare() == 0
    begin(society)
    Body.objects.update(ended_on=TODAY)
    assert prepare() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"often": "daily"}, "often"),
        ({"first_on": TODAY}, "first_on"),
        ({"first_on": dt.date(2026, 3, 9)}, "first_on"),  # notice takes six clear days
        ({"place": ""}, "place"),
        ({"held": "hybrid"}, "joining"),
    ],
)
def test_a_series_that_makes_no_sense_is_refused(
    society: Society, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        begin(society, **change)
    assert refused.value.field == field
    assert not Series.objects.exists()


def test_the_agenda_begins_with_what_is_open(society: Society) -> None:
    society.add_members(3)
    general = society.body()
    last = society.meeting(motion="That it be red.")
    ops.open_meeting(meeting=last, now=last.starts_at, by=society.secretary)
    ops.close_meeting(meeting=last, now=last.starts_at, by=society.secretary)
    owner = Person.objects.create(first_name="Ann", last_name="Ash")
    action = {"body": general, "owner": owner, "by": society.secretary}
    ops.add_action(text="Ring the landlord", due_on=TODAY + 30 * DAY, **action)
    done = ops.add_action(text="Paint", due_on=TODAY + DAY, **action)
    ops.end_action(action=done, done=True, on=TODAY, by=society.secretary)
    decision = {"body": general, "people_affected": "All asked.", "by": society.secretary}
    ops.record_decision(
        text="Open late", decided_on=TODAY, review_on=dt.date(2026, 4, 20), **decision
    )
    ops.record_decision(
        text="Shut early", decided_on=TODAY, review_on=dt.date(2027, 4, 20), **decision
    )
    meeting = ops.make_meeting(
        body=general,
        kind="general",
        title="Next",
        starts_at=dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC),
        place="Hall",
        record_date=TODAY,
        by=society.secretary,
    )
    assert ops.begin_agenda(meeting=meeting, by=society.secretary) == 6
    items = list(meeting.items.values_list("title", "text"))
    assert [title for title, _ in items] == [
        "Apologies, and interests in what is on the agenda",
        "Minutes of 28 March 2026",
        "What is to be done",
        "Rules",
        "Decisions to look at again",
        "Anything else",
    ]
    assert items[2][1] == "Ann Ash: Ring the landlord (by 2 April 2026)"
    assert items[4][1] == "2026/1: Open late"
    assert meeting.items.get(title="Rules").motion.text == "That it be red."
    with pytest.raises(RuleError, match="already"):
        ops.begin_agenda(meeting=meeting, by=society.secretary)


def test_the_first_meeting_ever_has_an_agenda_too(society: Society) -> None:
    begin(society)
    tasks.prepare_due_meetings()
    assert [item.title for item in Meeting.objects.get().items.all()] == [
        "Apologies, and interests in what is on the agenda",
        "Anything else",
    ]


def test_only_the_secretary_says_who_meets_regularly(society: Society) -> None:
    person = society.add_member().person
    assert person
    me = Actor("user", person.user)
    with pytest.raises(PermissionDenied):
        ops.end_series(series=begin(society), by=me)


def test_in_the_browser(society: Society, secretary_client: Client) -> None:
    body = board(society)
    url = reverse("governance:series_new")
    values = {
        "body": body.pk,
        "title": "Board meeting",
        "often": "monthly",
        "first_on": "10 March 2026",
        "clock": "18:30",
        "held": "online",
    }
    wrong = unescape(secretary_client.post(url, values).content.decode())
    assert "Say how to join from home" in wrong
    values["joining"] = "01632 960 400"
    page = unescape(secretary_client.post(url, values, follow=True).content.decode())
    assert "Every month, on the second Tuesday of the month" in page
    meeting = Meeting.objects.get()
    assert meeting.items.count() == 2
    end = reverse("governance:series_end", args=[Series.objects.get().pk])
    page = unescape(secretary_client.post(end, follow=True).content.decode())
    assert "Ended on" in page
    meeting.items.all().delete()
    begun = reverse("governance:agenda_begin", args=[meeting.pk])
    page = unescape(secretary_client.post(begun, follow=True).content.decode())
    assert "The agenda is begun" in page
