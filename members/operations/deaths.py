"""When a member dies: the entry ends, nobody writes to them, and their shares wait for an estate.

The shares stay in the register as those of somebody who has ceased until the board has decided who
is to have their value: nominees up to the limit (2014 Act, section 37), the estate for the rest.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.operations import allow_sign_in, grant_member_role, stop_sign_in
from core.registry import operation
from members.models import Estate, Letter, Member, Person, Withdrawal
from members.operations.ending import end_entry, stop_buying, stop_collecting_from

BECAUSE = "Died"
#: Requests of their own that fall away with a member's death.
OPEN = (Withdrawal.State.ASKED, Withdrawal.State.AGREED)


@operation(needs="members.keep_register")
def note_death(
    *,
    member: Member,
    died_on: dt.date,
    told_on: dt.date,
    evidence: str,
    representative: str = "",
    representative_address: str = "",
    by: Actor,
) -> Estate:
    """Note that a member has died: "ceased, shares outstanding" from the day of death.

    Nobody signs in as them any more, letters to them are called off, requests of their own fall
    away, shares that they had asked for are asked for no more, their Direct Debit ends, and whoever
    acted for them no longer does. What is undone is noted, so that a mistake can be put right on
    the same day (`reopen_death`).
    """
    person = member.person
    if person is None:
        raise RuleError("Only a person dies. Note the end of the organisation's membership.")
    _refuse_days(member, died_on, told_on)
    if not evidence.strip():
        raise RuleError("Say what was seen, for example the death certificate.", field="evidence")
    living = Person.objects.filter(pk=person.pk, died_on=None)
    if living.update(died_on=died_on) != 1:
        raise RuleError("This death has been noted already.")
    person.refresh_from_db()
    entries = list(person.memberships.with_shares(timezone.localdate()).order_by("number"))
    undone = undo_what_stands(person, entries, died_on, by)
    estates = {}
    for entry in entries:
        if entry.pk == member.pk or entry.shares:  # type: ignore[attr-defined]
            estates[entry.pk] = Estate.objects.create(
                member=entry,
                told_on=told_on,
                evidence=evidence.strip(),
                representative=representative.strip(),
                representative_address=representative_address.strip(),
                settled_on=None if entry.shares else told_on,  # type: ignore[attr-defined]
            )
    audit.record(
        by,
        "members.note_death",
        person,
        died_on=died_on.isoformat(),
        estates=[one.pk for one in estates.values()],
        **undone,
    )
    member.refresh_from_db()
    return estates[member.pk]


def _refuse_days(member: Member, died_on: dt.date, told_on: dt.date) -> None:
    assert member.person is not None
    if died_on < member.joined:
        raise RuleError("That is before the member was entered.", field="died_on")
    refuse_day_of_death(member.person, died_on)
    refuse_day_to_come(told_on, "told_on")
    if told_on < died_on:
        raise RuleError("That is before the death.", field="told_on")


def refuse_day_of_death(person: Person, died_on: dt.date) -> None:
    """A day that has come, and on which they were born already."""
    refuse_day_to_come(died_on, "died_on")
    if person.born and died_on < person.born:
        raise RuleError("That is before they were born.", field="died_on")


def undo_what_stands(
    person: Person, entries: list[Member], died_on: dt.date, by: Actor
) -> dict[str, Any]:
    """End what a living member has; returns the ids of what was ended."""
    undone: dict[str, Any] = {"entries": [], "sign_in": False}
    undone["purchases"] = [pk for entry in entries for pk in stop_buying(entry, by)]
    undone["mandates"] = stop_collecting_from(person, by)
    for entry in entries:
        if entry.ceased is None or entry.ceased > died_on:
            undone["entries"].append([entry.pk, *_end_as_was(entry)])
            if entry.ceased is None:
                end_entry(member=entry, ceased=died_on, because=BECAUSE, by=by)
            else:
                Member.objects.filter(pk=entry.pk).update(ceased=died_on, ceased_because=BECAUSE)
    asked = Withdrawal.objects.filter(member__in=entries, state__in=OPEN)
    undone["withdrawals"] = list(asked.values_list("pk", "state"))
    asked.update(state=Withdrawal.State.TAKEN_BACK)
    letters = Letter.objects.filter(person=person, state=Letter.State.WAITING)
    undone["letters"] = list(letters.values_list("pk", flat=True))
    letters.update(state=Letter.State.CALLED_OFF)
    if person.user:
        undone["sign_in"] = stop_sign_in(user=person.user, by=by)
    return undone


def _end_as_was(entry: Member) -> tuple[str | None, str]:
    return (entry.ceased.isoformat() if entry.ceased else None, entry.ceased_because)


@operation(needs="members.keep_register")
def reopen_death(*, estate: Estate, why: str, by: Actor) -> Member:
    """Take back a death that was noted by mistake: on the same day, before anything is decided.

    The entry goes on, and sign-in, letters and requests too. What cannot come back is a Direct
    Debit and a request for shares: the member sets those up again. The audit trail keeps both, and
    of the reason, which may name somebody, only that one was given.
    """
    if not why.strip():
        raise RuleError("Say what was wrong.", field="why")
    person = estate.member.person
    assert person is not None
    if timezone.localdate(estate.noted_at) != timezone.localdate():
        raise RuleError("This can be taken back only on the day on which it was noted.")
    if Withdrawal.objects.of_estates().filter(member__person=person).exists():
        raise RuleError("The board has decided on the shares. Take that back first.")
    noted = audit.lines_of("members.note_death", person).latest("pk")
    if Person.objects.filter(pk=person.pk, died_on__isnull=False).update(died_on=None) != 1:
        raise RuleError("This has been taken back already.")
    Estate.objects.filter(member__person=person).delete()
    put_back(person, noted.data, by)
    audit.record(by, "members.reopen_death", person, noted=noted.pk, reason_given=True)
    return Member.objects.get(pk=estate.member_id)


def put_back(person: Person, undone: dict[str, Any], by: Actor) -> None:
    for pk, ceased, because in undone["entries"]:
        Member.objects.filter(pk=pk).update(ceased=ceased, ceased_because=because)
    for pk, state in undone["withdrawals"]:
        Withdrawal.objects.filter(pk=pk).update(state=state)
    Letter.objects.filter(pk__in=undone["letters"], state=Letter.State.CALLED_OFF).update(
        state=Letter.State.WAITING
    )
    if person.user is None:
        return
    if undone["sign_in"]:
        allow_sign_in(user=person.user, by=by)
    today = timezone.localdate()
    if Member.objects.active_on(today).of_user(person.user, today).exists():
        grant_member_role(user=person.user, since=today, by=by)


@operation(needs="members.keep_register")
def change_estate(
    *,
    estate: Estate,
    representative: str,
    representative_address: str,
    grant_seen_on: dt.date | None,
    by: Actor,
) -> Estate:
    """Note who speaks for the estate, and when the grant of probate (or letters) was seen.

    Of a settled one too: interest may still be owed.
    """
    refuse_day_to_come(grant_seen_on, "grant_seen_on")
    if grant_seen_on and grant_seen_on < estate.told_on:
        told = f"{estate.told_on:%-d %B %Y}"
        raise RuleError(f"That is before the co-op was told: {told}.", field="grant_seen_on")
    if grant_seen_on and not representative.strip():
        raise RuleError("Enter the name that the grant gives.", field="representative")
    Estate.objects.filter(pk=estate.pk).update(
        representative=representative.strip(),
        representative_address=representative_address.strip(),
        grant_seen_on=grant_seen_on,
    )
    estate.refresh_from_db()
    audit.record(by, "members.change_estate", estate)
    return estate
