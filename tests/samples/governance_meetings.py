"""Sample rows for governance's addresses: one meeting with one election, in any state.

The cast's member is on the roll; the carer is one of the meeting's three tellers.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from core.actors import VISITOR, Actor
from governance import operations as ops
from governance.models import (
    Body,
    Election,
    Meeting,
    Motion,
    Teller,
    Voter,
    roll_of,
)
from governance.views.attending import TICKET
from members.models import Member, MemberClass, Person

WORDS = ("ferry lantern oat biscuit", "copper thistle green kite", "river marble seven owls")
DAY = dt.timedelta(days=1)


def _secretary(cast: dict[str, Any]) -> Actor:
    return Actor("user", user=cast["secretary"])


def _board(cast: dict[str, Any]) -> Body:
    return ops.make_body(
        name="Board", kind="board", since=timezone.localdate(), by=_secretary(cast)
    )


def body(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _board(cast).pk}


def rule_set(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    board = _board(cast)
    return {"pk": board.pk, "version": board.rule_sets.get().pk}


def seat(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    seat = ops.take_seat(
        body=_board(cast),
        person=Person.objects.create(first_name="Noor", last_name="Aziz"),
        way="elected",
        since=timezone.localdate(),
        minute="AGM 2026/7",
        by=_secretary(cast),
    )
    return {"pk": seat.body_id, "seat_pk": seat.pk}


def _meeting(state: str, cast: dict[str, Any]) -> Meeting:
    """A meeting in a fortnight and a half, with a motion on its agenda, and its tellers named."""
    by, today = _secretary(cast), timezone.localdate()
    _register(cast)
    meeting = ops.make_meeting(
        body=ops.make_body(name="General meeting", since=today - 400 * DAY, by=by),
        kind="agm",
        title="Annual general meeting",
        starts_at=timezone.now() + 18 * DAY,
        place="Weavers Hall",
        record_date=today - 2 * DAY,
        by=by,
    )
    ops.add_item(meeting=meeting, title="Welcome", by=by)
    ops.add_item(meeting=meeting, title="The rules", motion="That they change.", by=by)
    people = [(cast["carer"].name, cast["carer"].email)]
    people += [(f"Teller {n}", f"teller{n}@example.org") for n in (2, 3)]
    ops.name_tellers(meeting=meeting, people=people, by=by)
    if state != "draft":
        ops.call_meeting(meeting=meeting, now=timezone.now(), by=by)
    if state in ("open", "closed"):
        ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=by)
    if state == "closed":
        ops.close_meeting(meeting=meeting, now=meeting.starts_at, by=by)
    return meeting


def meeting(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _meeting(state or "draft", cast).pk}


def _with_roll(cast: dict[str, Any]) -> Meeting:
    found = _meeting("called", cast)
    ops.take_roll(meeting=found, now=timezone.now(), by=_secretary(cast))
    return found


def meeting_with_roll(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _with_roll(cast).pk}


def _voters(found: Meeting, cast: dict[str, Any]) -> tuple[Voter, Voter]:
    """The cast's member, and somebody else on the roll."""
    person = cast["people"]["member"]
    mine = found.voters.get(member__person=person)
    other = found.voters.exclude(pk=mine.pk)[0]
    return mine, other


