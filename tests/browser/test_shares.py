"""Paying for an application and buying more shares on a phone; the keepers of shares at a desk."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from core.models import User
from ledger.operations import keep_bank_account, undo_payment
from members.models import Member, MemberClass, Person, ShareClass, SharePurchase
from members.operations import (
    add_person,
    buy_shares,
    give_sign_in,
    make_certificate,
    register_member,
    set_up_member_classes,
)
from members.rules import Contact
from tests.browser.conftest import PHONE
from tests.members.conftest import pay


def enter(name: str, shares: int, email: str = "") -> Member:
    community = next(c for c in set_up_member_classes(by=SYSTEM) if c.code == "community")
    person = add_person(first_name=name, last_name="Shaw", contact=Contact(email=email), by=SYSTEM)
    return register_member(
        person=person,
        member_class=community,
        joined=timezone.localdate() - dt.timedelta(days=60),
        shares=shares,
        minute="2026/1.2",
        by=SYSTEM,
    )


def user_of(member: Member) -> User:
    person = Person.objects.get(pk=member.person_id)
    give_sign_in(person=person, by=SYSTEM)
    person.refresh_from_db()
    assert person.user is not None
    return person.user


def test_a_member_buys_more_shares_on_a_phone(someone: Callable[..., Any]) -> None:
    keep_bank_account(name="Current account", number="12-34-56 00123456", by=SYSTEM)
    rita = enter("Rita", 10, "rita@example.org")
    pay(buy_shares(member=rita, quantity=5, by=SYSTEM), on=timezone.localdate())
    her = someone(user_of(rita), viewport=PHONE)
    her.visit("/members/me/shares/")
    her.look("my-shares")
    her.follow("Buy more shares")
    her.press("Go on to pay")
    assert her.sees("Enter how many shares.")
    her.look("my-buying-wrong")
    her.page.get_by_label("How many more shares?").fill("20")
    her.look("my-buying")
    her.press("Go on to pay")
    assert her.sees("£20.00")
    assert her.sees("12-34-56")
    her.look("my-purchase")
    purchase = SharePurchase.objects.first()
    assert purchase is not None
    payment = pay(purchase, on=timezone.localdate())
    her.visit(f"/members/me/purchases/{purchase.pk}/")
    assert her.sees("These shares are yours")
    undo_payment(payment=payment, on=timezone.localdate(), why="The cheque bounced", by=SYSTEM)
    her.visit(f"/members/me/purchases/{purchase.pk}/")
    her.look("my-purchase-unpaid")
    her.visit("/members/me/shares/")
    assert her.sees("Some shares are not paid for")
    her.look("my-shares-unpaid")


def test_a_certificate_is_checked_by_whoever_holds_it(someone: Callable[..., Any]) -> None:
    made = make_certificate(member=enter("Rita", 10), by=SYSTEM)
    visitor = someone(viewport=PHONE)
    visitor.visit(f"/members/certificate/{made.code}/")
    assert visitor.sees("This is still so")
    assert not visitor.sees("Rita")
    visitor.look("certificate-check")


def test_the_keepers_of_shares_at_a_desk_and_on_a_phone(
    someone: Callable[..., Any], secretary: User, treasurer: User
) -> None:
    ann, bob = enter("Ann", 40), enter("Bob", 7)
    ShareClass.objects.update(transferable=True)
    MemberClass.objects.update(minimum_shares=1)
    waiting = buy_shares(member=ann, quantity=15, by=SYSTEM)
    bounced = buy_shares(member=bob, quantity=3, by=SYSTEM)
    undo_payment(
        payment=pay(bounced, on=timezone.localdate()),
        on=timezone.localdate(),
        why="The cheque bounced",
        by=SYSTEM,
    )
    for name, who, viewport in (("desk", secretary, None), ("phone", treasurer, PHONE)):
        keeper = someone(who, **({"viewport": viewport} if viewport else {}))
        keeper.visit(f"/members/register/{ann.number}/shares/")
        keeper.look(f"{name}-shares")
        keeper.visit(f"/members/purchases/{waiting.pk}/")
        keeper.look(f"{name}-purchase")
        keeper.visit(f"/members/purchases/{bounced.pk}/")
        keeper.look(f"{name}-purchase-unpaid")
        keeper.visit(f"/members/register/{ann.number}/shares/buy/")
        keeper.look(f"{name}-buy")
        keeper.visit("/members/shares/")
        keeper.look(f"{name}-classes")
        keeper.follow("Change")
        keeper.look(f"{name}-class")
        keeper.visit("/members/shares/add/")
        keeper.visit("/members/shares/ordinary/write-down/")
        keeper.page.get_by_label("By how many per cent?").fill("10")
        keeper.page.get_by_label("Minute of the meeting that decided it").fill("AGM 2026/7")
        keeper.press("Show what would happen")
        assert keeper.sees("This is what would happen")
        keeper.look(f"{name}-write-down")
    sita = someone(secretary)
    sita.visit(f"/members/register/{ann.number}/shares/transfer/")
    page = sita.page
    page.get_by_label("Register number of the member").fill(str(bob.number))
    page.get_by_label("How many shares?").fill("4")
    page.get_by_label("Board minute").fill("2026/3.1")
    sita.press("Go on")
    assert sita.sees("Bob Shaw")
    sita.look("desk-transfer")
    sita.press("Yes, transfer them")
    assert sita.sees("Transferred to member 2.")
    # The words for screen readers stand apart from the rest.
    page.get_by_role("link", name=re.compile("Put right.*transferred")).first.click()
    sita.look("desk-correct")
    page.get_by_label("What was wrong").fill("The other Bob was meant")
    sita.press("Undo it")
    assert sita.sees("Put right. Both transactions stay in the register.")
    sita.look("desk-shares-after")
