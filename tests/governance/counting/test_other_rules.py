"""The alternative vote, Meek, block vote and yes/no, worked by hand."""

import pytest

from governance.counting import Ballot, Contest, CountError, count, count_choices


def contest(seats: int, papers: dict[tuple[int, ...], int], candidates: int = 3) -> Contest:
    ballots = tuple(Ballot(preferences, weight) for preferences, weight in papers.items())
    return Contest(("Ann", "Bo", "Cy", "Dee")[:candidates], seats, ballots)


def test_av_excludes_the_last_until_somebody_has_more_than_half() -> None:
    result = count(contest(1, {(1,): 5, (2,): 4, (3, 2): 3}), "av")
    assert result.elected == (2,)
    assert [stage.excluded for stage in result.stages] == [(), (3,)]
    assert result.as_dict()["stages"][1]["transfers"]["Bo"] == "3.00000"


def test_av_needs_half_of_the_votes_still_in_the_count() -> None:
    # 4 of 9 is no majority; once Cy's papers run out, 4 of 7 is.
    result = count(contest(1, {(1,): 4, (2,): 3, (3,): 2}), "av")
    assert result.elected == (1,)
    assert len(result.stages) == 2
    assert result.as_dict()["quota"] == 4
    assert result.as_dict()["stages"][1]["non_transferable"] == "2.00000"


def test_av_exactly_half_is_not_more_than_half() -> None:
    result = count(contest(1, {(1,): 2, (2,): 2}, candidates=2), "av", lot_order=(2, 1))
    assert result.elected == (2,)
    assert result.stages[1].excluded == (1,)


def test_av_fills_one_seat_only() -> None:
    with pytest.raises(CountError, match="one seat, but this contest has 2"):
        count(contest(2, {(1,): 1}), "av")


def test_meek_lowers_the_quota_as_papers_run_out() -> None:
    # Ann's 60 papers name nobody else. The quota is 33⅓, so she keeps 0.555555556 of each and the
    # rest leaves the count; of the 73.33333336 votes left the quota is 24.44…, and Bo has 25.
    result = count(contest(2, {(1,): 60, (2,): 25, (3,): 15}), "meek")
    assert result.as_dict()["stages"][0]["quota"] == "33.333333334"
    assert result.as_dict()["stages"][1]["quota"] == "24.444444454"
    assert result.elected == (1, 2)
    assert [each.reason for each in result.stages[1].elected] == ["quota"]


def test_meek_reaches_the_keep_value_that_algebra_gives() -> None:
    # 60 papers for Ann alone, Bo 19, Cy 18, Dee 3: nobody passes 20, so the stage runs its course.
    result = count(contest(2, {(1,): 60, (2,): 19, (3,): 18, (4,): 3}, 4), "meek")
    ann, quota = result.stages[1].totals[1], result.stages[1].quota or 0
    assert abs(ann - 20 * 10**9) < 10**4
    assert 0 <= ann - quota < 1000


def test_meek_passes_a_paper_through_a_candidate_already_elected() -> None:
    # Cy's papers name Ann, then Dee. Under Meek Ann keeps a part of them, and so needs less of the
    # papers that name Bo after her; under the Scottish rules they skip Ann, and Bo gains nothing.
    papers = {(1, 2): 40, (2,): 6, (3, 1, 4): 8, (4,): 22}
    meek = count(contest(2, papers, 4), "meek")
    scottish = count(contest(2, papers, 4))
    assert meek.stages[2].excluded == scottish.stages[2].excluded == (3,)
    assert scottish.stages[2].transfers[2] == 0
    assert meek.stages[2].transfers[2] > 4 * 10**9


def test_block_vote_counts_as_many_marks_as_there_are_seats() -> None:
    result = count(contest(2, {(1, 2, 3): 3, (3, 1): 2}), "block")
    assert result.as_dict()["stages"][0]["totals"] == {
        "Ann": "5.00000",
        "Bo": "3.00000",
        "Cy": "2.00000",
    }
    assert result.elected == (1, 2)
    assert result.as_dict()["quota"] is None


def test_block_vote_settles_the_last_seat_by_the_lot() -> None:
    result = count(contest(1, {(1,): 2, (3,): 2}), "block", lot_order=(3, 2, 1))
    assert result.elected == (3,)
    assert "the lot order published before the count decided" in "\n".join(result.in_words())


def test_yes_and_no_are_tallied_with_abstentions_apart() -> None:
    tally = count_choices(["for", "for", "against", "abstain"])
    assert tally.as_dict() == {"for": 2, "against": 1, "abstain": 1, "cast": 3, "present": 4}
    assert tally.in_words() == "2 for, 1 against. 1 abstained."
    assert count_choices([]).in_words() == "0 for, 0 against. Nobody abstained."


def test_an_answer_that_is_none_of_the_three_is_refused() -> None:
    with pytest.raises(CountError, match="“maybe” is not an answer"):
        count_choices(["for", "maybe"])
