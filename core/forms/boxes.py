"""A number beside each of several names: shares of each class, preferences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms.base import MeaningField

Choices = Iterable[tuple[Any, str]]


class NumberBoxes(forms.Widget):
    """A short list of names, each with a small box for a number. The value is name key → text."""

    template_name = "core/forms/number_boxes.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Choices = ()) -> None:
        super().__init__(attrs)
        self.choices = list(choices)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        id_ = context["widget"]["attrs"].get("id", name)
        typed = {str(key): number for key, number in dict(value or {}).items()}
        context["boxes"] = [
            {
                "id": f"{id_}_{index}",
                "name": f"{name}_{key}",
                "label": label,
                "value": typed.get(str(key), ""),
            }
            for index, (key, label) in enumerate(self.choices)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        return {
            str(key): str(data.get(f"{name}_{key}", "")).strip() for key, _label in self.choices
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}_{key}" not in data for key, _label in self.choices)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0" if id_ else ""


class NumberBoxesField(MeaningField):
    """A whole number, or nothing, beside each of `choices` (pairs of key and label).

    Cleans to a dict of key (as text) → number, with the empty boxes left out.
    """

    widget = NumberBoxes
    default_error_messages = {
        "required": "Fill in at least one box.",
        "invalid": "Enter whole numbers only: %(name)s has “%(typed)s”.",
        "range": "Enter numbers from %(low)s to %(high)s: %(name)s has %(typed)s.",
    }

    def __init__(
        self, *, choices: Choices = (), low: int = 0, high: int = 9999, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.low, self.high = low, high
        self.choices = list(choices)

    @property
    def choices(self) -> Sequence[tuple[Any, str]]:
        return self._choices

    @choices.setter
    def choices(self, choices: Choices) -> None:
        self._choices = self.widget.choices = list(choices)

    def __deepcopy__(self, memo: dict[int, Any]) -> NumberBoxesField:
        copy = super().__deepcopy__(memo)
        copy.choices = list(self._choices)
        return copy

    def to_python(self, value: Any) -> dict[str, int]:
        labels = {str(key): label for key, label in self.choices}
        numbers: dict[str, int] = {}
        for key, typed in dict(value or {}).items():
            text = str(typed).strip()
            if not text:
                continue
            detail = {"name": labels.get(key, key), "typed": text, "low": self.low}
            detail["high"] = self.high
            if not re.fullmatch(r"-?[0-9]{1,9}", text):
                raise ValidationError(self.error_messages["invalid"], "invalid", detail)
            if not self.low <= int(text) <= self.high:
                raise ValidationError(self.error_messages["range"], "range", detail)
            numbers[key] = int(text)
        return numbers


class RankField(NumberBoxesField):
    """Choices numbered in order of preference: 1 for the first, 2 for the second, as far as wished.

    Cleans to the list of keys (as text) in that order. A number given twice, or one left out, is
    refused in words.
    """

    default_error_messages = {
        "required": "Number at least one: put 1 beside your first choice.",
        "twice": "You gave %(number)s to %(names)s. Give each number once.",
        "gap": "There is a %(number)s but no %(missing)s. Number them 1, 2, 3 without a gap.",
        "range": "Use the numbers 1 to %(high)s: %(name)s has %(typed)s.",
    }

    def __init__(self, *, choices: Choices = (), **kwargs: Any) -> None:
        listed = list(choices)
        super().__init__(choices=listed, low=1, high=max(1, len(listed)), **kwargs)

    @property
    def choices(self) -> Sequence[tuple[Any, str]]:
        return self._choices

    @choices.setter
    def choices(self, choices: Choices) -> None:
        self._choices = self.widget.choices = list(choices)
        self.high = max(1, len(self._choices))

    def clean(self, value: Any) -> list[str]:
        numbers: dict[str, int] = super().clean(value)
        labels = {str(key): str(label) for key, label in self.choices}
        by_number: dict[int, list[str]] = {}
        for key, number in numbers.items():
            by_number.setdefault(number, []).append(key)
        for position, (number, keys) in enumerate(sorted(by_number.items()), 1):
            if len(keys) > 1:
                names = " and ".join(labels[key] for key in keys)
                raise ValidationError(
                    self.error_messages["twice"], "twice", {"number": number, "names": names}
                )
            if number != position:
                raise ValidationError(
                    self.error_messages["gap"], "gap", {"number": number, "missing": position}
                )
        return [keys[0] for _number, keys in sorted(by_number.items())]
