"""Scottish STV worked by hand. Candidates: 1 Ann, 2 Bo, 3 Cy, 4 Dee, 5 Eve."""

import pytest

from governance.counting import Ballot, Contest, Count, CountError, count

NAMES = ("Ann", "Bo", "Cy", "Dee", "Eve")


def contest(seats: int, papers: dict[tuple[int, ...], int], candidates: int = 5) -> Contest:
    ballots = tuple(Ballot(preferences, weight) for preferences, weight in papers.items())
    return Contest(NAMES[:candidates], seats, ballots)


def votes(result: Count, stage: int) -> list[str]:
    return list(result.as_dict()["stages"][stage - 1]["totals"].values())


def excluded(result: Count) -> list[int]:
    return [candidate for stage in result.stages for candidate in stage.excluded]


def test_the_quota_drops_the_fraction_and_adds_one() -> None:
    for papers, quota in ((11, 3), (12, 4), (15, 4), (16, 5)):
        assert count(contest(3, {(1,): papers})).as_dict()["quota"] == quota


def test_a_surplus_passes_every_paper_on_at_a_value_cut_after_five_decimals() -> None:
    # 5 papers, quota 2. Ann's surplus of 1 over 3 papers: 0.33333 each, so 0.00001 is dropped.
    result = count(contest(2, {(1, 2): 3, (2,): 1, (3,): 1}, candidates=3))
    assert votes(result, 2) == ["2.00000", "1.99999", "1.00000"]
    assert result.as_dict()["stages"][1]["transfers"] == {
        "Ann": "-1.00000",
        "Bo": "0.99999",
        "Cy": "0.00000",
    }
    assert result.as_dict()["stages"][1]["lost_to_rounding"] == "0.00001"
    assert result.elected == (1, 2)
    assert result.stages[-1].elected[0].reason == "last vacancies"


def test_papers_received_at_a_reduced_value_are_reduced_again() -> None:
    # 32 papers, quota 9. Ann 18: surplus 9, her papers go to Bo at 0.5 (9 votes, so Bo has 14).
    # Bo's surplus of 5 over 14: whole papers at 0.35714, halves at 0.17857.
    papers = {(1, 2, 3): 18, (2, 4): 5, (3,): 5, (4,): 4}
    result = count(contest(3, papers, candidates=4))
    assert votes(result, 2) == ["9.00000", "14.00000", "5.00000", "4.00000"]
    assert votes(result, 3) == ["9.00000", "9.00000", "8.21426", "5.78570"]
    assert result.elected == (1, 2, 3)


def test_the_higher_of_two_surpluses_goes_first_whoever_was_elected_first() -> None:
    # 40 papers, quota 9. Ann 13 and Bo 12: Ann's surplus takes Cy to 11 (surplus 2), Bo's waits.
    papers = {(1, 3): 13, (2,): 12, (3,): 7, (4,): 5, (5,): 3}
    result = count(contest(4, papers))
    assert [(stage.kind, stage.candidate) for stage in result.stages[1:4]] == [
        ("surplus", 1),
        ("surplus", 2),
        ("surplus", 3),
    ]


def test_a_surplus_is_passed_on_before_anybody_is_excluded_even_if_it_changes_nothing() -> None:
    result = count(contest(2, {(1,): 10, (2,): 5, (3,): 1}, candidates=3))
    assert [stage.kind for stage in result.stages] == ["first", "surplus", "exclusion"]
    assert result.stages[1].transfers == {1: -4 * 10**5, 2: 0, 3: 0}


def test_exactly_the_quota_elects_and_leaves_no_surplus_to_pass_on() -> None:
    result = count(contest(2, {(1,): 4, (2,): 3, (3,): 2}, candidates=3))
    assert result.as_dict()["quota"] == 4
    assert [stage.kind for stage in result.stages] == ["first", "exclusion"]


def test_papers_skip_the_elected_and_the_excluded() -> None:
    # Cy is excluded; his papers name Ann (elected) next, then Bo.
    result = count(contest(2, {(1,): 6, (2,): 4, (3, 1, 2): 2, (4,): 3}, candidates=4))
    assert result.stages[1].excluded == (3,)
    assert result.stages[1].transfers[1] == 0
    assert result.stages[1].transfers[2] == 2 * 10**5


def test_the_count_stops_when_the_seats_are_filled_though_a_surplus_remains() -> None:
    result = count(contest(2, {(1, 3): 8, (2,): 5, (3,): 1}, candidates=3))
    assert len(result.stages) == 1
    assert result.elected == (1, 2)


def test_the_last_to_continue_fill_the_last_seats_without_a_quota() -> None:
    # After Dee's exclusion two continue for two seats: the surplus of Ann is not needed again.
    result = count(contest(3, {(1,): 9, (2,): 3, (3,): 2, (4,): 1}, candidates=4))
    assert result.elected == (1, 2, 3)
    assert result.stages[-1].kind == "exclusion"
    assert [each.reason for each in result.stages[-1].elected] == ["last vacancies"] * 2


def test_as_many_candidates_as_seats_are_all_elected_at_the_first_stage() -> None:
    result = count(contest(3, {(1, 2): 9, (2,): 1}, candidates=3))
    assert len(result.stages) == 1
    assert result.elected == (1, 2, 3)


