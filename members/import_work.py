"""One file of members in the background: tried, or taken in. Reading it holds no transaction."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import RuleError
from members.importing import FileFaultError, Plan, Progress, Rows, read_rows, read_table
from members.models import RegisterImport
from members.operations.bringing_over import plan_import
from members.operations.importing import (
    WORK,
    State,
    give_back_import,
    note_trial,
    take_in_register,
)
from members.operations.jobs import WorkClaim

LOST = "Another worker has it now."


class _LostError(Exception):
    """This worker was given up for dead."""


def work_on(claim: WorkClaim) -> str:
    """Try the file, or take it in, as was asked; says in a sentence how that ended."""
    kept = RegisterImport.objects.get(pk=int(claim.argument))
    if WORK.get(State(kept.state)) != claim.work:
        return "Nothing is left to do."
    try:
        return _try(kept, claim) if kept.state == State.TRYING else _take_in(kept, claim)
    except _LostError:
        return LOST
    except PermissionDenied:
        give_back_import(register_import=kept, claim=claim, by=SYSTEM)
        raise RuleError("Whoever started this may no longer bring members over.") from None
    except Exception:
        give_back_import(register_import=kept, claim=claim, by=SYSTEM)
        raise


def _try(kept: RegisterImport, claim: WorkClaim) -> str:
    try:
        rows = _rows_of(kept, claim)
        plan = plan_import(rows, timezone.localdate(), _meter(claim, 70, 100))
    except FileFaultError as error:
        plan = Plan(faults=[error.fault])
    noted = note_trial(register_import=kept, claim=claim, plan=plan, by=SYSTEM)
    return "Done." if noted else LOST


def _take_in(kept: RegisterImport, claim: WorkClaim) -> str:
    rows = _rows_of(kept, claim)
    _tell(claim, 70, "Writing the register, all at once. A large one takes a minute or two.")
    taken = take_in_register(register_import=kept, claim=claim, rows=rows, by=claim.actor)
    return "Done." if taken else LOST


def _rows_of(kept: RegisterImport, claim: WorkClaim) -> Rows:
    with kept.file.open("rb") as file:
        data = file.read()
    table = read_table(data, _meter(claim, 0, 40))
    return read_rows(table, kept.columns, timezone.localdate(), _meter(claim, 40, 70))


def _meter(claim: WorkClaim, first: int, last: int) -> Progress:
    """Progress of a part of the work, from so many per cent of the whole to so many."""

    def tell(done: int, total: int, what: str) -> None:
        part = (last - first) * done // total if total else 0
        _tell(claim, first + part, f"{what}: {done:,} of {total:,} rows.")

    return tell


def _tell(claim: WorkClaim, percent: int, note: str) -> None:
    if not claim.note(percent, note):
        raise _LostError
