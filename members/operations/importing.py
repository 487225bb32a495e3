"""A file on its way into the register: kept, tried in the background, taken in whole, removed.

`members.import_work` does the reading, which holds no transaction.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from members.importing import (
    BY_NAME,
    MAX_BYTES,
    FileFaultError,
    Plan,
    Rows,
    guessed,
    headings_of,
    missing,
)
from members.models import RegisterImport
from members.operations.bringing_over import import_register
from members.operations.jobs import WorkClaim, ask_for

State = RegisterImport.State
#: State of a file → the work that is done on it meanwhile.
WORK = {State.TRYING: "import-try", State.IMPORTING: "import-take"}
#: A file that nobody has taken in or thrown away after so many days is removed.
KEPT_DAYS = 30
#: So many faults, and so many notes, are kept to look at; of more, the number.
MOST_KEPT = 10_000
#: Not at work, not done with.
BEFORE = (State.UPLOADED, State.TRIED, State.FAULTY)


@operation(needs="members.import_register")
def upload_import(*, upload: UploadedFile, by: Actor) -> RegisterImport:
    """Keep a file of members, out of the web server's reach, and guess its columns.

    Refuses what is neither CSV nor XLSX, is too large, or has no headings.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise RuleError(f"The file is larger than {MAX_BYTES // 1024**2} MB.", field="file")
    data = upload.read()
    try:
        headings = headings_of(data)
    except FileFaultError as error:
        raise RuleError(error.message, field="file") from None
    kept = RegisterImport.objects.create(
        file=ContentFile(data, name=uuid.uuid4().hex),
        name=(upload.name or "file")[-120:],
        sha256=hashlib.sha256(data).hexdigest(),
        columns=guessed(headings),
        report={"headings": headings},
        uploaded_by=by.user,
    )
    audit.record(by, "members.upload_import", kept, sha256=kept.sha256)
    return kept


@operation(needs="members.import_register")
def start_trial(
    *, register_import: RegisterImport, columns: Mapping[str, str], by: Actor
) -> RegisterImport:
    """Have the file compared with the register in the background; nothing is written.

    `columns` says which heading of the file each of our columns has.
    """
    headings = register_import.report.get("headings", [])
    for column in missing(columns):
        raise RuleError(f"Choose the column for “{column.label}”.", field=column.name)
    for name, heading in columns.items():
        if name not in BY_NAME or heading not in headings:
            raise RuleError("The file has no such column.", field=name)
        if list(columns.values()).count(heading) > 1:
            raise RuleError("This column is chosen twice.", field=name)
    return _begin(register_import, BEFORE, State.TRYING, by, columns=dict(columns))


@operation(needs="members.import_register")
def start_import(*, register_import: RegisterImport, by: Actor) -> RegisterImport:
    """Have a file that was tried and has no faults taken in, in the background."""
    return _begin(register_import, (State.TRIED,), State.IMPORTING, by)


def _begin(
    register_import: RegisterImport,
    before: tuple[str, ...],
    state: State,
    by: Actor,
    **changes: Any,
) -> RegisterImport:
    job = ask_for(work=WORK[state], argument=register_import.pk, total=100, by=by)
    ready = RegisterImport.objects.filter(pk=register_import.pk, state__in=before)
    if ready.update(state=state, job=job, **changes) != 1:
        register_import.refresh_from_db()
        now = register_import.get_state_display().lower()
        raise RuleError(f"This cannot be done now. The file stands as: {now}.")
    register_import.refresh_from_db()
    audit.record(by, f"members.import_{state.value}", register_import, job=job.pk)
    return register_import


@operation(needs="members.import_register")
def discard_import(*, register_import: RegisterImport, by: Actor) -> RegisterImport:
    """Throw the file away without taking it in."""
    _discard(register_import, by)
    return register_import


