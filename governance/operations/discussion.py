"""What is said about proposals and about items of an agenda, under one's own name."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.registry import operation
from governance.models import AgendaItem, Meeting, Proposal, Remark
from governance.operations.own_hand import KEEPS, is_self
from members.models import Person


@operation(needs=None)
def say_of_proposal(*, proposal: Proposal, text: str, now: dt.datetime, by: Actor) -> Remark:
    """Say something about a proposal, to all who may read it."""
    author, user = _author(by)
    if not Proposal.objects.filter(pk=proposal.pk).visible_to(user).exists():
        raise PermissionDenied("not a proposal of theirs")
    proposal.refresh_from_db()
    if not proposal.is_discussed:
        raise RuleError("It is over, so there is nothing more to say about it here.")
    return _say(Remark(proposal=proposal), author, text, now, by)


@operation(needs=None)
def say_of_item(*, item: AgendaItem, text: str, now: dt.datetime, by: Actor) -> Remark:
    """Say something about an item of an agenda, from the notice of a meeting until it is over."""
    author, user = _author(by)
    if not Meeting.objects.filter(pk=item.meeting_id).discussed_by(user).exists():
        raise PermissionDenied("not a meeting of theirs")
    item.meeting.refresh_from_db()
    if not item.meeting.had_notice or item.meeting.is_over:
        raise RuleError("Items are discussed from the notice of a meeting until it is over.")
    return _say(Remark(item=item), author, text, now, by)


def _author(by: Actor) -> tuple[Person, User]:
    """Oneself: nobody says something in another's name."""
    author = Person.objects.filter(user=by.user).first() if by.user else None
    if by.user is None or author is None:
        raise RuleError("Your sign-in goes with nobody in the register. Ask the secretary.")
    if by.acting_for:
        raise RuleError("Say it in your own name: go back to acting for yourself.")
    return author, by.user


def _say(remark: Remark, author: Person, text: str, now: dt.datetime, by: Actor) -> Remark:
    if not text.strip():
        raise RuleError("Write what you have to say.", field="text")
    if len(text.strip()) > Remark.LONGEST:
        raise RuleError(f"Say it in {Remark.LONGEST:,} characters at most.", field="text")
    remark.author, remark.text, remark.said_at = author, text.strip(), now
    remark.save()
    audit.record(by, "governance.say", remark, proposal=remark.proposal_id, item=remark.item_id)
    return remark


@operation(needs=None)
def take_down_remark(*, remark: Remark, because: str = "", now: dt.datetime, by: Actor) -> Remark:
    """Its author takes it back; the secretary takes it down and says why. Its words go, who said
    something there and that it is gone stays.
    """
    own = is_self(remark.author, by)
    if not own and not by.may(KEEPS):
        raise PermissionDenied("not their remark")
    if not own and not because.strip():
        raise RuleError("Say why.", field="because")
    standing = Remark.objects.filter(pk=remark.pk, taken_down_at__isnull=True)
    done = standing.update(
        text="", taken_down_at=now, taken_down_by=by.user, because="" if own else because.strip()
    )
    if done != 1:
        raise RuleError("It has been taken down already.")
    remark.refresh_from_db()
    audit.record(by, "governance.take_down_remark", remark, because=remark.because)
    return remark
