"""Reading an overlapping statement again adds nothing, and equal payments all count."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.statements import look_alikes, read_statement, unseen
from tests.ledger.statements.files import (
    Move,
    barclays,
    hsbc,
    lloyds,
    sample,
    with_balances,
)

DAY = dt.date(2026, 3, 2)
#: Few days, payers and amounts, so that equal payments are common.
moves = st.lists(
    st.builds(
        Move,
        st.integers(0, 4).map(lambda days: DAY + dt.timedelta(days)),
        st.sampled_from([10_00, 10_00, 20_00, -10_00]),
        st.sampled_from(["A MORGAN", "B REID"]),
    ),
    min_size=1,
    max_size=14,
).map(lambda found: sorted(found, key=lambda move: move.day))


def checksums(data: bytes) -> list[str]:
    return [line.checksum for line in read_statement(data).lines]


def imported(*files: bytes) -> set[str]:
    """The checksums in the database after these files, of which no line is added twice."""
    known: set[str] = set()
    for data in files:
        new = unseen(read_statement(data).lines, known)
        assert len({line.checksum for line in new}) == len(new)
        known |= {line.checksum for line in new}
    return known


@given(moves)
def test_every_line_of_a_file_counts_and_the_same_file_again_adds_none(story: list[Move]) -> None:
    for data in (lloyds(with_balances(story)), barclays(story)):
        assert len(imported(data, data)) == len(story)


@given(moves, st.data())
def test_with_balances_any_two_cuts_that_overlap_give_the_whole(
    story: list[Move], data: st.DataObject
) -> None:
    told = with_balances(story)
    assume(len(set(told)) == len(told))  # else one day has the same payment at the same balance
    begins = data.draw(st.integers(0, len(told) - 1))
    ends = data.draw(st.integers(begins, len(told)))
    newest_first = data.draw(st.booleans())
    whole = imported(lloyds(told))
    later, earlier = lloyds(told[begins:], newest_first), [lloyds(told[:ends])] if ends else []
    assert imported(*earlier, later) == imported(later, *earlier)
    assert imported(*earlier, later) == (whole if ends else set(checksums(later)))


@given(moves, st.data())
def test_without_balances_cuts_that_begin_with_a_day_give_the_whole(
    story: list[Move], data: st.DataObject
) -> None:
    days = [len(list(found)) for _day, found in groupby(story, key=lambda move: move.day)]
    begins = sum(days[: data.draw(st.integers(0, len(days) - 1))])
    ends = data.draw(st.integers(max(begins, 1), len(story)))
    whole = imported(barclays(story))
    assert imported(barclays(story[:ends]), barclays(story[begins:])) == whole
    assert imported(barclays(story[begins:]), barclays(story[:ends])) == whole


def test_two_truly_equal_payments_on_one_day_both_count() -> None:
    for name in ("lloyds.csv", "barclays.csv", "natwest.csv", "version_1.ofx"):
        assert len(set(checksums(sample(name)))) == 11


def test_a_balance_told_later_in_the_day_changes_no_checksum() -> None:
    noon = hsbc("02/03/2026,CR,A,10.00,110.00", "02/03/2026,CR,B,5.00,115.00")
    night = hsbc("02/03/2026,CR,A,10.00,", "02/03/2026,CR,B,5.00,", "02/03/2026,CR,C,5.00,120.00")
    assert set(checksums(noon)) < set(checksums(night))


def test_padding_and_case_change_no_checksum_but_account_day_amount_and_text_do() -> None:
    def one(row: str, account: str = "1") -> str:
        return read_statement(hsbc(row), account=account).lines[0].checksum

    first = one("02/03/2026,CR,A MORGAN,10.00,")
    assert first == one("2 Mar 2026,bp,  a  morgan ,£10,")
    others = {
        one("03/03/2026,CR,A MORGAN,10.00,"),
        one("02/03/2026,CR,A MORGAN,-10.00,"),
        one("02/03/2026,CR,B MORGAN,10.00,"),
        one("02/03/2026,CR,A MORGAN,10.00,50.00"),
        one("02/03/2026,CR,A MORGAN,10.00,", account="2"),
    }
    assert len(others) == 5
    assert first not in others


def test_a_month_that_comes_in_another_form_is_noticed_line_by_line() -> None:
    csv, ofx = read_statement(sample("lloyds.csv")), read_statement(sample("version_1.ofx"))
    new = unseen(ofx.lines, {line.checksum for line in csv.lines})
    assert len(new) == 11
    known = [(line.date, line.amount_pence) for line in csv.lines]
    assert look_alikes(new, known) == list(ofx.lines)
    without_one_of_two = [*known[:4], *known[5:]]
    assert len(look_alikes(new, without_one_of_two)) == 10
