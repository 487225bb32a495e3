"""What a member’s page says of shares that go out, of moves between classes, and of evidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from members.models import ClassMove, Eligibility, Estate, Member, Withdrawal


@dataclass(frozen=True)
class Going:
    """All of it, as far as it is there."""

    withdrawals: list[Withdrawal]
    moves: list[ClassMove]
    evidence: Eligibility | None
    lacks_evidence: bool
    ran_out: Eligibility | None
    nominees: int
    estate: Estate | None
    shares_outstanding: bool


def going_of(member: Member, today: dt.date) -> Going:
    """In a fixed number of queries."""
    seen = member.eligibility.filter(member_class=member.member_class)
    asks, lacking = bool(member.member_class.evidence), Member.objects.lacking_evidence(today)
    return Going(
        withdrawals=list(member.withdrawals.open().select_related("share_class")),
        moves=list(member.class_moves.select_related("left", "entered")),
        evidence=seen.counting_on(today).first(),
        lacks_evidence=asks and lacking.filter(pk=member.pk).exists(),
        ran_out=seen.filter(until__lt=today).order_by("-until", "-pk").first(),
        nominees=member.nominations.in_force(today).count(),
        estate=Estate.objects.filter(member=member).first(),
        shares_outstanding=member.ceased is not None and member.shares_on(today) > 0,
    )
