"""Bank statements on screen: reading in, looking, explaining, undoing, and taking away."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import AuditLine, User
from ledger.awaited import ToAccount
from ledger.models import (
    Account,
    BankAccount,
    BankLine,
    Journal,
    Order,
    Party,
    Payment,
    Posting,
    StatementImport,
)
from ledger.operations import accept_all_certain, match_line, prepare_pay_out, record_payment
from tests.ledger.conftest import a_file, queries_of
from tests.ledger.statements.files import sample

pytestmark = pytest.mark.django_db

Read = Callable[..., StatementImport]
GENERAL = b"Booked;Text;Sum;After\n02.02.2026;J SMITH;20.00;120.00\n"


@pytest.fixture
def desk(treasurer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(treasurer)


def at(name: str, *args: Any) -> str:
    return reverse(f"ledger:{name}", args=args)


def sent(client: Client, address: str, upload: bytes, **said: Any) -> Any:
    return client.post(address, {"upload": SimpleUploadedFile("bank.csv", upload), **said})


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def shown(client: Client, name: str, *args: Any) -> str:
    response = client.get(at(name, *args))
    assert response.status_code == 200
    return text_of(response)


def explain(client: Client, line: BankLine, **said: Any) -> Any:
    return client.post(at("match_line", line.pk), said)


# --- Accounts -------------------------------------------------------------------------------------


def test_without_an_account_the_treasurer_is_led_to_add_one(desk: Client) -> None:
    assert "First say which account we have" in shown(desk, "statements")
    assert desk.get(at("statement_read")).headers["Location"] == at("bank_account_new")
    said = {"name": "Current account", "number": "12-34-56 00123456", "profile": "lloyds"}
    response = desk.post(at("bank_account_new"), said)
    kept = BankAccount.objects.get()
    assert response.headers["Location"] == at("bank_account", kept.pk)
    assert (kept.number, kept.profile) == ("123456-00123456", "lloyds")
    assert "No statement was read in so far." in shown(desk, "bank_account", kept.pk)


def test_an_account_is_changed(desk: Client, bank: BankAccount) -> None:
    said = {"name": "Main", "number": bank.number, "profile": ""}
    assert desk.post(at("bank_account_edit", bank.pk), said).status_code == 302
    bank.refresh_from_db()
    assert bank.name == "Main"
    refused = desk.post(at("bank_account_edit", bank.pk), said | {"name": ""})
    assert refused.status_code == 400


# --- Reading in -----------------------------------------------------------------------------------


def test_a_file_is_read_looked_at_and_taken_in(desk: Client, bank: BankAccount) -> None:
    upload = a_file((2, "20.00", "J SMITH"), (5, "-6.50", "CHARGES"))
    response = sent(desk, at("statement_read"), upload, bank_account=bank.pk)
    statement = StatementImport.objects.get()
    assert response.headers["Location"] == at("statement", statement.pk)
    page = shown(desk, "statement", statement.pk)
    assert "J SMITH" in page
    assert "It adds up" in page
    assert "Take it in" in page
    assert desk.post(at("take_in", statement.pk)).status_code == 302
    page = shown(desk, "statement", statement.pk)
    assert "To be explained" in page
    assert "Taken in. Now say what each line is." in page


def test_all_faults_of_a_file_stand_in_a_table(desk: Client, bank: BankAccount) -> None:
    upload = a_file((2, "20.00", "A"), (3, "20.00", "B"))
    upload = upload.replace(b"02/02/2026", b"32/02/2026").replace(b"140.00", b"<b>x</b>")
    response = sent(desk, at("statement_read"), upload, bank_account=bank.pk)
    page = text_of(response)
    assert response.status_code == 400
    assert "Nothing was read in: 2 things are wrong with this file." in page
    assert "“32/02/2026” is not a real date." in page
    assert "“&lt;b&gt;x&lt;/b&gt;” is not an amount." in page
    assert not StatementImport.objects.exists()


def test_a_file_that_is_no_statement_is_refused_with_a_sentence(
    desk: Client, bank: BankAccount
) -> None:
    for upload, sentence in (
        (b"\x89PNG\r\n\x1a\n\0\0", "This is not a text file"),
        (b"hello", "We do not know these headings"),
        (b"", "This file is empty"),
    ):
        response = sent(desk, at("statement_read"), upload, bank_account=bank.pk)
        assert response.status_code == 400
        assert sentence in text_of(response)
    assert "Choose the file" in text_of(desk.post(at("statement_read"), {"bank_account": bank.pk}))


def test_a_file_of_more_than_five_megabytes_is_not_even_read(
    desk: Client, bank: BankAccount
) -> None:
    response = sent(desk, at("statement_read"), b"x" * (5 * 1024 * 1024 + 1), bank_account=bank.pk)
    assert "larger than 5 MB" in text_of(response)


def test_the_balance_is_asked_for_beside_its_box(desk: Client, bank: BankAccount) -> None:
    upload = sample("barclays.csv").replace(b"/03/2026", b"/02/2026")
    said = {"bank_account": bank.pk}
    response = sent(desk, at("statement_read"), upload, **said)
    assert "This file tells no balances" in text_of(response)
    assert sent(desk, at("statement_read"), upload, closing="1,000", **said).status_code == 302
    assert StatementImport.objects.get().closing_pence == 100_000


def test_the_columns_of_another_bank_are_chosen_once(desk: Client, bank: BankAccount) -> None:
    asked = sent(desk, at("statement_read"), GENERAL, bank_account=bank.pk, profile="general")
    page = text_of(asked)
    assert "Which column holds what?" in page
    assert '<option value="Booked">Booked</option>' in page
    said = {"column_date": "Booked", "column_description": "Text", "column_amount": "Sum"}
    wrong = sent(desk, at("statement_columns", bank.pk), GENERAL, **(said | {"column_date": ""}))
    assert wrong.status_code == 400
    assert "Choose the column that holds the date." in text_of(wrong)
    chosen = sent(desk, at("statement_columns", bank.pk), GENERAL, **said, column_balance="After")
    first = StatementImport.objects.get()
    assert chosen.headers["Location"] == at("statement", first.pk)
    bank.refresh_from_db()
    assert bank.profile == "general"
    assert bank.columns["balance"] == "After"
    later = GENERAL.replace(b"02.02", b"03.02")
    assert sent(desk, at("statement_read"), later, bank_account=bank.pk).status_code == 302
    assert StatementImport.objects.count() == 2


def test_columns_are_chosen_anew_from_a_file(desk: Client, bank: BankAccount) -> None:
    assert "Choose one of its CSV files first" in shown(desk, "statement_columns", bank.pk)
    asked = sent(desk, at("statement_columns", bank.pk), GENERAL)
    assert "Which column holds what?" in text_of(asked)
    assert sent(desk, at("statement_columns", bank.pk), b"1,2\n3,4").status_code == 400
    assert desk.post(at("statement_columns", bank.pk)).status_code == 400


def test_known_lines_and_look_alikes_are_marked_and_these_can_be_left_out(
    desk: Client, read: Read
) -> None:
    read((2, "20.00", "A"), (5, "30.00", "B"))
    later = read((5, "30.00", "B by transfer"), (9, "1.00", "C"), opening="120.00", take=False)
    page = shown(desk, "statement", later.pk)
    assert "Looks alike" in page
    assert "1 line has the day and amount" in page
    assert desk.post(at("take_in", later.pk), {"leave_out_alike": "on"}).status_code == 302
    assert [line.text for line in later.lines.all()] == ["C"]


def test_a_preview_warns_of_a_missing_statement(desk: Client, read: Read) -> None:
    read((2, "20.00", "A"))
    later = read((9, "1.00", "C"), opening="500.00", take=False)
    page = shown(desk, "statement", later.pk)
    assert "A statement may be missing" in page
    assert "£380.00 are on no statement" in page


def test_a_preview_is_thrown_away(desk: Client, read: Read) -> None:
    statement = read((2, "20.00", "A"), take=False)
    assert desk.post(at("discard_import", statement.pk)).status_code == 302
    assert "Thrown away" in shown(desk, "statement", statement.pk)


def test_a_statement_is_undone_unless_a_line_is_explained(desk: Client, read: Read) -> None:
    statement = read((2, "20.00", "A"))
    line = statement.lines.get()
    donations = Account.objects.get(pk="donations")
    match_line(line=line, parts=[ToAccount(donations, 20_00)], by=SYSTEM)
    desk.post(at("undo_import", statement.pk))
    assert "1 of its lines is explained" in shown(desk, "statement", statement.pk)
    desk.post(at("undo_match", line.pk), {"why": "Wrong"})
    desk.post(at("undo_import", statement.pk))
    assert "Nothing of this statement counts" in shown(desk, "statement", statement.pk)


# --- Explaining -----------------------------------------------------------------------------------


def test_a_proposal_is_shown_with_its_reason_and_accepted(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    statement = read((5, "15.00", f"J SMITH {order.reference}"))
    line = statement.lines.get()
    page = shown(desk, "statement", statement.pk)
    assert f"The reference {order.reference} is in the text, but the amount is £5.00 less" in page
    assert "Accept all that are certain" not in page
    response = desk.post(at("accept_proposal", line.pk), {"keys": f"order-{order.pk}"})
    assert response.headers["Location"] == at("statement", statement.pk)
    assert Payment.objects.get().amount.amount == 15
    page = shown(desk, "statement", statement.pk)
    assert f"{order.reference}: Shares" in page


def test_a_proposal_that_has_changed_is_told(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    line = read((5, "15.00", make_order().reference)).lines.get()
    response = desk.post(at("accept_proposal", line.pk), {"keys": "order-0"}, follow=True)
    assert "Something else is proposed by now" in text_of(response)


def test_all_that_are_certain_are_accepted_at_one_press(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    statement = read((5, "20.00", order.reference), (6, "3.00", "WHO"))
    assert "Accept all that are certain (1)" in shown(desk, "statement", statement.pk)
    response = desk.post(at("accept_all_certain", statement.pk), follow=True)
    assert "1 line is explained and in the books." in text_of(response)
    response = desk.post(at("accept_all_certain", statement.pk), follow=True)
    assert "No line is certain" in text_of(response)


def test_a_charge_is_written_to_its_account(desk: Client, read: Read) -> None:
    line = read((5, "-6.50", "CHARGES")).lines.get()
    page = shown(desk, "bank_line", line.pk)
    assert "Other costs" in page
    assert "Share capital" not in page
    assert explain(desk, line, rest="other-costs", memo="February").status_code == 302
    assert Posting.objects.by_account() == {"bank": -6_50, "other-costs": 6_50}
    page = shown(desk, "bank_line", line.pk)
    assert "Other costs (February)" in page
    assert "Undo this" in page


def test_what_does_not_add_up_is_refused_and_shown_again(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    line = read((5, "30.00", "J SMITH")).lines.get()
    key = f"order-{order.pk}"
    said = {"keys": key, f"pick_{key}": "on", f"amount_{key}": "20.00"}
    refused = explain(desk, line, **said)
    assert refused.status_code == 400
    assert "£10.00 too little" in text_of(refused)
    assert order.reference in text_of(refused)
    empty = explain(desk, line, **(said | {f"amount_{key}": ""}))
    assert "Enter how much of the line this is." in text_of(empty)
    nothing = explain(desk, line)
    assert "Choose what this is." in text_of(nothing)
    assert explain(desk, line, **said, rest="donations").status_code == 302
    assert Posting.objects.by_account() == {
        "bank": 30_00,
        "applications": -20_00,
        "donations": -10_00,
    }


def test_a_council_s_list_is_pasted_and_a_short_payment_shared_out(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    orders = [
        make_order("10.00", kind="invoice", key=f"i{n}", account="receivable") for n in range(3)
    ]
    line = read((5, "25.00", "COUNCIL 4711")).lines.get()
    advice = "\n".join(f"{order.reference.lower()};10.00" for order in orders)
    found = desk.post(at("bank_line", line.pk), {"said": advice})
    page = text_of(found)
    assert found.status_code == 200
    assert "the amount is £5.00 less than asked for all of them" in page
    said: dict[str, Any] = {"keys": [f"order-{order.pk}" for order in orders]}
    for order, amount in zip(orders, ("10", "10", "5"), strict=True):
        assert order.reference in page
        said |= {f"pick_order-{order.pk}": "on", f"amount_order-{order.pk}": amount}
    assert explain(desk, line, **said).status_code == 302
    assert {payment.method for payment in Payment.objects.all()} == {"remittance"}
    assert [order.is_paid for order in orders] == [True, True, False]


def test_the_amounts_of_a_list_that_are_the_whole_line_are_filled_in(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    orders = [
        make_order("10.00", kind="invoice", key=f"i{n}", account="receivable") for n in range(3)
    ]
    line = read((5, "22.50", "COUNCIL 4711")).lines.get()
    amounts = ("10.00", "£8.25", "4.25")
    advice = "\n".join(
        f"{order.reference} ward 3 {amount}" for order, amount in zip(orders, amounts, strict=True)
    )
    found = desk.post(at("bank_line", line.pk), {"said": advice})
    page = text_of(found)
    assert "The amounts in the list add up to this line." in page
    assert page.count("checked") == 3
    for amount in ("10.00", "8.25", "4.25"):
        assert f'value="{amount}"' in page


def test_the_whole_of_a_council_s_list_comes_ticked(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    orders = [
        make_order("10.00", kind="invoice", key=f"i{n}", account="receivable") for n in range(2)
    ]
    line = read((5, "20.00", "COUNCIL 4711")).lines.get()
    advice = " ".join(order.reference for order in orders)
    page = text_of(desk.post(at("bank_line", line.pk), {"said": advice}))
    assert page.count("checked") == 2
    assert "the amounts add up exactly" in page


def test_what_is_searched_for_in_vain_is_told(desk: Client, read: Read) -> None:
    line = read((5, "20.00", "A")).lines.get()
    for said, sentence in (
        ("SH-XXXXX", "Nothing that is awaited has this"),
        ("", "Find by reference"),
    ):
        response = desk.post(at("bank_line", line.pk), {"said": said})
        assert response.status_code == 400
        assert sentence in text_of(response)


def test_a_pay_out_that_nobody_has_marked_as_paid_is_pointed_to(
    desk: Client,
    read: Read,
    ten_pounds: Journal,
    joan: Party,
    treasurer: User,
    as_user: Callable[[User], Actor],
) -> None:
    made = prepare_pay_out(
        party=joan,
        account="applications",
        amount=Money(10, "GBP"),
        why="Refused",
        key="p",
        owner_kind="test",
        owner_id=1,
        by=as_user(treasurer),
    )
    line = read((5, "-10.00", f"J SMITH {made.reference}")).lines.get()
    assert "nobody has marked as paid" in shown(desk, "bank_line", line.pk)


def test_a_match_is_undone_with_a_reason(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    line = read((5, "20.00", order.reference)).lines.get()
    accept_all_certain(statement=line.statement, by=SYSTEM)
    assert desk.post(at("undo_match", line.pk), {"why": ""}).status_code == 400
    assert desk.post(at("undo_match", line.pk), {"why": "Wrong"}).status_code == 302
    assert not order.is_paid
    assert desk.post(at("undo_match", line.pk), {"why": "Wrong"}).status_code == 400


def test_lines_are_shown_by_state(desk: Client, read: Read) -> None:
    statement = read((5, "20.00", "PUT ME ASIDE"), (6, "1.00", "LEAVE ME"))
    aside = statement.lines.get(row=1)
    suspense = Account.objects.get(pk="suspense")
    match_line(line=aside, parts=[ToAccount(suspense, 20_00)], by=SYSTEM)
    for show, first, second in (
        ("new", False, True),
        ("matched", True, False),
        ("aside", True, False),
        ("all", True, True),
    ):
        page = text_of(desk.get(at("statement", statement.pk), {"show": show}))
        assert ("PUT ME ASIDE" in page, "LEAVE ME" in page) == (first, second)


def test_statements_are_listed_by_account_and_state(desk: Client, read: Read) -> None:
    read((2, "20.00", "A"))
    read((9, "1.00", "C"), opening="120.00", take=False)
    everything = shown(desk, "statements")
    assert "2 Feb 2026 to 2 Feb 2026" in everything
    only = text_of(desk.get(at("statements"), {"state": "preview"}))
    assert "9 Feb 2026 to 9 Feb 2026" in only
    assert "2 Feb 2026 to 2 Feb 2026" not in only
    assert "1 line to explain" in everything


def test_the_account_s_page_lists_what_the_books_have_and_no_statement_shows(
    desk: Client,
    read: Read,
    bank: BankAccount,
    make_order: Callable[..., Order],
    treasurer: User,
    as_user: Callable[[User], Actor],
) -> None:
    statement = read((1, "1.00", "A"), (20, "1.00", "B"))
    order = make_order()
    record_payment(
        order=order,
        method="transfer",
        amount=Money(20, "GBP"),
        made_on=statement.last_on,
        key="k",
        by=as_user(treasurer),
    )
    page = shown(desk, "bank_account", bank.pk)
    assert order.reference in page
    assert "In the books, but on no statement" in page


# --- What must not happen -------------------------------------------------------------------------


def test_a_text_of_the_bank_s_is_only_text(desk: Client, read: Read) -> None:
    statement = read((5, "20.00", "<script>alert(1)</script>"), take=False)
    for _ in range(2):
        page = shown(desk, "statement", statement.pk)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        desk.post(at("take_in", statement.pk))
    line = statement.lines.get()
    assert "<script>alert" not in shown(desk, "bank_line", line.pk)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+44 20", "-1+2", "@SUM(A1)"])
def test_no_spreadsheet_takes_a_text_of_the_bank_s_for_a_formula(
    text: str, desk: Client, read: Read
) -> None:
    statement = read((5, "20.00", text))
    response = desk.get(at("statement_csv", statement.pk))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0]["text"] == f"'{text}"
    assert (rows[0]["in"], rows[0]["out"], rows[0]["balance"]) == ("20.00", "0.00", "120.00")
    assert AuditLine.objects.filter(action="ledger.export_statement").count() == 1


def test_the_spreadsheet_says_what_each_line_was_found_to_be(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    order = make_order()
    statement = read((5, "20.00", order.reference))
    accept_all_certain(statement=statement, by=SYSTEM)
    content = desk.get(at("statement_csv", statement.pk)).content.decode()
    assert f"{order.reference}: Shares" in content
    assert "Explained" in content


def test_keys_that_nobody_was_shown_are_ignored(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    line = read((5, "20.00", "A")).lines.get()
    for key in ("order-999", "journal-1", "cash", "x' OR 1=1", "order-" + "9" * 30):
        response = explain(desk, line, keys=key, **{f"pick_{key}": "on"})
        assert response.status_code == 400
    assert not Journal.objects.exists()


def test_reading_a_statement_is_in_the_audit_trail(desk: Client, read: Read) -> None:
    statement = read((5, "20.00", "A"))
    shown(desk, "statement", statement.pk)
    shown(desk, "bank_line", statement.lines.get().pk)
    actions = AuditLine.objects.values_list("action", flat=True)
    assert {"ledger.read_statement", "ledger.read_line"} <= set(actions)


def test_no_page_asks_more_for_more_lines(
    desk: Client, read: Read, make_order: Callable[..., Order], bank: BankAccount
) -> None:
    def one_more(n: int) -> StatementImport:
        orders = [make_order(key=f"{n} {i}", owner_id=i) for i in range(4)]
        opening = f"{100 + 60 * n}.00"
        moves = [(n + 2, "20.00", orders[0].reference), (n + 2, "20.00", orders[1].reference)]
        found = read(*moves, (n + 2, "20.00", f"A {orders[2].reference}"), opening=opening)
        line = found.lines.get(row=1)
        desk.post(at("accept_proposal", line.pk), {"keys": f"order-{orders[0].pk}"})
        return found

    def counted(found: StatementImport) -> list[int]:
        pages = [
            at("statements"),
            at("bank_account", bank.pk),
            at("statement", found.pk) + "?show=all",
            at("bank_line", found.lines.get(row=2).pk),
        ]
        return [queries_of(desk, page) for page in pages]

    first = counted(one_more(0))
    for n in (1, 2, 3):
        more = one_more(n)
    assert counted(more) == first


def test_a_page_of_many_lines_asks_no_more_than_one_of_few(
    desk: Client, read: Read, make_order: Callable[..., Order]
) -> None:
    def asked(count: int, opening: str) -> int:
        orders = [make_order(key=f"{count} {i}", owner_id=i) for i in range(2 * count)]
        moves = [(1 + count, "20.00", order.reference) for order in orders]
        statement = read(*moves, opening=opening)
        for line in statement.lines.all()[:count]:
            order = orders[line.row - 1]
            desk.post(at("accept_proposal", line.pk), {"keys": f"order-{order.pk}"})
        return queries_of(desk, at("statement", statement.pk) + "?show=all")

    assert asked(2, "100.00") == asked(10, "180.00")
