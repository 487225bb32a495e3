"""The public application on the website."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import OutboxMessage, PrivateFile
from members.models import Application, MemberClass
from members.operations import admit, refuse
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

ABOUT = {
    "first_name": "Joan",
    "last_name": "Dyson",
    "born_day": "27",
    "born_month": "mar",
    "born_year": "1961",
}
CONTACT = {
    "email": "joan@example.org",
    "address_line_1": "2 Mill Row",
    "town": "Damside",
    "postcode": "qx7 2ab",
    "format": "standard",
}


@pytest.fixture
def joan(classes: dict[str, MemberClass]) -> Client:
    """A visitor who has chosen to be a community supporter."""
    client = Client()
    client.post("/members/join/class/", {"member_class": classes["community"].pk})
    return client


def fill_in(client: Client) -> None:
    for step, data in (
        ("about", ABOUT),
        ("contact", CONTACT),
        ("evidence", {"evidence": "I keep the allotments."}),
        ("shares", {"shares": "10", "agreed": "on"}),
    ):
        response = client.post(f"/members/join/{step}/", data)
        assert response.status_code == 302, response.content.decode()


def test_looking_around_begins_no_application(classes: dict[str, MemberClass]) -> None:
    client = Client()
    assert client.get("/members/join/").status_code == 200
    assert client.get("/members/join/class/").status_code == 200
    assert client.get("/members/join/about/").url == "/members/join/"
    assert client.get("/members/join/nonsense/").status_code == 404
    assert not Application.objects.exists()


def test_public_pages_take_few_queries(joan: Client) -> None:
    for path in ("", "class/", "evidence/", "check/"):
        with CaptureQueriesContext(connection) as queries:
            joan.get(f"/members/join/{path}")
        assert len(queries) <= 12, path


def test_beginning_takes_a_new_session(classes: dict[str, MemberClass]) -> None:
    """So that nobody reads along who planted the session's cookie."""
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post("/members/join/class/", {"member_class": classes["community"].pk})
    assert client.session["application"] == Application.objects.get().pk
    assert client.session.session_key != before


def test_somebody_invited_says_first_what_kind_of_member_they_would_be(joan: Client) -> None:
    Application.objects.update(member_class=None)
    for step in ("about", "contact", "evidence", "shares"):
        assert joan.get(f"/members/join/{step}/").url == "/members/join/class/"


def test_each_step_leads_to_the_next(joan: Client) -> None:
    assert joan.post("/members/join/about/", ABOUT).url == "/members/join/contact/"
    assert joan.post("/members/join/contact/", CONTACT).url == "/members/join/evidence/"


def test_a_whole_application_reaches_the_secretary(joan: Client) -> None:
    fill_in(joan)
    assert "QX7 2AB" in joan.get("/members/join/check/").content.decode()
    assert joan.post("/members/join/check/").url == "/members/join/done/"
    application = Application.objects.get()
    assert application.state == "submitted"
    assert application.reference in joan.get("/members/join/done/").content.decode()


def test_pressing_hand_in_twice_is_harmless(joan: Client) -> None:
    fill_in(joan)
    for _ in range(2):
        assert joan.post("/members/join/check/").url == "/members/join/done/"
    assert OutboxMessage.objects.count() == 1
    assert joan.get("/members/join/shares/").url == "/members/join/done/"


def test_gaps_are_shown_beside_their_boxes_and_what_was_typed_stays(joan: Client) -> None:
    response = joan.post("/members/join/contact/", CONTACT | {"postcode": "nowhere", "town": ""})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Enter a full UK postcode" in page
    assert "Fill in “Town or village”" in page
    assert 'value="nowhere"' in page


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (("31", "2", "1961"), "not a date"),
        (("4", "3", "2026"), "the day on which you were born"),
        (("1", "1", "1850"), "the day on which you were born"),
        (("", "", ""), "Enter your date of birth"),
    ],
)
def test_a_birthday_that_cannot_be_is_refused(
    joan: Client, day: tuple[str, str, str], sentence: str
) -> None:
    boxes = dict(zip(("born_day", "born_month", "born_year"), day, strict=True))
    response = joan.post("/members/join/about/", ABOUT | boxes)
    assert sentence in response.content.decode()
    assert Application.objects.get().born is None


