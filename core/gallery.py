"""/ui/: every component in every state on one page, for people who build screens and for axe."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from djmoney.money import Money

from core import charts
from core.forms import ClockField, DateBoxesField, NumberBoxesField, PoundsField, RankField

SHELLS = {
    "public": "core/public.html",
    "portal": "core/portal.html",
    "coordinator": "core/coordinator.html",
}
CANDIDATES = [
    ("1", "Ada Sykes"),
    ("2", "Bashir Khan"),
    ("3", "Carys Whitwam"),
    ("4", "Dan Oldroyd"),
]
FORMATS = [("post", "Post"), ("email", "E-mail"), ("phone", "A telephone call")]
NEEDS = [("large", "Large print"), ("easy", "Easy Read"), ("audio", "A recording")]


class EveryField(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label="Full name", help_text="As you would like it on the register.")
    email = forms.EmailField(
        label="E-mail address",
        error_messages={"invalid": "Enter an e-mail address such as ann@example.org."},
    )
    story = forms.CharField(
        label="Why would you like to join?", widget=forms.Textarea, required=False
    )
    member_class = forms.ChoiceField(
        label="Member class", choices=[("", "Choose one"), ("s", "Supported"), ("w", "Worker")]
    )
    reach = forms.ChoiceField(
        label="How should we reach you?", choices=FORMATS, widget=forms.RadioSelect
    )
    notices = forms.ChoiceField(
        label="Notices by post?",
        choices=[("y", "Yes"), ("n", "No")],
        widget=forms.RadioSelect(attrs={"class": "choices-across"}),
    )
    needs = forms.MultipleChoiceField(
        label="Do you need any of these?",
        help_text="Tick all that help.",
        choices=NEEDS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    born = DateBoxesField(label="Date of birth", help_text="Such as 27 3 1948.")
    at = ClockField(label="Visit begins at")
    shares = PoundsField(label="How much would you like to invest?", min_value=25, max_value=5000)
    minutes = forms.IntegerField(
        label="How long is the visit?",
        widget=forms.NumberInput(attrs={"data-suffix": "minutes"}),
        min_value=15,
    )
    paper = forms.FileField(
        label="Signed form", help_text="A scan or a photograph.", required=False
    )
    locked = forms.CharField(label="Member number", disabled=True, initial="0412", required=False)
    agree = forms.BooleanField(label="I have read the rules and agree to keep to them")


class Ranking(forms.Form):
    """A ballot's numbers."""

    rank = RankField(
        label="Put 1 beside your first choice, 2 beside your second, and so on",
        help_text="Stop whenever you like.",
        choices=CANDIDATES,
    )


class Tally(forms.Form):
    """Numbers beside names that are not a ranking."""

    shares = NumberBoxesField(
        label="Shares for each", choices=[("a", "Ada Sykes"), ("b", "Bashir Khan")], required=False
    )


class Narrow(forms.Form):
    """A filter bar's fields."""

    mark_optional = False
    q = forms.CharField(label="Name or number", required=False)
    state = forms.ChoiceField(label="State", choices=[("", "All"), ("a", "Active")], required=False)


@dataclass(frozen=True)
class SampleJob:
    """What `{% progress %}` needs of a job."""

    state: str
    percent: int
    note: str
    is_over: bool = False

    def get_state_display(self) -> str:
        return self.state


def _wrong_form() -> EveryField:
    typed = {"email": "ann at example", "born_day": "31", "born_month": "2", "born_year": "1948"}
    typed |= {"shares": "12.345", "at": "half past", "minutes": "5"}
    return EveryField(typed, auto_id="id_wrong_%s")  # its own ids, beside the right one's


def _right_form() -> EveryField:
    return EveryField(
        initial={
            "name": "Ann Whitwam",
            "email": "ann@example.org",
            "reach": "post",
            "notices": "y",
            "needs": ["large"],
            "born": dt.date(1948, 3, 27),
            "at": dt.time(8, 30),
            "shares": Money("250.00", "GBP"),
            "minutes": 45,
        }
    )


