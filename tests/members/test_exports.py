"""Files to take away: what is in them, who may have them, and that each is noted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import AuditLine, ReadLine, User
from ledger import chart
from members.annual_return import annual_return, pack, usual_year
from members.models import ClassMove, Member, MemberClass, Person, ShareClass, ShareTransaction
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    appoint_officer,
    appoint_representative,
    cease_member,
    move_class,
    register_member,
)
from members.operations.holdings import change_holding, reverse_holdings
from members.views import exports
from tests.members.conftest import TODAY
from tests.pdfs import needs_pango, pages

pytestmark = pytest.mark.django_db

BEGAN = dt.date(2024, 5, 1)
FIRST, LAST = dt.date(2024, 4, 1), dt.date(2025, 3, 31)
YEAR = f"?first={FIRST}&last={LAST}"


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def enter(classes: dict[str, MemberClass]) -> Callable[..., Member]:
    """`enter("Ann Shaw", "family")` → a member with five shares, since May 2024."""

    def make(name: str, code: str = "community", joined: dt.date = BEGAN, **contact: str) -> Member:
        first_name, last_name = name.split(" ")
        person = add_person(
            first_name=first_name, last_name=last_name, contact=Contact(**contact), by=SYSTEM
        )
        return register_member(
            person=person, member_class=classes[code], joined=joined, shares=5, by=SYSTEM
        )

    return make


@pytest.fixture
def wheels(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """Beck Wheels, an organisation for which Rita acts."""
    organisation = add_organisation(
        name="Beck Wheels",
        kind="charity",
        contact=Contact(address_line_1="Mill Yard", town="Damside"),
        by=SYSTEM,
    )
    appoint_representative(organisation=organisation, person=rita, since=BEGAN, by=SYSTEM)
    return register_member(
        organisation=organisation, member_class=classes["organisation"], joined=BEGAN, by=SYSTEM
    )


def rows(client: Client, path: str) -> list[list[str]]:
    response = client.get(f"/members/exports/{path}")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]


def change(member: Member, kind: str, quantity: int, date: dt.date, key: str) -> ShareTransaction:
    against = chart.APPLICATIONS if quantity > 0 else chart.WITHDRAWALS
    return change_holding(
        member=member,
        share_class=ShareClass.objects.get(code="ordinary"),
        kind=ShareTransaction.Kind(kind),
        quantity=quantity,
        date=date,
        against=against,
        key=key,
        minute="2024/7",
        by=SYSTEM,
    )


def test_the_page_says_what_each_is_for_and_hides_what_one_may_not_have(
    sita: Client, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    for words in ("Inspection copy", "Address labels", "Mail merge", "Annual return", "auditor"):
        assert words in sita.get("/members/exports/").content.decode()
    tom = signed_in(treasurer)
    page = tom.get("/members/exports/").content.decode()
    assert f'value="{LAST}"' in page
    assert ("Annual return" in page, "Address labels" in page) == (True, False)
    for path in ("labels/", "mail-merge/", f"electorate/csv/?on={TODAY}"):
        assert tom.get(f"/members/exports/{path}").status_code == 403


def test_share_transactions_of_a_period_have_no_figure_below_zero(
    sita: Client, enter: Callable[..., Member]
) -> None:
    ann = enter("Ann Shaw")
    issued = change(ann, "issue", 20, dt.date(2024, 6, 1), "a")
    gone = change(ann, "withdrawal", -5, dt.date(2024, 7, 1), "b")
    change(ann, "issue", 1, dt.date(2025, 4, 1), "later")
    found = rows(sita, f"transactions/{YEAR}")
    assert [row[:8] for row in found] == [
        ["2024-05-01", "1", "Brought over", "Ordinary shares", "5", "", "5.00", ""],
        ["2024-06-01", "1", "Issued", "Ordinary shares", "20", "", "20.00", "2024/7"],
        ["2024-07-01", "1", "Withdrawn", "Ordinary shares", "", "5", "5.00", "2024/7"],
    ]
    assert [row[-1] for row in found[1:]] == [str(issued.pk), str(gone.pk)]
    assert AuditLine.objects.get(action="members.export_transactions").data == {
        "first": "2024-04-01",
        "last": "2025-03-31",
    }


@pytest.mark.parametrize(
    "query", ["", "?first=2025-01-01", "?first=2025-01-01&last=2024-01-01", "?first=x&last=y"]
)
def test_a_period_that_cannot_be_is_asked_for_again(sita: Client, query: str) -> None:
    for path in ("transactions/", "annual-return/pdf/", "annual-return/zip/"):
        response = sita.get(f"/members/exports/{path}{query}")
        assert response.status_code == 400
        assert "Which days?" in response.content.decode()
    assert not AuditLine.objects.filter(action__contains="export").exists()


def test_a_day_to_come_is_asked_for_again(sita: Client) -> None:
    for path in ("electorate/?on=2027-01-01", "electorate/csv/?on=2027-01-01"):
        assert "still to come" in sita.get(f"/members/exports/{path}").content.decode()


def test_labels_are_for_those_whom_e_mail_does_not_reach_or_for_everybody(
    sita: Client, enter: Callable[..., Member], wheels: Member
) -> None:
    address = {"address_line_1": "2 Mill Row", "town": "Damside", "postcode": "QX7 2AB"}
    enter("Ann Shaw", email="ann@example.org", **address)
    bob = enter("Bob Haigh", **address)
    enter("Cat Dunn")
    dead = enter("Dan Earl", **address)
    Person.objects.filter(pk=dead.person_id).update(died_on=TODAY)
    gone = enter("Eve Firth", **address)
    cease_member(member=gone, ceased=TODAY, because="Resigned", by=SYSTEM)
    on_paper = rows(sita, "labels/?as=csv")
    assert [row[1] for row in on_paper] == ["Beck Wheels", "Bob Haigh"]
    assert on_paper[0][2:6] == ["Rita Shaw", "Mill Yard", "", "Damside"]
    everybody = rows(sita, "labels/?as=csv&who=all")
    assert [row[1] for row in everybody] == ["Beck Wheels", "Ann Shaw", "Bob Haigh"]
    assert bob.person_id in ReadLine.objects.filter(why="export").values_list(
        "subject_id", flat=True
    )


@needs_pango
def test_twenty_four_labels_fill_a_sheet(
    sita: Client, enter: Callable[..., Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        enter(f"Ann Shaw{number}", address_line_1="2 Mill Row", town="Damside")
    assert pages(sita.get("/members/exports/labels/").content) == 2
    monkeypatch.setattr(exports, "LABELS_A_FILE", 24)
    assert "Part 2 of 2" in sita.get("/members/exports/").content.decode()
    assert pages(sita.get("/members/exports/labels/?part=2").content) == 1


def test_a_mail_merge_says_how_each_wants_to_be_written_to(
    sita: Client, enter: Callable[..., Member], wheels: Member
) -> None:
    enter("Ann Shaw", email="ann@example.org", format="large")
    Person.objects.filter(first_name="Ann").update(language="Urdu")
    organisation, person = rows(sita, "mail-merge/")
    assert organisation[1:5] == ["", "", "Beck Wheels", "Dear Rita Shaw"]
    assert person[1:5] == ["Ann", "Shaw", "", "Dear Ann"]
    assert person[9:] == [
        "ann@example.org",
        "post",
        "Large print",
        "Urdu",
        "Community supporter",
        "Community and partners",
    ]


def test_the_electorate_is_that_of_the_day_by_constituency(
    sita: Client, enter: Callable[..., Member], wheels: Member, classes: dict[str, MemberClass]
) -> None:
    ann = enter("Ann Shaw", "family")
    enter("Bob Haigh", joined=dt.date(2026, 1, 1))
    ClassMove.objects.create(
        member=ann,
        left=classes["family"],
        entered=classes["supported"],
        date=dt.date(2026, 2, 1),
        because="Test",
    )
    Member.objects.filter(pk=ann.pk).update(member_class=classes["supported"])
    now = sita.get("/members/exports/electorate/").context["electorate"].counts
    assert [(name, number) for name, number, _rows in now] == [
        ("People supported", 1),
        ("Community and partners", 2),
    ]
    then = sita.get("/members/exports/electorate/?on=2025-12-31").context["electorate"].counts
    assert [(name, number) for name, number, _rows in then] == [
        ("Families and unpaid carers", 1),
        ("Community and partners", 1),
    ]
    names = rows(sita, "electorate/csv/?on=2025-12-31")
    assert [row[1:5] for row in names] == [
        ["Beck Wheels", "Rita Shaw", "Partner organisation", "Community and partners"],
        ["Ann Shaw", "", "Family carer", "Families and unpaid carers"],
    ]
    assert AuditLine.objects.get(action="members.export_electorate").data["rows"] == 2


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(
    sita: Client, enter: Callable[..., Member]
) -> None:
    enter("=cmd() Shaw", address_line_1="+1 Mill Row", town="@Damside", postcode="QX7 2AB")
    enter("-Ann Shaw", address_line_1="=HYPERLINK(1)")
    for path in ("labels/?as=csv", "mail-merge/", f"electorate/csv/?on={TODAY}"):
        cells = [cell for row in rows(sita, path) for cell in row]
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")], path


@pytest.mark.parametrize(
    "path",
    [
        "labels/?as=csv&who=all",
        "mail-merge/",
        f"electorate/?on={TODAY}",
        f"electorate/csv/?on={TODAY}",
        f"transactions/{YEAR}",
        f"annual-return/{YEAR}",
    ],
)
def test_an_export_takes_the_same_queries_whatever_the_rows(
    sita: Client,
    enter: Callable[..., Member],
    wheels: Member,
    django_assert_num_queries: Callable[..., Any],
    path: str,
) -> None:
    url = f"/members/exports/{path}"
    enter("Ann Shaw", address_line_1="2 Mill Row")
    sita.get(url)
    with CaptureQueriesContext(connection) as few:
        sita.get(url)
    for number in range(10):
        enter(f"Ann Shaw{number}", address_line_1="2 Mill Row")
    with django_assert_num_queries(len(few)):
        sita.get(url)


# --- The annual return ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (dt.date(2026, 3, 31), dt.date(2025, 3, 31)),
        (dt.date(2026, 4, 1), dt.date(2026, 3, 31)),
        (dt.date(2026, 1, 1), dt.date(2025, 3, 31)),
    ],
)
def test_the_usual_year_is_the_last_full_one_to_31_march(today: dt.date, last: dt.date) -> None:
    assert usual_year(today) == (last.replace(year=last.year - 1, month=4, day=1), last)


@pytest.fixture
def year(enter: Callable[..., Member]) -> Member:
    """Three members before the year, one joins, two cease; shares come and go."""
    ann = enter("Ann Shaw", joined=dt.date(2023, 1, 10))
    bob = enter("Bob Haigh", joined=dt.date(2023, 1, 10))
    early = enter("Cat Dunn", joined=dt.date(2023, 1, 10))
    enter("Dan Earl", "family", joined=FIRST)
    cease_member(member=early, ceased=FIRST, because="Moved away", by=SYSTEM)
    cease_member(member=bob, ceased=LAST, because="Resigned", by=SYSTEM)
    enter("Eve Firth", joined=LAST + dt.timedelta(days=1))
    change(ann, "issue", 100, dt.date(2024, 6, 1), "a")
    wrong = change(ann, "issue", 30, dt.date(2024, 6, 2), "b")
    reverse_holdings(journal=wrong.journal, date=dt.date(2024, 6, 3), why="Wrong", by=SYSTEM)
    change(bob, "withdrawal", -5, LAST, "c")
    change(ann, "issue", 1, LAST + dt.timedelta(days=1), "d")
    return ann


def test_the_figures_add_up_and_money_is_the_ledger_s(year: Member) -> None:
    figures = annual_return(FIRST, LAST)
    assert (figures.members_start, figures.joined, figures.ceased, figures.members_end) == (
        3,
        1,
        2,
        2,
    )
    assert figures.by_class == [("Family carer", 1), ("Community supporter", 1)]
    assert (figures.capital_start, figures.capital_end) == (15_00, 115_00)
    assert (figures.capital_issued, figures.capital_withdrawn) == (105_00, 5_00)
    [capital] = figures.capital
    assert [(one.label, one.pence) for one in capital.movements] == [
        ("Issued", 130_00),
        ("Issued, undone", -30_00),
        ("Brought over", 5_00),
        ("Withdrawn", -5_00),
    ]
    assert figures.balance_end.agrees
    assert figures.balance_end.natural(chart.SHARE_CAPITAL) == figures.capital_end


def test_officers_of_any_day_in_the_year_are_named(year: Member) -> None:
    other = Person.objects.get(first_name="Dan")
    appoint_officer(person=year.person, post="chair", since=FIRST, minute="1", by=SYSTEM)
    after = LAST + dt.timedelta(1)
    appoint_officer(person=other, post="chair", since=after, minute="2", jointly=True, by=SYSTEM)
    assert [one.office.person for one in annual_return(FIRST, LAST).officers] == [year.person]


def test_the_page_shows_the_figures_of_the_usual_year(sita: Client, year: Member) -> None:
    page = sita.get("/members/exports/annual-return/")
    assert (page.context["figures"].first, page.context["figures"].last) == (FIRST, LAST)
    assert "£115.00" in page.content.decode()


def test_the_pack_holds_every_list(sita: Client, year: Member) -> None:
    response = sita.get(f"/members/exports/annual-return/zip/{YEAR}")
    assert response["Content-Disposition"] == 'attachment; filename="annual-return-2025-03-31.zip"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        names = set(packed.namelist())
        lists = {
            name: list(csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig"))))[1:]
            for name in names
            if name.endswith(".csv")
        }
    assert names & {"summary.pdf", "summary.html"}
    assert [row[1] for row in lists["members-at-start.csv"]] == [
        "Ann Shaw",
        "Bob Haigh",
        "Cat Dunn",
    ]
    assert [row[1] for row in lists["members-at-end.csv"]] == ["Ann Shaw", "Dan Earl"]
    assert [row[1] for row in lists["joined.csv"]] == ["Dan Earl"]
    assert [row[4:] for row in lists["ceased.csv"]] == [
        ["2025-03-31", "Resigned"],
        ["2024-04-01", "Moved away"],
    ]
    assert ["share capital at the end, pounds", "115.00"] in lists["summary.csv"]
    assert lists["trial-balance-at-end.csv"][-1][2:] == ["120.00", "120.00"]
    assert len(lists["share-transactions.csv"]) == 5
    assert AuditLine.objects.get(action="members.export_annual_return")


def test_the_lists_give_the_class_of_their_day_as_the_summary_does(
    year: Member, classes: dict[str, MemberClass]
) -> None:
    move_class(
        member=year,
        entered=classes["family"],
        date=TODAY,
        because="Looks after her aunt",
        minute="1",
        by=SYSTEM,
    )
    figures = annual_return(FIRST, LAST)
    rows = list(csv.reader(io.StringIO(pack(figures)["members-at-end.csv"].decode("utf-8-sig"))))
    assert rows[0][2] == "class"
    assert Counter(row[2] for row in rows[1:]) == dict(figures.by_class)


@needs_pango
def test_the_figures_are_a_document_too(sita: Client, year: Member) -> None:
    response = sita.get(f"/members/exports/annual-return/pdf/{YEAR}")
    assert response["Content-Type"] == "application/pdf"
