"""A member joins, pays, buys more and takes shares back, in browsers, with real payments' traffic:
the sandbox on loopback, its hosted page, and its signed webhooks to the live server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from djmoney.money import Money

from core.actors import SYSTEM
from core.models import User
from ledger.models import Payment, Posting
from ledger.reports import balance_of, trial_balance
from ledger.stripe_sandbox import API_KEY, SECRET, Sandbox
from members.models import Member, SocietyRules
from members.operations import set_up_member_classes
from tests.browser.conftest import DESKTOP, PHONE, Person


@pytest.fixture
def stripe_site(live_server: Any, settings: Any) -> Iterator[Sandbox]:
    """The sandbox, which tells the live server what happens, over HTTP."""
    webhook = f"{live_server.url}/money/stripe/webhook/"
    with Sandbox(webhook=webhook, secret=SECRET) as sandbox:
        settings.STRIPE_SECRET_KEY = API_KEY
        settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
        settings.STRIPE_API_URL = settings.STRIPE_PAGE_URL = sandbox.url
        settings.SITE_URL = live_server.url
        policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {
            "DIRECTIVES": policy | {"form-action": [*policy["form-action"], sandbox.url]}
        }
        yield sandbox


def fill_in(person: Person, **answers: str) -> None:
    for label, answer in answers.items():
        person.page.get_by_label(label.replace("_", " ")).first.fill(answer)


def fill_day(person: Person, day: dt.date) -> None:
    for label, figure in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        person.page.get_by_label(label).first.fill(str(figure))


def apply(joan: Person, shares: str) -> None:
    """Joan fills in every step and hands in."""
    page = joan.page
    joan.visit("/members/join/")
    joan.follow("Start now")
    page.get_by_label("Community supporter").check()
    joan.press("Save and go on")
    fill_in(joan, First_name="Joan", Last_name="Dyson")
    fill_day(joan, dt.date(1961, 3, 27))
    joan.press("Save and go on")
    fill_in(joan, E="joan@example.org")
    page.get_by_label("Address", exact=True).fill("2 Mill Row")
    fill_in(joan, Town_or_village="Damside", Postcode="qx7 2ab")
    joan.press("Save and go on")
    page.get_by_label("In your own words").fill("I keep the allotments.")
    joan.press("Save and go on")
    page.get_by_label("How many shares").fill(shares)
    page.get_by_label("I have read the rules").check()
    joan.press("Save and go on")
    joan.press("Hand in my application")


def pay(person: Person, choice: str, amount: str) -> None:
    """On the payment page: choose how it goes, and pay."""
    person.page.get_by_label(choice).check()
    person.press(f"Pay {amount}")


def agree(register: int, ledger_pence: int) -> None:
    """The register and the books say the same."""
    assert register * 100 == ledger_pence
    assert trial_balance(timezone.localdate()).agrees
    assert Posting.objects.all().pence_total() == 0


def test_a_member_joins_pays_buys_more_and_takes_shares_back(
    someone: Callable[..., Person],
    stripe_site: Sandbox,
    secretary: User,
    treasurer: User,
    board_member: User,
) -> None:
    set_up_member_classes(by=SYSTEM)
    today = timezone.localdate()
    SocietyRules.objects.create(pk=1, notice_days=0, cash_for_withdrawals=Money(500, "GBP"))
    joan = someone(viewport=PHONE)
    joan.may_go.append(stripe_site.url)

    # Applies on a phone, is declined, then pays by card.
    apply(joan, "50")
    assert joan.sees("your application is in")
    joan.press("Pay by card")
    pay(joan, "Card: it is declined", "£50.00")
    pay(joan, "Card: it works", "£50.00")
    stripe_site.wait_until_quiet()
    joan.page.reload()
    assert joan.sees("Paid")
    joan.look("application-paid")
    assert balance_of("applications", today) == -5000
    assert not Member.objects.exists()

    # The board admits by a minute: a number, and shares out of the money that came.
    sita = someone(secretary, viewport=DESKTOP)
    sita.visit("/members/applications/")
    sita.follow("Joan Dyson")
    sita.look("application-to-decide")
    fill_day(sita, today)
    sita.page.get_by_label("Number of the minute").fill("2026/1.4")
    sita.press("Admit as a member")
    assert sita.sees("Admitted: member number 1.")
    member = Member.objects.get()
    agree(member.shares_on(today), -balance_of("share-capital", today))
    assert member.shares_on(today) == 50

    # At home: the shares, and a certificate that anybody can check.
    assert member.person is not None
    assert member.person.user is not None
    home = someone(member.person.user, viewport=PHONE)
    home.may_go.append(stripe_site.url)
    home.visit(f"/members/me/shares/{member.number}/")
    assert home.sees("50")
    home.look("my-shares")

    # Buys more by Direct Debit, which fails days later; pays by card instead.
    home.follow("Buy more shares")
    home.page.get_by_label("How many").fill("0")
    home.press("Go on to pay")
    assert home.sees("1 or more") or home.sees("greater than or equal to 1")
    home.page.get_by_label("How many").fill("25")
    home.press("Go on to pay")
    home.press("Pay by Direct Debit")
    pay(home, "Direct Debit", "£25.00")
    stripe_site.wait_until_quiet()
    home.page.reload()
    assert home.sees("on its way")
    home.look("direct-debit-on-its-way")
    assert member.shares_on(today) == 50  # nothing is issued for money that has not come
    debit = Payment.objects.get(state="processing")
    stripe_site.settle_bacs(debit.stripe_intent, ok=False)
    stripe_site.wait_until_quiet()
    home.page.reload()
    assert home.sees("A payment did not come")
    home.look("direct-debit-failed")
    home.press("Pay by card")
    pay(home, "Card: it works", "£25.00")
    stripe_site.wait_until_quiet()
    assert member.shares_on(today) == 75
    agree(member.shares_on(today), -balance_of("share-capital", today))

    # Takes thirty back: asked for, agreed, prepared by one and paid by another.
    home.visit("/members/me/")
    home.follow("Shares back")
    home.follow("Ask for shares back")
    home.page.get_by_label("How many shares").fill("30")
    home.press("Ask")
    assert home.sees("still a holder")
    return_shares(sita, someone(treasurer), someone(board_member), today)
    assert member.shares_on(today) == 45
    agree(member.shares_on(today), -balance_of("share-capital", today))

    # The register as at yesterday and today agrees with the books of those days.
    yesterday = today - dt.timedelta(days=1)
    assert member.shares_on(yesterday) == 0
    assert balance_of("share-capital", yesterday) == 0
    sita.visit(f"/members/register/?on={today:%Y-%m-%d}")
    assert sita.sees("Joan Dyson")
    sita.look("register-as-at")
    tom = someone(treasurer)
    tom.visit("/money/accounts/")
    tom.look("trial-balance")
    tom.visit("/money/")
    tom.look("money")


def return_shares(sita: Person, tom: Person, bea: Person, today: dt.date) -> None:
    """The secretary notes the board's yes, the treasurer prepares, a board member pays."""
    sita.visit("/members/withdrawals/?tab=board")
    sita.follow("Joan Dyson")
    fill_day(sita, today)
    sita.page.get_by_label("Number of the minute").first.fill("2026/1.5")
    sita.press("Note that it agreed")
    tom.visit("/members/withdrawals/")
    tom.press("Prepare £30.00")
    tom.follow("WD")
    assert tom.sees("Somebody else has to pay it")
    bea.visit(tom.page.url.removeprefix(tom.site))
    bea.press("The bank has paid it")
    bea.look("pay-out-paid")


