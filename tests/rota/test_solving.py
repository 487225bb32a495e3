"""A week's rota is made, worked out in the background, and proposed."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import Job
from members.models import Qualification
from rota import problem_builder, search, tasks
from rota.models import Absence, Assignment, AvailabilityPattern, Carer, Rota
from rota.operations import (
    accept_solution,
    claim_search,
    fail_search,
    fill_greedily,
    make_rota,
    start_search,
    stop_search,
)
from rota.operations.solving import STALE_AFTER
from rota.problem_builder import skill_names
from rota.solver import Placement, Progress, Solution, SolverFailed, greedy
from services.models import Visit
from tests.rota.conftest import MONDAY, Valley, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(valley: Valley) -> list[Visit]:
    """Two carers and four visits on Monday, one of them for two with a hoist."""
    valley.carer("Ann", "hoist")
    valley.carer("Bob", "hoist")
    joan, mary = valley.person("Joan"), valley.person("Mary")
    return [
        valley.visit(joan, 0, "08:00"),
        valley.visit(joan, 0, "12:00"),
        valley.visit(mary, 0, "09:00"),
        valley.visit(mary, 0, "17:00", "hoist", carers=2),
    ]


@pytest.fixture
def by_greedy(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The search answers at once, as the baseline would; returns what it was asked with."""
    asked: list[dict[str, Any]] = []

    def answer(problem: Any, **options: Any) -> Solution:
        asked.append(options)
        options["on_progress"](Progress(0.5, 100.0, 1, 0.5))
        return greedy(problem)

    monkeypatch.setattr(search, "solve_in_child", answer)
    return asked


def test_a_rota_begins_on_a_monday_and_there_is_one_a_week(rota: Rota, cora: Actor) -> None:
    with pytest.raises(RuleError, match="on a Monday"):
        make_rota(week_start=MONDAY + dt.timedelta(days=1), by=cora)
    with pytest.raises(RuleError, match="a rota for this week already"):
        make_rota(week_start=MONDAY, by=cora)
    assert Rota.objects.count() == 1


def test_nothing_is_worked_out_without_visits_or_carers(
    valley: Valley, rota: Rota, cora: Actor
) -> None:
    with pytest.raises(RuleError, match="No visits are planned"):
        start_search(rota=rota, by=cora)
    valley.visit(valley.person("Joan"))
    with pytest.raises(RuleError, match="No carers work"):
        start_search(rota=rota, by=cora)
    assert not Job.objects.exists()


