"""Naming somebody we know, by a register number or by an e-mail address that only they have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.models import Member, Person


class KnownPersonField(forms.CharField):
    """Cleans to the Person. Raises ValidationError for nobody, several, and organisations."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": "Register number or e-mail address",
                "max_length": 254,
                "help_text": "The number of a member, or the e-mail address of somebody we know.",
                **kwargs,
            }
        )

    def clean(self, value: Any) -> Person | None:
        text = super().clean(value)
        if not text:
            return None
        return _of_number(text) if text.isdecimal() else _of_address(text)


def _of_number(text: str) -> Person:
    found = Member.objects.found_by(text).select_related("person").first()
    if found is None:
        raise ValidationError("Nobody has this number.")
    if found.person is None:
        raise ValidationError("This is an organisation. Give the number of a person.")
    return found.person


def _of_address(text: str) -> Person:
    found = list(Person.objects.filter(email__iexact=text)[:2])
    if len(found) > 1:
        raise ValidationError("Several people have this address. Give the register number.")
    if not found:
        raise ValidationError("We know nobody with this address.")
    return found[0]
