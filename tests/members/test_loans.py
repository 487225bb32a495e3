"""Loans and deposits of members: in the books, in the register, and back again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import ReadLine, User
from ledger import chart
from ledger.models import (
    Account,
    BankAccount,
    BankMatch,
    Journal,
    PayOut,
    Posting,
    StatementImport,
)
from ledger.operations import make_pay_out
from ledger.owners import owners_of
from members.loans import LOAN_OWNER, loan_lines, owed_on_loans
from members.models import Member, MemberClass, Person
from members.operations import (
    give_sign_in,
    prepare_loan_repayment,
    record_loan,
    register_member,
    undo_loan,
)
from members.statements import statement_of
from members.statutory import entries_of, with_particulars
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

LENT = dt.date(2026, 1, 12)


@pytest.fixture
def ann(rita: Person, classes: dict[str, MemberClass]) -> Member:
    """Rita Shaw, a community supporter since January 2025."""
    return register_member(
        person=rita,
        member_class=classes["community"],
        joined=dt.date(2025, 1, 10),
        shares=10,
        by=SYSTEM,
    )


@pytest.fixture
def tom(treasurer: User) -> Actor:
    return Actor("user", user=treasurer)


def pounds(text: str) -> Money:
    return Money(text, "GBP")


def lend(member: Member, amount: str = "500", **said: Any) -> Journal:
    told = {
        "received_on": LENT,
        "into": Account.objects.get(pk=chart.BANK),
        "reference": "LA-2026-3",
        "once": "a",
        "by": SYSTEM,
    }
    return record_loan(member=member, amount=pounds(amount), **told | said)


def repay(member: Member, amount: str, by: Actor, once: str = "r") -> PayOut:
    why = "Due under the agreement"
    return prepare_loan_repayment(member=member, amount=pounds(amount), why=why, once=once, by=by)


def other_property(member: Member, on: dt.date) -> str:
    found = entries_of(with_particulars(Member.objects.filter(pk=member.pk), on), on)
    return found[0].other_property


def owed(member: Member) -> int:
    return owed_on_loans(member.holder.party_id)


# --- In the books and in the register -------------------------------------------------------------


def test_a_loan_comes_into_the_bank_and_is_owed_to_the_member(ann: Member, tom: Actor) -> None:
    journal = lend(ann, by=tom)
    lines = journal.postings.values_list("account", "pence", "party")
    party = ann.holder.party_id
    assert set(lines) == {(chart.BANK, 500_00, party), (chart.LOANS, -500_00, party)}
    assert (journal.date, journal.memo) == (LENT, "LA-2026-3")


def test_the_register_and_the_statement_show_it_from_its_day_on(ann: Member) -> None:
    lend(ann)
    days = (LENT - dt.timedelta(days=1), LENT, TODAY)
    assert [other_property(ann, day) for day in days] == ["", *["Loans of £500.00"] * 2]
    [line] = [one for one in statement_of(ann, TODAY).lines if one.account == "Loans from members"]
    assert (line.what, line.reference, line.pence) == ("Loan received", "LA-2026-3", 500_00)


@pytest.mark.parametrize("amount", ["0", "-5", "0.005", "99999999999"])
def test_an_amount_that_is_none_is_refused(ann: Member, amount: str) -> None:
    with pytest.raises(RuleError) as error:
        lend(ann, amount)
    assert error.value.field == "amount"
    assert not Journal.objects.filter(kind="loan").exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"received_on": TODAY + dt.timedelta(days=1)}, "received_on"),
        ({"reference": "  "}, "reference"),
    ],
)
def test_a_day_to_come_and_no_agreement_are_refused(
    ann: Member, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as error:
        lend(ann, **said)
    assert error.value.field == field


def test_it_comes_into_a_bank_account_or_is_older_than_the_books(ann: Member) -> None:
    with pytest.raises(RuleError) as error:
        lend(ann, into=Account.objects.get(pk=chart.DONATIONS))
    assert error.value.field == "into"
    before = lend(ann, into=Account.objects.get(pk=chart.OPENING))
    assert before.postings.get(account=chart.OPENING).pence == 500_00


def test_the_same_form_sent_twice_is_one_loan(ann: Member) -> None:
    assert lend(ann) == lend(ann)
    assert owed(ann) == 500_00
    with pytest.raises(RuleError, match="other figures"):
        lend(ann, "600")
    lend(ann, once="b")
    assert owed(ann) == 1000_00


# --- Back again -----------------------------------------------------------------------------------


def test_it_is_paid_back_by_two_people(ann: Member, tom: Actor, board_member: User) -> None:
    lend(ann)
    prepared = repay(ann, "200", tom)
    assert prepared.reference.startswith("LN-")
    with pytest.raises(RuleError):
        make_pay_out(pay_out=prepared, paid_on=TODAY, by=tom)
    assert owed(ann) == 500_00
    make_pay_out(pay_out=prepared, paid_on=TODAY, by=Actor("user", user=board_member))
    assert [(one.what, one.pence, one.owed) for one in loan_lines(ann.holder)] == [
        ("Received", 500_00, 500_00),
        ("Paid back", -200_00, 300_00),
    ]
    assert other_property(ann, TODAY) == "Loans of £300.00"


def test_no_more_is_prepared_than_is_owed_and_once_each(ann: Member, tom: Actor) -> None:
    with pytest.raises(RuleError):
        repay(ann, "1", tom)
    lend(ann)
    assert repay(ann, "400", tom) == repay(ann, "400", tom)
    with pytest.raises(RuleError) as error:
        repay(ann, "100.01", tom, once="s")
    assert error.value.field == "amount"
    repay(ann, "100", tom, once="s")


def test_a_repayment_leads_to_the_member_s_loans(ann: Member, tom: Actor) -> None:
    lend(ann)
    made = repay(ann, "1", tom)
    owner = owners_of([(made.owner_kind, made.owner_id)])[LOAN_OWNER, ann.pk]
    assert owner.url == f"/members/register/{ann.number}/loans/"


def test_a_loan_keyed_wrongly_is_undone_and_both_lines_stay(ann: Member, tom: Actor) -> None:
    journal = lend(ann)
    undo_loan(journal=journal, why="Twice", by=tom)
    assert [(one.what, one.owed) for one in loan_lines(ann.holder)] == [
        ("Received", 500_00),
        ("Undone", 0),
    ]
    assert not any(one.may_be_undone for one in loan_lines(ann.holder))
    with pytest.raises(RuleError, match="already"):
        undo_loan(journal=journal, why="Twice", by=tom)


def test_what_is_being_paid_back_cannot_be_undone(ann: Member, tom: Actor) -> None:
    journal = lend(ann)
    repay(ann, "0.01", tom)
    with pytest.raises(RuleError, match="paid back"):
        undo_loan(journal=journal, why="Twice", by=tom)
    assert owed(ann) == 500_00


def test_what_is_on_a_statement_of_the_bank_cannot_be_undone(ann: Member, tom: Actor) -> None:
    journal = lend(ann)
    bank = BankAccount.objects.create(name="Current", account_id=chart.BANK)
    read = StatementImport.objects.create(
        bank_account=bank, first_on=LENT, last_on=LENT, lines_read=1, state="imported"
    )
    line = read.lines.create(bank_account=bank, date=LENT, pence=500_00, text="LOAN", row=1)
    BankMatch.objects.create(line=line, journal=journal, pence=500_00, made=False)
    with pytest.raises(RuleError, match="bank’s statement"):
        undo_loan(journal=journal, why="Twice", by=tom)


def test_who_keeps_no_money_does_nothing_here(ann: Member, coordinator: User) -> None:
    cora = Actor("user", user=coordinator)
    journal = lend(ann)
    for act in (
        lambda: lend(ann, once="b", by=cora),
        lambda: repay(ann, "1", cora),
        lambda: undo_loan(journal=journal, why="No", by=cora),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Posting.objects.filter(account=chart.LOANS).count() == 1


# --- On the screens -------------------------------------------------------------------------------


def test_the_treasurer_enters_a_loan_and_prepares_to_pay_it_back(
    ann: Member, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(treasurer)
    page = f"/members/register/{ann.number}/loans/"
    assert "has lent us nothing" in client.get(page).content.decode()
    once = client.get(page + "add/").context["form"]["once"].value()
    form = {
        "amount": "£500",
        "received_on": "12/1/2026",
        "into": "bank",
        "reference": "LA-2026-3",
        "once": once,
    }
    refused = client.post(page + "add/", form | {"amount": "1.005"})
    assert refused.status_code == 400
    assert refused.context["form"].errors.keys() == {"amount"}
    assert refused.context["form"]["reference"].value() == "LA-2026-3"
    for _time in range(2):
        assert client.post(page + "add/", form).status_code == 302
    assert owed(ann) == 500_00
    repaid = client.post(page + "repay/", {"amount": "50", "why": "Due", "once": "x"})
    assert repaid.status_code == 302
    html = client.get(page).content.decode()
    assert "£500.00" in html
    assert "Waits for a second person" in html
    assert ReadLine.objects.filter(subject_id=ann.person_id, group="money").exists()


def test_a_member_sees_their_own_loans_and_changes_nothing(
    ann: Member, signed_in: Callable[[User], Client], by: Actor
) -> None:
    assert ann.person is not None
    user = give_sign_in(person=ann.person, by=by)
    client = signed_in(user)
    mine = f"/members/me/shares/{ann.number}/"
    assert "Loans and deposits" not in client.get(mine).content.decode()
    lend(ann)
    html = client.get(mine).content.decode()
    assert "The co-op owes you £500.00." in html
    assert "Undo" not in html
    assert client.get(f"/members/register/{ann.number}/loans/").status_code == 403


def test_a_loan_is_undone_on_the_screen(
    ann: Member, treasurer: User, signed_in: Callable[[User], Client]
) -> None:
    journal = lend(ann)
    client = signed_in(treasurer)
    page = f"/members/register/{ann.number}/loans/"
    undo = f"{page}{journal.pk}/undo/"
    assert undo in client.get(page).content.decode()
    assert "£500.00" in client.get(undo).content.decode()
    assert client.post(undo, {"why": ""}).status_code == 400
    assert client.post(undo, {"why": "Entered twice"}).status_code == 302
    assert owed(ann) == 0
    assert undo not in client.get(page).content.decode()
