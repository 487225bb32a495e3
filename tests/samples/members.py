"""Sample rows for the members' addresses."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.actors import SYSTEM
from members.models import Application, MemberClass, RegisterImport
from members.operations import (
    admit,
    cease_member,
    key_paper_application,
    refuse,
    register_member,
    set_up_member_classes,
    start_application,
    upload_import,
    withdraw,
)
from tests.members.conftest import pay
from tests.samples.members_leaving import (  # noqa: F401  (rows of this app too)
    estate,
    member_class,
    nomination,
    withdrawal,
)
from tests.samples.members_people import (  # noqa: F401  (the doors name them)
    authority,
    consent_purpose,
    data_request,
    letter,
    look_alikes,
    merging,
    organisation,
    person,
    posted_letter,
)
from tests.samples.members_register import (  # noqa: F401
    dues_charge,
    inspection,
    interest_run,
    office,
)
from tests.samples.members_shares import (  # noqa: F401
    certificate,
    loan,
    purchase,
    share_class,
    share_transaction,
)


def evidence_file(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Nobody of the cast has an application to which a file belongs."""
    return {"pk": uuid.uuid4()}


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
        pay(waiting.purchase, on=today)
        admit(application=waiting, board_meeting=today, minute="2026/1", by=SYSTEM)
    elif state == "refused":
        refuse(
            application=waiting,
            reason="Lives elsewhere.",
            board_meeting=today,
            minute="2026/1",
            by=SYSTEM,
        )
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


def register_import(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """A file of members in each state; `faulty` has faults to look at."""
    kept = upload_import(
        upload=SimpleUploadedFile("members.csv", b"number,class\r\n1,worker\r\n"), by=SYSTEM
    )
    numbers = dict.fromkeys(("rows", "created", "updated", "unchanged", "notes_number"), 0)
    fault = [2, "joined", "This cell is empty."]
    faults = [fault] if state == "faulty" else []
    report = kept.report | numbers | {"faults": faults, "faults_number": len(faults), "pence": 0}
    RegisterImport.objects.filter(pk=kept.pk).update(state=state, report=report)
    return {"pk": kept.pk}


def _class(code: str) -> MemberClass:
    return next(one for one in set_up_member_classes(by=SYSTEM) if one.code == code)
