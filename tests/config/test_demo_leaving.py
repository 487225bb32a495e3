"""The demo co-op's shares on their way out."""

from __future__ import annotations

import datetime as dt

import pytest

from config.demo import leaving, members
from config.demo.world import make_world
from ledger import chart
from ledger.models import Posting
from members.models import Estate, Member, Nomination, ShareTransaction, SocietyRules, Withdrawal
from members.withdrawal_queue import queue_now

TODAY = dt.date(2026, 3, 3)


@pytest.mark.django_db
def test_the_demo_shows_withdrawals_in_every_state(time_machine: object) -> None:
    time_machine.move_to(dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC))  # type: ignore[attr-defined]
    world = make_world(TODAY)
    members.build(world)
    leaving.build(world)

    states = set(Withdrawal.objects.values_list("state", flat=True))
    assert states == {"asked", "agreed", "paying", "repaid", "refused", "taken_back"}
    stands = {place.stand for place in queue_now(SocietyRules.current(), TODAY)}
    assert {"now", "part", "behind", "notice"} <= stands
    assert Withdrawal.objects.filter(member__person__email="member@example.org").exists()

    assert Nomination.objects.in_force(TODAY).count() >= 6
    assert Estate.objects.filter(settled_on=None).count() == 2
    assert all(person.died_on is None for person in world.members)
    lacking = Member.objects.lacking_evidence(TODAY)
    assert lacking.filter(ground_ended=True).count() == 2
    assert lacking.filter(ground_ended=False, ran_out__isnull=False).exists()
    assert lacking.count() < 20

    register = ShareTransaction.objects.up_to(TODAY).shares()
    capital = Posting.objects.up_to(TODAY).filter(account=chart.SHARE_CAPITAL).pence_total()
    assert register * 100 == -capital  # the register and the books agree
