"""Every night our books and Stripe's own lists are laid side by side.

What we missed is applied; what cannot be explained by that becomes a task for the treasurer.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Q

from core import audit
from core.actors import SYSTEM, Actor
from core.models import Job
from core.registry import operation
from ledger import chart, gateway
from ledger.models import (
    Dispute,
    Journal,
    Mandate,
    Payment,
    Posting,
    Refund,
    StripePayout,
    TreasurerTask,
)
from ledger.money import in_words, pence_of
from ledger.operations import syncing
from ledger.operations.asking import close_page, send_refund
from ledger.operations.checkout import give_up_checkout
from ledger.operations.refunds import apply_refund
from ledger.operations.settling import apply_page, payment_of
from ledger.operations.stripe_payouts import apply_payout, apply_stripe_fee
from ledger.operations.treasurer import ask_treasurer
from ledger.stripe_says import Intent, RefundSaid, Session

T = TypeVar("T")
log = logging.getLogger(__name__)

JOB_KIND = "ledger.compare"
#: How far back Stripe's lists are read: far more than one night.
LOOK_BACK = dt.timedelta(days=7)
#: After this long, the answer to a page that we asked for comes no more.
UNANSWERED = dt.timedelta(days=2)
Kind = TreasurerTask.Kind


@dataclass
class Found:
    """What one comparison came to: what Stripe did not answer, and what failed by our own fault."""

    looked_at: int = 0
    failures: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@operation(needs=None)
def begin_comparison(*, now: dt.datetime, by: Actor) -> Job:
    """A row that says that the comparison runs, and later what it came to."""
    job = Job.objects.create(kind=JOB_KIND, state=Job.State.RUNNING, started_at=now, beat_at=now)
    audit.record(by, "ledger.begin_comparison", job)
    return job


@operation(needs=None)
def end_comparison(*, job: Job, note: str, failed: bool, now: dt.datetime, by: Actor) -> None:
    """Say what the comparison came to."""
    job.state = Job.State.FAILED if failed else Job.State.DONE
    job.note, job.finished_at = note[:200], now
    job.save(update_fields=["state", "note", "finished_at"])
    audit.record(by, "ledger.end_comparison", job, note=job.note)


def compare_with_stripe(
    now: dt.datetime, *, look_back: dt.timedelta = LOOK_BACK, by: Actor = SYSTEM
) -> Job:
    """Lay Stripe's lists beside our books, and apply what we missed. May run at any time."""
    job = begin_comparison(now=now, by=by)
    last = Journal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = Found()
    _compare_lists(now - look_back, found, by)
    _look_at_unfinished(now, found, by)
    if not found.failures:
        _each(found, [now], _compare_balance, by)
    entered = Journal.objects.filter(pk__gt=last).count()
    note = f"{found.looked_at} looked at, {entered} entered in the books."
    if found.failures:
        note += f" Stripe did not answer for {len(found.failures)}: {found.failures[0]}"
    if found.faults:
        note += f" {len(found.faults)} failed, as the log says: {found.faults[0]}"
    failed = bool(found.failures or found.faults)
    end_comparison(job=job, note=note, failed=failed, now=now, by=by)
    return job


def _each(found: Found, things: Iterable[T], act: Callable[[T, Actor], object], by: Actor) -> None:
    """Apply to each; one that fails stops no other, unless it is the list itself."""
    for thing in _listed(found, things, by):
        found.looked_at += 1
        try:
            act(thing, by)
        except gateway.StripeError as error:
            found.failures.append(str(error))
        except Exception as error:
            _note_fault(found, _name_of(thing), error, by)


def _listed(found: Found, things: Iterable[T], by: Actor) -> Iterator[T]:
    try:
        yield from things
    except gateway.StripeError as error:
        found.failures.append(str(error))
    except Exception as error:
        _note_fault(found, "one of Stripe’s lists", error, by)


def _name_of(thing: object) -> str:
    """Stripe's id of it, or what we call our own row."""
    said = getattr(thing, "id", None)
    return said if isinstance(said, str) else str(thing)


def _note_fault(found: Found, name: str, error: Exception, by: Actor) -> None:
    """A fault of our own stops nothing else: it is logged, and shown to the treasurer."""
    log.error("Comparing with Stripe failed at %s", name, exc_info=error)
    found.faults.append(f"{type(error).__name__} at {name}")
    ask_treasurer(
        kind=Kind.DIFFERENT,
        key=f"compare:{name}"[:80],
        sentence=f"We could not lay {name[:100]} beside our books: the log says why.",
        by=by,
    )


# --- What Stripe has ------------------------------------------------------------------------------


def _compare_lists(since: dt.datetime, found: Found, by: Actor) -> None:
    _each(found, gateway.sessions_since(since), _compare_page, by)
    _each(found, gateway.intents_since(since), _compare_intent, by)
    _each(found, gateway.refunds_since(since), _compare_refund, by)
    _each(
        found, gateway.disputes_since(since), lambda d, by: syncing.sync_said_dispute(d, by=by), by
    )
    _each(found, gateway.payouts_since(since), lambda p, by: apply_payout(said=p, by=by), by)
    fees = gateway.moves_since(since, "stripe_fee")
    _each(found, fees, lambda fee, by: apply_stripe_fee(fee=fee, by=by), by)