@pytest.mark.parametrize("shares", ["0", "100001", "ten", "1.5", "-3"])
def test_shares_that_cannot_be_are_refused(joan: Client, shares: str) -> None:
    response = joan.post("/members/join/shares/", {"shares": shares, "agreed": "on"})
    assert response.status_code == 400
    assert Application.objects.get().shares == 1


def test_an_application_with_gaps_cannot_be_handed_in(joan: Client) -> None:
    joan.post("/members/join/about/", ABOUT)
    page = joan.post("/members/join/check/")
    assert page.status_code == 400
    assert "How to reach you" in page.content.decode()
    assert Application.objects.get().state == "draft"


def test_an_organisation_is_asked_for_its_name(
    classes: dict[str, MemberClass], joan: Client
) -> None:
    joan.post("/members/join/class/", {"member_class": classes["organisation"].pk})
    page = joan.get("/members/join/about/").content.decode()
    assert "Name of the organisation" in page
    assert "Date of birth" not in page


def test_a_change_leads_back_to_the_answers(joan: Client) -> None:
    assert joan.post("/members/join/about/?change=1", ABOUT).url == "/members/join/check/"


def test_evidence_may_be_a_file_but_only_of_a_kind_we_keep(joan: Client) -> None:
    page = SimpleUploadedFile("page.pdf", b"<html>", content_type="application/pdf")
    refused = joan.post("/members/join/evidence/", {"evidence": "", "file": page})
    assert "PDF, JPEG or PNG" in refused.content.decode()
    assert not PrivateFile.objects.exists()
    letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7", content_type="application/pdf")
    kept = joan.post("/members/join/evidence/", {"evidence": "", "file": letter})
    assert kept.status_code == 302
    assert PrivateFile.objects.get().owner_kind == "application"
    assert "letter.pdf" in joan.get("/members/join/check/").content.decode()


def test_neither_words_nor_a_file_is_not_evidence(joan: Client) -> None:
    assert joan.post("/members/join/evidence/", {"evidence": " "}).status_code == 400


def test_one_visitor_never_sees_the_application_of_another(joan: Client) -> None:
    fill_in(joan)
    stranger = Client()
    for path in ("check", "done", "later", "about"):
        assert stranger.get(f"/members/join/{path}/").url == "/members/join/"
    assert stranger.post("/members/join/withdraw/").url == "/members/join/"
    assert Application.objects.get().state == "draft"


def test_the_applicant_can_take_it_back_and_this_computer_can_forget_it(joan: Client) -> None:
    fill_in(joan)
    joan.post("/members/join/check/")
    joan.post("/members/join/withdraw/")
    assert Application.objects.get().state == "withdrawn"
    assert joan.post("/members/join/withdraw/").status_code == 409
    joan.post("/members/join/leave/")
    assert joan.get("/members/join/done/").url == "/members/join/"


def test_the_applicant_sees_the_decision(joan: Client, waiting: Callable[..., Application]) -> None:
    fill_in(joan)
    joan.post("/members/join/check/")
    refuse(
        application=Application.objects.get(),
        reason="Lives elsewhere.",
        board_meeting=TODAY,
        minute="1",
        by=SYSTEM,
    )
    assert "Lives elsewhere." in joan.get("/members/join/done/").content.decode()
    other = waiting(first_name="Ann", email="ann@example.org")
    admit(application=other, board_meeting=TODAY, minute="1", by=SYSTEM)
    session = joan.session
    session["application"] = other.pk
    session.save()
    assert "register number is 1" in joan.get("/members/join/done/").content.decode()


# --- Leaving and coming back ----------------------------------------------------------------------


def leave(client: Client, email: str = "joan@example.org") -> None:
    response = client.post("/members/join/later/", {"email": email})
    assert response.url == "/members/join/back/"


def test_save_and_come_back_keeps_what_can_be_read(joan: Client) -> None:
    data = CONTACT | {"postcode": "nowhere", "act": "later"}
    assert joan.post("/members/join/contact/", data).url == "/members/join/later/"
    kept = Application.objects.get()
    assert (kept.town, kept.postcode) == ("Damside", "")


def test_after_leaving_the_computer_forgets_and_a_code_opens_it_elsewhere(joan: Client) -> None:
    joan.post("/members/join/about/", ABOUT)
    leave(joan)
    assert joan.get("/members/join/check/").url == "/members/join/"
    phone = Client()
    asked = phone.post("/members/join/back/", {"email": "joan@example.org"})
    assert asked.url == "/members/join/code/"
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", OutboxMessage.objects.get().text)
    assert code is not None
    opened = phone.post("/members/join/code/", {"email": "joan@example.org", "code": code.group()})
    assert opened.url == "/members/join/check/"
    assert "Joan Dyson" in phone.get("/members/join/check/").content.decode()


