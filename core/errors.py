"""The one error that a person is meant to read, and a refusal that many operations share."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


class RuleError(Exception):
    """A rule says no. The message is a sentence for the person who asked; nothing has changed.

    `field` names the form field it is about, where there is one, so that a view can show the
    sentence beside it.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def refuse_day_to_come(day: dt.date | None, field: str) -> None:
    """What has happened has a day that has come; none is no fault here."""
    if day and day > timezone.localdate():
        raise RuleError("That day is still to come.", field=field)
