"""A treasurer's yearly work: dues for everybody, and share interest from draft to paid.

    python benchmarks/yearly_work.py [MEMBERS]

On the co-operative of benchmarks/register.py, of 1,000 members unless told otherwise. Prints
milliseconds a member, and how many times as long that is as one plain journal of two lines, written
in the same run. The work runs in the background, some members at a time.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from decimal import Decimal

import register  # sets Django up, with a database of its own
from django.core.management import call_command
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import Job
from core.operations import create_user, grant_role
from core.permissions import Role
from ledger import chart
from ledger.operations.journal import move, post
from ledger.reports import trial_balance
from members import jobs
from members.models import InterestRun, MemberClass, ShareClass
from members.operations import (
    approve_interest,
    draft_interest,
    start_dues,
    start_paying_interest,
    start_preparing_interest,
)

PLAIN = 500


def main() -> None:
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    register.MEMBERS = members
    call_command("migrate", verbosity=0)
    register.build()
    today = register.TODAY
    MemberClass.objects.update(yearly_dues=Money(12, "GBP"), dues_month=today.month)
    one, other = officer("ada", Role.TREASURER), officer("zoe", Role.TREASURER)
    plain = timed(write_plainly) / PLAIN
    print(f"one plain journal: {plain * 1000:.2f} ms\n")
    print(f"{f'{members:,} members':28}{'ms each':>9}{'times as long':>15}")

    def tell(what: str, act: Callable[[], object]) -> None:
        each = timed(act) / members
        print(f"{what:28}{each * 1000:9.1f}{each / plain:15.1f}")

    tell(
        "dues charged and asked for",
        lambda: done(start_dues(year=today.year, month=today.month, by=one)),
    )
    last = today - dt.timedelta(days=1)
    run = draft_interest(
        share_class=ShareClass.objects.get(),
        first_on=last - dt.timedelta(days=364),
        last_on=last,
        rate=Decimal(2),
        by=one,
    )
    tell("interest worked out", lambda: done(job_of(run)))
    run.refresh_from_db()
    tell("interest approved", lambda: approve_interest(run=run, minute="AGM 7", on=today, by=one))
    run.refresh_from_db()
    tell("pay-outs prepared", lambda: done(start_preparing_interest(run=run, by=one)))
    tell("pay-outs paid", lambda: done(start_paying_interest(run=run, paid_on=today, by=other)))
    assert trial_balance(today).agrees


def write_plainly() -> None:
    for number in range(PLAIN):
        lines = move(100, debit=chart.BANK, credit=chart.OTHER_INCOME)
        post(kind="bench", date=register.TODAY, key=f"plain:{number}", lines=lines, by=SYSTEM)


def officer(name: str, role: Role) -> Actor:
    user = create_user(email=f"{name}@example.org", name=name.title(), by=SYSTEM)
    grant_role(user=user, role=role, since=register.TODAY, by=SYSTEM)
    return Actor("user", user=user)


def job_of(run: InterestRun) -> Job:
    assert run.job is not None
    return run.job


def done(job: Job) -> None:
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.note


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