def answer_for(email: str) -> tuple[int, str, str]:
    """Status, address and the page that follows, without what differs in every answer."""
    client = Client()
    response = client.post("/members/join/back/", {"email": email})
    page = client.get(response.url).content.decode().replace(email, "")
    return response.status_code, response.url, re.sub(r'name="csrfmiddlewaretoken".*', "", page)


def test_nobody_learns_whether_an_address_has_an_application(joan: Client) -> None:
    leave(joan)
    assert answer_for("joan@example.org") == answer_for("nobody@example.org")
    assert OutboxMessage.objects.count() == 1


def wrong_code(email: str) -> str:
    page = Client().post("/members/join/code/", {"email": email, "code": "WRONG-ONE"})
    assert page.status_code == 400
    text = page.content.decode().replace(email, "")
    return re.sub(r'name="csrfmiddlewaretoken".*', "", text)


def test_a_wrong_code_says_the_same_for_every_address(joan: Client) -> None:
    leave(joan)
    answer_for("joan@example.org")
    assert wrong_code("joan@example.org") == wrong_code("nobody@example.org")


def test_asking_for_codes_again_and_again_is_slowed_down(joan: Client) -> None:
    leave(joan)
    statuses = [
        Client().post("/members/join/back/", {"email": "joan@example.org"}).status_code
        for _ in range(4)
    ]
    assert statuses == [302, 302, 302, 429]
    assert OutboxMessage.objects.count() == 3


def test_trying_codes_again_and_again_is_slowed_down(db: None) -> None:
    def tried(email: str) -> int:
        data = {"email": email, "code": "WRONGONE"}
        return Client().post("/members/join/code/", data).status_code

    assert [tried("A@example.org" if n % 2 else "a@example.org") for n in range(11)] == [
        *[400] * 10,
        429,
    ]
    assert tried("b@example.org") == 400  # somebody else in the same house
    assert [tried(f"b{n}@example.org") for n in range(190)][-1] == 429


def test_wrong_codes_for_one_do_not_keep_out_the_right_one_of_another(joan: Client) -> None:
    leave(joan)
    for _ in range(12):
        Client().post("/members/join/code/", {"email": "a@example.org", "code": "WRONGONE"})
    phone = Client()
    phone.post("/members/join/back/", {"email": "joan@example.org"})
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", OutboxMessage.objects.get().text)
    assert code is not None
    right = {"email": "joan@example.org", "code": code.group()}
    assert phone.post("/members/join/code/", right).url == "/members/join/check/"


def test_no_browser_stores_a_page_of_joining(joan: Client) -> None:
    """So that after "Finish, and forget this" Back shows none of it."""
    fill_in(joan)
    pages = ["", "class/", "about/", "contact/", "shares/", "later/", "check/", "back/", "code/"]
    for page in pages:
        assert joan.get(f"/members/join/{page}")["Cache-Control"] == "no-store", page
    assert joan.post("/members/join/contact/", {})["Cache-Control"] == "no-store"
    joan.post("/members/join/check/")
    assert joan.get("/members/join/done/")["Cache-Control"] == "no-store"
    for act in ("pay/", "leave/"):
        assert joan.post(f"/members/join/{act}")["Cache-Control"] == "no-store"


def test_beginning_applications_again_and_again_is_slowed_down(
    classes: dict[str, MemberClass],
) -> None:
    chosen = {"member_class": classes["family"].pk}
    answers: list[Any] = [Client().post("/members/join/class/", chosen) for _ in range(31)]
    assert [a.status_code for a in answers] == [302] * 30 + [400]
    assert "wait ten minutes" in answers[-1].content.decode()
    assert Application.objects.count() == 30


def test_no_address_of_joining_says_who_it_is(joan: Client) -> None:
    fill_in(joan)
    joan.post("/members/join/later/", {"email": "joan@example.org"})
    for path in ("", "class/", "check/", "back/", "code/"):
        response = joan.get(f"/members/join/{path}")
        address = response.get("Location", "") + response.request["PATH_INFO"]
        assert "joan" not in address.lower()
        assert "?" not in address
