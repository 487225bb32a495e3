"""What coordinators fill in about people supported, agreements and visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.errors import RuleError
from core.forms import ClockField, DateBoxesField, parse_typed_date
from core.models import RoleGrant
from core.permissions import Role
from members.forms import ContactFields
from members.models import Person, Skill
from members.operations import Contact
from services import recurrence
from services.models import AgreementLine, Pause, Visit
from services.rules import Ground, LineTerms

# --- People -----------------------------------------------------------------------------------


class SearchForm(forms.Form):
    """Posted, so that no name ends up in an address."""

    mark_optional = False
    q = forms.CharField(label="Name, town or postcode", max_length=100, required=False)


class PeopleFilter(forms.Form):
    mark_optional = False
    state = forms.ChoiceField(
        label="Support",
        choices=[("", "Supported now"), ("ended", "Support ended"), ("all", "Everybody")],
        required=False,
    )
    agreement = forms.ChoiceField(
        label="Agreement",
        choices=[
            ("", "Any"),
            ("active", "In force"),
            ("change", "A draft to finish"),
            ("none", "None yet"),
        ],
        required=False,
    )
    town = forms.ChoiceField(label="Town or village", required=False)

    def __init__(self, *args: Any, towns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = [("", "All"), *((town, town) for town in towns)]  # type: ignore[attr-defined]


class NewPersonForm(ContactFields):
    """Somebody whom the co-op begins to support."""

    first_name = forms.CharField(label="First name", max_length=60)
    last_name = forms.CharField(label="Last name", max_length=60)
    born = DateBoxesField(label="Date of birth", required=False)
    since = DateBoxesField(label="Supported from", help_text="The first day of support.")
    latitude = forms.FloatField(
        label="Latitude of the home",
        required=False,
        help_text="Such as 53.7210. Left empty, we take the middle of the homes nearby.",
    )
    longitude = forms.FloatField(
        label="Longitude of the home", required=False, help_text="Such as -1.9902."
    )
    who = forms.ChoiceField(
        label="Do we know this person already?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is one of the people we know."},
    )
    field_order = ["who", "first_name", "last_name", "born"]

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["format"].label = "How should we write to them?"
        self.known = {str(person.pk): person for person in _namesakes(data or {})}
        if self.known:
            self.fields["who"].choices = [  # type: ignore[attr-defined]
                *((pk, _told_apart(person)) for pk, person in self.known.items()),
                ("new", "No, this is somebody new to us"),
            ]
        else:
            del self.fields["who"]

    def person(self) -> Person | None:
        """The person we know, or None for somebody new."""
        return self.known.get(self.cleaned_data.get("who", ""))

    def contact(self) -> Contact:
        return Contact(**{f.name: self.cleaned_data[f.name] for f in fields(Contact)})


def _namesakes(data: Any) -> QuerySet[Person]:
    """People of the typed name, those whom we support already too."""
    first_name, last_name = data.get("first_name", "").strip(), data.get("last_name", "").strip()
    if not (first_name and last_name):
        return Person.objects.none()
    return Person.objects.filter(
        first_name__iexact=first_name, last_name__iexact=last_name
    ).select_related("supported")[:10]


def _told_apart(person: Person) -> str:
    born = f", born {person.born:%-d %B %Y}" if person.born else ""
    listed = ", on the list already" if hasattr(person, "supported") else ""
    return f"{person}{born}, {person.postal_address or 'no address'}{listed}"


class HomeForm(forms.Form):
    latitude = forms.FloatField(label="Latitude", help_text="Such as 53.7210.")
    longitude = forms.FloatField(label="Longitude", help_text="Such as -1.9902.")


class CircleForm(forms.Form):
    """Who is let in to see a record, and why."""

    first_name = forms.CharField(label="First name", max_length=60)
    last_name = forms.CharField(label="Last name", max_length=60)
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with a code that we send to it.",
    )
    ground = forms.ChoiceField(
        label="They are",
        choices=[
            (ground, ground.label)
            for ground in (Ground.FAMILY, Ground.HEALTH_ATTORNEY, Ground.MONEY_ATTORNEY)
        ],
        widget=forms.RadioSelect,
        help_text="For an attorney, have the registered power of attorney in front of you.",
    )

    def clean_ground(self) -> Ground:
        return Ground(self.cleaned_data["ground"])


class PauseForm(forms.Form):
    first_day = DateBoxesField(label="First day without visits")
    last_day = DateBoxesField(
        label="Last day without visits",
        required=False,
        help_text="Leave empty if you do not know yet; end the pause when you do.",
    )
    why = forms.ChoiceField(label="Reason", choices=Pause.Why.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="Note", max_length=200, required=False)


class LastDayForm(forms.Form):
    """The last day of a pause, or of support."""

    last_day = DateBoxesField(label="Last day")


# --- Agreements -------------------------------------------------------------------------------


class AgreementForm(forms.Form):
    first_day = DateBoxesField(label="First day of the agreement")
    last_day = DateBoxesField(
        label="Last day of the agreement",
        required=False,
        help_text="Leave empty if it goes on until one of you ends it.",
    )


class ChangeForm(forms.Form):
    since = DateBoxesField(label="The change begins on")
    reason = forms.CharField(
        label="Why does the agreement change?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person and their family will read this.",
    )


class RedateForm(forms.Form):
    since = DateBoxesField(label="First day of this version")


class AgreeForm(forms.Form):
    agreed_with = forms.CharField(label="Agreed with", max_length=120, help_text="Their name.")
    agreed_as = forms.ChoiceField(
        label="They are",
        choices=[
            (text, text[0].upper() + text[1:])
            for text in (
                "the person themself",
                "their attorney for health and welfare",
                "their attorney for money and property",
                "family, in the person's best interests",
            )
        ],
        widget=forms.RadioSelect,
    )
    agreed_on = DateBoxesField(label="Agreed on")


class EndAgreementForm(forms.Form):
    last_day = DateBoxesField(label="Last day of the agreement")
    because = forms.CharField(label="Why does it end?", max_length=200)


class LineForm(forms.Form):
    """One line of an agreement: cleans to `terms()`."""

    what = forms.CharField(
        label="What happens on this visit?",
        max_length=80,
        help_text="Such as: getting up, washing and breakfast.",
    )
    days = forms.MultipleChoiceField(
        label="On which days?",
        choices=list(zip(recurrence.DAYS, recurrence.DAY_NAMES, strict=True)),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-across"}),
        error_messages={"required": "Choose at least one day of the week."},
    )
    every = forms.TypedChoiceField(
        label="How often?",
        choices=[
            (1, "Every week"),
            (2, "Every 2 weeks"),
            (3, "Every 3 weeks"),
            (4, "Every 4 weeks"),
        ],
        coerce=int,
        initial=1,
    )
    start_time = ClockField(label="Starts at")
    minutes = forms.IntegerField(
        label="How long?",
        widget=forms.NumberInput(attrs={"data-suffix": "minutes"}),
        help_text="A visit of four hours or more ends by the clock when the clocks change.",
    )
    short_reason = forms.CharField(
        label="Why is a visit under 30 minutes right?",
        max_length=200,
        required=False,
        help_text="Only for visits under 30 minutes.",
    )
    window_before = forms.IntegerField(
        label="May begin earlier by",
        initial=15,
        widget=forms.NumberInput(attrs={"data-suffix": "minutes"}),
    )
    window_after = forms.IntegerField(
        label="May begin later by",
        initial=30,
        widget=forms.NumberInput(attrs={"data-suffix": "minutes"}),
    )
    time_critical = forms.BooleanField(
        label="Time-critical: must begin within 15 minutes of its time", required=False
    )
    carers_needed = forms.TypedChoiceField(
        label="How many carers at once?",
        choices=[(1, "One"), (2, "Two")],
        coerce=int,
        initial=1,
        widget=forms.RadioSelect(attrs={"class": "choices-across"}),
    )
    skills = forms.ModelMultipleChoiceField(
        label="What must the carer be able to do?",
        queryset=Skill.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    must_read = forms.CharField(
        label="What must the carer know before the visit?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    preferred_carers = forms.ModelMultipleChoiceField(
        label="Preferred carers",
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices-across"}),
    )
    first_day = DateBoxesField(label="First day of this line")
    last_day = DateBoxesField(label="Last day of this line", required=False)
    not_on = forms.CharField(
        label="Leave out on",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One date on each line, such as 25 December 2026.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grants = RoleGrant.objects.active_on(timezone.localdate()).filter(role=Role.CARER)
        chosen = (kwargs.get("initial") or {}).get("preferred_carers", [])
        carers = Person.objects.filter(
            Q(user__role_grants__in=grants) | Q(qualifications__isnull=False) | Q(pk__in=chosen)
        )
        self.fields["preferred_carers"].queryset = carers.distinct()  # type: ignore[attr-defined]

    def clean_not_on(self) -> frozenset[dt.date]:
        days = set()
        for text in self.cleaned_data["not_on"].splitlines():
            if text.strip():
                try:
                    days.add(parse_typed_date(text.strip()))
                except ValueError as error:
                    raise ValidationError(f"“{text.strip()}” is not a date.") from error
        return frozenset(days)

    def terms(self) -> LineTerms:
        """What was filled in, for the operation."""
        said = dict(self.cleaned_data)
        return LineTerms(
            rrule=recurrence.weekly(said.pop("days"), said.pop("every")),
            skills=frozenset(skill.pk for skill in said.pop("skills")),
            preferred_carers=frozenset(person.pk for person in said.pop("preferred_carers")),
            **said,
        )


def line_initial(line: AgreementLine) -> dict[str, Any]:
    """The form's values for a line that is there already."""
    weekly = recurrence.read_weekly(line.rrule)
    if weekly is None:
        raise RuleError("This form cannot show the pattern of this line. Add a new one instead.")
    days, every = weekly
    same = ["what", "start_time", "minutes", "short_reason", "window_before", "window_after"]
    same += ["time_critical", "carers_needed", "must_read", "first_day", "last_day"]
    return {name: getattr(line, name) for name in same} | {
        "days": days,
        "every": every,
        "skills": [skill.pk for skill in line.skills.all()],
        "preferred_carers": [person.pk for person in line.preferred_carers.all()],
        "not_on": "\n".join(line.not_on),
    }


# --- Visits -----------------------------------------------------------------------------------


class CancelForm(forms.Form):
    why = forms.ChoiceField(
        label="Why is it cancelled?",
        choices=[(why, why.label) for why in (Visit.Why.PERSON, Visit.Why.COOP)],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Note", max_length=200, required=False)
