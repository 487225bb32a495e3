"""What the secretary fills in: an application on paper, and what the board decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from core.forms import DateBoxesField, WholeNumberField, not_to_come, row_ids
from members.forms.contact import ORGANISATION_KINDS, ContactFields
from members.forms.seen import SeenForm
from members.models import Application, MemberClass, Person
from members.operations.deciding import DECISION_FIELDS, asked_fields


class PaperForm(ContactFields):
    """One page for an application on paper, and for putting right any that waits.

    What the applicant left blank may stay blank: the checklist then says so.
    """

    member_class: forms.ModelChoiceField[MemberClass] = forms.ModelChoiceField(
        label="Kind of member", queryset=MemberClass.objects.all(), empty_label="Choose…"
    )
    received = DateBoxesField(label="Day on which the form came")
    organisation_name = forms.CharField(
        label="Name of the organisation",
        max_length=120,
        required=False,
        help_text="Only where an organisation joins.",
    )
    organisation_kind = forms.ChoiceField(
        label="Kind of organisation", choices=ORGANISATION_KINDS, required=False
    )
    first_name = forms.CharField(label="First name", max_length=60)
    last_name = forms.CharField(label="Last name", max_length=60)
    born = DateBoxesField(label="Date of birth", required=False)
    evidence = forms.CharField(
        label="What shows that they may join",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shares = WholeNumberField(
        label="Shares",
        min_value=1,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    agreed_on = DateBoxesField(
        label="Agreed to the rules on",
        required=False,
        help_text="The day beside the signature. Empty: not signed.",
    )
    field_order = [
        "received",
        "member_class",
        "organisation_name",
        "organisation_kind",
        "first_name",
        "last_name",
        "born",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "email",
        "phone",
        "format",
        "evidence",
        "shares",
        "agreed_on",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_somebody_else()

    def clean_agreed_on(self) -> dt.date | None:
        """Nobody signs after the form has come."""
        agreed = not_to_come(self.cleaned_data["agreed_on"])
        received = self.cleaned_data.get("received")
        if agreed and received and agreed > received:
            raise ValidationError("That is after the day on which the form came.")
        return agreed

    def answers(self) -> dict[str, Any]:
        """What was keyed, under the application's own field names."""
        left_out = ("received", "seen", "agreed_on")
        data = {name: said for name, said in self.cleaned_data.items() if name not in left_out}
        return data | {"agreed_to_rules_at": self._agreed_at(self.cleaned_data["agreed_on"])}

    def _agreed_at(self, day: dt.date | None) -> dt.datetime | None:
        """Noon of that day, or now where that is earlier."""
        if day is None:
            return None
        noon = dt.datetime.combine(day, dt.time(12), timezone.get_current_timezone())
        return min(noon, timezone.now())


class CorrectApplicationForm(PaperForm, SeenForm):
    """The same over an application that waits, on paper or from the website."""

    received = None  # type: ignore[assignment]

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.agreed_at = application.agreed_to_rules_at
        initial = {"agreed_on": timezone.localdate(self.agreed_at) if self.agreed_at else None}
        super().__init__(*args, row=application, names=asked_fields(), initial=initial, **kwargs)
        self.fields["agreed_on"].help_text = "Empty: they have not agreed."

    def _agreed_at(self, day: dt.date | None) -> dt.datetime | None:
        """As it was to the minute, where the day is the same."""
        if self.agreed_at and day == timezone.localdate(self.agreed_at):
            return self.agreed_at
        return super()._agreed_at(day)


class DecisionForm(forms.Form):
    board_meeting = DateBoxesField(label="Board meeting of")
    minute = forms.CharField(
        label="Number of the minute", max_length=60, help_text="For example 2026/14.2"
    )


class CorrectDecisionForm(SeenForm, DecisionForm):
    """Another day or minute for a decision that was noted."""

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, row=application, names=DECISION_FIELDS, **kwargs)


class RefusalForm(DecisionForm):
    reason = forms.CharField(
        label="The board's reason",
        max_length=300,
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["board_meeting", "minute", "reason"]


class NamedApplications(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        """An id that no row can have is nobody's; a database may not even look for it."""
        if value and len(row_ids(value)) < len(value):
            raise ValidationError(self.error_messages["invalid_choice"], params={"value": ""})
        return super().clean(value)

    def label_from_instance(self, obj: Application) -> str:
        wanted = obj.member_class.name if obj.member_class else ""
        return f"{obj.name} · {wanted} · {obj.reference}"


class BatchForm(DecisionForm):
    applications = NamedApplications(
        label="Admitted by this minute",
        queryset=Application.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick the applications that the board admitted."},
    )
    field_order = ["applications", "board_meeting", "minute", "reason"]

    def __init__(self, *args: Any, ready: list[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].queryset = (  # type: ignore[attr-defined]
            Application.objects.filter(pk__in=[application.pk for application in ready])
            .select_related("member_class")
            .order_by("submitted_at")
        )


class BatchRefusalForm(BatchForm, RefusalForm):
    """Several, for the one reason that each of them reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.fields["applications"]
        asked.label = "Refused by this minute"
        asked.error_messages["required"] = "Tick the applications that the board refused."


class WhoForm(forms.Form):
    """Is the applicant one of the people we know who look like them?"""

    who = forms.ChoiceField(
        label="Who is the applicant?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say who the applicant is."},
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            *((pk, _told_apart(person)) for pk, person in self.people.items()),
            ("new", "Somebody else, who is new to us"),
        ]

    def person(self) -> Person | None:
        return self.people.get(self.cleaned_data["who"])


def _told_apart(person: Person) -> str:
    """A person with what tells them from their namesakes."""
    born = f", born {person.born:%-d %B %Y}" if person.born else ""
    return f"{person}{born}, {person.postal_address or 'no address'}"


class ApplicationFilter(forms.Form):
    mark_optional = False
    state = forms.ChoiceField(
        choices=[("all", "All"), *Application.State.choices],
        required=False,
        widget=forms.HiddenInput,
    )
    member_class: forms.ModelChoiceField[MemberClass] = forms.ModelChoiceField(
        label="Kind of member",
        queryset=MemberClass.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="All",
    )
