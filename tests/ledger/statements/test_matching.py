"""What a payment settles: by our reference, by payer and amount, or by hand; and why."""

from __future__ import annotations

import datetime as dt
import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.statements import (
    Expected,
    Line,
    Proposal,
    Trust,
    make_reference,
    payer_text,
    propose,
    propose_from_advice,
    read_statement,
)
from tests.ledger.statements.files import sample

DAY = dt.date(2026, 3, 5)
SH = [make_reference("SH", number) for number in range(1, 4)]
IN = [make_reference("IN", number) for number in range(1, 60)]


def paid(pence: int, text: str, day: dt.date = DAY) -> Line:
    return Line(day, pence, text)


def order(number: int, pence: int, party: str = "", due: dt.date | None = None) -> Expected:
    return Expected(f"order {number}", SH[number - 1], pence, party, "order", due)


def invoice(number: int, pence: int, party: str = "council") -> Expected:
    return Expected(f"invoice {number}", IN[number - 1], pence, party, "invoice")


def one(line: Line, *expected: Expected, **history: str) -> Proposal:
    (proposal,) = propose([line], expected, history)
    return proposal


def test_our_reference_with_the_exact_amount_is_certain() -> None:
    proposal = one(paid(50_00, f"A MORGAN {SH[0]}"), order(1, 50_00), order(2, 50_00))
    assert (proposal.trust, proposal.keys) == (Trust.REFERENCE, ("order 1",))
    assert proposal.is_certain
    assert proposal.why == f"The reference {SH[0]} is in the text and the amount is exact."


@pytest.mark.parametrize(("pence", "gap"), [(38_50, "£11.50 less"), (55_00, "£5.00 more")])
def test_our_reference_with_another_amount_says_the_gap(pence: int, gap: str) -> None:
    proposal = one(paid(pence, SH[0].lower()), order(1, 50_00))
    assert (proposal.trust, proposal.keys) == (Trust.PART, ("order 1",))
    assert proposal.difference_pence == pence - 50_00
    assert not proposal.is_certain
    text = f"The reference {SH[0]} is in the text, but the amount is {gap} than asked."
    assert proposal.why == text


def test_a_refund_is_matched_to_money_going_out() -> None:
    refund = Expected("refund 1", make_reference("RF", 1), -50_00, kind="refund")
    proposal = one(paid(-50_00, f"T AHMED {refund.reference}"), refund)
    assert (proposal.trust, proposal.keys) == (Trust.REFERENCE, ("refund 1",))
    less = one(paid(-40_00, f"T AHMED {refund.reference}"), refund)
    assert less.why.endswith("the amount is £10.00 less than asked.")


def test_a_payment_that_comes_back_settles_nothing() -> None:
    proposal = one(paid(-50_00, f"RETURNED {SH[0]}"), order(1, 50_00))
    assert (proposal.trust, proposal.keys, proposal.hints) == (Trust.HAND, (), ("order 1",))
    assert "awaited the other way. It may be a return." in proposal.why


def test_one_receipt_settles_the_many_invoices_that_it_names() -> None:
    bills = [invoice(n, n * 10_00) for n in range(1, 6)]
    proposal = one(paid(60_00, f"COUNCIL {IN[0]} {IN[1]} {IN[2]}"), *bills)
    assert (proposal.trust, proposal.keys) == (
        Trust.REFERENCE,
        ("invoice 1", "invoice 2", "invoice 3"),
    )
    assert proposal.why.endswith("are in the text and the amounts add up exactly.")


def test_a_receipt_that_covers_some_of_what_it_names_says_what_is_left() -> None:
    bills = [invoice(n, n * 10_00 + n) for n in range(1, 6)]
    proposal = one(paid(40_04, f"COUNCIL {IN[0]} {IN[1]} {IN[2]}"), *bills)
    assert proposal.keys == ("invoice 1", "invoice 3")
    assert proposal.why.endswith(f"Not covered: {IN[1]}.")


def test_a_receipt_that_could_be_two_choices_is_left_to_the_treasurer() -> None:
    bills = [invoice(1, 10_00), invoice(2, 20_00), invoice(3, 30_00)]  # 30 alone, or 10 and 20
    proposal = one(paid(30_00, f"{IN[0]} {IN[1]} {IN[2]}"), *bills)
    assert (proposal.trust, proposal.keys) == (Trust.HAND, ())
    assert proposal.hints == ("invoice 1", "invoice 2", "invoice 3")
    assert proposal.why.endswith("but the amount fits more than one choice of them.")


