"""Forms of bodies: their names, the society's rules about them, and their seats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.models import fields_for_model
from django.utils.html import format_html

from core.forms import DateBoxesField, NumberBoxesField
from governance.forms.fields import constituency_choices
from governance.models import Body, RuleSet, Seat
from members.forms.known import KnownPersonField

#: The rules as a person looks for them: heading → names of the fields below it. The last word
#: tells for which bodies: all, only the general meeting, or only those with seats.
SECTIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "Notice of a meeting",
        ("notice_days", "days_in_post", "post_days", "short_notice_percent"),
        "all",
    ),
    (
        "Quorum",
        (
            "quorum_least",
            "quorum_percent",
            "quorum_smaller",
            "quorum_of_class",
            "proxies_in_quorum",
            "wait_minutes",
            "adjourned_needs_quorum",
        ),
        "all",
    ),
    (
        "Decisions",
        (
            "threshold",
            "threshold_of",
            "rule_change",
            "mode",
            "weights",
            "must_agree",
            "casting_vote",
            "poll_demand",
            "written_days",
        ),
        "all",
    ),
    ("Proxies", ("most_proxies", "proxy_hours"), "general"),
    ("Votes on motions before the meeting", ("early_votes", "early_hours"), "general"),
    ("Elections", ("nominators",), "general"),
    ("What members propose", ("seconders",), "general"),
    (
        "Annual general meeting, and meetings that members ask for",
        (
            "year_end_month",
            "agm_months",
            "requisition_percent",
            "requisition_most",
            "requisition_days",
            "requisition_held_days",
        ),
        "general",
    ),
    ("Seats", ("seats", "seats_of_class", "retire_one_in"), "seats"),
)
#: A partnership decides by votes of partners: what it has rules about, and in which words. More for
#: it than against, and no citizen group against it or away, is no rule that it could change.
PARTNER_SECTIONS = (
    ("Notice of a vote", ("notice_days", "days_in_post", "post_days")),
    ("Taking part", ("quorum_least",)),
)
PARTNER_WORDS = {
    "notice_days": (
        "clear days that a vote is open",
        "The day it is put and the day it ends do not count.",
    ),
    "days_in_post": (
        "days that a letter takes",
        "They come before those days, where somebody who votes reads letters.",
    ),
    "quorum_least": ("partners that must take part in a vote", "Who abstains takes part."),
}
SUFFIXES = {
    "notice_days": "days",
    "days_in_post": "days",
    "short_notice_percent": "%",
    "quorum_percent": "%",
    "wait_minutes": "minutes",
    "written_days": "days",
    "proxy_hours": "hours",
    "early_hours": "hours",
    "agm_months": "months",
    "requisition_percent": "%",
    "requisition_days": "days",
    "requisition_held_days": "days",
}


def fields_of(kind: str) -> list[tuple[str, tuple[str, ...]]]:
    """The headings and fields that say something about this kind of body."""
    if kind == Body.Kind.PARTNERSHIP:
        return list(PARTNER_SECTIONS)
    whose = "general" if kind == Body.Kind.GENERAL else "seats"
    return [(heading, names) for heading, names, of in SECTIONS if of in ("all", whose)]


def label_of(name: str, kind: str) -> str:
    """What a rule is called where it is about this kind of body."""
    if kind == Body.Kind.PARTNERSHIP and name in PARTNER_WORDS:
        return PARTNER_WORDS[name][0]
    return str(RuleSet._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class BodyForm(forms.Form):
    """What it is and what it is called."""

    kind = forms.ChoiceField(label="What it is", choices=Body.Kind.choices)
    name = forms.CharField(
        label="Name", max_length=80, help_text="Such as “Board” or “Rota committee”."
    )
    purpose = forms.CharField(
        label="What it is for", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    since = DateBoxesField(label="Its rules are in force from")


class BodyNameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    purpose = forms.CharField(
        label="What it is for", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass(frozen=True)
class RuleFields:
    """One rule on the form: its value, and the number of the society's rule that says so."""

    value: BoundField
    source: BoundField


