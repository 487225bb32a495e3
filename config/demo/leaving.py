"""The demo co-op's rules about shares, and shares on their way out: withdrawals in every state,
nominations, an estate, evidence that has run out, a move to another class."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from djmoney.money import Money

from config.demo import names
from config.demo.world import CAST, World
from core.actors import Actor
from ledger.operations import make_pay_out
from members.models import Member, MemberClass, SocietyRules, Withdrawal
from members.operations import (
    agree_withdrawal,
    ask_withdrawal,
    change_member_class,
    change_society_rules,
    end_ground,
    move_class,
    nominate,
    note_death,
    note_evidence,
    pay_nominees,
    prepare_withdrawal,
    refuse_withdrawal,
    set_withdrawal_cash,
    take_back_withdrawal,
)
from members.rules.nominations import Nominee

Why = Withdrawal.Why

#: What the starting classes say once a co-op has thought about it.
CLASSES: dict[str, dict[str, Any]] = {
    "supported": {"ground_months": 2, "ground_hours_a_week": Decimal(2), "on_lapse": "board"},
    "worker": {"evidence_lasts_months": 24},
    "organisation": {"may_control": False, "evidence_lasts_months": 36},
    "investor": {"most_votes_percent": 10, "may_control": False, "on_lapse": "keeps"},
}
SEEN = {
    "supported": "Care agreement with us",
    "family": "Carer’s assessment by the council",
    "worker": "Contract of employment",
    "community": "Council tax bill",
    "organisation": "Decision of its board",
}


@transaction.atomic
def build(world: World) -> None:
    rules(world)
    for code, changes in CLASSES.items():
        member_class = MemberClass.objects.get(code=code)
        change_member_class(member_class=member_class, changes=changes, by=world.secretary)
    free = _others(world)
    _evidence(world)
    _withdrawals(world, free)
    _moved(world, free)
    _nominations(world, free)
    _died(world, free)


def rules(world: World) -> None:
    """Ninety days of notice, and £1,500 set aside."""
    change_society_rules(
        changes={"notice_days": 90, "highest_interest": Decimal("3.50")}, by=world.secretary
    )
    set_withdrawal_cash(
        amount=Money(1_500, "GBP"),
        was=SocietyRules.current().cash_for_withdrawals,
        minute=f"{world.today:%Y}/11.3",
        by=world.actor("treasurer@example.org"),
    )


class _Free:
    """Members who are nobody else's in the demo, those with the fewest shares first."""

    def __init__(self, members: list[Member]) -> None:
        self.members = members

    def one(self, shares: int = 1, code: str = "") -> Member:
        """The next with so many shares or more, of a class if that is said."""
        for member in self.members:
            held: int = member.shares  # type: ignore[attr-defined]
            if held >= shares and (not code or member.member_class.code == code):
                self.members.remove(member)
                return member
        raise LookupError(f"Nobody is left with {shares} shares.")


def _others(world: World) -> _Free:
    taken = {person.pk for person in (*world.carers, *world.supported, *world.family)}
    found = (
        Member.objects.active_on(world.today)
        .filter(person__isnull=False, joined__lt=world.today - dt.timedelta(days=250))
        .exclude(person__in=taken)
        .exclude(person__email__in=CAST)
        .with_shares(world.today)
        .select_related("person", "member_class")
        .order_by(F("shares"), "number")
    )
    return _Free(list(found))


# --- Evidence -------------------------------------------------------------------------------------


def _evidence(world: World) -> None:
    """Seen of nearly everybody when they joined; of some it has run out, of some it ended."""
    members = Member.objects.active_on(world.today).exclude(member_class__evidence="")
    for place, member in enumerate(members.select_related("member_class", "person")):
        if place % 40 == 7:
            continue  # nobody has noted anything yet
        long_ago = member.joined + dt.timedelta(days=640) < world.today
        lasts = member.member_class.evidence_lasts_months
        note_evidence(
            member=member,
            what=SEEN[member.member_class.code],
            seen_on=world.today - dt.timedelta(days=40 + place) if lasts else member.joined,
            until=world.today - dt.timedelta(days=1 + place % 9)
            if place % 35 == 3 and long_ago and not _is_cast(member)
            else None,
            by=world.secretary,
        )
    ended = members.filter(member_class__code="supported", eligibility__isnull=False)
    for member in ended.exclude(person__in=world.supported[:1]).order_by("-number")[:2]:
        end_ground(
            member=member,
            on=world.today - dt.timedelta(days=5),
            why="Support has ended",
            by=world.secretary,
        )


def _is_cast(member: Member) -> bool:
    """Who signs in at /demo/ may do what that page says of them."""
    return member.person is not None and member.person.email in CAST


# --- Withdrawals ----------------------------------------------------------------------------------


