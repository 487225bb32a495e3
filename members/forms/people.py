"""People and organisations: who they are, what they need, who acts for whom, what they agree to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms import DateBoxesField
from members import rules
from members.forms.contact import ORGANISATION_KINDS, ContactFields
from members.forms.seen import SeenForm
from members.models import Authority, Consent, Organisation, Person
from members.rules.needs import ALL_BY_EMAIL, MEETINGS_BY_EMAIL, Needs

ACROSS = {"class": "choices-across"}


class FindForm(forms.Form):
    """Posted, so that no name ends up in an address."""

    mark_optional = False
    q = forms.CharField(label="Name, town, e-mail address or postcode", max_length=100)

    def __init__(self, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].required = required


class NameForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=60)
    last_name = forms.CharField(label="Last name", max_length=60)
    born = DateBoxesField(label="Date of birth", required=False)


class CorrectNameForm(SeenForm, NameForm):
    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, row=person, names=NameForm.base_fields, **kwargs)


class NewPersonForm(NameForm, ContactFields):
    """Somebody whom the co-op did not know before; asked twice if they look like somebody known."""

    sure = forms.BooleanField(
        label="None of these people: it is somebody new",
        error_messages={"required": "Tick the box if it is none of the people above."},
    )
    field_order = [
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
    ]

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_somebody_else()
        if not asks:
            del self.fields["sure"]

    def details(self) -> dict[str, Any]:
        """As `add_person` takes it."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "sure"}
        who = {name: data.pop(name) for name in ("first_name", "last_name", "born")}
        return who | {"contact": rules.Contact(**data)}


#: Nothing may come by e-mail.
NOTHING = "nothing"


def email_use_field(label: str = "What may come by e-mail") -> forms.ChoiceField:
    """What somebody's e-mail address may be used for."""
    return forms.ChoiceField(
        label=label,
        choices=[
            (ALL_BY_EMAIL, "All that we write"),
            (MEETINGS_BY_EMAIL, "Notices of meetings only, the rest by post"),
            (NOTHING, "Nothing: write by post"),
        ],
        widget=forms.RadioSelect,
    )


def society_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="It is itself a registered society",
        required=False,
        help_text="A co-operative or community benefit society. The limit on withdrawable shares "
        "does not hold for it.",
    )


class OrganisationForm(forms.Form):
    """What an organisation is called, what it is, and what may come to it by e-mail."""

    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="What is it?", choices=ORGANISATION_KINDS)
    is_society = society_field()
    email_purposes = email_use_field()

    def __init__(self, data: Any = None, *, organisation: Organisation) -> None:
        told = {name: getattr(organisation, name) for name in self.base_fields}
        super().__init__(data, initial=told | {"email_purposes": told["email_purposes"] or NOTHING})

    def clean_email_purposes(self) -> str:
        said: str = self.cleaned_data["email_purposes"]
        return "" if said == NOTHING else said


