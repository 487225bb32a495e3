"""Two who pay, prepare, ask, decide or note the same at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from core.permissions import Role
from ledger import chart
from ledger.models import PayOut
from ledger.operations import call_off_pay_out, make_pay_out
from members.models import Estate, Member, SocietyRules, Withdrawal
from members.operations import (
    agree_withdrawal,
    ask_withdrawal,
    move_class,
    nominate,
    pay_nominees,
    prepare_withdrawal,
    set_withdrawal_cash,
    take_back_withdrawal,
)
from members.rules.nominations import Nominee
from tests.members.conftest import TODAY
from tests.members.leaving import (
    MINUTE,
    agreed,
    asked,
    balance,
    classes,
    enter,
    paying,
    pounds,
    rules,
)
from tests.members.test_deaths import died
from tests.members.test_races import together

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def outcomes(results: list[object]) -> Counter[str]:
    """How many acts went through, and how many were refused with a sentence."""
    assert all(not isinstance(r, Exception) or isinstance(r, RuleError) for r in results), results
    return Counter("refused" if isinstance(r, RuleError) else "done" for r in results)


@pytest.fixture
def officers(make_user: Callable[..., User]) -> list[Actor]:
    """Four who may both prepare and pay."""
    return [
        Actor("user", user=make_user(f"officer {name}", Role.TREASURER, Role.BOARD))
        for name in ("ann", "bob", "cy", "di")
    ]


def test_one_pay_out_paid_by_two_is_paid_once(officers: list[Actor]) -> None:
    rules()
    member = enter()
    withdrawal = paying(agreed(member, 40), officers[0])
    results = together(
        *(
            lambda by=by: make_pay_out(  # type: ignore[misc]
                pay_out=PayOut.objects.get(pk=withdrawal.pay_out_id), paid_on=TODAY, by=by
            )
            for by in officers[1:]
        )
    )
    assert outcomes(results) == {"done": 1, "refused": 2}
    assert Member.objects.get().shares_on(TODAY) == 60
    assert balance(chart.BANK) == -4_000
    assert balance(chart.WITHDRAWALS) == 0
    assert Withdrawal.objects.get().state == "repaid"


def test_one_request_prepared_by_two_is_prepared_once(officers: list[Actor]) -> None:
    rules(cash_for_withdrawals=pounds(100))
    withdrawal = agreed(enter(), 40)
    results = together(
        *(
            lambda by=by: prepare_withdrawal(  # type: ignore[misc]
                withdrawal=Withdrawal.objects.get(pk=withdrawal.pk), shares=40, by=by
            )
            for by in officers
        )
    )
    assert outcomes(results) == {"done": 1, "refused": 3}
    assert PayOut.objects.count() == 1
    assert SocietyRules.current().cash_for_withdrawals == pounds(60)


def test_the_cash_is_never_promised_twice(officers: list[Actor]) -> None:
    rules(cash_for_withdrawals=pounds(100))
    requests = [agreed(enter(f"{name} Dyson"), 60) for name in ("Ann", "Bob", "Cy")]
    together(
        *(
            lambda one=one, by=by: prepare_withdrawal(  # type: ignore[misc]
                withdrawal=Withdrawal.objects.get(pk=one.pk), shares=60, by=by
            )
            for one, by in zip(requests, officers, strict=False)
        )
    )
    promised = sum(int(one.amount.amount) for one in PayOut.objects.all())
    assert promised == 60  # the first in turn; the others would not fit whole
    assert Withdrawal.objects.get(state="paying").pk == requests[0].pk
    assert SocietyRules.current().cash_for_withdrawals == pounds(40)


def test_cash_set_aside_while_some_is_taken_is_not_lost(officers: list[Actor]) -> None:
    rules(cash_for_withdrawals=pounds(100))
    withdrawal = agreed(enter(), 40)
    results = together(
        lambda: prepare_withdrawal(
            withdrawal=Withdrawal.objects.get(pk=withdrawal.pk), shares=40, by=officers[0]
        ),
        lambda: set_withdrawal_cash(
            amount=pounds(500), was=pounds(100), minute="2026/9", by=officers[1]
        ),
    )
    set_first = not isinstance(results[1], RuleError)
    assert outcomes(results)["done"] == (2 if set_first else 1)
    left = SocietyRules.current().cash_for_withdrawals
    assert left == (pounds(460) if set_first else pounds(60))


def test_paying_and_calling_off_at_once_end_in_one_of_the_two(officers: list[Actor]) -> None:
    rules(cash_for_withdrawals=pounds(40))
    withdrawal = paying(agreed(enter(), 40), officers[0])

    def pay_out() -> PayOut:
        return PayOut.objects.get(pk=withdrawal.pay_out_id)

    results = together(
        lambda: make_pay_out(pay_out=pay_out(), paid_on=TODAY, by=officers[1]),
        lambda: call_off_pay_out(pay_out=pay_out(), by=officers[2]),
    )
    assert outcomes(results) == {"done": 1, "refused": 1}
    state = Withdrawal.objects.get().state
    held, cash = Member.objects.get().shares_on(TODAY), SocietyRules.current().cash_for_withdrawals
    assert (state, held, cash) in [("repaid", 60, pounds(0)), ("agreed", 100, pounds(40))]


def test_two_requests_never_ask_for_the_same_shares() -> None:
    rules()
    enter(shares=100)
    results = together(
        *(
            lambda n=n: ask_withdrawal(member=Member.objects.get(), quantity=n, by=SYSTEM)
            for n in (60, 61, 62)
        )
    )
    assert outcomes(results) == {"done": 1, "refused": 2}


def test_of_agreeing_and_taking_back_at_once_each_is_whole() -> None:
    rules()
    withdrawal = asked(enter())
    decision: dict[str, Any] = {"decided_on": TODAY, "minute": MINUTE, "by": SYSTEM}
    results = together(
        lambda: agree_withdrawal(withdrawal=Withdrawal.objects.get(), **decision),
        lambda: take_back_withdrawal(withdrawal=Withdrawal.objects.get(), by=SYSTEM),
    )
    # It may be agreed to and then taken back; what was taken back is never agreed to.
    assert Withdrawal.objects.get(pk=withdrawal.pk).state == "taken_back"
    assert not isinstance(results[1], Exception)


def test_a_death_noted_by_two_is_noted_once() -> None:
    rules()
    enter()
    results = together(*(lambda: died(Member.objects.get()),) * 3)
    assert outcomes(results) == {"done": 1, "refused": 2}
    assert Estate.objects.count() == 1


def test_an_estate_decided_by_two_is_shared_out_once() -> None:
    rules()
    member = enter(shares=100)
    nominate(
        member=member,
        nominees=[Nominee("Ann Dyson", "2 Mill Row", "child", 100)],
        signed_on=member.joined,
        received_on=member.joined,
        by=SYSTEM,
    )
    estate = died(Member.objects.get())
    decision: dict[str, Any] = {"decided_on": TODAY, "minute": MINUTE, "by": SYSTEM}
    results = together(
        *(lambda: pay_nominees(estate=Estate.objects.get(pk=estate.pk), **decision),) * 3
    )
    assert outcomes(results) == {"done": 1, "refused": 2}
    assert Withdrawal.objects.get(why="death").quantity == 100


def test_a_member_moved_by_two_is_in_one_class() -> None:
    member, found = enter(code="worker"), classes()
    results = together(
        *(
            lambda code=code: move_class(  # type: ignore[misc]
                member=Member.objects.get(pk=member.pk),
                entered=found[code],
                date=TODAY,
                because="Asked for it",
                minute=MINUTE,
                by=SYSTEM,
            )
            for code in ("supported", "family")
        )
    )
    assert outcomes(results) == {"done": 1, "refused": 1}
    moved = Member.objects.get(pk=member.pk)
    assert moved.class_moves.get().entered == moved.member_class
