"""Share interest: worked out as a draft, approved by a general meeting, paid out by two people.

Approving puts it into the books (Dr share interest, Cr share interest payable); until somebody is
paid, it stands there as owed to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import Job
from core.registry import operation
from ledger import chart
from ledger.models import PayOut
from ledger.money import pence_of, pounds_of
from ledger.operations import Line, make_pay_out, post, prepare_pay_out
from members.estates import plan_of
from members.models import Estate, InterestLine, InterestRun, ShareClass, SocietyRules
from members.operations.estates import refuse_without_proof
from members.operations.holdings import party_for
from members.operations.jobs import ask_for, is_being_done
from members.share_interest import INTEREST_OWNER, earned

State = InterestRun.State
AT_ONCE = 1000


# --- A draft --------------------------------------------------------------------------------------


@operation(needs="members.keep_interest")
def draft_interest(
    *, share_class: ShareClass, first_on: dt.date, last_on: dt.date, rate: Decimal, by: Actor
) -> InterestRun:
    """Have the interest for a period worked out in the background, to be looked at.

    The rate is never above the highest in the rules of the society; no day earns twice.
    """
    if last_on < first_on:
        raise RuleError("The last day must not be before the first.", field="last_on")
    if last_on >= timezone.localdate():
        raise RuleError("The last day is not over yet.", field="last_on")
    _check_rate(rate)
    ShareClass.objects.select_for_update().get(pk=share_class.pk)  # one draft at a time
    _refuse_twice(share_class, first_on, last_on)
    run = InterestRun.objects.create(
        share_class=share_class, first_on=first_on, last_on=last_on, rate=rate
    )
    run.job = ask_for(work="interest", argument=run.pk, total=100, by=by)
    run.save(update_fields=["job"])
    audit.record(by, "members.draft_interest", run, rate=str(rate))
    return run


def _check_rate(rate: Decimal) -> None:
    highest = SocietyRules.current().highest_interest
    if rate <= 0:
        raise RuleError("Give a rate above 0.", field="rate")
    if rate > highest:
        raise RuleError(f"The rules allow no more than {highest} per cent.", field="rate")


def _refuse_twice(
    share_class: ShareClass, first_on: dt.date, last_on: dt.date, but: InterestRun | None = None
) -> None:
    others = InterestRun.objects.filter(share_class=share_class).overlapping(first_on, last_on)
    other = others.exclude(pk=but.pk if but else 0).first()
    if other is not None:
        raise RuleError(
            f"There is interest for {other.first_on:%-d %B %Y} to {other.last_on:%-d %B %Y} "
            "already. No day earns twice.",
            field="first_on",
        )


@operation(needs=None)
def write_interest_lines(*, run: InterestRun, by: Actor) -> int:
    """Put what every member earned into a draft, in place of what it said before."""
    if InterestRun.objects.select_for_update().filter(pk=run.pk, state=State.DRAFT).first() is None:
        raise RuleError("This interest has been approved, or dropped.")
    run.lines.all().delete()
    lines = [
        InterestLine(
            run=run,
            member_id=one.member_id,
            share_days=one.share_days,
            amount=pounds_of(one.pence),
        )
        for one in earned(run)
    ]
    InterestLine.objects.bulk_create(lines, batch_size=AT_ONCE)
    audit.record(by, "members.write_interest_lines", run, lines=len(lines))
    return len(lines)


@operation(needs="members.keep_interest")
def rework_interest(*, run: InterestRun, by: Actor) -> Job:
    """Work a draft out again: holdings may have been corrected since."""
    _refuse_while_worked_on(run)
    job = ask_for(work="interest", argument=run.pk, total=100, by=by)
    if InterestRun.objects.filter(pk=run.pk, state=State.DRAFT).update(job=job) != 1:
        raise RuleError("This interest has been approved already.")
    audit.record(by, "members.rework_interest", run, job=job.pk)
    return job


@operation(needs="members.keep_interest")
def drop_interest(*, run: InterestRun, by: Actor) -> None:
    """Throw a draft away."""
    _refuse_while_worked_on(run)
    audit.record(by, "members.drop_interest", run)
    deleted, _each = InterestRun.objects.filter(pk=run.pk, state=State.DRAFT).delete()
    if not deleted:
        raise RuleError("This interest has been approved already.")


def _refuse_while_worked_on(run: InterestRun) -> None:
    if is_being_done("interest", run.pk):
        raise RuleError("This is being worked out. Please wait a moment.")


# --- Approved -------------------------------------------------------------------------------------


@operation(needs="members.keep_interest")
def approve_interest(*, run: InterestRun, minute: str, on: dt.date, by: Actor) -> InterestRun:
    """Put a draft into the books as a general meeting decided on a day, by its minute.

    Refused where holdings have changed since it was worked out, so that what is booked is what is
    so; and above the highest rate.
    """
    if not minute.strip():
        raise RuleError("Give the minute of the general meeting.", field="minute")
    if not run.last_on <= on <= timezone.localdate():
        raise RuleError("Give the day of the meeting: after the period, not to come.", field="on")
    _refuse_while_worked_on(run)
    ShareClass.objects.select_for_update().get(pk=run.share_class_id)
    _check_rate(run.rate)
    _refuse_twice(run.share_class, run.first_on, run.last_on, but=run)
    lines = list(run.lines.select_related("member__person", "member__organisation"))
    if not lines:
        raise RuleError("Nobody earned a penny in this period.")
    now = {one.member_id: (one.share_days, one.pence) for one in earned(run)}
    if now != {line.member_id: (line.share_days, pence_of(line.amount)) for line in lines}:
        raise RuleError("Holdings were changed since this was worked out. Work it out again.")
    journal = post(
        kind="share-interest",
        date=on,
        key=f"share-interest:{run.pk}",
        lines=_lines(lines, by),
        source=f"members.interestrun:{run.pk}",
        memo=f"Interest {run.first_on} to {run.last_on} at {run.rate} per cent",
        by=by,
    )
    drafts = InterestRun.objects.filter(pk=run.pk, state=State.DRAFT)
    if drafts.update(state=State.APPROVED, minute=minute.strip(), journal=journal) != 1:
        raise RuleError("This interest has been approved already.")
    run.refresh_from_db()
    audit.record(by, "members.approve_interest", run, lines=len(lines))
    return run


def _lines(lines: Iterable[InterestLine], by: Actor) -> list[Line]:
    owed = [
        Line(
            chart.INTEREST_PAYABLE,
            -pence_of(line.amount),
            party_for(holder=line.member.holder, by=by),
        )
        for line in lines
    ]
    return [Line(chart.SHARE_INTEREST, -sum(one.pence for one in owed)), *owed]


# --- Paid out by two people -----------------------------------------------------------------------


@operation(needs="ledger.prepare_pay_outs")
def start_preparing_interest(*, run: InterestRun, by: Actor) -> Job:
    """Prepare the pay-outs of everybody's interest in the background; a second person pays them.

    What somebody who has died is owed is prepared on the page of their estate.
    """
    _refuse_unapproved(run)
    number = run.lines.to_prepare().count()
    if not number:
        raise RuleError("Everything that can be is prepared or paid.")
    job = ask_for(work="interest-prepare", argument=run.pk, total=number, by=by)
    audit.record(by, "members.start_preparing_interest", run, lines=number)
    return job


@operation(needs="ledger.prepare_pay_outs")
def prepare_interest(*, lines: Iterable[InterestLine], by: Actor) -> list[str]:
    """Prepare a pay-out for each of some lines; those that have one are left alone.

    Whoever is refused stops no other. Returns a sentence for each of these.
    """
    lines = list(lines)
    for line in lines:
        _refuse_unapproved(line.run)
    left = _each(lines, lambda line: _prepare(line, by))
    if len(left) < len(lines):
        audit.record(by, "members.prepare_interest", lines=len(lines) - len(left))
    return left


@operation(needs="ledger.prepare_pay_outs")
def prepare_estate_interest(*, estate: Estate, by: Actor) -> int:
    """Prepare to pay what interest somebody who has died is owed to who speaks for their estate, on
    the same terms as their shares; a second person pays it. Returns for how many runs."""
    lines = InterestLine.objects.of_estate(estate).unprepared().select_related("run", "member")
    if not lines:
        raise RuleError("No interest is owed that is not prepared or paid.")
    refuse_without_proof(estate, plan_of(estate, timezone.localdate()))
    if left := _each(lines, lambda line: _prepare(line, by)):
        raise RuleError(" ".join(left))
    audit.record(by, "members.prepare_estate_interest", estate, lines=[one.pk for one in lines])
    return len(lines)


def _each(lines: Iterable[InterestLine], act: Callable[[InterestLine], object]) -> list[str]:
    """Do it for each of them; returns whom the rules refuse, and why."""
    left = []
    for line in lines:
        try:
            with transaction.atomic():
                act(line)
        except RuleError as error:
            left.append(f"Member {line.member.number}: {error.message}")
    return left


def _prepare(line: InterestLine, by: Actor) -> None:
    attempt = PayOut.objects.filter(owner_kind=INTEREST_OWNER, owner_id=line.pk).count() + 1
    pay_out = prepare_pay_out(
        party=party_for(holder=line.member.holder, by=by),
        account=chart.INTEREST_PAYABLE,
        amount=line.amount,
        why=f"Share interest, member {line.member.number}",
        key=f"interest:{line.pk}:{attempt}",
        owner_kind=INTEREST_OWNER,
        owner_id=line.pk,
        by=by,
    )
    same = InterestLine.objects.filter(pk=line.pk, pay_out=line.pay_out_id)
    if same.update(pay_out=pay_out) != 1:
        raise RuleError("Somebody else is preparing this. Please look again.")


@operation(needs="ledger.make_pay_outs")
def start_paying_interest(*, run: InterestRun, paid_on: dt.date, by: Actor) -> Job:
    """Note in the background that the bank has paid all that is prepared, on a day.

    By somebody other than whoever prepared it, who is refused at once.
    """
    _refuse_unapproved(run)
    if paid_on > timezone.localdate():
        raise RuleError("That day is still to come.", field="paid_on")
    waiting = run.lines.to_pay()
    if not waiting.exists():
        raise RuleError("Nothing is prepared.")
    others = waiting.exclude(pay_out__prepared_by=by.user)
    number = others.count()
    if not number:
        raise RuleError("Somebody else must do the second step: you did the first.")
    job = ask_for(work="interest-pay", argument=f"{run.pk}:{paid_on}", total=number, by=by)
    audit.record(by, "members.start_paying_interest", run, lines=number)
    return job


@operation(needs="ledger.make_pay_outs")
def pay_interest(*, lines: Iterable[InterestLine], paid_on: dt.date, by: Actor) -> list[str]:
    """Note that the bank has paid some lines, each by two people; what is paid is left alone.

    Whoever is refused stops no other. Returns a sentence for each of these.
    """
    waiting = [
        line for line in lines if line.pay_out and line.pay_out.state == PayOut.State.PREPARED
    ]
    left = _each(waiting, lambda line: _pay(line, paid_on, by))
    if len(left) < len(waiting):
        audit.record(by, "members.pay_interest", lines=len(waiting) - len(left))
    return left


def _pay(line: InterestLine, paid_on: dt.date, by: Actor) -> None:
    assert line.pay_out is not None
    make_pay_out(pay_out=line.pay_out, paid_on=paid_on, by=by)


def _refuse_unapproved(run: InterestRun) -> None:
    if run.state != State.APPROVED:
        raise RuleError("A general meeting has to approve this first.")
