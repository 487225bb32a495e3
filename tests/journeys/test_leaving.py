"""A member leaves with the last share, another dies: from the request to the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.audit import seal, verify
from core.models import AuditLine, OutboxMessage, User
from ledger import chart
from ledger.models import PayOut, Posting
from members.models import Estate, Member, ShareTransaction, Withdrawal
from tests.members.leaving import enter, pounds, rules, user_of

pytestmark = pytest.mark.django_db

SPRING = dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC)
SUMMER = dt.datetime(2026, 6, 2, 10, tzinfo=dt.UTC)


def day(name: str, date: dt.date) -> dict[str, int]:
    return {f"{name}_day": date.day, f"{name}_month": date.month, f"{name}_year": date.year}


def books_agree(date: dt.date) -> bool:
    """The register's shares are the ledger's capital at the end of a day."""
    capital = Posting.objects.up_to(date).filter(account=chart.SHARE_CAPITAL).pence_total()
    return ShareTransaction.objects.up_to(date).shares() * 100 == -capital


def test_from_a_phone_to_the_last_share(
    secretary: User,
    treasurer: User,
    board_member: User,
    signed_in: Callable[[User], Client],
) -> None:
    with time_machine.travel(SPRING, tick=False):
        rules(notice_days=90, cash_for_withdrawals=pounds(130))
        joan = enter("Joan Dyson", shares=100, joined=dt.date(2025, 1, 7), sign_in=True)
        rita = enter("Rita Shaw", shares=60, joined=dt.date(2025, 2, 4))
        phone = signed_in(user_of(joan))
        phone.post(f"/members/me/leave/{joan.number}/", {"how": "last", "sure": "on"})
        office = signed_in(secretary)
        leaving = Withdrawal.objects.get()
        today = timezone.localdate()
        office.post(
            f"/members/withdrawals/{leaving.pk}/agree/",
            {"minute": "2026/14.2", **day("decided_on", today)},
        )
        money = signed_in(treasurer)
        early = money.post(f"/members/withdrawals/{leaving.pk}/prepare/", {"shares": "100"})
        assert "notice still runs" in early.content.decode()

    with time_machine.travel(SUMMER, tick=False):
        today = timezone.localdate()
        office, money, board = (signed_in(one) for one in (secretary, treasurer, board_member))
        office.post(
            f"/members/register/{rita.number}/death/",
            {
                **day("died_on", dt.date(2026, 5, 20)),
                **day("told_on", today),
                "evidence": "Death certificate",
                "representative": "Al Shaw",
            },
        )
        office.post(
            f"/members/estates/{rita.number}/rest/",
            {"minute": "2026/20.1", **day("decided_on", today)},
        )
        estate = Withdrawal.objects.get(why="death")
        for request, shares in ((leaving, 100), (estate, 30)):  # the cash reaches for a half
            money.post(f"/members/withdrawals/{request.pk}/prepare/", {"shares": str(shares)})
        for pay_out in PayOut.objects.filter(state="prepared"):
            board.post(
                f"/money/pay-outs/{pay_out.pk}/paid/",
                {"paid_on": str(today), **day("paid_on", today)},
            )

        gone = Member.objects.get(number=joan.number)
        assert (gone.ceased, gone.shares_on(today)) == (today, 0)
        assert Member.objects.get(number=rita.number).shares_on(today) == 30
        assert Estate.objects.get().settled_on is None
        assert {one.state for one in Withdrawal.objects.all()} == {"repaid", "agreed"}
        for date in (dt.date(2025, 1, 6), dt.date(2025, 1, 7), dt.date(2026, 3, 3), today):
            assert books_agree(date)
        assert Posting.objects.up_to(today).filter(account=chart.WITHDRAWALS).pence_total() == 0
        assert Posting.objects.up_to(today).pence_total() == 0
        assert not OutboxMessage.objects.filter(to="rita@example.org").exists()
        kinds = set(OutboxMessage.objects.values_list("kind", flat=True))
        assert {f"members.withdrawal_{step}" for step in ("asked", "agreed", "paid")} <= kinds

        seal("audit")
        assert verify("audit").is_sound
        told = " ".join(str(line.data) for line in AuditLine.objects.all())
        assert "Dyson" not in told
        assert "Shaw" not in told
