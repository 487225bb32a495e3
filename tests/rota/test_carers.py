"""Carers, the hours in which they can work, and their absences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine, User
from members.models import Person
from members.operations import Contact, change_contact
from rota.models import Absence, AvailabilityPattern
from rota.operations import (
    Hours,
    add_absence,
    add_carer,
    change_carer,
    end_hours,
    let_carer_sign_in,
    remove_absence,
    set_hours,
)
from tests.rota.conftest import TODAY, Valley, at

pytestmark = pytest.mark.django_db

MORNING = Hours(weekday=0, start_minute=7 * 60, end_minute=12 * 60)


def test_a_person_becomes_a_carer_once_and_gets_the_role(valley: Valley, cora: Actor) -> None:
    person = Person.objects.create(first_name="Ann", last_name="Shaw", email="ann@example.org")
    facts = {
        "latitude": 53.7,
        "longitude": -2.0,
        "mode": "car",
        "contract_minutes": 1200,
        "weekly_cap_minutes": 2400,
        "since": TODAY,
    }
    carer = add_carer(person=person, **facts, by=cora)
    user = let_carer_sign_in(carer=carer, by=cora)
    assert User.objects.get(pk=user.pk).has_perm("rota.work_visits")
    with pytest.raises(RuleError, match="carer already"):
        add_carer(person=person, **facts, by=cora)
    assert AuditLine.objects.filter(action="rota.add_carer").count() == 1


def test_an_e_mail_address_entered_lately_is_named_before_a_carer_is_let_in(
    valley: Valley, cora: Actor, signed_in: Callable[[User], Client]
) -> None:
    carer = valley.carer("Ann")
    assert cora.user
    hers, url = signed_in(cora.user), f"/rota/carers/{carer.pk}/"
    says = f"was entered on {TODAY:%A} {TODAY.day} {TODAY:%B %Y} by {cora.user.get_full_name()}"
    assert "was entered on" not in hers.get(url).content.decode()
    change_contact(of=carer.person, contact=Contact(email="new@example.org"), by=cora)
    assert says in hers.get(url).content.decode()
    let_carer_sign_in(carer=carer, by=cora)
    assert "was entered on" not in hers.get(url).content.decode()


def test_the_cap_is_not_below_the_contract(valley: Valley, cora: Actor) -> None:
    carer = valley.carer("Ann")
    with pytest.raises(RuleError, match="cannot be less than the contract"):
        change_carer(
            carer=carer,
            latitude=53.7,
            longitude=-2.0,
            mode="car",
            contract_minutes=2000,
            weekly_cap_minutes=1000,
            until=None,
            by=cora,
        )
    carer.refresh_from_db()
    assert carer.contract_minutes == 1200


def test_only_a_coordinator_changes_hours(valley: Valley, stranger: User) -> None:
    carer = valley.carer("Ann", days=())
    with pytest.raises(PermissionDenied):
        set_hours(carer=carer, hours=[MORNING], since=TODAY, by=Actor("user", user=stranger))


def test_hours_that_overlap_are_refused_and_none_of_the_lot_is_added(
    valley: Valley, cora: Actor
) -> None:
    carer = valley.carer("Ann", days=())
    set_hours(carer=carer, hours=[MORNING], since=TODAY, by=cora)
    tuesday, clash = Hours(1, 420, 720), Hours(0, 11 * 60, 15 * 60)
    with pytest.raises(RuleError, match=r"Monday 11:00 to 15:00 overlaps .* 07:00 to 12:00"):
        set_hours(carer=carer, hours=[tuesday, clash], since=TODAY, by=cora)
    assert carer.availability.count() == 1


def test_hours_may_touch_and_may_overlap_on_other_days_dates_and_carers(
    valley: Valley, cora: Actor
) -> None:
    ann, bob = valley.carer("Ann", days=()), valley.carer("Bob", days=())
    last = TODAY + dt.timedelta(days=20)
    set_hours(carer=ann, hours=[MORNING], since=TODAY, until=last, by=cora)
    set_hours(carer=ann, hours=[Hours(0, 720, 1440), Hours(1, 420, 720)], since=TODAY, by=cora)
    set_hours(carer=ann, hours=[MORNING], since=last + dt.timedelta(days=1), by=cora)
    set_hours(carer=bob, hours=[MORNING], since=TODAY, by=cora)
    assert AvailabilityPattern.objects.count() == 5


def test_hours_that_end_before_they_start_are_refused(valley: Valley, cora: Actor) -> None:
    with pytest.raises(RuleError, match="end after they start"):
        set_hours(
            carer=valley.carer("Ann", days=()), hours=[Hours(0, 1320, 420)], since=TODAY, by=cora
        )


@pytest.mark.parametrize(
    ("since", "until"), [(TODAY, None), (TODAY - dt.timedelta(days=9), TODAY), (TODAY, TODAY)]
)
def test_the_database_itself_refuses_overlapping_hours(
    valley: Valley, cora: Actor, since: dt.date, until: dt.date | None
) -> None:
    carer = valley.carer("Ann", days=())
    set_hours(carer=carer, hours=[MORNING], since=TODAY, by=cora)
    with pytest.raises(IntegrityError), transaction.atomic():
        AvailabilityPattern.objects.create(
            carer=carer, weekday=0, start_minute=600, end_minute=900, since=since, until=until
        )
    apart = AvailabilityPattern.objects.create(
        carer=carer, weekday=0, start_minute=720, end_minute=900, since=since, until=until
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        AvailabilityPattern.objects.filter(pk=apart.pk).update(start_minute=719)


def test_hours_end_on_a_day_and_those_to_come_are_removed(valley: Valley, cora: Actor) -> None:
    carer = valley.carer("Ann", days=())
    (now,) = set_hours(carer=carer, hours=[MORNING], since=TODAY, by=cora)
    (later,) = set_hours(
        carer=carer, hours=[Hours(1, 420, 720)], since=TODAY + dt.timedelta(days=9), by=cora
    )
    end_hours(pattern=now, last_day=TODAY, by=cora)
    end_hours(pattern=later, last_day=TODAY, by=cora)
    assert [(one.pk, one.until) for one in carer.availability.all()] == [(now.pk, TODAY)]


def test_absences_do_not_overlap_in_the_operation_nor_in_the_database(
    valley: Valley, cora: Actor
) -> None:
    carer = valley.carer("Ann")
    add_absence(
        carer=carer, kind="holiday", starts_at=at(0, "00:00"), ends_at=at(2, "00:00"), by=cora
    )
    with pytest.raises(RuleError, match="overlaps an absence"):
        add_absence(
            carer=carer, kind="sickness", starts_at=at(1, "12:00"), ends_at=at(3, "00:00"), by=cora
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            carer=carer, kind="other", starts_at=at(1, "23:00"), ends_at=at(2, "01:00")
        )
    add_absence(
        carer=carer, kind="other", starts_at=at(2, "00:00"), ends_at=at(3, "00:00"), by=cora
    )
    assert carer.absences.count() == 2


def test_an_absence_can_be_taken_back_until_it_is_over(valley: Valley, cora: Actor, clock) -> None:
    carer = valley.carer("Ann")
    absence = add_absence(
        carer=carer, kind="holiday", starts_at=at(0, "00:00"), ends_at=at(1, "00:00"), by=cora
    )
    clock.move_to(at(2, "12:00"))
    with pytest.raises(RuleError, match="stays on the record"):
        remove_absence(absence=absence, by=cora)
    clock.move_to(at(0, "12:00"))
    remove_absence(absence=absence, by=cora)
    assert not carer.absences.exists()
