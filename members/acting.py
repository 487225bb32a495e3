"""Acting for somebody: whose pages a request is about, and whether the authority covers them.

The person acting signs in as themselves and chooses for whom they act. Each request looks again
whether the authority still holds (members.middleware), so that one that was ended opens nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from core.actors import Actor
from core.models import User
from core.views.session import CHANGED_SUBJECT, CHOSE, ENDED
from members.models import Authority, Consent, Person
from members.rules.authority import HELPER, needs_secretary

Scope = Authority.Scope
SESSION_KEY = "acting_for"


def act_for(request: HttpRequest, person: int | None) -> None:
    """From now on this session acts for a person, or for the reader themself (None).

    Every form that is open anywhere was made for whom the reader acted for till now: the token in
    each of them stops counting, so that none is saved about somebody else (`form_not_taken`).
    """
    if person is None:
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = person
    request.session[CHANGED_SUBJECT] = CHOSE
    rotate_token(request)


def stop_for_want_of_authority(request: HttpRequest) -> None:
    """The reader acts for themself again, because what let them act for somebody has ended."""
    act_for(request, None)
    request.session[CHANGED_SUBJECT] = ENDED


def acting_name(request: HttpRequest) -> str:
    """The name of whom the reader is acting for; empty where they act for themselves."""
    return getattr(request, "acting_for_name", None) or ""


class NotCovered(PermissionDenied):
    """Somebody is acting for a person, and not in this: `scope` is what it would take."""

    def __init__(self, scope: str) -> None:
        super().__init__("members.acting")
        self.scope = scope


def authorities_of(user: User, date: dt.date) -> list[Authority]:
    """For whom this user may act on a day, and in what."""
    held = Authority.objects.active_on(date).filter(by__user=user)
    return list(held.select_related("person").order_by("person__last_name", "person", "-since"))


def scopes_of(person: Person | int, user: User, date: dt.date) -> frozenset[str]:
    """In what this user may act for a person on a day: nothing, where there is no authority."""
    held = Authority.objects.active_on(date).filter(person=person, by__user=user)
    return frozenset(code for scope in held.values_list("scope", flat=True) for code in scope)


def may_speak_for(by: Actor, person: Person, scope: str, date: dt.date) -> bool:
    """True for the person themself, and for who is acting for them with this scope today.

    Somebody who is acting for another speaks for that person alone.
    """
    if by.user is None:
        return False
    if by.acting_for is None:
        return person.user_id == by.user.pk
    return by.acting_for == person.pk and scope in scopes_of(person, by.user, date)


def stands_in(by: Actor, scope: str, date: dt.date) -> bool:
    """Somebody acts in these matters by a paper (a power, an order): a helper's agreement, which is
    no more than that, does not stretch to what only the person can decide."""
    held = Authority.objects.active_on(date).filter(person=by.acting_for, by__user=by.user)
    papers = held.exclude(ground=HELPER).values_list("scope", flat=True)
    return any(scope in one for one in papers)


def may_consent(by: Actor, person: Person, purpose: str, date: dt.date) -> bool:
    """True for the person, and for who acts for them in what the purpose touches.

    News come with membership. Pictures, stories and surveys are personal: they take authority in
    health and care, and more than a helper's.
    """
    if by.acting_for is None or purpose == Consent.Purpose.NEWS:
        return may_speak_for(by, person, Scope.MEMBERSHIP, date)
    return by.acting_for == person.pk and stands_in(by, Scope.CARE, date)


def may_end(authority: Authority, by: Actor) -> bool:
    """Whoever acts may give it up, and a person may send away a helper who acts by no more than
    their agreement."""
    if by.user is None:
        return False
    if authority.by.user_id == by.user.pk:
        return True
    own = authority.person.user_id == by.user.pk and by.acting_for is None
    return own and authority.ground == Authority.Ground.HELPER


def leads_further(person: Person) -> bool:
    """Whoever signs in as this person finds more than their own contact details: shares, a role,
    the affairs of somebody else."""
    today = timezone.localdate()
    same_address = User.objects.filter(email__iexact=person.email) if person.email else None
    return (
        person.memberships.exists()
        or person.offices.filter(until__isnull=True).exists()
        or person.represents.active_on(today).exists()
        or any(
            needs_secretary(held.ground, held.scope) for held in person.acts_for.not_over_on(today)
        )
        or bool(same_address and same_address.filter(role_grants__isnull=False).exists())
    )


def subject_of(request: HttpRequest, scope: str) -> Person:
    """Whose page this is: the reader's own, or that of the person they are acting for.

    Raises NotCovered where the authority does not cover `scope` (money, say), and Http404 where the
    reader is nobody whom we know as a person.
    """
    acting_for = getattr(request, "acting_for", None)
    user = cast(User, request.user)
    if acting_for is None:
        person = Person.objects.filter(user=user).first()
        if person is None:
            raise Http404
        return person
    if scope not in scopes_of(acting_for, user, timezone.localdate()):
        raise NotCovered(scope)
    return Person.objects.get(pk=acting_for)
