"""Forms of the tellers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from governance import rules
from governance.models import Teller


class TellersForm(forms.Form):
    """Three people by name and e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, rules.TELLERS + 1):
            self.fields[f"name_{number}"] = forms.CharField(
                label=f"Teller {number}: name", max_length=150
            )
            self.fields[f"email_{number}"] = forms.EmailField(
                label=f"Teller {number}: e-mail address", max_length=254
            )

    def people(self) -> list[tuple[str, str]]:
        data = self.cleaned_data
        numbers = range(1, rules.TELLERS + 1)
        return [(data[f"name_{number}"], data[f"email_{number}"]) for number in numbers]


class PassphraseForm(forms.Form):
    """A passphrase, twice."""

    passphrase = forms.CharField(
        label="Passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=(
            f"At least {rules.SHORTEST_PASSPHRASE} characters. Four or five words that have "
            "nothing to do with each other are good."
        ),
    )
    again = forms.CharField(
        label="The same passphrase again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if again.strip() != str(self.cleaned_data.get("passphrase", again)).strip():
            raise ValidationError("The two are not the same.")
        return again


class PairForm(forms.Form):
    """Two tellers at one screen: the one who is signed in, and another."""

    first_passphrase = forms.CharField(
        label="Your passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    second = forms.ModelChoiceField(
        Teller.objects.none(), label="The other teller", empty_label=None, widget=forms.RadioSelect
    )
    second_passphrase = forms.CharField(
        label="The other teller’s passphrase",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="They type it themselves: you should not know it.",
    )

    def __init__(self, *args: Any, teller: Teller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Teller.objects.filter(meeting=teller.meeting_id).exclude(pk=teller.pk)
        field = self.fields["second"]
        field.queryset = others.select_related("user")  # type: ignore[attr-defined]
        field.label_from_instance = lambda other: other.user.get_full_name()  # type: ignore[attr-defined]
