"""Visits: planned ahead once only, re-planned only in the future, never made again."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from services import operations, tasks
from services.models import AgreementVersion, PersonSupported, Visit
from services.recurrence import weekly
from services.rules import LineTerms
from services.signals import visits_changed
from tests.services.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db

Terms = Callable[..., LineTerms]
Agree = Callable[[AgreementVersion], AgreementVersion]
TOMORROW = TODAY + dt.timedelta(1)
IN_SIX_WEEKS = TODAY + operations.HORIZON


@pytest.fixture
def told() -> Iterator[list[list[int]]]:
    """What the signal told the apps above."""
    heard: list[list[int]] = []

    def listen(visit_ids: list[int], **_: object) -> None:
        heard.append(visit_ids)

    visits_changed.connect(listen)
    yield heard
    visits_changed.disconnect(listen)


def on(date: dt.date) -> Visit:
    return Visit.objects.get(date=date)


def test_a_visit_carries_its_times_window_and_line(agreed: AgreementVersion) -> None:
    visit = on(TOMORROW)
    assert visit.starts_at == dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC)
    assert visit.ends_at - visit.starts_at == dt.timedelta(minutes=45)
    assert visit.starts_at - visit.earliest_start == dt.timedelta(minutes=15)
    assert visit.latest_start - visit.starts_at == dt.timedelta(minutes=30)
    assert (visit.line.version, visit.person_supported) == (
        agreed,
        agreed.agreement.person_supported,
    )


def test_generating_again_plans_nothing_twice(agreed: AgreementVersion) -> None:
    before = list(Visit.objects.values())
    assert operations.generate_visits(until=IN_SIX_WEEKS, by=SYSTEM) == 0
    assert list(Visit.objects.values()) == before


def test_each_night_adds_the_next_day(agreed: AgreementVersion) -> None:
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        tasks.generate_visits()
    assert Visit.objects.latest("date").date == IN_SIX_WEEKS + dt.timedelta(1)
    assert Visit.objects.count() == 44


def test_an_agreement_typed_in_late_is_planned_from_monday_of_this_week(
    mavis: PersonSupported, terms: Terms, agree: Agree, cora: Actor
) -> None:
    version = operations.draft_agreement(supported=mavis, first_day=dt.date(2026, 1, 5), by=cora)
    operations.add_line(version=version, terms=terms(first_day=dt.date(2026, 1, 5)), by=cora)
    with time_machine.travel(NOW + dt.timedelta(days=2), tick=False):
        agree(version)
    assert Visit.objects.earliest("date").date == TODAY


def test_visits_keep_their_time_on_the_clock_through_the_change(agreed: AgreementVersion) -> None:
    saturday, sunday = on(dt.date(2026, 3, 28)), on(dt.date(2026, 3, 29))
    assert (saturday.starts_at.hour, sunday.starts_at.hour) == (8, 7)


def test_a_cancelled_visit_is_not_made_again(agreed: AgreementVersion, cora: Actor) -> None:
    operations.cancel_visit(visit=on(TOMORROW), why="person", note="Day out", by=cora)
    assert operations.generate_visits(until=IN_SIX_WEEKS, by=SYSTEM) == 0
    visit = on(TOMORROW)
    assert (visit.state, visit.cancelled_why, visit.cancelled_by) == (
        "cancelled",
        "person",
        cora.user,
    )


def test_cancelling_twice_or_too_late_is_refused(agreed: AgreementVersion, cora: Actor) -> None:
    visit = operations.cancel_visit(visit=on(TOMORROW), why="coop", by=cora)
    with pytest.raises(RuleError, match="not planned any more: cancelled"):
        operations.cancel_visit(visit=visit, why="coop", by=cora)
    with pytest.raises(RuleError, match="already begun"):
        operations.cancel_visit(visit=on(TODAY), why="coop", by=cora)
    with pytest.raises(RuleError) as refused:
        operations.cancel_visit(visit=on(TODAY + dt.timedelta(2)), why="plan", by=cora)
    assert refused.value.field == "why"


def test_a_cancelled_visit_can_be_brought_back(
    agreed: AgreementVersion, cora: Actor, told: list[list[int]]
) -> None:
    visit = operations.cancel_visit(visit=on(TOMORROW), why="person", by=cora)
    assert operations.reinstate_visit(visit=visit, by=cora).state == "planned"
    assert told == [[visit.pk], [visit.pk]]
    with pytest.raises(RuleError):
        operations.reinstate_visit(visit=visit, by=cora)


def test_a_change_moves_the_visits_to_come_and_leaves_the_rest(
    agreed: AgreementVersion, terms: Terms, agree: Agree, cora: Actor, told: list[list[int]]
) -> None:
    """Delivered and cancelled visits stay as they were, and visits keep their ids."""
    today, tomorrow = on(TODAY), on(TOMORROW)
    third, fourth = on(TODAY + dt.timedelta(2)), on(TODAY + dt.timedelta(3))
    operations.cancel_visit(visit=third, why="person", by=cora)
    Visit.objects.filter(pk=fourth.pk).update(state="delivered")
    told.clear()
    version = operations.new_version(
        agreement=agreed.agreement, since=TODAY, reason="Sleeps longer", by=cora
    )
    line = version.lines.get()
    operations.change_line(line=line, terms=terms(start_time=dt.time(9, 30)), by=cora)
    agree(version)
    assert on(TODAY).starts_at == today.starts_at  # it has begun
    assert on(TOMORROW).pk == tomorrow.pk
    assert on(TOMORROW).starts_at.time() == dt.time(9, 30)
    assert on(TOMORROW).line.version == version
    assert (on(third.date).state, on(third.date).starts_at) == ("cancelled", third.starts_at)
    assert (on(fourth.date).state, on(fourth.date).starts_at) == ("delivered", fourth.starts_at)
    assert len(told) == 1
    assert len(told[0]) == 40
    assert Visit.objects.count() == 43


def test_days_that_a_change_takes_away_are_cancelled_and_come_back_with_the_next(
    agreed: AgreementVersion, terms: Terms, agree: Agree, cora: Actor
) -> None:
    agreement = agreed.agreement
    for rrule, state in [(weekly(["MO"]), "cancelled"), (weekly(["MO", "TU"]), "planned")]:
        version = operations.new_version(
            agreement=agreement, since=TODAY, reason="Fewer days", by=cora
        )
        operations.change_line(line=version.lines.get(), terms=terms(rrule=rrule), by=cora)
        agree(version)
        assert on(TOMORROW).state == state
    assert on(TODAY + dt.timedelta(2)).cancelled_why == "plan"


def test_a_pause_cancels_what_it_covers_and_gives_back_what_it_no_longer_does(
    agreed: AgreementVersion, mavis: PersonSupported, cora: Actor, told: list[list[int]]
) -> None:
    friday = TODAY + dt.timedelta(4)
    pause = operations.pause_visits(
        supported=mavis, first_day=TODAY, last_day=None, why="hospital", by=cora
    )
    assert on(TODAY).state == "planned"  # it has begun
    assert Visit.objects.planned().count() == 1
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        tasks.generate_visits()
    new = Visit.objects.latest("date")
    assert (new.state, new.cancelled_why) == ("cancelled", "pause")
    operations.end_pause(pause=pause, last_day=friday, by=cora)
    assert on(friday).state == "cancelled"
    assert on(friday + dt.timedelta(1)).state == "planned"
    assert len(told) == 2


def test_a_pause_that_has_no_day_left_is_taken_out(
    agreed: AgreementVersion, mavis: PersonSupported, cora: Actor
) -> None:
    pause = operations.pause_visits(
        supported=mavis, first_day=TOMORROW, last_day=TOMORROW, why="away", by=cora
    )
    operations.end_pause(pause=pause, last_day=TODAY, by=cora)
    assert not mavis.pauses.exists()
    assert on(TOMORROW).state == "planned"


def test_impossible_pauses_are_refused(mavis: PersonSupported, cora: Actor) -> None:
    def refusal(first: int, last: int) -> str | None:
        with pytest.raises(RuleError) as refused:
            operations.pause_visits(
                supported=mavis,
                first_day=TODAY + dt.timedelta(first),
                last_day=TODAY + dt.timedelta(last),
                why="away",
                by=cora,
            )
        return refused.value.field

    assert refusal(3, 2) == "last_day"
    assert refusal(-3, -1) == "first_day"
    operations.pause_visits(
        supported=mavis, first_day=TODAY, last_day=TOMORROW, why="away", by=cora
    )
    assert refusal(1, 4) == "first_day"


def test_a_cancelled_visit_stays_cancelled_through_a_pause(
    agreed: AgreementVersion, mavis: PersonSupported, cora: Actor
) -> None:
    operations.cancel_visit(visit=on(TOMORROW), why="person", by=cora)
    pause = operations.pause_visits(
        supported=mavis, first_day=TODAY, last_day=TOMORROW, why="away", by=cora
    )
    operations.end_pause(pause=pause, last_day=TODAY, by=cora)
    assert on(TOMORROW).cancelled_why == "person"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_plan_each_visit_once(agreed: AgreementVersion) -> None:
    Visit.objects.all().delete()
    barrier, made, failed = threading.Barrier(2), [], []

    def work() -> None:
        try:
            barrier.wait(timeout=10)
            made.append(operations.generate_visits(until=IN_SIX_WEEKS, by=SYSTEM))
        except Exception as error:  # shown by the assertion below
            failed.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert failed == []
    assert sorted(made) == [0, 43]
    assert Visit.objects.count() == 43
