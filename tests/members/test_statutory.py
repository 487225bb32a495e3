"""What the law asks the register to say, as at any day: 2014 Act, section 30."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.documents import document_html
from core.models import AuditLine, ReadLine, User
from ledger import chart
from ledger.operations import move, post
from members.models import ClassMove, Member, MemberClass, Person, ShareClass, ShareTransaction
from members.operations import cease_member, register_member
from members.operations.holdings import change_holding
from members.statutory import Entry, entries_of, totals_on, with_particulars
from members.views import statutory
from tests.members.conftest import TODAY
from tests.pdfs import needs_pango, pages

pytestmark = pytest.mark.django_db

BEGAN = dt.date(2025, 1, 10)


@pytest.fixture
def ann(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """Rita Shaw, a community supporter with ten shares since January 2025."""
    return register_member(
        person=rita, member_class=classes["community"], joined=BEGAN, shares=10, by=SYSTEM
    )


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def entry(member: Member, on: dt.date) -> Entry:
    [found] = entries_of(with_particulars(Member.objects.filter(pk=member.pk), on), on)
    return found


def change(member: Member, quantity: int, date: dt.date, key: str) -> ShareTransaction:
    return change_holding(
        member=member,
        share_class=ShareClass.objects.get(code="ordinary"),
        kind=ShareTransaction.Kind.ISSUE if quantity > 0 else ShareTransaction.Kind.WITHDRAWAL,
        quantity=quantity,
        date=date,
        against=chart.APPLICATIONS if quantity > 0 else chart.WITHDRAWALS,
        key=key,
        by=SYSTEM,
    )


def owe(member: Member, pence: int, date: dt.date, key: str, *, credit: str, debit: str) -> None:
    party = member.holder.party
    lines = move(pence, debit=debit, credit=credit, party=party)
    post(kind="test", date=date, key=key, lines=lines, by=SYSTEM)


def test_shares_are_those_of_the_end_of_the_day(ann: Member) -> None:
    change(ann, 5, dt.date(2025, 6, 1), "a")
    change(ann, -12, dt.date(2025, 9, 1), "b")
    days = [BEGAN, dt.date(2025, 5, 31), dt.date(2025, 6, 1), dt.date(2025, 9, 1), TODAY]
    assert [entry(ann, day).shares for day in days] == [10, 10, 15, 3, 3]
    assert [entry(ann, day).paid.amount for day in days] == [10, 10, 15, 3, 3]


def test_the_amount_paid_leaves_out_what_was_taken_back(ann: Member) -> None:
    back, again = dt.date(2025, 8, 1), dt.date(2025, 10, 1)
    books = {"debit": chart.SHARES_UNPAID, "credit": chart.APPLICATIONS}
    owe(ann, 400, back, "back", **books)
    owe(ann, 400, again, "again", debit=books["credit"], credit=books["debit"])
    paid = [entry(ann, day).paid.amount for day in (BEGAN, back, again)]
    assert paid == [10, 6, 10]
    assert totals_on(back).paid.amount == 6
    assert totals_on(back).agree


def test_loans_are_other_property(ann: Member) -> None:
    lent = dt.date(2025, 3, 1)
    owe(ann, 250_00, lent, "loan", debit=chart.BANK, credit=chart.LOANS)
    assert entry(ann, BEGAN).other_property == ""
    assert entry(ann, lent).other_property == "Loans of £250.00"


def test_of_somebody_entered_again_loans_and_unpaid_shares_stand_against_the_later_number(
    ann: Member, classes: dict[str, MemberClass]
) -> None:
    cease_member(member=ann, ceased=dt.date(2025, 6, 1), because="Resigned", by=SYSTEM)
    again = register_member(
        person=ann.person, member_class=classes["family"], joined=TODAY, shares=20, by=SYSTEM
    )
    again.holder.refresh_from_db()
    owe(again, 500, BEGAN, "loan", debit=chart.BANK, credit=chart.LOANS)
    owe(again, 500, BEGAN, "back", debit=chart.SHARES_UNPAID, credit=chart.APPLICATIONS)
    told = [(entry(one, TODAY).paid.amount, entry(one, TODAY).loans.amount) for one in (ann, again)]
    assert told == [(10, 0), (15, 5)]
    assert entry(ann, BEGAN).loans.amount == 5


def test_the_class_is_the_one_of_that_day(ann: Member, classes: dict[str, MemberClass]) -> None:
    for day, left, entered in (
        (dt.date(2025, 5, 1), "community", "family"),
        (dt.date(2025, 9, 1), "family", "supported"),
    ):
        ClassMove.objects.create(
            member=ann, left=classes[left], entered=classes[entered], date=day, because="Test"
        )
    Member.objects.filter(pk=ann.pk).update(member_class=classes["supported"])
    days = (BEGAN, dt.date(2025, 4, 30), dt.date(2025, 5, 1), dt.date(2025, 9, 1), TODAY)
    codes = [entry(ann, day).member_class.code for day in days]
    assert codes == ["community", "community", "family", "supported", "supported"]
    assert Member.objects.totals(dt.date(2025, 5, 1)) == {classes["family"].pk: (1, 10)}


def test_a_former_member_who_still_holds_shares_stays_in_the_register(
    ann: Member, sita: Client
) -> None:
    ended = dt.date(2025, 6, 1)
    cease_member(member=ann, ceased=ended, because="Resigned", by=SYSTEM)

    def shown(query: str) -> bool:
        return "Rita Shaw" in sita.get(f"/members/register/?{query}").content.decode()

    assert shown("")
    assert not shown("who=members")
    assert shown("who=former")
    change(ann, -10, dt.date(2025, 12, 1), "repaid")
    assert not shown("")
    assert shown("on=2025-11-30")
    assert shown("who=all")
    assert not shown("who=all&on=2025-01-09")


def test_that_day_s_register_knows_no_later_end(ann: Member) -> None:
    ended = dt.date(2025, 6, 1)
    cease_member(member=ann, ceased=ended, because="Resigned", by=SYSTEM)
    ann.refresh_from_db()
    before, after = entry(ann, dt.date(2025, 5, 31)), entry(ann, ended)
    assert (before.ceased, before.why_ceased) == (None, "")
    assert (after.ceased, after.why_ceased) == (ended, "Resigned")


def test_the_purposes_stand_beside_an_electronic_address_only(ann: Member) -> None:
    assert entry(ann, TODAY).purposes == "Notices of meetings and other documents"
    ann.person.email = ""
    ann.person.save()
    ann.refresh_from_db()
    assert entry(ann, TODAY).purposes == ""


def test_shares_of_several_classes_are_told_apart(ann: Member) -> None:
    investor = ShareClass.objects.create(
        code="investor", name="Investor shares", capital_id=chart.OTHER_INCOME, par=5
    )
    change_holding(
        member=ann,
        share_class=investor,
        kind=ShareTransaction.Kind.ISSUE,
        quantity=3,
        date=TODAY,
        against=chart.APPLICATIONS,
        key="other",
        by=SYSTEM,
    )
    found = entry(ann, TODAY)
    assert found.shares_in_words == "10 Ordinary shares, 3 Investor shares"
    assert (found.shares, found.paid.amount) == (13, 25)
    assert totals_on(TODAY).agree


def test_help_says_plainly_that_addresses_are_today_s(ann: Member, sita: Client) -> None:
    assert "e-mail addresses are today’s" in sita.get("/members/register/").content.decode()


@needs_pango
def test_the_pdf_is_a_document_and_its_making_is_noted(ann: Member, sita: Client) -> None:
    response = sita.get("/members/register/pdf/?on=2025-03-01")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="register-2025-03-01.pdf"'
    assert pages(response.content) == 1
    assert ReadLine.objects.get().why == "pdf"
    assert AuditLine.objects.get(action="members.export_register").data == {
        "rows": 1,
        "as_at": "2025-03-01",
        "how": "pdf",
    }


@pytest.fixture
def saved(sita: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[str, str]]:
    """`saved("?on=…")` → the words of the PDF, and the name of its file."""

    def make(query: str) -> tuple[str, str]:
        made: list[tuple[str, str]] = []

        def shown(_request: object, template: str, context: dict[str, Any], name: str) -> Any:
            made.append((document_html(template, context, pdf=False), name))
            return HttpResponse()

        monkeypatch.setattr(statutory, "pdf_response", shown)
        sita.get(f"/members/register/pdf/{query}")
        return made[0]

    return make


LAW = "section 30 of the Co-operative and Community Benefit Societies Act 2014"


def test_the_register_of_the_law_is_the_whole_whatever_was_looked_for_before(
    ann: Member, sita: Client, saved: Callable[[str], tuple[str, str]]
) -> None:
    sita.post("/members/register/search/", {"q": "nobody"})
    words, name = saved("")
    assert LAW in words
    assert "Rita Shaw" in words
    assert name == f"register-{TODAY}.pdf"
    csv_file = sita.get("/members/register/csv/")
    assert "Rita Shaw" in csv_file.content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?found=SHAW", "found by “shaw”"),
        ("?member_class=community", "Community supporter"),
        ("?who=members", "members only"),
        ("?found=SHAW&who=former", "found by “shaw”, former members"),
    ],
)
def test_of_a_narrowed_list_there_is_an_extract_which_says_so(
    ann: Member, sita: Client, saved: Callable[[str], tuple[str, str]], query: str, said: str
) -> None:
    looked = sita.post("/members/register/search/", {"q": "shaw"})
    query = query.replace("SHAW", looked["Location"].partition("found=")[2])
    words, name = saved(query)
    assert "Extract from the register of members" in words
    assert f"only: {said}." in words
    assert LAW not in words
    assert "shares, £" not in words
    assert name == f"register-extract-{TODAY}.pdf"
    table = sita.get(f"/members/register/csv/{query}")
    assert f"Extract from the register: {said}" in table.content.decode("utf-8-sig")
    assert "register-extract-" in table["Content-Disposition"]
    assert "This is an extract" in sita.get(f"/members/register/{query}").content.decode()


@pytest.mark.parametrize("what", ["register/csv", "register/pdf", "officers/csv", "officers/pdf"])
@pytest.mark.parametrize("day", ["2026-02-30", "soon", "2027-01-01"])
def test_of_a_day_that_cannot_be_nothing_is_saved(
    ann: Member, sita: Client, what: str, day: str
) -> None:
    response = sita.get(f"/members/{what}/?on={day}")
    assert response.status_code == 400
    assert "Nothing was saved." in response.content.decode()
    assert "There is a problem" in response.content.decode()
    assert not AuditLine.objects.filter(action="members.export_register").exists()


@needs_pango
def test_a_long_register_comes_in_parts(
    ann: Member,
    classes: dict[str, MemberClass],
    sita: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    joan = Person.objects.create(first_name="Joan", last_name="Dyson")
    register_member(person=joan, member_class=classes["family"], joined=BEGAN, by=SYSTEM)
    monkeypatch.setattr(statutory, "PDF_ROWS", 1)
    page = sita.get("/members/register/").content.decode()
    assert ("PDF, part 2" in page, "PDF, part 3" in page) == (True, False)
    part = sita.get("/members/register/pdf/?part=2")
    assert f"register-{TODAY}-2.pdf" in part["Content-Disposition"]
    assert {line.subject_id for line in ReadLine.objects.filter(why="pdf")} == {joan.pk}


def test_the_spreadsheet_takes_the_same_queries_whatever_the_rows(
    ann: Member,
    classes: dict[str, MemberClass],
    sita: Client,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    def rows() -> int:
        text = sita.get("/members/register/csv/").content.decode("utf-8-sig")
        return len(list(csv.reader(io.StringIO(text))))

    rows()
    with CaptureQueriesContext(connection) as few:
        assert rows() == 2
    assert len(few) <= 18
    for number in range(20):
        person = Person.objects.create(first_name="Joan", last_name=f"Dyson{number}")
        register_member(person=person, member_class=classes["family"], joined=BEGAN, by=SYSTEM)
    with django_assert_num_queries(len(few)):
        assert rows() == 22
