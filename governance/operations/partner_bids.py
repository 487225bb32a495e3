"""A bid together: who leads, who has which share, by when, with which papers, and whether to go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.models import PrivateFile
from core.operations import keep_file, remove_file
from core.registry import operation
from governance.models import Bid, BidShare, Body, Partner, PartnerQuestion
from governance.operations.partner_agreements import refuse_shares
from governance.operations.partner_questions import prepare_partner_question
from governance.partnership import KEEPS, delegate_for

#: Whose the private files of a bid are (core.files).
BID_FILES = "governance.bid"
State = Bid.State
Shares = Mapping[int, Decimal]


@operation(needs=KEEPS)
def prepare_bid(
    *,
    body: Body,
    title: str,
    funder: str,
    lead: Partner,
    pence: int,
    deadline: dt.date,
    shares: Shares,
    by: Actor,
) -> Bid:
    """Begin a bid of several partners. `shares` is per cent by id of the partner, 100 together."""
    if body.kind != Body.Kind.PARTNERSHIP or body.ended_on:
        raise RuleError("Only partners that meet bid together.")
    bid = Bid(body=body)
    _fill(bid, title, funder, lead, pence, deadline, shares)
    audit.record(by, "governance.prepare_bid", bid, body=body.pk, lead=lead.pk)
    return bid


@operation(needs=None)
def change_bid(
    *,
    bid: Bid,
    title: str,
    funder: str,
    lead: Partner,
    pence: int,
    deadline: dt.date,
    shares: Shares,
    by: Actor,
) -> Bid:
    """Change a bid until the partners are asked: its lead partner may, and the secretary."""
    _refuse_others(bid, by)
    _move(bid, {State.PREPARING}, State.PREPARING)
    _fill(bid, title, funder, lead, pence, deadline, shares)
    audit.record(by, "governance.change_bid", bid, lead=lead.pk)
    return bid


def _refuse_others(bid: Bid, by: Actor) -> None:
    if not by.may(KEEPS) and delegate_for(bid.lead, by, timezone.localdate()) is None:
        raise PermissionDenied("not their bid")


def _move(bid: Bid, allowed: set[str], state: str, **fields: object) -> None:
    """From one state to the next; who comes second finds out."""
    if Bid.objects.filter(pk=bid.pk, state__in=allowed).update(state=state, **fields) != 1:
        bid.refresh_from_db()
        raise RuleError(f"The bid is at “{bid.get_state_display()}”.")
    bid.refresh_from_db()


def _fill(
    bid: Bid,
    title: str,
    funder: str,
    lead: Partner,
    pence: int,
    deadline: dt.date,
    shares: Shares,
) -> None:
    if not title.strip():
        raise RuleError("Give it a title.", field="title")
    if not funder.strip():
        raise RuleError("Say whom you ask.", field="funder")
    if lead.left or lead.body_id != bid.body_id:
        raise RuleError("Choose one of the partners.", field="lead")
    if pence < 1:
        raise RuleError("Say how much you ask for.", field="amount")
    if deadline < timezone.localdate():
        raise RuleError("That day has passed.", field="deadline")
    given = {pk: share for pk, share in shares.items() if share}
    known = set(bid.body.partners.standing().values_list("pk", flat=True))
    if not set(given) <= known:
        raise RuleError("Only partners have a share.")
    refuse_shares(list(given.values()))
    if lead.pk not in given:
        raise RuleError("The partner in the lead has a share too.", field="lead")
    bid.title, bid.funder = title.strip(), funder.strip()
    bid.lead, bid.pence, bid.deadline = lead, pence, deadline
    bid.save()
    bid.shares.all().delete()
    BidShare.objects.bulk_create(
        BidShare(bid=bid, partner_id=pk, share=share) for pk, share in given.items()
    )


@operation(needs=None)
def add_bid_file(*, bid: Bid, upload: UploadedFile, by: Actor) -> PrivateFile:
    """Add a paper to a bid that is not over: its lead partner may, and the secretary. Not while the
    partners are asked: they vote on the papers that they were shown.
    """
    _refuse_others(bid, by)
    if bid.state == State.VOTING:
        raise RuleError("The partners are asked with the papers that there are.")
    if bid.is_over:
        raise RuleError("This bid is over.")
    kept = keep_file(upload=upload, owner_kind=BID_FILES, owner_id=bid.pk, by=by)
    audit.record(by, "governance.add_bid_file", bid, file=str(kept.pk))
    return kept


@operation(needs=None)
def remove_bid_file(*, bid: Bid, file: PrivateFile, by: Actor) -> None:
    """Take a paper off a bid before the partners are asked."""
    _refuse_others(bid, by)
    if not bid.may_change:
        raise RuleError("The partners were asked with these papers: they are kept.")
    if (file.owner_kind, file.owner_id) != (BID_FILES, bid.pk):
        raise RuleError("That is no paper of this bid.")
    audit.record(by, "governance.remove_bid_file", bid, file=str(file.pk))
    remove_file(file=file, by=by)


@operation(needs=None)
def ask_go_no_go(
    *,
    bid: Bid,
    text: str,
    minutes: int,
    closes_at: dt.datetime,
    now: dt.datetime,
    by: Actor,
) -> PartnerQuestion:
    """Prepare the question whether to go for a bid: strategic, binding, decided like any other.

    It closes before the deadline, so that there is still a day to send the bid.
    """
    _refuse_others(bid, by)
    if timezone.localdate(closes_at) >= bid.deadline:
        raise RuleError("The vote ends before the deadline of the bid.", field="closing_day")
    question = prepare_partner_question(
        body=bid.body,
        title=f"Go for it? {bid.title}"[:120],
        text=text,
        matter=PartnerQuestion.Matter.STRATEGIC,
        effect=PartnerQuestion.Effect.BINDING,
        closes_at=closes_at,
        minutes=minutes,
        owner=bid.lead,
        due_on=bid.deadline,
        now=now,
        by=by,
    )
    _move(bid, {State.PREPARING}, State.VOTING, question=question)
    audit.record(by, "governance.ask_go_no_go", bid, question=question.pk)
    return question


@operation(needs=None)
def note_bid_sent(*, bid: Bid, on: dt.date, by: Actor) -> Bid:
    """The bid has gone to the funder, by its deadline, after the partners said go."""
    _refuse_others(bid, by)
    refuse_day_to_come(on, "on")
    if on > bid.deadline:
        raise RuleError("That is after the deadline.", field="on")
    _move(bid, {State.GO}, State.SENT, sent_on=on)
    audit.record(by, "governance.note_bid_sent", bid, sent=on.isoformat())
    return bid


@operation(needs=None)
def note_bid_outcome(*, bid: Bid, state: str, outcome: str, on: dt.date, by: Actor) -> Bid:
    """What came of a bid that was sent; or that it was given up before."""
    _refuse_others(bid, by)
    refuse_day_to_come(on, "on")
    if state not in (State.WON, State.LOST, State.DROPPED):
        raise RuleError("Say what came of it.", field="state")
    if not outcome.strip():
        raise RuleError("Say what came of it, or why it was given up.", field="outcome")
    before = {State.PREPARING, State.GO} if state == State.DROPPED else {State.SENT}
    _move(bid, {str(one) for one in before}, state, ended_on=on, outcome=outcome.strip())
    audit.record(by, "governance.note_bid_outcome", bid, state=state)
    return bid
