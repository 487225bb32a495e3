"""Inspecting the register: by what right, what is shown, and the log. 2014 Act, section 103."""

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

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, ReadLine, User
from members.models import Inspection, Member, MemberClass, Person
from members.operations import (
    appoint_officer,
    cease_member,
    log_inspection,
    register_member,
)
from tests.members.conftest import TODAY
from tests.pdfs import needs_pango, pages

pytestmark = pytest.mark.django_db

BEGAN = dt.date(2025, 1, 10)
FORM = {"right": "interested", "who": "Joan Dyson", "as_at": "1 March 2026", "copy_given": "yes"}


@pytest.fixture
def member(rita: Person, classes: dict[str, MemberClass]) -> Member:
    return register_member(
        person=rita, member_class=classes["community"], joined=BEGAN, shares=98_765, by=SYSTEM
    )


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def made(by: Actor, **changes: Any) -> Inspection:
    given = {"who": "Joan Dyson", "right": "interested", "as_at": TODAY, "copy_given": True}
    return log_inspection(by=by, **(given | changes))


def test_a_member_s_name_is_taken_from_the_register(member: Member, by: Actor) -> None:
    noted = made(by, who="", right="member", member=member)
    assert (noted.who, noted.member, noted.on, noted.shown_by) == (
        "Rita Shaw",
        member,
        TODAY,
        by.user,
    )
    assert AuditLine.objects.get(action="members.log_inspection").data == {
        "right": "member",
        "as_at": "2026-03-03",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"right": "curious"}, "right"),
        ({"right": "member"}, "number"),
        ({"who": " "}, "who"),
        ({"right": "other"}, "note"),
        ({"as_at": dt.date(2026, 3, 4)}, "as_at"),
    ],
)
def test_an_inspection_names_who_and_by_what_right(
    by: Actor, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        made(by, **wrong)
    assert refused.value.field == field
    assert not Inspection.objects.exists()


def test_a_former_member_has_no_member_s_right(member: Member, by: Actor) -> None:
    cease_member(member=member, ceased=TODAY, because="Resigned", by=SYSTEM)
    member.refresh_from_db()
    with pytest.raises(RuleError, match="a member of today"):
        made(by, right="member", member=member)


def test_making_a_copy_writes_the_log_first(sita: Client, member: Member) -> None:
    response = sita.post("/members/inspections/new/", FORM)
    noted = Inspection.objects.get()
    assert response.url == f"/members/inspections/{noted.pk}/"
    assert (noted.as_at, noted.copy_given) == (dt.date(2026, 3, 1), True)
    log = sita.get("/members/inspections/").content.decode()
    assert "Joan Dyson" in log
    assert "interest in the funds" in log


def test_a_refusal_stands_beside_its_box(sita: Client, member: Member) -> None:
    for changes, words in (
        ({"right": "member", "number": "99"}, "number of a member of today"),
        ({"right": "other"}, "Say what right"),
        ({"as_at": "1 March 2027"}, "still to come"),
    ):
        response = sita.post("/members/inspections/new/", FORM | changes)
        assert response.status_code == 400
        assert words in response.content.decode()


def test_the_copy_shows_dates_and_addresses_and_neither_shares_nor_property(
    sita: Client, member: Member, by: Actor
) -> None:
    appoint_officer(person=member.person, post="chair", since=BEGAN, minute="1", by=SYSTEM)
    noted = made(by)
    page = sita.get(f"/members/inspections/{noted.pk}/").content.decode()
    for words in ("Rita Shaw", "1 Loom Lane", "10 Jan 2025", "Notices of meetings", "Chair"):
        assert words in page
    text = sita.get(f"/members/inspections/{noted.pk}/csv/").content.decode("utf-8-sig")
    assert "98,765" not in page
    assert "98765" not in page + text
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        [
            "1",
            "Rita Shaw",
            "1 Loom Lane, Weavers Green",
            "rita@example.org",
            "Notices of meetings and other documents",
            "2025-01-10",
            "",
        ]
    ]


def test_former_members_are_in_the_copy_whether_they_hold_shares_or_not(
    sita: Client, member: Member, by: Actor
) -> None:
    cease_member(member=member, ceased=dt.date(2026, 2, 1), because="Resigned", by=SYSTEM)
    noted = made(by, as_at=dt.date(2026, 1, 31))
    before = sita.get(f"/members/inspections/{noted.pk}/").content.decode()
    assert "1 Feb 2026" not in before
    after = sita.get(f"/members/inspections/{made(by).pk}/").content.decode()
    assert "1 Feb 2026" in after
    assert "Resigned" not in after


def test_who_only_looks_gets_no_copy(sita: Client, member: Member, by: Actor) -> None:
    noted = made(by, copy_given=False)
    page = sita.get(f"/members/inspections/{noted.pk}/").content.decode()
    assert "Save as a PDF" not in page
    for kind in ("csv", "pdf"):
        response = sita.get(f"/members/inspections/{noted.pk}/{kind}/")
        assert "For a copy, note a new inspection." in response.content.decode()
        assert "attachment" not in response.get("Content-Disposition", "")
    assert not AuditLine.objects.filter(action="members.give_copy").exists()


@needs_pango
def test_the_copy_is_a_document(sita: Client, member: Member, by: Actor) -> None:
    noted = made(by)
    response = sita.get(f"/members/inspections/{noted.pk}/pdf/")
    assert response["Content-Type"] == "application/pdf"
    assert pages(response.content) == 1
    assert ReadLine.objects.get().why == "pdf"


def test_the_log_is_a_spreadsheet_too(sita: Client, member: Member, by: Actor) -> None:
    made(by, who="", right="member", member=member, note="Came with a friend")
    made(by, who="=cmd()", right="other", note="Court order")
    text = sita.get("/members/inspections/csv/").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        [
            "2026-03-03",
            "'=cmd()",
            "Another right, as noted",
            "",
            "Court order",
            "2026-03-03",
            "yes",
            "Sita Secretary",
        ],
        [
            "2026-03-03",
            "Rita Shaw",
            "A member, without payment",
            "1",
            "Came with a friend",
            "2026-03-03",
            "yes",
            "Sita Secretary",
        ],
    ]


def test_the_board_reads_the_log_and_shows_nobody_the_register(
    board_member: User, signed_in: Callable[[User], Client], member: Member, by: Actor
) -> None:
    bea, noted = signed_in(board_member), made(by)
    assert "Joan Dyson" in bea.get("/members/inspections/").content.decode()
    for path in ("new", str(noted.pk), f"{noted.pk}/csv", f"{noted.pk}/pdf"):
        assert bea.get(f"/members/inspections/{path}/").status_code == 403


def test_log_and_copy_take_the_same_queries_whatever_the_rows(
    sita: Client,
    member: Member,
    by: Actor,
    classes: dict[str, MemberClass],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    noted = made(by, right="member", member=member)
    urls = ("/members/inspections/", f"/members/inspections/{noted.pk}/")
    counts = []
    for url in urls:
        sita.get(url)
        with CaptureQueriesContext(connection) as few:
            sita.get(url)
        counts.append(len(few))
    for number in range(15):
        person = Person.objects.create(first_name="Joan", last_name=f"Dyson{number}")
        register_member(person=person, member_class=classes["family"], joined=BEGAN, by=SYSTEM)
        made(by, right="member", member=member)
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            sita.get(url)
