"""Changes made by hand: assign, take off, pin, undo; absences and visits that change."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from rota.models import Assignment, Carer, Rota
from rota.operations import (
    add_absence,
    assign,
    fill_greedily,
    free_visits,
    make_rota,
    pin_visit,
    release_visits,
    unassign,
    undo_change,
)
from services.models import Visit
from tests.rota.conftest import DAMSIDE, MONDAY, Valley, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(valley: Valley) -> Carer:
    return valley.carer("Ann", "hoist")


@pytest.fixture
def bob(valley: Valley) -> Carer:
    return valley.carer("Bob", "hoist")


@pytest.fixture
def visit(valley: Valley) -> Visit:
    return valley.visit(valley.person("Joan"), 0, "08:00")


def on(visit: Visit) -> list[str]:
    return [one.carer.person.first_name for one in visit.assignments.order_by("slot")]


def test_a_carer_is_assigned_at_the_wanted_start_and_pinned(
    rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    one = visit.assignments.get()
    assert (one.carer, one.starts_at, one.ends_at) == (ann, at(0, "08:00"), at(0, "08:30"))
    assert one.pinned


def test_a_start_may_be_chosen_within_the_window_only(
    rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    with pytest.raises(RuleError, match="outside the time agreed"):
        assign(rota=rota, visit=visit, carer=ann, starts_at=at(0, "08:16"), by=cora)
    assign(rota=rota, visit=visit, carer=ann, starts_at=at(0, "08:15"), by=cora)
    assert visit.assignments.get().starts_at == at(0, "08:15")


def test_hard_rules_are_checked_again_with_a_plain_sentence(
    rota: Rota, valley: Valley, cora: Actor
) -> None:
    hoisted = valley.visit(valley.person("Joan"), 0, "08:00", "hoist")
    unskilled = valley.carer("Una")
    with pytest.raises(RuleError, match="Una Carer has no “Hoist” training"):
        assign(rota=rota, visit=hoisted, carer=unskilled, by=cora)
    late = valley.carer("Lee", "hoist", hours=(12, 20))
    with pytest.raises(RuleError, match="Lee Carer is not available before Monday 12:00"):
        assign(rota=rota, visit=hoisted, carer=late, by=cora)
    assert on(hoisted) == []


def test_travel_between_two_visits_is_reckoned(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    far = valley.visit(valley.person("Mary", home=DAMSIDE), 0, "08:30", window=0)
    assign(rota=rota, visit=visit, carer=ann, starts_at=at(0, "08:00"), by=cora)
    with pytest.raises(RuleError, match="already with someone else at Monday 08:00"):
        assign(rota=rota, visit=far, carer=ann, by=cora)


def test_eleven_hours_of_rest_are_kept(rota: Rota, valley: Valley, ann: Carer, cora: Actor) -> None:
    late = valley.visit(valley.person("Mary"), 0, "21:15")
    early = valley.visit(valley.person("Joan"), 1, "08:00")
    assign(rota=rota, visit=late, carer=ann, by=cora)
    with pytest.raises(RuleError, match="less than 11 hours' rest after Monday 21:45"):
        assign(rota=rota, visit=early, carer=ann, by=cora)


def test_the_weekly_limit_is_kept(rota: Rota, valley: Valley, cora: Actor) -> None:
    few = valley.carer("Fay", contract=1, cap=1)
    one = valley.visit(valley.person("Joan"), 0, "08:00", minutes=45)
    two = valley.visit(valley.person("Mary"), 0, "12:00", minutes=45)
    assign(rota=rota, visit=one, carer=few, by=cora)
    with pytest.raises(RuleError, match="weekly limit of 1 hour"):
        assign(rota=rota, visit=two, carer=few, by=cora)


def test_a_full_visit_takes_another_carer_only_instead_of_one(
    rota: Rota, visit: Visit, ann: Carer, bob: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    with pytest.raises(RuleError, match="has all its carers"):
        assign(rota=rota, visit=visit, carer=bob, by=cora)
    with pytest.raises(RuleError, match="is on this visit already"):
        assign(rota=rota, visit=visit, carer=ann, by=cora)
    assign(rota=rota, visit=visit, carer=bob, instead_of=ann, by=cora)
    assert on(visit) == ["Bob"]
    with pytest.raises(RuleError, match="Ann Carer is no longer on this visit"):
        assign(rota=rota, visit=visit, carer=ann, instead_of=ann, by=cora)


def test_two_carers_of_one_visit_start_together_and_differ(
    rota: Rota, valley: Valley, ann: Carer, bob: Carer, cora: Actor
) -> None:
    double = valley.visit(valley.person("Joan"), 0, "08:00", carers=2)
    assign(rota=rota, visit=double, carer=ann, starts_at=at(0, "08:05"), by=cora)
    with pytest.raises(RuleError, match="on this visit already"):
        assign(rota=rota, visit=double, carer=ann, by=cora)
    assign(rota=rota, visit=double, carer=bob, starts_at=at(0, "08:10"), by=cora)
    assert {one.starts_at for one in double.assignments.all()} == {at(0, "08:05")}
    assert on(double) == ["Ann", "Bob"]


def test_the_database_refuses_a_carer_in_two_places_and_a_pair_of_one(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, bob: Carer
) -> None:
    other = valley.visit(valley.person("Mary"), 0, "08:15")
    for one, start in ((visit, "08:00"), (other, "08:30")):
        Assignment.objects.create(
            rota=rota,
            visit=one,
            carer=ann,
            starts_at=at(0, start),
            ends_at=at(0, start) + dt.timedelta(minutes=30),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        other.assignments.update(starts_at=at(0, "08:29"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            rota=rota,
            visit=visit,
            carer=ann,
            slot=1,
            starts_at=at(0, "12:00"),
            ends_at=at(0, "12:30"),
        )
    Assignment.objects.create(
        rota=rota, visit=visit, carer=bob, slot=1, starts_at=at(0, "08:00"), ends_at=at(0, "08:30")
    )


def test_taking_a_carer_off_leaves_the_other_of_two(
    rota: Rota, valley: Valley, ann: Carer, bob: Carer, cora: Actor
) -> None:
    double = valley.visit(valley.person("Joan"), 0, "08:00", carers=2)
    assign(rota=rota, visit=double, carer=ann, by=cora)
    assign(rota=rota, visit=double, carer=bob, by=cora)
    unassign(rota=rota, visit=double, carer=ann, by=cora)
    assert on(double) == ["Bob"]
    with pytest.raises(RuleError, match="Ann Carer is not on this visit"):
        unassign(rota=rota, visit=double, carer=ann, by=cora)


def test_pins_come_and_go(rota: Rota, visit: Visit, ann: Carer, cora: Actor) -> None:
    with pytest.raises(RuleError, match="Nobody is on this visit"):
        pin_visit(rota=rota, visit=visit, pinned=True, by=cora)
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    pin_visit(rota=rota, visit=visit, pinned=False, by=cora)
    assert not visit.assignments.get().pinned


def test_changes_are_undone_one_by_one_back_to_how_the_week_was_solved(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, bob: Carer, cora: Actor, clock: Any
) -> None:
    fill_greedily(rota=rota, by=cora)
    (first,) = on(visit)
    other = bob if first == "Ann" else ann
    clock.shift(60)
    unassign(rota=rota, visit=visit, carer=visit.assignments.get().carer, by=cora)
    assign(rota=rota, visit=visit, carer=other, starts_at=at(0, "08:10"), by=cora)
    undo_change(rota=rota, by=cora)
    assert on(visit) == []
    undo_change(rota=rota, by=cora)
    assert on(visit) == [first]
    assert not visit.assignments.get().pinned
    with pytest.raises(RuleError, match="nothing to undo"):
        undo_change(rota=rota, by=cora)


def test_undoing_is_refused_when_the_old_plan_breaks_a_rule_by_now(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    unassign(rota=rota, visit=visit, carer=ann, by=cora)
    add_absence(
        carer=ann, kind="sickness", starts_at=at(0, "00:00"), ends_at=at(1, "00:00"), by=cora
    )
    with pytest.raises(RuleError, match="Ann Carer is not available that day"):
        undo_change(rota=rota, by=cora)
    assert on(visit) == []
    assert rota.changes.standing().count() == 2


def test_a_visit_that_has_begun_is_not_changed(
    rota: Rota, visit: Visit, ann: Carer, cora: Actor, clock: Any
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    clock.move_to(at(0, "08:00"))
    with pytest.raises(RuleError, match="has begun or is over"):
        unassign(rota=rota, visit=visit, carer=ann, by=cora)
    assert on(visit) == ["Ann"]


def test_nothing_is_changed_while_the_week_is_being_worked_out(
    rota: Rota, visit: Visit, ann: Carer, cora: Actor
) -> None:
    Rota.objects.update(state="solving")
    with pytest.raises(RuleError, match="being worked out"):
        assign(rota=rota, visit=visit, carer=ann, by=cora)


def test_an_absence_frees_the_visits_it_hits_and_no_others(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    later = valley.visit(valley.person("Mary"), 2, "08:00")
    for one in (visit, later):
        assign(rota=rota, visit=one, carer=ann, by=cora)
    span = {"starts_at": at(0, "00:00"), "ends_at": at(1, "00:00")}
    add_absence(carer=ann, kind="sickness", **span, by=cora)
    assert free_visits(carer=ann, **span, by=cora) == 1
    assert (on(visit), on(later)) == ([], ["Ann"])
    assert free_visits(carer=ann, **span, by=cora) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"state": "cancelled", "cancelled_why": "person"},
        {"minutes": 45, "ends_at": at(0, "08:45")},
        {
            "starts_at": at(0, "09:00"),
            "ends_at": at(0, "09:30"),
            "earliest_start": at(0, "08:45"),
            "latest_start": at(0, "09:15"),
        },
    ],
)
def test_a_visit_that_services_changed_lets_its_carers_go(
    rota: Rota, visit: Visit, ann: Carer, cora: Actor, change: dict[str, Any]
) -> None:
    assign(rota=rota, visit=visit, carer=ann, by=cora)
    assert release_visits(visit_ids=[visit.pk], by=SYSTEM) == 0
    Visit.objects.filter(pk=visit.pk).update(**change)
    assert release_visits(visit_ids=[visit.pk], by=SYSTEM) == 1
    assert on(visit) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_gives_the_place_away(
    rota: Rota, visit: Visit, ann: Carer, bob: Carer, cora: Actor
) -> None:
    refused = _at_once(
        lambda: assign(rota=Rota.objects.get(), visit=visit, carer=ann, by=SYSTEM),
        lambda: assign(rota=Rota.objects.get(), visit=visit, carer=bob, by=SYSTEM),
    )
    assert refused == ["This visit has all its carers."]
    assert visit.assignments.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_carer_asked_for_at_two_places_at_once_goes_to_one(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    other = valley.visit(valley.person("Mary"), 0, "08:00", window=0)
    Visit.objects.filter(pk=visit.pk).update(
        earliest_start=visit.starts_at, latest_start=visit.starts_at
    )
    refused = _at_once(
        lambda: assign(rota=Rota.objects.get(), visit=visit, carer=ann, by=SYSTEM),
        lambda: assign(rota=Rota.objects.get(), visit=other, carer=ann, by=SYSTEM),
    )
    assert len(refused) == 1
    assert "already with someone else" in refused[0]
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_writers_past_all_rules_are_stopped_by_the_database(
    rota: Rota, valley: Valley, visit: Visit, ann: Carer, cora: Actor
) -> None:
    other = valley.visit(valley.person("Mary"), 0, "08:10")

    def write(one: Visit) -> None:
        with transaction.atomic():
            Assignment.objects.create(
                rota_id=rota.pk,
                visit=one,
                carer=ann,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )

    refused = _at_once(lambda: write(visit), lambda: write(other))
    assert len(refused) == 1
    assert Assignment.objects.count() == 1


def _at_once(*acts: Any) -> list[str]:
    """Run acts in threads of their own, all at the same moment; what was refused, in words."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        try:
            start.wait()
            act()
        except (RuleError, IntegrityError, OperationalError) as error:
            # Two rows that exclude each other, written in the same moment, wait for each other on
            # PostgreSQL: it then ends one of them as a deadlock.
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_a_rota_is_made_for_the_week_that_holds_the_clock_change(cora: Actor) -> None:
    rota = make_rota(week_start=dt.date(2026, 3, 23), by=cora)
    assert rota.ends_at - rota.starts_at == dt.timedelta(days=7) - dt.timedelta(hours=1)
    assert rota.days[-1] == MONDAY + dt.timedelta(days=27)
    assert timezone.now() < rota.starts_at
