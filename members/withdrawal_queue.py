"""Turns holdings and requests into the plain facts of rules.withdrawals, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from djmoney.money import Money

from ledger.money import pence_of, pounds_of
from members.models import Member, Person, ShareClass, SocietyRules, Withdrawal
from members.rules import age_on
from members.rules.withdrawals import Holding, Stand, Turn, Waiting, queue

#: What the ledger calls the owner of a pay-out for shares.
WITHDRAWAL_OWNER = "members.withdrawal"


def holding_of(member: Member, share_class: ShareClass, today: dt.date) -> Holding:
    """What the member holds of a class today, and how much of it is spoken for."""
    held = member.share_transactions.filter(share_class=share_class).up_to(today).shares()
    asked = member.withdrawals.open().filter(share_class=share_class).shares()
    keeps = member.is_active_on(today) and share_class.code == member.member_class.share_class_id
    return Holding(
        held=held,
        unpaid=_unpaid(member, share_class, today),
        asked=asked,
        minimum=member.member_class.minimum_shares if keeps else 0,
        age=_age(member, today),
        withdrawable=share_class.withdrawable,
    )


def _unpaid(member: Member, share_class: ShareClass, today: dt.date) -> int:
    """Shares whose money was taken back and has not come again; a share paid in part is unpaid."""
    about = Q(bought=share_class.pk) | Q(bought=None)
    owed = Member.objects.unpaid_lines(today).filter(about, entry=member.pk).pence_total()
    return int(-(-max(owed, 0) // pence_of(share_class.par)))


def _age(member: Member, today: dt.date) -> int | None:
    holder = member.holder
    born = holder.born if isinstance(holder, Person) else None
    return age_on(born, today) if born else None


def held_classes(member: Member, today: dt.date) -> list[tuple[ShareClass, Holding]]:
    """Each class of shares that the member holds today, the class's own first."""
    own = member.member_class.share_class_id
    classes = ShareClass.objects.filter(transactions__member=member).distinct()
    found = [(one, holding_of(member, one, today)) for one in classes]
    return sorted(
        (pair for pair in found if pair[1].held > 0), key=lambda pair: pair[0].code != own
    )


@dataclass(frozen=True)
class Place:
    """One request in the queue, and what can be paid of it now."""

    number: int
    withdrawal: Withdrawal
    turn: Turn

    @property
    def value(self) -> Money:
        return pounds_of(self.turn.waiting.pence)

    @property
    def value_now(self) -> Money:
        return pounds_of(self.turn.pence_now)

    @property
    def stand(self) -> Stand:
        return self.turn.stand


def queue_now(
    rules: SocietyRules, today: dt.date, among: Sequence[Withdrawal] | None = None
) -> list[Place]:
    """The whole queue in order of agreement, against the cash that is set aside."""
    agreed = Withdrawal.objects.in_turn().select_related("share_class") if among is None else among
    rows = {one.pk: one for one in agreed}
    turns = queue(
        (
            Waiting(one.pk, one.quantity, pence_of(one.share_class.par), one.notice_ends_on)
            for one in rows.values()
        ),
        pence_of(rules.cash_for_withdrawals),
        today,
    )
    return [Place(n, rows[turn.waiting.id], turn) for n, turn in enumerate(turns, start=1)]