@given(st.lists(st.integers(1, 40), min_size=2, max_size=9), st.data())
def test_what_is_chosen_of_many_is_the_only_choice_there_is(
    pence: list[int], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(1, sum(pence)))
    bills = [invoice(number, value) for number, value in enumerate(pence, 1)]
    proposal = one(paid(amount, " ".join(bill.reference for bill in bills)), *bills)
    choices = [
        tuple(bill.key for bill in chosen)
        for size in range(1, len(bills) + 1)
        for chosen in combinations(bills, size)
        if sum(bill.amount_pence for bill in chosen) == amount
    ]
    assert ([proposal.keys] if proposal.is_certain else []) == (
        choices if len(choices) == 1 else []
    )


def test_a_receipt_with_too_many_sums_to_be_sure_of_is_left_to_the_treasurer() -> None:
    bills = [invoice(n, 100_000 + n * n * 17) for n in range(1, 51)]
    total = sum(bill.amount_pence for bill in bills)
    advice = " ".join(IN[:50])
    assert propose_from_advice(paid(total, "COUNCIL"), advice, bills, {}).is_certain
    half = sum(bill.amount_pence for bill in bills[::2])
    assert propose_from_advice(paid(half, "COUNCIL"), advice, bills, {}).trust is Trust.HAND


def test_a_receipt_that_does_not_add_up_says_by_how_much() -> None:
    proposal = one(paid(35_00, f"{IN[0]} {IN[1]}"), invoice(1, 10_00), invoice(2, 20_00))
    assert proposal.trust is Trust.HAND
    assert proposal.why.endswith("the amount is £5.00 more than asked for all of them.")


def test_a_remittance_advice_names_what_the_banks_text_has_no_room_for() -> None:
    bills = [invoice(n, 1_000 + n) for n in range(1, 51)]
    total = sum(bill.amount_pence for bill in bills)
    advice = "\n".join(f"{reference.lower()}  10.00" for reference in IN[:50])
    proposal = propose_from_advice(paid(total, "COUNCIL REMITTANCE 99"), advice, bills, {})
    assert (proposal.trust, len(proposal.keys)) == (Trust.REFERENCE, 50)
    short = propose_from_advice(paid(total - 1_001 - 1_050, "COUNCIL"), advice, bills, {})
    assert short.trust is Trust.HAND  # several pairs of bills are of this sum
    missing = propose_from_advice(paid(total - 1_007, "COUNCIL"), advice, bills, {})
    assert set(missing.keys) == {bill.key for bill in bills} - {"invoice 7"}


def test_instalments_under_one_reference_are_settled_oldest_first() -> None:
    months = [
        Expected(f"month {n}", SH[0], 10_00, due=dt.date(2026, n, 1), kind="dues")
        for n in (3, 1, 2)
    ]
    assert one(paid(10_00, SH[0]), *months).keys == ("month 1",)
    assert one(paid(20_00, SH[0]), *months).keys == ("month 1", "month 2")


def test_a_known_payer_and_the_exact_amount_are_proposed() -> None:
    line = paid(10_00, "FASTER PAYMENT M LINDQVIST REF 0915")
    history = {payer_text(line.description): "12"}
    (proposal,) = propose([line], [order(1, 10_00, "12"), order(2, 10_00, "13")], history)
    assert (proposal.trust, proposal.keys, proposal.party) == (Trust.PAYER, ("order 1",), "12")
    assert proposal.why == "The amount is exact and the payer is known from earlier matches."


def test_a_known_payers_oldest_debt_of_the_amount_comes_first() -> None:
    line, history = paid(10_00, "M LINDQVIST"), {"M LINDQVIST": "12"}
    late, early = order(1, 10_00, "12", DAY), order(2, 10_00, "12", DAY - dt.timedelta(30))
    (proposal,) = propose([line], [late, early], history)
    assert proposal.keys == ("order 2",)
    assert proposal.why.endswith("It is the oldest of 2 of this amount.")


def test_a_known_payer_who_names_something_else_is_not_guessed_at() -> None:
    line, history = paid(10_00, f"M LINDQVIST {SH[1]}"), {"M LINDQVIST": "12"}
    (proposal,) = propose([line], [order(1, 10_00, "12"), order(2, 25_00, "13")], history)
    assert (proposal.trust, proposal.keys) == (Trust.PART, ("order 2",))


