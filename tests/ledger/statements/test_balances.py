"""Order, running balances and the closing balance."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from ledger.statements import check_closing, read_statement
from tests.ledger.statements.files import (
    Move,
    barclays,
    faults,
    hsbc,
    lloyds,
    sample,
    with_balances,
)

DAY = dt.date(2026, 3, 2)
moves = st.lists(
    st.builds(
        Move,
        st.integers(0, 20).map(lambda days: DAY + dt.timedelta(days)),
        st.integers(-50_00, 50_00).filter(bool),
        st.sampled_from(["A MORGAN", "B REID", "C SHAH"]),
    ),
    min_size=1,
    max_size=15,
).map(lambda found: sorted(found, key=lambda move: move.day))


@given(moves, st.booleans())
def test_lines_come_oldest_first_whichever_way_the_bank_lists_them(
    story: list[Move], newest_first: bool
) -> None:
    told = with_balances(story)
    statement = read_statement(lloyds(told, newest_first))
    assert [line.date for line in statement.lines] == [move.day for move in story]
    assert sum(line.amount_pence for line in statement.lines) == sum(m.pence for m in story)
    assert statement.opening_pence is not None
    assert statement.closing_pence is not None
    running = statement.opening_pence
    for line in statement.lines:
        running += line.amount_pence
        assert line.balance_pence == running
    assert running == statement.closing_pence


@given(moves.filter(lambda found: len(found) > 2), st.data())
def test_a_line_missing_from_the_middle_is_a_fault_and_so_is_an_altered_amount(
    story: list[Move], data: st.DataObject
) -> None:
    told = with_balances(story)
    place = data.draw(st.integers(1, len(told) - 2))
    move, balance = told[place]
    assert faults(lloyds(told[:place] + told[place + 1 :]))
    altered = (move._replace(pence=move.pence + 100_00), balance)
    assert faults(lloyds([*told[:place], altered, *told[place + 1 :]]))


def test_the_fault_names_the_row_and_both_balances() -> None:
    data = hsbc(
        "02/03/2026,CR,A,10.00,110.00",
        "03/03/2026,CR,B,5.00,125.00",
        "04/03/2026,CR,C,5.00,130.00",
    )
    sentence = (
        "The balance is £125.00, but the lines before it make £115.00. "
        "A line may be missing or altered."
    )
    assert faults(data) == [(3, "balance", sentence)]


def test_one_day_newest_first_is_put_right_by_its_balances() -> None:
    data = hsbc("02/03/2026,CR,SECOND,7.00,117.00", "02/03/2026,CR,FIRST,10.00,110.00")
    assert [line.description for line in read_statement(data).lines] == ["FIRST", "SECOND"]


def test_one_day_without_balances_follows_the_banks_habit() -> None:
    first, second = Move(DAY, 5_00, "FIRST"), Move(DAY, 6_00, "SECOND")
    statement = read_statement(barclays([first, second]))  # written newest first, as Barclays does
    assert [line.description for line in statement.lines] == ["FIRST", "SECOND"]


def test_two_months_pasted_the_wrong_way_round_are_put_in_order() -> None:
    data = hsbc(
        "03/03/2026,CR,C,5.00,120.00",
        "04/03/2026,CR,D,5.00,125.00",
        "01/03/2026,CR,A,10.00,110.00",
        "02/03/2026,CR,B,5.00,115.00",
    )
    assert [line.description for line in read_statement(data).lines] == ["A", "B", "C", "D"]


def test_balances_at_the_ends_of_days_only_are_held_to_and_filled_in() -> None:
    data = hsbc(
        "02/03/2026,CR,A,10.00,",
        "02/03/2026,CR,B,5.00,115.00",
        "03/03/2026,CR,C,1.00,",
        "03/03/2026,CR,D,2.00,118.00",
        "03/03/2026,CR,E,3.00,",
    )
    balances = [line.balance_pence for line in read_statement(data).lines]
    assert balances == [110_00, 115_00, 116_00, 118_00, 121_00]
    broken = data.replace(b"118.00", b"119.00")
    assert [fault[0] for fault in faults(broken)] == [5]


def test_the_closing_balance_is_held_against_the_ledgers() -> None:
    statement = read_statement(sample("lloyds.csv"))
    assert check_closing(statement, 4111_56) is None
    more, less = check_closing(statement, 4100_00), check_closing(statement, 4120_00)
    assert more is not None
    assert less is not None
    assert more.sentence == (
        "The statement closes at £4,111.56, which is £11.56 more than £4,100.00."
    )
    assert less.sentence == "The statement closes at £4,111.56, which is £8.44 less than £4,120.00."


def test_a_file_that_tells_no_balances_needs_the_one_before_it() -> None:
    statement = read_statement(sample("barclays.csv"))
    asks = check_closing(statement, 4111_56)
    assert asks is not None
    assert asks.field == "opening"
    assert check_closing(statement, 4111_56, opening_pence=1042_18) is None
