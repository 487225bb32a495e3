"""What must hold of every count, whatever the ballots."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.count_votes import naive_count
from governance.counting import Ballot, BltError, Contest, count, read_blt, write_blt
from tests.governance.counting.contests import contests

ONE_PAPER_ONE_VOTE = ("scottish-stv", "meek")
ANY_SEATS = ("scottish-stv", "meek", "block")


@given(contests(withdrawals=True))
@pytest.mark.parametrize("rules", ONE_PAPER_ONE_VOTE)
def test_no_vote_is_made_or_lost_at_any_stage(rules: str, contest: Contest) -> None:
    result = count(contest, rules)
    for stage in result.stages:
        assert sum(stage.totals.values()) + stage.non_transferable == result.valid * (
            10**result.places
        )
        assert 0 <= stage.lost_to_rounding <= stage.non_transferable


@given(contests(seats=1, withdrawals=True))
def test_av_makes_and_loses_no_vote(contest: Contest) -> None:
    result = count(contest, "av")
    for stage in result.stages:
        assert sum(stage.totals.values()) + stage.non_transferable == result.valid * 10**5


@given(contests())
def test_truncation_loses_less_than_a_unit_for_each_paper_passed_on(contest: Contest) -> None:
    stages = count(contest).stages
    papers = sum(ballot.weight for ballot in contest.ballots)
    for before, stage in pairwise(stages):
        lost = stage.lost_to_rounding - before.lost_to_rounding
        assert 0 <= lost <= papers
        assert lost == 0 or stage.kind == "surplus"


@given(contests(withdrawals=True), st.randoms())
def test_scottish_stv_agrees_with_a_count_paper_by_paper(contest: Contest, random: Random) -> None:
    lot = list(contest.standing)
    random.shuffle(lot)
    result = count(contest, lot_order=lot)
    elected, stages = naive_count(contest, tuple(lot))
    assert list(result.elected) == elected
    assert [stage.totals for stage in result.stages] == stages


@given(contests(withdrawals=True))
@pytest.mark.parametrize("rules", ANY_SEATS)
def test_every_seat_is_filled_while_there_are_candidates(rules: str, contest: Contest) -> None:
    elected = count(contest, rules).elected
    assert len(elected) == len(set(elected)) == min(contest.seats, len(contest.standing))
    assert set(elected) <= set(contest.standing)


@given(contests(), st.randoms())
@pytest.mark.parametrize("rules", ANY_SEATS)
def test_the_order_of_the_ballots_changes_nothing(
    rules: str, contest: Contest, random: Random
) -> None:
    shuffled = list(contest.ballots)
    random.shuffle(shuffled)
    other = Contest(contest.candidates, contest.seats, tuple(shuffled), contest.title)
    assert count(other, rules).as_dict() == count(contest, rules).as_dict()


@given(contests())
@pytest.mark.parametrize("rules", ANY_SEATS)
def test_grouping_equal_ballots_changes_nothing(rules: str, contest: Contest) -> None:
    singles = tuple(Ballot(b.preferences) for b in contest.ballots for _ in range(b.weight))
    other = Contest(contest.candidates, contest.seats, singles, contest.title)
    assert count(other, rules).as_dict() == count(contest, rules).as_dict()


@given(contests(withdrawals=True))
@pytest.mark.parametrize("rules", ANY_SEATS)
def test_a_withdrawn_candidate_was_never_there(rules: str, contest: Contest) -> None:
    new_number = {old: new for new, old in enumerate(contest.standing, 1)}
    without = Contest(
        candidates=tuple(contest.candidates[number - 1] for number in contest.standing),
        seats=contest.seats,
        ballots=tuple(
            Ballot(tuple(new_number[c] for c in b.preferences if c in new_number), b.weight)
            for b in contest.ballots
        ),
        title=contest.title,
    )
    expected, found = count(without, rules).as_dict(), count(contest, rules).as_dict()
    for told in ("withdrawn", "words"):
        del expected[told], found[told]
    assert found == expected


@given(contests(seats=1, withdrawals=True), st.randoms())
def test_scottish_stv_for_one_seat_elects_whom_av_elects(contest: Contest, random: Random) -> None:
    lot = list(contest.standing)
    random.shuffle(lot)
    assert count(contest, "av", lot).elected == count(contest, "scottish-stv", lot).elected


@given(contests(withdrawals=True))
@pytest.mark.parametrize("rules", ANY_SEATS)
def test_the_lot_order_decides_nothing_unless_there_is_a_tie(rules: str, contest: Contest) -> None:
    result = count(contest, rules)
    by_lot = [tie for stage in result.stages for tie in stage.ties if tie.stage is None]
    if not by_lot:
        assert count(contest, rules, contest.standing[::-1]).elected == result.elected


@given(contests(withdrawals=True))
@pytest.mark.parametrize("rules", ANY_SEATS)
def test_every_count_can_be_told_in_words(rules: str, contest: Contest) -> None:
    result = count(contest, rules)
    words = "\n".join(result.in_words())
    for stage in result.stages:
        for excluded in stage.excluded:
            name = contest.labels()[excluded]
            assert f"{name} was excluded at stage {stage.n}" in words
    for name in result.elected_names:
        assert f"{name} was elected" in words


any_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = any_words.map(lambda words: words + "x")


@st.composite
def named_contests(draw: st.DrawFn) -> Contest:
    contest = draw(contests(withdrawals=True))
    count = len(contest.candidates)
    called = draw(st.lists(names, min_size=count, max_size=count))
    title = draw(any_words)
    return Contest(tuple(called), contest.seats, contest.ballots, title, contest.withdrawn)


@given(named_contests())
def test_a_written_blt_reads_back_the_same(contest: Contest) -> None:
    assert read_blt(write_blt(contest)) == contest


def read_or_refuse(text: str) -> Contest | None:
    """The contest, or None if the text was refused as it should be: by naming the line."""
    try:
        return read_blt(text)
    except BltError as error:
        refusal = str(error)
    assert refusal.startswith("Line ")
    return None


@given(st.text())
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    read_or_refuse(text)


@given(st.text(alphabet='0123456789- \n"#,aA=.', max_size=80))
def test_text_that_looks_like_blt_is_read_or_refused_with_its_line(text: str) -> None:
    contest = read_or_refuse(text)
    assert contest is None or read_blt(write_blt(contest)) == contest
