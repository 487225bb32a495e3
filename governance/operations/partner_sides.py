"""Nobody sits on both sides of a partnership, and who speaks for citizens sits among them.

The home of that rule, and of what else keeps a citizen group its own people's. It is asked when a
group joins, when a seat on it is taken, changes its role or ends, and when a delegate is named.
Whoever acts is asked for it by the questions beside each other in `governance.partner_querysets`:
`DelegateQuerySet.held_on`, `groups_across` and `spaces_open_to`.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from governance.models import Body, Delegate, Partner, Seat
from governance.operations.telling import write_about
from governance.partnership import OFFICERS, is_officer
from members.models import Person

# --- Both sides -----------------------------------------------------------------------------------


def refuse_seat_across(body: Body, person: Person, since: dt.date) -> None:
    """Who speaks for a council or a provider has no seat on a citizen group beside it."""
    if across := Delegate.objects.noted_from(since).across(body).filter(person=person).first():
        raise RuleError(
            f"They speak for {across.partner} in {across.partner.body.name}, and cannot sit among "
            "the citizens there.",
            field="person",
        )


def refuse_delegate_across(partner: Partner, person: Person, since: dt.date) -> None:
    """Nobody speaks for two partners; who sits among citizens speaks for nobody beside them; and
    who speaks for citizens sits among them.
    """
    others = Delegate.objects.noted_from(since).filter(person=person)
    if others.filter(partner__body=partner.body).exclude(partner=partner).exists():
        raise RuleError("They speak for another partner here already.", field="person")
    if partner.citizens:
        refuse_seat_across(partner.citizens, person, since)
        if not partner.citizens.seats.held_on(since).filter(person=person).exists():
            raise RuleError(
                "A citizen group is spoken for by its own members: give them a seat on it first.",
                field="person",
            )
        return
    groups = partner.body.partners.standing().filter(citizens__isnull=False)
    if person.seats.held_from(since).filter(body__in=groups.values("citizens")).exists():
        raise RuleError(
            "They sit on the citizen group, and cannot speak for another partner.", field="person"
        )


def refuse_group_across(body: Body, citizens: Body, joined: dt.date) -> None:
    """A citizen group joins only where none of its people speaks for another partner."""
    speak = Delegate.objects.noted_from(joined).filter(
        partner__body=body, partner__citizens__isnull=True
    )
    sitting = citizens.seats.held_from(joined).values("person")
    if found := speak.filter(person__in=sitting).select_related("person", "partner").first():
        raise RuleError(
            f"{found.person} sits on {citizens.name} and speaks for {found.partner} here.",
            field="citizens",
        )


# --- The seat that a delegate has -----------------------------------------------------------------


def speaks_by(seat: Seat) -> list[Delegate]:
    """For what somebody speaks by a seat on a citizen group, until that ends."""
    rows = Delegate.objects.filter(
        partner__citizens=seat.body_id, partner__left__isnull=True, person=seat.person_id
    )
    not_over = rows.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate()))
    return list(not_over.select_related("partner__body", "partner__citizens"))


def end_what_goes_with(seat: Seat, until: dt.date, by: Actor) -> None:
    """With a seat on a citizen group somebody stops speaking for it, on the same day."""
    for one in speaks_by(seat):
        Delegate.objects.filter(pk=one.pk).update(until=max(one.since, until))
        audit.record(by, "governance.end_delegate", one, until=until.isoformat(), seat=seat.pk)


# --- The group is its own people's ----------------------------------------------------------------


def refuse_own_note(group: Body, person: Person, by: Actor) -> None:
    """The office notes who sits among the citizens, and never its own people by their own hand."""
    if group.kind == Body.Kind.CITIZENS and by.user and person.user_id == by.user.pk:
        raise RuleError(
            "Nobody notes this of a citizen group for themselves: somebody else does.",
            field="person",
        )


def refuse_naming_oneself(partner: Partner, person: Person, day: dt.date, by: Actor) -> None:
    """An officer of a group may speak for it by their own word; the office may not."""
    if partner.citizens and not is_officer(partner, by, day):
        refuse_own_note(partner.citizens, person, by)


def tell_group(group: Body, person: Person, what: str, key: str, by: Actor) -> None:
    """Write to a citizen group what somebody else has noted about who sits on it or speaks for it:
    to its officers, or where it has no others to all who sit on it.
    """
    if group.kind != Body.Kind.CITIZENS or _is_of(group, by):
        return
    held = group.seats.held_on(timezone.localdate()).exclude(person=person).select_related("person")
    others = list(held)
    for seat in [one for one in others if one.role in OFFICERS] or others:
        write_about(
            seat.person,
            key=f"governance.group_told:{key}:{seat.pk}",
            kind="governance.group_told",
            subject=f"{group.name}: something was noted about your group",
            template="governance/mail/group_told.txt",
            context={"group": group, "what": f"{person} {what}", "name": str(seat.person)},
            by=by,
        )


def _is_of(group: Body, by: Actor) -> bool:
    """Whether it is one of the group who acts."""
    held = group.seats.held_on(timezone.localdate())
    return by.user is not None and held.filter(person__user=by.user).exists()
