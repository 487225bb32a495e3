"""The register of officers: who took up which office, who left it, as at any day."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, ReadLine, User
from members.models import MemberClass, Office, Person
from members.operations import (
    add_organisation,
    appoint_officer,
    end_office,
    register_member,
    strike_office,
)
from members.staff import officers_and_employees
from members.statutory import officers_on
from tests.members.conftest import TODAY
from tests.pdfs import needs_pango, pages

pytestmark = pytest.mark.django_db

ELECTED = dt.date(2025, 5, 20)


@pytest.fixture
def chair(rita: Person, by: Actor) -> Office:
    """Rita has been in the chair since May 2025."""
    return appoint_officer(person=rita, post="chair", since=ELECTED, minute="2025/5.1", by=by)


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"post": "queen"}, "post"),
        ({"since": dt.date(2026, 3, 4)}, "since"),
        ({"minute": " "}, "minute"),
        ({"post": "chair"}, "post"),
        ({"post": "chair", "since": dt.date(2025, 1, 1)}, "post"),
    ],
)
def test_an_appointment_needs_an_office_a_day_that_has_come_and_a_minute(
    chair: Office, by: Actor, wrong: dict[str, Any], field: str
) -> None:
    given = {"post": "director", "since": TODAY, "minute": "2026/3"} | wrong
    with pytest.raises(RuleError) as refused:
        appoint_officer(person=chair.person, by=by, **given)
    assert refused.value.field == field
    assert Office.objects.count() == 1


def test_nobody_is_appointed_after_their_death(rita: Person, by: Actor) -> None:
    rita.died_on = dt.date(2026, 1, 1)
    rita.save()
    with pytest.raises(RuleError, match="had died"):
        appoint_officer(person=rita, post="chair", since=TODAY, minute="2026/3", by=by)


def test_an_office_ends_once_by_a_minute_and_can_be_taken_up_again(
    chair: Office, by: Actor
) -> None:
    last = dt.date(2026, 1, 31)
    for until, minute in ((dt.date(2025, 5, 19), "1"), (dt.date(2026, 3, 4), "1"), (last, "")):
        with pytest.raises(RuleError):
            end_office(office=chair, until=until, minute=minute, by=by)
    ended = end_office(office=chair, until=last, minute="2026/1.3", by=by)
    assert (ended.until, ended.end_minute) == (last, "2026/1.3")
    with pytest.raises(RuleError, match="ended already"):
        end_office(office=chair, until=last, minute="2026/1.3", by=by)
    again = appoint_officer(person=chair.person, post="chair", since=TODAY, minute="3", by=by)
    assert again.pk != chair.pk
    assert list(
        AuditLine.objects.filter(action__endswith="office").values_list("data", flat=True)
    ) == [{"until": "2026-01-31"}]


def test_only_the_secretary_notes_officers(rita: Person, treasurer: User) -> None:
    by = Actor("user", user=treasurer)
    with pytest.raises(PermissionDenied):
        appoint_officer(person=rita, post="chair", since=TODAY, minute="1", by=by)


def test_the_register_as_at_a_day_knows_no_later_end(chair: Office, by: Actor) -> None:
    end_office(office=chair, until=dt.date(2026, 1, 31), minute="2026/1.3", by=by)
    before = officers_on(dt.date(2026, 1, 30))
    assert [(one.office, one.until, one.end_minute) for one in before] == [(chair, None, "")]
    assert [one.until for one in officers_on(dt.date(2026, 1, 31))] == [dt.date(2026, 1, 31)]
    assert officers_on(TODAY) == []
    assert len(officers_on(TODAY, everyone=True)) == 1
    assert officers_on(ELECTED - dt.timedelta(days=1), everyone=True) == []


def test_offices_stand_in_their_order(chair: Office, by: Actor) -> None:
    for post in ("director", "treasurer", "secretary"):
        person = Person.objects.create(first_name=post, last_name="Dyson")
        appoint_officer(person=person, post=post, since=TODAY, minute="1", by=by)
    posts = [one.office.post for one in officers_on(TODAY)]
    assert posts == ["chair", "secretary", "treasurer", "director"]


@pytest.mark.parametrize("post", ["chair", "secretary", "treasurer"])
def test_a_second_holder_is_noted_only_where_they_hold_the_office_together(
    post: str, rita: Person, by: Actor
) -> None:
    ann = Person.objects.create(first_name="Ann", last_name="Dyson")
    appoint_officer(person=ann, post=post, since=TODAY, minute="1", by=by)
    with pytest.raises(RuleError, match="Ann Dyson holds this office") as refused:
        appoint_officer(person=rita, post=post, since=ELECTED, minute="2", by=by)
    assert refused.value.field == "jointly"
    appoint_officer(person=rita, post=post, since=ELECTED, minute="2", jointly=True, by=by)
    assert len(officers_on(TODAY)) == 2


def test_whoever_left_before_is_no_second_holder(chair: Office, by: Actor) -> None:
    end_office(office=chair, until=dt.date(2026, 3, 2), minute="1", by=by)
    ann = Person.objects.create(first_name="Ann", last_name="Dyson")
    appoint_officer(person=ann, post="chair", since=TODAY, minute="2", by=by)
    for name in ("Bea", "Cy"):
        person = Person.objects.create(first_name=name, last_name="Dyson")
        appoint_officer(person=person, post="director", since=TODAY, minute="2", by=by)


@pytest.mark.parametrize("ended", [False, True])
def test_what_was_entered_by_mistake_is_in_no_register_and_is_kept(
    ended: bool, chair: Office, by: Actor
) -> None:
    if ended:
        end_office(office=chair, until=TODAY, minute="2026/3", by=by)
    struck = strike_office(office=chair, by=by)
    assert struck.struck_on == TODAY
    assert officers_on(TODAY) == officers_on(TODAY, everyone=True) == []
    assert not officers_and_employees(TODAY).exists()
    assert AuditLine.objects.get(action="members.strike_office").object_id == str(chair.pk)
    for refused in (
        lambda: strike_office(office=chair, by=by),
        lambda: end_office(office=chair, until=TODAY, minute="2026/3", by=by),
    ):
        with pytest.raises(RuleError):
            refused()
    appoint_officer(person=chair.person, post="chair", since=TODAY, minute="3", by=by)


# --- On the screen --------------------------------------------------------------------------------


def test_somebody_is_appointed_by_register_number_or_e_mail_address(
    sita: Client, rita: Person, classes: dict[str, MemberClass]
) -> None:
    member = register_member(person=rita, member_class=classes["family"], joined=ELECTED, by=SYSTEM)
    typed = {"post": "chair", "since": "20 May 2025", "minute": "2025/5.1"}
    for who in (str(member.number), "RITA@example.org"):
        response = sita.post("/members/officers/new/", typed | {"who": who})
        assert response.url == "/members/officers/"
        Office.objects.all().delete()


def test_who_cannot_be_appointed_is_said_beside_the_box(
    sita: Client, rita: Person, classes: dict[str, MemberClass]
) -> None:
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    member = register_member(
        organisation=wheels, member_class=classes["organisation"], joined=ELECTED, by=SYSTEM
    )
    Person.objects.create(first_name="Two", last_name="Shaw", email="rita@example.org")
    for who, words in (
        (str(member.number), "Give the number of a person"),
        ("77", "Nobody has this number"),
        ("nobody@example.org", "We know nobody"),
        ("rita@example.org", "Several people"),
    ):
        typed = {"who": who, "post": "chair", "since": "20 May 2025", "minute": "1"}
        response = sita.post("/members/officers/new/", typed)
        assert response.status_code == 400
        assert words in response.content.decode()


def test_the_end_is_noted_on_its_page(sita: Client, chair: Office) -> None:
    url = f"/members/officers/{chair.pk}/end/"
    refused = sita.post(url, {"until": "1 May 2025", "minute": "2026/1"})
    assert "before they took it up" in refused.content.decode()
    assert sita.post(url, {"until": "1 March 2026", "minute": "2026/1"}).status_code == 302
    page = sita.get("/members/officers/").content.decode()
    assert "Rita Shaw" not in page
    assert "Rita Shaw" in sita.get("/members/officers/?on=2026-02-28").content.decode()
    assert "End: 2026/1" in sita.get("/members/officers/?who=all").content.decode()


def test_a_mistake_is_struck_out_on_its_page(sita: Client, chair: Office) -> None:
    url = f"/members/officers/{chair.pk}/mistake/"
    assert url in sita.get(f"/members/officers/{chair.pk}/end/").content.decode()
    assert "Rita Shaw" in sita.get(url).content.decode()
    done = sita.post(url, follow=True).content.decode()
    assert "struck out" in done
    assert "Nobody is noted as an officer" in done
    kept = sita.get("/members/officers/?who=all").content.decode()
    assert "Entered by mistake" in kept
    assert "Rita Shaw" not in sita.get("/members/officers/csv/?who=all").content.decode()
    assert "Nothing noted" in sita.get(f"/members/people/{chair.person_id}/").content.decode()
    again = sita.post(url)
    assert again.status_code == 400
    assert "struck out already" in again.content.decode()


def test_a_day_to_come_is_refused(sita: Client, chair: Office) -> None:
    assert "still to come" in sita.get("/members/officers/?on=2027-01-01").content.decode()


def test_the_treasurer_reads_the_register_of_officers_and_does_not_change_it(
    chair: Office, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    tom = signed_in(treasurer)
    assert "Note the end" not in tom.get("/members/officers/").content.decode()
    assert tom.get("/members/officers/new/").status_code == 403
    assert tom.get(f"/members/officers/{chair.pk}/end/").status_code == 403
    assert tom.post(f"/members/officers/{chair.pk}/mistake/").status_code == 403


def test_the_spreadsheet_says_the_same_and_reading_is_noted(sita: Client, chair: Office) -> None:
    text = sita.get("/members/officers/csv/").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["Chair", "Rita Shaw", "1 Loom Lane, Weavers Green", "2025-05-20", "", "2025/5.1", ""]
    ]
    assert [(line.subject_id, line.why) for line in ReadLine.objects.all()] == [
        (chair.person_id, "export")
    ]


@needs_pango
def test_the_register_of_officers_is_a_document(sita: Client, chair: Office) -> None:
    response = sita.get("/members/officers/pdf/?who=all")
    assert response["Content-Type"] == "application/pdf"
    assert pages(response.content) == 1


def test_the_list_takes_the_same_queries_whatever_the_rows(
    sita: Client, chair: Office, django_assert_num_queries: Callable[..., Any]
) -> None:
    sita.get("/members/officers/")
    with CaptureQueriesContext(connection) as few:
        sita.get("/members/officers/")
    for number in range(12):
        person = Person.objects.create(first_name="Joan", last_name=f"Dyson{number}")
        appoint_officer(person=person, post="director", since=TODAY, minute="1", by=SYSTEM)
    with django_assert_num_queries(len(few)):
        sita.get("/members/officers/")
