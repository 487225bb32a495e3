"""The register on the screen, as a spreadsheet, and a member's own page."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import ReadLine, User
from members.models import Member, MemberClass, Person
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    appoint_representative,
    cease_member,
    give_sign_in,
    register_member,
)
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def enter(classes: dict[str, MemberClass]) -> Callable[..., Member]:
    """`enter("Ann Shaw", "family")` → their entry in the register."""

    def make(name: str, code: str = "community", joined: dt.date = TODAY, **contact: str) -> Member:
        first_name, last_name = name.split(" ")
        person = add_person(
            first_name=first_name, last_name=last_name, contact=Contact(**contact), by=SYSTEM
        )
        return register_member(
            person=person, member_class=classes[code], joined=joined, shares=5, by=SYSTEM
        )

    return make


def names(client: Client, query: str = "") -> str:
    return client.get(f"/members/register/{query}").content.decode()


def test_the_register_shows_members_and_totals_by_class(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("Ann Shaw")
    enter("Bob Haigh", "family")
    page = sita.get("/members/register/")
    assert (page.context["members_total"], page.context["totals"].shares) == (2, 10)
    assert ("Family carer", "1") in page.context["chart"].rows
    assert "Ann Shaw" in page.content.decode()


def test_the_register_as_at_a_date(sita: Client, enter: Callable[..., Member]) -> None:
    left = enter("Ann Shaw", joined=dt.date(2024, 5, 1))
    enter("Bob Haigh", joined=dt.date(2026, 2, 1))
    cease_member(member=left, ceased=dt.date(2026, 1, 15), because="Moved away", by=SYSTEM)
    now, then = names(sita, "?who=members"), names(sita, "?who=members&on=2026-01-14")
    assert ("Ann Shaw" in now, "Bob Haigh" in now) == (False, True)
    assert ("Ann Shaw" in then, "Bob Haigh" in then) == (True, False)
    assert "Wednesday 14 January 2026" in then
    assert "Moved away" not in then


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "2027-01-01"])
def test_a_day_that_cannot_be_is_refused_and_today_is_shown(
    sita: Client, enter: Callable[..., Member], day: str
) -> None:
    enter("Ann Shaw")
    page = names(sita, f"?on={day}")
    assert "There is a problem" in page
    assert "Ann Shaw" in page


def test_the_register_is_narrowed_by_class(sita: Client, enter: Callable[..., Member]) -> None:
    enter("Ann Shaw")
    enter("Bob Haigh", "family")
    page = names(sita, "?member_class=family")
    assert ("Ann Shaw" in page, "Bob Haigh" in page) == (False, True)


def look_for(sita: Client, text: str, query: str = "") -> str:
    """Look for somebody; the query of the page that shows who was found."""
    response = sita.post(f"/members/register/search/{query}", {"q": text})
    address, _, found = response["Location"].partition("?")
    assert address == "/members/register/"
    return f"?{found}" if found else ""


@pytest.mark.parametrize("text", ["2", "haigh", "Bob Haigh", "haigh bob", " BOB "])
def test_a_member_is_found_by_number_or_name(
    sita: Client, enter: Callable[..., Member], text: str
) -> None:
    enter("Ann Shaw")
    enter("Bob Haigh")
    page = names(sita, look_for(sita, text))
    assert ("Ann Shaw" in page, "Bob Haigh" in page) == (False, True)


def test_a_search_keeps_the_day_and_stands_in_no_address(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("Ann Shaw", joined=dt.date(2024, 5, 1))
    found = look_for(sita, "shaw", "?on=2025-01-01")
    assert found.startswith("?on=2025-01-01&found=")
    assert "shaw" not in found
    assert "Show everyone" in names(sita, found)
    assert look_for(sita, "", found) == "?on=2025-01-01"


def test_each_tab_shows_and_saves_what_was_looked_for_in_it(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("Ann Shaw")
    enter("Bob Haigh")
    shaw, haigh = look_for(sita, "shaw"), look_for(sita, "haigh")
    assert look_for(sita, "shaw") == shaw
    for found, here, other in ((shaw, "Ann Shaw", "Bob Haigh"), (haigh, "Bob Haigh", "Ann Shaw")):
        saved = sita.get(f"/members/register/csv/{found}").content.decode("utf-8-sig")
        for page in (names(sita, found), saved):
            assert here in page
            assert other not in page
    assert "Ann Shaw" in names(sita)
    assert "Bob Haigh" in names(sita)


def test_a_search_that_is_no_longer_known_shows_the_whole_and_saves_nothing(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("Ann Shaw")
    found = look_for(sita, "nobody")
    for number in range(8):
        look_for(sita, f"other {number}")
    response = sita.get(f"/members/register/{found}&on=2025-01-01")
    assert response["Location"] == "/members/register/?on=2025-01-01"
    for kind in ("csv", "pdf"):
        refused = sita.get(f"/members/register/{kind}/{found}")
        assert refused.status_code == 400
        assert "Look for it again" in refused.content.decode()


def test_nothing_found_is_said_in_words(sita: Client, enter: Callable[..., Member]) -> None:
    enter("Ann Shaw")
    found = look_for(sita, "99999999999999999999")
    assert "Nobody in the register fits." in names(sita, found)


def test_the_list_has_pages_and_takes_the_same_queries_whatever_the_rows(
    sita: Client,
    enter: Callable[..., Member],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    enter("Ann Shaw")
    names(sita)
    with CaptureQueriesContext(connection) as few:
        names(sita)
    for number in range(54):
        enter(f"Ann Shaw{number}", "family" if number % 2 else "worker")
    with django_assert_num_queries(len(few)):
        page = names(sita)
    assert "?page=2" in page
    assert len(few) <= 24


def reasons() -> list[tuple[int, str]]:
    return list(ReadLine.objects.order_by("pk").values_list("subject_id", "why"))


def test_list_search_export_and_page_are_each_noted_for_each_person(
    sita: Client, enter: Callable[..., Member]
) -> None:
    ann, bob = enter("Ann Shaw"), enter("Bob Haigh")
    names(sita)
    sita.get(f"/members/register/{ann.number}/")
    found = look_for(sita, "haigh")
    names(sita, found)
    sita.get(f"/members/register/csv/{found}")
    assert reasons() == [
        (ann.person_id, "list"),
        (bob.person_id, "list"),
        (ann.person_id, "page"),
        (bob.person_id, "search"),
        (bob.person_id, "export"),
    ]


def rows(client: Client, query: str = "") -> list[list[str]]:
    response = client.get(f"/members/register/csv/{query}")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_spreadsheet_holds_what_the_list_shows(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("Ann Shaw", town="Damside", postcode="QX7 2AB", email="ann@example.org")
    enter("Bob Haigh", "family")
    said, head, *found = rows(sita, "?member_class=community")
    assert said == ["Extract from the register: Community supporter"]
    assert head[:3] == ["number", "name", "postal address"]
    assert found == [
        [
            "1",
            "Ann Shaw",
            "Damside, QX7 2AB",
            "ann@example.org",
            "Notices of meetings and other documents",
            "5",
            "5.00",
            "",
            "Community supporter",
            "2026-03-03",
            "",
            "",
        ]
    ]


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("=HYPERLINK(1) Shaw", address_line_1="+1 Mill Row")
    enter("@Ann -Shaw", address_line_1="-2 Mill Row", phone="+44 1632 960001")
    cells = [cell for row in rows(sita)[1:] for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert "'=HYPERLINK(1) Shaw" in cells


def test_a_member_s_page_shows_the_entry_and_its_title_names_nobody(
    sita: Client, enter: Callable[..., Member]
) -> None:
    ann = enter("Ann Shaw", town="Damside")
    page = sita.get(f"/members/register/{ann.number}/").content.decode()
    assert "Damside" in page
    assert "£5.00" in page
    assert "Shaw" not in page.split("<title>")[1].split("</title>")[0]
    assert sita.get("/members/register/77/").status_code == 404


def test_an_organisation_s_page_shows_who_acts_for_it(
    sita: Client, rita: Person, classes: dict[str, MemberClass]
) -> None:
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    appoint_representative(organisation=wheels, person=rita, since=TODAY, by=SYSTEM)
    member = register_member(
        organisation=wheels, member_class=classes["organisation"], joined=TODAY, by=SYSTEM
    )
    assert "Rita Shaw" in sita.get(f"/members/register/{member.number}/").content.decode()
    contact = sita.post(f"/members/register/{member.number}/contact/", {"town": "Damside"})
    assert contact.status_code == 302
    wheels.refresh_from_db()
    assert wheels.town == "Damside"


def test_the_secretary_changes_contact_details(sita: Client, enter: Callable[..., Member]) -> None:
    ann = enter("Ann Shaw")
    url = f"/members/register/{ann.number}/contact/"
    refused = sita.post(url, {"phone": "none", "format": "large"})
    assert "10 to 15 figures" in refused.content.decode()
    assert sita.post(url, {"phone": "01632 960 002", "format": "large"}).status_code == 302
    person = Person.objects.get()
    assert (person.phone, person.format) == ("01632 960 002", "large")


def test_the_secretary_notes_the_end_of_a_membership(
    sita: Client, enter: Callable[..., Member]
) -> None:
    ann = enter("Ann Shaw", joined=dt.date(2025, 1, 1))
    url = f"/members/register/{ann.number}/cease/"
    left = {"on": "1 March 2026", "reason": "resigned"}
    early = sita.post(url, left | {"on": "1 May 2024"})
    assert "before the member joined" in early.content.decode()
    assert sita.post(url, left).status_code == 302
    page = sita.get(f"/members/register/{ann.number}/").content.decode()
    assert "No longer a member" in page
    again = sita.post(url, left)
    assert "already ended" in again.content.decode()


def test_the_treasurer_reads_and_does_not_change(
    treasurer: User, signed_in: Callable[[User], Client], enter: Callable[..., Member]
) -> None:
    tom, ann = signed_in(treasurer), enter("Ann Shaw")
    page = tom.get(f"/members/register/{ann.number}/").content.decode()
    assert "Change contact details" not in page
    for path in ("contact", "cease"):
        assert tom.get(f"/members/register/{ann.number}/{path}/").status_code == 403


def test_others_cannot_open_the_register(
    stranger: User, coordinator: User, signed_in: Callable[[User], Client]
) -> None:
    for user in (stranger, coordinator):
        for path in ("", "csv/", "1/"):
            assert signed_in(user).get(f"/members/register/{path}").status_code == 403


# --- My membership --------------------------------------------------------------------------------


def test_a_member_sees_their_own_membership_and_changes_contact_details(
    rita: Person, classes: dict[str, MemberClass], signed_in: Callable[[User], Client]
) -> None:
    register_member(person=rita, member_class=classes["family"], joined=TODAY, by=SYSTEM)
    client = signed_in(give_sign_in(person=rita, by=SYSTEM))
    page = client.get("/members/me/").content.decode()
    assert "Tuesday 3 March 2026" in page
    assert "Families and unpaid carers" in page
    wrong = client.post("/members/me/contact/", {"postcode": "x", "format": "standard"})
    assert wrong.status_code == 400
    moved = {"address_line_1": "1 Loom Lane", "town": "Damside", "format": "easy"}
    saved = client.post("/members/me/contact/", moved)
    assert saved.url == "/members/me/"
    rita.refresh_from_db()
    assert (rita.town, rita.format) == ("Damside", "easy")
    assert {line.subject_id for line in ReadLine.objects.all()} == {rita.pk}


def test_somebody_who_is_no_member_is_shown_how_to_join(
    stranger: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(stranger)
    assert "Become a member" in client.get("/members/me/").content.decode()
    assert client.get("/members/me/contact/").status_code == 404


def test_a_representative_sees_the_organisation_s_membership(
    rita: Person, classes: dict[str, MemberClass], signed_in: Callable[[User], Client]
) -> None:
    wheels = add_organisation(name="Beck Wheels", kind="charity", by=SYSTEM)
    appoint_representative(organisation=wheels, person=rita, since=dt.date(2025, 1, 1), by=SYSTEM)
    register_member(
        organisation=wheels, member_class=classes["organisation"], joined=TODAY, by=SYSTEM
    )
    client = signed_in(give_sign_in(person=rita, by=SYSTEM))
    assert "Beck Wheels" in client.get("/members/me/").content.decode()
