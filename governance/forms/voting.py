"""The ballot paper, and looking for a receipt."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import RankField


class PreferencesForm(forms.Form):
    """The paper of an election: a number beside each name, or a blank paper on purpose."""

    mark_optional = False
    ranking = RankField(label="Number the candidates in the order you want them", required=False)
    blank = forms.BooleanField(
        label="I choose nobody: put in a blank paper",
        required=False,
        help_text="A blank paper shows that you took part. It helps no candidate.",
    )

    def __init__(self, *args: Any, options: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ranking"].choices = list(options.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "ranking" in data and not data["ranking"] and not data.get("blank"):
            self.add_error("ranking", "Put a 1 beside your first choice, or choose a blank paper.")
        if data.get("ranking") and data.get("blank"):
            self.add_error(
                "blank", "You numbered somebody: either take this tick or the numbers away."
            )
        return data

    def choices(self) -> list[int]:
        """Numbers on the paper, best first."""
        return [int(key) for key in self.cleaned_data["ranking"]]

    def kept(self) -> dict[str, object]:
        """What the next page must send again."""
        ranks: dict[str, object] = {
            f"ranking_{key}": rank for rank, key in enumerate(self.choices(), 1)
        }
        return ranks or {"blank": "on"}


class AnswerForm(forms.Form):
    """The paper of a motion: one answer."""

    answer = forms.TypedChoiceField(
        label="Your vote",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose For, Against or Abstain."},
    )

    def __init__(self, *args: Any, options: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = list(options.items())  # type: ignore[attr-defined]

    def choices(self) -> list[int]:
        """The number of the answer."""
        return [self.cleaned_data["answer"]]

    def kept(self) -> dict[str, object]:
        """What the next page must send again."""
        return {"answer": self.cleaned_data["answer"]}


class ReceiptForm(forms.Form):
    """A code to look for."""

    code = forms.CharField(
        label="Your receipt code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Such as 7KQ2-M0XD-93TA-B6YF. Dashes and capitals do not matter.",
    )
