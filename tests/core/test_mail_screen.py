"""Mail that was given up is seen by somebody, who can try it again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail as django_mail
from django.test import Client

from core import mail
from core.models import OutboxMessage, User

pytestmark = pytest.mark.django_db


def write(number: int, state: str) -> OutboxMessage:
    message = mail.queue_text(
        key=f"test:{number}",
        kind="test",
        to=f"person{number}@example.org",
        subject=f"Notice {number}",
        text="a private text",
    )
    OutboxMessage.objects.filter(pk=message.pk).update(state=state, problem="TimeoutError")
    return message


@pytest.fixture
def desk(administrator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(administrator)


def test_the_page_shows_what_is_unsent_given_up_first_and_no_text(desk: Client) -> None:
    for number, state in enumerate(["waiting", "sent", "failed"]):
        write(number, state)
    page = desk.get("/mail/").content.decode()
    assert page.index("Notice 2") < page.index("Notice 0")
    assert "Notice 1" not in page
    assert "Last try: TimeoutError" in page
    assert "a private text" not in page


def test_trying_again_sends_it_and_a_second_click_is_told(
    desk: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    message = write(1, "failed")
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(f"/mail/{message.pk}/again/", follow=True)
    assert "trying that message again" in answer.content.decode()
    assert [sent.to for sent in django_mail.outbox] == [["person1@example.org"]]
    assert desk.post(f"/mail/{message.pk}/again/").status_code == 409
    assert len(django_mail.outbox) == 1


def test_nothing_unsent_says_so(desk: Client) -> None:
    assert "Everything has gone out." in desk.get("/mail/").content.decode()


def test_the_page_costs_the_same_whatever_its_length(
    desk: Client, django_assert_num_queries: Callable
) -> None:
    write(0, "failed")
    desk.get("/mail/")
    with django_assert_num_queries(QUERIES):
        desk.get("/mail/")
    for number in range(1, 9):
        write(number, "failed")
    with django_assert_num_queries(QUERIES):
        desk.get("/mail/")


QUERIES = 13
