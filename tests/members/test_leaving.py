"""Leaving by one's own wish, coming back, and moving to another class."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from members.models import ClassMove, Member, MemberClass, Withdrawal
from members.operations import cease_member, move_class, register_member, resign
from tests.members.conftest import TODAY
from tests.members.leaving import JOINED, asked, classes, enter, rules, user_of

pytestmark = pytest.mark.django_db

Why = Withdrawal.Why


def own(member: Member) -> Actor:
    return Actor("user", user=user_of(member))


def test_who_leaves_today_ceases_and_the_shares_go_the_normal_way() -> None:
    rules(notice_days=90)
    member = enter(sign_in=True)
    resign(member=member, on=TODAY, shares=Why.LEFT, by=own(member))
    gone = Member.objects.get()
    assert (gone.ceased, gone.ceased_because) == (TODAY, "Resigned")
    withdrawal = Withdrawal.objects.get()
    assert (withdrawal.quantity, withdrawal.state, withdrawal.why) == (100, "asked", "left")
    assert withdrawal.notice_ends_on == dt.date(2026, 6, 1)
    assert gone.shares_on(TODAY) == 100
    assert not user_of(gone).has_perm("governance.vote")
    assert "still hold 100 shares" in OutboxMessage.objects.get(kind="members.resigned").text


def test_who_leaves_asks_only_for_what_is_not_asked_for_already() -> None:
    rules()
    member = enter()
    asked(member, 30)
    resign(member=member, on=TODAY, shares=Why.LEFT, by=SYSTEM)
    assert sorted(Withdrawal.objects.values_list("quantity", flat=True)) == [30, 70]


def test_who_leaves_may_give_the_shares_or_leave_them() -> None:
    rules()
    giver, keeper = enter(), enter("Rita Shaw")
    resign(member=giver, on=TODAY, shares=Why.GIFT, by=SYSTEM)
    resign(member=keeper, on=TODAY, shares=None, by=SYSTEM)
    assert Withdrawal.objects.get().why == "gift"


def test_a_member_leaves_today_and_the_secretary_by_letter_from_another_day(by: Actor) -> None:
    rules()
    member = enter(sign_in=True)
    earlier = dt.date(2026, 2, 20)
    with pytest.raises(RuleError, match="leave today"):
        resign(member=member, on=earlier, shares=None, by=own(member))
    assert resign(member=member, on=earlier, shares=None, by=by).ceased == earlier


def test_nobody_leaves_for_somebody_else(treasurer: User, stranger: User) -> None:
    rules()
    member, other = enter(sign_in=True), enter("Rita Shaw", sign_in=True)
    for actor in (own(other), Actor("user", user=treasurer), Actor("user", user=stranger)):
        with pytest.raises(PermissionDenied):
            resign(member=member, on=TODAY, shares=None, by=actor)
    assert Member.objects.filter(ceased=None).count() == 2


def test_nobody_leaves_twice() -> None:
    rules()
    member = enter()
    resign(member=member, on=TODAY, shares=None, by=SYSTEM)
    with pytest.raises(RuleError, match="already ended"):
        resign(member=member, on=TODAY, shares=None, by=SYSTEM)


def test_who_comes_back_gets_a_new_number_and_the_old_entry_stays() -> None:
    old = enter()
    cease_member(member=old, ceased=dt.date(2025, 6, 1), because="Resigned", by=SYSTEM)
    new = register_member(
        person=old.person, member_class=classes()["family"], joined=TODAY, shares=5, by=SYSTEM
    )
    assert (old.number, new.number) == (1, 2)
    assert old.person is not None
    entries = old.person.memberships.order_by("number")
    assert [entry.joined for entry in entries] == [JOINED, TODAY]


# --- Another class --------------------------------------------------------------------------------

MOVED = dt.date(2026, 2, 2)


def moved(member: Member, code: str = "supported", **changes: object) -> ClassMove:
    said: dict[str, object] = {
        "entered": MemberClass.objects.get(code=code),
        "date": MOVED,
        "because": "Has support from us now",
        "minute": "2026/2.1",
        "by": SYSTEM,
    }
    return move_class(member=member, **(said | changes))  # type: ignore[arg-type]


def test_the_register_of_an_earlier_day_keeps_the_class_of_that_day() -> None:
    member = enter(code="worker")
    moved(member)
    found = classes()

    def on(day: dt.date) -> int:
        return Member.objects.with_class(day).get().class_then  # type: ignore[attr-defined, no-any-return]

    assert Member.objects.get().member_class.code == "supported"
    assert on(JOINED) == on(MOVED - dt.timedelta(days=1)) == found["worker"].pk
    assert on(MOVED) == on(TODAY) == found["supported"].pk
    assert Member.objects.totals(JOINED) == {found["worker"].pk: (1, 100)}
    assert Member.objects.totals(TODAY) == {found["supported"].pk: (1, 100)}
    assert "People supported" in OutboxMessage.objects.get(kind="members.class_moved").text


def test_several_moves_are_each_dated() -> None:
    member = enter(code="worker")
    moved(member)
    moved(Member.objects.get(), "family", date=TODAY)
    with pytest.raises(RuleError, match="last moved on 3 March 2026"):
        moved(Member.objects.get(), "community", date=TODAY)
    codes = [
        MemberClass.objects.get(pk=Member.objects.with_class(day).get().class_then).code  # type: ignore[attr-defined]
        for day in (JOINED, MOVED, TODAY)
    ]
    assert codes == ["worker", "supported", "family"]


def test_where_the_class_asks_for_it_the_board_consents() -> None:
    member = enter(code="worker")
    with pytest.raises(RuleError, match="consent") as refusal:
        moved(member, minute=" ")
    assert refusal.value.field == "minute"
    MemberClass.objects.filter(code="supported").update(entry_needs_consent=False)
    moved(member, minute="")


def test_only_the_secretary_moves_members(treasurer: User) -> None:
    member = enter(sign_in=True)
    for actor in (own(member), Actor("user", user=treasurer)):
        with pytest.raises(PermissionDenied):
            moved(member, by=actor)


def test_a_move_keeps_to_the_limits_of_the_new_class() -> None:
    young = enter("Sam Dyson", born=dt.date(2010, 2, 1))
    with pytest.raises(RuleError, match="from the age of 18"):
        moved(young, "investor")
    MemberClass.objects.filter(code="investor").update(minimum_shares=250)
    with pytest.raises(RuleError, match="250 to 100,000 shares"):
        moved(enter(), "investor")
    with pytest.raises(RuleError, match="for organisations"):
        moved(enter("Rita Shaw"), "organisation")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": TODAY + dt.timedelta(days=1)}, "date"),
        ({"date": JOINED}, "date"),
        ({"because": " "}, "because"),
        ({"code": "community"}, "entered"),
    ],
)
def test_what_a_move_needs(changes: dict[str, object], field: str) -> None:
    member = enter()
    with pytest.raises(RuleError) as refusal:
        moved(member, **changes)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_who_has_ceased_does_not_move() -> None:
    member = enter()
    cease_member(member=member, ceased=TODAY, because="Moved away", by=SYSTEM)
    with pytest.raises(RuleError, match="has ended"):
        moved(Member.objects.get())
