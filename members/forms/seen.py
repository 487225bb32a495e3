"""What a form over a row keeps in mind: how the row was when the form was opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db import models

from members.seen import fingerprint


class SeenForm(forms.Form):
    """A form over a row; `seen` goes to the operation, which refuses if the row has changed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: models.Model, names: Iterable[str], **kwargs: Any) -> None:
        said = {name: getattr(row, name) for name in names}
        kwargs["initial"] = said | {"seen": fingerprint(row, names)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.row = row

    def clean_seen(self) -> str | None:
        return self.cleaned_data["seen"] or None

    def answers(self) -> dict[str, Any]:
        """What was filled in, without what the form keeps in mind."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
