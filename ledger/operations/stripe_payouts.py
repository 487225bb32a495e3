"""What Stripe pays into our bank account, and what else moves its balance."""

from __future__ import annotations

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.registry import operation
from ledger import chart
from ledger.models import StripePayout, TreasurerTask
from ledger.money import in_words, pounds_of
from ledger.operations.journal import Line, post, reverse
from ledger.operations.treasurer import ask_treasurer
from ledger.stripe_says import Move, PayoutSaid

State = StripePayout.State
STATES = {"paid": State.PAID, "failed": State.FAILED, "canceled": State.FAILED}


@operation(needs=None)
def apply_payout(*, said: PayoutSaid, by: Actor) -> StripePayout:
    """Money on its way is Stripe's until it is paid; one that the bank sends back is reversed."""
    payout, created = StripePayout.objects.get_or_create(
        payout=said.id,
        defaults={
            "amount": pounds_of(said.pence),
            "state": State.ON_ITS_WAY,
            "arrives_on": said.arrives_on,
        },
    )
    if created:
        audit.record(by, "ledger.apply_payout", payout, pence=said.pence)
    to = STATES.get(said.status, State.ON_ITS_WAY)
    if to == State.PAID:
        _paid(payout, said, by)
    elif to == State.FAILED:
        _failed(payout, said, by)
    payout.refresh_from_db()
    return payout


def _paid(payout: StripePayout, said: PayoutSaid, by: Actor) -> None:
    """In the books from the day on which it was to arrive, or today if Stripe is early."""
    if payout.state != State.ON_ITS_WAY:
        return
    journal = post(
        kind="payout",
        date=min(said.arrives_on, timezone.localdate()),
        key=f"payout:{said.id}",
        lines=[Line(chart.BANK, said.pence), Line(chart.STRIPE, -said.pence)],
        source=said.id[:60],
        by=by,
    )
    waiting = StripePayout.objects.filter(pk=payout.pk, state=State.ON_ITS_WAY)
    if waiting.update(state=State.PAID, journal=journal, arrives_on=said.arrives_on) == 1:
        audit.record(by, "ledger.apply_payout", payout, state="paid")


def _failed(payout: StripePayout, said: PayoutSaid, by: Actor) -> None:
    unfailed = StripePayout.objects.filter(pk=payout.pk).exclude(state=State.FAILED)
    if unfailed.update(state=State.FAILED) != 1:
        return
    audit.record(by, "ledger.apply_payout", payout, state="failed")
    if payout.journal is not None:
        reverse(journal=payout.journal, date=timezone.localdate(), why="payout failed", by=by)
    ask_treasurer(
        kind=TreasurerTask.Kind.DIFFERENT,
        key=f"payout:{said.id}"[:80],
        sentence=f"{in_words(said.pence)} from Stripe did not reach our bank account. "
        f"{said.problem}",
        by=by,
    )


@operation(needs=None)
def apply_stripe_fee(*, fee: Move, by: Actor) -> None:
    """A fee that Stripe takes by itself, apart from any payment. Its amount is below zero."""
    if fee.currency != "gbp" or not fee.pence:
        return
    post(
        kind="stripe-fee",
        date=timezone.localtime(fee.made_at).date(),
        key=f"fee:{fee.id}",
        lines=[Line(chart.STRIPE_FEES, -fee.pence), Line(chart.STRIPE, fee.pence)],
        source=fee.kind[:60],
        by=by,
    )
