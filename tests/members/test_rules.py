"""The rules of joining, over plain facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules import (
    CODE_ALPHABET,
    STEPS,
    Applicant,
    ClassRules,
    Contact,
    Match,
    age_on,
    checklist,
    same_code,
    shares_refusal,
    split_name,
    steps_missing,
    stops,
    tidy_phone,
    tidy_postcode,
)

TODAY = dt.date(2026, 3, 3)
COMMUNITY = ClassRules("Community supporter", "How you are connected.", 16, 1, 100_000, False)
PARTNER = ClassRules("Partner organisation", "Your number.", 16, 1, 100_000, True)
INVESTOR = ClassRules("Investor member", "", 18, 100, 5_000, False)
JOAN = Applicant(
    member_class=COMMUNITY,
    first_name="Joan",
    last_name="Dyson",
    organisation_name="",
    born=dt.date(1961, 3, 27),
    address_line_1="2 Mill Row",
    town="Damside",
    postcode="QX7 2AB",
    evidence="I keep the allotments.",
    files=0,
    shares=10,
    agreed_to_rules=True,
)


def stopped_by(applicant: Applicant, today: dt.date = TODAY) -> list[str]:
    return [check.code for check in stops(checklist(applicant, today))]


def found(applicant: Applicant) -> str:
    (check,) = stops(checklist(applicant, TODAY))
    return check.found


def test_nothing_stops_a_complete_application() -> None:
    assert stopped_by(JOAN) == []


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"member_class": None}, "class"),
        ({"first_name": ""}, "name"),
        ({"last_name": ""}, "name"),
        ({"born": None}, "age"),
        ({"address_line_1": ""}, "address"),
        ({"town": ""}, "address"),
        ({"postcode": ""}, "address"),
        ({"evidence": ""}, "evidence"),
        ({"agreed_to_rules": False}, "rules"),
        ({"shares": 0}, "shares"),
        ({"shares": 100_001}, "shares"),
    ],
)
def test_each_gap_stops_admission_by_its_own_name(missing: dict[str, object], code: str) -> None:
    assert stopped_by(replace(JOAN, **missing)) == [code]  # type: ignore[arg-type]


def test_the_address_check_names_every_missing_part() -> None:
    assert found(replace(JOAN, town="", postcode="")) == "Missing from it: town, postcode."


def test_a_file_is_evidence_enough() -> None:
    assert stopped_by(replace(JOAN, evidence="", files=1)) == []


def test_a_class_that_asks_for_no_evidence_gets_none() -> None:
    assert stopped_by(replace(JOAN, member_class=INVESTOR, evidence="", shares=100)) == []


def test_shares_outside_the_limits_of_the_class_are_refused_with_the_limits() -> None:
    assert shares_refusal(99, INVESTOR) == "Investor member takes from 100 to 5,000 shares."
    assert shares_refusal(100, INVESTOR) == shares_refusal(5_000, INVESTOR) == ""
    assert shares_refusal(5_001, INVESTOR)


def test_the_lowest_age_is_reached_on_the_birthday_itself() -> None:
    born = dt.date(2010, 3, 3)
    assert stopped_by(replace(JOAN, born=born), TODAY) == []
    assert stopped_by(replace(JOAN, born=born), TODAY - dt.timedelta(days=1)) == ["age"]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (dt.date(2008, 2, 29), dt.date(2026, 2, 28), 17),
        (dt.date(2008, 2, 29), dt.date(2026, 3, 1), 18),
        (dt.date(2008, 2, 29), dt.date(2028, 2, 29), 20),
        (TODAY, TODAY, 0),
    ],
)
def test_age_in_whole_years(born: dt.date, day: dt.date, age: int) -> None:
    assert age_on(born, day) == age


def test_an_organisation_needs_a_name_and_somebody_who_acts_but_no_age() -> None:
    charity = replace(JOAN, member_class=PARTNER, organisation_name="Beck Wheels", born=None)
    assert stopped_by(charity) == []
    assert stopped_by(replace(charity, organisation_name="")) == ["name"]
    assert stopped_by(replace(charity, last_name="")) == ["name"]


def test_somebody_who_may_be_known_stops_admission_until_the_secretary_says_who() -> None:
    alike = replace(JOAN, matches=(Match(7, "Joan Dyson"),))
    assert stopped_by(alike) == ["duplicate"]
    assert stopped_by(replace(alike, somebody_new=True)) == []
    assert stopped_by(replace(alike, known_as=Match(7, "Joan Dyson"))) == []


def test_a_member_cannot_join_a_second_time() -> None:
    again = replace(JOAN, known_as=Match(7, "Joan Dyson", member_number=12))
    assert found(again) == "Already in it as member 12."


def test_a_member_may_act_for_an_organisation_that_joins() -> None:
    charity = replace(
        JOAN,
        member_class=PARTNER,
        organisation_name="Beck Wheels",
        known_as=Match(7, "Joan Dyson", member_number=12),
    )
    assert stopped_by(charity) == []
    assert found(replace(charity, organisation_number=30)) == "Already in it as member 30."


def test_the_website_asks_for_what_is_missing_in_the_order_of_its_steps() -> None:
    empty = Applicant(None, "", "", "", None, "", "", "", "", 0, 1, False)
    assert steps_missing(empty, "", TODAY) == ["class", "about", "contact", "shares"]
    assert steps_missing(replace(empty, member_class=COMMUNITY), "", TODAY) == list(STEPS)[1:]
    assert steps_missing(JOAN, "joan@example.org", TODAY) == []


def test_on_the_website_an_e_mail_address_is_needed() -> None:
    assert steps_missing(JOAN, "", TODAY) == ["contact"]


def test_somebody_too_young_is_told_before_anything_is_handed_in_or_paid() -> None:
    child = replace(JOAN, born=dt.date(2020, 1, 1))
    assert steps_missing(child, "joan@example.org", TODAY) == ["about"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("qx7 1ab", "QX7 1AB"), ("QX71AB", "QX7 1AB"), (" ec1a 1bb ", "EC1A 1BB"), ("", "")],
)
def test_postcodes_are_written_as_the_post_writes_them(typed: str, kept: str) -> None:
    assert tidy_postcode(typed) == kept


@pytest.mark.parametrize("typed", ["QX7", "1AB QX7", "QX7 1A", "12345", "QX7 1ABC"])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        tidy_postcode(typed)


@pytest.mark.parametrize("typed", ["12345", "call me", "01632 960 001 ext 2", "1" * 16])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        tidy_phone(typed)


def test_phone_numbers_keep_their_groups() -> None:
    assert tidy_phone(" 01632-960  001 ") == "01632 960 001"
    assert tidy_phone("+44 (0)1632 960001") == "+44 (0)1632 960001"


def test_contact_details_say_which_field_cannot_be_read() -> None:
    with pytest.raises(ValueError, match=r"^postcode$"):
        Contact(postcode="nowhere").tidied()


@given(st.text(alphabet=CODE_ALPHABET, min_size=8, max_size=8))
def test_a_code_survives_lower_case_dashes_and_blanks(code: str) -> None:
    assert same_code(f" {code[:4].lower()} - {code[4:]} ") == code


@given(st.text())
def test_any_text_can_be_typed_as_a_code(text: str) -> None:
    assert same_code(text) == same_code(same_code(text))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Mary Ann Shaw", ("Mary Ann", "Shaw")),
        ("Shaw", ("Shaw", "")),
        ("  Ann   Shaw ", ("Ann", "Shaw")),
        ("", ("", "")),
    ],
)
def test_a_name_is_split_before_its_last_word(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@given(st.text(alphabet="ab ", max_size=150))
def test_both_parts_of_a_name_fit_the_register(name: str) -> None:
    assert max(map(len, split_name(name))) <= 60


def test_a_name_that_is_too_long_is_cut() -> None:
    assert split_name(f"{'a' * 70} {'b' * 70}") == ("a" * 60, "b" * 60)
