"""Who the partners are, who speaks for them, and the steps before they vote for the first time."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.models import (
    Asked,
    Body,
    Delegate,
    FormationStep,
    Partner,
    PartnerQuestion,
)
from governance.operations.partner_sides import (
    refuse_delegate_across,
    refuse_group_across,
    refuse_naming_oneself,
    tell_group,
)
from governance.partnership import (
    KEEPS,
    begun_on,
    is_officer,
    is_voting,
    quorum_on,
    who_has_taken_part,
)
from members.models import Organisation, Person

#: Nobody gives more of their free time in a quarter than a working week.
MOST_HOURS = 40


@operation(needs=KEEPS)
def add_partner(
    *,
    body: Body,
    role: str,
    joined: dt.date,
    organisation: Organisation | None = None,
    citizens: Body | None = None,
    by: Actor,
) -> Partner:
    """An organisation, or a citizen group in its own right, joins a partnership.

    The agreement of those before is then no longer one of all: they write another.
    """
    _refuse_other_bodies(body)
    organisation, citizens = _who_joins(body, role, joined, organisation, citizens)
    try:
        with transaction.atomic():
            partner = Partner.objects.create(
                body=body, organisation=organisation, citizens=citizens, role=role, joined=joined
            )
    except IntegrityError:
        field = "citizens" if citizens else "organisation"
        raise RuleError("It is a partner already.", field=field) from None
    audit.record(by, "governance.add_partner", partner, body=body.pk, role=role)
    return partner


def _who_joins(
    body: Body,
    role: str,
    joined: dt.date,
    organisation: Organisation | None,
    citizens: Body | None,
) -> tuple[Organisation | None, Body | None]:
    """The organisation, or the citizen group, that is a partner from a day, by its role."""
    refuse_day_to_come(joined, "joined")
    _refuse_before(body, joined, "joined")
    if role not in Partner.Role.values:
        raise RuleError("Say as what it joins.", field="role")
    if role != Partner.Role.CITIZENS:
        if organisation is None:
            raise RuleError("Choose an organisation.", field="organisation")
        return organisation, None
    if citizens is None or citizens.kind != Body.Kind.CITIZENS or citizens.ended_on:
        raise RuleError("Choose a citizen group that meets.", field="citizens")
    refuse_group_across(body, citizens, joined)
    return None, citizens


def _refuse_before(body: Body, day: dt.date, field: str) -> None:
    if day < begun_on(body):
        raise RuleError(
            f"The partnership is there since {begun_on(body):%-d %B %Y}.",
            field=field,
        )


@operation(needs=KEEPS)
def change_partner(
    *,
    partner: Partner,
    role: str,
    joined: dt.date,
    organisation: Organisation | None = None,
    citizens: Body | None = None,
    by: Actor,
) -> Partner:
    """Put right what was entered wrongly of a partner, while it has done nothing.

    Once a question was put to it, or it asked, signed, set or bid for something, it stays as it is.
    """
    _refuse_other_bodies(partner.body)
    if partner.left or partner.pk in who_has_taken_part(partner.body):
        raise RuleError("It has taken part already: it stays as it was noted.")
    organisation, citizens = _who_joins(partner.body, role, joined, organisation, citizens)
    other = (organisation, citizens) != (partner.organisation, partner.citizens)
    if other and partner.delegates.exists():
        raise RuleError("Somebody speaks for it: who it is stays. Note that it leaves instead.")
    if partner.delegates.filter(since__lt=joined).exists():
        raise RuleError("Somebody spoke for it before that day.", field="joined")
    was = {"role": partner.role, "joined": partner.joined.isoformat()}
    partner.role, partner.joined = role, joined
    partner.organisation, partner.citizens = organisation, citizens
    try:
        with transaction.atomic():
            partner.save()
    except IntegrityError:
        field = "citizens" if citizens else "organisation"
        raise RuleError("It is a partner already.", field=field) from None
    audit.record(by, "governance.change_partner", partner, was=was, role=role)
    return partner


def _refuse_other_bodies(body: Body) -> None:
    if body.kind != Body.Kind.PARTNERSHIP:
        raise RuleError("Only a partnership has partners.")
    if body.ended_on:
        raise RuleError("It meets no more.")
    if is_voting(body):
        raise RuleError("Partners are voting. Wait until the vote is closed.")


@operation(needs=KEEPS)
def partner_leaves(*, partner: Partner, left: dt.date, by: Actor) -> Partner:
    """A partner leaves, and its delegates with it. What it signed, and how it voted, is kept."""
    refuse_day_to_come(left, "left")
    if left < partner.joined:
        raise RuleError("That is before it joined.", field="left")
    _refuse_other_bodies(partner.body)
    standing = Partner.objects.standing().filter(pk=partner.pk)
    if standing.update(left=left, lead=False) != 1:
        raise RuleError("It has left already.")
    partner.delegates.filter(until__isnull=True, since__lte=left).update(until=left)
    partner.refresh_from_db()
    audit.record(by, "governance.partner_leaves", partner, left=left.isoformat())
    return partner


@operation(needs=KEEPS)
def choose_lead(*, partner: Partner, by: Actor) -> Partner:
    """One partner takes the lead: it keeps things moving, and has one vote like all the others."""
    body = partner.body
    before = body.partners.standing().filter(lead=True).exclude(pk=partner.pk)
    was = list(before.values_list("pk", flat=True))
    before.update(lead=False)
    try:
        with transaction.atomic():
            changed = body.partners.standing().filter(pk=partner.pk, lead=False).update(lead=True)
    except IntegrityError:  # another was chosen at the same moment
        changed = 0
    if changed != 1:
        raise RuleError("It has the lead already, or another was chosen just now.")
    partner.refresh_from_db()
    audit.record(by, "governance.choose_lead", partner, was=was)
    return partner


# --- Delegates ------------------------------------------------------------------------------------


@operation(needs=None)
def name_delegate(
    *, partner: Partner, person: Person, since: dt.date, hours: int | None = None, by: Actor
) -> Delegate:
    """A person speaks for a partner from a day.

    Of a citizen group: one of its own members, named by its officers or noted by the secretary,
    with the hours that they can give in a quarter. Nobody speaks for the citizens and for another
    partner of theirs.
    """
    _refuse_who_may_not_name(partner, by)
    refuse_day_to_come(since, "since")
    if partner.left:
        raise RuleError("This partner has left.")
    if person.died_on:
        raise RuleError("This person has died.", field="person")
    if since < partner.joined:
        raise RuleError("Their partner had not joined by then.", field="since")
    if partner.delegates.noted_from(since).filter(person=person).exists():
        raise RuleError("They speak for it already on that day.", field="person")
    hours = _hours(partner, hours)
    refuse_naming_oneself(partner, person, timezone.localdate(), by)
    refuse_delegate_across(partner, person, since)
    try:
        with transaction.atomic():
            delegate = Delegate.objects.create(
                partner=partner, person=person, since=since, hours=hours
            )
    except IntegrityError:
        raise RuleError("They speak for it already.", field="person") from None
    _ask_what_is_open(delegate, since)
    audit.record(by, "governance.name_delegate", delegate, partner=partner.pk, person=person.pk)
    _tell_group(delegate, f"speaks for it in {partner.body.name}", "named", by)
    return delegate


def _refuse_who_may_not_name(partner: Partner, by: Actor) -> None:
    """Who is an officer today says so, whichever day they note."""
    if not by.may(KEEPS) and not is_officer(partner, by, timezone.localdate()):
        raise PermissionDenied("not their partner")


def _hours(partner: Partner, hours: int | None) -> int | None:
    if not partner.is_citizens:
        return None
    if hours is None or not 1 <= hours <= MOST_HOURS:
        raise RuleError(f"Say how many hours a quarter, 1 to {MOST_HOURS}.", field="hours")
    return hours


def _tell_group(delegate: Delegate, what: str, key: str, by: Actor) -> None:
    if delegate.partner.citizens:
        tell_group(delegate.partner.citizens, delegate.person, what, f"{key}:{delegate.pk}", by)


def _ask_what_is_open(delegate: Delegate, day: dt.date) -> None:
    """A new delegate of the citizens may vote on what is open, as far as their time goes."""
    if delegate.hours is None:
        return
    open_now = PartnerQuestion.objects.filter(
        body=delegate.partner.body, state="open", matter="strategic"
    )
    asked_before = Asked.objects.filter(
        delegate__person=delegate.person_id, delegate__partner=delegate.partner_id
    )
    for question in open_now.exclude(pk__in=asked_before.values("question")):
        if delegate.minutes_left(day) >= question.minutes:
            Asked.objects.create(
                question=question, delegate=delegate, minutes=question.minutes, on=day
            )


@operation(needs=None)
def change_delegate_hours(*, delegate: Delegate, hours: int, by: Actor) -> Delegate:
    """Somebody gives the partnership more, or less, of their free time. What was asked of them this
    quarter counts as before.
    """
    _refuse_who_may_not_name(delegate.partner, by)
    if not delegate.partner.is_citizens:
        raise RuleError("Only of citizens are hours counted.")
    was, delegate.hours = delegate.hours, _hours(delegate.partner, hours)
    held = Delegate.objects.filter(pk=delegate.pk, until__isnull=True)
    if held.update(hours=delegate.hours) != 1:
        raise RuleError("They speak for it no longer.")
    audit.record(by, "governance.change_delegate_hours", delegate, hours=hours, was=was)
    return delegate


@operation(needs=None)
def end_delegate(*, delegate: Delegate, until: dt.date, by: Actor) -> Delegate:
    """Somebody's last day of speaking for a partner."""
    _refuse_who_may_not_name(delegate.partner, by)
    refuse_day_to_come(until, "until")
    if until < delegate.since:
        raise RuleError("That is before they began.", field="until")
    if Delegate.objects.filter(pk=delegate.pk, until__isnull=True).update(until=until) != 1:
        raise RuleError("This has ended already.")
    delegate.refresh_from_db()
    audit.record(by, "governance.end_delegate", delegate, until=until.isoformat())
    what = f"no longer speaks for it in {delegate.partner.body.name}"
    _tell_group(delegate, what, "ended", by)
    return delegate


