"""Somebody lets us collect what they owe, from their bank account or a card, until they end it."""

from __future__ import annotations

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.hurry import hurry
from ledger.models import Mandate, Party, Payment, StripeCustomer, TreasurerTask
from ledger.operations.settling import fail
from ledger.operations.treasurer import ask_treasurer
from ledger.signals import mandate_changed

State = Mandate.State


@operation(needs=None)
def note_customer(*, party: Party, customer: str, by: Actor) -> StripeCustomer:
    """Remember which customer of Stripe's stands for a party; the first one stays."""
    known, created = StripeCustomer.objects.get_or_create(
        party=party, defaults={"customer": customer}
    )
    if created:
        audit.record(by, "ledger.note_customer", known, party=party.pk)
    return known


@operation(needs=None)
def begin_mandate(*, party: Party, kind: str, session: str, by: Actor) -> Mandate:
    """Note that somebody was sent to Stripe to let us collect."""
    mandate, created = Mandate.objects.get_or_create(
        stripe_session=session, defaults={"party": party, "kind": kind}
    )
    if created:
        audit.record(by, "ledger.begin_mandate", mandate, party=party.pk)
    return mandate


@operation(needs=None)
def end_mandate(*, mandate: Mandate, by: Actor) -> Mandate:
    """We collect no more by this; what was to be collected is called off.

    Money that is on its way still comes. Stripe forgets the card or bank account after the
    commit. Called inside operations, which have checked the right.
    """
    if not _end(mandate, by):
        raise RuleError("This has ended already.")
    waiting = mandate.payments.filter(state=Payment.State.SCHEDULED)
    waiting.update(state=Payment.State.CANCELLED, problem="The payer ended the Direct Debit.")
    mandate.refresh_from_db()
    mandate_changed.send(sender=Mandate, mandate=mandate, by=by)
    return mandate


def _end(mandate: Mandate, by: Actor) -> bool:
    live = Mandate.objects.filter(pk=mandate.pk).exclude(state=State.ENDED)
    if live.update(state=State.ENDED, ended_at=timezone.now()) != 1:
        return False
    audit.record(by, "ledger.end_mandate", mandate)
    hurry("mandate", mandate.pk)
    return True


@operation(needs=None)
def use_mandate(
    *,
    session: str,
    party: Party,
    kind: str,
    method: str,
    stripe_mandate: str,
    last_four: str,
    by: Actor,
) -> Mandate:
    """Somebody has let us collect: from now on by this one, and by an earlier one no more."""
    held = Party.objects.select_for_update().get(pk=party.pk)
    mandate = begin_mandate(party=held, kind=kind, session=session, by=by)
    asked = Mandate.objects.filter(pk=mandate.pk, state=State.ASKED)
    if asked.exists():
        for earlier in held.mandates.filter(state=State.ACTIVE):
            _end(earlier, by)
            moved = earlier.payments.filter(state=Payment.State.SCHEDULED)
            moved.update(mandate=mandate, method=kind)
        asked.update(
            state=State.ACTIVE,
            kind=kind,
            stripe_method=method,
            stripe_mandate=stripe_mandate,
            last_four=last_four,
            active_from=timezone.now(),
        )
        audit.record(by, "ledger.use_mandate", mandate, party=held.pk)
        mandate.refresh_from_db()
        mandate_changed.send(sender=Mandate, mandate=mandate, by=by)
    return mandate


@operation(needs=None)
def lapse_mandate(*, session: str, by: Actor) -> None:
    """Nobody let us collect on this page, and nobody can any more."""
    asked = Mandate.objects.filter(stripe_session=session, state=State.ASKED)
    for mandate in asked:
        if asked.update(state=State.ENDED, ended_at=timezone.now()) == 1:
            audit.record(by, "ledger.lapse_mandate", mandate)


@operation(needs=None)
def lose_mandate(*, mandate: Mandate, by: Actor) -> None:
    """The payer's bank, or Stripe, ended it: what was to be collected has failed."""
    if not _end(mandate, by):
        return
    mandate.refresh_from_db()
    mandate_changed.send(sender=Mandate, mandate=mandate, by=by)
    for payment in mandate.payments.filter(state=Payment.State.SCHEDULED):
        fail(payment, "The payer’s bank ended the Direct Debit.", by)
    ask_treasurer(
        kind=TreasurerTask.Kind.FAILED,
        key=f"mandate:{mandate.pk}",
        sentence="A payer’s bank ended a Direct Debit: agree with them on another way to pay.",
        by=by,
    )


@operation(needs=None)
def note_forgotten(*, mandate: Mandate, by: Actor) -> None:
    """Stripe has forgotten the card or bank account of a mandate that ended."""
    ended = Mandate.objects.filter(pk=mandate.pk, state=State.ENDED).exclude(stripe_method="")
    if ended.update(stripe_method="") == 1:
        audit.record(by, "ledger.note_forgotten", mandate)
