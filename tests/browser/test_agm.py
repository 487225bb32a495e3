"""A secret vote as people do it: the secretary, three tellers, and a member at a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from core.models import User
from core.permissions import Role
from members.models import Member, MemberClass, Person
from tests.browser.conftest import PHONE

WORDS = ("ferry lantern oat biscuit", "copper thistle green kite", "river marble seven owls")
#: What 400 % zoom leaves of a window 1280 px wide.
ZOOMED = {"width": 320, "height": 640}


def register(make_user: Callable[..., User]) -> list[User]:
    """Six members since last year."""
    users = []
    member_class = MemberClass.objects.create(code="w", name="Workers", constituency="Workers")
    for number, name in enumerate(("Ann", "Bo", "Cy", "Dee", "Eve", "Flo"), 1):
        user = make_user(f"{name} Example", Role.MEMBER)
        person = Person.objects.create(
            first_name=name, last_name="Example", email=user.email, user=user
        )
        Member.objects.create(
            number=number,
            person=person,
            member_class=member_class,
            joined=timezone.localdate() - dt.timedelta(days=300),
        )
        users.append(user)
    return users


def fill(person: Any, **answers: str) -> None:
    """Type into boxes, each found by its label."""
    for label, text in answers.items():
        person.page.get_by_label(label.replace("_", " ")).first.fill(text)


def dated(person: Any, legend: str, day: dt.date) -> None:
    """Type a date into its three boxes."""
    boxes = person.page.get_by_role("group", name=legend)
    for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        boxes.get_by_label(label).fill(str(number))


def test_an_election_from_the_draft_to_the_result(
    someone: Callable[..., Any], make_user: Callable[..., User], secretary: User
) -> None:
    users = register(make_user)
    today = timezone.localdate()
    meeting_day = today + dt.timedelta(days=21)

    sita = someone(secretary)
    sita.visit("/meetings/new/")  # leads to the bodies, as there is none yet
    fill(sita, Name="General meeting of members")
    sita.press("Add")
    sita.visit("/meetings/new/")
    fill(sita, Title="Annual general meeting", Place="Weavers Hall")
    dated(sita, "Day of the meeting", meeting_day)
    fill(sita, It_begins_at="14:00")
    dated(sita, "Record date", today - dt.timedelta(days=1))
    sita.press("Save")
    for title in ("Welcome", "Election of a director"):
        fill(sita, Title=title)
        sita.press("Add to the agenda")
    sita.page.get_by_role("button", name="Up Election of a director").click()
    sita.look("agenda")
    sita.follow("Done")
    sita.follow("Elect people")
    fill(sita, Title_on_the_paper="Election of a director", Seats_to_fill="1")
    dated(sita, "Last day to vote", meeting_day - dt.timedelta(days=1))
    fill(sita, Voting_closes_at="20:00")
    sita.press("Save")
    vote = sita.page.url
    sita.follow("Candidates")
    for number in (1, 2, 3):
        fill(sita, Member_number=str(number), Statement="I would like to serve.")
        sita.press("Put on the paper")
    sita.look("candidates")
    sita.page.goto(vote)
    sita.press("Freeze the roll")
    sita.follow("Annual general meeting")
    sita.follow("Call the meeting")
    sita.look("call")
    sita.press("Call the meeting and send notice")
    sita.look("notices")
    sita.page.goto(vote)
    sita.follow("Tellers")
    tellers_page = sita.page.url
    sita.follow("Name three tellers")
    for number in (1, 2, 3):
        sita.page.get_by_label(f"Teller {number}: name").fill(f"Teller {number}")
        sita.page.get_by_label(f"Teller {number}: e-mail").fill(f"teller{number}@example.org")
    sita.press("Ask them")

    # Each teller alone sets a passphrase; then every pair tries it together.
    tellers = [someone(User.objects.get(email=f"teller{n}@example.org")) for n in (1, 2, 3)]
    for teller, words in zip(tellers, WORDS, strict=True):
        teller.page.goto(tellers_page)
        teller.follow("You: set your passphrase")
        teller.page.get_by_label("Passphrase", exact=True).fill(words)
        teller.page.get_by_label("The same passphrase again").fill(words)
        teller.look("passphrase")
        teller.press("Set the passphrase")
    for a, b in ((0, 1), (1, 2), (2, 0)):
        together(tellers[a], tellers_page, "Rehearse with another teller", a, b)
        tellers[a].press("Try to open the box")
        assert tellers[a].sees("It works")
    tellers[2].look("tellers")
    sita.page.goto(vote)
    sita.press("Open voting")
    sita.look("open")

    # Dee votes at a phone, by keyboard alone; Eve at 400 % zoom; Flo puts in a blank paper.
    dee = someone(users[3], viewport=PHONE)
    dee.visit("/meetings/votes/")
    dee.follow("Vote in Election of a director")
    dee.page.get_by_label("Ann Example").focus()
    for text in ("2", "2", ""):
        dee.page.keyboard.type(text)
        dee.page.keyboard.press("Tab")
    press_by_keyboard(dee, "Look it over")
    assert dee.sees("You gave 2 to Ann Example and Bo Example.")
    dee.look("paper-refused")
    dee.page.get_by_label("Bo Example").focus()
    dee.page.keyboard.press("Control+A")
    dee.page.keyboard.type("1")
    press_by_keyboard(dee, "Look it over")
    assert dee.page.get_by_role("listitem").all_inner_texts()[:2] == ["Bo Example", "Ann Example"]
    dee.look("paper-review")
    press_by_keyboard(dee, "Cast my vote")
    assert dee.sees("Your vote is recorded")
    dee.look("receipt")
    receipt = dee.page.locator("strong", has_text="-").inner_text()
    dee.visit("/meetings/votes/")
    assert dee.sees("Your vote is recorded")

    eve = someone(users[4], viewport=ZOOMED, java_script_enabled=True)
    eve.visit("/meetings/votes/")
    eve.follow("Vote in Election of a director")
    eve.page.get_by_label("Bo Example").fill("1")
    eve.press("Look it over")
    eve.press("Cast my vote")

    plain = someone(users[5], viewport=PHONE, java_script_enabled=False)
    plain.page.goto(f"{plain.site}/meetings/votes/")
    plain.page.get_by_role("link", name="Vote in Election of a director").click()
    plain.page.get_by_label("I choose nobody").check()
    plain.page.get_by_role("button", name="Look it over").click()
    plain.page.get_by_role("button", name="Cast my vote").click()
    assert plain.sees("Your vote is recorded")

    # Closed; two tellers open the box; declared.
    sita.page.goto(vote)
    sita.press("Close voting now")
    dee.page.goto(vote)
    assert not dee.page.get_by_text("See the result").is_visible()
    together(tellers[2], tellers_page, "Open the ballot box", 2, 1)
    tellers[2].look("unseal")
    tellers[2].press("Open the box and count")
    sita.page.goto(vote)
    sita.follow("Look over the result")
    sita.press("Publish the result")
    sita.look("result")
    dee.page.goto(vote)
    dee.follow("See the result")
    dee.look("result-phone")
    assert dee.sees("Agrees with the roll")
    assert dee.page.locator("main ol strong").all_inner_texts() == ["Bo Example"]
    dee.follow("Receipts")
    dee.page.get_by_label("Your receipt code").fill(receipt.lower())
    dee.press("Look for it")
    assert dee.sees("Found")


def together(teller: Any, tellers_page: str, link: str, a: int, b: int) -> None:
    """Two tellers at the screen of one of them, up to the last button."""
    teller.page.goto(tellers_page)
    teller.follow(link)
    teller.page.get_by_label("Your passphrase").fill(WORDS[a])
    teller.page.get_by_label(f"Teller {b + 1}", exact=True).check()
    teller.page.get_by_label("The other teller’s passphrase").fill(WORDS[b])


def press_by_keyboard(person: Any, name: str) -> None:
    """Go to a button with Tab, press it with Enter, look at what comes."""
    button = person.page.get_by_role("button", name=name)
    for _ in range(40):
        person.page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    person.look()