def test_the_amount_alone_is_only_a_hint() -> None:
    far, near = order(1, 10_00, due=DAY + dt.timedelta(60)), order(2, 10_00, due=DAY)
    proposal = one(paid(10_00, "SOMEBODY"), far, near, order(3, 11_00))
    assert (proposal.trust, proposal.keys) == (Trust.AMOUNT, ())
    assert proposal.hints == ("order 2", "order 1")
    assert proposal.why == "Only the amount fits, to 2 things awaited."


def test_all_that_a_known_payer_owes_is_a_hint() -> None:
    line = paid(30_00, "BRACKENDALE CC")
    bills = [invoice(1, 10_00), invoice(2, 20_00)]
    (proposal,) = propose([line], bills, {"BRACKENDALE CC": "council"})
    assert (proposal.trust, proposal.keys) == (Trust.AMOUNT, ())
    assert proposal.hints == ("invoice 1", "invoice 2")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SOMEBODY", "Nothing that is awaited fits."),
        (
            f"SOMEBODY {SH[2]}",
            f"{SH[2]} is in the text, but nothing is awaited there. It may be paid already.",
        ),
        (
            "M LINDQVIST",
            "The payer is known, but nothing awaited from them is for this amount.",
        ),
    ],
)
def test_what_fits_nothing_is_left_to_the_treasurer_with_the_reason(text: str, why: str) -> None:
    (proposal,) = propose([paid(7_77, text)], [order(1, 10_00, "12")], {"M LINDQVIST": "12"})
    assert (proposal.trust, proposal.keys, proposal.why) == (Trust.HAND, (), why)


def test_an_order_paid_twice_is_settled_once_and_the_second_says_so() -> None:
    first, second = propose(
        [paid(50_00, SH[0]), paid(50_00, SH[0], DAY + dt.timedelta(1))], [order(1, 50_00)], {}
    )
    assert first.keys == ("order 1",)
    assert (second.trust, second.keys, second.hints) == (Trust.HAND, (), ())
    assert second.why == (
        f"The reference {SH[0]} is in the text, but the payment of 5 March 2026 "
        f"is proposed for {SH[0]} already."
    )


def test_a_line_that_names_two_things_of_which_one_is_taken_is_left_to_the_treasurer() -> None:
    first, second = propose(
        [paid(10_00, IN[0]), paid(20_00, f"{IN[0]} {IN[1]}")],
        [invoice(1, 20_00), invoice(2, 20_00)],
        {},
    )
    assert (first.trust, first.keys) == (Trust.PART, ("invoice 1",))
    assert (second.trust, second.keys, second.hints) == (Trust.HAND, (), ("invoice 2",))
    assert second.why.endswith(f"the payment of 5 March 2026 is proposed for {IN[0]} already.")


def test_a_more_trusted_reason_goes_before_an_earlier_line() -> None:
    guess, named = propose(
        [paid(50_00, "M LINDQVIST"), paid(50_00, SH[0])],
        [order(1, 50_00, "12")],
        {"M LINDQVIST": "12"},
    )
    assert named.keys == ("order 1",)
    assert guess.keys == ()


def test_keys_must_differ() -> None:
    with pytest.raises(ValueError):
        propose([], [order(1, 50_00), order(1, 60_00)], {})


@pytest.mark.parametrize(
    ("text", "payer"),
    [
        (f"J OKAFOR {SH[0].lower()}", "J OKAFOR"),
        (f"J , OKAFOR {SH[0]} , FP 03/03/26 0915", "J OKAFOR"),
        ("MRS Z O'NEILL VIA MOBILE - PYMT", "MRS Z O NEILL"),
        ("12345 67 FP", ""),
    ],
)
def test_a_payer_is_known_by_name_whatever_the_bank_adds(text: str, payer: str) -> None:
    assert payer_text(text) == payer


def test_a_text_without_a_name_is_nobody() -> None:
    (proposal,) = propose([paid(10_00, "123456")], [order(1, 10_00, "12")], {"": "12"})
    assert proposal.trust is Trust.AMOUNT