def _compare_page(said: Session, by: Actor) -> None:
    """What was paid on a page is among the intents; whether somebody lets us collect is not."""
    if said.mode == "payment":
        apply_page(session=said, by=by)
    elif not Mandate.objects.filter(stripe_session=said.id).exclude(state="asked").exists():
        syncing.sync_page(said, by=by)


def _compare_refund(said: RefundSaid, by: Actor) -> None:
    """Of a payment that is in our books nothing need be asked again."""
    if Payment.objects.filter(stripe_intent=said.intent, journal__isnull=False).exists():
        apply_refund(said=said, by=by)
    else:
        syncing.sync_said_refund(said, by=by)


def _compare_intent(said: Intent, by: Actor) -> None:
    """Apply it; what our books say even then, and Stripe does not, is for the treasurer."""
    syncing.sync_said_intent(said, by=by)
    payment = payment_of(said)
    if payment is None or payment.journal_id is None:
        return
    if said.status == "succeeded" and said.received == pence_of(payment.amount):
        return
    if payment.state == Payment.State.TAKEN_BACK and said.status != "succeeded":
        return
    ask_treasurer(
        kind=Kind.DIFFERENT,
        key=f"intent:{payment.pk}",
        sentence=f"Our books have {in_words(pence_of(payment.amount))} for "
        f"{payment.order.reference}; Stripe has {in_words(said.received)} ({said.status}).",
        payment=payment,
        by=by,
    )


# --- What we have not finished --------------------------------------------------------------------


def _look_at_unfinished(now: dt.datetime, found: Found, by: Actor) -> None:
    """However long ago it began: a Direct Debit takes days, a dispute months."""
    payments = Payment.objects.filter(state__in=("started", "processing"))
    intents = payments.filter(stripe_intent__isnull=False)
    _each(found, _texts(intents, "stripe_intent"), _look_at_intent, by)
    pages = payments.filter(stripe_intent__isnull=True, stripe_session__isnull=False)
    _each(found, _texts(pages, "stripe_session"), _look_at_page, by)
    asked = Mandate.objects.filter(state=Mandate.State.ASKED)
    _each(found, _texts(asked, "stripe_session"), _look_at_page, by)
    refunds = Refund.objects.filter(state__in=("asked", "processing"))
    sent = refunds.filter(stripe_refund__isnull=False)
    _each(found, _texts(sent, "stripe_refund"), lambda r, by: syncing.sync_refund(r, by=by), by)
    unsent = list(refunds.filter(stripe_refund__isnull=True))
    _each(found, unsent, lambda refund, by: send_refund(refund.pk, by=by), by)
    open_ones = Dispute.objects.filter(state=Dispute.State.OPEN)
    _each(
        found,
        _texts(open_ones, "stripe_dispute"),
        lambda d, by: syncing.sync_dispute(d, by=by),
        by,
    )
    on_their_way = StripePayout.objects.filter(state=StripePayout.State.ON_ITS_WAY)
    _each(found, _texts(on_their_way, "payout"), lambda p, by: syncing.sync_payout(p, by=by), by)
    open_still = list(payments.on_pages_not_wanted())
    _each(found, open_still, lambda payment, by: close_page(payment.pk, by=by), by)
    unanswered = payments.filter(
        state="started", stripe_session=None, created_at__lt=now - UNANSWERED
    )
    _each(found, list(unanswered), lambda p, by: give_up_checkout(payment=p, by=by), by)


def _texts(rows: object, name: str) -> list[str]:
    return list(rows.values_list(name, flat=True))  # type: ignore[attr-defined]


def _look_at_intent(intent_id: str, by: Actor) -> None:
    try:
        syncing.sync_intent(intent_id, by=by)
    except gateway.NotThereError:
        _gone(Payment.objects.get(stripe_intent=intent_id), by)


def _look_at_page(session_id: str, by: Actor) -> None:
    try:
        syncing.sync_session(session_id, by=by)
    except gateway.NotThereError:
        for payment in Payment.objects.filter(stripe_session=session_id):
            _gone(payment, by)


def _gone(payment: Payment, by: Actor) -> None:
    ask_treasurer(
        kind=Kind.DIFFERENT,
        key=f"gone:{payment.pk}",
        sentence=f"We await {in_words(pence_of(payment.amount))} for {payment.order.reference}, "
        "and Stripe knows nothing of it.",
        payment=payment,
        by=by,
    )


# --- The balance ----------------------------------------------------------------------------------


def _compare_balance(now: dt.datetime, by: Actor) -> None:
    """What Stripe holds for us, by our books and by its own.

    Stripe takes a refund or a payout from its balance as soon as it is made, our books when it
    has arrived.
    """
    books = Posting.objects.filter(journal__sealed=True, account=chart.STRIPE).pence_total()
    refunds = Refund.objects.filter(state=Refund.State.PROCESSING)
    payouts = StripePayout.objects.filter(state=StripePayout.State.ON_ITS_WAY)
    books -= sum(pence_of(refund.amount) for refund in refunds)
    books -= sum(pence_of(payout.amount) for payout in payouts)
    stripe = gateway.fetch_balance()
    asked = Q(key__startswith="balance:", done_at__isnull=True)
    if books == stripe or TreasurerTask.objects.filter(asked).exists():
        return
    ask_treasurer(
        kind=Kind.DIFFERENT,
        key=f"balance:{now:%Y-%m-%d}",
        sentence=f"Stripe holds {in_words(stripe)} for us; by our books it should be "
        f"{in_words(books)}.",
        by=by,
    )
