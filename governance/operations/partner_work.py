"""What comes of decisions, the outcomes that citizens set, and the citizens' private notes."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.models import (
    Body,
    CitizenNote,
    Delegate,
    Outcome,
    OutcomeProposal,
    OutcomeVersion,
    Partner,
    PartnerAction,
    PartnerProgress,
)
from governance.partner_querysets import spaces_open_to
from governance.partnership import KEEPS, delegate_for, own_user
from members.models import Person

# --- Progress -------------------------------------------------------------------------------------


@operation(needs=None)
def note_partner_progress(
    *, action: PartnerAction, text: str, state: str, on: dt.date, by: Actor
) -> PartnerProgress:
    """Say how an action goes: the partner whose it is, by a delegate, or the secretary.

    How far it is says the note of the latest day, also where one of an earlier day comes after it.
    """
    speaks = delegate_for(action.owner, by, timezone.localdate())
    if speaks is None and not by.may(KEEPS):
        raise PermissionDenied("not their action")
    refuse_day_to_come(on, "on")
    if on < timezone.localdate(action.decision.decided_at):
        raise RuleError("It had not been decided by then.", field="on")
    if not text.strip():
        raise RuleError("Say how it goes.", field="text")
    if state not in PartnerAction.State.values:
        raise RuleError("Say how far it is.", field="state")
    progress = PartnerProgress.objects.create(
        action=action, text=text.strip(), state=state, on=on, noted_by=by.user
    )
    newest = action.progress.order_by("-on", "-pk")[:1]
    PartnerAction.objects.filter(pk=action.pk).update(state=newest[0].state)
    action.refresh_from_db()
    audit.record(by, "governance.note_partner_progress", progress, of=action.pk, state=state)
    return progress


@operation(needs=KEEPS)
def show_partner_action(*, action: PartnerAction, on: dt.date, by: Actor) -> PartnerAction:
    """Show an action and how it goes on the public website."""
    hidden = PartnerAction.objects.filter(pk=action.pk, public_since__isnull=True)
    if hidden.update(public_since=on) != 1:
        raise RuleError("It is on the website already.")
    action.refresh_from_db()
    audit.record(by, "governance.show_partner_action", action)
    return action


@operation(needs=KEEPS)
def hide_partner_action(*, action: PartnerAction, by: Actor) -> PartnerAction:
    """Take an action off the public website, such as one that names a private matter."""
    shown = PartnerAction.objects.filter(pk=action.pk, public_since__isnull=False)
    if shown.update(public_since=None) != 1:
        raise RuleError("It is not on the website.")
    action.refresh_from_db()
    audit.record(by, "governance.hide_partner_action", action)
    return action


# --- Outcomes -------------------------------------------------------------------------------------


def _own_delegate(partner: Partner, by: Actor) -> Delegate:
    """The delegate of the citizens who acts; nobody else, the secretary included."""
    delegate = delegate_for(partner, by, timezone.localdate())
    if delegate is None or not partner.is_citizens:
        raise PermissionDenied("the citizens own this")
    return delegate


def _refuse_empty(title: str, text: str) -> None:
    if not title.strip():
        raise RuleError("Give it a short name.", field="title")
    if not text.strip():
        raise RuleError("Say what should get better.", field="text")


@operation(needs=None)
def set_outcome(*, partner: Partner, title: str, text: str, now: dt.datetime, by: Actor) -> Outcome:
    """The citizens say what should get better. It is theirs: nobody else writes it."""
    delegate = _own_delegate(partner, by)
    _refuse_empty(title, text)
    outcome = Outcome.objects.create(partner=partner)
    _add_version(outcome, title, text, delegate, now)
    audit.record(by, "governance.set_outcome", outcome, partner=partner.pk)
    return outcome


def _add_version(
    outcome: Outcome,
    title: str,
    text: str,
    delegate: Delegate,
    now: dt.datetime,
    proposal: OutcomeProposal | None = None,
) -> OutcomeVersion:
    last = outcome.versions.aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            return OutcomeVersion.objects.create(
                outcome=outcome,
                number=last + 1,
                title=title.strip(),
                text=text.strip(),
                since=now,
                delegate=delegate,
                proposal=proposal,
            )
    except IntegrityError:
        raise RuleError("Somebody changed it at the same moment. Look at it again.") from None


def _refuse_ended(outcome: Outcome) -> None:
    if outcome.ended_on:
        raise RuleError("The citizens have let go of this outcome.")


@operation(needs=None)
def reword_outcome(
    *, outcome: Outcome, title: str, text: str, now: dt.datetime, by: Actor
) -> OutcomeVersion:
    """The citizens put it in other words; those before are kept."""
    delegate = _own_delegate(outcome.partner, by)
    _refuse_ended(outcome)
    _refuse_empty(title, text)
    version = _add_version(outcome, title, text, delegate, now)
    audit.record(by, "governance.reword_outcome", outcome, version=version.number)
    return version


@operation(needs=None)
def drop_outcome(*, outcome: Outcome, on: dt.date, by: Actor) -> Outcome:
    """The citizens let go of an outcome; what it said is kept."""
    _own_delegate(outcome.partner, by)
    if Outcome.objects.filter(pk=outcome.pk, ended_on__isnull=True).update(ended_on=on) != 1:
        raise RuleError("The citizens have let go of this outcome.")
    outcome.refresh_from_db()
    audit.record(by, "governance.drop_outcome", outcome)
    return outcome


@operation(needs=None)
def propose_wording(
    *, outcome: Outcome, partner: Partner, text: str, why: str, now: dt.datetime, by: Actor
) -> OutcomeProposal:
    """Another partner proposes other words, and says why. Nothing changes until the citizens agree.

    One proposal of a partner waits at a time.
    """
    delegate = delegate_for(partner, by, timezone.localdate(now))
    if delegate is None or partner.body_id != outcome.partner.body_id:
        raise PermissionDenied("not their partnership")
    if partner.pk == outcome.partner_id:
        raise RuleError("This outcome is yours: you can change its words.")
    _refuse_ended(outcome)
    if not text.strip():
        raise RuleError("Write the words that you propose.", field="text")
    if not why.strip():
        raise RuleError("Say why.", field="why")
    try:
        with transaction.atomic():
            proposal = OutcomeProposal.objects.create(
                outcome=outcome,
                partner=partner,
                delegate=delegate,
                text=text.strip(),
                why=why.strip(),
                made_at=now,
            )
    except IntegrityError:
        raise RuleError("A proposal of yours is waiting for an answer already.") from None
    audit.record(by, "governance.propose_wording", proposal, outcome=outcome.pk, partner=partner.pk)
    return proposal


def _answer(proposal: OutcomeProposal, state: str, words: str, now: dt.datetime) -> None:
    waiting = OutcomeProposal.objects.filter(pk=proposal.pk, state=OutcomeProposal.State.OPEN)
    if waiting.update(state=state, answered_at=now, answer=words.strip()) != 1:
        raise RuleError("This proposal has been answered already.")
    proposal.refresh_from_db()


@operation(needs=None)
def accept_wording(*, proposal: OutcomeProposal, now: dt.datetime, by: Actor) -> OutcomeVersion:
    """The citizens take over the words that were proposed, as the next version."""
    outcome = proposal.outcome
    delegate = _own_delegate(outcome.partner, by)
    _refuse_ended(outcome)
    _answer(proposal, OutcomeProposal.State.ACCEPTED, "", now)
    version = _add_version(outcome, outcome.words.title, proposal.text, delegate, now, proposal)
    audit.record(by, "governance.accept_wording", proposal, outcome=outcome.pk)
    return version


@operation(needs=None)
def refuse_wording(
    *, proposal: OutcomeProposal, answer: str, now: dt.datetime, by: Actor
) -> OutcomeProposal:
    """The citizens keep their own words; what they answer is read by all partners."""
    _own_delegate(proposal.outcome.partner, by)
    _answer(proposal, OutcomeProposal.State.REFUSED, answer, now)
    audit.record(by, "governance.refuse_wording", proposal, outcome=proposal.outcome_id)
    return proposal


@operation(needs=None)
def withdraw_wording(*, proposal: OutcomeProposal, now: dt.datetime, by: Actor) -> OutcomeProposal:
    """Who proposed it takes it back before it is answered."""
    if delegate_for(proposal.partner, by, timezone.localdate(now)) is None:
        raise PermissionDenied("not their proposal")
    _answer(proposal, OutcomeProposal.State.WITHDRAWN, "", now)
    audit.record(by, "governance.withdraw_wording", proposal, outcome=proposal.outcome_id)
    return proposal


# --- The citizens' own space ----------------------------------------------------------------------


def _who_enters(group: Body, by: Actor, now: dt.datetime) -> Person:
    """The person behind an actor who may enter a group's space; whatever their role elsewhere."""
    user = own_user(by)
    if user is not None:
        groups = Body.objects.filter(pk=group.pk)
        person = Person.objects.filter(user=user).first()
        if person and spaces_open_to(groups, user, timezone.localdate(now)).exists():
            return person
    raise PermissionDenied("the space of the citizens")


@operation(needs=None)
def write_citizen_note(*, group: Body, text: str, now: dt.datetime, by: Actor) -> CitizenNote:
    """Say something to one's own citizen group, where no other partner reads it."""
    person = _who_enters(group, by, now)
    if not text.strip():
        raise RuleError("Write something.", field="text")
    note = CitizenNote.objects.create(
        body=group, person=person, text=text.strip(), written_at=now, noted_by=by.user
    )
    audit.record(by, "governance.write_citizen_note", note, body=group.pk)
    return note


@operation(needs=None)
def take_back_citizen_note(*, note: CitizenNote, now: dt.datetime, by: Actor) -> CitizenNote:
    """Its author takes a note back: its words are gone for good."""
    if note.person_id != _who_enters(note.body, by, now).pk:
        raise PermissionDenied("not their note")
    standing = CitizenNote.objects.standing().filter(pk=note.pk)
    if standing.update(text="", taken_back_at=now) != 1:
        raise RuleError("This has been taken back already.")
    note.refresh_from_db()
    audit.record(by, "governance.take_back_citizen_note", note, body=note.body_id)
    return note
