"""Fields that several forms of governance share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.models import Member, MemberClass

LONG_TEXT = forms.Textarea(attrs={"rows": 5})


class MemberNumberField(forms.IntegerField):
    """A number in the register. Cleans to the Member, or None when left empty."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})
    default_error_messages = {"unknown": "Nobody in the register has the number %(number)s."}

    def clean(self, value: Any) -> Member | None:
        number = super().clean(value)
        if number is None:
            return None
        member = Member.objects.filter(number=number, ceased__isnull=True).first()
        if member is None:
            raise ValidationError(self.error_messages["unknown"], "unknown", {"number": number})
        return member

    def prepare_value(self, value: Any) -> Any:
        return value.number if isinstance(value, Member) else value


def together(day: dt.date, clock: dt.time) -> dt.datetime:
    """A day and a time of day in London as an instant."""
    return timezone.make_aware(dt.datetime.combine(day, clock))


def constituency_choices() -> list[tuple[str, str]]:
    """The constituencies of the register, each once."""
    names = MemberClass.objects.order_by("constituency").values_list("constituency", flat=True)
    return [(name, name) for name in dict.fromkeys(names)]
