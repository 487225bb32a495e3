"""Two parties that turn out to be one."""

from __future__ import annotations

import datetime as dt

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from core.relations import CannotMove, move, relations_to
from ledger.models import KnownPayer, Mandate, Party, Posting, StripeCustomer
from ledger.operations.journal import Line, post


@operation(needs=None)
def put_parties_together(*, gone: Party, kept: Party, date: dt.date, by: Actor) -> None:
    """What is open with `gone` is from now on open with `kept`, account by account.

    The journal never changes: its old postings stay with `gone`, and one journal of this day moves
    the balances. Orders, payments, mandates and pay-outs are `kept`'s from now on. Refused while
    both have a direct debit in use.
    """
    balances = Posting.objects.up_to(dt.date.max).filter(party=gone).by_account()
    lines = [
        line
        for account, pence in sorted(balances.items())
        if pence
        for line in (Line(account, -pence, gone), Line(account, pence, kept))
    ]
    if lines:
        post(
            kind="parties-put-together",
            date=date,
            key=f"parties-put-together:{gone.pk}",
            lines=lines,
            source=f"ledger.party:{kept.pk}",
            memo=f"party {gone.pk} is party {kept.pk}",
            by=by,
        )
    KnownPayer.objects.filter(party=gone, words__in=kept.known_as.values("words")).delete()
    stays: tuple[type, ...] = (Posting,)
    if StripeCustomer.objects.filter(party=kept).exists():
        stays = (Posting, StripeCustomer)  # what Stripe knows under the old name stays found there
    for relation in relations_to(Party):
        if relation.model._meta.app_label == "ledger" and relation.model not in stays:
            try:
                move(relation, gone, kept)
            except CannotMove as refused:
                if relation.model is Mandate:
                    raise RuleError(
                        "Both have a Direct Debit or a card in use. End one of them first."
                    ) from None
                raise RuleError("What both have in the books cannot be put together.") from refused
    audit.record(by, "ledger.put_parties_together", kept, gone=gone.pk)
