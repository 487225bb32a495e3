"""Forms of the statutory diary."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import DateBoxesField
from governance.diary import Duty


class FiledForm(forms.Form):
    """What was done for which year, when, and where that can be seen."""

    duty = forms.ChoiceField(label="What was done", widget=forms.RadioSelect)
    filed_on = DateBoxesField(label="Done on")
    reference = forms.CharField(
        label="Where it can be seen",
        max_length=60,
        help_text="The acknowledgement’s reference or day; of a meeting, where its minutes are.",
    )

    def __init__(self, *args: Any, duties: list[Duty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._duties = {f"{one.kind.value}:{one.year.day}": one for one in duties}
        choice: Any = self.fields["duty"]
        choice.choices = [(key, str(one)) for key, one in self._duties.items()]
        if len(duties) == 1:
            choice.initial = next(iter(self._duties))

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        duty = self._duties[self.cleaned_data["duty"]]
        return {
            "kind": duty.kind,
            "of": duty.year.day,
            "filed_on": self.cleaned_data["filed_on"],
            "reference": self.cleaned_data["reference"],
        }
