"""Sample rows for the members' addresses."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from members.models import Application, MemberClass
from members.operations import (
    admit,
    appoint_officer,
    cease_member,
    end_office,
    key_paper_application,
    log_inspection,
    refuse,
    register_member,
    set_up_member_classes,
    start_application,
    withdraw,
)


def join_step(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The first step, which needs no application yet."""
    return {"step": "class"}


def application(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """One in each state, complete enough to be admitted."""
    community = _class("community")
    if state == "draft":
        return {"pk": start_application(member_class=community, by=SYSTEM).pk}
    today = timezone.localdate()
    waiting = key_paper_application(
        answers={
            "member_class": community,
            "first_name": "Rosa",
            "last_name": "Whiteley",
            "born": today.replace(year=today.year - 40, day=1),
            "address_line_1": "1 Mill Row",
            "town": "Damside",
            "postcode": "QX7 2AB",
            "evidence": "Runs the wool stall.",
            "shares": 5,
            "agreed_to_rules_at": timezone.now(),
        },
        received=today,
        by=SYSTEM,
    )
    if state == "admitted":
        admit(application=waiting, board_meeting=today, minute="2026/1", by=SYSTEM)
    elif state == "refused":
        refuse(application=waiting, reason="Lives elsewhere.", by=SYSTEM)
    elif state == "withdrawn":
        withdraw(application=waiting, by=SYSTEM)
    assert Application.objects.get(pk=waiting.pk).state == state
    return {"pk": waiting.pk}


def member(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member, in the register or no longer in it."""
    today = timezone.localdate()
    entry = register_member(
        person=cast["people"]["member"],
        member_class=_class("community"),
        joined=today,
        by=SYSTEM,
    )
    if state == "ceased":
        cease_member(member=entry, ceased=today, because="Moved away", by=SYSTEM)
    return {"number": entry.number}


def office(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """An office that the cast's member holds, or held."""
    today = timezone.localdate()
    held = appoint_officer(
        person=cast["people"]["member"], post="director", since=today, minute="2026/2", by=SYSTEM
    )
    if state == "ended":
        end_office(office=held, until=today, minute="2026/3", by=SYSTEM)
    return {"pk": held.pk}


def inspection(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Somebody looks at the register, or gets a copy of it."""
    member("active", cast)
    noted = log_inspection(
        who="Somebody from the bank",
        right="interested",
        as_at=timezone.localdate(),
        copy_given=state == "copy",
        by=SYSTEM,
    )
    return {"pk": noted.pk}


def _class(code: str) -> MemberClass:
    return next(one for one in set_up_member_classes(by=SYSTEM) if one.code == code)