class RuleSetForm(forms.Form):
    """Everything that the society's rules say about one body, each with the rule that says so."""

    mark_optional = False
    since = DateBoxesField(
        label="In force from",
        help_text="Usually the day on which a change of your rules was registered.",
    )

    def __init__(self, data: Any = None, *, rule_set: RuleSet, initial: dict[str, Any]) -> None:
        self.names = [name for _, names in fields_of(rule_set.body.kind) for name in names]
        now = {name: getattr(rule_set, name) for name in self.names}
        cited = {f"{name}_source": text for name, text in rule_set.sources.items()}
        super().__init__(data, initial=now | cited | initial)
        self.sections = fields_of(rule_set.body.kind)
        self.hidden = {
            name: getattr(rule_set, name)
            for _, names, _ in SECTIONS
            for name in names
            if name not in self.names
        }
        plain = fields_for_model(RuleSet, fields=self.names)
        for name in self.names:
            self.fields[name] = _by_constituency(name) or _dressed(name, plain[name])
            if rule_set.body.kind == Body.Kind.PARTNERSHIP and name in PARTNER_WORDS:
                label, self.fields[name].help_text = PARTNER_WORDS[name]
                self.fields[name].label = label.capitalize()
            about = format_html(
                'Rule<span class="visually-hidden"> about {}</span>', self.fields[name].label
            )
            self.fields[f"{name}_source"] = forms.CharField(
                label=about, max_length=40, required=False
            )

    def rows(self) -> Iterator[tuple[str, list[RuleFields]]]:
        """The headings, each with its rules."""
        for heading, names in self.sections:
            yield heading, [RuleFields(self[name], self[f"{name}_source"]) for name in names]

    def values(self) -> dict[str, Any]:
        """What the operation takes, but for the body; what is not on the form stays as it was."""
        data = self.cleaned_data
        return {
            "since": data["since"],
            "values": self.hidden | {name: data[name] for name in self.names},
            "sources": {name: data[f"{name}_source"] for name in self.names},
        }


def _by_constituency(name: str) -> forms.Field | None:
    """The field of a rule that says something of each constituency."""
    field = RuleSet._meta.get_field(name)
    label = str(field.verbose_name).capitalize()  # type: ignore[union-attr]
    if name == "must_agree":
        return forms.MultipleChoiceField(
            label=label,
            choices=constituency_choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    if name in ("quorum_of_class", "weights", "seats_of_class"):
        return NumberBoxesField(label=label, choices=constituency_choices(), required=False)
    return None


def _dressed(name: str, field: forms.Field) -> forms.Field:
    """A field of the model, typed as people type: no spin buttons, the unit beside it."""
    if isinstance(field, forms.IntegerField):
        field.widget = forms.TextInput(attrs={"inputmode": "numeric"})
        if name in SUFFIXES:
            field.widget.attrs["data-suffix"] = SUFFIXES[name]
    return field


class SeatForm(forms.Form):
    """Who takes a seat, how, and from when."""

    person = KnownPersonField()
    role = forms.ChoiceField(label="As", choices=Seat.Role.choices, initial=Seat.Role.MEMBER)
    way = forms.ChoiceField(label="How they came to it", choices=Seat.Way.choices)
    constituency = forms.ChoiceField(
        label="A seat kept for",
        required=False,
        choices=lambda: [("", "Nobody in particular"), *constituency_choices()],
        help_text="Only where your rules keep seats.",
    )
    since = DateBoxesField(label="From")
    minute = forms.CharField(
        label="Number of the minute", max_length=60, help_text="For example AGM 2026/7"
    )
    review_on = DateBoxesField(
        label="To be reviewed on",
        required=False,
        help_text="For an independent member. If you leave it empty, in a year.",
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="As", choices=Seat.Role.choices)
    since = DateBoxesField(label="From")
    minute = forms.CharField(label="Number of the minute", max_length=60)


class SeatReviewForm(forms.Form):
    on = DateBoxesField(label="Reviewed on")
    minute = forms.CharField(label="Number of the minute", max_length=60)
    next_on = DateBoxesField(
        label="To be reviewed again on",
        required=False,
        help_text="For an independent member, if you leave it empty, in a year.",
    )


class SeatEndForm(forms.Form):
    until = DateBoxesField(label="Last day")
    minute = forms.CharField(label="Number of the minute", max_length=60)
