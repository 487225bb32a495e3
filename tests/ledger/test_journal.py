"""The journal: what may be written, and what the database itself refuses."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import AuditLine
from ledger.models import Account, Journal, Party, Posting
from ledger.operations import Event, Line, move, open_account, post, post_many, reverse
from tests.ledger.conftest import TODAY

pytestmark = pytest.mark.django_db


def refused(rule: str) -> Any:
    return pytest.raises(IntegrityError, match=rule)


def balance(account: str, date: dt.date = TODAY) -> int:
    return Posting.objects.up_to(date).by_account().get(account, 0)


def open_journal(key: str = "open") -> Journal:
    """A journal as somebody would write it who goes around the operation."""
    return Journal.objects.create(kind="payment", date=TODAY, key=key)


def add(journal: Journal, account: str, pence: int) -> Posting:
    return Posting.objects.create(journal=journal, account_id=account, pence=pence)


def seal(journal: Journal) -> int:
    return Journal.objects.filter(pk=journal.pk).update(sealed=True)


# --- Writing --------------------------------------------------------------------------------------


def test_what_is_posted_is_sealed_and_sums_to_zero(ten_pounds: Journal) -> None:
    assert ten_pounds.sealed
    assert Journal.objects.get().sealed
    assert (balance("bank"), balance("applications")) == (1000, -1000)
    assert Posting.objects.all().pence_total() == 0


def test_what_moves_shares_dues_and_donations_is_outside_the_scope_of_vat(
    ten_pounds: Journal,
) -> None:
    open_account(code="share-capital-loyal", name="Loyal shares", kind="equity", by=SYSTEM)
    codes = ("share-capital", "share-capital-loyal", "dues", "donations", "care-private")
    lines = [*(Line(code, -100) for code in codes), Line("bank", 500)]
    post_many(events=[Event(kind="x", date=TODAY, key="x", lines=lines)], by=SYSTEM)
    vat = dict(Posting.objects.values_list("account", "vat"))
    assert {code for code, says in vat.items() if says == "outside"} == {
        "applications",
        "share-capital",
        "share-capital-loyal",
        "dues",
        "donations",
    }


def test_the_same_key_again_gives_the_first_journal_back(ten_pounds: Journal, joan: Party) -> None:
    lines = move(1000, debit="bank", credit="applications", party=joan)
    assert post(kind="payment", date=TODAY, key="first", lines=lines, by=SYSTEM) == ten_pounds
    assert Journal.objects.count() == 1


def test_the_same_key_for_something_else_is_a_fault(ten_pounds: Journal, joan: Party) -> None:
    lines = move(999, debit="bank", credit="applications", party=joan)
    with pytest.raises(ValueError, match="says something else"):
        post(kind="payment", date=TODAY, key="first", lines=lines, by=SYSTEM)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line("bank", 1000)],
        [Line("bank", 1000), Line("applications", -999)],
        [Line("bank", 0), Line("applications", 0)],
    ],
)
def test_a_journal_that_does_not_balance_is_never_written(lines: list[Line]) -> None:
    with pytest.raises(ValueError, match="journal"):
        post(kind="payment", date=TODAY, key="bad", lines=lines, by=SYSTEM)
    assert not Journal.objects.exists()


def test_an_account_that_is_not_there_leaves_nothing_behind() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        post(kind="x", date=TODAY, key="k", lines=move(1, debit="bank", credit="no"), by=SYSTEM)
        connection.check_constraints()
    assert not Journal.objects.exists()


def test_reversing_undoes_and_keeps_both(ten_pounds: Journal) -> None:
    undone = reverse(journal=ten_pounds, date=TODAY, why="keyed twice", by=SYSTEM)
    assert undone.reverses == ten_pounds
    assert (balance("bank"), balance("applications")) == (0, 0)
    assert Journal.objects.count() == 2


def test_a_journal_is_reversed_once(ten_pounds: Journal) -> None:
    reverse(journal=ten_pounds, date=TODAY, why="keyed twice", by=SYSTEM)
    with pytest.raises(RuleError, match="reversed already"):
        reverse(journal=ten_pounds, date=TODAY, why="again", by=SYSTEM)


def test_nothing_is_reversed_before_it_happened(ten_pounds: Journal) -> None:
    with pytest.raises(RuleError, match="before"):
        reverse(journal=ten_pounds, date=TODAY - dt.timedelta(days=1), why="too early", by=SYSTEM)


def test_a_posting_writes_the_audit_trail_with_ids_only(ten_pounds: Journal) -> None:
    line = AuditLine.objects.get(action="ledger.post")
    assert line.object_id == str(ten_pounds.pk)
    assert line.data == {"kind": "payment", "key": "first"}


def test_opening_an_account_twice_is_one_account(db: None) -> None:
    first = open_account(code="share-capital-b", name="B shares", kind="equity", by=SYSTEM)
    assert open_account(code="share-capital-b", name="Other", kind="equity", by=SYSTEM) == first
    assert Account.objects.order_by("-order").first() == first


def test_only_sealed_journals_count(joan: Party) -> None:
    journal = open_journal()
    add(journal, "bank", 1000)
    assert balance("bank") == 0


# --- The writes that the database refuses, whatever asks ------------------------------------------


def test_the_database_refuses_to_seal_what_does_not_balance() -> None:
    journal = open_journal()
    add(journal, "bank", 1000)
    add(journal, "applications", -999)
    with refused("sum to zero"), transaction.atomic():
        seal(journal)


def test_the_database_refuses_to_seal_an_empty_journal() -> None:
    journal = open_journal()
    with refused("empty journal"), transaction.atomic():
        seal(journal)


def test_the_database_refuses_a_key_that_was_used(ten_pounds: Journal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        open_journal("first")


@pytest.mark.parametrize(
    "change",
    [
        {"date": dt.date(2026, 1, 1)},
        {"memo": "other"},
        {"kind": "other"},
        {"key": "other"},
        {"source": "other"},
        {"written_at": timezone.now() + dt.timedelta(days=1)},
    ],
)
def test_the_database_refuses_to_change_a_sealed_journal(
    ten_pounds: Journal, change: dict[str, object]
) -> None:
    with refused("never changes"), transaction.atomic():
        Journal.objects.filter(pk=ten_pounds.pk).update(**change)


def test_the_database_refuses_to_change_an_open_journal_but_for_its_seal() -> None:
    journal = open_journal()
    with refused("only by being sealed"), transaction.atomic():
        Journal.objects.filter(pk=journal.pk).update(memo="other")


def test_the_database_refuses_to_change_a_posting(ten_pounds: Journal) -> None:
    with refused("append-only"), transaction.atomic():
        ten_pounds.postings.update(pence=models.F("pence") * 2)


def test_the_database_refuses_to_delete_a_journal_or_a_posting(ten_pounds: Journal) -> None:
    for table in ("ledger_posting", "ledger_journal"):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")
    assert Posting.objects.count() == 2


def test_the_database_refuses_to_add_to_a_sealed_journal(ten_pounds: Journal) -> None:
    with refused("Nothing is added"), transaction.atomic():
        add(ten_pounds, "bank", 1)


def test_the_database_refuses_to_unseal(ten_pounds: Journal) -> None:
    with refused("never changes"), transaction.atomic():
        Journal.objects.filter(pk=ten_pounds.pk).update(sealed=False)


def test_the_database_refuses_a_journal_that_begins_sealed() -> None:
    with refused("sealed when its postings"), transaction.atomic():
        Journal.objects.create(kind="x", date=TODAY, key="k", sealed=True)


def test_the_database_refuses_a_posting_of_nothing() -> None:
    journal = open_journal()
    with refused("a_posting_moves_money"), transaction.atomic():
        add(journal, "bank", 0)


# --- Races ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_post_the_same_event_write_it_once() -> None:
    together = threading.Barrier(2)
    written: list[int] = []

    def write() -> None:
        together.wait()
        lines = move(500, debit="bank", credit="dues")
        written.append(post(kind="x", date=TODAY, key="one", lines=lines, by=SYSTEM).pk)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == 2
    assert len(set(written)) == 1
    assert Posting.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_reverse_the_same_journal_reverse_it_once() -> None:
    lines = move(500, debit="bank", credit="dues")
    journal = post(kind="x", date=TODAY, key="one", lines=lines, by=SYSTEM)
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def undo() -> None:
        together.wait()
        try:
            reverse(journal=journal, date=TODAY, why="twice", by=SYSTEM)
            outcomes.append("reversed")
        except RuleError as error:
            outcomes.append(error.message)
        connection.close()

    threads = [threading.Thread(target=undo) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Journal.objects.filter(reverses=journal).count() == 1
    assert balance("bank") == 0
