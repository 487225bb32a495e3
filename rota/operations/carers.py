"""Changes of state about carers: their hours, when they can work, when they are away."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from core.operations import grant_role
from core.permissions import Role
from core.registry import operation
from members.models import Person
from members.operations import give_sign_in
from rota.models import Absence, AvailabilityPattern, Carer
from rota.rules import WEEKDAYS


@operation(needs="rota.manage_carers")
def add_carer(
    *,
    person: Person,
    latitude: float,
    longitude: float,
    mode: str,
    contract_minutes: int,
    weekly_cap_minutes: int,
    since: dt.date,
    by: Actor,
) -> Carer:
    """Somebody the co-op knows becomes a carer. Nobody is a carer twice."""
    if Carer.objects.filter(person=person).exists():
        raise RuleError("This person is a carer already.", field="person")
    carer = Carer(
        person=person,
        latitude=latitude,
        longitude=longitude,
        mode=mode,
        contract_minutes=contract_minutes,
        weekly_cap_minutes=weekly_cap_minutes,
        since=since,
    )
    _check_hours(carer)
    carer.save()
    if person.user:
        _make_carer_role(person.user)
    audit.record(by, "rota.add_carer", carer)
    return carer


@operation(needs="rota.manage_carers")
def let_carer_sign_in(*, carer: Carer, by: Actor) -> User:
    """Let a carer see their own visits with their e-mail address."""
    user = give_sign_in(person=carer.person, by=by)
    _make_carer_role(user)
    audit.record(by, "rota.let_carer_sign_in", carer, user=user.pk)
    return user


def _make_carer_role(user: User) -> None:
    """Being a carer brings the role: the system gives it, so that no role-keeper is needed."""
    today = timezone.localdate()
    if Role.CARER not in user.roles_on(today):
        grant_role(user=user, role=Role.CARER, since=today, by=SYSTEM)


@operation(needs="rota.manage_carers")
def change_carer(
    *,
    carer: Carer,
    latitude: float,
    longitude: float,
    mode: str,
    contract_minutes: int,
    weekly_cap_minutes: int,
    until: dt.date | None,
    by: Actor,
) -> Carer:
    """Change where a carer starts from, how they get about, their hours or their last day."""
    carer.latitude, carer.longitude, carer.mode = latitude, longitude, mode
    carer.contract_minutes, carer.weekly_cap_minutes = contract_minutes, weekly_cap_minutes
    carer.until = until
    _check_hours(carer)
    carer.save()
    audit.record(by, "rota.change_carer", carer)
    return carer


def _check_hours(carer: Carer) -> None:
    if carer.weekly_cap_minutes < carer.contract_minutes:
        raise RuleError(
            "The most hours in a week cannot be less than the contract hours.",
            field="weekly_cap_hours",
        )
    if not (-90 <= carer.latitude <= 90 and -180 <= carer.longitude <= 180):
        raise RuleError("This latitude and longitude are not on the map.", field="latitude")
    if carer.until is not None and carer.until < carer.since:
        raise RuleError("The last day must not be before the first.", field="until")


@dataclass(frozen=True)
class Hours:
    """Hours on one weekday, in minutes after midnight in London; 1440 is the day's end."""

    weekday: int
    start_minute: int
    end_minute: int


@operation(needs="rota.manage_carers")
def set_hours(
    *,
    carer: Carer,
    hours: list[Hours],
    since: dt.date,
    until: dt.date | None = None,
    by: Actor,
) -> list[AvailabilityPattern]:
    """Add hours in which a carer can work each week, from a day until a day (inclusive).

    Refuses hours that overlap others of the same carer; then none of them is added.
    """
    if until is not None and until < since:
        raise RuleError("The last day must not be before the first.", field="until")
    added = []
    for one in hours:
        pattern = AvailabilityPattern(
            carer=carer,
            weekday=one.weekday,
            start_minute=one.start_minute,
            end_minute=one.end_minute,
            since=since,
            until=until,
        )
        _refuse_impossible_hours(pattern)
        try:
            with transaction.atomic():
                pattern.save()
        except IntegrityError as error:  # somebody else added hours at this very moment
            raise RuleError(_overlap_sentence(pattern)) from error
        added.append(pattern)
    audit.record(by, "rota.set_hours", carer, hours=[pattern.pk for pattern in added])
    return added


def _refuse_impossible_hours(pattern: AvailabilityPattern) -> None:
    if pattern.end_minute <= pattern.start_minute:
        raise RuleError(
            "The hours must end after they start. For a night, add one row until 00:00 and "
            "another from 00:00 on the next day.",
            field="end",
        )
    clash = AvailabilityPattern.objects.clashing(pattern).first()
    if clash is not None:
        raise RuleError(_overlap_sentence(pattern, clash), field="start")


def _overlap_sentence(
    pattern: AvailabilityPattern, clash: AvailabilityPattern | None = None
) -> str:
    day = WEEKDAYS[pattern.weekday]
    there = f": {clash.hours}" if clash else ""
    return f"{day} {pattern.hours} overlaps hours that are there already{there}."


@operation(needs="rota.manage_carers")
def end_hours(*, pattern: AvailabilityPattern, last_day: dt.date, by: Actor) -> None:
    """Hours hold until `last_day` (inclusive); hours that had not begun by then are removed."""
    if pattern.until is not None and pattern.until <= last_day:
        raise RuleError("These hours have already ended.")
    if last_day < pattern.since:
        audit.record(by, "rota.end_hours", pattern.carer, hours=pattern.pk, removed=True)
        pattern.delete()
        return
    pattern.until = last_day
    pattern.save(update_fields=["until"])
    audit.record(by, "rota.end_hours", pattern.carer, hours=pattern.pk, until=str(last_day))


@operation(needs="rota.manage_carers")
def add_absence(
    *, carer: Carer, kind: str, starts_at: dt.datetime, ends_at: dt.datetime, by: Actor
) -> Absence:
    """A carer will be away. Refuses a time that overlaps another absence of theirs.

    Visits they have in that time stay theirs until `free_visits` takes them off.
    """
    if ends_at <= starts_at:
        raise RuleError("The absence must end after it starts.", field="last_day")
    if carer.absences.between(starts_at, ends_at).exists():
        raise RuleError("This overlaps an absence that is there already.", field="first_day")
    absence = Absence(carer=carer, kind=kind, starts_at=starts_at, ends_at=ends_at)
    try:
        with transaction.atomic():
            absence.save()
    except IntegrityError as error:
        raise RuleError("This overlaps an absence that is there already.") from error
    audit.record(by, "rota.add_absence", carer, absence=absence.pk)
    return absence


@operation(needs="rota.manage_carers")
def remove_absence(*, absence: Absence, by: Actor) -> None:
    """Take back an absence that is not over. What is past stays on the record."""
    if absence.ends_at <= timezone.now():
        raise RuleError("This absence is over and stays on the record.")
    audit.record(by, "rota.remove_absence", absence.carer, absence=absence.pk)
    absence.delete()
