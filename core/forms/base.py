"""What the fields that Django lacks have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class MeaningField(forms.Field):
    """A field that takes several ways of writing the same: only another meaning is a change."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True
