"""The coordinator's screens: boards, explanations, assigning, publishing, carers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actors import Actor
from core.models import Job, ReadLine, User
from members.models import Person
from rota import search
from rota.models import Absence, AvailabilityPattern, Carer, Rota
from rota.operations import assign, fill_greedily, publish, start_search
from rota.rules import start_of_day
from rota.solver import Solution, SolverFailed
from services import whos_coming
from services.models import Visit
from tests.rota.conftest import MONDAY, TODAY, Valley, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(valley: Valley, coordinator: User, signed_in: Any) -> Client:
    return signed_in(coordinator)


@pytest.fixture
def ann(valley: Valley) -> Carer:
    return valley.carer("Ann", "hoist")


@pytest.fixture
def visit(valley: Valley, ann: Carer) -> Visit:
    return valley.visit(valley.person("Joan", "Smith"), 0, "08:00")


def url(name: str, **kwargs: Any) -> str:
    return reverse(f"rota:{name}", kwargs=kwargs)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as done:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in done.captured_queries)


# --- Weeks and boards -----------------------------------------------------------------------------


def test_a_draft_is_made_for_a_week_that_has_none(client: Client, cora: Actor) -> None:
    response = client.post(url("new_rota"), {"week_start": MONDAY.isoformat()})
    rota = Rota.objects.get()
    assert response["Location"] == url("week", pk=rota.pk)
    again = client.post(url("new_rota"), {"week_start": MONDAY.isoformat()}, follow=True)
    assert "Choose a week that has no rota yet." in again.content.decode()
    assert Rota.objects.count() == 1


def test_the_week_board_shows_who_goes_where_and_who_is_away(
    client: Client, rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    valley.visit(valley.person("Mary", "Jones"), 1, "09:00", "catheter")
    Absence.objects.create(
        carer=ann, kind="holiday", starts_at=at(3, "00:00"), ends_at=at(4, "00:00")
    )
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    page = text(client, url("week", pk=rota.pk))
    for words in ("Ann Carer", "30 min of 20 h", "08:00–08:30", "Joan Smith", "Pinned"):
        assert words in page
    for words in ("Holiday", "Mary Jones", "Not filled", "1 place not filled"):
        assert words in page
    day = text(client, url("day", pk=rota.pk, number=0))
    assert "Joan Smith" in day
    assert "Mary Jones" not in day
    assert client.get(url("day", pk=rota.pk, number=7)).status_code == 404


def test_a_visit_for_two_with_one_carer_counts_as_two_places_open(
    client: Client, rota: Rota, valley: Valley, ann: Carer, cora: Actor
) -> None:
    double = valley.visit(valley.person("Mary"), 1, "09:00", carers=2)
    assign(rota=rota, visit=double, carer=ann, by=cora)
    page = text(client, url("week", pk=rota.pk))
    assert "2 places not filled" in page
    assert "Second carer missing" in page


def test_the_board_logs_whose_visits_were_read(
    client: Client, rota: Rota, visit: Visit, coordinator: User
) -> None:
    client.get(url("week", pk=rota.pk))
    line = ReadLine.objects.get()
    assert (line.subject_id, line.user, line.group, line.why) == (
        visit.person_supported.person_id,
        coordinator,
        "visits",
        "list",
    )


def test_the_week_board_asks_twenty_queries_sign_in_included(
    client: Client, rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    assert queries(client, url("week", pk=rota.pk)) <= 20


@pytest.mark.parametrize("name", ["weeks", "week", "day", "unfilled", "carers"])
def test_a_list_asks_as_many_queries_for_many_rows_as_for_few(
    client: Client, rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor, name: str
) -> None:
    kwargs = {"weeks": {}, "carers": {}, "day": {"pk": rota.pk, "number": 0}}.get(
        name, {"pk": rota.pk}
    )
    valley.visit(valley.person("Mary"), 0, "09:00", "catheter")
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    few = queries(client, url(name, **kwargs))
    for number in range(4):
        carer = valley.carer(f"C{number}", "hoist")
        person = valley.person(f"P{number}")
        taken = valley.visit(person, 0, f"{10 + number}:00", "hoist", team=(carer,))
        assign(rota=rota, visit=taken, carer=carer, by=cora)
        valley.visit(person, 0, f"{15 + number}:00", "catheter")
    assert queries(client, url(name, **kwargs)) == few


# --- Working the week out -------------------------------------------------------------------------


def test_the_progress_shows_without_scripts_and_by_polling(
    client: Client, rota: Rota, visit: Visit, cora: Actor
) -> None:
    job = start_search(rota=rota, by=cora)
    Job.objects.filter(pk=job.pk).update(
        state="running", done=40, note="3 places not filled so far."
    )
    page = text(client, url("week", pk=rota.pk))
    assert "40%" in page
    assert "Stop and take the best" in page
    assert f'hx-get="{url("progress", pk=rota.pk)}"' in page
    piece = client.get(url("progress", pk=rota.pk), headers={"HX-Request": "true"})
    assert b"3 places not filled so far." in piece.content
    assert b"<html" not in piece.content
    Job.objects.filter(pk=job.pk).update(state="done")
    over = client.get(url("progress", pk=rota.pk), headers={"HX-Request": "true"})
    assert over["HX-Refresh"] == "true"
    assert client.get(url("progress", pk=rota.pk))["Location"] == url("week", pk=rota.pk)


def test_a_failed_search_says_why_and_offers_the_simple_way(
    client: Client,
    rota: Rota,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def crash(*_: Any, **__: Any) -> Solution:
        raise SolverFailed("The solver ended with code 1: out of memory")

    monkeypatch.setattr(search, "solve_in_child", crash)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("solve", pk=rota.pk))
    page = text(client, url("week", pk=rota.pk))
    assert "out of memory" in page
    assert "Fill it visit by visit instead" in page
    client.post(url("fill", pk=rota.pk))
    assert "Every place filled" in text(client, url("week", pk=rota.pk))


def test_the_quality_is_shown_beside_the_baseline(
    client: Client, rota: Rota, valley: Valley, visit: Visit, cora: Actor
) -> None:
    valley.visit(valley.person("Mary"), 1, "09:00", "catheter")
    fill_greedily(rota=rota, by=cora)
    page = text(client, url("week", pk=rota.pk))
    assert "1 place of 2 could not be filled" in page
    assert "No rota could fill 1 place" in page


# --- Why not, and who instead ---------------------------------------------------------------------


def test_each_unfilled_visit_says_who_could_go_and_why_the_others_cannot(
    client: Client, rota: Rota, valley: Valley, ann: Carer
) -> None:
    valley.skill("hoist")
    valley.carer("Una")
    valley.carer("Lee", "hoist", hours=(9, 20))
    joan = valley.person("Joan", "Smith")
    valley.visit(joan, 0, "08:00", "hoist")
    page = text(client, url("unfilled", pk=rota.pk))
    assert "1 carer could go. The best: <strong>Ann Carer</strong> at 08:00" in page
    assert "Has no “Hoist” training</strong>: Una Carer." in page
    assert "Is not available before Monday 09:00" in page
    AvailabilityPattern.objects.filter(carer=ann).delete()
    page = text(client, url("unfilled", pk=rota.pk))
    assert "Nobody can go as the rota stands" in page
    assert "Lee Carer could come if the visit started at Monday 09:00." in page


def test_a_carer_is_assigned_replaced_and_taken_off_by_buttons(
    client: Client, rota: Rota, valley: Valley, visit: Visit, ann: Carer
) -> None:
    bob = valley.carer("Bob")
    page = client.get(url("visit", pk=visit.pk))
    first = page.context["options"][0]
    assert f'value="{first.value}"' in page.content.decode()
    done = client.post(url("visit", pk=visit.pk), {"carer": first.value}, follow=True)
    assert f"{first.carer.person} goes to Joan Smith on Monday at 08:00." in done.content.decode()
    other = bob if first.carer == ann else ann
    page = client.get(url("visit", pk=visit.pk))
    assert f"Who could go instead of {first.carer.person}" in page.content.decode()
    client.post(url("visit", pk=visit.pk), {"carer": page.context["options"][0].value})
    assert visit.assignments.get().carer == other
    client.post(url("undo", pk=rota.pk))
    assert visit.assignments.get().carer == first.carer
    client.post(url("pin", pk=visit.pk), {"pinned": "no"})
    assert not visit.assignments.get().pinned
    client.post(url("unassign", pk=visit.pk, carer_pk=first.carer.pk))
    assert not visit.assignments.exists()


def test_a_choice_that_is_no_longer_possible_is_refused(
    client: Client, rota: Rota, visit: Visit, ann: Carer
) -> None:
    stale = client.get(url("visit", pk=visit.pk)).context["options"][0].value
    AvailabilityPattern.objects.all().delete()
    page = client.post(url("visit", pk=visit.pk), {"carer": stale})
    assert "That is no longer possible" in page.content.decode()
    assert not visit.assignments.exists()


def test_both_carers_of_a_visit_for_two_are_chosen_in_turn(
    client: Client, rota: Rota, valley: Valley, ann: Carer
) -> None:
    valley.carer("Bob")
    double = valley.visit(valley.person("Mary"), 1, "09:00", carers=2)
    address = url("visit", pk=double.pk)
    for _ in range(2):
        options = client.get(address).context["options"]
        client.post(address, {"carer": options[0].value})
    assert double.assignments.count() == 2
    page = client.get(f"{address}?instead_of={ann.pk}").content.decode()
    assert "Who could go instead of Ann Carer" in page


# --- Publishing -----------------------------------------------------------------------------------


def test_the_confirmation_says_what_is_covered_what_is_not_and_who_is_told(
    client: Client, rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    valley.visit(valley.person("Mary", "Jones"), 1, "09:00", "catheter")
    Person.objects.filter(pk=ann.person_id).update(email="")
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    page = text(client, url("publish", pk=rota.pk))
    assert "1 carer is told" in page
    assert "Please tell them yourself: Ann Carer." in page
    assert "Tuesday 09:00, Mary Jones" in page
    client.post(url("publish", pk=rota.pk))
    rota.refresh_from_db()
    assert rota.state == "published"
    again = client.post(url("publish", pk=rota.pk), follow=True)
    assert again.redirect_chain == [(url("week", pk=rota.pk), 302)]
    assert "This rota is published already." in again.content.decode()


def test_broken_rules_are_listed_and_stop_publication(
    client: Client, rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    AvailabilityPattern.objects.all().delete()
    page = text(client, url("publish", pk=rota.pk))
    assert "These visits break a hard rule" in page
    assert url("visit", pk=visit.pk) in page
    client.post(url("publish", pk=rota.pk))
    rota.refresh_from_db()
    assert rota.state == "draft"


def test_services_learns_who_comes_only_once_it_is_published(
    rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    assert whos_coming.first_names([visit.pk]) == {}
    publish(rota=rota, by=cora)
    assert whos_coming.first_names([visit.pk]) == {visit.pk: ["Ann"]}


# --- Carers ---------------------------------------------------------------------------------------


def test_the_list_finds_a_carer_and_shows_what_runs_out(
    client: Client, valley: Valley, ann: Carer
) -> None:
    valley.carer("Bob", "hoist")
    ann.person.qualifications.update(until=TODAY + dt.timedelta(days=10))
    assert "runs out soon" in text(client, url("carers"))
    found = text(client, url("carers") + "?q=bob")
    assert "Bob Carer" in found
    assert "Ann Carer" not in found


def test_the_list_says_who_is_away_now(client: Client, valley: Valley, ann: Carer) -> None:
    assert "Away" not in text(client, url("carers"))
    Absence.objects.create(
        carer=ann,
        kind="holiday",
        starts_at=start_of_day(TODAY),
        ends_at=start_of_day(TODAY + dt.timedelta(days=1)),
    )
    assert "Away" in text(client, url("carers"))


def test_hours_are_added_on_several_days_and_a_clash_is_shown_beside_the_field(
    client: Client, valley: Valley
) -> None:
    carer = valley.carer("Ann", days=())
    form = {
        "weekdays": ["0", "1"],
        "start": "18:00",
        "end": "00:00",
        "since_day": "25",
        "since_month": "2",
        "since_year": "2026",
    }
    assert client.post(url("add_hours", pk=carer.pk), form).status_code == 302
    assert list(carer.availability.values_list("weekday", "start_minute", "end_minute")) == [
        (0, 1080, 1440),
        (1, 1080, 1440),
    ]
    page = client.post(url("add_hours", pk=carer.pk), form | {"start": "20:00"})
    assert "overlaps hours that are there already" in page.content.decode()
    assert carer.availability.count() == 2


def test_an_absence_by_the_form_frees_the_visits_it_hits(
    client: Client, rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    done = client.post(
        url("add_absence", pk=ann.pk),
        {"kind": "sickness", "first_day": "2 March 2026", "last_day": "2 March 2026"}
        | {"free_visits": "on"},
        follow=True,
    )
    assert "Taken off 1 visit." in done.content.decode()
    absence = ann.absences.get()
    assert (absence.starts_at, absence.ends_at) == (at(0, "00:00"), at(1, "00:00"))
    assert done.content.decode().count("Mon 2 Mar") == 2  # the last whole day, not the midnight
    assert not visit.assignments.exists()
    client.post(url("remove_absence", pk=absence.pk))
    assert not ann.absences.exists()


def test_a_person_becomes_a_carer_by_the_form(client: Client, valley: Valley) -> None:
    person = Person.objects.create(first_name="Nia", last_name="New")
    form = {
        "person": person.pk,
        "since": "25 February 2026",
        "mode": "walk",
        "contract_hours": "37.5",
        "weekly_cap_hours": "30",
        "latitude": "53.7",
        "longitude": "-2",
    }
    refused = client.post(url("new_carer"), form)
    assert "cannot be less than the contract hours" in refused.content.decode()
    client.post(url("new_carer"), form | {"weekly_cap_hours": "40"})
    assert Carer.objects.get(person=person).contract_minutes == 2250


def test_a_coordinator_notes_a_skill_and_ends_hours(client: Client, valley: Valley) -> None:
    carer = valley.carer("Ann", days=(0,))
    skill = valley.skill("catheter")
    client.post(
        url("add_skill", pk=carer.pk),
        {"skill": skill.pk, "since": "1 February 2026", "until": "1 February 2027"},
    )
    assert carer.person.qualifications.get().skill == skill
    client.post(url("end_hours", pk=carer.availability.get().pk))
    assert carer.availability.get().until == TODAY - dt.timedelta(days=1)
    page = text(client, url("carer", pk=carer.pk))
    assert "Catheter" in page
    assert "No hours are noted" in page
