"""Reading and writing BLT."""

import pytest

from governance.counting import Ballot, BltError, CountError, read_blt, write_blt

SOUND = """\
3 2
-2
4 1 3 0
2 3 0
1 0
0
"Ann Dyson"
"Bo Reid"
"Cy Shah"
"Board 2026"
"""


def test_a_contest_is_read_whole() -> None:
    contest = read_blt(SOUND)
    assert contest.candidates == ("Ann Dyson", "Bo Reid", "Cy Shah")
    assert contest.seats == 2
    assert contest.withdrawn == {2}
    assert contest.ballots == (Ballot((1, 3), 4), Ballot((3,), 2), Ballot((), 1))
    assert contest.title == "Board 2026"


@pytest.mark.parametrize(
    "same",
    [
        SOUND.replace("\n", "\r\n"),
        SOUND.replace("\n", "\r"),
        "\ufeff" + SOUND,
        SOUND.replace("\n", "\n\n"),
        SOUND.replace('"', ""),
        "# drawn up by the secretary\n" + SOUND.replace("4 1 3 0", "4 1 3 0  # two wards"),
        SOUND.replace('"Bo Reid"', '"Bo Reid"  # withdrew on Monday'),
        SOUND.replace("4 1 3 0", "  4\t1  3 0 "),
        SOUND.rstrip("\n"),
    ],
)
def test_line_endings_blank_lines_comments_and_quotation_marks_do_not_matter(same: str) -> None:
    assert read_blt(same) == read_blt(SOUND)


def test_several_candidates_may_withdraw_on_one_line_or_on_many() -> None:
    one = read_blt("4 1\n-2 -4\n0\nA\nB\nC\nD\n")
    many = read_blt("4 1\n-2\n-4\n0\nA\nB\nC\nD\n")
    assert one == many
    assert one.withdrawn == {2, 4}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"Dyson, Ann"', "Dyson, Ann"),
        ("Dyson, Ann", "Dyson, Ann"),
        ('"Ann ""Annie"" Dyson"', 'Ann "Annie" Dyson'),
        ('"Ann "Annie" Dyson"', 'Ann "Annie" Dyson'),
        ('Ann "Annie" Dyson', 'Ann "Annie" Dyson'),
        ('"Annie" Dyson', '"Annie" Dyson'),
        ("Siân O’Neill (Ind)", "Siân O’Neill (Ind)"),
        ("4 Ann", "4 Ann"),
        ('"# Ann"', "# Ann"),
    ],
)
def test_names_are_kept_as_written(written: str, name: str) -> None:
    assert read_blt(f"1 1\n0\n{written}\n").candidates == (name,)


def test_the_title_may_be_missing_and_the_caller_may_name_it() -> None:
    assert read_blt("1 1\n0\nAnn\n").title == ""
    assert read_blt("1 1\n0\nAnn\n", name="Board").title == "Board"


def test_more_seats_than_candidates_is_an_uncontested_election() -> None:
    assert read_blt("1 3\n2 1 0\n0\nAnn\n").seats == 3


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "empty"),
        ("\n \n# nothing\n", 1, "empty"),
        ("3\n", 1, "two numbers"),
        ("3 2 1\n", 1, "two numbers"),
        ("three 2\n", 1, "“three” is not a whole number"),
        ("3.0 2\n", 1, "“3.0” is not a whole number"),
        ("٣ 2\n", 1, "is not a whole number"),
        ("3, 2\n", 1, "spaces, not commas"),
        ("0 2\n", 1, "at least one candidate"),
        ("-3 2\n", 1, "at least one candidate"),
        ("3 0\n", 1, "at least one seat"),
        ("3 -1\n", 1, "at least one seat"),
        ("1001 2\n", 1, "more than 1,000 candidates"),
        ("3 " + "9" * 5000, 1, "too large"),
        ("2 1\n1,2,0\n0\nA\nB\n", 2, "spaces, not commas"),
        ("2 1\n1 3 0\n0\nA\nB\n", 2, "no candidate 3"),
        ("2 1\n\n1 1 0\n1 2 -1 0\n0\nA\nB\n", 4, "no candidate -1"),
        ("2 1\n1 2 1 2 0\n0\nA\nB\n", 2, "candidate 2 is given two preferences"),
        ("2 1\n1 0 2 0\n0\nA\nB\n", 2, "a 0 before the end"),
        ("2 1\n1 1 2\n0\nA\nB\n", 2, "must end with 0"),
        ("2 1\n5\n0\nA\nB\n", 2, "must end with 0"),
        ("2 1\n0 1 0\n0\nA\nB\n", 2, "at least 1 paper, but this one says 0"),
        ("2 1\n-4 1 0\n0\nA\nB\n", 2, "at least 1 paper, but this one says -4"),
        ("2 1\n1.5 1 0\n0\nA\nB\n", 2, "“1.5” is not a whole number"),
        ("2 1\n1 1=2 0\n0\nA\nB\n", 2, "ranks candidates equally"),
        ("2 1\n1 - 2 0\n0\nA\nB\n", 2, "skipped"),
        ("2 1\n9999999999 1 0\n0\nA\nB\n", 2, "more than 1,000,000,000 papers"),
        ("2 1\n1" + "0" * 400 + " 1 0\n0\nA\nB\n", 2, "too large"),
        ("2 1\n-3\n0\nA\nB\n", 2, "no candidate 3"),
        ("2 1\n-2\n-2\n0\nA\nB\n", 3, "withdrawn twice"),
        ("2 1\n1 1 0\n-2\n0\nA\nB\n", 3, "before the first ballot"),
        ("2 1\n1 1 0\n", 2, "the line “0” that closes"),
        ('2 1\n1 1 0\n"A"\n"B"\n', 3, "neither a ballot nor the line “0”"),
        ("2 1\n1 1 0\n0\n", 3, "after 0 of the 2 candidates’ names"),
        ("2 1\n0\nA\n", 3, "after 1 of the 2 candidates’ names"),
        ('2 1\n0\n""\nB\n', 3, "candidate 1 has an empty name"),
        ("2 1\n0\nA\nB\nBoard\nmore\n", 6, "more text after the names"),
        ('2 1\n0\n"A\nB\n', 3, "never closed"),
        ('2 1\n0\n"A",\n"B"\n', 3, "must not be followed by a comma"),
        ('2 1\n0\n"A", "B"\n', 3, "must not be followed by a comma"),
        ('2 1\n0\n"A" "B"\n', 3, "line of its own"),
        ("\x89PNG\x1a\x00\x00", 1, "not text"),
        ("2 1\n1 1 0\x00\n", 2, "not text"),
    ],
)
def test_a_bad_text_is_refused_with_the_line_and_a_sentence(
    text: str, line: int, problem: str
) -> None:
    with pytest.raises(BltError) as refused:
        read_blt(text)
    assert refused.value.line == line
    assert str(refused.value).startswith(f"Line {line}: ")
    assert problem in str(refused.value)
    assert isinstance(refused.value, CountError)


def test_what_is_written_is_plain_blt() -> None:
    assert write_blt(read_blt(SOUND)) == SOUND
