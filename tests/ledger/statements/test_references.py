"""References: made once for each number, found however banks print them, never misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.statements import (
    PREFIXES,
    amounts_beside,
    find_references,
    make_reference,
    read_reference,
)
from ledger.statements.references import ALPHABET, NUMBERS, without_references
from members.rules import CODE_ALPHABET

prefixes = st.sampled_from(sorted(PREFIXES))
numbers = st.integers(1, NUMBERS - 1)
references = st.builds(make_reference, prefixes, numbers)


def test_the_letters_are_those_of_the_co_operatives_other_codes() -> None:
    assert ALPHABET == CODE_ALPHABET


def test_no_two_numbers_share_a_reference() -> None:
    made = {make_reference("SH", number) for number in range(1, 30_000)}
    assert len(made) == 29_999


@given(prefixes, numbers)
def test_a_reference_tells_its_number(prefix: str, number: int) -> None:
    reference = make_reference(prefix, number)
    assert len(reference) == 8
    assert read_reference(reference) == (prefix, number)
    assert read_reference(reference.lower().replace("-", " ")) == (prefix, number)
    assert read_reference(f"{reference} 5") is None


def test_neighbouring_numbers_look_unalike() -> None:
    for number in range(1, 3000):
        one, next_one = make_reference("IN", number), make_reference("IN", number + 1)
        assert sum(a != b for a, b in zip(one, next_one, strict=True)) >= 3


@pytest.mark.parametrize(("prefix", "number"), [("XX", 1), ("sh", 1), ("SH", 0), ("SH", NUMBERS)])
def test_there_is_no_reference_for_what_is_not_numbered(prefix: str, number: int) -> None:
    with pytest.raises(ValueError):
        make_reference(prefix, number)


@given(
    references,
    st.lists(st.sampled_from(["", "", " ", "-", " - ", "\n", "."]), min_size=6, max_size=6),
    st.sampled_from(["", "A MORGAN ", "REF:", "PAYMENT FROM J O'NEILL,", "9"]),
    st.sampled_from(["", " FP 05/03/26", ",VIA MOBILE", " BGC"]),
    st.booleans(),
)
def test_a_reference_is_found_however_a_bank_prints_it(
    reference: str, gaps: list[str], before: str, after: str, lower: bool
) -> None:
    letters = reference.replace("-", "")
    printed = "".join(letter + gap for letter, gap in zip(letters, [*gaps, ""], strict=True))
    text = before + (printed.lower() if lower else printed) + after
    assert reference in find_references(text)


@given(references, st.data())
def test_any_one_letter_misread_is_noticed(reference: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([0, 1, 3, 4, 5, 6, 7]))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
    misread = reference[:place] + letter + reference[place + 1 :]
    assert find_references(misread) == ([reference] if misread == reference else [])


def test_nearly_every_swap_of_neighbours_is_noticed() -> None:
    swaps = missed = 0
    for number in range(1, 20_000, 7):
        reference = make_reference("IN", number)
        for place in range(3, 7):
            first, second = reference[place : place + 2]
            if first != second:
                swaps += 1
                swapped = reference[:place] + second + first + reference[place + 2 :]
                missed += find_references(swapped) != []
    assert swaps > 10_000
    assert missed / swaps < 0.005


def test_references_come_in_order_and_once() -> None:
    first, second = make_reference("IN", 118), make_reference("IN", 119)
    text = f"COUNCIL {second.lower()}{first} {second}"
    assert find_references(text) == [second, first]
    assert find_references("FISH AND CHIPS, INVOICE 12, SHARE CAPITAL") == []
    assert without_references(f"pay {first}x") == "PAY  X"


@given(st.text(max_size=200))
def test_any_text_may_be_searched(text: str) -> None:
    for reference in find_references(text):
        assert read_reference(reference) is not None


@pytest.mark.parametrize(
    ("line", "pence"),
    [("{} 12.50", 1250), ("{};£1,250.00", 125_000), ("{} no 4 12.50 pounds", 1250)],
)
def test_the_amount_beside_a_reference_is_read(line: str, pence: int) -> None:
    reference = make_reference("IN", 7)
    assert amounts_beside(line.format(reference)) == {reference: pence}


@pytest.mark.parametrize(
    "text",
    ["{} twelve", "{} 12", "{} 12.505", "{} 1.00 2.00", "12.50", "{} {} 1.00", "{} 1.00\n{} 2.00"],
)
def test_what_a_line_of_a_list_does_not_say_for_certain_is_left_out(text: str) -> None:
    reference, other = make_reference("IN", 7), make_reference("IN", 8)
    both = reference if "\n" in text else other
    assert amounts_beside(text.format(*[reference, both][: text.count("{}")])) == {}
