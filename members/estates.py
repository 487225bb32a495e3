"""Who is to have the value of the shares of somebody who has died, by the book and the limit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from djmoney.money import Money

from ledger.money import pence_of, pounds_of
from members.models import Estate, Nomination, ShareClass, SocietyRules
from members.rules.nominations import needs_grant, share_out
from members.withdrawal_queue import held_classes


@dataclass(frozen=True)
class Part:
    """So many shares of one class."""

    share_class: ShareClass
    shares: int

    @property
    def pence(self) -> int:
        return self.shares * pence_of(self.share_class.par)


@dataclass(frozen=True)
class EstatePlan:
    """What is to be paid to whom. `estate` is what is still to be decided for the estate itself.

    `without`: nominees whose part is less than a share, where rounding gave it to others.
    """

    nominees: list[tuple[Nomination, list[Part]]]
    without: list[Nomination]
    estate: list[Part]
    nominees_are_decided: bool
    needs_grant: bool

    @property
    def for_estate(self) -> Money:
        return pounds_of(sum(part.pence for part in self.estate))

    @property
    def for_nominees(self) -> list[tuple[Nomination, int, Money]]:
        """Each nominee with their shares and the value of these."""
        return [
            (
                nomination,
                sum(part.shares for part in parts),
                pounds_of(sum(part.pence for part in parts)),
            )
            for nomination, parts in self.nominees
        ]


def plan_of(estate: Estate, today: dt.date) -> EstatePlan:
    """What is still to be decided, by the nominations that were in force on the day of death.

    They come first, and the limit holds for all classes of shares together; once they have been
    decided on, what is left is the estate's.
    """
    member = estate.member
    assert member.person is not None
    assert member.person.died_on is not None
    nominations = list(member.nominations.in_force(member.person.died_on).order_by("pk"))
    decided = bool(nominations) and member.withdrawals.of_estates().exists()
    limit = pence_of(SocietyRules.current().nomination_limit)
    left, percents = limit, [] if decided else [one.percent for one in nominations]
    nominees: dict[int, list[Part]] = {one.pk: [] for one in nominations}
    rest = []
    for share_class, holding in held_classes(member, today):
        par = pence_of(share_class.par)
        shares = holding.free if share_class.withdrawable else 0
        out = share_out(shares=shares, par=par, limit=left, percents=percents)
        left -= sum(out.nominees) * par
        for nomination, number in zip(nominations, out.nominees, strict=False):
            if number:
                nominees[nomination.pk].append(Part(share_class, number))
        rest.append(Part(share_class, out.estate))
    return EstatePlan(
        nominees=[(one, nominees[one.pk]) for one in nominations if nominees[one.pk]],
        without=[one for one in nominations if not (nominees[one.pk] or decided)],
        estate=[part for part in rest if part.shares],
        nominees_are_decided=decided,
        needs_grant=needs_grant(value=_value_at_death(estate), limit=limit),
    )


def _value_at_death(estate: Estate) -> int:
    """Pence that the shares came to at the end of the day of death."""
    member = estate.member
    assert member.person is not None
    assert member.person.died_on is not None
    held = member.share_transactions.up_to(member.person.died_on).holdings().get(member.pk, {})
    classes = ShareClass.objects.in_bulk(held)
    return sum(shares * pence_of(classes[pk].par) for pk, shares in held.items())
