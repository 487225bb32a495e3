"""The fields that take what people really type, and how a form tells what is wrong."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils.html import format_html
from djmoney.money import Money
from hypothesis import given
from hypothesis import strategies as st

from core.forms import (
    ClockField,
    DateBoxesField,
    NumberBoxesField,
    PercentField,
    PoundsField,
    RankField,
    parse_month,
    parse_typed_date,
)

CANDIDATES = [("7", "Ada Sykes"), ("9", "Bashir Khan"), ("12", "Carys Whitwam")]


class OneOfEach(forms.Form):
    name = forms.CharField(label="Full name", help_text="As on the register.")
    nickname = forms.CharField(required=False)
    number = forms.CharField(required=False, disabled=True)
    born = DateBoxesField(label="Date of birth", help_text="Such as 27 3 1948.")
    way = forms.ChoiceField(choices=[("p", "Post"), ("e", "E-mail")], widget=forms.RadioSelect)
    minutes = forms.IntegerField(min_value=15, max_value=600)
    agree = forms.BooleanField(label="I agree")
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, object]:
        if self.data.get("name") == "nobody":
            raise forms.ValidationError("Somebody has to apply.")
        return super().clean() or {}


def rendered(template: str, **context: object) -> str:
    return re.sub(r"\s+", " ", Template(template).render(Context(context)))


def dated(**typed: str) -> forms.Form:
    return type("Dated", (forms.Form,), {"day": DateBoxesField()})(typed)


# --- Dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "3 March 2026",
        "3rd mar 2026",
        "Tuesday 3 March 2026",
        "3/3/2026",
        "03.03.2026",
        "2026-03-03",
        " 3  March, 2026 ",
    ],
)
def test_a_date_is_taken_as_people_write_it(text: str) -> None:
    assert parse_typed_date(text) == dt.date(2026, 3, 3)


def test_the_day_comes_before_the_month() -> None:
    assert parse_typed_date("4/5/2026") == dt.date(2026, 5, 4)


@pytest.mark.parametrize(
    "text", ["", "3 March", "31/2/2026", "3/13/2026", "3/3/26", "soon", "1 2 3 4"]
)
def test_what_is_not_a_whole_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_typed_date(text)


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_date_survives_being_written_and_read(day: dt.date) -> None:
    assert parse_typed_date(day.isoformat()) == day
    assert parse_typed_date(f"{day.day} {day.strftime('%B')} {day.year}") == day


@pytest.mark.parametrize(("text", "month"), [("3", 3), ("sept", 9), ("Sep.", 9), ("JUNE", 6)])
def test_a_month_may_be_a_number_or_a_name(text: str, month: int) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize("text", ["0", "13", "ju", "march madness"])
def test_an_unclear_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_month(text)


def test_three_boxes_make_a_date() -> None:
    form = dated(day_day="27", day_month="mar", day_year="1948")
    assert form.is_valid()
    assert form.cleaned_data["day"] == dt.date(1948, 3, 27)


@pytest.mark.parametrize(
    "typed", [{"day": "2026-03-03"}, {"day_day": "3/3/2026", "day_month": "", "day_year": ""}]
)
def test_a_whole_date_is_accepted_too(typed: dict[str, str]) -> None:
    form = dated(**typed)
    assert form.is_valid()
    assert form.cleaned_data["day"] == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("", "", ""), "Enter a date, such as 3 3 2026."),
        (("3", "", "2026"), "the month is missing"),
        (("3", "", ""), "This is not a date in the calendar"),
        (("", "3", ""), "the day and the year is missing"),
        (("31", "2", "2026"), "This is not a date in the calendar"),
        (("3", "3", "48"), "Enter all four figures of the year"),
        (("x", "3", "2026"), "This is not a date in the calendar"),
    ],
)
def test_a_wrong_date_says_what_is_wrong(typed: tuple[str, str, str], sentence: str) -> None:
    form = dated(day_day=typed[0], day_month=typed[1], day_year=typed[2])
    assert not form.is_valid()
    assert sentence in form.errors["day"][0]


def test_what_was_typed_stays_in_the_boxes() -> None:
    html = rendered("{{ form }}", form=dated(day_day="31", day_month="feb", day_year="2026"))
    assert re.findall(r'value="([^"]*)"', html) == ["31", "feb", "2026"]


def test_a_date_that_may_be_left_out_cleans_to_none() -> None:
    assert DateBoxesField(required=False).clean(("", "", "")) is None


def test_a_date_has_changed_only_when_it_differs() -> None:
    field = DateBoxesField()
    assert not field.has_changed(dt.date(2026, 3, 3), ("3", "March", "2026"))
    assert field.has_changed(dt.date(2026, 3, 3), ("4", "3", "2026"))
    assert field.has_changed(dt.date(2026, 3, 3), ("31", "2", "2026"))


# --- Times and money ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("14:05", dt.time(14, 5)),
        ("9.30am", dt.time(9, 30)),
        ("7 pm", dt.time(19)),
        ("12am", dt.time(0)),
        ("12.15 PM", dt.time(12, 15)),
        ("08:30:00", dt.time(8, 30)),
    ],
)
def test_a_time_is_taken_as_people_write_it(text: str, time: dt.time) -> None:
    assert ClockField().clean(text) == time


@pytest.mark.parametrize("text", ["9", "24:00", "13pm", "0am", "half past", "9:5"])
def test_a_time_that_is_unclear_is_refused(text: str) -> None:
    with pytest.raises(forms.ValidationError, match="Enter a time such as 14:05"):
        ClockField().clean(text)


def test_a_wrong_time_is_shown_again_in_a_plain_box() -> None:
    class At(forms.Form):
        at = ClockField()

    assert 'type="time" name="at" value="09:30"' in rendered("{{ f }}", f=At({"at": "09:30"}))
    assert 'type="text" name="at" value="half past"' in rendered(
        "{{ f }}", f=At({"at": "half past"})
    )


@pytest.mark.parametrize(
    ("text", "amount"),
    [("25", "25.00"), ("£1,200.5", "1200.50"), (" .50 ", "0.50"), ("1 000", "1000.00"), ("0", "0")],
)
def test_pounds_are_taken_with_or_without_signs(text: str, amount: str) -> None:
    assert PoundsField().clean(text) == Money(amount, "GBP")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter an amount in pounds."),
        ("lots", "Enter an amount in pounds, such as"),
        ("1.2.3", "Enter an amount in pounds, such as"),
        ("1e5", "Enter an amount in pounds, such as"),
        ("12.345", "Enter whole pence"),
        ("1,50", "Write pence after a point"),
        ("1,2,3", "Write pence after a point"),
        ("1.250,50", "Write pence after a point"),
        ("-1", "Enter £25 or more."),
        ("24.99", "Enter £25 or more."),
        ("5000.01", "Enter £5,000 or less."),
        ("99999999999999", "Enter an amount in pounds, such as"),
    ],
)
def test_a_wrong_amount_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        PoundsField(min_value=25, max_value=5000).clean(text)
    assert refusal.value.messages[0].startswith(sentence)


@given(st.integers(min_value=0, max_value=10**9))
def test_every_amount_survives_being_shown_and_read(pence: int) -> None:
    money = Money(f"{pence // 100}.{pence % 100:02d}", "GBP")
    assert PoundsField().clean(PoundsField().prepare_value(money)) == money


# --- Numbers beside names -------------------------------------------------------------------------


class Paper(forms.Form):
    rank = RankField(choices=CANDIDATES)


def test_a_ranking_comes_back_in_order_of_preference() -> None:
    form = Paper({"rank_7": "2", "rank_9": "", "rank_12": "1"})
    assert form.is_valid()
    assert form.cleaned_data["rank"] == ["12", "7"]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (("", "", ""), "Number at least one"),
        (("1", "1", ""), "You gave 1 to Ada Sykes and Bashir Khan."),
        (("1", "3", ""), "There is a 3 but no 2."),
        (("2", "", ""), "There is a 2 but no 1."),
        (("4", "", ""), "Use the numbers 1 to 3: Ada Sykes has 4."),
        (("0", "", ""), "Use the numbers 1 to 3"),
        (("x", "", ""), "Enter whole numbers only: Ada Sykes has “x”."),
        (("1.5", "", ""), "Enter whole numbers only"),
    ],
)
def test_a_wrong_ranking_says_what_is_wrong(numbers: tuple[str, str, str], sentence: str) -> None:
    form = Paper(dict(zip(("rank_7", "rank_9", "rank_12"), numbers, strict=True)))
    assert not form.is_valid()
    assert form.errors["rank"][0].startswith(sentence)


@given(st.permutations([key for key, _name in CANDIDATES]), st.integers(1, 3))
def test_every_proper_ranking_is_accepted(order: list[str], length: int) -> None:
    typed = {f"rank_{key}": str(place) for place, key in enumerate(order[:length], 1)}
    form = Paper(typed)
    assert form.is_valid()
    assert form.cleaned_data["rank"] == order[:length]


def test_choices_given_to_one_form_do_not_reach_another() -> None:
    class Later(forms.Form):
        rank = RankField()

    first, second = Later({"rank_1": "1"}), Later({"rank_1": "1"})
    first.fields["rank"].choices = [("1", "Ann")]  # type: ignore[attr-defined]
    assert first.is_valid()
    assert "Ann" in str(first)
    assert not second.is_valid()
    assert "Ann" not in str(second)


def test_numbers_left_empty_are_left_out() -> None:
    field = NumberBoxesField(choices=CANDIDATES, high=100)
    assert field.clean({"7": "40", "9": "", "12": "0"}) == {"7": 40, "12": 0}


def test_a_number_for_a_name_that_is_not_on_the_paper_is_not_read() -> None:
    form = Paper({"rank_7": "1", "rank_999": "2"})
    assert form.is_valid()
    assert form.cleaned_data["rank"] == ["7"]


# --- How it renders -------------------------------------------------------------------------------


def test_a_hint_that_came_from_the_database_runs_nothing() -> None:
    form = OneOfEach()
    form.fields["name"].help_text = "<script>alert(1)</script>"
    form.fields["nickname"].help_text = format_html("<b>{}</b>", "A & B")
    html = str(form)
    assert "<script>" not in html
    assert "<b>A &amp; B</b>" in html


def test_label_hint_and_box_belong_together() -> None:
    html = rendered("{{ form }}", form=OneOfEach())
    assert '<label class="label" for="id_name">Full name </label>' in html
    assert '<div class="hint" id="id_name_helptext">As on the register.</div>' in html
    assert 'aria-describedby="id_name_helptext" id="id_name"' in html
    assert "aria-invalid" not in html


def test_several_boxes_that_are_one_answer_share_a_legend() -> None:
    html = rendered("{{ form }}", form=OneOfEach())
    assert html.count("<fieldset") == 2
    assert '<fieldset aria-describedby="id_born_helptext"> <legend class="legend">Date of' in html
    for box, label in enumerate(("Day", "Month", "Year")):
        assert f'<label for="id_born_{box}">{label}</label>' in html


def test_only_what_may_be_left_out_is_marked_optional() -> None:
    html = rendered("{{ form }}", form=OneOfEach())
    assert html.count("(optional)") == 1
    assert 'for="id_nickname">Nickname <span class="optional">(optional)</span>' in html


def test_a_form_may_leave_the_marks_out() -> None:
    class Search(forms.Form):
        mark_optional = False
        q = forms.CharField(required=False)

    assert "(optional)" not in rendered("{{ form }}", form=Search())


def test_an_error_is_tied_to_its_box() -> None:
    html = rendered("{{ form }}", form=OneOfEach({"name": ""}))
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true" aria-describedby="id_name_helptext id_name_error"' in html


def test_the_summary_links_to_the_first_box_of_every_answer() -> None:
    html = rendered("{% error_summary form %}", form=OneOfEach({"minutes": "5"}))
    links = dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', html))
    assert links == {
        "id_name": "Fill in “Full name”.",
        "id_born_0": "Enter a date for “Date of birth”, such as 3 3 2026.",
        "id_way_0": "Choose an answer for “Way”.",
        "id_minutes": "“Minutes” must be 15 or more.",
        "id_agree": "Tick “I agree” to go on.",
    }
    assert "<li>Fill in “Key”.</li>" in html  # a hidden box cannot be gone to


def test_an_address_that_is_none_is_answered_in_our_own_words() -> None:
    class Reachable(forms.Form):
        email = forms.EmailField()

    html = rendered("{% error_summary form %}", form=Reachable({"email": "not one"}))
    assert "Enter an e-mail address, such as name@example.org." in html


def test_limits_of_figures_and_codes_are_said_in_our_own_words() -> None:
    class Priced(forms.Form):
        rate = forms.DecimalField(max_digits=5, decimal_places=2)
        hours = forms.DecimalField(max_digits=4, decimal_places=1)
        code = forms.SlugField()

    typed = {"rate": "2.555", "hours": "12345.0", "code": "my shares"}
    html = rendered("{% error_summary form %}", form=Priced(typed))
    assert "“Rate” may have 2 figures after the point at most." in html
    assert "“Hours” may have 4 figures at most." in html
    assert "“Code” takes letters, figures and dashes only, without blanks." in html


def test_the_summary_shows_what_is_wrong_with_the_whole_form() -> None:
    html = rendered("{% error_summary form %}", form=OneOfEach({"name": "nobody"}))
    assert "<li>Somebody has to apply.</li>" in html


@pytest.mark.parametrize("form", [OneOfEach(), None, ""])
def test_nothing_wrong_means_no_summary(form: object) -> None:
    assert rendered("{% error_summary form %}", form=form).strip() == ""


def test_the_summary_covers_a_formset() -> None:
    rows = forms.formset_factory(OneOfEach, max_num=1, validate_max=True, extra=0)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
    formset = rows(data | {"form-0-nickname": "Annie", "form-1-nickname": "Bash"})
    html = rendered("{% error_summary formset %}", formset=formset)
    assert 'href="#id_form-0-name"' in html
    assert 'href="#id_form-1-born_0"' in html
    assert "Please submit at most 1 form." in html


def test_the_title_says_error_first_when_a_form_has_one() -> None:
    assert rendered("{% error_prefix %}", anything=OneOfEach({"name": ""})) == "Error: "
    assert rendered("{% error_prefix %}", form=OneOfEach()) == ""
    assert rendered("{% error_prefix %}", text="x", number=3) == ""


def test_looking_for_errors_wakes_no_lazy_object() -> None:
    from django.utils.functional import SimpleLazyObject

    def woken() -> None:
        raise AssertionError("the lazy object was evaluated")

    assert rendered("{% error_prefix %}", user=SimpleLazyObject(woken)) == ""


def test_a_label_is_escaped() -> None:
    class Sly(forms.Form):
        rank = NumberBoxesField(choices=[("1", "<b>Ann</b>")], label="<i>x</i>")

    html = rendered("{{ form }}{% error_summary form %}", form=Sly({"rank_1": "<u>"}))
    assert "<b>" not in html
    assert "<i>" not in html
    assert "<u>" not in html


@pytest.mark.parametrize(("text", "rate"), [("2", "2"), (" 2.5 % ", "2.5"), ("100", "100")])
def test_per_cent_are_taken_with_or_without_the_sign(text: str, rate: str) -> None:
    assert PercentField().clean(text) == Decimal(rate)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a percentage."),
        ("1e0", "Enter a percentage with no more than two figures"),
        ("2.555", "Enter a percentage with no more than two figures"),
        ("2,5", "Enter a percentage with no more than two figures"),
        ("-1", "Enter a percentage with no more than two figures"),
        ("0", "Enter a percentage from 0.01 to 100."),
        ("100.01", "Enter a percentage from 0.01 to 100."),
    ],
)
def test_a_wrong_percentage_says_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(forms.ValidationError) as refusal:
        PercentField(min_value=Decimal("0.01")).clean(text)
    assert refusal.value.messages[0].startswith(sentence)