def _charts() -> list[charts.Chart]:
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    filled, empty, changed = (
        [31, 29, 33, 30, 31, 18, 16],
        [0, 2, 0, 1, 3, 4, 2],
        [4, 3, 0, 2, 1, 0, 5],
    )
    start = dt.date(2026, 3, 2)
    steps = [850, 900, 1100, 1050, 1400, 1600, 1750, 2100]
    went_out = [600, 700, 650, 900, 1000, 950, 1200, 1300]
    curve = [(0, 9400), (2, 7100), (5, 5600), (9, 5150), (14, 4980), (20, 4890), (30, 4860)]
    return [
        charts.bar_chart("Visits by day", list(zip(days, filled, strict=True)), unit="visits"),
        charts.stacked_bar(
            "Hours this week",
            days,
            {"Filled": filled, "Not filled": empty, "Changed": changed},
            unit="hours",
        ),
        charts.line_chart(
            "Steps walked",
            {
                "With a carer": [(start + dt.timedelta(7 * i), n) for i, n in enumerate(steps)],
                "Alone": [(start + dt.timedelta(7 * i), n) for i, n in enumerate(went_out)],
            },
            goal=2000,
            unit="steps",
        ),
        charts.line_chart(
            "How the rota got better", {"Cost": curve}, across="Seconds", from_zero=False
        ),
        charts.donut("Turnout", [("Voted", 214), ("Did not vote", 171), ("Spoilt", 9)]),
        charts.stage_chart(
            "The count, stage by stage",
            [name for _key, name in CANDIDATES],
            [
                [Decimal("14"), Decimal("9"), Decimal("7"), Decimal("4")],
                [Decimal("11.34"), Decimal("10.52"), Decimal("7.76"), Decimal("4.38")],
                [Decimal("11.34"), Decimal("12.9"), Decimal("9.1"), None],
            ],
            quota=Decimal("11.34"),
            outcomes={
                "Ada Sykes": "elected at stage 1",
                "Bashir Khan": "elected at stage 3",
                "Dan Oldroyd": "excluded at stage 3",
            },
            elected={"Ada Sykes", "Bashir Khan"},
        ),
        charts.bar_chart("Nothing yet", []),
    ]


def _week() -> dict[str, Any]:
    monday = dt.date(2026, 3, 2)
    days = [monday + dt.timedelta(days) for days in range(7)]
    carers = ["Ann Whitwam", "Bashir Khan", "Carys Dyson", "Dan Oldroyd", "Eve Shaw"]
    return {"days": days, "carers": carers, "today": days[2]}


def _forms(request: HttpRequest) -> dict[str, forms.BaseForm]:
    return {
        "right": _right_form(),
        "wrong": _wrong_form(),
        "ranking": Ranking(),
        "bad_ranking": Ranking({"rank_1": "1", "rank_2": "1"}, auto_id="id_bad_%s"),
        "tally": Tally(initial={"shares": {"a": 40, "b": 25}}),
        "narrow": Narrow(request.GET or None),
    }


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, in the shell that `?shell=` names (public if none)."""
    name = request.GET.get("shell", "public")
    context = {
        "shell": SHELLS.get(name, SHELLS["public"]),
        "shell_name": name,
        "sample": _forms(request),
        "tones": ["neutral", "info", "good", "warn", "bad", "accent"],
        "members": [
            ("Ann Whitwam", "Supported", dt.date(2024, 6, 3), Money("250.00", "GBP")),
            ("Bashir Khan", "Worker", dt.date(2025, 1, 14), Money("25.00", "GBP")),
            ("Carys Dyson", "Community", dt.date(2025, 11, 30), Money("1500.00", "GBP")),
        ],
        "page": Paginator(range(1, 300), 10).get_page(request.GET.get("page", 4)),
        "jobs": [
            SampleJob("Waiting to start", 0, "A worker will take it in a moment."),
            SampleJob("Running", 62, "412 of 665 visits placed; three are hard to fill."),
            SampleJob("Done", 100, "Every visit but two is filled.", is_over=True),
        ],
        "charts": _charts(),
        "week": _week(),
        "now": dt.datetime(2026, 3, 3, 14, 5, tzinfo=dt.UTC),
    }
    return render(request, "core/gallery.html", context)
