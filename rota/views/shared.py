"""What the rota's views share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpRequest

from core import audit
from core.actors import actor_of
from core.errors import RuleError
from core.models.audit import ReadWhy
from services.models import Visit
from services.rules import Group


def tried(request: HttpRequest, act: Callable[[], object], done: str = "") -> bool:
    """Do something; say `done`, or why it was refused. Returns whether it was done."""
    try:
        act()
    except RuleError as error:
        messages.error(request, error.message)
        return False
    if done:
        messages.success(request, done)
    return True


def note_reading(request: HttpRequest, visits: Iterable[Visit], why: ReadWhy) -> None:
    """Log that this person read when these people are visited."""
    people = [visit.person_supported.person_id for visit in visits]
    audit.record_reading(actor_of(request), people, Group.VISITS, why)