def _discard(register_import: RegisterImport, by: Actor) -> None:
    kept = RegisterImport.objects.filter(pk=register_import.pk, state__in=BEFORE)
    if kept.update(state=State.DISCARDED, report={}) != 1:
        raise RuleError("A worker has the file now, or it is gone already.")
    _remove_file(register_import)
    register_import.refresh_from_db()
    audit.record(by, "members.discard_import", register_import)


def _remove_file(register_import: RegisterImport) -> None:
    """The row forgets the file now; the storage as soon as that is certain."""
    stored, storage = register_import.file.name, register_import.file.storage
    RegisterImport.objects.filter(pk=register_import.pk).update(file="")
    if stored:
        transaction.on_commit(lambda: storage.delete(stored))


# --- What the background worker does --------------------------------------------------------------


@operation(needs=None)
def note_trial(*, register_import: RegisterImport, claim: WorkClaim, plan: Plan, by: Actor) -> bool:
    """Keep what the trial found; False if another worker has the job now."""
    if not _still_mine(claim):
        return False
    state = State.TRIED if plan.is_good else State.FAULTY
    if not _settle(register_import, State.TRYING, state, plan):
        return False
    audit.record(by, "members.note_trial", register_import, **_numbers(plan))
    return True


@operation(needs="members.import_register")
def take_in_register(
    *, register_import: RegisterImport, claim: WorkClaim, rows: Rows, by: Actor
) -> bool:
    """Take the file in, and forget it: in one transaction, all of it or nothing.

    Where the register has changed since the trial so that there are faults now, nothing is taken
    in and they are kept to look at. False if another worker has the job now, or has done it.
    """
    if not _still_mine(claim):
        return False
    plan = import_register(rows=rows, by=by)
    state = State.IMPORTED if plan.is_good else State.FAULTY
    if not _settle(register_import, State.IMPORTING, state, plan):
        raise RuleError("This file has been taken in already.")
    if plan.is_good:
        _remove_file(register_import)
    audit.record(by, "members.take_in_register", register_import, **_numbers(plan))
    return True


@operation(needs=None)
def give_back_import(*, register_import: RegisterImport, claim: WorkClaim, by: Actor) -> None:
    """The work failed, and nothing was written: the file stands as before it."""
    if not _still_mine(claim):
        return
    for working, before in ((State.TRYING, State.UPLOADED), (State.IMPORTING, State.TRIED)):
        at_work = RegisterImport.objects.filter(pk=register_import.pk, state=working)
        if at_work.update(state=before) == 1:
            audit.record(by, "members.give_back_import", register_import, state=before)


def _still_mine(claim: WorkClaim) -> bool:
    """Holds the row of the job until the transaction ends: nobody is given it meanwhile."""
    return claim.mine().update(beat_at=timezone.now()) == 1


@operation(needs=None)
def forget_old_imports(*, now: dt.datetime, by: Actor) -> int:
    """Throw away files that nobody has taken in for KEPT_DAYS; returns how many."""
    old = RegisterImport.objects.filter(
        state__in=BEFORE, uploaded_at__lt=now - dt.timedelta(days=KEPT_DAYS)
    )
    forgotten = list(old)
    for register_import in forgotten:
        _discard(register_import, by)
    return len(forgotten)


def _settle(register_import: RegisterImport, working: State, state: State, plan: Plan) -> bool:
    """The outcome of the work, once."""
    report = report_of(plan, register_import.report["headings"])
    at_work = RegisterImport.objects.filter(pk=register_import.pk, state=working)
    return at_work.update(state=state, report=report) == 1


def report_of(plan: Plan, headings: list[str]) -> dict[str, Any]:
    """What is kept of a plan: numbers, faults and notes. It repeats nothing that a cell says."""
    return {
        **_numbers(plan),
        **plan.worth_knowing(),
        "headings": headings,
        "faults": [list(one) for one in plan.faults[:MOST_KEPT]],
        "notes_number": len(plan.notes),
        "notes": [list(one) for one in plan.notes[:MOST_KEPT]],
        "ignored": list(plan.ignored),
    }


def _numbers(plan: Plan) -> dict[str, int]:
    return plan.counts() | {"faults_number": len(plan.faults)}
