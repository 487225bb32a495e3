"""Whose record a page showed, for the read log."""

from __future__ import annotations

from django.http import HttpRequest

from core import audit
from core.actors import actor_of
from members.models import Member


def note_money_read(request: HttpRequest, *members: Member) -> None:
    """Note that the money of these members was shown; an organisation's is nobody's own record."""
    people = [member.person_id for member in members if member.person_id]
    audit.record_reading(actor_of(request), people, "money")
