"""The agenda: what the meeting will deal with, in order."""

from __future__ import annotations

from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance.models import AgendaItem, Body, Election, Meeting, Motion, Proposal
from governance.operations.meetings import refuse_if_called
from governance.operations.telling import release_proposals
from members.models import Member


@operation(needs="governance.arrange_meeting")
def add_item(
    *,
    meeting: Meeting,
    title: str,
    text: str = "",
    motion: str = "",
    proposer: Member | None = None,
    seconder: Member | None = None,
    motion_kind: str = Motion.Kind.ORDINARY,
    confirms: Motion | None = None,
    by: Actor,
) -> AgendaItem:
    """Put an item at the end of the agenda; with the words of a motion, if it has one."""
    refuse_fixed(meeting)
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem(meeting=meeting, position=last + 1)
    _fill_in(item, title, text)
    item.save()
    _fill_in_motion(item, motion, proposer, seconder, motion_kind, confirms)
    audit.record(by, "governance.add_item", item, meeting=meeting.pk)
    return item


@operation(needs="governance.arrange_meeting")
def change_item(
    *,
    item: AgendaItem,
    title: str,
    text: str = "",
    motion: str = "",
    proposer: Member | None = None,
    seconder: Member | None = None,
    motion_kind: str = Motion.Kind.ORDINARY,
    confirms: Motion | None = None,
    by: Actor,
) -> AgendaItem:
    """Change an item; its motion goes if its words are taken out."""
    refuse_fixed(item.meeting)
    _refuse_other_words(item, motion, proposer, motion_kind)
    _fill_in(item, title, text)
    item.save(update_fields=["title", "text"])
    _fill_in_motion(item, motion, proposer, seconder, motion_kind, confirms)
    audit.record(by, "governance.change_item", item, meeting=item.meeting_id)
    return item


def _refuse_other_words(item: AgendaItem, words: str, proposer: Member | None, kind: str) -> None:
    """What members have proposed and seconded is put to the meeting in their words."""
    proposal = Proposal.objects.filter(item=item).first()
    if proposal and (words.strip(), proposer, kind) != (
        proposal.motion,
        proposal.member,
        proposal.kind,
    ):
        raise RuleError(
            "Members have proposed and seconded these words, so they stay. At the meeting they can "
            "be amended.",
            field="motion",
        )


def refuse_fixed(meeting: Meeting) -> None:
    """Neither after notice, nor where members asked for the meeting: it deals with what they
    stated and with nothing else. Holds the meeting: of two who change its agenda, one waits.
    """
    refuse_if_called(meeting)
    if hasattr(meeting, "requisition"):
        raise RuleError("Members asked for this meeting. It deals with their business alone.")


def _fill_in(item: AgendaItem, title: str, text: str) -> None:
    if not title.strip():
        raise RuleError("Give the item a title.", field="title")
    item.title, item.text = title.strip(), text.strip()


def _fill_in_motion(
    item: AgendaItem,
    words: str,
    proposer: Member | None,
    seconder: Member | None,
    kind: str,
    confirms: Motion | None,
) -> None:
    """The motion of an item, or none where it has no words. One that confirms says the same."""
    if proposer and proposer == seconder:
        raise RuleError("Somebody else must second the motion.", field="seconder")
    if seconder and not proposer:
        raise RuleError("Say who proposes the motion.", field="proposer")
    if confirms:
        _refuse_confirming(item, confirms)
        words, kind = confirms.text, confirms.kind
    if kind not in Motion.Kind.values:
        raise RuleError("Choose what kind of motion it is.", field="motion_kind")
    if (proposer or seconder) and not words.strip():
        raise RuleError("Write the words of the motion.", field="motion")
    motion = item.motion_or_none
    if words.strip() and item.meeting.body.kind == Body.Kind.PARTNERSHIP:
        raise RuleError("Partners decide by a question, with one vote each.", field="motion")
    if words.strip():
        motion = motion or Motion(item=item)
        motion.text, motion.proposer, motion.seconder = words.strip(), proposer, seconder
        motion.kind, motion.confirms = kind, confirms
        motion.save()
    elif motion:
        _refuse_if_voted_on(item, motion)
        motion.delete()


def _refuse_confirming(item: AgendaItem, confirms: Motion) -> None:
    """A second meeting confirms what a first has passed, within the days that the Act gives."""
    if confirms.state != Motion.State.TO_CONFIRM or confirms.statute is None:
        raise RuleError("No second meeting is needed for that.", field="confirms")
    other = getattr(confirms, "confirmed_by", None)
    if other and other.item_id != item.pk:
        raise RuleError("It is on another agenda already.", field="confirms")
    fault = confirms.statute.day_fault(confirms.passed_on, item.meeting.day)
    if fault:
        raise RuleError(fault, field="confirms")


def _refuse_if_voted_on(item: AgendaItem, motion: Motion) -> None:
    if Election.objects.filter(motion=motion).exists():
        raise RuleError(f"There is a vote on the motion of “{item.title}”, so it must stay.")


@operation(needs="governance.arrange_meeting")
def move_item(*, item: AgendaItem, up: bool, by: Actor) -> AgendaItem:
    """Change places with the item above or below; the first does not go up, nor the last down."""
    refuse_fixed(item.meeting)
    item.refresh_from_db(fields=["position"])
    others = item.meeting.items
    if up:
        other = others.filter(position__lt=item.position).order_by("-position").first()
    else:
        other = others.filter(position__gt=item.position).order_by("position").first()
    if other is None:
        raise RuleError("It is already the first." if up else "It is already the last.")
    here, there = item.position, other.position
    # No two items share a position, not even for a moment: 0 is a place to wait.
    others.filter(pk=item.pk).update(position=0)
    others.filter(pk=other.pk).update(position=here)
    others.filter(pk=item.pk).update(position=there)
    item.position = there
    audit.record(by, "governance.move_item", item, meeting=item.meeting_id, position=there)
    return item


@operation(needs="governance.arrange_meeting")
def remove_item(*, item: AgendaItem, by: Actor) -> AgendaItem:
    """Take an item off the agenda, unless there is a vote on its motion."""
    refuse_fixed(item.meeting)
    if item.motion_or_none:
        _refuse_if_voted_on(item, item.motion)
    audit.record(by, "governance.remove_item", item, meeting=item.meeting_id)
    release_proposals(item.meeting, item, by)
    item.delete()
    return item
