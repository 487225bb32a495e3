"""The statutory diary: what stands in it, what leaves it, and who is reminded."""

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
from core.models import OutboxMessage
from core.operations import grant_role
from core.permissions import Role
from governance import operations as ops
from governance.diary import diary_on, duties_on
from governance.models import Filed, Meeting, Motion
from members.models import Person
from tests.governance.conftest import TODAY, Society

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
YEAR_END = dt.date(2025, 3, 31)  # the last that had ended on TODAY, 3 March 2026


def keys(today: dt.date = TODAY) -> list[str]:
    diary = diary_on(today)
    return [one.key for one in (*diary.late, *diary.soon, *diary.later)]


def file_return(society: Society, **changes: Any) -> Filed:
    values = {"kind": "return", "of": YEAR_END, "filed_on": TODAY, "reference": "AR30/1"}
    return ops.note_filed(by=society.secretary, **(values | changes))


def test_the_year_asks_for_a_meeting_and_a_return(society: Society) -> None:
    society.body()
    late = diary_on(TODAY).late
    assert [(one.key, one.day.isoformat()) for one in late] == [
        ("agm:2025-03-31", "2025-09-30"),
        ("return:2025-03-31", "2025-10-31"),
    ]
    meeting = society.meeting()
    Meeting.objects.filter(pk=meeting.pk).update(state="closed")
    file_return(society)
    assert keys() == []
    soon = dt.date(2026, 4, 1)  # another year has ended; that meeting was before its end
    assert keys(soon) == ["agm:2026-03-31", "return:2026-03-31"]


LATE = dt.date(2026, 4, 1)  # another year has ended, and nothing was done for the one before
YEARS = ("2025-03-31", "2026-03-31")


def test_what_is_late_stays_as_another_year_ends(society: Society) -> None:
    society.body()
    assert keys(LATE) == [f"{what}:{year}" for year in YEARS for what in ("agm", "return")]
    file_return(society)
    assert keys(LATE) == ["agm:2025-03-31", "agm:2026-03-31", "return:2026-03-31"]


def test_a_meeting_held_late_serves_the_year_that_waits_longest(society: Society) -> None:
    meeting = society.meeting()
    starts_at = dt.datetime(2026, 4, 10, 18, tzinfo=dt.UTC)
    Meeting.objects.filter(pk=meeting.pk).update(state="closed", starts_at=starts_at)
    today = dt.date(2026, 4, 20)
    assert [key for key in keys(today) if key.startswith("agm")] == ["agm:2026-03-31"]
    file_return(society, kind="agm", filed_on=TODAY)  # that year's was on paper: this is the next
    assert [key for key in keys(today) if key.startswith("agm")] == []


def test_years_before_its_rules_are_not_asked_for(society: Society) -> None:
    society.body().rule_sets.update(since=dt.date(2025, 6, 1))
    assert [one.year.day.isoformat() for one in duties_on(LATE)] == ["2026-03-31"] * 2
    society.body().rule_sets.update(since=dt.date(2015, 6, 1))
    years = [one.year.day.year for one in duties_on(LATE)]
    assert years == [2024, 2024, 2025, 2025, 2026, 2026]


def test_interests_not_confirmed_are_one_entry(society: Society) -> None:
    board = ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )
    people = [Person.objects.create(first_name=name, last_name="Ash") for name in ("Ann", "Bo")]
    for person, since in zip(people, (TODAY - 50 * DAY, TODAY), strict=True):
        ops.take_seat(
            body=board,
            person=person,
            way="appointed",
            since=since,
            minute="1",
            by=society.secretary,
        )
    late = diary_on(TODAY).late
    assert [(one.day, one.says) for one in late] == [
        (TODAY - 22 * DAY, "Not confirmed: Ann Ash, Bo Ash.")
    ]
    ops.confirm_interests(person=people[0], on=TODAY, by=society.secretary)
    soon = diary_on(TODAY).soon
    assert [(one.day, one.says) for one in soon] == [(TODAY + 28 * DAY, "Not confirmed: Bo Ash.")]
    ops.confirm_interests(person=people[1], on=TODAY, by=society.secretary)
    assert keys() == []
    assert keys(TODAY + 365 * DAY) == [f"interests:{TODAY + 365 * DAY}"]


def test_the_rules_say_when_the_year_ends(society: Society) -> None:
    society.body().rule_sets.update(year_end_month=12, agm_months=5)
    diary = diary_on(TODAY)
    assert [one.day.isoformat() for one in diary.soon] == ["2026-05-31"]
    assert [one.day.isoformat() for one in diary.later] == ["2026-07-31"]