def test_fewer_candidates_than_seats_leave_seats_empty() -> None:
    result = count(contest(4, {(2,): 1}, candidates=2))
    assert result.elected == (2, 1)
    assert "2 seats stay empty." in result.in_words()


def test_elected_together_are_named_by_most_votes() -> None:
    assert count(contest(2, {(1,): 5, (2,): 6}, candidates=3)).elected == (2, 1)


def test_an_empty_ballot_is_not_valid_and_does_not_raise_the_quota() -> None:
    result = count(contest(1, {(1,): 3, (): 100}, candidates=2))
    assert (result.valid, result.as_dict()["quota"]) == (3, 2)


def test_with_no_ballots_the_lot_decides_alone() -> None:
    result = count(contest(1, {}, candidates=3), lot_order=(2, 3, 1))
    assert result.valid == 0
    assert excluded(result) == [1, 3]
    assert result.elected == (2,)
    assert "Nobody cast a valid vote, so only the lot order could decide." in result.in_words()


def test_candidates_without_votes_are_excluded_one_at_a_time() -> None:
    result = count(contest(1, {(1,): 3, (2,): 3}), lot_order=(1, 2, 3, 4, 5))
    assert excluded(result) == [5, 4, 3, 2]


def test_a_tie_for_exclusion_looks_back_to_the_stage_before() -> None:
    # Dee's paper makes Cy level with Bo at 4; at stage 1 Cy had fewer.
    papers = {(1,): 7, (2,): 4, (3,): 3, (4, 3): 1}
    result = count(contest(1, papers, candidates=4), lot_order=(3, 1, 2, 4))
    assert excluded(result)[:2] == [4, 3]
    (tie,) = result.stages[2].ties
    assert (tie.tied, tie.chosen, tie.stage) == ((2, 3), 3, 1)


def test_the_most_recent_stage_that_differs_decides_not_the_first() -> None:
    # Stage 1: Bo 5, Cy 4. Stage 2 (Dee's 2 to Cy): Bo 5, Cy 6. Stage 3 (Eve): both 6.
    papers = {(1,): 10, (2,): 5, (3,): 4, (4, 3): 2, (5, 2): 1, (5, 1): 2}
    result = count(contest(1, papers))
    assert excluded(result)[:3] == [4, 5, 2]
    assert result.stages[3].ties[0].stage == 2


def test_three_level_candidates_are_told_apart_step_by_step() -> None:
    # Eve's two papers lift Cy and Dee to Bo's 3; looking back leaves those two to the lot.
    papers = {(1,): 9, (2,): 3, (3,): 2, (4,): 2, (5, 3): 1, (5, 4): 1}
    result = count(contest(1, papers), lot_order=(1, 4, 3, 2, 5))
    assert excluded(result)[:2] == [5, 3]
    (tie,) = result.stages[2].ties
    assert (tie.tied, tie.left, tie.stage) == ((2, 3, 4), (3, 4), None)


@pytest.mark.parametrize(("lot_order", "out"), [((1, 2, 3), 3), ((1, 3, 2), 2)])
def test_where_looking_back_does_not_help_the_last_in_the_lot_order_is_excluded(
    lot_order: tuple[int, ...], out: int
) -> None:
    result = count(contest(1, {(1,): 3, (2,): 2, (3,): 2}, candidates=3), lot_order=lot_order)
    assert excluded(result)[0] == out
    assert result.stages[1].ties[0].stage is None


@pytest.mark.parametrize("lot_order", [(1, 2, 3, 4), (2, 1, 3, 4)])
def test_of_equal_surpluses_the_first_in_the_lot_order_goes_first(
    lot_order: tuple[int, ...],
) -> None:
    papers = {(1, 3): 8, (2, 4): 8, (3,): 2, (4,): 2}
    result = count(contest(3, papers, candidates=4), lot_order=lot_order)
    assert result.elected[:2] == lot_order[:2]
    assert result.stages[1].candidate == lot_order[0]


def test_of_equal_surpluses_the_one_that_was_ahead_most_recently_goes_first() -> None:
    # 47 papers, quota 10. Cy's surplus lifts Bo from 8 to 12, level with Ann.
    papers = {(1,): 12, (2,): 8, (3, 2): 8, (3,): 12, (4,): 5, (5,): 2}
    result = count(contest(4, papers), lot_order=(2, 1, 3, 4, 5))
    assert votes(result, 2)[:2] == ["12.00000", "12.00000"]
    assert result.stages[2].candidate == 1
    assert result.stages[2].ties[0].stage == 1


@pytest.mark.parametrize("lot_order", [(1, 2), (1, 2, 2), (1, 2, 3, 4), ()])
def test_a_lot_order_must_name_everybody_once(lot_order: tuple[int, ...]) -> None:
    with pytest.raises(CountError, match="every standing candidate exactly once"):
        count(contest(1, {(1,): 1}, candidates=3), lot_order=lot_order)


def test_unknown_rules_are_refused() -> None:
    with pytest.raises(CountError, match="no counting rules called “dice”"):
        count(contest(1, {(1,): 1}), rules="dice")
