"""Dues by Direct Debit, against the sandbox over HTTP: let us collect, told, collected, come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.models import OutboxMessage, User
from ledger import tasks as ledger_tasks
from ledger.models import Mandate, Payment, PayOut, Posting, Refund, TreasurerTask
from ledger.operations import apply_events, send_refunds
from ledger.stripe_sandbox import Sandbox
from members import tasks
from members.arrears import arrears_on
from members.models import DuesCharge, Member, Person
from members.operations import collect_dues, waive_dues
from tests.ledger.conftest import sandbox  # noqa: F401  (a fixture)
from tests.members.dues import DUE, charge_all, mails, owed

pytestmark = pytest.mark.django_db

DAYS_LATER = DUE + dt.timedelta(days=6)


def on(day: dt.date) -> Any:
    return time_machine.travel(dt.datetime.combine(day, dt.time(10), dt.UTC), tick=False)


def hear(stripe: Sandbox) -> None:
    stripe.deliver_events()
    apply_events(timezone.now())


@pytest.fixture
def own(rita_member: Member, make_user: Callable[..., User], signed_in: Any) -> Client:
    """Rita herself, signed in."""
    user = make_user("rita shaw")
    Person.objects.filter(pk=rita_member.person_id).update(user=user)
    return signed_in(user)


@pytest.fixture
def lets_us_collect(sandbox: Sandbox, rita_member: Member, own: Client) -> Mandate:  # noqa: F811
    """Rita sets up a Direct Debit on her page of dues, at Stripe's hosted page."""
    sent = own.post(f"/members/me/mandate/{rita_member.number}/", {"kind": "bacs"})
    assert sandbox.choose(sent["Location"].rpartition("/")[2], "bacs") == "complete"
    assert (
        "what you set up shows here"
        in own.get("/members/me/dues/?back=1", follow=True).content.decode().lower()
    )
    assert Mandate.objects.get().state == "asked"  # being sent back proves nothing
    hear(sandbox)
    return Mandate.objects.get(state="active")


def collected(stripe: Sandbox) -> Payment:
    """The dues are charged and announced, and on the day of the notice they are collected."""
    charge_all()
    [payment] = Payment.objects.all()
    assert (payment.state, payment.collect_on) == ("scheduled", DUE)
    assert "2345" in mails("notice")[0]
    with on(DUE - dt.timedelta(days=1)):
        ledger_tasks.collect_due()
        payment.refresh_from_db()
        assert payment.state == "scheduled"
    with on(DUE):
        ledger_tasks.collect_due()
        ledger_tasks.collect_due()
        hear(stripe)
    payment.refresh_from_db()
    assert payment.state == "processing"
    return payment


def test_dues_are_announced_collected_when_due_and_paid_when_the_bank_has_paid(
    sandbox: Sandbox,  # noqa: F811
    rita_member: Member,
    own: Client,
    lets_us_collect: Mandate,
) -> None:
    payment = collected(sandbox)
    assert payment.stripe_intent
    with on(DAYS_LATER):
        assert owed(rita_member, DAYS_LATER) == 12_00
        sandbox.settle_bacs(payment.stripe_intent)
        hear(sandbox)
        tasks.remind_of_dues()
    payment.refresh_from_db()
    assert (payment.state, payment.made_on) == ("succeeded", DAYS_LATER)
    assert owed(rita_member, DAYS_LATER) == 0
    page = own.get(f"/members/me/dues/{DuesCharge.objects.get().pk}/").content.decode()
    assert "Thank you" in page
    assert mails("asked") == mails("failed") == mails("reminder") == []
    assert not TreasurerTask.objects.exists()


def test_dues_that_the_bank_does_not_pay_are_told_of_and_collected_only_when_somebody_decides(
    sandbox: Sandbox,  # noqa: F811
    rita_member: Member,
    lets_us_collect: Mandate,
    by: Actor,
) -> None:
    payment = collected(sandbox)
    assert payment.stripe_intent
    with on(DAYS_LATER):
        sandbox.settle_bacs(payment.stripe_intent, ok=False)
        hear(sandbox)
        tasks.collect_open_dues()
        ledger_tasks.collect_due()
        [found] = Payment.objects.all()
        assert found.state == "failed"
        assert "it did not come" in mails("failed")[0]
        assert TreasurerTask.objects.get().kind == "failed"
        assert [one.total for one in arrears_on(DAYS_LATER)] == [12_00]
        again = collect_dues(charge=DuesCharge.objects.get(), today=DAYS_LATER, by=by)
        assert (again.attempt, len(mails("notice"))) == (2, 2)


def test_dues_collected_and_then_waived_go_back_through_stripe(
    sandbox: Sandbox,  # noqa: F811
    rita_member: Member,
    lets_us_collect: Mandate,
    by: Actor,
) -> None:
    payment = collected(sandbox)
    assert payment.stripe_intent
    with on(DAYS_LATER):
        sandbox.settle_bacs(payment.stripe_intent)
        hear(sandbox)
        charge = DuesCharge.objects.get()
        waive_dues(charge=charge, because="Hardship", today=DAYS_LATER, by=by)
        assert owed(rita_member, DAYS_LATER) == -12_00
        told = OutboxMessage.objects.get(kind="members.dues-waived").text
        assert "£12.00 the way it came" in told
        send_refunds()
        sandbox.settle_refund(Refund.objects.get().stripe_refund or "")
        hear(sandbox)
    assert owed(rita_member, DAYS_LATER) == 0
    assert not PayOut.objects.exists()
    assert Posting.objects.by_account()["dues"] == 0
