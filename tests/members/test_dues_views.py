"""Dues on the screens: the treasurer's and the member's own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from djmoney.money import Money

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import Job, User
from ledger.models import Payment
from ledger.operations import call_off_order
from ledger.owners import owners_of
from members import jobs
from members.arrears import owed_by
from members.models import DuesCharge, Member, MemberClass, Person
from members.operations.dues import charge_joining_fee
from tests.members.conftest import TODAY
from tests.members.dues import (
    another,
    charge_all,
    mandate,
    pay,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def tom(treasurer: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(treasurer)


def test_the_list_of_arrears_shows_how_old_each_debt_is(
    treasurer: User,
    signed_in: Callable[[User], Client],
    rita_member: Member,
    family: MemberClass,
) -> None:
    joan = another(family, "Joan")
    charge_all()
    pay(DuesCharge.objects.get(member=joan), 2)
    charge_joining_fee(member=joan, today=TODAY, by=SYSTEM)
    with time_machine.travel(dt.datetime(2026, 5, 10, 9, tzinfo=dt.UTC), tick=False):
        tom = signed_in(treasurer)
        page = tom.get("/members/dues/")
        text = tom.get("/members/dues/csv/").content.decode("utf-8-sig")
    rows = [(member.name, owed.columns) for member, owed in page.context["rows"]]
    assert rows == [("Joan Dyson", (0, 0, 15_00, 0, 0)), ("Rita Shaw", (0, 0, 12_00, 0, 0))]
    assert ("31–60 days", "£27.00") in page.context["totals"]
    line = list(csv.reader(io.StringIO(text)))[1]
    assert line[1:] == ["Joan Dyson", "0.00", "0.00", "15.00", "0.00", "0.00", "15.00", "0", ""]


def test_what_is_left_to_pay_is_whole_pence(rita_member: Member) -> None:
    """SQLite takes decimals from each other as floats: £12 less £11.90 is ten pence there too."""
    charge_all()
    pay(DuesCharge.objects.get(), "11.90")
    assert owed_by([rita_member]) == {rita_member.pk: Money("0.10", "GBP")}


def test_the_treasurer_charges_dues_from_the_page(tom: Client, rita_member: Member) -> None:
    assert "March" in tom.get("/members/dues/").content.decode()
    chosen = {"month": "3", "year": "2026"}
    shown = tom.post("/members/dues/start/", chosen).content.decode()
    assert "Nothing has been charged yet." in shown
    assert "Sunday 1 March 2026 to Sunday 28 February 2027" in shown
    assert "£12.00" in shown
    assert not Job.objects.exists()
    changed = tom.post("/members/dues/start/", chosen | {"sure": "7"})  # others were shown
    assert "Nothing has been charged yet." in changed.content.decode()
    tom.post("/members/dues/start/", chosen | {"sure": "1"})
    assert Job.objects.get().kind == "members:dues:2026-03"
    assert "Waiting to start" in tom.get("/members/dues/").content.decode()
    piece = tom.get("/members/dues/progress/", headers={"HX-Request": "true"})
    assert "every 2s" in piece.content.decode()
    jobs.run(Job.objects.get().pk)
    over = tom.get("/members/dues/progress/", headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"
    refused = tom.post("/members/dues/start/", {"month": "3", "year": "2026"}, follow=True)
    assert "Nobody is left to charge" in refused.content.decode()
    odd = tom.post("/members/dues/start/", {"month": "13", "year": "x"}, follow=True)
    assert "Choose a month" in odd.content.decode()


def test_the_treasurer_waives_and_collects_on_the_member_s_page(
    tom: Client, rita_member: Member
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    url = f"/members/register/{rita_member.number}/dues/"
    assert "No Direct Debit or card" in tom.get(url).content.decode()
    mandate(rita_member)
    assert "Collect it" in tom.get(url).content.decode()
    said = tom.post(f"/members/dues/{charge.pk}/collect/", follow=True).content.decode()
    assert "We collect it on 31 March 2026" in said
    again = tom.post(f"/members/dues/{charge.pk}/collect/", follow=True).content.decode()
    assert "on its way, or announced" in again
    assert tom.post(f"/members/dues/{charge.pk}/waive/", {"because": ""}).status_code == 400
    tom.post(f"/members/dues/{charge.pk}/waive/", {"because": "Hardship"})
    page = tom.get(url).content.decode()
    assert "Waived" in page
    assert "Hardship" in page
    assert Payment.objects.get().state == "cancelled"


def test_list_and_member_s_page_take_the_same_queries_whatever_the_rows(
    tom: Client,
    rita_member: Member,
    family: MemberClass,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    charge_all()
    urls = ("/members/dues/", f"/members/register/{rita_member.number}/dues/", "/members/dues/csv/")
    counts = []
    for url in urls:
        tom.get(url)
        with CaptureQueriesContext(connection) as few:
            tom.get(url)
        counts.append(len(few))
    for number in range(12):
        another(family, f"Joan{number}")
    charge_all()
    charge_joining_fee(member=rita_member, today=TODAY, by=SYSTEM)
    for url, count in zip(urls, counts, strict=True):
        with django_assert_num_queries(count):
            tom.get(url)


@pytest.fixture
def own(rita_member: Member, make_user: Callable[..., User], signed_in: Any) -> Client:
    """Rita herself, signed in."""
    user = make_user("rita shaw")
    Person.objects.filter(pk=rita_member.person_id).update(user=user)
    return signed_in(user)


def test_a_member_sees_their_dues_and_every_way_to_pay(own: Client, rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    listed = own.get("/members/me/dues/").content.decode()
    assert "Dues, March 2026 to February 2027" in listed
    assert "To pay" in listed
    page = own.get(f"/members/me/dues/{charge.pk}/").content.decode()
    assert charge.order.reference in page
    assert "By cheque or in cash" in page
    pay(charge, 12)
    assert "Thank you" in own.get(f"/members/me/dues/{charge.pk}/").content.decode()


def test_nothing_can_be_paid_online_without_stripe(own: Client, rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    assert "Set up a Direct Debit" not in own.get("/members/me/dues/").content.decode()
    for url in (f"/members/me/dues/{charge.pk}/pay/", f"/members/me/mandate/{rita_member.number}/"):
        assert own.post(url).status_code == 302
    assert not Payment.objects.exists()


def test_a_member_ends_the_direct_debit_on_their_page(own: Client, rita_member: Member) -> None:
    charge_all()
    held = mandate(rita_member)
    assert "4321" in own.get("/members/me/dues/").content.decode()
    own.post(f"/members/me/mandate/{rita_member.number}/end/")
    held.refresh_from_db()
    assert held.state == "ended"
    again = own.post(f"/members/me/mandate/{rita_member.number}/end/", follow=True)
    assert "nothing to end" in again.content.decode()


def test_somebody_else_s_dues_do_not_open(
    own: Client, rita_member: Member, family: MemberClass
) -> None:
    joan = another(family, "Joan")
    charge_all()
    charge = DuesCharge.objects.get(member=joan)
    assert own.get(f"/members/me/dues/{charge.pk}/").status_code == 404
    assert own.post(f"/members/me/dues/{charge.pk}/pay/").status_code == 404
    assert own.post(f"/members/me/mandate/{joan.number}/").status_code == 404
    assert own.post(f"/members/me/mandate/{joan.number}/end/").status_code == 404
    assert own.get("/members/dues/").status_code == 403


def test_the_treasurer_s_screens_name_whose_dues_an_order_is_for(rita_member: Member) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    owner = owners_of([("members.dues", charge.pk)])[("members.dues", charge.pk)]
    assert owner.label == f"Dues of member {rita_member.number}"
    assert owner.url == f"/members/register/{rita_member.number}/dues/"


def test_dues_are_not_cancelled_on_the_money_screen_but_waived_with_the_member_s_dues(
    tom: Client, rita_member: Member
) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    page = tom.get(f"/money/orders/{charge.order_id}/").content.decode()
    assert "Cancel it" not in page
    assert f'href="/members/register/{rita_member.number}/dues/"' in page
    url = f"/money/orders/{charge.order_id}/cancel/"
    assert "There it can be called off" in tom.post(url, follow=True).content.decode()
    charge.order.refresh_from_db()
    assert not charge.order.is_cancelled
    with pytest.raises(RuleError, match="Dues of member"):
        call_off_order(order=charge.order, by=SYSTEM)


def test_what_is_owed_shows_on_the_member_s_own_page_and_in_the_register(
    own: Client, tom: Client, rita_member: Member
) -> None:
    assert "Nothing to pay" in own.get("/members/me/").content.decode()
    charge_all()
    assert "£12.00 to pay" in own.get("/members/me/").content.decode()
    entry = f"/members/register/{rita_member.number}/"
    assert "£12.00 owed" in tom.get(entry).content.decode()
