"""The ballot paper in its three kinds, codes to vote with, and looking for a receipt."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import RankField
from governance.models import Election

BLANK = forms.BooleanField(
    label="I choose nobody: put in a blank paper",
    required=False,
    help_text="A blank paper shows that you took part. It helps no candidate.",
)


class PaperForm(forms.Form):
    """What every paper has. `options`: number on the paper → label."""

    mark_optional = False
    helped = forms.BooleanField(
        label="Somebody helped me to fill this in",
        required=False,
        help_text="That is allowed. It is noted on the roll, not on your paper.",
    )

    def __init__(self, *args: Any, options: dict[int, str], election: Election) -> None:
        super().__init__(*args)
        self.fields[self.asks].choices = list(options.items())  # type: ignore[attr-defined]
        self.seats = election.seats or 1

    #: The field that holds the choices.
    asks = ""

    def choices(self) -> list[int]:
        """Numbers on the paper, best first."""
        raise NotImplementedError

    def kept(self) -> list[tuple[str, object]]:
        """What the next page must send again: (name of the box, value)."""
        return [("helped", "on")] if self.cleaned_data.get("helped") else []


class PeopleForm(PaperForm):
    """The paper of an election: choices, or a blank paper on purpose."""

    nobody = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.asks in data and not data[self.asks] and not data.get("blank"):
            self.add_error(self.asks, self.nobody)
        if data.get(self.asks) and data.get("blank"):
            self.add_error("blank", "You chose somebody: either take this tick or the choice away.")
        return data

    def choices(self) -> list[int]:
        return [int(key) for key in self.cleaned_data[self.asks]]


class PreferencesForm(PeopleForm):
    """A number beside each name."""

    ranking = RankField(label="Number the candidates in the order you want them", required=False)
    blank = BLANK
    field_order = ("ranking", "blank", "helped")
    asks = "ranking"
    nobody = "Put a 1 beside your first choice, or choose a blank paper."

    def kept(self) -> list[tuple[str, object]]:
        ranks: list[tuple[str, object]] = [
            (f"ranking_{key}", rank) for rank, key in enumerate(self.choices(), 1)
        ]
        return [*(ranks or [("blank", "on")]), *super().kept()]


class TicksForm(PeopleForm):
    """A tick beside as many names as there are seats."""

    ticks = forms.MultipleChoiceField(
        label="Tick those whom you want",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    blank = BLANK
    field_order = ("ticks", "blank", "helped")
    asks = "ticks"
    nobody = "Tick at least one name, or choose a blank paper."

    def clean_ticks(self) -> list[str]:
        ticks: list[str] = self.cleaned_data["ticks"]
        if len(ticks) > self.seats:
            raise forms.ValidationError(f"You ticked {len(ticks)}. Tick {self.seats} at most.")
        return ticks

    def choices(self) -> list[int]:
        """In the order of the paper: ticks have none of their own."""
        return sorted(super().choices())

    def kept(self) -> list[tuple[str, object]]:
        ticks: list[tuple[str, object]] = [("ticks", choice) for choice in self.choices()]
        return [*(ticks or [("blank", "on")]), *super().kept()]


class AnswerForm(PaperForm):
    """The paper of a motion: one answer."""

    answer = forms.TypedChoiceField(
        label="Your vote",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose For, Against or Abstain."},
    )
    field_order = ("answer", "helped")
    asks = "answer"

    def choices(self) -> list[int]:
        """The number of the answer."""
        return [self.cleaned_data["answer"]]

    def kept(self) -> list[tuple[str, object]]:
        return [("answer", self.cleaned_data["answer"]), *super().kept()]


def paper_form(election: Election) -> type[PaperForm]:
    """The kind of paper that a vote has."""
    if not election.is_stv:
        return AnswerForm
    return PreferencesForm if election.is_ranked else TicksForm


class CodeForm(forms.Form):
    """A code to vote with."""

    code = forms.CharField(
        label="Your voting code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="It is in our letter or e-mail, such as 7KQ2-M0XD-93TA. Dashes and capitals do "
        "not matter.",
    )


class ReceiptForm(forms.Form):
    """A code to look for."""

    code = forms.CharField(
        label="Your receipt code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Such as 7KQ2-M0XD-93TA-B6YF. Dashes and capitals do not matter.",
    )
