"""What the lines of a bank are: proposed, chosen by hand, undone; the books follow to the penny."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from ledger import chart
from ledger.awaited import Awaited, ForOrder, InBooks, ToAccount, awaited, find, parts_of, proposals
from ledger.awaited import expected as expected_at
from ledger.models import (
    Account,
    BankAccount,
    BankLine,
    BankMatch,
    Journal,
    KnownPayer,
    Order,
    Party,
    Payment,
    Posting,
    StatementImport,
    TreasurerTask,
)
from ledger.operations import (
    accept_all_certain,
    accept_proposal,
    apply_payout,
    cancel_order,
    create_order,
    keep_bank_account,
    make_pay_out,
    match_line,
    move,
    new_party,
    post,
    prepare_pay_out,
    read_in,
    record_payment,
    take_in,
    undo_import,
    undo_match,
    undo_payment,
)
from ledger.operations.explaining import AT_ONCE
from ledger.reconciling import reconcile
from ledger.signals import money_taken_back, order_paid
from ledger.stripe_says import PayoutSaid
from tests.ledger.conftest import TODAY, a_file

pytestmark = pytest.mark.django_db

Read = Callable[..., StatementImport]
MakeOrder = Callable[..., Order]


def pounds(amount: str) -> Money:
    return Money(Decimal(amount), "GBP")


def balances() -> dict[str, int]:
    return {code: pence for code, pence in Posting.objects.by_account().items() if pence}


def only_line(statement: StatementImport) -> BankLine:
    return statement.lines.get()


def to(code: str, pence: int, memo: str = "") -> ToAccount:
    return ToAccount(Account.objects.get(pk=code), pence, memo)


def undo(line: BankLine, by: Actor = SYSTEM) -> BankLine:
    return undo_match(line=line, why="Not theirs.", by=by)


@pytest.fixture
def by(treasurer: User, as_user: Callable[[User], Actor]) -> Actor:
    return as_user(treasurer)


@pytest.fixture
def told() -> Iterator[list[tuple[str, str]]]:
    """What the apps above were told: the signal, and the order it was about."""
    heard: list[tuple[str, str]] = []

    def paid(order: Order, **_: Any) -> None:
        heard.append(("paid", order.reference))

    def taken(order: Order, **_: Any) -> None:
        heard.append(("taken back", order.reference))

    order_paid.connect(paid)
    money_taken_back.connect(taken)
    yield heard
    order_paid.disconnect(paid)
    money_taken_back.disconnect(taken)


@pytest.fixture
def invoices(joan: Party) -> list[Order]:
    """Three invoices to one customer, £10.10 each."""
    return [
        create_order(
            kind="invoice",
            key=f"invoice {n}",
            party=joan,
            account="receivable",
            amount=pounds("10.10"),
            description="Care in January",
            owner_kind="test",
            owner_id=n,
            by=SYSTEM,
        )
        for n in range(3)
    ]


# --- Orders ---------------------------------------------------------------------------------------


def test_a_line_that_names_an_order_pays_it_as_of_its_own_day(
    read: Read, make_order: MakeOrder, by: Actor, told: list[tuple[str, str]], joan: Party
) -> None:
    order = make_order()
    line = only_line(read((5, "20.00", f"J SMITH {order.reference}")))
    proposal = proposals(line.statement)[line.pk]
    assert (proposal.keys, proposal.is_certain) == ((f"order-{order.pk}",), True)
    accept_proposal(line=line, keys=proposal.keys, by=by)
    payment = Payment.objects.get()
    assert (payment.method, payment.made_on) == ("transfer", dt.date(2026, 2, 5))
    assert (payment.recorded_by, payment.amount) == (by.user, pounds("20.00"))
    assert (line.state, line.matched_by, line.why) == ("matched", by.user, proposal.why)
    match = line.matches.get()
    assert (match.journal, match.pence, match.made) == (payment.journal, 20_00, True)
    assert balances() == {"bank": 20_00, "applications": -20_00}
    assert Posting.objects.filter(account="applications").by_party() == {joan.pk: -20_00}
    assert told == [("paid", order.reference)]


def test_a_match_that_is_undone_opens_the_order_again_and_is_told(
    read: Read, make_order: MakeOrder, by: Actor, told: list[tuple[str, str]]
) -> None:
    order = make_order()
    line = only_line(read((5, "20.00", f"J SMITH {order.reference}")))
    accept_proposal(line=line, keys=[f"order-{order.pk}"], by=by)
    undo(line, by)
    assert balances() == {}
    assert list(Order.objects.open()) == [order]
    assert told == [("paid", order.reference), ("taken back", order.reference)]
    assert (line.state, line.why, line.matched_at, line.matched_by) == ("new", "", None, None)
    payment = Payment.objects.get()
    assert (payment.state, payment.problem) == ("taken_back", "Not theirs.")
    reversal = Journal.objects.get(reverses=payment.journal)
    assert reversal.date == line.date
    assert BankMatch.objects.get().undone_at is not None
    with pytest.raises(RuleError, match="not explained yet"):
        undo(line, by)


def test_what_was_undone_can_be_explained_again(
    read: Read, make_order: MakeOrder, told: list[tuple[str, str]]
) -> None:
    order = make_order()
    line = only_line(read((5, "20.00", f"J SMITH {order.reference}")))
    for _ in range(3):
        accept_proposal(line=line, keys=[f"order-{order.pk}"], by=SYSTEM)
        assert order.is_paid
        undo(line)
        assert not order.is_paid
    accept_proposal(line=line, keys=[f"order-{order.pk}"], by=SYSTEM)
    assert balances() == {"bank": 20_00, "applications": -20_00}
    assert Payment.objects.filter(state="succeeded").count() == 1
    assert len(told) == 7


def test_a_standing_order_is_called_one(bank: BankAccount, make_order: MakeOrder) -> None:
    order = make_order()
    upload = a_file((5, "20.00", order.reference)).replace(b",FPI,", b",SO,")
    statement = take_in(statement=read_in(upload=upload, bank_account=bank, by=SYSTEM), by=SYSTEM)
    accept_all_certain(statement=statement, by=SYSTEM)
    assert Payment.objects.get().method == "standing"


def test_part_of_an_order_is_paid_and_the_rest_stays_open(
    read: Read, make_order: MakeOrder, told: list[tuple[str, str]]
) -> None:
    order = make_order()
    line = only_line(read((5, "15.00", order.reference)))
    proposal = proposals(line.statement)[line.pk]
    assert (proposal.trust, proposal.difference_pence) == ("part", -5_00)
    accept_proposal(line=line, keys=proposal.keys, by=SYSTEM)
    assert order.still_to_pay == pounds("5.00")
    assert told == []


def test_more_than_was_asked_is_booked_and_the_treasurer_is_told(
    read: Read, make_order: MakeOrder
) -> None:
    order = make_order()
    line = only_line(read((5, "25.00", order.reference)))
    accept_proposal(line=line, keys=[f"order-{order.pk}"], by=SYSTEM)
    assert balances() == {"bank": 25_00, "applications": -25_00}
    assert TreasurerTask.objects.get().kind == "too_much"


def test_a_council_s_remittance_pays_its_invoices(read: Read, invoices: list[Order]) -> None:
    references = " ".join(order.reference for order in invoices)
    line = only_line(read((5, "30.30", f"COUNCIL {references}")))
    accept_all_certain(statement=line.statement, by=SYSTEM)
    payments = list(Payment.objects.all())
    assert [payment.method for payment in payments] == ["remittance"] * 3
    assert all(order.is_paid for order in invoices)
    assert balances() == {"bank": 30_30, "receivable": -30_30}
    assert line.matches.count() == 3
    undo(line)
    assert balances() == {}
    assert Order.objects.open().count() == 3


def test_a_remittance_that_pays_short_is_shared_out_by_hand(
    read: Read, invoices: list[Order]
) -> None:
    references = " ".join(order.reference for order in invoices)
    line = only_line(read((5, "25.30", f"COUNCIL {references}")))
    proposal = proposals(line.statement)[line.pk]
    assert proposal.keys == ()
    assert "£5.00 less than asked" in proposal.why
    full, other, short = invoices
    with pytest.raises(RuleError, match=r"£30\.30 and the line is £25\.30: £5\.00 too much"):
        match_line(line=line, parts=[ForOrder(o, 10_10) for o in invoices], by=SYSTEM)
    assert (only_line(line.statement).state, balances()) == ("new", {})
    parts = [ForOrder(full, 10_10), ForOrder(other, 10_10), ForOrder(short, 5_10)]
    match_line(line=line, parts=parts, by=SYSTEM)
    assert short.still_to_pay == pounds("5.00")
    assert line.why == "Chosen by hand."


def test_shares_and_dues_in_one_transfer_are_two_transfers(
    read: Read, make_order: MakeOrder
) -> None:
    shares = make_order()
    dues = make_order("5.00", kind="dues", key="dues", account="receivable")
    line = only_line(read((5, "25.00", f"{shares.reference} {dues.reference}")))
    accept_all_certain(statement=line.statement, by=SYSTEM)
    assert {p.method for p in Payment.objects.all()} == {"transfer"}
    assert balances() == {"bank": 25_00, "applications": -20_00, "receivable": -5_00}


def test_a_line_can_be_part_order_and_part_something_else(
    read: Read, make_order: MakeOrder
) -> None:
    order = make_order()
    line = only_line(read((5, "30.00", "J SMITH")))
    parts = [ForOrder(order, 20_00), to("donations", 10_00, "with thanks")]
    match_line(line=line, parts=parts, by=SYSTEM)
    assert balances() == {"bank": 30_00, "applications": -20_00, "donations": -10_00}
    undo(line)
    assert balances() == {}


def test_what_a_middleman_kept_is_a_cost_beside_the_order(
    read: Read, make_order: MakeOrder
) -> None:
    order = make_order()
    line = only_line(read((5, "19.40", "A")))
    parts = [ForOrder(order, 20_00), to("other-costs", -60)]
    match_line(line=line, parts=parts, by=SYSTEM)
    assert order.is_paid
    assert balances() == {"bank": 19_40, "applications": -20_00, "other-costs": 60}
    undo(line)
    assert balances() == {}


# --- What stands in the books already -------------------------------------------------------------


def test_a_pay_out_in_the_books_is_found_by_its_reference_and_only_linked(
    read: Read, joan: Party, secretary: User, treasurer: User, as_user: Callable[[User], Actor]
) -> None:
    post(
        kind="loan",
        date=dt.date(2026, 1, 2),
        key="loan",
        lines=move(50_00, debit="bank", credit="loans", party=joan),
        by=SYSTEM,
    )
    prepared = prepare_pay_out(
        party=joan,
        account=chart.LOANS,
        amount=pounds("50.00"),
        why="Paid back",
        key="p",
        owner_kind="test",
        owner_id=1,
        by=as_user(secretary),
    )
    line = only_line(read((5, "-50.00", f"J SMITH {prepared.reference}")))
    assert proposals(line.statement)[line.pk].keys == ()  # nobody has said that it is paid
    paid = make_pay_out(pay_out=prepared, paid_on=dt.date(2026, 2, 4), by=as_user(treasurer))
    before = balances()
    accept_all_certain(statement=line.statement, by=as_user(treasurer))
    match = line.matches.get()
    assert (match.journal, match.pence, match.made) == (paid.journal, -50_00, False)
    assert balances() == before
    undo(line, as_user(treasurer))
    assert balances() == before
    assert not Journal.objects.filter(reverses=paid.journal).exists()
    accept_all_certain(statement=line.statement, by=as_user(treasurer))
    assert only_line(line.statement).state == "matched"


def test_a_payout_of_stripe_s_is_known_by_name_and_amount(read: Read) -> None:
    said = PayoutSaid(id="po_1", pence=97_20, status="paid", arrives_on=dt.date(2026, 2, 4))
    payout = apply_payout(said=said, by=SYSTEM)
    line = only_line(read((5, "97.20", "STRIPE PAYMENTS UK LTD")))
    proposal = proposals(line.statement)[line.pk]
    assert (proposal.trust, proposal.is_certain) == ("payer", False)
    before = balances()
    accept_proposal(line=line, keys=proposal.keys, by=SYSTEM)
    assert line.matches.get().journal == payout.journal
    undo(line)
    assert balances() == before


def test_a_payment_that_was_entered_before_the_statement_came_is_not_entered_twice(
    read: Read, make_order: MakeOrder, by: Actor
) -> None:
    order = make_order("40.00", due_on=dt.date(2026, 1, 1))
    record_payment(
        order=order,
        method="transfer",
        amount=pounds("20.00"),
        made_on=dt.date(2026, 2, 5),
        key="by hand",
        by=by,
    )
    line = only_line(read((5, "20.00", order.reference)))
    assert accept_all_certain(statement=line.statement, by=by) == [line]
    assert Payment.objects.count() == 1
    assert line.matches.get().made is False
    undo(line, by)
    assert balances() == {"bank": 20_00, "applications": -20_00}


def test_a_journal_stands_on_one_line_only(read: Read, ten_pounds: Journal) -> None:
    statement = read((5, "10.00", "A"), (6, "10.00", "B"))
    first, second = statement.lines.order_by("row")
    match_line(line=first, parts=[InBooks(ten_pounds, 10_00)], by=SYSTEM)
    with pytest.raises(RuleError, match="on another line already"):
        match_line(line=second, parts=[InBooks(ten_pounds, 10_00)], by=SYSTEM)
    undo(first)
    match_line(line=second, parts=[InBooks(ten_pounds, 10_00)], by=SYSTEM)


def test_a_journal_is_taken_whole(read: Read, ten_pounds: Journal) -> None:
    line = only_line(read((5, "4.00", "A")))
    with pytest.raises(RuleError, match="Please look again"):
        match_line(line=line, parts=[InBooks(ten_pounds, 4_00)], by=SYSTEM)


def test_a_payment_that_the_bank_took_back_is_two_lines_and_two_journals(
    read: Read, make_order: MakeOrder
) -> None:
    order = make_order()
    statement = read((5, "20.00", order.reference), (9, "-20.00", "RETURNED"))
    came, went = statement.lines.order_by("row")
    accept_all_certain(statement=statement, by=SYSTEM)
    payment = Payment.objects.get()
    undo_payment(payment=payment, on=dt.date(2026, 2, 9), why="Returned", by=SYSTEM)
    found = awaited(statement.bank_account, proposals(statement)[went.pk].hints)
    reversal = Journal.objects.get(reverses=payment.journal)
    assert [thing.journal for thing in found.values()] == [reversal]
    match_line(line=went, parts=[InBooks(reversal, -20_00)], by=SYSTEM)
    assert balances() == {}
    assert reconcile(statement).not_at_bank == 0
    undo(came)  # the payment was undone before: the line is only freed
    assert balances() == {}


def test_what_was_entered_and_undone_before_the_bank_knew_is_not_awaited(
    read: Read, make_order: MakeOrder, bank: BankAccount, by: Actor
) -> None:
    payment = record_payment(
        order=make_order(),
        method="transfer",
        amount=pounds("20.00"),
        made_on=TODAY,
        key="by hand",
        by=by,
    )
    undo_payment(payment=payment, on=TODAY, why="Dreamt it", by=by)
    assert [item.kind for item in expected_at(bank, TODAY)] == ["order"]


# --- Accounts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "amount", "kind"),
    [
        ("other-costs", "-6.50", "bank-line"),
        ("suspense", "20.00", "put-aside"),
        ("donations", "20.00", "bank-line"),
        ("payroll", "20.00", "bank-line"),
    ],
)
def test_a_line_can_belong_to_an_account_and_undoing_leaves_the_books_as_before(
    code: str, amount: str, kind: str, read: Read
) -> None:
    line = only_line(read((5, amount, "A LINE")))
    match_line(line=line, parts=[to(code, line.pence, "ref 1")], by=SYSTEM)
    assert balances() == {"bank": line.pence, code: -line.pence}
    journal = line.matches.get().journal
    assert (journal.kind, journal.memo, journal.source) == (kind, "ref 1", f"bank-line:{line.pk}")
    undo(line)
    assert balances() == {}
    assert reconcile(line.statement).difference == 100_00 + line.pence


def test_cash_and_cheques_that_were_banked_leave_the_cash_in_hand(
    read: Read, make_order: MakeOrder, by: Actor
) -> None:
    record_payment(
        order=make_order(),
        method="cheque",
        amount=pounds("20.00"),
        made_on=TODAY,
        key="cheque",
        by=by,
    )
    line = only_line(read((5, "20.00", "COUNTER CREDIT 100021")))
    proposal = proposals(line.statement)[line.pk]
    assert (proposal.trust, proposal.hints) == ("amount", ("cash",))
    match_line(line=line, parts=parts_of(line, proposal.hints), by=by)
    assert balances() == {"bank": 20_00, "applications": -20_00}
    assert line.matches.get().journal.kind == "cash-banked"
    undo(line, by)
    assert balances() == {"cash": 20_00, "applications": -20_00}


def test_no_more_cash_is_banked_than_there_is(read: Read) -> None:
    line = only_line(read((5, "20.00", "COUNTER CREDIT")))
    with pytest.raises(RuleError, match="cash and cheques in hand"):
        match_line(line=line, parts=[to("cash", 20_00)], by=SYSTEM)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("bank", "this bank account itself"),
        ("stripe", "when Stripe tells us"),
        ("applications", "choose the order"),
        ("withdrawals", "choose the order"),
        ("loans", "pay-out or loan"),
        ("share-capital", "Shares and reserves"),
        ("bank-2", "Between our bank accounts"),
    ],
)
def test_an_account_that_something_else_writes_is_refused(
    code: str, sentence: str, read: Read
) -> None:
    keep_bank_account(name="Savings", number="1", by=SYSTEM)
    line = only_line(read((5, "20.00", "A")))
    with pytest.raises(RuleError, match=sentence):
        match_line(line=line, parts=[to(code, 20_00)], by=SYSTEM)
    assert (only_line(line.statement).state, balances()) == ("new", {})


def test_money_between_our_own_accounts_stands_in_between_until_both_banks_tell(
    read: Read,
) -> None:
    savings = keep_bank_account(name="Savings", number="12-34-56 00654321", by=SYSTEM)
    out = only_line(read((5, "-80.00", "TO SAVINGS")))
    match_line(line=out, parts=[to("between-banks", -80_00)], by=SYSTEM)
    assert balances() == {"bank": -80_00, "between-banks": 80_00}
    upload = a_file((6, "80.00", "FROM CURRENT")).replace(b"00123456", b"00654321")
    other = take_in(statement=read_in(upload=upload, bank_account=savings, by=SYSTEM), by=SYSTEM)
    match_line(line=only_line(other), parts=[to("between-banks", 80_00)], by=SYSTEM)
    assert balances() == {"bank": -80_00, "bank-2": 80_00}


def test_an_order_is_paid_into_the_account_on_whose_statement_it_stands(
    read: Read, make_order: MakeOrder
) -> None:
    savings = keep_bank_account(name="Savings", number="12-34-56 00654321", by=SYSTEM)
    order = make_order()
    upload = a_file((6, "20.00", order.reference)).replace(b"00123456", b"00654321")
    line = only_line(
        take_in(statement=read_in(upload=upload, bank_account=savings, by=SYSTEM), by=SYSTEM)
    )
    accept_all_certain(statement=line.statement, by=SYSTEM)
    assert balances() == {"bank-2": 20_00, "applications": -20_00}
    undo(line)
    assert balances() == {}


# --- What is refused ------------------------------------------------------------------------------


def test_parts_have_to_make_up_the_line(read: Read, make_order: MakeOrder) -> None:
    order = make_order()
    came, went = read((5, "20.00", "A"), (6, "-20.00", "B")).lines.order_by("row")
    for line, parts, sentence in (
        (came, [], "Choose what this is"),
        (came, [ForOrder(order, 19_00)], r"£1\.00 too little"),
        (came, [ForOrder(order, 10_00), ForOrder(order, 10_00)], "once only"),
        (came, [ForOrder(order, 20_00), to("donations", 0)], "of some money"),
        (went, [ForOrder(order, -20_00)], "money that comes in"),
        (went, [ForOrder(order, 20_00), to("donations", -40_00)], "pays no order"),
    ):
        with pytest.raises(RuleError, match=sentence):
            match_line(line=line, parts=parts, by=SYSTEM)
    assert balances() == {}


def test_a_line_is_explained_once(read: Read) -> None:
    line = only_line(read((5, "20.00", "A")))
    stale = only_line(line.statement)
    match_line(line=line, parts=[to("donations", 20_00)], by=SYSTEM)
    with pytest.raises(RuleError, match="explained already"):
        match_line(line=stale, parts=[to("donations", 20_00)], by=SYSTEM)
    assert balances() == {"bank": 20_00, "donations": -20_00}


def test_a_line_that_is_only_looked_at_or_undone_is_not_explained(read: Read) -> None:
    line = only_line(read((5, "20.00", "A"), take=False))
    with pytest.raises(RuleError, match="not been taken in"):
        match_line(line=line, parts=[to("donations", 20_00)], by=SYSTEM)
    undo_import(statement=take_in(statement=line.statement, by=SYSTEM), by=SYSTEM)
    with pytest.raises(RuleError, match="was undone"):
        match_line(line=line, parts=[to("donations", 20_00)], by=SYSTEM)


def test_a_payment_of_a_cancelled_order_is_refused_and_the_line_waits_on(
    read: Read, make_order: MakeOrder
) -> None:
    order = make_order()
    line = only_line(read((5, "20.00", "A")))
    cancel_order(order=order, by=SYSTEM)
    with pytest.raises(RuleError, match="was cancelled"):
        match_line(line=line, parts=[ForOrder(order, 20_00)], by=SYSTEM)
    assert only_line(line.statement).state == "new"


def test_undoing_says_why(read: Read) -> None:
    line = only_line(read((5, "20.00", "A")))
    match_line(line=line, parts=[to("donations", 20_00)], by=SYSTEM)
    with pytest.raises(RuleError, match="Say why"):
        undo_match(line=line, why=" ", by=SYSTEM)


def test_only_those_who_keep_payments_explain_lines(
    read: Read, board_member: User, as_user: Callable[[User], Actor]
) -> None:
    line = only_line(read((5, "20.00", "A")))
    by = as_user(board_member)
    with pytest.raises(PermissionDenied):
        match_line(line=line, parts=[to("donations", 20_00)], by=by)
    with pytest.raises(PermissionDenied):
        undo_match(line=line, why="Hm", by=by)
    with pytest.raises(PermissionDenied):
        accept_all_certain(statement=line.statement, by=by)


def test_the_audit_trail_holds_ids_and_not_the_bank_s_text(read: Read) -> None:
    line = only_line(read((5, "20.00", "J SMITH")))
    match_line(line=line, parts=[to("donations", 20_00)], by=SYSTEM)
    undo(line)
    journal = line.matches.get().journal_id
    for action in ("ledger.match_line", "ledger.undo_match"):
        assert AuditLine.objects.get(action=action).data == {"journals": [journal]}


# --- What is proposed -----------------------------------------------------------------------------


def test_a_proposal_that_changed_meanwhile_is_not_accepted(
    read: Read, make_order: MakeOrder, by: Actor
) -> None:
    order = make_order()
    line = only_line(read((5, "20.00", order.reference)))
    keys = [f"order-{order.pk}"]
    record_payment(
        order=order, method="cheque", amount=pounds("20.00"), made_on=TODAY, key="c", by=by
    )
    with pytest.raises(RuleError, match="look again"):
        accept_proposal(line=line, keys=keys, by=by)
    with pytest.raises(RuleError, match="look again"):
        match_line(line=line, parts=parts_of(line, keys), by=by)
    assert only_line(line.statement).state == "new"


def test_all_that_are_certain_are_accepted_and_nothing_else(
    read: Read, make_order: MakeOrder, told: list[tuple[str, str]]
) -> None:
    first, second, third = (
        make_order(key=f"shares {n}", owner_id=n, amount=f"{n}0.00") for n in (1, 2, 3)
    )
    statement = read(
        (2, "10.00", f"A {first.reference}"),
        (3, "19.00", f"B {second.reference}"),
        (4, "30.00", "C"),
        (5, "30.00", f"C {third.reference}"),
        (6, "-6.50", "CHARGES"),
    )
    accepted = accept_all_certain(statement=statement, by=SYSTEM)
    assert [line.date.day for line in accepted] == [2, 5]
    assert [order for _signal, order in told] == [first.reference, third.reference]
    assert accept_all_certain(statement=statement, by=SYSTEM) == []


def test_one_that_is_refused_holds_up_no_other(
    read: Read, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (make_order(key=f"shares {n}", owner_id=n) for n in (1, 2))

    def refuse(order: Order, **_: Any) -> None:
        if order == first:
            raise RuleError("The rules of the share class say no.")

    order_paid.connect(refuse)
    try:
        statement = read((2, "20.00", first.reference), (3, "20.00", second.reference))
        accepted = accept_all_certain(statement=statement, by=SYSTEM)
    finally:
        order_paid.disconnect(refuse)
    assert [line.date.day for line in accepted] == [3]
    assert (first.is_paid, second.is_paid) == (False, True)
    assert statement.lines.get(row=1).state == "new"


def test_a_payer_is_known_from_what_a_person_confirmed(
    read: Read, make_order: MakeOrder, joan: Party
) -> None:
    first = make_order(key="dues 1", kind="dues", account="receivable")
    line = only_line(read((2, "20.00", f"J SMITH {first.reference}")))
    accept_all_certain(statement=line.statement, by=SYSTEM)
    known = KnownPayer.objects.get()
    assert (known.words, known.party, known.seen) == ("J SMITH", joan, 1)
    second = make_order(key="dues 2", kind="dues", account="receivable")
    later = only_line(read((9, "20.00", "J SMITH"), opening="120.00"))
    proposal = proposals(later.statement)[later.pk]
    assert (proposal.trust, proposal.keys) == ("payer", (f"order-{second.pk}",))
    accept_proposal(line=later, keys=proposal.keys, by=SYSTEM)
    assert KnownPayer.objects.get().seen == 2
    undo(later)
    undo(line)
    assert not KnownPayer.objects.exists()


def test_words_that_two_payers_share_tell_nothing(
    read: Read, make_order: MakeOrder, joan: Party
) -> None:
    KnownPayer.objects.create(words="J SMITH", party=joan)
    KnownPayer.objects.create(words="J SMITH", party=new_party(by=SYSTEM))
    make_order()
    line = only_line(read((2, "20.00", "J SMITH")))
    assert proposals(line.statement)[line.pk].trust == "amount"


def test_no_two_lines_are_proposed_the_same_order(read: Read, make_order: MakeOrder) -> None:
    order = make_order()
    statement = read((2, "20.00", order.reference), (3, "20.00", order.reference))
    keys = [proposal.keys for proposal in proposals(statement).values()]
    assert keys == [(f"order-{order.pk}",), ()]


def test_at_one_press_no_more_are_explained_than_a_person_waits_for(
    read: Read, make_order: MakeOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AT_ONCE >= 100
    monkeypatch.setattr("ledger.operations.explaining.AT_ONCE", 2)
    orders = [make_order(key=f"shares {n}", owner_id=n) for n in range(3)]
    statement = read(*((n + 2, "20.00", order.reference) for n, order in enumerate(orders)))
    assert len(accept_all_certain(statement=statement, by=SYSTEM)) == 2
    assert len(accept_all_certain(statement=statement, by=SYSTEM)) == 1


def test_things_are_found_by_reference_part_of_one_or_amount(
    bank: BankAccount, read: Read, invoices: list[Order], make_order: MakeOrder, joan: Party
) -> None:
    shares = make_order()
    came, went = read((5, "20.00", "A"), (6, "-20.00", "B")).lines.order_by("row")
    items = expected_at(bank, TODAY)

    def found(said: str, line: BankLine = came) -> list[str]:
        return [thing.reference for thing in awaited(bank, find(line, said, items)).values()]

    references = [order.reference for order in invoices]
    assert found(f"paid: {references[0].lower()}, {references[2]}") == [
        references[0],
        references[2],
    ]
    assert found(shares.reference[:5]) == [shares.reference]
    assert found("£10.10") == references
    assert found("20") == [shares.reference]
    assert found("x") == found("nothing") == found("£7") == []
    assert found(shares.reference, went) == []


def test_what_is_awaited_is_told_for_a_person(
    bank: BankAccount, make_order: MakeOrder, ten_pounds: Journal, joan: Party
) -> None:
    order = make_order(due_on=TODAY)
    keys = [f"journal-{ten_pounds.pk}", f"order-{order.pk}", "order-999", "order-x", "cash", ""]
    assert list(awaited(bank, keys).values()) == [
        Awaited(
            key=f"journal-{ten_pounds.pk}",
            reference="",
            what="Payment",
            pence=10_00,
            on=TODAY,
            party_id=joan.pk,
            journal=ten_pounds,
        ),
        Awaited(
            key=f"order-{order.pk}",
            reference=order.reference,
            what="Shares",
            pence=20_00,
            on=TODAY,
            party_id=joan.pk,
            order=order,
        ),
    ]