def _withdrawals(world: World, free: _Free) -> None:
    """One at least in each state; in the queue more than the cash reaches for."""
    treasurer, board = world.actor("treasurer@example.org"), world.actor("board@example.org")
    for shares, days in ((400, 190), (150, 170)):
        paid = _agreed(world, free.one(shares + 1), shares, days)
        _paid(world, paid, treasurer, board, days - 120)
    _prepare(_agreed(world, free.one(301), 300, 150), treasurer)
    for shares, days in ((500, 140), (60, 130), (1_200, 125), (20, 120), (40, 30)):
        _agreed(world, free.one(shares + 1), shares, days)
    _agreed(world, free.one(26), 25, 45, why=Why.GIFT)
    for shares, days, why in ((80, 12, Why.REQUEST), (10, 4, Why.GIFT)):
        _asked(world, free.one(shares + 1), shares, days, why)
    leaver = free.one(5)
    _asked(world, leaver, leaver.shares, 20, Why.LEFT)  # type: ignore[attr-defined]
    refuse_withdrawal(
        withdrawal=_asked(world, free.one(101), 100, 60),
        decided_on=world.today - dt.timedelta(days=40),
        reason="The co-op bought the minibus this spring. Please ask again in autumn.",
        by=world.secretary,
    )
    take_back_withdrawal(withdrawal=_asked(world, free.one(11), 10, 50), by=world.secretary)
    tom = Member.objects.with_shares(world.today).get(person__email="member@example.org")
    if tom.shares > 5:  # type: ignore[attr-defined]
        _asked(world, tom, 5, 8)


def _asked(
    world: World, member: Member, shares: int, days: int, why: Withdrawal.Why = Why.REQUEST
) -> Withdrawal:
    return ask_withdrawal(
        member=member,
        quantity=shares,
        why=why,
        received=world.today - dt.timedelta(days=days),
        by=world.secretary,
    )


def _agreed(
    world: World, member: Member, shares: int, days: int, why: Withdrawal.Why = Why.REQUEST
) -> Withdrawal:
    """Asked so many days ago, and agreed to a fortnight later."""
    decided = world.today - dt.timedelta(days=days - 14)
    return agree_withdrawal(
        withdrawal=_asked(world, member, shares, days, why),
        decided_on=decided,
        minute=f"{decided:%Y/%m}.4",
        by=world.secretary,
    )


def _prepare(withdrawal: Withdrawal, by: Actor) -> Withdrawal:
    return prepare_withdrawal(withdrawal=withdrawal, shares=withdrawal.quantity, by=by)


def _paid(world: World, withdrawal: Withdrawal, first: Actor, second: Actor, days: int) -> None:
    """Prepared by one and paid by another, so many days ago."""
    paying = _prepare(withdrawal, first)
    assert paying.pay_out is not None
    make_pay_out(
        pay_out=paying.pay_out,
        paid_on=world.today - dt.timedelta(days=days),
        by=second,
    )


# --- Nominations, a death, a move -----------------------------------------------------------------


def _moved(world: World, free: _Free) -> None:
    move_class(
        member=free.one(code="community"),
        entered=MemberClass.objects.get(code="family"),
        date=world.today - dt.timedelta(days=33),
        because="Looks after her mother now",
        minute=f"{world.today:%Y}/12.1",
        by=world.secretary,
    )


def _nominee(world: World, surname: str, relation: str, percent: int, **more: bool) -> Nominee:
    first_name, _surname = names.weighted_name(world.random)
    lines = names.address(world.random)
    address = ", ".join([lines["address_line_1"], lines["town"], lines["postcode"]])
    return Nominee(f"{first_name} {surname}", address, relation, percent, **more)


def _name_somebody(world: World, member: Member, days: int, *parts: tuple[str, int]) -> None:
    assert member.person is not None
    day = world.today - dt.timedelta(days=days)
    nominees = [
        _nominee(world, member.person.last_name, relation, percent, namesake=True)
        for relation, percent in parts
    ]
    nominate(
        member=member,
        nominees=nominees,
        signed_on=day - dt.timedelta(days=3),
        received_on=day,
        by=world.secretary,
    )


def _nominations(world: World, free: _Free) -> None:
    tom = Member.objects.get(person__email="member@example.org")
    _name_somebody(world, tom, 60, ("sibling", 100))
    _name_somebody(world, free.one(), 200, ("spouse", 100))
    _name_somebody(world, free.one(), 150, ("child", 50), ("child", 50))
    changed = free.one()
    _name_somebody(world, changed, 180, ("parent", 100))
    _name_somebody(world, changed, 30, ("civil", 70), ("nephew", 30))
    _name_somebody(world, free.one(), 20, ("other", 100))


def _died(world: World, free: _Free) -> None:
    """Two deaths: one with nominees whom the board has decided on, one where probate is awaited."""
    decided, awaited = free.one(50), free.one(25)
    _name_somebody(world, decided, 230, ("child", 60), ("child", 40))
    for member, days, speaks in ((decided, 40, True), (awaited, 11, False)):
        assert member.person is not None
        world.members.remove(member.person)
        estate = note_death(
            member=member,
            died_on=world.today - dt.timedelta(days=days),
            told_on=world.today - dt.timedelta(days=days - 4),
            evidence="Death certificate",
            representative=str(member.person.last_name) + " and Sons, Solicitors" if speaks else "",
            representative_address="3 Bridge Gate, Skelbeck Bridge" if speaks else "",
            by=world.secretary,
        )
        if speaks:
            day = world.today - dt.timedelta(days=days - 20)
            pay_nominees(estate=estate, decided_on=day, minute=f"{day:%Y/%m}.6", by=world.secretary)
