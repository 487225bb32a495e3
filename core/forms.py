"""How Weft's forms look, and the fields that Django lacks.

Every form in Weft renders through `WeftRenderer`: label, hint, error, box, tied together for
screen readers. The extra fields take what people really type: "3 March 2026", "£1,200", "9.30am".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils import timezone
from djmoney.money import Money

from core.errors import RuleError

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


class WeftRenderer(TemplatesSetting):
    """Django's form renderer with Weft's templates for whole forms, fields and formsets."""

    form_template_name = "core/forms/form.html"
    field_template_name = "core/forms/field.html"
    formset_template_name = "core/forms/formset.html"


def row_ids(texts: Iterable[str]) -> list[int]:
    """The ids of rows among what a page sent; what no database counts up to is nobody's id."""
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]


# --- Dates ------------------------------------------------------------------------------------


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


class DateBoxesField(forms.Field):
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

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


def not_to_come(day: dt.date | None) -> dt.date | None:
    """A day that has been, or none. Raises ValidationError."""
    if day and day > timezone.localdate():
        raise ValidationError("That day is still to come.")
    return day


# --- Times and money ----------------------------------------------------------------------------


class ClockInput(forms.TimeInput):
    """A browser's time box; a plain one when it must show again what was typed wrongly."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "time" if not shown or _is_clock(shown) else "text"
        return context


def _is_clock(text: str) -> bool:
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is not None


class ClockField(forms.TimeField):
    """A time of day, on a 24-hour clock or with am and pm: "14:05", "9.30am", "7 pm"."""

    widget = ClockInput
    default_error_messages = {"invalid": "Enter a time such as 14:05."}

    def to_python(self, value: Any) -> dt.time | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        match = re.fullmatch(r"(\d{1,2})(?:[.:](\d{2}))?(?::\d{2})?([ap]m)?", _squeezed(value))
        if match is None or not (match[2] or match[3]):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        hour, minute = int(match[1]), int(match[2] or 0)
        if match[3]:
            if not 1 <= hour <= 12:
                raise ValidationError(self.error_messages["invalid"], "invalid")
            hour = hour % 12 + (12 if match[3] == "pm" else 0)
        try:
            return dt.time(hour, minute)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.lower())


#: Figures whose commas group thousands: "1,250.50". Elsewhere a comma could be meant as a point.
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")


class PoundsField(forms.Field):
    """An amount in pounds and whole pence: "1200", "£1,200.50". Cleans to Money in GBP.

    `min_value` and `max_value` are in pounds; an amount below zero is refused unless min_value
    says otherwise.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-prefix": "£"})
    default_error_messages = {
        "required": "Enter an amount in pounds.",
        "invalid": "Enter an amount in pounds, such as 25 or 25.50.",
        "comma": "Write pence after a point, and a comma before three figures only: 1,250.50.",
        "pence": "Enter whole pence: no more than two figures after the point.",
        "min_value": "Enter £%(limit)s or more.",
        "max_value": "Enter £%(limit)s or less.",
    }

    def __init__(
        self,
        *,
        min_value: Decimal | int = 0,
        max_value: Decimal | int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.min_value = Decimal(min_value)
        self.max_value = None if max_value is None else Decimal(max_value)

    def prepare_value(self, value: Any) -> Any:
        amount = value.amount if isinstance(value, Money) else value
        return f"{amount:.2f}" if isinstance(amount, Decimal | int) else amount

    def to_python(self, value: Any) -> Money | None:
        if value is None or isinstance(value, Money):
            return value
        text = re.sub(r"[£\s]", "", str(value)).replace("\u2212", "-")
        if not text:
            return None
        if "," in text and not GROUPED.fullmatch(text):
            raise ValidationError(self.error_messages["comma"], "comma")
        text = text.replace(",", "")
        if not re.fullmatch(r"-?\d{1,12}(\.\d*)?|-?\.\d+", text):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["invalid"], "invalid") from error
        if amount != amount.quantize(Decimal("0.01")):
            raise ValidationError(self.error_messages["pence"], "pence")
        return Money(amount.quantize(Decimal("0.01")), "GBP")

    def validate(self, value: Money | None) -> None:
        super().validate(value)
        if value is None:
            return
        if value.amount < self.min_value:
            raise self._limit("min_value", self.min_value)
        if self.max_value is not None and value.amount > self.max_value:
            raise self._limit("max_value", self.max_value)

    def _limit(self, code: str, limit: Decimal) -> ValidationError:
        shown = f"{limit:,.2f}".removesuffix(".00")
        return ValidationError(self.error_messages[code], code, {"limit": shown})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class PercentField(forms.Field):
    """Per cent with up to two figures after the point: "2", "2.5 %". Cleans to Decimal."""

    default_error_messages = {
        "required": "Enter a percentage.",
        "invalid": "Enter a percentage with no more than two figures after the point, such as 2.5.",
        "range": "Enter a percentage from %(low)s to 100.",
    }

    def __init__(self, *, min_value: Decimal | int = 0, suffix: str = "%", **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "data-suffix": suffix}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)
        self.min_value = Decimal(min_value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        text = re.sub(r"[%\s]", "", str(value))
        if not text:
            return None
        if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text):
            raise ValidationError(self.error_messages["invalid"], "invalid")
        return Decimal(text)

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is not None and not self.min_value <= value <= 100:
            limits = {"low": self.min_value}
            raise ValidationError(self.error_messages["range"], "range", limits)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class WholeNumberField(forms.IntegerField):
    """A whole number as people type it: "1000" or, in groups of three, "1,000"."""

    default_error_messages = {"invalid": "Enter a whole number, such as 10."}

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}(,\d{3})+", value.strip()):
            value = value.replace(",", "")
        number: int | None = super().to_python(value)
        return number


# --- A number beside each name --------------------------------------------------------------------

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


class NumberBoxesField(forms.Field):
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

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


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


def show_refusal(form: forms.BaseForm, error: RuleError) -> None:
    """Put a refusal beside the field it is about, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)
