"""A citizen committee as an equal partner: checklist, agreement, votes, and what is public."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from wagtail.models import Site

from cms.models import HomePage, PartnerActionsPage
from cms.operations import lay_page
from core.actors import SYSTEM, Actor
from core.models import User
from governance import operations as ops
from governance.models import Body, Delegate, Partner, PartnerDecision, PartnerQuestion
from members.models import Organisation, Person
from tests.browser.conftest import PHONE
from tests.browser.test_general_meeting import DAY, dated, fill


def test_citizens_decide_as_equal_partners(
    someone: Callable[..., Any], make_user: Callable[..., User], secretary: User
) -> None:
    today = timezone.localdate()
    home = HomePage.objects.get(pk=Site.objects.get(is_default_site=True).root_page_id)
    lay_page(parent=home, page=PartnerActionsPage(title="What partners do"), by=SYSTEM)
    by = Actor("user", secretary)
    group = ops.make_body(name="Harrow Voices", kind="citizens", since=today - 90 * DAY, by=by)
    for name, kind in (("Harrow Council", "council"), ("Weft Care", "co-op")):
        Organisation.objects.create(name=name, kind=kind)
    people = {}
    for name in ("Cal", "Pru", "Cit"):
        user = make_user(f"{name} Example")
        people[name] = Person.objects.create(
            first_name=name, last_name="Example", email=user.email, user=user
        )
    seat = {"way": "elected", "since": today, "minute": "1", "by": by}
    ops.take_seat(body=group, person=people["Cit"], **seat)

    # The secretary notes the partners and who speaks; voting is locked.
    sita = someone(secretary)
    sita.visit("/meetings/bodies/new/")
    sita.page.get_by_label("What it is", exact=True).select_option("partnership")
    fill(sita, Name="Upper Harrow Together")
    sita.press("Add")
    body = Body.objects.get(kind="partnership")
    sita.visit(f"/meetings/partners/{body.pk}/")
    assert sita.sees("Voting is locked until this is settled")
    sita.look("partnership-locked")
    for role, label, name in (
        ("Council", "Which organisation", "Harrow Council"),
        ("Provider of care", "Which organisation", "Weft Care"),
        ("Citizen group", "Which citizen group", "Harrow Voices"),
    ):
        sita.follow("A partner joins")
        sita.page.get_by_label(role, exact=True).check()
        sita.page.get_by_label(label).select_option(label=name)
        sita.press("It joins")
    for partner, person in zip(Partner.objects.order_by("pk"), people.values(), strict=True):
        sita.visit(f"/meetings/partners/{body.pk}/{partner.pk}/speaks/")
        fill(sita, Register_number_or_e=person.email)
        if partner.is_citizens:
            sita.page.get_by_label("Hours that they can give").fill("6")
        sita.press("They speak for it")

    # What partners settle first; then an agreement that each signs.
    for kind in ("terms", "chair", "notice", "quorum", "training"):
        sita.visit(f"/meetings/partners/{body.pk}/settled/{kind}/")
        sita.page.get_by_label("What shows it").fill("Minute 1")
        sita.press("It is settled")
    sita.follow("Write the next version")
    sita.page.get_by_label("What we agree").fill("We decide together, one vote each.")
    for partner, share in zip(Partner.objects.order_by("pk"), ("45", "45", "10"), strict=True):
        sita.page.get_by_label(f"What {partner} does").fill("Its part")
        sita.page.get_by_label(f"Share of {partner}").fill(share)
    sita.look("agreement")
    sita.press("Save")
    sita.press("Lay it before the partners")
    for name in ("Cal", "Pru", "Cit"):
        delegate = someone(people[name].user, viewport=PHONE)
        delegate.visit(f"/meetings/partners/{body.pk}/")
        delegate.press("Sign for")
    sita.visit(f"/meetings/partners/{body.pk}/")
    assert sita.sees("The partners can decide")
    sita.look("partnership")

    # The citizens say what should get better; a provider can only propose.
    cit = someone(people["Cit"].user, viewport=PHONE)
    cit.visit(f"/meetings/partners/{body.pk}/outcomes/")
    cit.follow("Say what should get better")
    fill(cit, In_a_few_words="Sleep")
    cit.page.get_by_label("What should get better").fill("We sleep through the night.")
    cit.press("Set it")
    pru = someone(people["Pru"].user)
    pru.visit(f"/meetings/partners/{body.pk}/outcomes/")
    assert not pru.page.get_by_role("link", name="Put it in other words").is_visible()
    pru.follow("Propose other words")
    pru.page.get_by_label("The words you propose").fill("People sleep six hours.")
    pru.page.get_by_label("Why").fill("It can be counted.")
    pru.press("Propose it")
    cit.visit(f"/meetings/partners/{body.pk}/outcomes/")
    cit.follow("Keep ours")
    cit.page.get_by_label("What you say to it").fill("We are no numbers.")
    cit.press("Keep them")
    assert cit.sees("We sleep through the night.")
    cit.look("outcomes")

    # Providers alone do not carry a question; with one vote of the citizens by post it carries.
    for title, citizens in (("A minibus", False), ("Night calls", True)):
        question = ask(pru, body, title)
        sita.visit(f"/meetings/partners/asked/{question.pk}/")
        sita.press("Put it to the partners")
        for name in ("Cal", "Pru"):
            delegate = someone(people[name].user)
            delegate.visit(f"/meetings/partners/asked/{question.pk}/")
            delegate.look("partner-vote")
            delegate.press("For")
            delegate.press("Vote: for")
        if citizens:
            sita.follow("A vote by post or telephone")
            cit_row = Delegate.objects.get(person=people["Cit"])
            sita.page.get_by_label("Who votes").select_option(str(cit_row.pk))
            sita.page.get_by_label("For", exact=True).check()
            sita.page.get_by_label("By post").check()
            sita.press("Note the vote")
        # A vote that was keyed can be said to be wrong until the end, so it ends at its hour.
        now = timezone.now()
        PartnerQuestion.objects.filter(pk=question.pk).update(closes_at=now)
        ops.close_due_partner_questions(now=now, by=SYSTEM)
        sita.visit(f"/meetings/partners/asked/{question.pk}/")
        came_out = "Carried: 3 for, 0 against" if citizens else "Harrow Voices did not take part."
        assert sita.sees(came_out)
        sita.look("partner-decided")
    assert PartnerDecision.objects.filter(carried=True).count() == 1

    # What was carried is done in public.
    pru.visit(f"/meetings/partners/asked/{PartnerQuestion.objects.get(title='Night calls').pk}/")
    pru.follow("Say how it goes")
    pru.page.get_by_label("How it goes").fill("We are hiring.")
    pru.page.get_by_label("Under way").check()
    pru.press("Note it")
    visitor = someone(viewport=PHONE)
    visitor.visit("/what-partners-do/")
    visitor.follow("Night calls")
    assert visitor.sees("We are hiring.")
    assert Decimal(45) == body.agreements.get().parts.first().share


def ask(person: Any, body: Body, title: str) -> PartnerQuestion:
    """A partner writes a strategic, binding question down."""
    ends = timezone.localdate() + 20 * DAY
    person.visit(f"/meetings/partners/{body.pk}/ask/")
    person.page.get_by_label("Title").fill(title)
    person.page.get_by_label("What is asked").fill("Shall we?")
    person.page.get_by_label("Strategic").check()
    person.page.get_by_label("Binding").check()
    person.page.get_by_label("Minutes that it asks").fill("30")
    dated(person, "The vote ends on", ends)
    person.page.get_by_label("At", exact=True).fill("12:00")
    person.page.get_by_label("Who does it").select_option(label="Weft Care")
    dated(person, "To be done by", ends + 30 * DAY)
    person.press("Write it down")
    return PartnerQuestion.objects.get(title=title)
