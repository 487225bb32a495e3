"""People supported: coming to the co-op, a rest from visits, leaving; and letting others in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Avg
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import RoleGrant, User
from core.permissions import Role
from core.registry import operation
from members.models import Person
from members.operations import Contact, add_person, give_sign_in
from services.models import AccessLink, Agreement, Pause, PersonSupported
from services.operations.access import end_links, open_access, refuse_unless_seen, share_with_team
from services.operations.visits import plan
from services.rules import Ground


@operation(needs="services.manage_agreements")
def add_person_supported(
    *,
    person: Person,
    since: dt.date,
    latitude: float | None = None,
    longitude: float | None = None,
    by: Actor,
) -> PersonSupported:
    """Begin to support a person. The team sees their record from now on, and so do they.

    Latitude and longitude (degrees) say where carers travel to. Without them the middle of the
    homes with the same postcode, or else in the same town, stands in.
    """
    if PersonSupported.objects.filter(person=person).exists():
        raise RuleError("This person is already on the list.", field="person")
    if (latitude is None) != (longitude is None):
        raise RuleError("Give both latitude and longitude, or neither.", field="latitude")
    if latitude is None or longitude is None:
        latitude, longitude = _middle_of_neighbours(person)
    _check_coordinates(latitude, longitude)
    supported = PersonSupported.objects.create(
        person=person, since=since, latitude=latitude, longitude=longitude
    )
    share_with_team([supported], _coordinators(), by)
    if person.user is not None:
        _open_own(person, person.user, by)
    audit.record(by, "services.add_person_supported", supported, person=person.pk)
    return supported


@operation(needs="services.manage_agreements")
def welcome(
    *,
    first_name: str,
    last_name: str,
    born: dt.date | None,
    contact: Contact,
    since: dt.date,
    latitude: float | None = None,
    longitude: float | None = None,
    by: Actor,
) -> PersonSupported:
    """Begin to support somebody whom the co-op did not know before."""
    person = add_person(
        first_name=first_name, last_name=last_name, born=born, contact=contact, by=by
    )
    return add_person_supported(
        person=person, since=since, latitude=latitude, longitude=longitude, by=by
    )


@operation(needs="services.manage_agreements")
def move_home(
    *, supported: PersonSupported, latitude: float, longitude: float, by: Actor
) -> PersonSupported:
    """Put right where a person's home is on the map."""
    refuse_unless_seen(by, [supported.person_id])
    _check_coordinates(latitude, longitude)
    supported.latitude, supported.longitude = latitude, longitude
    supported.save(update_fields=["latitude", "longitude"])
    audit.record(by, "services.move_home", supported)
    return supported


@operation(needs="services.manage_agreements")
def end_support(*, supported: PersonSupported, last_day: dt.date, by: Actor) -> PersonSupported:
    """Note that the co-op no longer supports a person. Their circle and carers lose sight of the
    record now; the person, their attorneys and the team keep it.

    The agreement must have ended before.
    """
    refuse_unless_seen(by, [supported.person_id])
    if last_day > timezone.localdate():
        raise RuleError("The last day of support is in the future.", field="last_day")
    if last_day < supported.since:
        raise RuleError("The last day must not be before the first.", field="last_day")
    if supported.agreements.exclude(state=Agreement.State.ENDED).exists():
        raise RuleError("End the agreement first.")
    active = PersonSupported.objects.filter(pk=supported.pk, state=PersonSupported.State.ACTIVE)
    if active.update(state=PersonSupported.State.ENDED, ended_on=last_day) != 1:
        raise RuleError("Support has already ended.")
    supported.refresh_from_db()
    ending = AccessLink.objects.filter(
        person=supported.person_id, ground__in=[Ground.FAMILY, Ground.ROTA]
    )
    end_links(ending.not_over_at(timezone.now()), timezone.now())
    audit.record(by, "services.end_support", supported)
    return supported


@operation(needs="services.manage_access")
def let_in(*, supported: PersonSupported, person: Person, ground: Ground, by: Actor) -> AccessLink:
    """Let a person (family, an attorney, the person themself) sign in and see a record from now.

    Coordinators and carers are let in by their role and the rota, never here.
    """
    if ground in (Ground.TEAM, Ground.ROTA):
        raise RuleError(
            "Carers and coordinators are let in by the rota and by role.", field="ground"
        )
    user = give_sign_in(person=person, by=by)
    supported.person.refresh_from_db(fields=["user"])
    return open_access(
        person=supported.person, user=user, ground=ground, since=timezone.now(), by=by
    )


