"""Forms about carers, their hours and the rota."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import ClockField, DateBoxesField
from members.models import Person, Skill
from rota.boards import Option
from rota.models import Absence, Carer, Rota
from rota.rules import WEEK, WEEKDAYS, at_minute, long_date, monday_of

WEEKS_AHEAD = 8


class HoursField(forms.DecimalField):
    """Hours a week, in quarters of an hour. Cleans to minutes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0,
            max_value=100,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"data-suffix": "hours a week", "step": "0.25"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        hours = super().clean(value)
        return None if hours is None else round(hours * 60)


class CarerForm(forms.Form):
    """Where a carer starts from, how they get about, and their hours."""

    mode = forms.ChoiceField(
        label="Gets about",
        choices=Carer.Mode.choices,
        widget=forms.RadioSelect(attrs={"class": "choices-across"}),
        initial="car",
    )
    contract_hours = HoursField(label="Contract hours", help_text="Care and travel between visits.")
    weekly_cap_hours = HoursField(
        label="Most hours in a week",
        help_text="Take off what they work elsewhere. The rota never goes above it.",
    )
    latitude = forms.FloatField(label="Home latitude", min_value=-90, max_value=90)
    longitude = forms.FloatField(
        label="Home longitude",
        min_value=-180,
        max_value=180,
        help_text="Where they set out from, in degrees. Only used to reckon travel.",
    )
    until = DateBoxesField(label="Last day", required=False)

    def facts(self) -> dict[str, Any]:
        """What the operations take."""
        data = self.cleaned_data
        return {
            "mode": data["mode"],
            "latitude": data["latitude"],
            "longitude": data["longitude"],
            "contract_minutes": data["contract_hours"],
            "weekly_cap_minutes": data["weekly_cap_hours"],
        }


class NewCarerForm(CarerForm):
    """A person the co-op knows becomes a carer."""

    person = forms.ModelChoiceField(
        label="Who",
        queryset=Person.objects.none(),
        empty_label="Choose a person",
        help_text="People whom the co-op knows and who are not carers yet.",
    )
    since = DateBoxesField(label="Works here from")
    until = None  # type: ignore[assignment]
    field_order = ["person", "since"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Person.objects.filter(carer__isnull=True)


class HoursForm(forms.Form):
    """Hours in which a carer can work, on one or more days of the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days",
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-across"}),
        error_messages={"required": "Choose at least one day."},
    )
    start = ClockField(label="From")
    end = ClockField(label="Until", help_text="00:00 is the midnight that ends the day.")
    since = DateBoxesField(label="Starting on")
    until = DateBoxesField(label="Last day", required=False)

    def minutes(self) -> tuple[int, int]:
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        return start.hour * 60 + start.minute, (end.hour * 60 + end.minute) or 1440


class AbsenceForm(forms.Form):
    """A time away, in whole days or from an hour until an hour."""

    kind = forms.ChoiceField(label="What kind", choices=Absence.Kind.choices)
    first_day = DateBoxesField(label="First day")
    first_time = ClockField(label="From what time", required=False, help_text="Empty: all day.")
    last_day = DateBoxesField(label="Last day")
    last_time = ClockField(label="Until what time", required=False, help_text="Empty: all day.")
    free_visits = forms.BooleanField(
        label="Take them off the visits they have in that time", required=False, initial=True
    )

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The absence as two instants in UTC."""
        data = self.cleaned_data
        first, last = data["first_time"], data["last_time"]
        start = at_minute(data["first_day"], first.hour * 60 + first.minute if first else 0)
        end = at_minute(data["last_day"], last.hour * 60 + last.minute if last else 1440)
        return start, end


class SkillForm(forms.Form):
    """A skill, training or check that a carer holds."""

    skill = forms.ModelChoiceField(
        label="Skill, training or check", queryset=Skill.objects.all(), empty_label="Choose one"
    )
    since = DateBoxesField(label="From")
    until = DateBoxesField(label="Last day it counts", required=False)


class FindCarerForm(forms.Form):
    """Part of a carer's name."""

    mark_optional = False
    q = forms.CharField(label="Name", required=False, max_length=60)


class NewRotaForm(forms.Form):
    """A week that has no rota yet."""

    week_start = forms.ChoiceField(label="Week from")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = monday_of(today)
        weeks = [first + WEEK * number for number in range(WEEKS_AHEAD)]
        there = set(Rota.objects.filter(week_start__in=weeks).values_list("week_start", flat=True))
        field = self.fields["week_start"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(day.isoformat(), long_date(day)) for day in weeks if day not in there]

    def monday(self) -> dt.date:
        return dt.date.fromisoformat(self.cleaned_data["week_start"])


class AssignForm(forms.Form):
    """One of the carers who can go, with the start that was shown."""

    carer = forms.ChoiceField(
        error_messages={
            "required": "Choose a carer.",
            "invalid_choice": "That is no longer possible. This is how it stands now.",
        }
    )

    def __init__(self, *args: Any, options: list[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = {option.value: option for option in options}
        field = self.fields["carer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(value, value) for value in self.options]

    def chosen(self) -> Option:
        return self.options[self.cleaned_data["carer"]]
