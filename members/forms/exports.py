"""The period or day of an export. All by GET: the address says what the file holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core.forms import not_to_come


def _day() -> forms.DateInput:
    """A browser's own calendar, which takes a day as 2026-03-31 only."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class DayForm(forms.Form):
    mark_optional = False
    on = forms.DateField(label="As at", widget=_day())

    def clean_on(self) -> dt.date | None:
        return not_to_come(self.cleaned_data["on"])


class PeriodForm(forms.Form):
    mark_optional = False
    first = forms.DateField(label="From", widget=_day())
    last = forms.DateField(label="Until", widget=_day())

    def clean_last(self) -> dt.date | None:
        return not_to_come(self.cleaned_data["last"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day must not be before the first.")
        return data


class LabelsForm(forms.Form):
    mark_optional = False
    who = forms.ChoiceField(
        label="For whom",
        choices=[
            ("post", "Those whom e-mail does not reach"),
            ("all", "Everybody with a postal address"),
        ],
        required=False,
    )

    def __init__(self, *args: Any, parts: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if parts > 1:
            self.fields["part"] = forms.ChoiceField(
                label="There are many, so they come in parts",
                choices=[(part, f"Part {part} of {parts}") for part in range(1, parts + 1)],
                required=False,
            )
