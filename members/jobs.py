"""Long work in the background, some rows at a time: no transaction is held longer than those take.

Each kind of work is safe to begin again: what was done is found done. Progress is written to the
job's row as it comes, not by an operation: it changes nothing that anybody decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils import timezone

from core.actors import SYSTEM
from core.errors import RuleError
from members.import_work import work_on
from members.models import InterestLine, InterestRun, Member
from members.operations.dues import charge_dues
from members.operations.interest import pay_interest, prepare_interest, write_interest_lines
from members.operations.jobs import WorkClaim, claim_work, end_work
from members.querysets import InterestLineQuerySet
from members.rules.dues import dues_year

#: So many rows in one transaction: under a second, in which nobody else can write on SQLite.
AT_ONCE = 50


class _PassedOnError(Exception):
    """Another worker has the job now."""


def run(job_id: int) -> None:
    """Do what a job is for. Does nothing if another worker has it."""
    claim = claim_work(job_id=job_id, by=SYSTEM)
    if claim is None:
        return
    try:
        note = WORK[claim.work](claim)
    except _PassedOnError:
        return
    except RuleError as error:
        end_work(claim=claim, note=error.message, failed=True, by=SYSTEM)
    except Exception:
        end_work(claim=claim, note="It failed; the log says why.", failed=True, by=SYSTEM)
        raise
    else:
        end_work(claim=claim, note=note, by=SYSTEM)


def _step(claim: WorkClaim, done: int, what: str) -> None:
    if not claim.note(done, f"{done:,} {what} so far."):
        raise _PassedOnError


def _dues(claim: WorkClaim) -> str:
    year, month = (int(part) for part in claim.argument.split("-"))
    first, _last = dues_year(year, month)
    today, charged = timezone.localdate(), 0
    while True:
        found = Member.objects.owing_dues(first, today).select_related("person", "organisation")
        members = list(found.order_by("pk")[:AT_ONCE])
        if not members:
            return f"{charged:,} charged."
        charged += charge_dues(members=members, year=year, month=month, today=today, by=claim.actor)
        _step(claim, charged, "charged")


def _interest(claim: WorkClaim) -> str:
    drafted = InterestRun.objects.select_related("share_class").get(pk=int(claim.argument))
    lines = write_interest_lines(run=drafted, by=SYSTEM)
    return f"Worked out for {lines:,} members."


def _lines_of(run_id: int) -> InterestLineQuerySet:
    return InterestLine.objects.filter(run=run_id).select_related(
        "run", "pay_out", "member__person", "member__organisation"
    )


def _prepare(claim: WorkClaim) -> str:
    prepared = _each_line(
        claim,
        _lines_of(int(claim.argument)).to_prepare(),
        lambda lines: prepare_interest(lines=lines, by=claim.actor),
        "prepared",
    )
    return f"{prepared:,} pay-outs are prepared. Somebody else pays them."


def _pay(claim: WorkClaim) -> str:
    run_id, day = claim.argument.split(":")
    by, paid_on = claim.actor, dt.date.fromisoformat(day)
    paid = _each_line(
        claim,
        _lines_of(int(run_id)).to_pay().exclude(pay_out__prepared_by=by.user),
        lambda lines: pay_interest(lines=lines, paid_on=paid_on, by=by),
        "paid",
    )
    return f"{paid:,} are noted as paid."


def _each_line(
    claim: WorkClaim,
    waiting: InterestLineQuerySet,
    act: Callable[[list[InterestLine]], list[str]],
    what: str,
) -> int:
    """Some lines at a time, each once; who is refused stops no other and is named at the end."""
    done, left, last = 0, [], 0
    while lines := list(waiting.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        refused = act(lines)
        left += refused
        done += len(lines) - len(refused)
        last = lines[-1].pk
        _step(claim, done, what)
    if left:
        raise RuleError(f"{done:,} {what}, {len(left):,} left. {' '.join(left)}")
    return done


#: Kind of work → what does it, and says in a sentence how it ended.
WORK: Mapping[str, Callable[[WorkClaim], str]] = {
    "dues": _dues,
    "interest": _interest,
    "interest-prepare": _prepare,
    "interest-pay": _pay,
    "import-try": work_on,
    "import-take": work_on,
}
