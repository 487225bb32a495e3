"""Forms of written resolutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from governance.forms.fields import LONG_TEXT
from governance.models import Body, WrittenResolution, WrittenVoice
from governance.models.division import CHOICE_NAMES


class ResolutionForm(forms.Form):
    """What a body is to decide in writing."""

    body = forms.ModelChoiceField(Body.objects.none(), label="Who decides", empty_label=None)
    title = forms.CharField(label="Title", max_length=150)
    text = forms.CharField(
        label="Words of the resolution", widget=LONG_TEXT, help_text="Exactly as it is decided."
    )
    background = forms.CharField(
        label="What one needs to know to decide", required=False, widget=LONG_TEXT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["body"]
        field.queryset = Body.objects.standing()


class WrittenAnswerForm(forms.Form):
    """An answer that came on paper, by telephone, or was given to staff."""

    voice = forms.ModelChoiceField(WrittenVoice.objects.none(), label="Who answers")
    number = forms.IntegerField(
        label="Member number", widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    choice = forms.ChoiceField(
        label="What they say", choices=CHOICE_NAMES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, resolution: WrittenResolution, **kwargs: Any) -> None:
        """Of members by their number; on a smaller body they are chosen from its list."""
        super().__init__(*args, **kwargs)
        self.resolution = resolution
        if resolution.body.is_of_members:
            del self.fields["voice"]
            return
        del self.fields["number"]
        field: Any = self.fields["voice"]
        field.queryset = resolution.voices.counting().with_names()
        field.label_from_instance = lambda voice: voice.name

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        voice = self.resolution.voices.filter(member__number=number).first()
        if voice is None:
            raise ValidationError(f"Nobody with the number {number} decides on this.")
        self.cleaned_data["voice"] = voice
        return number


class AsideForm(forms.Form):
    interest = forms.CharField(
        label="What the interest is",
        max_length=200,
        help_text="Whoever decides with you can read it once it is over.",
    )


class TakeBackForm(forms.Form):
    because = forms.CharField(label="Why it is taken back", max_length=200)
