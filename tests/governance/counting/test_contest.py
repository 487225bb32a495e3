"""What makes a contest, and how its candidates are called."""

import pytest

from governance.counting import Ballot, Contest, CountError, count


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"seats": 0}, "at least one seat"),
        ({"candidates": ()}, "no candidates"),
        ({"candidates": ("Ann", " ")}, "Candidate 2 has no name"),
        ({"withdrawn": {3}}, "Candidate 3 is withdrawn"),
        ({"ballots": (Ballot((1,), 0),)}, "at least one paper"),
        ({"ballots": (Ballot((1, 2, 1)),)}, "two preferences"),
        ({"ballots": (Ballot((3,)),)}, "does not exist"),
        ({"ballots": (Ballot((0,)),)}, "does not exist"),
    ],
)
def test_a_contest_that_makes_no_sense_is_refused(bad: dict[str, object], sentence: str) -> None:
    sound = {"candidates": ("Ann", "Bo"), "seats": 1, "ballots": ()}
    with pytest.raises(CountError, match=sentence):
        Contest(**(sound | bad))  # type: ignore[arg-type]


def test_names_are_kept_on_one_line() -> None:
    contest = Contest((" Ann\nDyson ", "Bo\tReid"), 1, (), title="Board\r\n2026")
    assert contest.candidates == ("Ann Dyson", "Bo Reid")
    assert contest.title == "Board 2026"


def test_two_candidates_of_one_name_are_told_apart_by_their_numbers() -> None:
    contest = Contest(("Ann", "Ann", "Bo"), 1, (Ballot((2,)),))
    result = count(contest).as_dict()
    assert result["elected"] == ["2. Ann"]
    assert list(result["stages"][0]["totals"]) == ["1. Ann", "2. Ann", "3. Bo"]


def test_if_all_withdraw_nobody_is_elected() -> None:
    contest = Contest(("Ann", "Bo"), 1, (Ballot((1,)),), withdrawn=frozenset({1, 2}))
    for rules in ("scottish-stv", "meek", "av", "block"):
        result = count(contest, rules)
        assert result.elected == ()
        assert result.valid == 0
        assert "Nobody was elected." in result.summary()
