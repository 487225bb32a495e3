"""Samples of what members propose between meetings, say about it, and think of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.actors import Actor
from governance import operations as ops
from governance.models import OpinionPoll, Proposal
from tests.samples.governance_meetings import DAY, _meeting, _member, _register, _secretary


def _as_member(cast: dict[str, Any]) -> Actor:
    return Actor("user", user=cast["member"])


def _proposal(state: str, cast: dict[str, Any]) -> Proposal:
    """What the cast's member proposes, as far as the state says."""
    by, now = _secretary(cast), timezone.now()
    others = _register(cast)[1:]
    ops.make_body(name="General meeting", since=timezone.localdate() - 400 * DAY, by=by)
    made = ops.start_proposal(member=_member(cast), title="Buses", text="Few.", now=now, by=by)
    if state in ("proposed", "seconded"):
        own = _as_member(cast)
        ops.put_forward(proposal=made, motion="That we ask.", kind="ordinary", now=now, by=own)
    if state == "seconded":
        for one in others:
            ops.second_proposal(proposal=made, member=one, now=now, by=by)
    return made


def proposal(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _proposal(state, cast).pk}


def proposal_to_ask_about(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"proposal_pk": _proposal(state, cast).pk}


def _of_another(cast: dict[str, Any]) -> Proposal:
    """What another member has put forward, for the cast's member to second."""
    by, now = _secretary(cast), timezone.now()
    other = _register(cast)[1]
    ops.make_body(name="General meeting", since=timezone.localdate() - 400 * DAY, by=by)
    made = ops.start_proposal(member=other, title="Buses", text="Few.", now=now, by=by)
    return ops.put_forward(proposal=made, motion="That we ask.", kind="ordinary", now=now, by=by)


def to_second(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _of_another(cast).pk, "member_pk": _member(cast).pk}


def seconder(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _of_another(cast)
    row = ops.second_proposal(
        proposal=found, member=_member(cast), now=timezone.now(), by=_secretary(cast)
    )
    return {"pk": found.pk, "seconder_pk": row.pk}


def remark(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """What the cast's member has said about a proposal."""
    found = _proposal(state, cast)
    said = ops.say_of_proposal(proposal=found, text="Yes.", now=timezone.now(), by=_as_member(cast))
    return {"pk": said.pk}


def discussed_item(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _meeting("called", cast)
    return {"pk": found.pk, "item_pk": found.items.get(title="Welcome").pk}


def _poll(state: str, cast: dict[str, Any]) -> OpinionPoll:
    _register(cast)
    by, now = _secretary(cast), timezone.now()
    last_day = timezone.localdate() + 7 * DAY
    made = ops.open_poll(question="Tea?", choices=["Yes", "No"], last_day=last_day, now=now, by=by)
    if state == "over":
        ops.stop_poll(poll=made, because="Typed wrongly.", now=now, by=by)
    return made


def opinion_poll(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _poll(state, cast).pk}


def to_answer(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _poll(state, cast).pk, "member_pk": _member(cast).pk}
