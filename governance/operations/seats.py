"""Seats: who sits on a body, since when, until when. On the board, the register of officers goes
with it (members.operations.officers), in the same transaction."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.days import months_after
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.models import Body, Seat
from governance.operations.partner_sides import (
    end_what_goes_with,
    refuse_own_note,
    refuse_seat_across,
    tell_group,
)
from members import operations as members
from members.models import Office, Person

#: What a role on the board is called in the register of officers; any other is a director.
POSTS = {
    Seat.Role.CHAIR: Office.Post.CHAIR,
    Seat.Role.SECRETARY: Office.Post.SECRETARY,
    Seat.Role.TREASURER: Office.Post.TREASURER,
}
LOTS = 1_000_000


@operation(needs="governance.arrange_meeting")
def take_seat(
    *,
    body: Body,
    person: Person,
    way: str,
    since: dt.date,
    minute: str,
    role: str = Seat.Role.MEMBER,
    constituency: str = "",
    review_on: dt.date | None = None,
    by: Actor,
) -> Seat:
    """A person takes a seat from a day, by a minute. On the board they enter the register of
    officers with it, unless that notes them from this day already.

    Refused where all seats, or those of a constituency, are taken. The seat of an independent
    member is to be reviewed within a year.
    """
    # The row is the lock: of two who take the last seat at once, one finds it taken.
    body.refresh_from_db(from_queryset=Body.objects.select_for_update(no_key=True))
    _refuse_bodies_without_seats(body)
    refuse_day_to_come(since, "since")
    if role not in Seat.Role.values:
        raise RuleError("Choose a role.", field="role")
    if way not in Seat.Way.values:
        raise RuleError("Say how they came to it.", field="way")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    if review_on and review_on <= since:
        raise RuleError("A review comes after they took it up.", field="review_on")
    if person.died_on and person.died_on <= since:
        raise RuleError("This person had died by then.", field="since")
    if body.seats.held_from(since).filter(person=person).exists():
        raise RuleError("They sit on it already.", field="person")
    _refuse_full(body, constituency, since)
    refuse_own_note(body, person, by)
    refuse_seat_across(body, person, since)
    seat = Seat(
        body=body,
        person=person,
        role=role,
        way=way,
        constituency=constituency,
        since=since,
        minute=minute.strip(),
        review_on=review_on or _yearly(way, since),
        lot=secrets.randbelow(LOTS) + 1,
        noted_by=by.user,
    )
    if body.kind == Body.Kind.BOARD:
        seat.office = _office(seat, since, seat.minute, by)
    try:
        with transaction.atomic():
            seat.save()
    except IntegrityError:  # somebody else noted it just now
        raise RuleError("They sit on it already.", field="person") from None
    audit.record(by, "governance.take_seat", seat, body=body.pk, person=person.pk, way=way)
    what = f"sits on it from {since:%-d %B %Y}, {seat.get_role_display().lower()}"
    tell_group(body, person, what, f"seat:{seat.pk}", by)
    return seat


def _refuse_bodies_without_seats(body: Body) -> None:
    if body.is_of_members:
        raise RuleError("Every member belongs to the general meeting: it has no seats.")
    if body.ended_on:
        raise RuleError("It meets no more.")


def _refuse_full(body: Body, constituency: str, on: dt.date) -> None:
    rule_set = body.rules_on(on)
    taken = body.seats.held_from(on)
    if rule_set.seats and taken.count() >= rule_set.seats:
        raise RuleError(f"All {rule_set.seats} seats are taken on that day.", field="since")
    most = rule_set.seats_of_class.get(constituency)
    if most is not None and taken.filter(constituency=constituency).count() >= most:
        raise RuleError(
            f"{constituency} has {most} {'seat' if most == 1 else 'seats'}, all of them taken.",
            field="constituency",
        )


def _office(seat: Seat, since: dt.date, minute: str, by: Actor) -> Office:
    """The entry in the register of officers that goes with a seat on the board, from a day."""
    post = POSTS.get(Seat.Role(seat.role), Office.Post.DIRECTOR)
    held = Office.objects.held_on(since).filter(person=seat.person, post=post, seat__isnull=True)
    return held.first() or members.appoint_officer(
        person=seat.person, post=post, since=since, minute=minute, by=by
    )


def _yearly(way: str, since: dt.date) -> dt.date | None:
    """When the seat of an independent member is looked at again; none for any other."""
    return months_after(since, 12) if way == Seat.Way.INDEPENDENT else None


@operation(needs="governance.arrange_meeting")
def review_seat(
    *, seat: Seat, on: dt.date, minute: str, next_on: dt.date | None = None, by: Actor
) -> Seat:
    """Note that a seat was looked at again on a day, by a minute, and goes on: until when.

    An independent member’s seat is looked at again within a year, unless a day is given.
    """
    refuse_day_to_come(on, "on")
    if on < seat.since:
        raise RuleError("That is before they took their seat.", field="on")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    if next_on and next_on <= on:
        raise RuleError("The next review comes after this one.", field="next_on")
    held = Seat.objects.standing().filter(pk=seat.pk, until__isnull=True)
    reviewed = held.update(
        reviewed_on=on,
        review_minute=minute.strip(),
        review_on=next_on or _yearly(seat.way, on),
    )
    if reviewed != 1:
        raise RuleError("This seat has ended.")
    seat.refresh_from_db()
    audit.record(
        by,
        "governance.review_seat",
        seat,
        reviewed_on=on.isoformat(),
        minute=seat.review_minute,
        next_on=seat.review_on.isoformat() if seat.review_on else None,
    )
    return seat


@operation(needs="governance.arrange_meeting")
def give_role(*, seat: Seat, role: str, since: dt.date, minute: str, by: Actor) -> Seat:
    """Somebody who sits on a body is its chair, or is no longer, from a day: the seat goes on.

    On the board one office ends and another begins in the register of officers.
    """
    refuse_day_to_come(since, "since")
    if role not in Seat.Role.values or role == seat.role:
        raise RuleError("Choose another role.", field="role")
    if since < seat.since:
        raise RuleError("That is before they took their seat.", field="since")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    refuse_own_note(seat.body, seat.person, by)
    refuse_seat_across(seat.body, seat.person, since)
    was, office = seat.role, seat.office
    seat.role = role
    if office:
        seat.office = _office(seat, since, minute.strip(), by)
    held = Seat.objects.standing().filter(pk=seat.pk, until__isnull=True, role=was)
    if held.update(role=role, office=seat.office) != 1:
        raise RuleError("This seat has changed or ended meanwhile.")
    if office and office != seat.office and office.until is None:
        until = max(office.since, since - dt.timedelta(days=1))
        members.end_office(office=office, until=until, minute=minute, by=by)
    audit.record(by, "governance.give_role", seat, role=role, was=was, since=since.isoformat())
    what = f"is now {seat.get_role_display().lower()}"
    tell_group(seat.body, seat.person, what, f"role:{seat.pk}:{role}:{since}", by)
    return seat


@operation(needs="governance.arrange_meeting")
def end_seat(*, seat: Seat, until: dt.date, minute: str, by: Actor) -> Seat:
    """Note somebody's last day on a body, by a minute; on the board, also of their office."""
    if until < seat.since:
        raise RuleError("That is before they took it up.", field="until")
    refuse_day_to_come(until, "until")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    _end(seat, until, minute.strip())
    if seat.office and seat.office.until is None:
        members.end_office(office=seat.office, until=until, minute=minute, by=by)
    end_what_goes_with(seat, until, by)
    audit.record(by, "governance.end_seat", seat, until=until.isoformat())
    what = f"sits on it until {until:%-d %B %Y}, and speaks for it no longer"
    tell_group(seat.body, seat.person, what, f"seat_end:{seat.pk}", by)
    return seat


