"""The steps of the public application, and coming back to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.html import format_html

from core.forms import DateBoxes, DateBoxesField, WholeNumberField
from members import rules
from members.checklist import class_rules
from members.forms.contact import ORGANISATION_KINDS, ContactFields
from members.models import Application, MemberClass


def _with_who(member_class: MemberClass) -> str:
    said = [member_class.who, f"{member_class.costs}." if member_class.costs else ""]
    return format_html(
        '<strong>{}</strong><br><span class="soft">{}</span>',
        member_class.name,
        " ".join(part for part in said if part),
    )


#: Longest text that shows it.
LONGEST_EVIDENCE = 2000
TOO_LONG = "Write %(limit_value)s characters at most: these are %(show_value)s."


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

    def __init__(self, *args: Any, member_class: MemberClass, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member_class = member_class

    def clean_born(self) -> dt.date:
        born: dt.date = self.cleaned_data["born"]
        today = timezone.localdate()
        if rules.born_refusal(born, today):
            raise ValidationError("Enter the day on which you were born.")
        refusal = rules.age_refusal(rules.age_on(born, today), class_rules(self.member_class))
        if refusal:
            raise ValidationError(refusal)
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
    # Not `max_length`, by which a browser cuts off what is pasted without a word.
    evidence = forms.CharField(
        label="In your own words",
        required=False,
        validators=[MaxLengthValidator(LONGEST_EVIDENCE, TOO_LONG)],
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
        limit = f"Up to {LONGEST_EVIDENCE:,} characters."
        self.fields["evidence"].help_text = f"{evidence} {limit}".strip()
        if not self.needed:
            self.fields["evidence"].label = "How do you know us?"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (
            self.needed
            and "evidence" in data
            and not (data["evidence"] or data.get("file") or self.kept)
        ):
            self.add_error("evidence", "Write a few words, or add a file that shows it.")
        return data


class SharesStep(forms.Form):
    shares = WholeNumberField(
        label="How many shares would you like?",
        min_value=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "shares"}),
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
