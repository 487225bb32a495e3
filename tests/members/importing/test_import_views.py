"""The secretary's screens: choose a file, say which column is which, look, take it in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.actors import SYSTEM
from core.models import Job, User
from members.importing import COLUMNS, named, read_rows, read_table
from members.models import Member, RegisterImport
from members.operations import upload_import
from tests.members.conftest import TODAY
from tests.members.importing.files import HEADINGS, csv_of, members, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def choose(
    sita: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> Callable[..., RegisterImport]:
    """`choose(row(), …)` → the file chosen and tried, as by a worker."""

    def make(*rows: dict[str, Any]) -> RegisterImport:
        file = SimpleUploadedFile("members.csv", csv_of(*rows))
        sita.post("/members/import/", {"file": file})
        kept = RegisterImport.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            sita.post(f"/members/import/{kept.pk}/columns/", kept.columns)
        kept.refresh_from_db()
        return kept

    return make


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_register_comes_over_in_four_steps(
    sita: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    assert "Spreadsheet with notes" in text(sita.get("/members/import/"))
    data = csv_of(*members(40)).replace(b"last_name", b"Surname")
    response = sita.post("/members/import/", {"file": SimpleUploadedFile("old.csv", data)})
    kept = RegisterImport.objects.get()
    page = f"/members/import/{kept.pk}/"
    assert response["Location"] == f"{page}columns/"
    assert '<option value="Surname" selected>' in text(sita.get(f"{page}columns/"))
    assert "Choose the columns" in text(sita.get(page))
    with django_capture_on_commit_callbacks(execute=True):
        sita.post(f"{page}columns/", kept.columns)
    shown = text(sita.get(page))
    assert "Tried: nothing is written yet" in shown
    assert "New members" in shown
    assert not Member.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        sita.post(f"{page}take-in/")
    assert Member.objects.count() == 40
    shown = text(sita.get(page))
    assert "The register has them now" in shown
    assert "/members/register/" in shown
    assert "Taken in" in text(sita.get("/members/import/"))


def test_a_bad_file_shows_every_fault_by_row_and_column(
    sita: Client, choose: Callable[..., RegisterImport]
) -> None:
    kept = choose(row(email="no"), row(number="102", shares="x", first_name="Tom"))
    shown = text(sita.get(f"/members/import/{kept.pk}/"))
    assert "2 things are to put right first" in shown
    assert "This is not an e-mail address." in shown
    assert "Shares held now" in shown
    assert "Take it in" not in shown
    response = sita.get(f"/members/import/{kept.pk}/faults/")
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert lines[1:] == [
        ["2", "email", "This is not an e-mail address."],
        ["3", "shares", "Enter a whole number, in figures."],
    ]


def test_faults_and_notes_are_shown_a_page_at_a_time(
    sita: Client,
    choose: Callable[..., RegisterImport],
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    bad = [row(number=str(n), first_name=f"Ann{n}", shares="x") for n in range(1, 121)]
    kept = choose(*bad)
    page = f"/members/import/{kept.pk}/"
    with django_assert_max_num_queries(20):
        assert text(sita.get(page)).count("Enter a whole number") == 50
    assert text(sita.get(f"{page}?page=3")).count("Enter a whole number") == 20
    assert text(sita.get(f"{page}?show=notes")).count("has the same e-mail address") == 50
    assert "which are not kept" not in text(sita.get(page))
    RegisterImport.objects.update(report=kept.report | {"faults_number": 130})
    assert "And 10 more, which are not kept." in text(sita.get(page))


def test_what_is_worth_a_look_is_shown_with_the_member(
    sita: Client, choose: Callable[..., RegisterImport]
) -> None:
    kept = choose(row(), row(number="102", first_name="Tom", address_line_1="", email=""))
    shown = text(sita.get(f"/members/import/{kept.pk}/"))
    assert "2 new members in classes that ask for evidence" in shown
    assert "1 new member without a postal address" in shown


def test_a_column_that_must_be_there_is_asked_for(sita: Client, by: Any) -> None:
    kept = upload_import(upload=SimpleUploadedFile("m.csv", csv_of(row())), by=by)
    response = sita.post(f"/members/import/{kept.pk}/columns/", kept.columns | {"shares": ""})
    assert response.status_code == 400
    assert "Choose the column for “Shares held now”." in text(response)
    twice = sita.post(f"/members/import/{kept.pk}/columns/", kept.columns | {"town": "email"})
    assert twice.status_code == 400
    assert "This column is chosen twice." in text(twice)


def test_a_file_that_is_none_is_refused_on_the_form(sita: Client) -> None:
    picture = SimpleUploadedFile("members.csv", b"\x89PNG\x81\x00")
    response = sita.post("/members/import/", {"file": picture})
    assert response.status_code == 400
    assert "neither a CSV file nor an XLSX file" in text(response)


def test_progress_is_asked_for_until_it_is_over(
    sita: Client, choose: Callable[..., RegisterImport]
) -> None:
    kept = choose(row())
    page = f"/members/import/{kept.pk}/"
    assert sita.post(f"{page}take-in/").status_code == 302
    htmx = {"HTTP_HX_REQUEST": "true"}
    Job.objects.filter(pk=kept.job_id).update(done=40)
    kept.refresh_from_db()
    Job.objects.filter(pk=kept.job_id).update(done=40, note="Reading the rows: 500 of 900 rows.")
    shown = text(sita.get(page))
    assert "Being taken in" in shown
    assert f'hx-get="{page}progress/"' in shown
    assert "500 of 900 rows" in text(sita.get(f"{page}progress/", **htmx))
    assert sita.get(f"{page}progress/")["Location"] == page
    RegisterImport.objects.filter(pk=kept.pk).update(state="imported")
    assert sita.get(f"{page}progress/", **htmx)["HX-Refresh"] == "true"


def test_a_failure_is_said_on_the_page(sita: Client, choose: Callable[..., RegisterImport]) -> None:
    kept = choose(row())
    Job.objects.filter(pk=kept.job_id).update(state="failed", note="The disk is full.")
    shown = text(sita.get(f"/members/import/{kept.pk}/"))
    assert "The work did not end well" in shown
    assert "The disk is full." in shown
    assert "Take it in" in shown


def test_a_file_is_thrown_away(sita: Client, choose: Callable[..., RegisterImport]) -> None:
    kept = choose(row())
    response = sita.post(f"/members/import/{kept.pk}/discard/", follow=True)
    assert "The file is thrown away" in text(response)
    again = sita.post(f"/members/import/{kept.pk}/discard/", follow=True)
    assert "it is gone already" in text(again)
    assert "Nothing of this file was taken in" in text(sita.get(f"/members/import/{kept.pk}/"))
    assert sita.get(f"/members/import/{kept.pk}/columns/").status_code == 302


def test_a_file_with_faults_is_not_taken_in(
    sita: Client, choose: Callable[..., RegisterImport]
) -> None:
    kept = choose(row(shares="x"))
    response = sita.post(f"/members/import/{kept.pk}/take-in/", follow=True)
    assert "This cannot be done now" in text(response)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_a_file_that_can_be_taken_in(sita: Client, kind: str) -> None:
    response = sita.get(f"/members/import/template.{kind}")
    assert f'filename="members.{kind}"' in response["Content-Disposition"]
    table = read_table(response.content)
    assert table.headings == [column.name for column in COLUMNS]
    rows = read_rows(table, named(table.headings), TODAY)
    assert rows.faults == []
    assert [one.number for one in rows.rows] == [101]


def test_the_import_is_linked_from_the_register_and_the_exports(sita: Client) -> None:
    for page in ("/members/register/", "/members/exports/"):
        assert 'href="/members/import/"' in text(sita.get(page))


def test_no_page_of_it_is_for_the_treasurer(
    treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    tom = signed_in(treasurer)
    kept = upload_import(upload=SimpleUploadedFile("m.csv", csv_of(row())), by=SYSTEM)
    for path in ("", "template.csv", f"{kept.pk}/", f"{kept.pk}/columns/", f"{kept.pk}/faults/"):
        assert tom.get(f"/members/import/{path}").status_code == 403
    assert 'href="/members/import/"' not in text(tom.get("/members/register/"))
    assert len(HEADINGS) == 10


def test_the_documentation_says_of_each_column_what_the_code_does() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/import.md").read_text()
    for column in COLUMNS:
        must = "yes" if column.required else ""
        assert f"| `{column.name}` | {must} | {column.label}. {column.allowed} |" in page
