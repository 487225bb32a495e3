"""Writing to people, and the print queue for those whom e-mail does not reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM, Actor
from core.documents import document_html, make_pdf
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, ReadLine, User
from members import tasks
from members.models import Application, Letter, Person
from members.operations import (
    add_organisation,
    add_person,
    admit,
    call_off_letter,
    forget_posted_letters,
    post_letters,
    print_letters,
    refuse,
    take_back_posting,
)
from members.rules import Contact
from members.views.letters import TEMPLATE
from members.writing import write_to
from tests.members.conftest import MINUTE, TODAY
from tests.pdfs import needs_pango, text_sizes

pytestmark = pytest.mark.django_db


def write(holder: Any, key: str = "hello") -> Any:
    return write_to(
        holder,
        key=key,
        kind="members.hello",
        subject="Hello from us",
        template="members/mail/refused.txt",
        context={},
        by=SYSTEM,
    )


@pytest.fixture
def olive(db: None) -> Person:
    """Olive Kay has no e-mail and reads large print."""
    return add_person(
        first_name="Olive",
        last_name="Kay",
        contact=Contact(address_line_1="3 Goit Side", town="Damside", postcode="QX7 2AB"),
        by=SYSTEM,
    )


@pytest.fixture
def letters(olive: Person) -> list[Letter]:
    """Three that wait for Olive."""
    return [write(olive, f"letter-{number}") for number in range(3)]


def test_whoever_is_written_to_is_addressed_by_name() -> None:
    """But for staff, for somebody who may be anybody, and for a part of other letters."""
    folder = Path(__file__).parents[2] / "members/templates/members/mail"
    others = {"class_asked.txt", "invite.txt", "lapses.txt", "pay_by_post.txt"}
    others |= {"resume.txt", "welcome.txt"}
    begun = {
        path.name
        for path in folder.glob("*.txt")
        if path.read_text().startswith("Dear {{ dear }},")
    }
    assert {path.name for path in folder.glob("*.txt")} - begun == others


# --- Which way -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, OutboxMessage),
        ({"email": ""}, Letter),
        ({"prefers": "post"}, Letter),
        ({"prefers": "phone"}, OutboxMessage),
        ({"not_by": ["email"]}, Letter),
        ({"format": "large"}, Letter),
        ({"format": "large", "prefers": "email"}, OutboxMessage),
        ({"format": "easy"}, Letter),
        ({"format": "audio", "prefers": "email"}, Letter),
    ],
)
def test_people_are_written_to_the_way_that_reaches_them(
    changes: dict[str, Any], way: type, rita: Person
) -> None:
    for name, value in changes.items():
        setattr(rita, name, value)
    rita.save()
    assert isinstance(write(rita), way)


def test_nobody_is_written_to_twice_however_it_went(rita: Person) -> None:
    first = write(rita)
    rita.email = ""
    assert write(rita) == first
    assert not Letter.objects.exists()
    letter = write(rita, "another")
    rita.email = "rita@example.org"
    assert write(rita, "another") == letter


def test_the_dead_are_not_written_to(rita: Person) -> None:
    rita.died_on = TODAY
    assert write(rita) is None
    assert not OutboxMessage.objects.exists()


def test_an_organisation_and_an_applicant_get_letters_too(
    waiting: Callable[..., Application],
) -> None:
    trust = add_organisation(name="A trust", kind="charity", by=SYSTEM)
    assert write(trust).name == "A trust"
    applicant = waiting(email="")
    letter = Letter.objects.get(application=applicant, kind="members.received")
    assert letter.address == "Joan Dyson\n2 Mill Row\nDamside\nQX7 2AB"
    assert "please tell us" in letter.text


def test_a_letter_leaves_a_line_that_names_nobody(letters: list[Letter]) -> None:
    lines = AuditLine.objects.filter(action="members.queue_letter")
    assert lines.count() == 3
    assert "Olive" not in str([line.data for line in lines])


def test_who_applies_on_paper_hears_the_decision_by_post(
    waiting: Callable[..., Application], by: Actor
) -> None:
    refuse(application=waiting(email=""), reason="Lives elsewhere.", by=by, **MINUTE)
    letter = Letter.objects.get(kind="members.refused")
    assert "Lives elsewhere." in letter.text
    assert "please write to us" in letter.text


def test_a_new_member_without_e_mail_is_welcomed_by_post(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting(email="")
    member = admit(application=application, board_meeting=TODAY, minute="2026/1", by=by)
    letter = Letter.objects.get(kind="members.welcome")
    assert letter.person == member.person
    assert "You do not need the internet" in letter.text


# --- Printing ------------------------------------------------------------------------------------


def test_letters_are_printed_then_posted(letters: list[Letter], by: Actor) -> None:
    assert print_letters(letters=letters[:2], by=by) == letters[:2]
    assert list(Letter.objects.waiting()) == [letters[2]]
    assert post_letters(letters=letters[:1], posted_on=TODAY, by=by) == 1
    posted = Letter.objects.get(state="posted")
    assert (posted, posted.posted_on) == (letters[0], TODAY)
    assert list(Letter.objects.to_post()) == [letters[1]]


def test_what_is_printed_can_be_printed_again_and_what_is_posted_not(
    letters: list[Letter], by: Actor
) -> None:
    print_letters(letters=letters[:1], by=by)
    assert print_letters(letters=letters[:1], by=by) == letters[:1]
    post_letters(letters=letters[:1], posted_on=TODAY, by=by)
    with pytest.raises(RuleError, match="Tick the letters to print"):
        print_letters(letters=letters[:1], by=by)


def test_a_letter_noted_as_posted_by_mistake_is_to_be_posted_again(
    letters: list[Letter], by: Actor
) -> None:
    print_letters(letters=letters[:1], by=by)
    with pytest.raises(RuleError, match="not noted as posted"):
        take_back_posting(letter=letters[0], by=by)
    post_letters(letters=letters[:1], posted_on=TODAY, by=by)
    letter = take_back_posting(letter=letters[0], by=by)
    assert (letter.state, letter.posted_on) == ("printed", None)
    assert AuditLine.objects.filter(action="members.take_back_posting").count() == 1
    post_letters(letters=letters[:1], posted_on=TODAY, by=by)
    Letter.objects.update(text="")  # forgotten: there is nothing left to post
    with pytest.raises(RuleError, match="no longer kept"):
        take_back_posting(letter=letters[0], by=by)


def test_what_was_not_printed_is_not_posted(letters: list[Letter], by: Actor) -> None:
    with pytest.raises(RuleError, match="Tick the letters that were posted"):
        post_letters(letters=letters, posted_on=TODAY, by=by)


@pytest.mark.parametrize("day", [dt.date(2026, 3, 4), dt.date(2026, 3, 2)])
def test_the_day_of_posting_is_one_that_can_be(
    day: dt.date, letters: list[Letter], by: Actor
) -> None:
    print_letters(letters=letters, by=by)
    with pytest.raises(RuleError) as refused:
        post_letters(letters=letters, posted_on=day, by=by)
    assert refused.value.field == "posted_on"


def test_a_letter_called_off_is_neither_printed_nor_kept(letters: list[Letter], by: Actor) -> None:
    assert call_off_letter(letter=letters[0], by=by).text == ""
    assert print_letters(letters=letters, by=by) == letters[1:]
    with pytest.raises(RuleError, match="called off already"):
        call_off_letter(letter=letters[0], by=by)


def test_only_the_secretary_keeps_letters(
    letters: list[Letter], coordinator: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        print_letters(letters=letters, by=as_user(coordinator))


def test_what_a_letter_said_is_forgotten_thirty_days_after_posting(
    letters: list[Letter], by: Actor, settings: Any
) -> None:
    assert settings.LETTER_TEXT_DAYS == 30
    print_letters(letters=letters[:2], by=by)
    post_letters(letters=letters[:1], posted_on=TODAY, by=by)
    assert forget_posted_letters(today=TODAY + dt.timedelta(days=29), by=SYSTEM) == 0
    assert forget_posted_letters(today=TODAY + dt.timedelta(days=30), by=SYSTEM) == 1
    assert forget_posted_letters(today=TODAY + dt.timedelta(days=30), by=SYSTEM) == 0
    texts = dict(Letter.objects.values_list("state", "text"))
    assert texts["posted"] == ""
    assert texts["waiting"]
    assert texts["printed"]
    tasks.forget_posted_letters()


@needs_pango
def test_each_letter_is_in_the_size_that_its_reader_needs(
    olive: Person, rita: Person, letters: list[Letter]
) -> None:
    olive.format = "large"
    olive.save()
    letter = Letter.objects.get(pk=letters[0].pk)
    assert letter.large_print
    context = {"letters": [letter], "today": TODAY}
    large = make_pdf([document_html(TEMPLATE, context, large_print=letter.large_print)])
    assert min(text_sizes(large)) >= 15.99
    usual = make_pdf([document_html(TEMPLATE, context)])
    assert min(text_sizes(usual)) < 12


def test_a_sheet_has_its_address_and_no_name_in_its_title(letters: list[Letter]) -> None:
    html = document_html(TEMPLATE, {"letters": letters[:1], "today": TODAY})
    assert '<address class="address-window">Olive Kay<br>3 Goit Side<br>Damside<br>QX7 2AB' in html
    assert "<title>Letter</title>" in html


# --- On the screen -------------------------------------------------------------------------------


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def test_the_secretary_prints_posts_and_sees_what_is_left(
    sita: Client, letters: list[Letter], olive: Person
) -> None:
    assert "3 waiting" in sita.get("/home/").content.decode()
    page = sita.get("/members/letters/").content.decode()
    assert page.count("Olive Kay") >= 3
    ticked = {"which": "ticked", "letters": [letter.pk for letter in letters[:2]]}
    ready = sita.post("/members/letters/print/", ticked, follow=True)
    assert "2 letters noted as printed" in ready.content.decode()
    assert "Printed, to be posted" in ready.content.decode()
    ids = "&".join(f"letters={pk}" for pk in ticked["letters"])
    assert f"/members/letters/sheets/?{ids}".replace("&", "&amp;") in ready.content.decode()
    printed = sita.get(f"/members/letters/sheets/?{ids}")
    assert printed.status_code == 200
    assert printed["Cache-Control"] == "no-store"
    assert "Olive" not in printed.get("Content-Disposition", "")
    assert ReadLine.objects.filter(subject_id=olive.pk, why="pdf").count() == 1
    home = sita.get("/home/").content.decode()
    assert "1 waiting" in home
    assert "2 printed" in home
    refused = sita.post(
        "/members/letters/posted/", {"letters": [letters[0].pk], "posted_on": "4 March 2026"}
    )
    assert refused.status_code == 400
    assert "That day is still to come." in refused.content.decode()
    assert f'id="letter-{letters[0].pk}"\n' in refused.content.decode()
    assert refused.content.decode().count("checked") == 1
    posted = {"letters": [letters[0].pk], "posted_on": "3 March 2026"}
    assert sita.post("/members/letters/posted/", posted).status_code == 302
    page = f"/members/letters/{letters[0].pk}/"
    assert "Tuesday 3 March 2026" in sita.get(page).content.decode()
    assert "Print it once more" in sita.get(page).content.decode()
    assert sita.get(f"{page}sheet/").status_code == 200
    assert Letter.objects.get(pk=letters[0].pk).state == "posted"
    assert sita.post(f"{page}not-posted/").status_code == 302
    assert Letter.objects.get(pk=letters[0].pk).state == "printed"
    assert sita.get(f"{page}sheet/").status_code == 404
    assert sita.post(f"/members/letters/{letters[1].pk}/call-off/").status_code == 302
    assert Letter.objects.get(pk=letters[1].pk).state == "called_off"


def test_all_that_wait_are_printed_with_one_press(sita: Client, letters: list[Letter]) -> None:
    sita.post("/members/letters/print/", {"which": "all"})
    assert not Letter.objects.waiting().exists()


@pytest.mark.parametrize("ids", [[], ["9" * 23], ["one"], ["0"]])
def test_nothing_that_is_there_was_ticked(
    ids: list[str], sita: Client, letters: list[Letter]
) -> None:
    for state in ("waiting", "printed"):
        refused = sita.post(
            f"/members/letters/print/?state={state}", {"which": "ticked", "letters": ids}
        )
        assert refused.status_code == 400
        assert "Tick the letters to print." in refused.content.decode()
    posted = {"letters": ids, "posted_on": "3 March 2026"}
    refused = sita.post("/members/letters/posted/", posted)
    assert refused.status_code == 400
    assert "Tick the letters that were posted." in refused.content.decode()
    assert sita.get("/members/letters/sheets/", {"letters": ids}).status_code == 302
    assert sita.post("/members/letters/posted/", {"posted_on": "soon"}).status_code == 400


# --- What no printer makes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        ({}, []),
        ({"format": "large", "other_needs": "Yellow paper"}, []),
        ({"format": "easy"}, ["Easy Read"]),
        ({"format": "audio"}, ["Audio"]),
        ({"signs": True, "language": "Urdu"}, ["British Sign Language", "Urdu"]),
    ],
)
def test_what_a_reader_needs_and_no_printer_makes_is_said(
    needs: dict[str, Any], says: list[str], olive: Person, letters: list[Letter]
) -> None:
    Person.objects.filter(pk=olive.pk).update(**needs)
    assert Letter.objects.get(pk=letters[0].pk).by_hand == says
    assert Letter.objects.for_the_printer().count() == (0 if says else 3)


def test_what_is_prepared_by_hand_goes_with_the_others_only_where_that_is_said(
    sita: Client, letters: list[Letter], olive: Person, rita: Person
) -> None:
    trust = write(add_organisation(name="A trust", kind="charity", by=SYSTEM), "trust")
    olive.format = "easy"
    olive.save()
    page = sita.get("/members/letters/").content.decode()
    assert page.count("needs Easy Read") == 3
    sita.post("/members/letters/print/", {"which": "all"})
    assert list(Letter.objects.to_post()) == [trust]
    refused = sita.post("/members/letters/print/", {"which": "all"})
    assert refused.status_code == 400
    assert "Tick the letters to print." in refused.content.decode()
    sita.post("/members/letters/print/", {"which": "ticked", "letters": [letters[0].pk]})
    both = {"letters": [trust.pk, letters[0].pk], "posted_on": "3 March 2026"}
    refused = sita.post("/members/letters/posted/", both)
    assert refused.status_code == 400
    assert "1 of these has to be prepared by hand" in refused.content.decode()
    assert not Letter.objects.filter(state="posted").exists()
    assert sita.post("/members/letters/posted/", both | {"prepared": "on"}).status_code == 302
    assert Letter.objects.filter(state="posted").count() == 2


def test_a_letter_without_an_address_stands_out(sita: Client, db: None) -> None:
    write(add_person(first_name="Una", last_name="Known", by=SYSTEM))
    assert "No address" in sita.get("/members/letters/").content.decode()


def test_the_queue_takes_the_same_queries_whatever_the_rows(
    sita: Client, letters: list[Letter], django_assert_num_queries: Callable[..., Any]
) -> None:
    sita.get("/members/letters/")  # the session's first visit writes to it
    with CaptureQueriesContext(connection) as few:
        sita.get("/members/letters/")
    before = len(few)
    for number in range(20):
        write(add_person(first_name=f"N{number}", last_name="Known", by=SYSTEM), f"n{number}")
    with django_assert_num_queries(before):
        page = sita.get("/members/letters/").content.decode()
    assert "N19 Known" in page
    assert before < 20
