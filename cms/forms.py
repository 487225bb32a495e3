"""Forms of the public site and of the secretary's list."""

from __future__ import annotations

from typing import Any

from django import forms

from cms import rules
from cms.models import InterestRegistration, LocalGroup
from members.models import Person


class Trap(forms.TextInput):
    """A box that people do not see or reach, and robots fill in."""

    template_name = "cms/forms/trap.html"
    is_hidden = True


class InterestForm(forms.Form):
    """Interest in a local co-op. Whoever fills in `website` is a robot."""

    interests = forms.MultipleChoiceField(
        label="What are you interested in?",
        choices=list(rules.INTERESTS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Tick all that fit.",
        error_messages={"required": "Choose at least one thing that you are interested in."},
    )
    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Tell us your name."},
    )
    email = forms.EmailField(
        label="Your e-mail address",
        help_text="We will send you a link to press, so that nobody else can put you on the list.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": "Enter an e-mail address such as name@example.org.",
        },
    )
    postcode = forms.CharField(
        label="Your postcode",
        max_length=10,
        help_text="We keep only the first part and one figure (QX7 2), never where you live.",
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "short"}),
        error_messages={"required": "Enter your postcode, or its first part and one figure."},
    )
    format = forms.ChoiceField(
        label="How should we write to you?",
        choices=Person.Format.choices,
        initial=Person.Format.STANDARD,
        widget=forms.RadioSelect,
    )
    consent = forms.BooleanField(
        label=rules.CONSENT_WORDINGS[rules.CONSENT_VERSION],
        error_messages={"required": "Tick the box if we may keep this and write to you."},
    )
    consent_version = forms.CharField(widget=forms.HiddenInput, initial=rules.CONSENT_VERSION)
    website = forms.CharField(required=False, widget=Trap)

    def clean_postcode(self) -> str:
        """Checked here too, so that it comes back together with the other mistakes."""
        postcode: str = self.cleaned_data["postcode"]
        try:
            rules.postcode_sector(postcode)
        except ValueError:
            raise forms.ValidationError(rules.UNREADABLE_POSTCODE) from None
        return postcode

    @property
    def answers(self) -> dict[str, Any]:
        """What operations.register_interest takes."""
        names = ("name", "email", "postcode", "interests", "format", "consent_version")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def fell_into_the_trap(self) -> bool:
        return bool(self.cleaned_data["website"])


class PaperInterestForm(InterestForm):
    """The same from a signed sheet of paper, keyed in by the secretary."""

    consent = forms.BooleanField(
        label="They have signed this wording: “"
        + rules.CONSENT_WORDINGS[rules.CONSENT_VERSION]
        + "”",
        error_messages={"required": "Without a signature it cannot be entered."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "interests": "What are they interested in?",
            "name": "Name",
            "email": "E-mail address",
            "postcode": "Postcode",
            "format": "How should we write to them?",
        }
        for name, label in words.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("autocomplete", None)
        self.fields["email"].help_text = ""


class InterestFilter(forms.Form):
    """What to show of the secretary's list."""

    mark_optional = False

    group = forms.ModelChoiceField(
        LocalGroup.objects.all(), label="Local co-op", required=False, empty_label="All"
    )
    interest = forms.ChoiceField(
        label="Interested in",
        required=False,
        choices=[("", "Anything"), *rules.INTEREST_NAMES.items()],
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "On the list"),
            ("invited", "Invited"),
            ("free", "Not invited yet"),
            ("unconfirmed", "E-mail not answered yet"),
        ],
    )

    def rows(self) -> Any:
        """The registrations asked for; what cannot be read is left out of the question."""
        self.is_valid()
        asked = self.cleaned_data
        rows = InterestRegistration.objects.select_related("group", "application")
        rows = (
            rows.filter(state="unconfirmed")
            if asked.get("state") == "unconfirmed"
            else rows.confirmed()
        )
        if asked.get("group"):
            rows = rows.filter(group=asked["group"])
        if asked.get("interest"):
            rows = rows.interested_in(asked["interest"])
        if asked.get("state") in ("invited", "free"):
            rows = rows.filter(invited_at__isnull=asked["state"] == "free")
        return rows


class StageForm(forms.Form):
    """How far a local co-op has come."""

    stage = forms.ChoiceField(choices=list(rules.STAGE_NAMES.items()), label="Stage")