class NewOrganisationForm(ContactFields):
    phone = None  # type: ignore[assignment]
    format = None  # type: ignore[assignment]
    name = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(label="What is it?", choices=ORGANISATION_KINDS)
    is_society = society_field()
    field_order = [
        "name",
        "kind",
        "is_society",
        "address_line_1",
        "address_line_2",
        "town",
        "postcode",
        "email",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_somebody_else()

    def details(self) -> dict[str, Any]:
        """As `add_organisation` takes it."""
        data = dict(self.cleaned_data)
        who = {name: data.pop(name) for name in ("name", "kind", "is_society")}
        return who | {"contact": rules.Contact(**data)}


class NeedsForm(SeenForm):
    """How to write and speak to somebody; `own`: they say it themselves."""

    format = forms.ChoiceField(choices=Person.Format.choices, widget=forms.RadioSelect)
    signs = forms.BooleanField(required=False)
    interpreter = forms.BooleanField(required=False)
    language = forms.CharField(
        max_length=40, required=False, help_text="Only if it is not English. For example Urdu."
    )
    other_needs = forms.CharField(
        max_length=200,
        required=False,
        help_text="For example: speak slowly, black print on yellow paper.",
    )
    prefers = forms.ChoiceField(
        choices=[("", "No matter how"), *Person.Channel.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    email_purposes = email_use_field()
    not_by = forms.MultipleChoiceField(
        choices=[one for one in Person.Channel.choices if one[0] != Person.Channel.EMAIL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="One way must remain by which notices of meetings arrive.",
    )
    #: Field → what staff are asked, and what somebody is asked about themselves.
    labels = {
        "format": ("How to write to them", "How should we write to you?"),
        "signs": ("Uses British Sign Language", "I use British Sign Language"),
        "interpreter": ("Needs an interpreter", "I need an interpreter"),
        "language": ("Their language", "Your language"),
        "other_needs": ("What else helps", "What else helps you?"),
        "prefers": ("How to get in touch first", "How should we get in touch first?"),
        "email_purposes": ("What may come by e-mail", "What may we send you by e-mail?"),
        "not_by": ("Ways not to use", "How should we not get in touch?"),
    }

    def __init__(self, data: Any = None, *, person: Person, own: bool = False) -> None:
        super().__init__(data, row=person, names=self.labels)
        self.person = person
        if Person.Channel.EMAIL in person.not_by:
            self.initial["email_purposes"] = NOTHING
        for name, (theirs, mine) in self.labels.items():
            self.fields[name].label = mine if own else theirs

    def needs(self) -> Needs:
        """Nothing by e-mail is one of the ways not to use."""
        data = self.answers()
        not_by = list(data["not_by"])
        if data["email_purposes"] == NOTHING:
            data["email_purposes"] = self.person.email_purposes
            not_by.append(Person.Channel.EMAIL)
        return Needs(**data | {"not_by": tuple(not_by)})


class PeopleChoice(forms.ModelChoiceField):
    """One of the people found, with what tells them from their namesakes."""

    def label_from_instance(self, obj: Person) -> str:
        born = f", born {obj.born:%-d %B %Y}" if obj.born else ""
        return f"{obj}{born}, {obj.postal_address or 'no address'}"


class ChosenPersonForm(forms.Form):
    """A form about one of the people that were found."""

    def __init__(self, *args: Any, found: Sequence[Person], field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = PeopleChoice(
            label="Who is it?",
            queryset=Person.objects.filter(pk__in=[person.pk for person in found]),
            empty_label=None,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose who it is. Find them first, if they are missing."},
        )
        self.fields = {field: chosen, **self.fields}


class AuthorityForm(ChosenPersonForm):
    """Who acts for somebody, on what ground, for what."""

    ground = forms.ChoiceField(
        label="On what ground", choices=Authority.Ground.choices, widget=forms.RadioSelect
    )
    scope = forms.MultipleChoiceField(
        label="For what they may act",
        choices=Authority.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say for what they may act."},
    )
    since = DateBoxesField(label="From", initial=timezone.localdate)
    until = DateBoxesField(label="Last day", required=False)
    evidence = forms.CharField(
        label="What you have seen",
        max_length=200,
        required=False,
        help_text="For example: registered power of attorney, number 7001-2345-6789. "
        "Not needed for an informal helper.",
    )
    seen_on = DateBoxesField(label="Seen on", required=False)

    def __init__(self, *args: Any, found: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, found=found, field="acting", **kwargs)


class RepresentativeForm(ChosenPersonForm):
    since = DateBoxesField(
        label="From",
        initial=timezone.localdate,
        help_text="Whoever acted before stops the day before.",
    )

    def __init__(self, *args: Any, found: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, found=found, field="person", **kwargs)


class EndRepresentativeForm(forms.Form):
    until = DateBoxesField(label="The last day on which they acted")


class BecauseForm(forms.Form):
    because = forms.CharField(label="Why it ends", max_length=120)


class HowForm(forms.Form):
    """How somebody told us: what is noted with their consent."""

    mark_optional = False
    how = forms.ChoiceField(
        label="How they told us",
        choices=[choice for choice in Consent.How.choices if choice[0] != Consent.How.WEB],
        initial=Consent.How.PHONE,
        widget=forms.RadioSelect(attrs=ACROSS),
    )


class MergeForm(forms.Form):
    number = forms.IntegerField(
        label="Number of the row that goes",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Type the number in figures."},
    )

    def __init__(self, *args: Any, gone: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].help_text = f"Type {gone.pk} to say that you are sure."


class PostedForm(forms.Form):
    posted_on = DateBoxesField(label="Posted on", initial=timezone.localdate)
    prepared = forms.BooleanField(
        label="Those to prepare by hand were made in the form that their reader needs.",
        required=False,
    )


class ReceivedForm(forms.Form):
    received_on = DateBoxesField(
        label="They asked on",
        initial=timezone.localdate,
        help_text="By letter, e-mail, phone or word of mouth: it all counts.",
    )

    def clean_received_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["received_on"]
        if day < dt.date(2018, 5, 25):
            raise ValidationError("That is before the right to ask began.")
        return day


class GivenForm(forms.Form):
    given_on = DateBoxesField(label="Given on", initial=timezone.localdate)


class LeaveOutForm(forms.Form):
    """Names of other people that stay out of a pack."""

    left_out = forms.MultipleChoiceField(
        label="Names to leave out", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["left_out"].choices = others  # type: ignore[attr-defined]
