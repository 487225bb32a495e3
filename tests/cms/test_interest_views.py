"""Interest, as the public and the secretary meet it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms import operations
from cms.models import InterestRegistration, LocalGroup
from core.actors import SYSTEM, VISITOR
from core.models import AuditLine, OutboxMessage, User
from members.models import Application
from tests.cms.conftest import ANSWERS, secret_mailed_to

Register = Callable[..., InterestRegistration]
SignIn = Callable[[User], Client]
FORM = ANSWERS | {"consent": "on", "website": ""}


@pytest.fixture
def form_url(group: LocalGroup) -> str:
    return reverse("cms:register_interest", args=[group.slug])


def test_a_visitor_registers_confirms_and_withdraws(client: Client, form_url: str) -> None:
    sent = client.post(form_url, FORM, follow=True)
    assert "look at your e-mail" in sent.content.decode()
    secret = secret_mailed_to("ruth@example.org")
    link = reverse("cms:confirm_interest", args=[secret])
    assert "Yes, put me on the list" in client.get(link).content.decode()
    assert InterestRegistration.objects.get().state == "unconfirmed", "opening it confirms nothing"
    assert "you are on the list" in client.post(link).content.decode()
    leave = reverse("cms:withdraw_interest", args=[secret])
    assert "Take my name off" in client.get(leave).content.decode()
    assert InterestRegistration.objects.get().state == "confirmed"
    assert "off the list" in client.post(leave).content.decode()
    assert InterestRegistration.objects.get().state == "withdrawn"


@pytest.mark.parametrize("name", ["cms:confirm_interest", "cms:withdraw_interest"])
def test_a_link_that_is_not_ours_says_so(client: Client, db: None, name: str) -> None:
    url = reverse(name, args=["made-up"])
    opened, pressed = client.get(url), client.post(url)
    assert (opened.status_code, pressed.status_code) == (404, 409)
    for response in (opened, pressed):
        assert "This link is not one of ours" in response.content.decode()


def test_a_used_link_says_that_it_is_done(client: Client, form_url: str) -> None:
    client.post(form_url, FORM)
    link = reverse("cms:confirm_interest", args=[secret_mailed_to("ruth@example.org")])
    client.post(link)
    assert "confirmed already" in client.get(link).content.decode()
    again = client.post(link)
    assert again.status_code == 409
    assert "confirmed already" in again.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"postcode": "QX7 2A&"}, "Enter a postcode such as"),
        ({"email": "ruth"}, "Enter an e-mail address such as"),
        ({"interests": ["everything"]}, "everything is not one of the available choices"),
        ({"consent": ""}, "Tick the box if we may keep this"),
        ({"format": "telepathy"}, "Select a valid choice"),
        ({"consent_version": "old"}, "read the wording again"),
    ],
)
def test_a_mistake_comes_back_with_a_sentence_and_what_was_typed(
    client: Client, form_url: str, change: dict[str, Any], words: str
) -> None:
    page = client.post(form_url, FORM | change).content.decode()
    assert words in page
    assert "Error: " in page
    assert 'value="Ruth Ackroyd"' in page
    assert not InterestRegistration.objects.exists()


def test_a_known_address_and_a_new_one_get_the_same_answer(client: Client, form_url: str) -> None:
    new = client.post(form_url, FORM)
    operations.confirm_interest(secret=secret_mailed_to("ruth@example.org"), by=VISITOR)
    known = client.post(form_url, FORM)
    assert (new.status_code, new["Location"]) == (known.status_code, known["Location"])


def test_a_robot_in_the_trap_sees_no_difference_and_leaves_nothing(
    client: Client, form_url: str
) -> None:
    caught = client.post(form_url, FORM | {"website": "https://example.com"})
    assert caught["Location"] == reverse("cms:interest_sent")
    assert not InterestRegistration.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_one_address_gets_at_most_three_mails_a_day(client: Client, form_url: str) -> None:
    for _ in range(5):
        assert client.post(form_url, FORM)["Location"] == reverse("cms:interest_sent")
    assert OutboxMessage.objects.count() == 3


def test_too_many_tries_from_one_place_are_refused(client: Client, form_url: str) -> None:
    for number in range(20):
        client.post(form_url, FORM | {"email": f"n{number}@example.org"})
    refused = client.post(form_url, FORM | {"email": "more@example.org"})
    assert refused.status_code == 429
    assert "Please wait an hour" in refused.content.decode()
    assert InterestRegistration.objects.count() == 20


def test_a_group_that_is_not_there_is_not_found(client: Client, db: None) -> None:
    assert client.get("/interest/in/atlantis/").status_code == 404


def listed(group: LocalGroup, count: int) -> None:
    for number in range(count):
        answers = ANSWERS | {"name": f"Person {number}", "email": f"p{number}@example.org"}
        operations.enter_paper_interest(group=group, **answers, by=SYSTEM)


def test_the_secretary_invites_somebody_and_sees_that_they_are_invited(
    group: LocalGroup, secretary: User, signed_in: SignIn
) -> None:
    listed(group, 1)
    desk = signed_in(secretary)
    assert "Invite to apply" in desk.get("/interest/").content.decode()
    url = reverse("cms:invite_interested", args=[group.registrations.get().pk])
    back = desk.post(url, {"asked": f"group={group.pk}"}, follow=True)
    assert back.request["QUERY_STRING"] == f"group={group.pk}"
    page = back.content.decode()
    assert "Invited" in page
    assert "Invite to apply" not in page
    assert Application.objects.get().email == "p0@example.org"
    assert "invited already" in desk.post(url, follow=True).content.decode()


def test_a_forged_id_is_not_found(secretary: User, signed_in: SignIn, group: LocalGroup) -> None:
    desk = signed_in(secretary)
    for name in ("invite_interested", "move_group"):
        assert desk.post(reverse(f"cms:{name}", args=[987654])).status_code == 404


def test_the_list_is_filtered_by_group_interest_and_state(
    group: LocalGroup, secretary: User, signed_in: SignIn, register: Register
) -> None:
    listed(group, 2)
    other = operations.launch_group(name="Dale", slug="dale", area="", stage="idea", by=SYSTEM)
    work = ANSWERS | {"interests": ["work"], "email": "w@example.org", "name": "Walter"}
    operations.enter_paper_interest(group=other, **work, by=SYSTEM)
    register(email="slow@example.org", name="Sloane")
    desk = signed_in(secretary)

    def shown(query: str) -> set[str]:
        page = desk.get(f"/interest/?{query}").content.decode()
        return {n for n in ("Person 0", "Person 1", "Walter", "Sloane") if n in page}

    assert shown("") == {"Person 0", "Person 1", "Walter"}
    assert shown(f"group={other.pk}") == {"Walter"}
    assert shown("interest=need_care") == {"Person 0", "Person 1"}
    assert shown("state=unconfirmed") == {"Sloane"}
    assert shown("state=invited") == set()
    assert shown("interest=nonsense&group=99999&state=zzz") == {"Person 0", "Person 1", "Walter"}


def test_the_list_takes_as_many_queries_for_fifty_as_for_two(
    group: LocalGroup, secretary: User, signed_in: SignIn
) -> None:
    desk = signed_in(secretary)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/interest/").status_code == 200
        return len(asked)

    listed(group, 2)
    queries()
    few = queries()
    for number in range(2, 50):
        InterestRegistration.objects.create(
            group=group,
            name=f"Person {number}",
            email=f"p{number}@example.org",
            sector="QX7 6",
            work=True,
            state="confirmed",
            consent_version="2026-1",
        )
    assert queries() <= few + 1  # the count of a second page


def test_the_spreadsheet_runs_no_formula(
    group: LocalGroup, secretary: User, signed_in: SignIn
) -> None:
    evil = ANSWERS | {"name": '=HYPERLINK("https://example.com","x")'}
    operations.enter_paper_interest(group=group, **evil, by=SYSTEM)
    response = signed_in(secretary).get("/interest/export.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows[1][2].startswith("'=HYPERLINK")
    assert rows[1][4] == "QX7 6"
    assert response["Cache-Control"] == "no-store"
    assert AuditLine.objects.filter(action="cms.export_interest").get().data == {"rows": 1}


def test_the_secretary_keys_in_a_signed_sheet(
    group: LocalGroup, secretary: User, signed_in: SignIn
) -> None:
    desk, url = signed_in(secretary), reverse("cms:enter_interest", args=[group.pk])
    assert "Enter a signed sheet" in desk.get(url).content.decode()
    assert "They are on the list" in desk.post(url, FORM, follow=True).content.decode()
    assert "on the list already" in desk.post(url, FORM).content.decode()
    assert group.registrations.count() == 1


def test_the_secretary_moves_a_group_on(
    group: LocalGroup, secretary: User, signed_in: SignIn
) -> None:
    desk, url = signed_in(secretary), reverse("cms:move_group", args=[group.pk])
    page = desk.post(url, {"upper-harrow-stage": "feasibility"}, follow=True).content.decode()
    assert "Upper Harrow is now at “Working it out”" in page
    page = desk.post(url, {"upper-harrow-stage": "moon"}, follow=True).content.decode()
    assert "Choose one of the stages" in page


def test_an_empty_list_says_what_to_do_next(secretary: User, signed_in: SignIn) -> None:
    assert "Make a launch page" in signed_in(secretary).get("/interest/").content.decode()
