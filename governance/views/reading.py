"""Whose names a page showed, for the read log."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from core import audit
from core.actors import actor_of
from core.models.audit import ReadWhy
from governance.models.meeting import ToMemberOrSeat
from members.models import Person


def note_names_read(
    request: HttpRequest, rows: Iterable[ToMemberOrSeat], why: ReadWhy = ReadWhy.LIST
) -> None:
    """Note that these names were shown; an organisation's is nobody's own record."""
    people = [row.holder.pk for row in rows if isinstance(row.holder, Person)]
    audit.record_reading(actor_of(request), people, "identity", why)
