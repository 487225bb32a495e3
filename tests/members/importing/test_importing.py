"""A file on its way: kept, tried, taken in once, removed; workers that are lost or too many."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, Job, RoleGrant, User
from core.operations import end_role
from members import import_work, jobs, tasks
from members.importing import MAX_BYTES, named
from members.models import Member, RegisterImport
from members.operations import (
    bringing_over,
    discard_import,
    forget_old_imports,
    importing,
    start_import,
    start_trial,
    upload_import,
)
from members.operations.jobs import STALE_AFTER, claim_work
from tests.members.importing.files import HEADINGS, csv_of, members, row
from tests.members.importing.tables import everything

pytestmark = pytest.mark.django_db

COLUMNS = named(HEADINGS)


def upload(data: bytes, by: Actor, name: str = "members.csv") -> RegisterImport:
    return upload_import(upload=SimpleUploadedFile(name, data), by=by)


@pytest.fixture
def kept(by: Actor) -> RegisterImport:
    """Thirty members in a file that was just chosen."""
    return upload(csv_of(*members(30)), by)


@pytest.fixture
def tried(kept: RegisterImport, by: Actor) -> RegisterImport:
    return begun(start_trial(register_import=kept, columns=COLUMNS, by=by))


def begun(kept: RegisterImport) -> RegisterImport:
    """What a worker makes of it."""
    assert kept.job_id is not None
    jobs.run(kept.job_id)
    kept.refresh_from_db()
    return kept


def is_stored(kept: RegisterImport, name: str) -> bool:
    return bool(name) and kept.file.storage.exists(name)


def test_a_file_is_kept_privately_under_a_name_that_says_nothing(kept: RegisterImport) -> None:
    assert kept.state == "uploaded"
    assert kept.columns == COLUMNS
    assert kept.report == {"headings": HEADINGS}
    assert "members" not in kept.file.name.removeprefix("imports/")
    assert kept.file.storage is not None
    assert "private" in str(kept.file.storage.path(kept.file.name))


@pytest.mark.parametrize("data", [b"", b"\x89PNG\x81\x00", b"PK\x03\x04nonsense"])
def test_what_is_no_table_is_refused_at_the_door(data: bytes, by: Actor) -> None:
    with pytest.raises(RuleError) as refused:
        upload(data, by)
    assert refused.value.field == "file"
    assert not RegisterImport.objects.exists()


def test_a_file_that_is_too_large_is_refused_unread(by: Actor) -> None:
    large = SimpleUploadedFile("members.csv", b"x")
    large.size = MAX_BYTES + 1
    with pytest.raises(RuleError, match="larger than 20 MB"):
        upload_import(upload=large, by=by)


def test_a_trial_says_what_would_happen_and_writes_no_member(
    kept: RegisterImport, by: Actor
) -> None:
    at_work = ("core_job", "core_auditline", "members_registerimport")
    start_trial(register_import=kept, columns=COLUMNS, by=by)
    before = everything(but=at_work)
    begun(kept)
    assert everything(but=at_work) == before
    assert kept.state == "tried"
    assert kept.report["created"] == 30
    assert kept.report["faults"] == []
    assert kept.job is not None
    assert (kept.job.state, kept.job.percent) == ("done", 100)


def test_a_trial_keeps_every_fault_and_no_cell(by: Actor) -> None:
    kept = upload(csv_of(row(email="Quillfeather"), row(number="102", shares="none")), by)
    begun(start_trial(register_import=kept, columns=COLUMNS, by=by))
    assert kept.state == "faulty"
    assert [fault[:2] for fault in kept.report["faults"]] == [[2, "email"], [3, "shares"]]
    assert "Quillfeather" not in str(kept.report)
    with pytest.raises(RuleError, match="has faults"):
        start_import(register_import=kept, by=by)


def test_of_very_many_faults_the_first_are_kept_and_all_are_counted(
    by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_KEPT", 5)
    kept = upload(csv_of(*[row(number=str(n), shares="x", email="") for n in range(1, 9)]), by)
    begun(start_trial(register_import=kept, columns=COLUMNS, by=by))
    assert len(kept.report["faults"]) == 5
    assert kept.report["faults_number"] == 8


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"shares": ""}, "shares"),
        ({"email": "Electronic mail"}, "email"),
        ({"town": "email"}, "email"),
        ({"nickname": "town"}, "town"),
    ],
)
def test_columns_must_be_in_the_file_each_for_one_thing(
    kept: RegisterImport, by: Actor, columns: dict[str, str], field: str
) -> None:
    chosen = {name: heading for name, heading in (COLUMNS | columns).items() if heading}
    with pytest.raises(RuleError) as refused:
        start_trial(register_import=kept, columns=chosen, by=by)
    assert refused.value.field == field
    kept.refresh_from_db()
    assert kept.state == "uploaded"


def test_columns_of_other_names_are_taken_as_they_were_chosen(by: Actor) -> None:
    data = csv_of(row()).replace(b"last_name", b"Surname").replace(b"shares", b"Holding")
    kept = upload(data, by)
    assert kept.columns["last_name"] == "Surname"
    begun(start_trial(register_import=kept, columns=kept.columns, by=by))
    assert kept.state == "tried"


def test_a_tried_file_is_taken_in_and_removed(
    tried: RegisterImport, by: Actor, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    stored = tried.file.name
    assert is_stored(tried, stored)
    with django_capture_on_commit_callbacks(execute=True):
        start_import(register_import=tried, by=by)
    tried.refresh_from_db()
    assert tried.state == "imported"
    assert Member.objects.count() == 30
    assert not tried.file
    assert not is_stored(tried, stored)
    lines = AuditLine.objects.filter(action="members.import_member")
    assert {line.user for line in lines} == {by.user}


def test_what_changed_since_the_trial_is_found_before_anything_is_written(
    tried: RegisterImport, by: Actor
) -> None:
    other = upload(csv_of(row(number="5")), by)
    begun(start_trial(register_import=other, columns=COLUMNS, by=by))
    begun(start_import(register_import=other, by=by))
    begun(start_import(register_import=tried, by=by))
    assert tried.state == "faulty"
    assert tried.report["faults"][0][:2] == [6, "number"]
    assert Member.objects.count() == 1
    assert tried.file


def test_only_a_file_that_was_tried_is_taken_in(kept: RegisterImport, by: Actor) -> None:
    with pytest.raises(RuleError, match="to be tried"):
        start_import(register_import=kept, by=by)
    assert not Job.objects.exists()


def test_a_file_at_work_is_neither_started_again_nor_thrown_away(
    tried: RegisterImport, by: Actor
) -> None:
    start_import(register_import=tried, by=by)
    for again in (
        lambda: start_import(register_import=tried, by=by),
        lambda: start_trial(register_import=tried, columns=COLUMNS, by=by),
        lambda: discard_import(register_import=tried, by=by),
    ):
        with pytest.raises(RuleError):
            again()


def test_a_file_that_is_thrown_away_is_removed(
    tried: RegisterImport, by: Actor, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    stored = tried.file.name
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(register_import=tried, by=by)
    assert tried.state == "discarded"
    assert tried.report == {}
    assert not is_stored(tried, stored)
    assert not Member.objects.exists()
    with pytest.raises(RuleError):
        discard_import(register_import=tried, by=by)


def test_a_file_that_nobody_took_in_is_thrown_away_after_a_month(
    tried: RegisterImport, by: Actor
) -> None:
    now = timezone.now()
    assert forget_old_imports(now=now + dt.timedelta(days=29), by=SYSTEM) == 0
    with time_machine.travel(now + dt.timedelta(days=31), tick=False):
        tasks.forget_old_imports()
    tried.refresh_from_db()
    assert tried.state == "discarded"


def test_only_who_may_bring_members_over_does(
    treasurer: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        upload(csv_of(row()), as_user(treasurer))


def test_who_lost_the_right_meanwhile_takes_nothing_in(tried: RegisterImport, by: Actor) -> None:
    start_import(register_import=tried, by=by)
    end_role(grant=RoleGrant.objects.get(user=by.user), by=SYSTEM)
    begun(tried)
    assert tried.state == "tried"
    assert tried.job is not None
    assert tried.job.state == "failed"
    assert "may no longer" in tried.job.note
    assert not Member.objects.exists()


# --- Workers --------------------------------------------------------------------------------------


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_takes_it_up(
    tried: RegisterImport, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_import(register_import=tried, by=by)
    before = everything(but=("core_job", "core_auditline"))

    def killed(*_: Any, **__: Any) -> None:
        assert Member.objects.count() == 30  # it was in the middle of writing
        raise KeyboardInterrupt  # as a signal would: nothing is cleared up

    monkeypatch.setattr(bringing_over, "post_many", killed)
    assert tried.job_id is not None
    with pytest.raises(KeyboardInterrupt):
        jobs.run(tried.job_id)
    monkeypatch.undo()
    assert everything(but=("core_job", "core_auditline")) == before
    assert Job.objects.get(pk=tried.job_id).state == "running"

    tasks.take_up_work()  # too soon: it may be alive
    assert not Member.objects.exists()
    with time_machine.travel(timezone.now() + STALE_AFTER + dt.timedelta(seconds=1), tick=False):
        tasks.take_up_work()
    tried.refresh_from_db()
    assert tried.state == "imported"
    assert Member.objects.count() == 30


def test_a_worker_that_was_given_up_for_dead_takes_nothing_in(
    tried: RegisterImport, by: Actor
) -> None:
    start_import(register_import=tried, by=by)
    assert tried.job_id is not None
    slow = claim_work(job_id=tried.job_id, by=SYSTEM)
    assert slow is not None
    with time_machine.travel(timezone.now() + STALE_AFTER * 2, tick=False):
        begun(tried)
        assert Member.objects.count() == 30
        assert import_work.work_on(slow) == "Nothing is left to do."
    assert tried.state == "imported"
    assert Member.objects.count() == 30


def test_a_worker_whose_job_passed_on_while_it_read_writes_nothing(
    tried: RegisterImport, by: Actor
) -> None:
    start_import(register_import=tried, by=by)
    assert tried.job_id is not None
    slow = claim_work(job_id=tried.job_id, by=SYSTEM)
    with time_machine.travel(timezone.now() + STALE_AFTER * 2, tick=False):
        other = claim_work(job_id=tried.job_id, by=SYSTEM)
        assert slow is not None
        assert other is not None
        assert import_work.work_on(slow) == import_work.LOST
    tried.refresh_from_db()
    assert tried.state == "importing"
    assert not Member.objects.exists()


def test_a_failure_gives_the_file_back(
    tried: RegisterImport, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(import_work, "take_in_register", broken)
    start_import(register_import=tried, by=by)
    assert tried.job_id is not None
    with pytest.raises(ZeroDivisionError):
        jobs.run(tried.job_id)
    tried.refresh_from_db()
    assert tried.state == "tried"
    assert tried.job is not None
    assert tried.job.state == "failed"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_on_one_file_take_it_in_once(by: Actor) -> None:
    kept = upload(csv_of(*members(30)), by)
    begun(start_trial(register_import=kept, columns=COLUMNS, by=by))
    RegisterImport.objects.filter(pk=kept.pk).update(state="importing")
    job = importing.ask_for(work="import-take", argument=kept.pk, total=100, by=by)
    Job.objects.filter(pk=job.pk).update(state="waiting", started_at=None)
    Member.objects.exists()
    barrier = threading.Barrier(2)
    failed: list[Exception] = []

    def worker() -> None:
        try:
            barrier.wait(timeout=10)
            jobs.run(job.pk)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    kept.refresh_from_db()
    assert kept.state == "imported"
    assert Member.objects.count() == 30
    assert AuditLine.objects.filter(action="members.import_register").count() == 1
