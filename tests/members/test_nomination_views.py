"""The book of nominations on its screens: what must be said, what is shown, and long books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.actors import SYSTEM
from core.models import AuditLine, User
from members.models import Nomination
from members.operations import nominate
from members.rules.nominations import Nominee
from members.views import nominations
from tests.members.conftest import TODAY
from tests.members.leaving import enter
from tests.pdfs import needs_pango, pages

pytestmark = pytest.mark.django_db

ONE = {
    "signed_on": "20 February 2026",
    "received_on": "24 February 2026",
    "name_1": "Ann Dyson",
    "address_1": "2 Mill Row, Damside",
    "relation_1": "child",
    "percent_1": "100",
    "staff_1": "no",
}


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.mark.parametrize(
    "typed",
    [
        {"staff_1": ""},
        {"percent_1": "60"}
        | {"name_2": "Bea Dyson", "address_2": "2 Mill Row", "relation_2": "child"}
        | {"percent_2": "40", "staff_2": ""},
    ],
)
def test_it_is_said_of_each_nominee_whether_they_work_here(
    typed: dict[str, str], sita: Client
) -> None:
    url = f"/members/register/{enter().number}/nominations/add/"
    page = sita.get(url).content.decode()
    assert page.count('<option value="no" selected>') == 0
    refused = sita.post(url, ONE | typed)
    assert refused.status_code == 400
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(
    ("staff", "relation", "words"),
    [
        ("no", "child", "No officer or employee"),
        ("yes", "sibling", "Officer or employee of the co-op"),
        ("namesake", "other", "Only has the name of an officer or employee"),
    ],
)
def test_what_was_said_stands_on_the_page_and_in_the_book(
    staff: str, relation: str, words: str, sita: Client
) -> None:
    if staff != "no":
        enter("Ann Dyson", code="worker")
    number = enter("Cy Hirst").number
    typed = ONE | {"staff_1": staff, "relation_1": relation, "address_1": "9 Weir Lane, Leeds"}
    sita.post(f"/members/register/{number}/nominations/add/", typed)
    for url in (
        f"/members/register/{number}/nominations/",
        "/members/nominations/",
        "/members/nominations/csv/",
    ):
        assert words in sita.get(url).content.decode(), url


def test_a_long_book_comes_in_parts(sita: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nominations, "PDF_ROWS", 2)
    parts = [Nominee(f"N{n} Dyson", "2 Mill Row", "child", 20) for n in range(5)]
    nominate(member=enter(), nominees=parts, signed_on=TODAY, received_on=TODAY, by=SYSTEM)
    page = sita.get("/members/nominations/").content.decode()
    assert "part=3" in page
    assert "part=4" not in page
    shown: list[Any] = []
    monkeypatch.setattr(
        nominations.documents, "pdf_response", lambda *given: shown.append(given) or sita.get("/")
    )
    sita.get("/members/nominations/pdf/?part=3")
    [(_request, _template, context, name)] = shown
    assert [one.nominee_name for one in context["nominations"]] == ["N4 Dyson"]
    assert name == f"nominations-{TODAY}-3.pdf"
    line = AuditLine.objects.get(action="members.export_nominations")
    assert line.data == {"rows": 1, "kind": "pdf"}


@needs_pango
def test_the_book_is_a_document(sita: Client) -> None:
    response = sita.get("/members/nominations/pdf/?all=1")
    assert response["Content-Type"] == "application/pdf"
    assert pages(response.content) == 1
