"""Samples of what goes on between meetings: asked for, followed up, decided in writing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from governance import operations as ops
from governance.models import Notice, Requisition, ShorterNotice, WrittenResolution
from tests.samples.governance_meetings import (
    DAY,
    _board,
    _meeting,
    _member,
    _register,
    _secretary,
    _with_roll,
)


def _requisition(state: str, cast: dict[str, Any]) -> Requisition:
    """The cast's member asks for a meeting; of 33 members it takes four, of three one."""
    by = _secretary(cast)
    _register(cast, others=2 if state == "valid" else 32)
    ops.make_body(name="General meeting", since=timezone.localdate() - 400 * DAY, by=by)
    said = {"title": "The day centre", "business": "Whether it stays open.", "way": "paper"}
    return ops.start_requisition(member=_member(cast), now=timezone.now(), by=by, **said)


def requisition(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _requisition(state, cast).pk}


def to_sign(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member has taken their name off, and may sign again."""
    row = _requisition("", cast)
    signature = row.signatures.get()
    ops.withdraw_signature(signature=signature, now=timezone.now(), by=_secretary(cast))
    return {"pk": row.pk, "member_pk": signature.member_id}


def asking_signature(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    row = _requisition("", cast)
    return {"pk": row.pk, "signature_pk": row.signatures.get().pk}


def notice(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The notice of a called meeting that went to a member by e-mail."""
    found = _meeting("called", cast)
    row = found.notices.get(member=_member(cast))
    Notice.objects.filter(pk=row.pk).update(way="email", sent_on=timezone.localdate())
    return {"pk": found.pk, "notice_pk": row.pk}


def shorter_notice(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """A member has agreed to shorter notice of a meeting that is being prepared."""
    found = _meeting("draft", cast)
    row = ShorterNotice.objects.create(meeting=found, member=_member(cast), way="said")
    return {"pk": found.pk, "agreed_pk": row.pk}


def early_voter(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member on the roll of a meeting before which one can vote."""
    found = _with_roll(cast)
    found.rule_set.early_votes = True
    found.rule_set.save()
    item = found.items.get(title="The rules")
    voter = found.voters.get(member=_member(cast))
    vote = ops.vote_early(
        motion=item.motion, voter=voter, choice="for", now=timezone.now(), by=_secretary(cast)
    )
    assert vote
    return {"pk": found.pk, "item_pk": item.pk, "voter_pk": voter.pk}


def _resolution(cast: dict[str, Any]) -> WrittenResolution:
    """Something that the members decide in writing."""
    _register(cast)
    by, today = _secretary(cast), timezone.localdate()
    members = ops.make_body(name="General meeting", since=today - 400 * DAY, by=by)
    said = {"title": "The minibus", "text": "That we sell it."}
    return ops.send_round(body=members, now=timezone.now(), by=by, **said)


def resolution(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _resolution(cast).pk}


def voice(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    row = _resolution(cast)
    return {"pk": row.pk, "voice_pk": row.voices.get(member=_member(cast)).pk}


def voice_aside(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member stands aside."""
    row = _resolution(cast)
    one = row.voices.get(member=_member(cast))
    ops.stand_aside_in_writing(voice=one, interest="Hers", now=timezone.now(), by=_secretary(cast))
    return {"pk": row.pk, "voice_pk": one.pk}


def series(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    row = ops.begin_series(
        body=_board(cast),
        title="Board",
        often="monthly",
        first_on=timezone.localdate() + 10 * DAY,
        clock=dt.time(10),
        held="room",
        place="Office",
        by=_secretary(cast),
    )
    return {"pk": row.pk}


def sitting(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member sits on the board."""
    person = cast["people"]["member"]
    ops.take_seat(
        body=_board(cast),
        person=person,
        way="elected",
        since=timezone.localdate(),
        minute="AGM 2026/7",
        by=_secretary(cast),
    )
    return {"person_pk": person.pk}


def standing_interest(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    today = timezone.localdate()
    sitting(state, cast)
    row = ops.declare_standing_interest(
        person=cast["people"]["member"],
        kind="work",
        text="Works for the council.",
        since=today,
        today=today,
        by=_secretary(cast),
    )
    return {"interest_pk": row.pk}


def general_meeting(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """There is a general meeting of members; its page has no number."""
    since = timezone.localdate() - 400 * DAY
    ops.make_body(name="General meeting", since=since, by=_secretary(cast))
    return {}


def filed(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    today = timezone.localdate()
    row = ops.note_filed(
        kind="return",
        of=today - 30 * DAY,
        filed_on=today,
        reference="AR30",
        by=_secretary(cast),
    )
    return {"filed_pk": row.pk}
