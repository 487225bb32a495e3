"""The secretary's applications on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import AuditLine, ReadLine, User
from members.models import Application, Member, MemberClass, Person
from members.operations import settle_duplicate
from tests.members.conftest import pay

pytestmark = pytest.mark.django_db

DECISION = {
    "board_meeting_day": "2",
    "board_meeting_month": "3",
    "board_meeting_year": "2026",
    "minute": "2026/14.2",
}


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def bea(board_member: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(board_member)


def test_the_list_shows_who_waits_and_what_stops_them(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    waiting()
    waiting(first_name="Roy", last_name="Haigh", email="", born=None, postcode="")
    page = sita.get("/members/applications/").content.decode()
    assert "Ready for the board" in page
    assert "2 things to settle" in page


def test_the_list_is_narrowed_by_state_and_class(
    sita: Client, waiting: Callable[..., Application], classes: dict[str, MemberClass]
) -> None:
    waiting()
    waiting(first_name="Roy", email="", member_class=classes["family"])
    family = sita.get("/members/applications/?member_class=family").content.decode()
    assert "Roy Dyson" in family
    assert "Joan Dyson" not in family
    refused = sita.get("/members/applications/?state=refused").content.decode()
    assert "No applications here." in refused
    assert "Joan Dyson" in sita.get("/members/applications/?state=all").content.decode()
    nonsense = sita.get("/members/applications/?state=nonsense&member_class=x&page=99")
    assert nonsense.status_code == 200


def test_the_list_has_pages_and_takes_the_same_queries_whatever_the_rows(
    sita: Client,
    waiting: Callable[..., Application],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    waiting(email="first@example.org")
    sita.get("/members/applications/")  # the session's first visit writes to it
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        sita.get("/members/applications/")
    for number in range(29):
        waiting(email=f"m{number}@example.org")
    with django_assert_num_queries(len(few)):
        page = sita.get("/members/applications/").content.decode()
    assert "?page=2" in page
    assert len(few) <= 27


def test_every_look_at_applications_leaves_a_line(
    sita: Client, waiting: Callable[..., Application], rita: Person
) -> None:
    application = waiting(email="rita@example.org")
    sita.get("/members/applications/")
    sita.get(f"/members/applications/{application.pk}/")
    listed = AuditLine.objects.get(action="members.read_applications")
    assert listed.data == {"shown": [application.pk]}
    assert AuditLine.objects.filter(action="members.read_application").count() == 1
    assert [line.subject_id for line in ReadLine.objects.all()] == [rita.pk]


def test_the_secretary_admits_on_the_application_s_page(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    url = f"/members/applications/{application.pk}/"
    response = sita.post(f"{url}admit/", DECISION)
    assert response.url == url
    page = sita.get(url).content.decode()
    assert "Admitted: member number 1." in page
    assert "2026/14.2" in page


def test_admitting_twice_shows_the_sentence_and_changes_nothing(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    url = f"/members/applications/{waiting().pk}/admit/"
    sita.post(url, DECISION)
    again = sita.post(url, DECISION)
    assert again.status_code == 400
    assert "admitted already" in again.content.decode()
    assert Member.objects.count() == 1


def test_a_decision_without_meeting_or_minute_is_refused_beside_its_boxes(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    url = f"/members/applications/{waiting().pk}/admit/"
    page = sita.post(url, {}).content.decode()
    assert "Fill in “Number of the minute”" in page
    late = sita.post(url, DECISION | {"board_meeting_day": "4"}).content.decode()
    assert "still to come" in late
    assert not Member.objects.exists()


def test_the_secretary_refuses_with_a_reason(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    url = f"/members/applications/{application.pk}/refuse/"
    assert sita.post(url, DECISION | {"reason": ""}).status_code == 400
    without = sita.post(url, {"reason": "Lives elsewhere."})
    assert "Fill in “Number of the minute”" in without.content.decode()
    assert sita.post(url, DECISION | {"reason": "Lives elsewhere."}).status_code == 302
    page = sita.get(f"/members/applications/{application.pk}/").content.decode()
    assert "Lives elsewhere." in page
    assert "2026/14.2" in page


def test_the_secretary_says_who_the_applicant_is(
    sita: Client, waiting: Callable[..., Application], rita: Person
) -> None:
    application = waiting(email="rita@example.org")
    url = f"/members/applications/{application.pk}/who/"
    assert "born 4 May 1970" in sita.get(url.replace("who/", "")).content.decode()
    stranger = Person.objects.create(first_name="Not", last_name="Alike")
    assert sita.post(url, {"who": stranger.pk}).status_code == 400
    assert sita.post(url, {"who": rita.pk}).status_code == 302
    application.refresh_from_db()
    assert application.known_person == rita


def test_several_are_admitted_at_once(sita: Client, waiting: Callable[..., Application]) -> None:
    ready = [waiting(first_name=f"Ann{n}", email=f"m{n}@example.org") for n in range(3)]
    stopped = waiting(email="", postcode="")
    page = sita.get("/members/applications/admit/").content.decode()
    assert "Not ready yet" in page
    data: dict[str, Any] = DECISION | {"applications": [a.pk for a in ready[:2]]}
    done = sita.post("/members/applications/admit/", data, follow=True).content.decode()
    first, second = Member.objects.order_by("number").values_list("number", flat=True)
    assert f"Admitted as members {first} and {second}." in done
    data["applications"] = [ready[2].pk, stopped.pk]
    refused = sita.post("/members/applications/admit/", data)
    assert refused.status_code == 400
    data["applications"] = [ready[2].pk, "9" * 23]
    refused = sita.post("/members/applications/admit/", data)
    assert refused.status_code == 400
    assert Member.objects.count() == 2


def test_nobody_ready_is_said_in_words(sita: Client) -> None:
    page = sita.get("/members/applications/admit/").content.decode()
    assert "No application is ready" in page


PAPER = {
    "received_day": "1",
    "received_month": "3",
    "received_year": "2026",
    "first_name": "Bernard",
    "last_name": "Uttley",
    "format": "large",
    "shares": "5",
}


def test_a_paper_form_may_have_gaps_and_they_can_be_filled_later(
    sita: Client, classes: dict[str, MemberClass]
) -> None:
    keyed = sita.post(
        "/members/applications/paper/", PAPER | {"member_class": classes["family"].pk}
    )
    application = Application.objects.get()
    assert keyed.url == f"/members/applications/{application.pk}/"
    assert (application.channel, application.state) == ("paper", "submitted")
    assert application.agreed_to_rules_at is None
    edit = f"/members/applications/{application.pk}/edit/"
    assert 'value="Bernard"' in sita.get(edit).content.decode()
    filled = PAPER | {
        "member_class": classes["family"].pk,
        "born": "3 May 1950",
        "address_line_1": "90 Mill Row",
        "town": "Damside",
        "postcode": "QX7 2AB",
        "evidence": "Looks after his wife.",
        "agreed_on": "28 February 2026",
    }
    assert sita.post(edit, filled).status_code == 302
    pay(application.purchase)
    admitted = sita.post(f"/members/applications/{application.pk}/admit/", DECISION)
    assert admitted.status_code == 302
    assert Member.objects.get().name == "Bernard Uttley"


def test_a_paper_form_that_cannot_be_read_is_refused_and_kept_on_the_screen(
    sita: Client, classes: dict[str, MemberClass]
) -> None:
    wrong = PAPER | {
        "member_class": classes["family"].pk,
        "postcode": "??",
        "received_year": "2027",
    }
    page = sita.post("/members/applications/paper/", wrong)
    assert page.status_code == 400
    assert "Enter a full UK postcode" in page.content.decode()
    assert 'value="Bernard"' in page.content.decode()
    future = sita.post("/members/applications/paper/", wrong | {"postcode": ""})
    assert "on a day in the future" in future.content.decode()
    assert not Application.objects.exists()


def test_a_decided_application_can_no_longer_be_put_right(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    sita.post(f"/members/applications/{application.pk}/admit/", DECISION)
    assert sita.get(f"/members/applications/{application.pk}/edit/").status_code == 409


def test_the_board_reads_and_does_not_decide(
    bea: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    page = bea.get(f"/members/applications/{application.pk}/")
    assert page.status_code == 200
    assert "Admit as a member" not in page.content.decode()
    for path in ("admit", "refuse", "who"):
        url = f"/members/applications/{application.pk}/{path}/"
        assert bea.post(url, DECISION | {"reason": "x"}).status_code == 403
    assert bea.get("/members/applications/paper/").status_code == 403
    assert Application.objects.get().state == "submitted"


def test_the_page_s_title_names_nobody(sita: Client, waiting: Callable[..., Application]) -> None:
    page = sita.get(f"/members/applications/{waiting().pk}/").content.decode()
    title = page.split("<title>")[1].split("</title>")[0]
    assert "Dyson" not in title


def test_a_settled_duplicate_is_shown_as_settled(
    sita: Client, waiting: Callable[..., Application], rita: Person, secretary: User, as_user: Any
) -> None:
    application = waiting(email="rita@example.org")
    settle_duplicate(application=application, person=rita, by=as_user(secretary))
    page = sita.get(f"/members/applications/{application.pk}/").content.decode()
    assert "Is somebody we know" in page
    assert "Admit as a member" in page