def voter(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _with_roll(cast)
    return {"pk": found.pk, "voter_pk": _voters(found, cast)[0].pk}


def shown_ticket(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _with_roll(cast)
    code = TICKET.sign(str(_voters(found, cast)[0].pk)).replace(":", ".")
    return {"pk": found.pk, "code": code}


def attendance(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _with_roll(cast)
    mine, _ = _voters(found, cast)
    row = ops.check_in(voter=mine, way="room", now=timezone.now(), by=_secretary(cast))
    return {"pk": found.pk, "attendance_pk": row.pk}


def called_item(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _with_roll(cast)
    return {"pk": found.pk, "item_pk": found.items.get(title="The rules").pk}


def recusal(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _with_roll(cast)
    item = found.items.get(title="The rules")
    row = ops.declare_interest(
        item=item,
        voter=_voters(found, cast)[0],
        interest="Wrote them",
        now=timezone.now(),
        by=_secretary(cast),
    )
    return {"pk": found.pk, "item_pk": item.pk, "recusal_pk": row.pk}


def proxy(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member has asked somebody to speak for them, who has not answered yet."""
    found = _with_roll(cast)
    mine, other = _voters(found, cast)
    row = ops.give_proxy(voter=mine, holder=other, now=timezone.now(), by=_secretary(cast))
    return {"pk": found.pk, "proxy_pk": row.pk}


def agenda_item(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The second item of a draft, so that it can move up."""
    found = _meeting("draft", cast)
    return {"pk": found.pk, "item_pk": found.items.get(title="The rules").pk}


def _register(cast: dict[str, Any], others: int = 2) -> list[Member]:
    """The cast's member and a few more, in the register for a year."""
    member_class, _ = MemberClass.objects.get_or_create(
        code="worker", defaults={"name": "Workers", "constituency": "Workers"}
    )
    people: list[Person] = [cast["people"]["member"]]
    people += [
        Person.objects.create(first_name=f"Number{n}", last_name="Example") for n in range(others)
    ]
    return [
        Member.objects.create(
            number=1000 + index,
            person=person,
            member_class=member_class,
            joined=timezone.localdate() - 365 * DAY,
        )
        for index, person in enumerate(people)
    ]


def _election(state: str, cast: dict[str, Any]) -> Election:
    by, now = _secretary(cast), timezone.now()
    found = _meeting("called", cast)
    election = ops.make_election(
        meeting=found, title="Election to the board", closes_at=now + DAY, seats=1, by=by
    )
    for member in Member.objects.order_by("-number")[:2]:
        ops.add_candidate(election=election, member=member, by=by)
    states = ("draft", "rolled", "open", "closed", "counted", "published")
    for reached in states[1 : states.index(state) + 1]:
        _STEPS[reached](election, cast)
    return election


def _roll(election: Election, cast: dict[str, Any]) -> None:
    ops.freeze_roll(election=election, now=timezone.now(), by=_secretary(cast))


def _open(election: Election, cast: dict[str, Any]) -> None:
    tellers = list(election.meeting.tellers.select_related("user"))
    for teller, words in zip(tellers, WORDS, strict=True):
        ops.set_passphrase(teller=teller, passphrase=words, by=Actor("user", user=teller.user))
    for a, b in ((0, 1), (0, 2), (1, 2)):
        ops.rehearse(**_pair(tellers, a, b))
    ops.open_vote(election=election, now=timezone.now(), by=_secretary(cast))


def _pair(tellers: list[Teller], a: int, b: int) -> dict[str, Any]:
    return {
        "first": tellers[a],
        "first_passphrase": WORDS[a],
        "second": tellers[b],
        "second_passphrase": WORDS[b],
        "by": Actor("user", user=tellers[a].user),
    }


def _close(election: Election, cast: dict[str, Any]) -> None:
    """On a large roll five have voted: enough for the papers to be published."""
    voters = [entry.member for entry in roll_of(election).select_related("member")[:5]]
    for member in voters if roll_of(election).count() >= 20 else []:
        _, code = ops.issue_code(election=election, member=member, by=_secretary(cast))
        ops.cast_ballot(
            election=election,
            member=member,
            choices=[1],
            code=code,
            now=timezone.now(),
            by=VISITOR,
        )
    ops.close_vote(election=election, now=timezone.now(), by=_secretary(cast))


def _count(election: Election, cast: dict[str, Any]) -> None:
    tellers = list(election.meeting.tellers.select_related("user"))
    ops.unseal(election=election, now=timezone.now(), **_pair(tellers, 0, 1))


def _publish(election: Election, cast: dict[str, Any]) -> None:
    ops.publish_result(election=election, now=timezone.now(), by=_secretary(cast))


_STEPS = {
    "rolled": _roll,
    "open": _open,
    "closed": _close,
    "counted": _count,
    "published": _publish,
}


def election(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _election(state or "draft", cast).pk}


def large_election(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """With a roll large enough for the papers to be published."""
    member_class = MemberClass.objects.create(code="user", name="Users", constituency="Users")
    for n in range(20):
        Member.objects.create(
            number=n + 1,
            person=Person.objects.create(first_name=f"Many{n}", last_name="Example"),
            member_class=member_class,
            joined=timezone.localdate() - 365 * DAY,
        )
    return {"pk": _election(state, cast).pk}


def candidate(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _election("draft", cast)
    first = found.candidates.first()
    assert first
    return {"pk": found.pk, "candidate_pk": first.pk}


def paper(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The paper of the cast's member."""
    found = _election(state, cast)
    member = Member.objects.get(person=cast["people"]["member"])
    return {"pk": found.pk, "member_pk": member.pk}


def practice(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "ranking"}


def _member(cast: dict[str, Any]) -> Member:
    return Member.objects.get(person=cast["people"]["member"])


def code(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The voting code of the cast's member."""
    found = _election("open", cast)
    _, letters = ops.issue_code(election=found, member=_member(cast), by=_secretary(cast))
    return {"code": letters}


def sent_codes(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """A vote whose codes have been asked for by e-mail."""
    found = _election("open", cast)
    Person.objects.filter(pk=cast["people"]["member"].pk).update(
        email="member@example.org", email_purposes="all"
    )
    ops.send_codes(election=found, by=_secretary(cast))
    return {"pk": found.pk}


def open_candidate(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _election("open", cast)
    first = found.candidates.first()
    assert first
    return {"pk": found.pk, "candidate_pk": first.pk}


def call(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member is on the telephone; the secretary took the call."""
    found, member = _election("open", cast), _member(cast)
    ops.take_phone_vote(
        election=found,
        member=member,
        known_by="the voice",
        now=timezone.now(),
        by=_secretary(cast),
    )
    return {"pk": found.pk, "member_pk": member.pk}


def _with_envelope(cast: dict[str, Any]) -> tuple[Election, Member]:
    found, member = _election("open", cast), _member(cast)
    ops.receive_paper(election=found, member=member, now=timezone.now(), by=_secretary(cast))
    return found, member


def envelope(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found, member = _with_envelope(cast)
    return {"pk": found.pk, "member_pk": member.pk}


def batch(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """A closed vote with one paper, which has not been keyed in."""
    found, _ = _with_envelope(cast)
    _close(found, cast)
    row = ops.make_batch(election=found, size=1, by=_secretary(cast))
    return {"pk": found.pk, "batch_pk": row.pk}


def _in_progress(cast: dict[str, Any]) -> tuple[Meeting, Motion]:
    """A meeting that has been opened with a quorum, and its motion."""
    found = _with_roll(cast)
    Body.objects.get(pk=found.body_id).rule_sets.update(quorum_least=1, poll_demand=1)
    for row in found.voters.all():
        ops.check_in(voter=row, way="room", now=timezone.now(), by=_secretary(cast))
    ops.open_meeting(meeting=found, now=found.starts_at, by=_secretary(cast))
    return found, found.items.get(title="The rules").motion


def amendment(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found, motion = _in_progress(cast)
    row = ops.move_amendment(motion=motion, text="That they stay.", by=_secretary(cast))
    return {"pk": found.pk, "item_pk": motion.item_id, "amendment_pk": row.pk}


def _division(way: str, cast: dict[str, Any]) -> dict[str, Any]:
    found, motion = _in_progress(cast)
    row = ops.begin_division(motion=motion, way=way, now=timezone.now(), by=_secretary(cast))
    return {"pk": found.pk, "item_pk": motion.item_id, "division_pk": row.pk}


def hands(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return _division("hands", cast)


def poll(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return _division("poll", cast)


def poll_voter(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    found = _division("named", cast)
    voters = Voter.objects.filter(meeting=found["pk"])
    return found | {"voter_pk": voters[0].pk}


def minutes(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Of a meeting that is over."""
    by, today = _secretary(cast), timezone.localdate()
    found = _meeting("closed", cast)
    row = ops.draft_minutes(meeting=found, by=by)
    if state != "draft":
        ops.circulate_minutes(minutes=row, by=by)
    if state == "approved":
        later = ops.make_meeting(
            body=found.body,
            kind="general",
            title="Later",
            starts_at=found.starts_at + 30 * DAY,
            place="Weavers Hall",
            record_date=today,
            by=by,
        )
        ops.add_item(meeting=later, title="Minutes", by=by)
        ops.record_notice(meeting=later, sent_on=today, by=by)
        # As if it had been held today, and the one before a week ago.
        earlier, now = found.starts_at - 40 * DAY, timezone.now()
        Meeting.objects.filter(pk=found.pk).update(starts_at=earlier)
        Meeting.objects.filter(pk=later.pk).update(state="closed", starts_at=now)
        later.refresh_from_db()
        row.meeting.refresh_from_db()
        ops.approve_minutes(minutes=row, at=later, on=today, by=by)
    return {"pk": found.pk}


def minutes_version(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return minutes(state, cast) | {"version": "members"}


def decision(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    row = ops.record_decision(
        body=_board(cast),
        text="The office moves.",
        people_affected="All were asked.",
        decided_on=timezone.localdate(),
        by=_secretary(cast),
    )
    return {"pk": row.pk}


def action(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """Something that the cast's member is to do."""
    row = ops.add_action(
        body=_board(cast),
        text="Ring the landlord.",
        owner=cast["people"]["member"],
        due_on=timezone.localdate(),
        by=_secretary(cast),
    )
    return {"pk": row.pk}


def _signed_for(cast: dict[str, Any]) -> dict[str, Any]:
    """A motion that members sign, at a meeting that has been called."""
    row = called_item("", cast)
    Motion.objects.filter(item=row["item_pk"]).update(kind="s119")
    return row


def signature_page(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return _signed_for(cast)


def signature(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    row = _signed_for(cast)
    made = ops.note_signature(
        motion=Motion.objects.get(item=row["item_pk"]),
        member=_member(cast),
        signed_on=timezone.localdate(),
        by=_secretary(cast),
    )
    return row | {"signature_pk": made.pk}


def _called_for(cast: dict[str, Any]) -> Election:
    """An election with a call for nominations that is open now."""
    found, now = _election("draft", cast), timezone.now()
    found.candidates.all().delete()
    return ops.call_for_nominations(
        election=found,
        begins=now - DAY,
        ends=now + dt.timedelta(hours=12),
        by=_secretary(cast),
    )


def nominations(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _called_for(cast).pk}


def nomination(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The cast's member is willing to stand."""
    row = ops.stand(
        election=_called_for(cast),
        member=_member(cast),
        now=timezone.now(),
        by=_secretary(cast),
    )
    return {"pk": row.election_id, "nomination_pk": row.pk}
