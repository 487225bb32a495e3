"""Sample rows for the addresses of people, letters and requests for data."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from members.models import DataRequest, Letter
from members.operations import (
    add_organisation,
    add_person,
    appoint_representative,
    call_off_data_request,
    call_off_letter,
    end_authority,
    give_data_pack,
    keep_data_pack,
    note_data_request,
    post_letters,
    print_letters,
    record_authority,
)
from members.operations.data_requests import ask_data_pack, claim_data_pack
from members.writing import write_to


def person(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": cast["people"]["subject"].pk}


def consent_purpose(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"purpose": "news"}


def authority(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The family helps the person supported."""
    made = record_authority(
        person=cast["people"]["subject"],
        acting=cast["people"]["family"],
        ground="helper",
        scope=["membership"],
        since=timezone.localdate(),
        by=SYSTEM,
    )
    if state == "ended":
        end_authority(authority=made, because="Moved away", by=SYSTEM)
    return {"pk": made.pk}


def merging(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": cast["people"]["subject"].pk, "gone": _another().pk}


def look_alikes(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": cast["people"]["subject"].pk, "other": _another().pk}


def _another() -> Any:
    return add_person(first_name="Somebody", last_name="Else", by=SYSTEM)


def organisation(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """With the cast's family as who acts for it."""
    made = add_organisation(name="Damside Almshouses", kind="charity", by=SYSTEM)
    appoint_representative(
        organisation=made,
        person=cast["people"]["family"],
        since=timezone.localdate().replace(day=1),
        by=SYSTEM,
    )
    return {"pk": made.pk}


def posted_letter(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return letter("posted", cast)


def letter(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    person = cast["people"]["subject"]
    person.prefers = "post"
    made = write_to(
        person,
        key="sample",
        kind="members.sample",
        subject="A letter",
        template="members/mail/refused.txt",
        context={},
        by=SYSTEM,
    )
    assert isinstance(made, Letter)
    if state == "called_off":
        call_off_letter(letter=made, by=SYSTEM)
    if state in ("printed", "posted"):
        print_letters(letters=[made], by=SYSTEM)
    if state == "posted":
        post_letters(letters=[made], posted_on=timezone.localdate(), by=SYSTEM)
    assert Letter.objects.get(pk=made.pk).state == state
    return {"pk": made.pk}


def data_request(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The person supported asked; the pack itself is a stand-in."""
    today = timezone.localdate()
    asked = note_data_request(person=cast["people"]["subject"], received_on=today, by=SYSTEM)
    if state == "called_off":
        call_off_data_request(asked=asked, by=SYSTEM)
    if state in ("ready", "given"):
        job = ask_data_pack(asked=asked, left_out=[], by=SYSTEM)
        claim = claim_data_pack(job_id=job.pk, by=SYSTEM)
        assert claim is not None
        keep_data_pack(claim=claim, content=b"PK", by=SYSTEM)
    if state == "given":
        give_data_pack(asked=asked, given_on=today, by=SYSTEM)
    assert DataRequest.objects.get(pk=asked.pk).state == state
    return {"pk": asked.pk}