@pytest.mark.parametrize(
    "name", ["lloyds.csv", "natwest.csv", "barclays.csv", "version_1.ofx", "version_2.ofx"]
)
def test_a_whole_month_is_matched_from_any_banks_file(name: str) -> None:
    def awaited(prefix: str, number: int, pence: int) -> Expected:
        return Expected(f"{prefix} {number}", make_reference(prefix, number), pence)

    expected = [
        *(awaited("SH", 40 + n, pence) for n, pence in enumerate((5000, 10000, 5000), 1)),
        *(awaited("IN", 117 + n, pence) for n, pence in enumerate((48650, 100000, 100000), 1)),
        awaited("DU", 7, 1000),
        awaited("WD", 3, -7500),
        Expected("payout 9", "", 61230, "stripe", "payout"),
    ]
    history = {"STRIPE UK STRIPE": "stripe"}
    proposals = propose(read_statement(sample(name)).lines, expected, history)
    assert [(" & ".join(p.keys), p.trust.value) for p in proposals] == [
        ("SH 41", "reference"),
        ("", "hand"),
        ("SH 42", "reference"),
        ("IN 118 & IN 119 & IN 120", "reference"),
        ("", "hand"),
        ("", "hand"),
        ("DU 7", "reference"),
        ("WD 3", "reference"),
        ("SH 43", "part"),
        ("payout 9", "payer"),
        ("", "hand"),
    ]


PARTIES = ["A MORGAN", "B REID", "C SHAH"]
amounts = st.sampled_from([10_00, 20_00, 30_00, -10_00])
awaited_lists = st.lists(
    st.tuples(st.integers(0, 5), amounts, st.sampled_from(PARTIES), st.integers(0, 40)), max_size=8
).map(
    lambda found: [
        Expected(f"key {place}", IN[number], pence, party, due=DAY + dt.timedelta(days))
        for place, (number, pence, party, days) in enumerate(found)
    ]
)
line_lists = st.lists(
    st.builds(
        lambda pence, party, numbers: paid(pence, " ".join([party, *(IN[n] for n in numbers)])),
        st.sampled_from([10_00, 20_00, 30_00, 40_00, 50_00, -10_00]),
        st.sampled_from([*PARTIES, "D UNKNOWN"]),
        st.lists(st.integers(0, 6), max_size=4),
    ),
    max_size=8,
)
HISTORY = {name: name for name in PARTIES}


@given(line_lists, awaited_lists)
def test_one_proposal_for_each_line_and_never_two_for_one_thing(
    lines: list[Line], expected: list[Expected]
) -> None:
    proposals = propose(lines, expected, HISTORY)
    assert [proposal.line for proposal in proposals] == lines
    keys = [key for proposal in proposals for key in proposal.keys]
    assert len(set(keys)) == len(keys)
    assert all(proposal.why.endswith(".") for proposal in proposals)


@given(line_lists, awaited_lists)
def test_what_is_proposed_adds_up_and_goes_the_right_way(
    lines: list[Line], expected: list[Expected]
) -> None:
    asked = {item.key: item for item in expected}
    for proposal in propose(lines, expected, HISTORY):
        items = [asked[key] for key in proposal.keys]
        amount = proposal.line.amount_pence
        assert all((item.amount_pence > 0) == (amount > 0) for item in items)
        if items:
            total = sum(item.amount_pence for item in items)
            assert proposal.difference_pence == amount - total
            assert (proposal.difference_pence == 0) == (proposal.trust is not Trust.PART)
        else:
            assert proposal.trust in (Trust.AMOUNT, Trust.HAND)
        if proposal.trust in (Trust.REFERENCE, Trust.PART):
            assert all(item.reference in proposal.line.description for item in items)
        assert not set(proposal.hints) & set(proposal.keys)


@given(line_lists, awaited_lists, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_awaited_changes_nothing(
    lines: list[Line], expected: list[Expected], chance: random.Random
) -> None:
    shuffled = list(expected)
    chance.shuffle(shuffled)
    assert propose(lines, shuffled, HISTORY) == propose(lines, expected, HISTORY)


@given(st.lists(amounts, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_whoever_writes_the_reference_and_pays_exactly_is_always_matched(
    pence: list[int], chance: random.Random
) -> None:
    expected = [Expected(str(place), IN[place], sum_) for place, sum_ in enumerate(pence)]
    lines = [paid(item.amount_pence, f"PAYER {item.reference}") for item in expected]
    chance.shuffle(lines)
    for proposal in propose(lines, expected, {}):
        assert proposal.is_certain
        assert IN[int(proposal.keys[0])] in proposal.line.description
