"""Times and figures as people write them: "9.30am", "£1,200", "2.5 %", "1,000"."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from djmoney.money import Money

from core.forms.base import MeaningField


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


class PoundsField(MeaningField):
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


class PercentField(MeaningField):
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


class WholeNumberField(forms.IntegerField):
    """A whole number as people type it: "1000" or, in groups of three, "1,000"."""

    default_error_messages = {"invalid": "Enter a whole number, such as 10."}

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"\d{1,3}(,\d{3})+", value.strip()):
            value = value.replace(",", "")
        number: int | None = super().to_python(value)
        return number
