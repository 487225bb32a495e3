"""People and organisations that the co-op knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.models import User
from core.operations import create_user, grant_member_role
from core.registry import operation
from members.acting import Scope, leads_further, may_speak_for
from members.models import Member, Organisation, Person, Representative
from members.operations.ending import end_role_without_membership
from members.operations.organisations import check_organisation
from members.rules import UNREADABLE, Contact, born_refusal
from members.rules.contact import POSTAL_ADDRESS, WHOLE_ADDRESS, contact_names
from members.rules.needs import Needs, needs_refusal
from members.seen import held
from members.writing import reads_email, who_acted, write_to


def tidied(contact: Contact) -> Contact:
    """The contact details in their usual form; refuses what cannot be read."""
    try:
        return contact.tidied()
    except ValueError as error:
        field = str(error)
        raise RuleError(UNREADABLE[field], field=field) from error


@operation(needs="members.keep_people")
def add_person(
    *,
    first_name: str,
    last_name: str,
    born: dt.date | None = None,
    contact: Contact | None = None,
    by: Actor,
) -> Person:
    """Note a human that the co-op did not know before: one row per human, ever."""
    _refuse_unlikely(first_name, last_name, born)
    person = Person.objects.create(
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        born=born,
        **asdict(tidied(contact or Contact())),
    )
    audit.record(by, "members.add_person", person)
    return person


def _refuse_unlikely(first_name: str, last_name: str, born: dt.date | None) -> None:
    if not first_name.strip() or not last_name.strip():
        raise RuleError("A person needs a first and a last name.", field="last_name")
    if refusal := born_refusal(born, timezone.localdate()):
        raise RuleError(refusal, field="born")


@operation(needs="members.keep_people")
def add_organisation(
    *,
    name: str,
    kind: str,
    is_society: bool = False,
    contact: Contact | None = None,
    by: Actor,
) -> Organisation:
    """Note an organisation. The same name twice is refused."""
    check_organisation(name=name, kind=kind)
    details = tidied(contact or Contact())
    organisation = Organisation.objects.create(
        name=name.strip(),
        kind=kind,
        is_society=is_society,
        email=details.email,
        address_line_1=details.address_line_1,
        address_line_2=details.address_line_2,
        town=details.town,
        postcode=details.postcode,
    )
    audit.record(by, "members.add_organisation", organisation)
    return organisation


@operation(needs="members.keep_register")
def appoint_representative(
    *, organisation: Organisation, person: Person, since: dt.date, by: Actor
) -> Representative:
    """Let a person act for an organisation from a day; whoever did before stops the day before.

    Not from a day to come: the roles that go with it change at once. Nobody appoints themselves.
    The organisation is told.
    """
    today = timezone.localdate()
    if by.user is not None and person.user_id == by.user.pk:
        raise RuleError("Nobody appoints themselves. Ask another officer.", field="person")
    refuse_day_to_come(since, "since")
    current = organisation.representatives.filter(until__isnull=True).first()
    if current and current.person_id == person.pk:
        return current
    if current:
        if current.since >= since:
            raise RuleError(
                "The new representative must start after the one there is now.", field="since"
            )
        current.until = since - dt.timedelta(days=1)
        current.save(update_fields=["until"])
    representative = Representative.objects.create(
        organisation=organisation, person=person, since=since
    )
    audit.record(by, "members.appoint_representative", organisation, person=person.pk)
    _tell_organisation(representative, "noted", "Who acts for you with us", by)
    if person.user and Member.objects.active_on(today).filter(organisation=organisation).exists():
        grant_member_role(user=person.user, since=today, by=by)
    if current and current.person.user:
        end_role_without_membership(current.person.user, by)
    return representative


def _tell_organisation(one: Representative, what: str, subject: str, by: Actor) -> None:
    write_to(
        one.organisation,
        key=f"members.representative_{what}:{one.pk}",
        kind=f"members.representative_{what}",
        subject=subject,
        template=f"members/mail/representative_{what}.txt",
        context={"representative": one, "help_phone": settings.HELP_PHONE},
        by=by,
    )


@operation(needs=None)
def change_contact(
    *, of: Person | Organisation, contact: Contact, seen: str | None = None, by: Actor
) -> Person | Organisation:
    """Change how to reach somebody: staff for anyone, everybody for themselves and for those they
    act for, be it an organisation or a person in matters of membership.

    Nobody takes the address with which somebody else signs in. The e-mail address of a member, or
    of who finds more on signing in than their own details, is the secretary's and their own to
    change. They hear of it where that cannot have been turned aside: at the old one, else by post.
    Whoever is written to by post hears of another postal address at the old one.
    """
    if not by.may("members.keep_people") and not _is_own(of, by):
        raise PermissionDenied("members.change_contact")
    details = asdict(tidied(contact))
    held(of, contact_names(of), seen)
    _keep_postal_address(of, details)
    before, own_user = _reached(of), of.user_id if isinstance(of, Person) else None
    if details["email"].lower() != before.email.lower():
        taken = User.objects.filter(email__iexact=details["email"]).first()
        if details["email"] and taken and taken.pk != own_user:
            raise RuleError("Somebody else signs in with this e-mail address.", field="email")
        if not _is_own(of, by):
            _secretary_only(of, "e-mail address", "email", by)
    changed = [
        name for name, value in details.items() if hasattr(of, name) and getattr(of, name) != value
    ]
    moved = any(getattr(of, name) for name in WHOLE_ADDRESS.intersection(changed))
    for name in changed:
        setattr(of, name, details[name])
    if changed:
        of.save(update_fields=changed)
        audit.record(by, "members.change_contact", of, fields=changed)
    if own_user or of.memberships.exists():
        sent_to = before.address if moved else ""
        if "email" in changed:
            _tell_of_new_email(of, before.email, sent_to, by)
        if sent_to and before.by_post:
            _tell_of_new_address(of, sent_to, by)
    return of


@dataclass(frozen=True)
class _Reached:
    """How somebody was reached before a change; the postal address a line each."""

    email: str
    address: str
    by_post: bool


def _reached(of: Person | Organisation) -> _Reached:
    return _Reached(of.email, "\n".join(of.address_lines), by_post=not reads_email(of))


def _secretary_only(of: Person | Organisation, what: str, field: str, by: Actor) -> None:
    """What leads to a membership, a role or somebody else's affairs is not every member of staff's
    to change."""
    matters = leads_further(of) if isinstance(of, Person) else of.memberships.exists()
    if matters and not by.may("members.keep_register"):
        raise RuleError(
            f"The {what} of a member, or of staff, is the secretary’s to change.", field=field
        )


def _keep_postal_address(of: Person | Organisation, details: dict[str, str]) -> None:
    if not of.memberships.active_on(timezone.localdate()).exists():
        return
    for name, sentence in POSTAL_ADDRESS.items():
        if getattr(of, name) and not details[name]:
            raise RuleError(sentence, field=name)


def _tell_of_new_email(of: Person | Organisation, old: str, sent_to: str, by: Actor) -> None:
    """To the old address; by post to who had none or does not read e-mail.

    `sent_to`: the postal address before, where that was changed with it.
    """
    told: dict[str, Any] = {
        "kind": "members.email_changed",
        "subject": "Your e-mail address with us has changed",
        "template": "members/mail/email_changed.txt",
    }
    known = {"email": of.email, "help_phone": settings.HELP_PHONE, "acted": who_acted(of, by)}
    key = _key_of_change("email_changed", of)
    if old:
        mail.queue(key=key, to=old, context=known | {"to": of, "by_post": False}, **told)
    if not old or not reads_email(of):
        write_to(of, key=f"{key}:post", context=known, post=True, sent_to=sent_to, by=by, **told)


def _tell_of_new_address(of: Person | Organisation, sent_to: str, by: Actor) -> None:
    """At the old one. It does not say the new one: somebody may have left who lives there."""
    write_to(
        of,
        key=_key_of_change("address_changed", of),
        kind="members.address_changed",
        subject="Your postal address with us has changed",
        template="members/mail/address_changed.txt",
        context={"help_phone": settings.HELP_PHONE},
        post=True,
        sent_to=sent_to,
        by=by,
    )


def _key_of_change(what: str, of: Person | Organisation) -> str:
    return f"members.{what}:{of._meta.model_name}:{of.pk}:{timezone.now().timestamp()}"


def _is_own(of: Person | Organisation, by: Actor) -> bool:
    today = timezone.localdate()
    if isinstance(of, Person):
        return may_speak_for(by, of, Scope.MEMBERSHIP, today)
    if by.user is None or by.acting_for is not None:
        return False
    return of.representatives.active_on(today).filter(person__user=by.user).exists()


@operation(needs=None)
def change_needs(*, person: Person, needs: Needs, seen: str | None = None, by: Actor) -> Person:
    """Change how to write and speak to somebody, and by which ways: as for their contact details.

    A way that we have no address or number for cannot be made the first, and one way must remain by
    which notices of meetings reach them. What an address or a number that went has left behind
    refuses no other change.
    """
    if not by.may("members.keep_people") and not _is_own(person, by):
        raise PermissionDenied("members.change_needs")
    held(person, asdict(needs), seen)
    needs = _tidied_needs(needs)
    was = _tidied_needs(Needs(**{name: getattr(person, name) for name in asdict(needs)}))
    if refusal := needs_refusal(needs, was=was, ways=person.ways):
        raise RuleError(refusal[1], field=refusal[0])
    details = asdict(needs) | {"not_by": list(needs.not_by)}
    changed = [name for name, value in details.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, details[name])
    if changed:
        person.save(update_fields=changed)
        audit.record(by, "members.change_needs", person, fields=changed)
    return person


def _tidied_needs(needs: Needs) -> Needs:
    return replace(
        needs,
        language=needs.language.strip(),
        other_needs=needs.other_needs.strip(),
        not_by=tuple(sorted(needs.not_by)),
    )


@operation(needs="members.keep_people")
def correct_person(
    *,
    person: Person,
    first_name: str,
    last_name: str,
    born: dt.date | None,
    seen: str | None = None,
    by: Actor,
) -> Person:
    """Put right what somebody is called and when they were born."""
    _refuse_unlikely(first_name, last_name, born)
    told = {"first_name": first_name.strip(), "last_name": last_name.strip(), "born": born}
    held(person, told, seen)
    changed = [name for name, value in told.items() if getattr(person, name) != value]
    if changed:
        _secretary_only(person, "name and birthday", changed[0], by)
    for name in changed:
        setattr(person, name, told[name])
    if changed:
        person.save(update_fields=changed)
        audit.record(by, "members.correct_person", person, fields=changed)
    return person


@operation(needs="members.keep_register")
def end_representative(
    *, representative: Representative, until: dt.date, by: Actor
) -> Representative:
    """Note the last day on which somebody acted for an organisation: one that is over.

    As for an appointment: it takes away a member's vote and the way to its money.
    """
    if until >= timezone.localdate():
        raise RuleError("Give a day that is over: the last on which they acted.", field="until")
    if until < representative.since:
        raise RuleError("The last day must not be before the first.", field="until")
    acting = Representative.objects.filter(pk=representative.pk, until__isnull=True)
    if acting.update(until=until) != 1:
        raise RuleError("That has ended already.")
    representative.refresh_from_db()
    organisation, person = representative.organisation, representative.person
    audit.record(by, "members.end_representative", organisation, person=person.pk)
    _tell_organisation(representative, "ended", "Somebody no longer acts for you with us", by)
    if person.user:
        end_role_without_membership(person.user, by)
    return representative


@operation(needs="members.keep_people")
def give_sign_in(*, person: Person, by: Actor) -> User:
    """Let a person sign in with their e-mail address; a member also gets the members' pages.

    Refused when the address already signs in for somebody else: two people never share one. Only
    the secretary opens what a membership, a role or somebody's authority leads to.
    """
    user = person.user
    if user is None:
        if not by.may("members.keep_register") and leads_further(person):
            raise RuleError(
                "The secretary lets a member sign in, and whoever holds a role or acts for "
                "somebody."
            )
        if not person.email:
            raise RuleError("This person has no e-mail address to sign in with.", field="email")
        user = create_user(email=person.email, name=str(person), by=by)
        if Person.objects.filter(user=user).exclude(pk=person.pk).exists():
            raise RuleError("Somebody else signs in with this e-mail address.", field="email")
        person.user = user
        person.save(update_fields=["user"])
        audit.record(by, "members.give_sign_in", person, user=user.pk)
    today = timezone.localdate()
    if Member.objects.active_on(today).of_user(user, today).exists():
        grant_member_role(user=user, since=today, by=by)
    return user
