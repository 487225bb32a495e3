"""The demo co-op's people and register."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from config.demo import members, shares
from config.demo.world import CAST, make_world
from core.models import User
from ledger.models import PayOut
from members.checklist import standings
from members.models import Application, Member, Person, SharePurchase

TODAY = dt.date(2026, 3, 3)


@pytest.mark.django_db
def test_the_demo_has_a_register_worth_looking_at(time_machine: object) -> None:
    time_machine.move_to(dt.datetime(2026, 3, 3, 10, tzinfo=dt.UTC))  # type: ignore[attr-defined]
    world = make_world(TODAY)
    members.build(world)

    now = Member.objects.active_on(TODAY)
    classes = Counter(now.values_list("member_class__code", flat=True))
    assert 210 <= now.count() <= 230
    assert set(classes) == {
        "supported",
        "family",
        "worker",
        "community",
        "organisation",
        "investor",
    }
    assert Member.objects.filter(ceased__isnull=False).count() == 18
    assert Member.objects.active_on(dt.date(2021, 3, 3)).count() < now.count() / 2

    assert (len(world.supported), len(world.carers)) == (60, 30)
    assert not set(world.supported) & set(world.carers)
    assert world.people["supported@example.org"] == world.supported[0]
    assert world.people["family@example.org"] == world.family[0]
    assert world.people["carer@example.org"] == world.carers[0]
    assert set(world.people) == set(CAST) - {"council@example.org"}
    assert all(person.user for person in world.people.values())
    assert all(person.user for person in world.carers)
    assert len({str(person) for person in Person.objects.all()}) == Person.objects.count()
    assert User.objects.exclude(email__endswith="@example.org").count() == 0

    waiting = list(Application.objects.waiting().select_related("member_class"))
    stopped = [now for now in standings(waiting, TODAY) if now.stops]
    assert (len(waiting), len(stopped)) == (8, 4)
    unpaid = [now for now in stopped if "paid" in {check.code for check in now.stops}]
    assert len(unpaid) == 4  # one in part, three not at all
    assert PayOut.objects.filter(state="prepared").count() == 1  # of the one who was refused
    shares.build(world)
    bought = SharePurchase.objects.filter(member__isnull=False, application=None)
    assert bought.filter(issued__isnull=False).count() == 4
    assert bought.not_issued().count() == 1
    unpaid_on = Member.objects.with_amount_paid(TODAY).filter(unpaid_pence__gt=0)
    assert [str(member.person) for member in unpaid_on] == ["Joyce Greenwood"]
    states = Counter(Application.objects.values_list("state", flat=True))
    assert states == {"submitted": 8, "draft": 2, "admitted": 2, "refused": 1, "withdrawn": 1}
