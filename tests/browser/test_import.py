"""Bringing a register over from a spreadsheet: at a desk, and looked at on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.models import Job, User
from members.models import Member, RegisterImport
from tests.browser.conftest import PHONE
from tests.members.importing.files import csv_of, members, row


def _file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def test_the_secretary_brings_a_register_over(someone: Callable[..., Any], secretary: User) -> None:
    sita = someone(secretary)
    page = sita.page
    sita.visit("/members/register/")
    sita.follow("Bring members over")
    sita.look("import-choose")
    sita.press("Go on")
    assert sita.sees("Choose a file.")
    bad = csv_of(row(email="no"), row(number="102", shares="x", first_name="Tom"))
    page.get_by_label("The file").set_input_files(_file("old register.csv", bad))
    sita.press("Go on")
    sita.look("import-columns")
    sita.press("Try it")
    assert sita.sees("Nothing is changed")
    assert sita.sees("This is not an e-mail address.")
    sita.look("import-faults")
    sita.press("Throw the file away")
    assert sita.sees("The file is thrown away")

    good = csv_of(*members(60)).replace(b"last_name", b"Surname")
    page.get_by_label("The file").set_input_files(_file("new register.csv", good))
    sita.press("Go on")
    assert page.get_by_label("Last name").input_value() == "Surname"
    sita.press("Try it")
    assert sita.sees("Tried: nothing is written yet")
    sita.look("import-tried")
    assert not Member.objects.exists()
    sita.press("Take it in")
    assert sita.sees("The register has them now")
    sita.look("import-done")
    assert Member.objects.count() == 60
    sita.follow("Open the register")
    assert sita.sees("Register of members")


def test_the_same_screens_on_a_phone_and_the_progress_of_the_work(
    someone: Callable[..., Any], secretary: User
) -> None:
    sita = someone(secretary, viewport=PHONE)
    page = sita.page
    sita.visit("/members/import/")
    rows = [row(number=str(n), first_name=f"Ann{n}", shares="x") for n in range(1, 70)]
    page.get_by_label("The file").set_input_files(_file("m.csv", csv_of(*rows)))
    sita.press("Go on")
    sita.look("import-columns-phone")
    sita.press("Try it")
    sita.look("import-faults-phone")
    sita.follow("Worth a look")
    sita.visit("/members/import/")
    sita.look("import-choose-phone")

    kept = RegisterImport.objects.get()
    Job.objects.filter(pk=kept.job_id).update(
        state="running", done=40, note="Reading the rows: 500 of 900 rows."
    )
    RegisterImport.objects.filter(pk=kept.pk).update(state="trying")
    sita.visit(f"/members/import/{kept.pk}/")
    assert sita.sees("500 of 900 rows")
    sita.look("import-progress-phone")
    Job.objects.filter(pk=kept.job_id).update(state="done", done=100)
    RegisterImport.objects.filter(pk=kept.pk).update(state="faulty")
    page.get_by_text("Nothing is changed").wait_for()
    sita.look()
