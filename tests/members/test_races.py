"""Two who do the same at the same moment, each with a connection of their own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from core.actors import SYSTEM, VISITOR
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from members.models import Application, Member, Person
from members.operations import admit, refuse, resume, send_resume_code, submit
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MINUTE: dict[str, Any] = {"board_meeting": TODAY, "minute": "2026/14.2"}


def together(*acts: Callable[[], object]) -> list[object]:
    """Start all acts at once; what each returned, or the RuleError it met."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_admissions_at_once_give_every_member_a_number_of_their_own(
    waiting: Callable[..., Application],
) -> None:
    applications = [waiting(first_name=f"Ann{n}", email=f"a{n}@example.org") for n in range(6)]
    results = together(
        *(lambda a=a: admit(application=a, by=SYSTEM, **MINUTE) for a in applications)
    )
    assert all(isinstance(result, Member) for result in results), results
    assert sorted(Member.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Person.objects.count() == User.objects.count() == 6
    assert OutboxMessage.objects.filter(kind="members.welcome").count() == 6


def test_one_application_admitted_by_two_is_admitted_once(
    waiting: Callable[..., Application],
) -> None:
    waiting()
    results = together(
        *(
            lambda: admit(application=Application.objects.get(), by=SYSTEM, **MINUTE)
            for _ in range(3)
        )
    )
    assert Counter(type(result) for result in results) == {Member: 1, RuleError: 2}, results
    assert (Member.objects.count(), Person.objects.count()) == (1, 1)
    assert Application.objects.get().state == "admitted"
    assert AuditLine.objects.filter(action="members.admit").count() == 1


def test_of_admitting_and_refusing_at_once_one_wins_and_the_other_is_told(
    waiting: Callable[..., Application],
) -> None:
    application = waiting()
    results = together(
        lambda: admit(application=Application.objects.get(), by=SYSTEM, **MINUTE),
        lambda: refuse(
            application=Application.objects.get(), reason="Elsewhere", by=SYSTEM, **MINUTE
        ),
    )
    assert sum(isinstance(result, RuleError) for result in results) == 1, results
    application.refresh_from_db()
    assert (application.state == "admitted") == Member.objects.exists()


def test_handing_in_twice_at_once_thanks_once(waiting: Callable[..., Application]) -> None:
    application = waiting(paid=False)
    Application.objects.update(state="draft", submitted_at=None)
    drafts = [Application.objects.get(pk=application.pk) for _ in range(2)]
    results = together(*(lambda d=d: submit(application=d, by=VISITOR) for d in drafts))
    assert all(isinstance(result, Application) for result in results), results
    assert OutboxMessage.objects.count() == 1
    assert AuditLine.objects.filter(action="members.submit").count() == 1


def test_a_code_used_by_two_at_once_opens_the_application_for_one(
    waiting: Callable[..., Application],
) -> None:
    waiting(paid=False)
    send_resume_code(email="joan@example.org", by=VISITOR)
    code = mail.outbox[-1].body.split("Your code is ")[1].split()[0]
    results = together(
        *(lambda: resume(email="joan@example.org", code=code, by=VISITOR) for _ in range(3))
    )
    assert sorted(result is None for result in results) == [False, True, True], results


def test_guesses_made_at_once_are_all_counted(waiting: Callable[..., Application]) -> None:
    waiting(paid=False)
    send_resume_code(email="joan@example.org", by=VISITOR)
    together(
        *(lambda: resume(email="joan@example.org", code="WRONGONE", by=VISITOR) for _ in range(7))
    )
    assert Application.objects.get().resume_tries == 5