@operation(needs="services.manage_access")
def add_to_circle(
    *,
    supported: PersonSupported,
    first_name: str,
    last_name: str,
    email: str,
    ground: Ground,
    by: Actor,
) -> AccessLink:
    """Let somebody see a record by name and e-mail address, whether or not we know them yet.

    An address of somebody known under another name is refused: a slip would open the record to a
    stranger.
    """
    known = Person.objects.filter(email__iexact=email.strip()).first()
    names = first_name.strip().casefold(), last_name.strip().casefold()
    if known is None:
        known = add_person(
            first_name=first_name, last_name=last_name, contact=Contact(email=email), by=by
        )
    elif (known.first_name.casefold(), known.last_name.casefold()) != names:
        raise RuleError(
            "We know this e-mail address under another name. Check both.", field="email"
        )
    return let_in(supported=supported, person=known, ground=ground, by=by)


@operation(needs="services.manage_agreements")
def pause_visits(
    *,
    supported: PersonSupported,
    first_day: dt.date,
    last_day: dt.date | None,
    why: str,
    note: str = "",
    by: Actor,
) -> Pause:
    """Let visits rest (hospital, holiday): those in range that have not begun are cancelled.

    Without a last day they rest until `end_pause`, which brings back what lies after it.
    """
    refuse_unless_seen(by, [supported.person_id])
    if last_day is not None and last_day < first_day:
        raise RuleError("The last day must not be before the first.", field="last_day")
    if (last_day or first_day) < timezone.localdate():
        raise RuleError("These days are over. A pause cancels visits to come.", field="first_day")
    if supported.pauses.touching(first_day, last_day or dt.date.max).exists():
        raise RuleError("There is already a pause on some of these days.", field="first_day")
    pause = Pause.objects.create(
        person_supported=supported, first_day=first_day, last_day=last_day, why=why, note=note
    )
    audit.record(by, "services.pause_visits", pause, supported=supported.pk)
    _replan(supported, by)
    return pause


@operation(needs="services.manage_agreements")
def end_pause(*, pause: Pause, last_day: dt.date, by: Actor) -> None:
    """Let visits begin again after `last_day`; a pause that would then have no day is taken out."""
    refuse_unless_seen(by, [pause.person_supported.person_id])
    if pause.last_day is not None and last_day >= pause.last_day:
        raise RuleError("This pause already ends by then.", field="last_day")
    audit.record(by, "services.end_pause", pause, supported=pause.person_supported_id)
    if last_day < pause.first_day:
        pause.delete()
    else:
        pause.last_day = last_day
        pause.save(update_fields=["last_day"])
    _replan(pause.person_supported, by)


def _replan(supported: PersonSupported, by: Actor) -> None:
    plan(supported.agreements.values_list("pk", flat=True), by=by)


def _coordinators() -> Iterable[User]:
    grants = RoleGrant.objects.active_on(timezone.localdate()).filter(role=Role.COORDINATOR)
    return User.objects.filter(role_grants__in=grants)


def _open_own(person: Person, user: User, by: Actor) -> None:
    AccessLink.objects.create(
        person=person, user=user, ground=Ground.SELF, since=timezone.now(), opened_by=by.user
    )


def _middle_of_neighbours(person: Person) -> tuple[float, float]:
    near = PersonSupported.objects.exclude(person=person)
    for field in ("postcode", "town"):
        value = getattr(person, field)
        if value:
            homes = near.filter(**{f"person__{field}__iexact": value})
            middle = homes.aggregate(latitude=Avg("latitude"), longitude=Avg("longitude"))
            if middle["latitude"] is not None:
                return middle["latitude"], middle["longitude"]
    raise RuleError(
        "We know no other home near this one. Give its latitude and longitude.", field="latitude"
    )


def _check_coordinates(latitude: float, longitude: float) -> None:
    """The United Kingdom, roughly: two numbers the wrong way round land outside it."""
    if not 49 <= latitude <= 61.5:
        raise RuleError(
            "The latitude of a home in the UK is between 49 and 61.5.", field="latitude"
        )
    if not -9 <= longitude <= 2.5:
        raise RuleError("The longitude of a UK home is between -9 and 2.5.", field="longitude")
