"""A general meeting as people hold it, from the first draft to minutes that anybody can read.

The secretary, three tellers, members at a phone by keyboard alone and at 400 % zoom without
JavaScript, a call, an envelope, a proxy, hands, a poll, a sealed election: each at their own
browser, by clicking. It ends with the bundle, counted again by Python alone.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import Site

from cms.models import HomePage, MinutesPage, ResultsPage
from cms.operations import lay_page
from core.actors import SYSTEM, Actor
from core.models import User
from core.permissions import Role
from governance import operations as ops
from governance.models import Election, Meeting, RollEntry, RuleSet, SealedBallot, Voter
from members.models import Letter, Member, MemberClass, Person
from tests.browser.conftest import PHONE

WORDS = ("ferry lantern oat biscuit", "copper thistle green kite", "river marble seven owls")
#: What 400 % zoom leaves of a window 1280 px wide.
ZOOMED = {"width": 320, "height": 640}
NAMES = ("Ann", "Bo", "Cy", "Dee", "Eve", "Flo", "Gus", "Hal", "Ida", "Joe", "Kit", "Lou", "Mo")
NAMES += ("Ned", "Ola", "Pat", "Quin", "Rae", "Sid", "Tam", "Una", "Viv", "Wyn", "Zoe")
DAY = dt.timedelta(days=1)


@dataclass
class Story:
    """Who takes part, and where things are."""

    someone: Callable[..., Any]
    sita: Any
    users: list[User]
    meeting_page: str = ""
    vote: str = ""
    tellers_page: str = ""
    receipt: str = ""
    tellers: list[Any] = field(default_factory=list)

    @property
    def meeting(self) -> Meeting:
        return Meeting.objects.get(kind="agm")

    @property
    def election(self) -> Election:
        return Election.objects.get()

    def voter(self, number: int) -> Voter:
        return Voter.objects.get(member__number=number)


def register(make_user: Callable[..., User]) -> list[User]:
    """Two dozen members since last year; the last has no e-mail address."""
    users = []
    member_class = MemberClass.objects.create(code="w", name="Workers", constituency="Workers")
    for number, name in enumerate(NAMES, 1):
        user = make_user(f"{name} Example", Role.MEMBER)
        person = Person.objects.create(
            first_name=name,
            last_name="Example",
            email="" if name == "Zoe" else user.email,
            user=user,
        )
        Member.objects.create(
            number=number,
            person=person,
            member_class=member_class,
            joined=timezone.localdate() - 300 * DAY,
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


def test_a_general_meeting_from_the_draft_to_the_public_minutes(
    someone: Callable[..., Any], make_user: Callable[..., User], secretary: User, tmp_path: Path
) -> None:
    story = Story(someone, someone(secretary), register(make_user))
    site = Site.objects.get(is_default_site=True)
    for page in (ResultsPage(title="Results"), MinutesPage(title="Minutes")):
        home = HomePage.objects.get(pk=site.root_page_id)
        lay_page(parent=home, page=page, by=SYSTEM)

    prepare(story)
    call(story)
    tellers_set_up(story)
    members_vote(story)
    other_ways_in(story)
    proxy(story)
    the_day_comes(story)
    at_the_door(story)
    motions(story)
    count(story)
    declared = bundle(story, tmp_path)
    minutes(story)
    public(story, declared)


def prepare(story: Story) -> None:
    """Who meets by which rules; the meeting, its agenda, and the election."""
    sita, today = story.sita, timezone.localdate()
    meeting_day = today + 21 * DAY
    sita.visit("/meetings/new/")  # leads to the bodies, as there is none yet
    fill(sita, Name="General meeting of members")
    sita.press("Add")
    RuleSet.objects.update(rule_change="three_quarters", quorum_least=6)
    sita.visit("/meetings/new/")
    fill(sita, Title="Annual general meeting", Place="Weavers Hall")
    dated(sita, "Day of the meeting", meeting_day)
    fill(sita, It_begins_at="14:00")
    dated(sita, "Record date", today - DAY)
    sita.press("Save")
    for title, motion in (
        ("Welcome", ""),
        ("Election of a director", ""),
        ("Bicycles", "That we buy two bicycles."),
        ("A wider board", "That the board have nine seats."),
    ):
        fill(sita, Title=title, Words_of_the_motion=motion)
        if title == "A wider board":
            sita.page.get_by_label("A change of our rules").check()
        sita.press("Add to the agenda")
    sita.press("Up Election of a director")
    sita.look("agenda")
    sita.follow("Done")
    story.meeting_page = sita.page.url
    sita.follow("Elect people")
    fill(sita, Title_on_the_paper="Election of a director", Seats_to_fill="1")
    dated(sita, "Last day to vote", meeting_day - DAY)
    fill(sita, Voting_closes_at="20:00")
    sita.press("Save")
    story.vote = sita.page.url
    sita.follow("Candidates")
    for number in (1, 2, 3):
        fill(sita, Member_number=str(number), Statement="I would like to serve.")
        sita.press("Put on the paper")
    sita.look("candidates")
    sita.page.goto(story.vote)
    sita.press("Freeze the roll")


def call(story: Story) -> None:
    """Notice in clear days: by e-mail, and by a letter that is printed and posted."""
    sita = story.sita
    sita.page.goto(story.meeting_page)
    sita.follow("Call the meeting")
    assert sita.sees("20 clear days by e-mail")
    sita.look("call")
    sita.press("Call the meeting and send notice")
    assert sita.sees("1 letter waits to be printed")
    sita.look("notices")
    letter = Letter.objects.get()
    assert "Weavers Hall" in letter.text
    sita.follow("To the print queue")


def tellers_set_up(story: Story) -> None:
    """Each teller alone sets a passphrase; then every pair tries it together; voting opens."""
    sita = story.sita
    sita.page.goto(story.vote)
    sita.follow("Tellers")
    story.tellers_page = sita.page.url
    sita.follow("Name three tellers")
    for number in (1, 2, 3):
        sita.page.get_by_label(f"Teller {number}: name").fill(f"Teller {number}")
        sita.page.get_by_label(f"Teller {number}: e-mail").fill(f"teller{number}@example.org")
    sita.press("Ask them")
    story.tellers = [
        story.someone(User.objects.get(email=f"teller{n}@example.org")) for n in (1, 2, 3)
    ]
    for teller, words in zip(story.tellers, WORDS, strict=True):
        teller.page.goto(story.tellers_page)
        teller.follow("You: set your passphrase")
        teller.page.get_by_label("Passphrase", exact=True).fill(words)
        teller.page.get_by_label("The same passphrase again").fill(words)
        teller.look("passphrase")
        teller.press("Set the passphrase")
    for a, b in ((0, 1), (1, 2), (2, 0)):
        together(story, "Rehearse with another teller", a, b)
        story.tellers[a].press("Try to open the box")
        assert story.tellers[a].sees("It works")
    story.tellers[2].look("tellers")
    sita.page.goto(story.vote)
    sita.press("Open voting")
    sita.look("open")


def together(story: Story, link: str, a: int, b: int) -> None:
    """Two tellers at the screen of one of them, up to the last button."""
    teller = story.tellers[a]
    teller.page.goto(story.tellers_page)
    teller.follow(link)
    teller.page.get_by_label("Your passphrase").fill(WORDS[a])
    teller.page.get_by_label(f"Teller {b + 1}", exact=True).check()
    teller.page.get_by_label("The other teller’s passphrase").fill(WORDS[b])


def members_vote(story: Story) -> None:
    """Dee at a phone by keyboard alone, Flo with a blank paper and no JavaScript; twelve more."""
    dee = story.someone(story.users[3], viewport=PHONE)
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
    story.receipt = dee.page.locator("strong", has_text="-").inner_text()

    flo = story.someone(story.users[5], viewport=PHONE, java_script_enabled=False)
    flo.page.goto(f"{flo.site}/meetings/votes/")
    flo.page.get_by_role("link", name="Vote in Election of a director").click()
    flo.page.get_by_label("I choose nobody").check()
    flo.page.get_by_role("button", name="Look it over").click()
    flo.page.get_by_role("button", name="Cast my vote").click()
    assert flo.sees("Your vote is recorded")

    candidates = [one.pk for one in story.election.candidates.order_by("position", "pk")]
    for place, user in enumerate(story.users[9:21]):
        ops.cast_ballot(
            election=story.election,
            member=Member.objects.get(person__user=user),
            choices=[candidates[place % 3]],
            now=timezone.now(),
            by=Actor("user", user),
        )


def other_ways_in(story: Story) -> None:
    """Eve with a code at 400 % zoom without JavaScript, Gus on the telephone, Zoe on paper."""
    sita = story.sita
    sita.page.goto(story.vote)
    sita.follow("Who may vote")
    sita.look("vote-roll")
    voters = sita.page.url
    sita.follow("Give a code Eve Example")
    sita.press("Show it, to read out or text")
    code = sita.page.locator("strong", has_text="-").first.inner_text()
    eve = story.someone(viewport=ZOOMED, java_script_enabled=False)
    eve.page.goto(f"{eve.site}/meetings/votes/start/")
    eve.page.get_by_label("Your voting code").fill(code.lower())
    for button in ("Go on", "Start"):
        eve.page.get_by_role("button", name=button).click()
    eve.page.locator("input[name=ranking_1]").fill("1")
    eve.page.get_by_label("Somebody helped me").check()
    for button in ("Look it over", "Cast my vote"):
        eve.page.get_by_role("button", name=button).click()
    assert eve.sees("Your vote is recorded")
    assert eve.page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]

    sita.page.goto(voters)
    sita.follow("Is on the telephone Gus Example")
    sita.page.get_by_label("How do you know").fill("The number in the register, called back")
    sita.look("phone-vote")
    sita.press("To the paper")
    sita.page.locator("input[name=ranking_2]").fill("1")
    sita.look("phone-paper")
    sita.press("Look it over")
    sita.press("Cast my vote")
    assert sita.sees("Read it out")

    sita.page.goto(f"{story.vote}envelopes/")
    for number, then in ((5, "Set the envelope aside"), (24, "")):
        sita.page.get_by_label("Member number").fill(str(number))
        sita.press("Note it")
        assert not then or sita.sees(then)
    sita.look("envelopes")
    assert RollEntry.objects.filter(state="paper").count() == 1


def proxy(story: Story) -> None:
    """Hal cannot come: Ida speaks for him, once she has agreed."""
    hal = story.someone(story.users[7], viewport=PHONE)
    hal.page.goto(story.meeting_page)
    hal.follow("If you cannot come: a proxy")
    hal.follow("Let somebody speak for you")
    hal.page.get_by_label("Register number of who speaks for you").fill("9")
    hal.page.get_by_label("A wider board").select_option("for")
    hal.look("proxy")
    hal.press("Give the proxy")
    ida = story.someone(story.users[8], viewport=PHONE)
    ida.page.goto(f"{story.meeting_page}proxy/")
    ida.press("Yes, I will")
    assert ida.sees("You have agreed")


def the_day_comes(story: Story) -> None:
    """Three weeks pass."""
    now = timezone.now()
    Meeting.objects.update(starts_at=now, called_on=timezone.localdate() - 21 * DAY)


def at_the_door(story: Story) -> None:
    """People come, one by telephone; the quorum is counted as they do."""
    sita = story.sita
    sita.page.goto(story.meeting_page)
    sita.follow("At the door")
    assert sita.sees("There is no quorum")
    for number, way in ((1, "In the room"), (2, "In the room"), (3, "Video"), (4, "Telephone")):
        come(sita, number, way)
    assert sita.sees("There is no quorum")
    come(sita, 9, "In the room")  # Ida, with Hal's proxy: six
    assert sita.sees("There is a quorum")
    sita.look("door")
    sita.page.goto(story.meeting_page)
    sita.press("Open the meeting")


def come(sita: Any, number: int, way: str) -> None:
    sita.page.get_by_label("Name or register number").fill(str(number))
    sita.press("Find")
    sita.press(f"{way} {NAMES[number - 1]} Example")


def motions(story: Story) -> None:
    """An ordinary one by hands; a change of the rules by a poll, proxies included: three quarters
    of those voting.
    """
    sita = story.sita
    sita.page.goto(story.meeting_page)
    to_vote_on(sita, "Bicycles")
    sita.press("Vote on the motion")
    fill(sita, For="3", Against="1", Abstaining="1")
    sita.press("Note the hands")
    assert sita.sees("3 for, 1 against, 1 abstaining")
    sita.look("hands")
    sita.page.goto(story.meeting_page)
    to_vote_on(sita, "A wider board")
    sita.page.get_by_label("Poll, proxies included").check()
    sita.press("Vote on the motion")
    sita.follow("Enter votes")
    for name, said in (("Ann", "For"), ("Bo", "For"), ("Cy", "Against"), ("Ida", "For")):
        sita.page.get_by_role("button", name=f"{said} {name} Example", exact=True).click()
        sita.page.wait_for_load_state("load")
    sita.look("poll")
    sita.follow("Back to the motion")
    sita.press("All have voted")  # Hal's proxy is directed: four of five
    assert sita.sees("4 for, 1 against, 0 abstaining")
    assert sita.sees("Passed, awaiting registration")
    sita.look("poll-decided")


def to_vote_on(sita: Any, title: str) -> None:
    sita.page.get_by_role("link", name=re.compile(f"Vote on it.*{title}")).click()
    sita.page.wait_for_load_state("load")


def count(story: Story) -> None:
    """Voting closes; two people key in the papers; two tellers open the box; it is declared."""
    sita, teller = story.sita, story.tellers[0]
    sita.page.goto(story.vote)
    sita.page.get_by_text("Close it before its time").click()
    sita.press("Close voting now")
    dee = story.someone(story.users[3], viewport=PHONE)
    dee.page.goto(story.vote)
    assert not dee.page.get_by_text("See the result").is_visible()
    sita.page.goto(f"{story.vote}batches/")
    sita.page.get_by_label("How many papers are in this batch?").fill("1")
    sita.press("Begin the batch")
    batch = sita.page.url
    for person, choice in ((sita, 1), (teller, 2)):
        key_in(person, batch, choice)
    assert teller.sees("Two people read the papers differently")
    teller.press("Open my keying again")
    teller.press("Take back")
    key_in(teller, batch, 1)
    assert teller.sees("Two people keyed in the same")
    together(story, "Open the ballot box", 2, 1)
    story.tellers[2].look("unseal")
    story.tellers[2].press("Open the box and count")
    assert not SealedBallot.objects.exists()
    sita.page.goto(f"{story.vote}result/")
    sita.press("Publish the result")
    assert sita.sees("1, each keyed in by two people")
    sita.look("result")


def key_in(person: Any, batch: str, choice: int) -> None:
    person.page.goto(batch)
    person.page.locator(f"input[name=ranking_{choice}]").fill("1")
    person.press("Note it")
    person.look("batch")
    person.press("All papers are keyed in")


def bundle(story: Story, tmp_path: Path) -> str:
    """A member downloads the bundle: Python alone counts it again; a changed byte is found."""
    dee = story.someone(story.users[3], viewport=PHONE)
    dee.page.goto(f"{story.vote}result/")
    dee.look("result-phone")
    assert dee.sees("Agrees with the roll")
    elected = str(dee.page.locator("main ol strong").first.inner_text())
    dee.follow("Receipts")
    dee.page.get_by_label("Your receipt code").fill(story.receipt.lower())
    dee.press("Look for it")
    assert dee.sees("Found")
    dee.page.goto(f"{story.vote}result/")
    declared = dee.page.locator("code").first.inner_text()
    with dee.page.expect_download() as download:
        dee.page.get_by_role("link", name="Download the bundle").click()
    data = Path(download.value.path()).read_bytes()
    kept = tmp_path / "bundle.zip"
    kept.write_bytes(data)
    out = io.StringIO()
    call_command("verify_election", str(kept), sha256=declared, stdout=out)
    assert "the one that was declared" in out.getvalue()
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    recount = [sys.executable, "-S", "-E", "recount.py"]
    again = subprocess.run(recount, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    assert elected in again.stdout
    at = data.rindex(b'"entitled": 24') + len(b'"entitled": ')
    kept.write_bytes(data[:at] + b"9" + data[at + 1 :])
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_election", str(kept), stderr=err)
    assert "roll.json" in err.getvalue()
    return elected


def minutes(story: Story) -> None:
    """Closed, drafted from the record, put into words, sent round; members read them."""
    sita = story.sita
    sita.page.goto(story.meeting_page)
    sita.press("Close the meeting")
    sita.press("Draft the minutes")
    sita.look("minutes-write")
    sita.page.goto(f"{story.meeting_page}minutes/")
    assert sita.sees("5 of 24 who may vote came")
    assert sita.sees("There was a quorum from")
    sita.press("Send them round")
    dee = story.someone(story.users[3], viewport=PHONE)
    dee.page.goto(f"{story.meeting_page}minutes/")
    dee.look("minutes")
    assert dee.sees("That we buy two bicycles.")


def public(story: Story, elected: str) -> None:
    """Anybody reads the result; the minutes once a later meeting has approved them."""
    visitor = story.someone(viewport=PHONE)
    visitor.visit("/results/")
    visitor.follow("Election of a director")
    assert visitor.sees(elected)
    visitor.visit("/minutes/")
    assert visitor.sees("No minutes are here yet")
    later = ops.make_meeting(
        body=story.meeting.body,
        kind="general",
        title="Spring meeting",
        starts_at=timezone.now() + 30 * DAY,
        place="Hall",
        record_date=timezone.localdate(),
        by=SYSTEM,
    )
    ops.add_item(meeting=later, title="Minutes", by=SYSTEM)
    ops.record_notice(meeting=later, sent_on=timezone.localdate(), by=SYSTEM)
    # It is being held, as if this one had been yesterday.
    Meeting.objects.filter(pk=story.meeting.pk).update(starts_at=timezone.now() - DAY)
    Meeting.objects.filter(pk=later.pk).update(starts_at=timezone.now())
    later.refresh_from_db()
    ops.open_meeting(meeting=later, now=timezone.now(), by=SYSTEM)
    sita = story.sita
    sita.page.goto(f"{story.meeting_page}minutes/")
    sita.page.get_by_text("The next meeting has approved them").click()
    sita.press("They are approved")
    sita.press("Put it on the public site")
    visitor.visit("/minutes/")
    visitor.follow("Annual general meeting")
    assert visitor.sees("That we buy two bicycles.")
    assert not visitor.page.get_by_text("Present: Ann Example").is_visible()