# --- Formation ------------------------------------------------------------------------------------


@operation(needs=KEEPS)
def note_formation_step(
    *, body: Body, kind: str, done_on: dt.date, evidence: str, by: Actor
) -> FormationStep:
    """The partners have settled one thing, on a day, and this shows it. Noting it again corrects.

    The quorum is settled only when the rules of the partnership ask for no more than its partners.
    """
    if body.kind != Body.Kind.PARTNERSHIP:
        raise RuleError("Only a partnership has steps like these.")
    if kind not in FormationStep.Kind.values:
        raise RuleError("That is none of the steps.")
    refuse_day_to_come(done_on, "done_on")
    _refuse_before(body, done_on, "done_on")
    if not evidence.strip():
        raise RuleError("Say what shows it, such as a minute or a document.", field="evidence")
    partners = body.partners.standing().count()
    if kind == FormationStep.Kind.QUORUM and quorum_on(body, done_on) > partners:
        raise RuleError(
            f"The rules ask that {quorum_on(body, done_on)} take part, and there are "
            f"{partners} partners. Change the rules, or add partners, first."
        )
    step, created = FormationStep.objects.update_or_create(
        body=body,
        kind=kind,
        defaults={"done_on": done_on, "evidence": evidence.strip(), "noted_by": by.user},
    )
    audit.record(by, "governance.note_formation_step", step, kind=kind, again=not created)
    return step


@operation(needs=KEEPS)
def undo_formation_step(*, step: FormationStep, by: Actor) -> None:
    """A step was noted too soon. Voting is locked again until it is done."""
    if is_voting(step.body):
        raise RuleError("Partners are voting. Wait until the vote is closed.")
    audit.record(by, "governance.undo_formation_step", step, kind=step.kind, body=step.body_id)
    step.delete()
