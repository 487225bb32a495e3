"""Forms of joining, deciding and the register."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html

from core.forms import DateBoxes, DateBoxesField
from members import rules
from members.checklist import class_rules
from members.models import Application, MemberClass, Organisation, Person

ORGANISATION_KINDS = [("", "Choose…"), *Organisation._meta.get_field("kind").flatchoices]


class ContactFields(forms.Form):
    """E-mail, phone and postal address, in their usual form."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label="Phone",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    address_line_1 = forms.CharField(
        label="Address",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    address_line_2 = forms.CharField(
        label="Address, second line",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    town = forms.CharField(
        label="Town or village",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    postcode = forms.CharField(
        label="Postcode",
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    format = forms.ChoiceField(
        label="How should we write to you?",
        choices=Person.Format.choices,
        initial=Person.Format.STANDARD,
        widget=forms.RadioSelect,
    )

    def for_somebody_else(self) -> None:
        """Staff fill it in: their browser must not offer their own address."""
        for field in self.fields.values():
            if field.widget.attrs.get("autocomplete"):
                field.widget.attrs["autocomplete"] = "off"
        if "format" in self.fields:
            self.fields["format"].label = "How to write to them"

    def clean_phone(self) -> str:
        return self._readable("phone", rules.tidy_phone)

    def clean_postcode(self) -> str:
        return self._readable("postcode", rules.tidy_postcode)

    def _readable(self, field: str, tidy: Any) -> str:
        try:
            return str(tidy(self.cleaned_data[field]))
        except ValueError as error:
            raise ValidationError(rules.UNREADABLE[field]) from error


# --- The steps of the public application ---------------------------------------------------------


def _with_who(member_class: MemberClass) -> str:
    return format_html(
        '<strong>{}</strong><br><span class="soft">{}</span>', member_class.name, member_class.who
    )


class ClassChoice(forms.ModelChoiceField):
    """A class of membership, with who may join it."""

    def label_from_instance(self, obj: MemberClass) -> str:
        return _with_who(obj)


class ClassStep(forms.Form):
    member_class = ClassChoice(
        label="Which kind of member would you be?",
        queryset=MemberClass.objects.all(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the kind of member that fits you best."},
    )


class AboutPersonStep(forms.Form):
    first_name = forms.CharField(
        label="First name",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Last name",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    born = DateBoxesField(
        label="Date of birth",
        help_text="For example 27 3 1961. We ask because membership has a lowest age.",
        widget=DateBoxes(attrs={"autocomplete": "bday"}),
        error_messages={"required": "Enter your date of birth, such as 27 3 1961."},
    )

    def clean_born(self) -> dt.date:
        born: dt.date = self.cleaned_data["born"]
        if not dt.date(1900, 1, 1) <= born <= timezone.localdate():
            raise ValidationError("Enter the day on which you were born.")
        return born


class AboutOrganisationStep(forms.Form):
    organisation_name = forms.CharField(
        label="Name of the organisation",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    organisation_kind = forms.ChoiceField(label="What is it?", choices=ORGANISATION_KINDS)
    first_name = forms.CharField(
        label="First name of the person who acts for it",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label="Last name of the person who acts for it",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class ContactStep(ContactFields):
    """On the website everything but the phone and the second line is needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "address_line_1", "town", "postcode"):
            self.fields[name].required = True
        self.fields["email"].help_text = "With this you can come back to your application."
        self.fields["postcode"].help_text = "The law asks for a postal address in the register."


class EvidenceStep(forms.Form):
    evidence = forms.CharField(
        label="In your own words",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = forms.FileField(
        label="A letter or picture that shows it",
        required=False,
        help_text="PDF, JPEG or PNG, up to 10 MB. Only the secretary and the board can open it.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(self, *args: Any, application: Application, kept: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        evidence = application.member_class.evidence if application.member_class else ""
        self.needed = bool(evidence)
        self.kept = kept
        self.mark_optional = not self.needed
        if self.needed:
            self.fields["evidence"].help_text = evidence
        else:
            self.fields["evidence"].label = "How do you know us?"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.needed and not (data.get("evidence") or data.get("file") or self.kept):
            self.add_error("evidence", "Write a few words, or add a file that shows it.")
        return data


class SharesStep(forms.Form):
    shares = forms.IntegerField(
        label="How many shares would you like?",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "shares"}),
        error_messages={"invalid": "Enter a whole number, such as 10."},
    )
    agreed = forms.BooleanField(
        label="I have read the rules of the co-op and agree to keep them.",
        error_messages={"required": "Tick the box to say that you agree to the rules."},
    )

    def __init__(self, *args: Any, member_class: MemberClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member_class = member_class
        lowest, highest = member_class.minimum_shares, member_class.maximum_shares
        self.fields["shares"].help_text = (
            f"From {lowest:,} to {highest:,}, at {member_class.share_class.par} each. "
            "However many you hold, you have one vote."
        )

    def clean_shares(self) -> int:
        shares: int = self.cleaned_data["shares"]
        refusal = rules.shares_refusal(shares, class_rules(self.member_class))
        if refusal:
            raise ValidationError(refusal)
        return shares


class LaterForm(forms.Form):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="When you come back we send a code to it. We send nothing now.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ResumeForm(forms.Form):
    email = forms.EmailField(
        label="The e-mail address that you gave us",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CodeForm(ResumeForm):
    code = forms.CharField(
        label="Code from the e-mail",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


# --- The secretary -------------------------------------------------------------------------------


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
    shares = forms.IntegerField(
        label="Shares",
        min_value=1,
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    agreed = forms.BooleanField(label="Agreed to the rules (signed)", required=False)
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
        "agreed",
    ]

    def __init__(self, *args: Any, correcting: Application | None = None, **kwargs: Any) -> None:
        self.correcting = correcting
        if correcting:
            kwargs["initial"] = _said(correcting)
        super().__init__(*args, **kwargs)
        self.for_somebody_else()
        if correcting:
            del self.fields["received"]
            self.fields["agreed"].label = "Agreed to the rules"

    def answers(self) -> dict[str, Any]:
        """What was keyed, under the application's own field names."""
        data = dict(self.cleaned_data)
        data.pop("received", None)
        before = self.correcting.agreed_to_rules_at if self.correcting else None
        agreed = data.pop("agreed")
        return data | {"agreed_to_rules_at": (before or timezone.now()) if agreed else None}


def _said(application: Application) -> dict[str, Any]:
    """What an application says, as the paper form's boxes."""
    asked = [name for fields in rules.STEPS.values() for name in fields]
    said = {name: getattr(application, name) for name in asked}
    return said | {"agreed": said.pop("agreed_to_rules_at") is not None}


class DecisionForm(forms.Form):
    board_meeting = DateBoxesField(label="Board meeting of")
    minute = forms.CharField(
        label="Number of the minute", max_length=60, help_text="For example 2026/14.2"
    )


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label="The board's reason",
        max_length=300,
        help_text="The applicant reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NamedApplications(forms.ModelMultipleChoiceField):
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
    field_order = ["applications", "board_meeting", "minute"]

    def __init__(self, *args: Any, ready: list[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applications"].queryset = (  # type: ignore[attr-defined]
            Application.objects.filter(pk__in=[application.pk for application in ready])
            .select_related("member_class")
            .order_by("submitted_at")
        )


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


class RegisterFilter(forms.Form):
    mark_optional = False
    on = forms.DateField(
        label="As at", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    member_class: forms.ModelChoiceField[MemberClass] = forms.ModelChoiceField(
        label="Kind of member",
        queryset=MemberClass.objects.all(),
        to_field_name="code",
        required=False,
        empty_label="All",
    )

    def clean_on(self) -> dt.date | None:
        on: dt.date | None = self.cleaned_data["on"]
        if on and on > timezone.localdate():
            raise ValidationError("That day is still to come. The register is as at today.")
        return on


class SearchForm(forms.Form):
    """Posted, so that no name ends up in an address."""

    mark_optional = False
    q = forms.CharField(label="Number or name", max_length=100, required=False)


class CeaseForm(forms.Form):
    ceased = DateBoxesField(
        label="First day on which they are no longer a member",
        help_text="The entry and its number stay in the register.",
    )
    because = forms.CharField(label="Why", max_length=120)


class ContactForm(ContactFields):
    """Contact details of a person, by staff or by the person themselves."""

    def details(self) -> rules.Contact:
        return rules.Contact(**self.cleaned_data)


class OrganisationContactForm(ContactFields):
    phone = None  # type: ignore[assignment]
    format = None  # type: ignore[assignment]

    def details(self) -> rules.Contact:
        return rules.Contact(**self.cleaned_data)


def contact_form(of: Person | Organisation, data: Any = None, *, own: bool = False) -> Any:
    """The contact form of a person or an organisation, filled with what we know.

    `own`: they fill it in themselves; otherwise staff do, whose browser must not offer their own.
    """
    form_class = ContactForm if isinstance(of, Person) else OrganisationContactForm
    form = form_class(data, initial={name: getattr(of, name) for name in form_class.base_fields})
    if not own:
        form.for_somebody_else()
    return form