def _end(seat: Seat, until: dt.date, minute: str) -> None:
    held = Seat.objects.standing().filter(pk=seat.pk, until__isnull=True)
    if held.update(until=until, end_minute=minute) != 1:
        raise RuleError("This has ended already.")
    seat.refresh_from_db()


@operation(needs="governance.arrange_meeting")
def strike_seat(*, seat: Seat, by: Actor) -> Seat:
    """Strike out a seat that was entered by mistake, and the office that came with it."""
    standing = Seat.objects.standing().filter(pk=seat.pk)
    if standing.update(struck_on=timezone.localdate()) != 1:
        raise RuleError("This is struck out already.")
    seat.refresh_from_db()
    if seat.office and seat.office.struck_on is None:
        members.strike_office(office=seat.office, by=by)
    end_what_goes_with(seat, timezone.localdate(), by)
    audit.record(by, "governance.strike_seat", seat, body=seat.body_id)
    what = "was noted by mistake as sitting on it"
    tell_group(seat.body, seat.person, what, f"seat_struck:{seat.pk}", by)
    return seat


@operation(needs=None)
def follow_office(*, office: Office, by: Actor) -> Seat | None:
    """What was noted of an office in the register of officers holds for its seat too."""
    seat = Seat.objects.standing().filter(office=office).first()
    if seat is None:
        return None
    if office.struck_on:
        Seat.objects.filter(pk=seat.pk).update(struck_on=office.struck_on)
    elif office.until and seat.until is None:
        _end(seat, office.until, office.end_minute)
    else:
        return seat
    seat.refresh_from_db()
    audit.record(by, "governance.follow_office", seat, office=office.pk)
    return seat
