"""How to reach a person or an organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from members import rules
from members.forms.seen import SeenForm
from members.models import Organisation, Person
from members.rules.contact import POSTAL_ADDRESS, contact_names

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


class ContactForm(SeenForm, ContactFields):
    """Contact details of a person, by staff or by the person themselves; a member keeps an
    address."""

    def __init__(self, *args: Any, row: Person | Organisation, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row.memberships.active_on(timezone.localdate()).exists():
            for name, sentence in POSTAL_ADDRESS.items():
                if getattr(row, name):
                    self.fields[name].required = True
                    self.fields[name].error_messages["required"] = sentence

    def details(self) -> rules.Contact:
        return rules.Contact(**self.answers())


class OrganisationContactForm(ContactForm):
    phone = None  # type: ignore[assignment]
    format = None  # type: ignore[assignment]


def contact_form(of: Person | Organisation, data: Any = None, *, own: bool = False) -> Any:
    """The contact form of a person or an organisation, filled with what we know.

    `own`: they fill it in themselves; otherwise staff do, whose browser must not offer their own.
    """
    form_class = ContactForm if isinstance(of, Person) else OrganisationContactForm
    form = form_class(data, row=of, names=contact_names(of))
    if not own:
        form.for_somebody_else()
    return form