def test_the_same_on_paper_keyed_by_staff(
    someone: Callable[..., Person], secretary: User, treasurer: User
) -> None:
    set_up_member_classes(by=SYSTEM)
    today = timezone.localdate()
    sita = someone(secretary)
    sita.visit("/members/applications/")
    sita.follow("Key in a paper form")
    page = sita.page
    fill_day(sita, today)
    page.get_by_label("Kind of member").select_option(label="Community supporter")
    fill_in(sita, First_name="Rosa", Last_name="Whiteley")
    for part, figure in (("day", "4"), ("month", "5"), ("year", "1970")):
        page.locator(f"[name=born_{part}]").fill(figure)
    page.locator("[name=address_line_1]").fill("1 Mill Row")
    page.locator("[name=town]").fill("Damside")
    page.locator("[name=postcode]").fill("QX7 2AB")
    page.get_by_label("What shows that they may join").fill("Runs the wool stall.")
    page.locator("[name=shares]").fill("20")
    page.get_by_label("Agreed to the rules").check()
    sita.press("Save")
    sita.look("paper-application")
    assert sita.sees("Nothing of £20.00 has come")

    # Cash: not alone, then with the treasurer who counted it too.
    page.get_by_label("Cash").check()
    page.get_by_label("Amount").first.fill("20")
    sita.press("Enter")
    assert sita.sees("counted")
    page.get_by_label("Cash").check()
    page.get_by_label("counted the cash").select_option(str(treasurer.pk))
    sita.press("Enter")
    sita.look("paper-paid")
    page.locator("[name=board_meeting_day]").fill(str(today.day))
    page.locator("[name=board_meeting_month]").fill(str(today.month))
    page.locator("[name=board_meeting_year]").fill(str(today.year))
    page.get_by_label("Number of the minute").fill("2026/1.6")
    sita.press("Admit as a member")
    member = Member.objects.get()
    assert member.shares_on(today) == 20
    assert balance_of("cash", today) == 2000
    agree(20, -balance_of("share-capital", today))
