"""The form of the book of nominations."""

from __future__ import annotations

from typing import Any

from django import forms

from core.errors import RuleError
from core.forms import DateBoxesField
from members.models import Nomination
from members.rules.nominations import Nominee

ROWS = 4
_PARTS = ("name", "address", "relation", "percent", "staff")
WORKS_HERE, NAMESAKE = "yes", "namesake"
_ASKED = ("name", "address", "relation", "percent")


class NominationForm(forms.Form):
    """One signed paper with up to four nominees: the boxes of the second end in 2."""

    signed_on = DateBoxesField(label="Signed on")
    received_on = DateBoxesField(label="Came on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(1, ROWS + 1):
            needed = row == 1
            self.fields[f"name_{row}"] = forms.CharField(
                label="Full name", max_length=120, required=needed, widget=_off()
            )
            self.fields[f"address_{row}"] = forms.CharField(
                label="Address", max_length=240, required=needed, widget=_off()
            )
            self.fields[f"relation_{row}"] = forms.ChoiceField(
                label="Is to the member",
                choices=[("", "Choose…"), *Nomination.Relation.choices],
                required=needed,
            )
            self.fields[f"percent_{row}"] = forms.IntegerField(
                label="Share",
                required=needed,
                min_value=1,
                max_value=100,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "data-suffix": "%"}),
            )
            self.fields[f"staff_{row}"] = forms.ChoiceField(
                label="Officer or employee of the co-op?",
                choices=[
                    ("", "Choose…"),
                    ("no", "No"),
                    (WORKS_HERE, "Yes"),
                    (NAMESAKE, "No, only has the name of one"),
                ],
                required=needed,
                error_messages={"required": "Say whether they are one."},
                help_text="Care workers are employees." if row == 1 else "",
            )

    def rows(self) -> list[tuple[int, list[Any]]]:
        """The boxes of each nominee, for the page."""
        return [(row, [self[f"{part}_{row}"] for part in _PARTS]) for row in range(1, ROWS + 1)]

    def _filled(self) -> list[int]:
        data = self.cleaned_data
        return [
            row for row in range(1, ROWS + 1) if any(data.get(f"{part}_{row}") for part in _ASKED)
        ]

    def clean(self) -> dict[str, Any]:
        """A nominee who is begun is told whole."""
        data: dict[str, Any] = super().clean() or {}
        for row in self._filled():
            for part in _PARTS:
                box = f"{part}_{row}"
                if not data.get(box) and box not in self.errors:
                    self.add_error(box, f"Fill this in for nominee {row} too.")
        return data

    def nominees(self) -> list[Nominee]:
        data = self.cleaned_data
        return [
            Nominee(
                name=data[f"name_{row}"],
                address=data[f"address_{row}"],
                relation=data[f"relation_{row}"],
                percent=data[f"percent_{row}"],
                works_here=data[f"staff_{row}"] == WORKS_HERE,
                namesake=data[f"staff_{row}"] == NAMESAKE,
            )
            for row in self._filled()
        ]

    def beside_its_box(self, error: RuleError) -> RuleError:
        """The operation counts nominees; a row may have been left empty before one."""
        name, _line, number = (error.field or "").rpartition("_")
        if name not in _PARTS:
            return error
        return RuleError(error.message, field=f"{name}_{self._filled()[int(number) - 1]}")


def _off() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "off"})


class EndNominationsForm(forms.Form):
    ending = forms.ChoiceField(
        label="Why they end",
        choices=[
            ("revoked", "Revoked in signed writing"),
            ("married", "The member married or entered a civil partnership"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say why they end."},
    )
    on = DateBoxesField(
        label="On", help_text="The day on which the writing came, or of the marriage."
    )


class StrikeForm(forms.Form):
    died_on = DateBoxesField(label="Day on which the nominee died")