def test_what_waits_for_others_stands_in_it(society: Society) -> None:
    society.add_members(10)
    meeting = society.meeting(motion="That the rules change.")
    file_return(society)
    Motion.objects.update(state="awaiting", kind="rules")
    asked = ops.start_requisition(
        member=society.members[0],
        title="Buses",
        business="They.",
        now=dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC),
        by=society.secretary,
    )
    person = Person.objects.create(first_name="Ann", last_name="Ash")
    board = ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )
    seat = ops.take_seat(
        body=board,
        person=person,
        way="independent",
        since=TODAY,
        minute="1",
        review_on=TODAY + 100 * DAY,
        by=society.secretary,
    )
    decision = ops.record_decision(
        body=board,
        text="Open late",
        people_affected="Asked.",
        decided_on=TODAY,
        review_on=TODAY + 5 * DAY,
        by=society.secretary,
    )
    action = ops.add_action(
        body=board, text="Paint", owner=person, due_on=TODAY - DAY, by=society.secretary
    )
    assert asked.state == "valid"
    motion = Motion.objects.get(item__meeting=meeting)
    assert set(keys()) == {
        "agm:2025-03-31",
        f"register:{motion.pk}",
        f"asked:{asked.pk}",
        f"seat:{seat.pk}:{seat.review_on}",
        f"decision:{decision.pk}:{decision.review_on}",
        f"action:{action.pk}",
        f"interests:{TODAY + 28 * DAY}",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "tea"}, "kind"),
        ({"filed_on": TODAY + DAY}, "filed_on"),
        ({"filed_on": YEAR_END}, "filed_on"),
        ({"reference": " "}, "reference"),
    ],
)
def test_what_makes_no_sense_is_not_noted(
    society: Society, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        file_return(society, **change)
    assert refused.value.field == field
    assert not Filed.objects.exists()


def test_it_is_noted_once_and_can_be_taken_back(society: Society) -> None:
    filed = file_return(society)
    with pytest.raises(RuleError, match="already"):
        file_return(society)
    person = society.add_member().person
    assert person
    with pytest.raises(PermissionDenied):
        ops.take_back_filed(filed=filed, by=Actor("user", person.user))
    ops.take_back_filed(filed=filed, by=society.secretary)
    assert not Filed.objects.exists()


def test_the_secretary_is_reminded_once_of_each_stage(society: Society) -> None:
    society.body()
    assert society.secretary.user
    file_return(society)
    society.body().rule_sets.update(year_end_month=12, agm_months=6)
    due = dt.date(2026, 6, 30)  # the meeting; the return is due a month later

    def remind(left: int) -> int:
        return ops.remind_of_diary(today=due - left * DAY, by=SYSTEM)

    assert [remind(left) for left in (61, 60, 59, 30, 7, 7, 0, -1)] == [0, 1, 0, 1, 2, 0, 1, 1]
    assert OutboxMessage.objects.filter(kind="governance.diary").count() == 6


def test_on_its_page(society: Society, secretary_client: Client, signed_in: Any) -> None:
    society.body()
    url = reverse("governance:diary")
    page = unescape(secretary_client.get(url).content.decode())
    assert "Hold the annual general meeting" in page
    filed = reverse("governance:diary_filed")
    wrong = secretary_client.post(filed, {"filed_on": "1/3/2026", "reference": ""})
    assert wrong.status_code == 400
    answers = {"duty": "return:2019-03-31", "filed_on": "1/3/2026", "reference": "AR30/77"}
    assert secretary_client.post(filed, answers).status_code == 400  # not a year that is open
    answers["duty"] = f"return:{YEAR_END}"
    page = unescape(secretary_client.post(filed, answers, follow=True).content.decode())
    assert "AR30/77" in page
    back = reverse("governance:diary_back", args=[Filed.objects.get().pk])
    assert "Taken back" in unescape(secretary_client.post(back, follow=True).content.decode())
    person = society.add_member().person
    assert person
    assert person.user
    assert signed_in(person.user).get(url).status_code == 403
    grant_role(user=person.user, role=Role.TREASURER, since=TODAY, by=SYSTEM)
    assert signed_in(person.user).get(filed).status_code == 403


def test_the_page_asks_little_of_the_database(
    society: Society, secretary_client: Client, django_assert_max_num_queries: Any
) -> None:
    board = ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )
    person = Person.objects.create(first_name="Ann", last_name="Ash")
    for number in range(8):
        ops.add_action(
            body=board,
            text=f"Paint {number}",
            owner=person,
            due_on=TODAY + DAY,
            by=society.secretary,
        )
    with django_assert_max_num_queries(32):
        secretary_client.get(reverse("governance:diary"))
