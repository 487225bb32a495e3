"""Applying on a phone, and being admitted by the secretary at a desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from core.models import User
from members.models import Member
from members.operations import set_up_member_classes
from tests.browser.conftest import PHONE


def test_a_visitor_applies_and_the_secretary_admits(
    someone: Callable[..., Any], secretary: User
) -> None:
    set_up_member_classes(by=SYSTEM)
    joan = someone(viewport=PHONE)
    page = joan.page
    joan.visit("/members/join/")
    joan.follow("Start now")
    joan.press("Save and go on")  # nothing chosen yet
    assert joan.sees("Choose the kind of member that fits you best.")
    page.get_by_label("Community supporter").check()
    joan.press("Save and go on")
    page.get_by_label("First name").fill("Joan")
    page.get_by_label("Last name").fill("Dyson")
    for label, figure in (("Day", "27"), ("Month", "3"), ("Year", "1961")):
        page.get_by_label(label).fill(figure)
    joan.press("Save and go on")
    page.get_by_label("E-mail address").fill("joan@example.org")
    page.get_by_label("Address", exact=True).fill("2 Mill Row")
    page.get_by_label("Town or village").fill("Damside")
    page.get_by_label("Postcode").fill("qx7 2ab")
    joan.press("Save and go on")
    page.get_by_label("In your own words").fill("I keep the allotments.")
    joan.press("Save and go on")
    page.get_by_label("I have read the rules").check()
    joan.press("Save and go on")
    assert joan.sees("QX7 2AB")
    joan.press("Hand in my application")
    assert joan.sees("your application is in")
    assert joan.sees("Ways to pay £1.00")
    joan.look("join-done")

    sita = someone(secretary)
    sita.visit("/members/applications/")
    sita.look("applications")
    sita.follow("Joan Dyson")
    assert sita.sees("Nothing of £1.00 has come.")
    sita.page.get_by_text("Enter money that came").click()
    sita.page.get_by_label("Cheque").check()
    sita.look("application-unpaid")
    sita.press("Enter it")
    assert sita.sees("£1.00 has come.")
    sita.look("application")
    joan.visit("/members/join/done/")
    assert joan.sees("£1.00 has come.")
    joan.look("join-done-paid")
    admit, today = sita.page.locator("form[action$='/admit/']"), timezone.localdate()
    for label, figure in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        admit.get_by_label(label).fill(str(figure))
    admit.get_by_label("Number of the minute").fill("2026/1.4")
    sita.press("Admit as a member")
    assert sita.sees("Admitted: member number 1.")
    sita.visit("/members/register/")
    sita.look("register")
    sita.follow("Joan Dyson")

    member = Member.objects.get()
    assert member.person is not None
    assert member.person.user is not None
    home = someone(member.person.user, viewport=PHONE)
    home.visit("/members/me/")
    assert home.sees("Register number")
    home.follow("Change")
    home.visit("/members/me/shares/")
    assert home.sees("Issued")
