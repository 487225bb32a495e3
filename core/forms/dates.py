"""Days as people write them: "3 March 2026", "3/3/26"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.forms.base import MeaningField

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


def parse_month(text: str) -> int:
    """1 to 12 from "3", "03", "Mar" or "March". Raises ValueError otherwise."""
    text = text.strip().lower().rstrip(".")
    if text.isdecimal():
        if 1 <= int(text) <= 12:
            return int(text)
    elif len(text) >= 3:
        for number, name in enumerate(MONTHS, 1):
            if name.startswith(text) or (text == "sept" and number == 9):
                return number
    raise ValueError(text)


def parse_typed_date(text: str) -> dt.date:
    """A date typed whole: "3 March 2026", "3/3/2026", "3.3.2026" or "2026-03-03".

    Day before month, as in the UK. Raises ValueError if it is not a date.
    """
    parts = [part for part in re.split(r"[\s/.,-]+", text.strip()) if part]
    if len(parts) == 4 and parts[0].isalpha():  # "Monday 3 March 2026"
        parts = parts[1:]
    if len(parts) != 3:
        raise ValueError(text)
    if len(parts[0]) == 4:
        parts.reverse()
    day, month, year = parts
    return dt.date(_year(year), parse_month(month), int(re.sub(r"(st|nd|rd|th)$", "", day)))


def _year(text: str) -> int:
    """A year of four digits: "48" might be 1948 or 2048, so it is refused."""
    if not text.isdecimal() or len(text) != 4:
        raise ValueError(text)
    return int(text)


class DateBoxes(forms.Widget):
    """Three boxes: day, month, year. The value is a date, or the three texts as typed."""

    template_name = "core/forms/date_boxes.html"
    use_fieldset = True
    parts = ("day", "month", "year")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        texts = _date_texts(value)
        id_ = context["widget"]["attrs"].get("id", name)
        context["boxes"] = [
            {
                "id": f"{id_}_{index}",
                "name": f"{name}_{part}",
                "label": part.capitalize(),
                "value": text,
                "autocomplete": f"bday-{part}" if self.attrs.get("autocomplete") == "bday" else "",
            }
            for index, (part, text) in enumerate(zip(self.parts, texts, strict=True))
        ]
        return context

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> str | tuple[str, str, str]:
        """The three texts; or one text, when the date came whole under the field's own name."""
        if name in data:
            return str(data[name]).strip()
        day, month, year = (str(data.get(f"{name}_{part}", "")).strip() for part in self.parts)
        return day, month, year

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and all(f"{name}_{part}" not in data for part in self.parts)

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0" if id_ else ""


def _date_texts(value: Any) -> tuple[str, str, str]:
    if isinstance(value, dt.date):
        return str(value.day), str(value.month), str(value.year)
    if isinstance(value, tuple | list):
        day, month, year = value
        return day, month, year
    if value:
        try:
            return _date_texts(parse_typed_date(str(value)))
        except ValueError:
            return str(value), "", ""
    return "", "", ""


class DateBoxesField(MeaningField):
    """A date typed into three boxes, or whole ("3 March 2026", "3/3/2026", "2026-03-03").

    Cleans to a `datetime.date`, or None when left empty and not required. What was typed is kept
    in the boxes when it is not a date.
    """

    widget = DateBoxes
    default_error_messages = {
        "required": "Enter a date, such as 3 3 2026.",
        "incomplete": "Enter the day, the month and the year: %(missing)s is missing.",
        "invalid": "This is not a date in the calendar. Enter one such as 3 3 2026.",
        "year": "Enter all four figures of the year, such as 2026.",
    }

    def to_python(self, value: Any) -> dt.date | None:
        if isinstance(value, dt.datetime):
            return value.date()
        if value is None or isinstance(value, dt.date):
            return value
        if isinstance(value, str):
            return self._whole(value) if value.strip() else None
        texts = [str(text).strip() for text in value]
        if not any(texts):
            return None
        if texts[0] and not any(texts[1:]):  # a whole date pasted into the first box
            return self._whole(texts[0])
        missing = [part for part, text in zip(DateBoxes.parts, texts, strict=True) if not text]
        if missing:
            raise ValidationError(
                self.error_messages["incomplete"],
                "incomplete",
                {"missing": " and the ".join(["the " + missing[0], *missing[1:]])},
            )
        if texts[2].isdecimal() and len(texts[2]) < 4:
            raise ValidationError(self.error_messages["year"], "year")
        try:
            return dt.date(_year(texts[2]), parse_month(texts[1]), int(texts[0]))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error

    def _whole(self, text: str) -> dt.date:
        try:
            return parse_typed_date(text)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error


def not_to_come(day: dt.date | None) -> dt.date | None:
    """A day that has been, or none. Raises ValidationError."""
    if day and day > timezone.localdate():
        raise ValidationError("That day is still to come.")
    return day
