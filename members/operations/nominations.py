"""The book of nominations: 2014 Act, sections 37 and 38."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from members.models import Member, Nomination, Person
from members.querysets import NominationQuerySet
from members.rules import age_on
from members.rules.nominations import (
    Nominee,
    lives_there,
    nomination_refusal,
    nominator_refusal,
)
from members.staff import officers_and_employees
from members.writing import write_to

REPLACED = "Replaced by a later nomination"
#: What ends a nomination: in signed writing, or by law (section 38).
ENDINGS = {
    "revoked": "Revoked by the member in signed writing",
    "married": "The member married or entered a civil partnership",
    "died": "The nominee has died",
}


@operation(needs="members.keep_nominations")
def nominate(
    *,
    member: Member,
    nominees: Sequence[Nominee],
    signed_on: dt.date,
    received_on: dt.date,
    by: Actor,
) -> list[Nomination]:
    """Enter in the book whom a member names in signed writing; it replaces what was there.

    Shares come to 100 per cent. An officer or employee of the co-op, on the day of the signature,
    is a nominee only as close family (section 37(3)): whoever bears the name of one is taken for
    them until it is said that they are somebody else, and who lives at their address too is them.
    """
    member = Member.objects.select_for_update().get(pk=member.pk)
    _refuse_paper(member, signed_on, received_on)
    if refusal := nomination_refusal(nominees):
        raise RuleError(refusal.sentence, field=_field(refusal.field, refusal.number))
    known = [_known(nominee, n, signed_on) for n, nominee in enumerate(nominees, start=1)]
    _end(member.nominations.filter(ended_on=None), received_on, REPLACED)
    made = [
        Nomination.objects.create(
            member=member,
            nominee_name=nominee.name.strip(),
            nominee_address=nominee.address.strip(),
            nominee=staff.one,
            relation=nominee.relation,
            is_officer_or_employee=nominee.works_here,
            is_namesake=nominee.namesake and bool(staff.called_so),
            percent=nominee.percent,
            signed_on=signed_on,
            received_on=received_on,
        )
        for nominee, staff in zip(nominees, known, strict=True)
    ]
    audit.record(by, "members.nominate", member, nominations=[one.pk for one in made])
    write_to(
        member.holder,
        key=f"members.nominated:{made[0].pk}",
        kind="members.nominated",
        subject="Your nomination is in our book",
        template="members/mail/nominated.txt",
        context={"member": member, "signed_on": signed_on},
        by=by,
    )
    return made


def _refuse_paper(member: Member, signed_on: dt.date, received_on: dt.date) -> None:
    person = member.person
    if person is None:
        raise RuleError("Only a person can nominate, not an organisation.")
    refuse_day_to_come(received_on, "received_on")
    refusal = nominator_refusal(
        age=age_on(person.born, signed_on) if person.born else None,
        signed_on=signed_on,
        received_on=received_on,
        died_on=person.died_on,
    )
    if refusal:
        raise RuleError(refusal, field="received_on")
    later = member.nominations.in_force(timezone.localdate()).filter(signed_on__gt=signed_on)
    if later.exists():
        raise RuleError("A nomination that was signed later is in the book.", field="signed_on")


@dataclass(frozen=True)
class _Staff:
    """Officers and employees with a nominee's name, and who of them the nominee is, if known."""

    called_so: list[Person]
    one: Person | None = None


def _known(nominee: Nominee, number: int, on: dt.date) -> _Staff:
    """Refuses an officer or employee who is taken for somebody else."""
    called_so = list(officers_and_employees(on).named(nominee.name))
    here = [person for person in called_so if _is_address_of(nominee.address, person)]
    if nominee.works_here:
        found = here or called_so
        return _Staff(called_so, found[0] if len(found) == 1 else None)
    if here:
        raise RuleError(
            f"{nominee.name.strip()} of this address is an officer or employee of the co-op: say "
            "so. They can be named only as close family.",
            field=_field("staff", number),
        )
    if called_so and not nominee.namesake:
        raise RuleError(
            f"Somebody called {nominee.name.strip()} is an officer or employee of the co-op. Say "
            "whether it is they or somebody else of the same name.",
            field=_field("staff", number),
        )
    return _Staff(called_so)


def _is_address_of(typed: str, person: Person) -> bool:
    return lives_there(
        typed,
        line=person.address_line_1,
        town=person.town,
        postcode=person.postcode,
        email=person.email,
    )


def _field(name: str, number: int) -> str | None:
    """The box of the form: those of the second nominee end in 2."""
    return f"{name}_{number}" if name and number else None


def _end(nominations: NominationQuerySet, on: dt.date, because: str) -> int:
    return nominations.update(ended_on=on, ended_because=because)


@operation(needs="members.keep_nominations")
def revoke_nominations(*, member: Member, ending: str, on: dt.date, by: Actor) -> int:
    """Note that all of a member's nominations have ended: revoked in signed writing that came on
    that day, or because the member married or entered a civil partnership (section 38)."""
    if ending not in ("revoked", "married"):
        raise RuleError("Say why the nominations have ended.", field="ending")
    refuse_day_to_come(on, "on")
    if member.person and member.person.died_on and on > member.person.died_on:
        raise RuleError("That is after the member's death.", field="on")
    standing = member.nominations.filter(ended_on=None, received_on__lte=on)
    ended = _end(standing, on, ENDINGS[ending])
    if not ended:
        raise RuleError("No nomination was in force on that day.")
    audit.record(by, "members.revoke_nominations", member, ended=ended, ending=ending)
    write_to(
        member.holder,
        key=f"members.nominations_ended:{member.pk}:{on}",
        kind="members.nominations_ended",
        subject="Your nomination has ended",
        template="members/mail/nominations_ended.txt",
        context={"member": member, "because": ENDINGS[ending], "on": on},
        by=by,
    )
    return ended


@operation(needs="members.keep_nominations")
def strike_nominee(*, nomination: Nomination, died_on: dt.date, by: Actor) -> Nomination:
    """Note that a nominee died: their part falls to the member's estate. The others' parts stay."""
    refuse_day_to_come(died_on, "died_on")
    member = nomination.member
    if member.person and member.person.died_on and died_on > member.person.died_on:
        raise RuleError("The nominee outlived the member: their part is theirs.", field="died_on")
    standing = Nomination.objects.filter(pk=nomination.pk, ended_on=None)
    if _end(standing, max(died_on, nomination.received_on), ENDINGS["died"]) != 1:
        raise RuleError("This nomination has ended already.")
    nomination.refresh_from_db()
    audit.record(by, "members.strike_nominee", nomination)
    return nomination