def test_the_search_proposes_a_rota_with_its_quality(
    week: list[Visit],
    rota: Rota,
    cora: Actor,
    by_greedy: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = start_search(rota=rota, by=cora)
    rota.refresh_from_db()
    job.refresh_from_db()
    assert (rota.state, job.state, job.percent) == ("proposed", "done", 100)
    assert job.curve == [[0.5, 100]]
    assert rota.assignments.count() == 5
    assert rota.quality["rota"]["unfilled"] == 0
    assert rota.quality["slots"] == 5
    assert len(by_greedy) == 1


def test_a_task_that_is_delivered_twice_works_once(
    week: list[Visit], rota: Rota, cora: Actor, by_greedy: list[Any]
) -> None:
    job = start_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    tasks.solve(job.pk)
    assert len(by_greedy) == 1


def test_a_rota_being_worked_out_is_not_begun_again(
    week: list[Visit], rota: Rota, cora: Actor
) -> None:
    start_search(rota=rota, by=cora)
    with pytest.raises(RuleError, match="being worked out"):
        start_search(rota=rota, by=cora)
    with pytest.raises(RuleError, match="cannot be filled now"):
        fill_greedily(rota=rota, by=cora)
    assert Job.objects.count() == 1


def test_a_search_whose_worker_fell_silent_is_taken_up_again(
    week: list[Visit], rota: Rota, cora: Actor, clock: Any, by_greedy: list[Any]
) -> None:
    job = start_search(rota=rota, by=cora)
    lost = claim_search(job_id=job.pk, by=SYSTEM)
    clock.shift(STALE_AFTER - dt.timedelta(seconds=1))
    tasks.take_up_searches()
    assert by_greedy == []
    clock.shift(dt.timedelta(seconds=2))
    tasks.take_up_searches()
    assert len(by_greedy) == 1
    rota.refresh_from_db()
    assert rota.state == "proposed"
    # The first worker wakes up and is not heard.
    before = set(rota.assignments.values_list("pk", flat=True))
    found = problem_builder.load(rota, lost.since)
    empty = Solution(())
    assert not accept_solution(claim=lost, week=found, solution=empty, statement={}, by=SYSTEM)
    fail_search(claim=lost, note="Too late.", by=SYSTEM)
    assert set(rota.assignments.values_list("pk", flat=True)) == before
    assert Job.objects.get().state == "done"


def test_a_search_that_waits_too_long_is_taken_up(
    week: list[Visit], rota: Rota, cora: Actor, clock: Any, by_greedy: list[Any]
) -> None:
    start_search(rota=rota, by=cora)
    clock.shift(STALE_AFTER + dt.timedelta(seconds=1))
    tasks.take_up_searches()
    assert len(by_greedy) == 1


def test_stopping_takes_the_best_so_far(
    week: list[Visit], rota: Rota, cora: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start_search(rota=rota, by=cora)
    rounds = []

    def answer(problem: Any, *, on_progress: Any, should_stop: Any, **_: Any) -> Solution:
        while not rounds or not should_stop():
            rounds.append(1)
            if len(rounds) == 3:
                stop_search(rota=Rota.objects.get(), by=cora)
            on_progress(Progress(0.1, 100.0, 1, len(rounds)))
        return greedy(problem)

    monkeypatch.setattr(search, "solve_in_child", answer)
    tasks.solve(job.pk)
    job.refresh_from_db()
    rota.refresh_from_db()
    assert (len(rounds), job.state, rota.state) == (3, "stopped", "proposed")
    assert "best so far" in job.note
    with pytest.raises(RuleError, match="Nothing is being worked out"):
        stop_search(rota=rota, by=cora)


def test_a_search_stopped_before_it_began_never_begins(
    week: list[Visit], rota: Rota, cora: Actor, by_greedy: list[Any]
) -> None:
    job = start_search(rota=rota, by=cora)
    stop_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    rota.refresh_from_db()
    assert (rota.state, by_greedy) == ("draft", [])


def test_a_child_that_crashes_is_said_plainly_and_the_rota_is_free_again(
    week: list[Visit], rota: Rota, cora: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> Solution:
        raise SolverFailed("The solver ended with code 1: out of memory")

    monkeypatch.setattr(search, "solve_in_child", crash)
    job = start_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    job.refresh_from_db()
    rota.refresh_from_db()
    assert (job.state, rota.state) == ("failed", "draft")
    assert "out of memory" in job.note


def test_a_bug_in_the_search_does_not_leave_the_rota_locked(
    week: list[Visit], rota: Rota, cora: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any, **__: Any) -> Solution:
        raise ZeroDivisionError

    monkeypatch.setattr(search, "solve_in_child", bug)
    job = start_search(rota=rota, by=cora)
    with pytest.raises(ZeroDivisionError):
        tasks.solve(job.pk)
    rota.refresh_from_db()
    assert rota.state == "draft"


def test_a_solution_that_breaks_a_rule_is_refused_and_nothing_is_lost(
    week: list[Visit], rota: Rota, cora: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_greedily(rota=rota, by=cora)
    before = set(rota.assignments.values_list("pk", flat=True))

    def clumsy(problem: Any, **_: Any) -> Solution:
        one = problem.carers[0].id
        return Solution(tuple(Placement(v.id, v.earliest, (one,)) for v in problem.visits))

    monkeypatch.setattr(search, "solve_in_child", clumsy)
    job = start_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    job.refresh_from_db()
    rota.refresh_from_db()
    assert (job.state, rota.state) == ("failed", "proposed")
    assert job.note == "What came back breaks 1 hard rule (double up), so it was not used."
    assert set(rota.assignments.values_list("pk", flat=True)) == before


def test_a_week_that_changed_during_the_search_is_not_overwritten(
    week: list[Visit], rota: Rota, cora: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(problem: Any, **_: Any) -> Solution:
        AvailabilityPattern.objects.all().delete()
        return greedy(problem)

    monkeypatch.setattr(search, "solve_in_child", slow)
    job = start_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "Visits changed during the search" in job.note
    assert not Assignment.objects.exists()


def test_what_is_pinned_stays_through_a_new_search(
    week: list[Visit], rota: Rota, cora: Actor, by_greedy: list[Any]
) -> None:
    fill_greedily(rota=rota, by=cora)
    first = rota.assignments.get(visit=week[0])
    other = {"Ann": "Bob", "Bob": "Ann"}[first.carer.person.first_name]
    carer = valley_carer(other)
    rota.assignments.filter(pk=first.pk).update(
        carer=carer, pinned=True, starts_at=at(0, "08:10"), ends_at=at(0, "08:40")
    )
    job = start_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    kept = rota.assignments.get(visit=week[0])
    assert (kept.carer, kept.starts_at, kept.pinned) == (carer, at(0, "08:10"), True)


def valley_carer(name: str) -> Carer:
    return Carer.objects.get(person__first_name=name)


# --- The problem that the rows pose ---------------------------------------------------------------


def test_absence_is_cut_out_of_the_hours_and_half_days_count(valley: Valley, rota: Rota) -> None:
    ann = valley.carer("Ann", hours=(7, 15), days=(0, 1))
    Absence.objects.create(
        carer=ann, kind="other", starts_at=at(0, "10:00"), ends_at=at(0, "12:00")
    )
    Absence.objects.create(
        carer=ann, kind="other", starts_at=at(1, "00:00"), ends_at=at(2, "00:00")
    )
    (carer,) = problem_builder.load(rota, at(-5, "12:00")).problem.carers
    assert carer.available == ((7 * 60, 10 * 60), (12 * 60, 15 * 60))


def test_hours_hold_from_their_first_day_to_their_last(valley: Valley, rota: Rota) -> None:
    ann = valley.carer("Ann", days=(0, 1, 2))
    ann.availability.filter(weekday=0).update(until=MONDAY - dt.timedelta(days=1))
    ann.availability.filter(weekday=1).update(since=MONDAY + dt.timedelta(days=2))
    (carer,) = problem_builder.load(rota, at(-5, "12:00")).problem.carers
    assert carer.available == ((2 * 1440 + 7 * 60, 2 * 1440 + 22 * 60),)


def test_a_skill_that_runs_out_on_wednesday_counts_until_then(valley: Valley, rota: Rota) -> None:
    valley.carer("Ann", "hoist", "medication")
    Qualification.objects.filter(skill__code="hoist").update(until=MONDAY + dt.timedelta(days=2))
    joan = valley.person("Joan")
    line = valley.line(joan, "hoist")
    wednesday = valley.visit(joan, 2, "09:00", line=line)
    thursday = valley.visit(joan, 3, "09:00", line=line)
    week = problem_builder.load(rota, at(-5, "12:00"))
    solution = greedy(week.problem)
    assert [one.visit_id for one in solution.placements] == [str(wednesday.pk)]
    (skill,) = week.problem.visits[1].skills
    assert week.visits[week.problem.visits[1].id] == thursday
    assert skill_names()(skill) == "“Hoist”"
    assert "medication" in week.problem.carers[0].skills


def test_work_beside_the_week_counts_for_the_daily_rest(
    valley: Valley, rota: Rota, cora: Actor
) -> None:
    ann = valley.carer("Ann", hours=(6, 24))
    before = make_rota(week_start=MONDAY - dt.timedelta(days=7), by=cora)
    late = valley.visit(valley.person("Mary"), -1, "22:30")
    Assignment.objects.create(
        rota=before, visit=late, carer=ann, starts_at=late.starts_at, ends_at=late.ends_at
    )
    valley.visit(valley.person("Joan"), 0, "08:00")
    week = problem_builder.load(rota, at(-5, "12:00"))
    assert week.problem.carers[0].last_end == -60
    assert greedy(week.problem).placements == ()


def test_a_week_with_a_clock_change_has_the_right_minutes(
    valley: Valley, cora: Actor, clock: Any
) -> None:
    """On Sunday 29 March 2026 clocks go forward: 08:00 is 7 hours after midnight."""
    valley.carer("Ann", hours=(8, 12), days=(6,))
    rota = make_rota(week_start=dt.date(2026, 3, 23), by=cora)
    (carer,) = problem_builder.load(rota, at(0, "12:00")).problem.carers
    assert carer.available == ((6 * 1440 + 7 * 60, 6 * 1440 + 11 * 60),)


def test_a_visit_that_has_begun_keeps_its_carer_and_an_empty_one_is_let_go(
    week: list[Visit], rota: Rota, cora: Actor
) -> None:
    fill_greedily(rota=rota, by=cora)
    crew = list(rota.assignments.filter(visit=week[0]).values_list("carer", "starts_at"))
    rota.assignments.filter(visit=week[2]).delete()
    now = at(0, "10:00")
    found = problem_builder.load(rota, now)
    posed = {one.id: one for one in found.problem.visits}
    assert str(week[2].pk) not in posed
    assert posed[str(week[0].pk)].pinned == (str(crew[0][0]),)
    assert greedy(found.problem).by_visit()[str(week[0].pk)].carer_ids == (str(crew[0][0]),)


def test_reading_a_week_takes_as_many_queries_for_many_rows_as_for_few(
    week: list[Visit], valley: Valley, rota: Rota, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(8):
        problem_builder.load(rota, at(-5, "12:00"))
    for name in ("Cat", "Dan", "Eve"):
        valley.carer(name, "hoist")
        valley.visit(valley.person(name + "s"), 1, "08:00", "hoist")
    with django_assert_num_queries(8):
        problem_builder.load(rota, at(-5, "12:00"))


# --- The real child process, and races ------------------------------------------------------------


def test_the_child_process_works_out_a_small_week(
    week: list[Visit], rota: Rota, cora: Actor, settings: Any
) -> None:
    settings.ROTA_SOLVE_SECONDS = 1
    job = start_search(rota=rota, by=cora)
    tasks.solve(job.pk)
    job.refresh_from_db()
    rota.refresh_from_db()
    assert (job.state, rota.state) == ("done", "proposed"), job.note
    assert rota.assignments.count() == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_one_claims_the_search(
    week: list[Visit], rota: Rota, cora: Actor, by_greedy: list[Any]
) -> None:
    Rota.objects.filter(pk=rota.pk).update(state="solving")
    job = Job.objects.create(kind="rota.solve")
    Rota.objects.filter(pk=rota.pk).update(job=job)
    start = threading.Barrier(2)

    def work() -> None:
        try:
            start.wait()
            tasks.solve(job.pk)
        finally:
            connection.close()

    both = [threading.Thread(target=work) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(by_greedy) == 1
    assert Assignment.objects.count() == 5


def test_a_half_filled_visit_for_two_is_not_kept_by_the_search(
    week: list[Visit], valley: Valley, rota: Rota, cora: Actor
) -> None:
    """Both or none: one carer alone is no use, and is free for other visits."""
    lonely = valley_carer("Ann")
    Assignment.objects.create(
        rota=rota,
        visit=week[3],
        carer=lonely,
        starts_at=at(0, "17:00"),
        ends_at=at(0, "17:30"),
        pinned=True,
    )
    AvailabilityPattern.objects.exclude(carer=lonely).delete()
    fill_greedily(rota=rota, by=cora)
    assert not rota.assignments.filter(visit=week[3]).exists()
