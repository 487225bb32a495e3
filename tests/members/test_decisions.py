"""By which minute the board decided, and what follows for money and letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from ledger.models import PayOut
from members.models import Application, Letter, Member
from members.operations import (
    admit,
    admit_batch,
    correct_application,
    correct_decision,
    key_paper_application,
    refuse,
    refuse_batch,
    withdraw,
)
from tests.members.conftest import MEETING, MINUTE, TODAY

pytestmark = pytest.mark.django_db

BEFORE = {"board_meeting": dt.date(2020, 1, 1), "minute": "2020/1"}
DECISION = {
    "board_meeting_day": "2",
    "board_meeting_month": "3",
    "board_meeting_year": "2026",
    "minute": "2026/14.2",
}


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


# --- The meeting ----------------------------------------------------------------------------------


def test_no_board_decides_before_the_application_came(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    for act, more in ((admit, {}), (refuse, {"reason": "Lives elsewhere."})):
        with pytest.raises(RuleError, match=f"{application.reference} on 2 March 2026") as refusal:
            act(application=application, by=by, **BEFORE, **more)  # type: ignore[operator]
        assert refusal.value.field == "board_meeting"
    assert Application.objects.get().state == "submitted"


def test_of_several_those_that_came_later_are_named(
    waiting: Callable[..., Application], answers: dict[str, Any], by: Actor
) -> None:
    early = waiting(first_name="Ann", email="ann@example.org")
    late = key_paper_application(answers=answers, received=TODAY, by=SYSTEM)
    for act, more in ((admit_batch, {}), (refuse_batch, {"reason": "Elsewhere."})):
        with pytest.raises(RuleError) as refusal:
            act(applications=[early, late], by=by, **MINUTE, **more)  # type: ignore[operator]
        assert late.reference in refusal.value.message
        assert early.reference not in refusal.value.message
        assert refusal.value.field == "board_meeting"


def test_the_day_and_minute_are_put_right_and_both_are_shown(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    page = f"/members/applications/{application.pk}/"
    assert sita.get(f"{page}decision/").status_code == 409  # nothing decided yet
    sita.post(f"{page}admit/", DECISION)
    right = DECISION | {"board_meeting_day": "3", "minute": "2026/15.1"}
    assert sita.post(f"{page}decision/", right).url == page
    shown = sita.get(page).content.decode()
    assert "2026/15.1" in shown
    assert "2 March 2026, 2026/14.2" in shown
    assert Member.objects.get().meeting_minute == "2026/15.1"
    line = AuditLine.objects.get(action="members.correct_decision")
    assert line.data == {
        "was": ["2026-03-02", "2026/14.2"],
        "now": ["2026-03-03", "2026/15.1"],
    }


def test_a_correction_keeps_to_the_rules_of_a_decision(
    waiting: Callable[..., Application], by: Actor
) -> None:
    application = waiting()
    admit(application=application, by=by, **MINUTE)
    for wrong, field in (
        (BEFORE, "board_meeting"),
        (MINUTE | {"board_meeting": TODAY + dt.timedelta(days=1)}, "board_meeting"),
        (MINUTE | {"minute": " "}, "minute"),
    ):
        with pytest.raises(RuleError) as refusal:
            correct_decision(application=Application.objects.get(), by=by, **wrong)  # type: ignore[arg-type]
        assert refusal.value.field == field
    correct_decision(application=Application.objects.get(), by=by, **MINUTE)  # nothing new
    assert not AuditLine.objects.filter(action="members.correct_decision").exists()


# --- Refusing -------------------------------------------------------------------------------------


def test_several_are_refused_by_one_minute(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    batch = [waiting(first_name=f"Ann{n}", email=f"m{n}@example.org") for n in range(3)]
    data: dict[str, Any] = DECISION | {
        "applications": [one.pk for one in batch[:2]],
        "reason": "The class is full.",
    }
    assert sita.get("/members/applications/refuse/").status_code == 200
    done = sita.post("/members/applications/refuse/", data, follow=True).content.decode()
    assert "2 are refused, and are told the reason." in done
    refused = Application.objects.filter(state="refused")
    assert {one.minute for one in refused} == {"2026/14.2"}
    assert OutboxMessage.objects.filter(kind="members.refused").count() == 2
    assert Application.objects.get(pk=batch[2].pk).state == "submitted"
    none = sita.post("/members/applications/refuse/", DECISION | {"reason": "Full."})
    assert "Tick the applications that the board refused." in none.content.decode()


def test_after_a_refusal_the_money_that_came_and_goes_back_is_shown(
    sita: Client, waiting: Callable[..., Application]
) -> None:
    application = waiting()
    page = f"/members/applications/{application.pk}/"
    sita.post(f"{page}refuse/", DECISION | {"reason": "Lives elsewhere."})
    shown = sita.get(page).content.decode()
    assert "£10.00" in shown
    assert PayOut.objects.get().reference in shown
    free = waiting(paid=False, email="other@example.org", first_name="Ann")
    sita.post(f"/members/applications/{free.pk}/refuse/", DECISION | {"reason": "Elsewhere."})
    assert "Money that came" not in sita.get(f"/members/applications/{free.pk}/").content.decode()


# --- Letters about an order that is no more -------------------------------------------------------


@pytest.fixture
def on_paper(answers: dict[str, Any]) -> Application:
    """Somebody without e-mail, who wrote 5 and was keyed with 25 shares."""
    return key_paper_application(
        answers=answers | {"email": "", "shares": 25}, received=MEETING, by=SYSTEM
    )


def test_the_letter_asks_for_what_is_to_be_paid_now(
    on_paper: Application, answers: dict[str, Any], by: Actor
) -> None:
    wrong = Letter.objects.get()
    correct_application(application=on_paper, answers=answers | {"email": "", "shares": 5}, by=by)
    wrong.refresh_from_db()
    assert (wrong.state, wrong.text) == ("called_off", "")
    right = Letter.objects.get(state="waiting")
    order = Application.objects.get().purchase.order
    assert order.reference in right.text
    assert "£5.00" in right.text
    assert "has been put right" in right.text


def test_what_is_put_right_without_another_amount_writes_no_second_letter(
    on_paper: Application, answers: dict[str, Any], by: Actor
) -> None:
    said = answers | {"email": "", "shares": 25, "phone": "01632 960 009"}
    correct_application(application=on_paper, answers=said, by=by)
    assert Letter.objects.get().state == "waiting"


def test_after_a_refusal_nobody_is_asked_by_letter_to_pay(on_paper: Application, by: Actor) -> None:
    refuse(application=on_paper, reason="Lives elsewhere.", by=by, **MINUTE)
    states = dict(Letter.objects.values_list("kind", "state"))
    assert states == {"members.received": "called_off", "members.refused": "waiting"}


def test_nor_after_the_applicant_took_it_back(on_paper: Application) -> None:
    withdraw(application=on_paper, by=SYSTEM)
    assert Letter.objects.get(kind="members.received").state == "called_off"


def test_whoever_reads_e_mail_is_told_of_the_new_amount_too(
    waiting: Callable[..., Application], answers: dict[str, Any], by: Actor
) -> None:
    application = waiting(paid=False)
    correct_application(application=application, answers=answers | {"shares": 5}, by=by)
    first, second = OutboxMessage.objects.filter(kind="members.received").order_by("pk")
    assert "£10.00" in first.text
    assert "£5.00" in second.text


# --- What is keyed from paper ---------------------------------------------------------------------

PAPER = {
    "received": "1 March 2026",
    "first_name": "Bernard",
    "last_name": "Uttley",
    "format": "standard",
    "shares": "5",
}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"born": "3 May 1850"}, "more than 120 years ago"),
        ({"agreed_on": "2 March 2026"}, "after the day on which the form came"),
        ({"agreed_on": "4 March 2026"}, "still to come"),
    ],
)
def test_days_on_paper_that_cannot_be_are_refused(
    sita: Client, classes: dict[str, Any], typed: dict[str, str], sentence: str
) -> None:
    data = PAPER | typed | {"member_class": classes["family"].pk}
    page = sita.post("/members/applications/paper/", data)
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not Application.objects.exists()


def test_who_agreed_is_noted_with_the_day_beside_the_signature(
    sita: Client, classes: dict[str, Any]
) -> None:
    data = PAPER | {"agreed_on": "27 February 2026", "member_class": classes["family"].pk}
    sita.post("/members/applications/paper/", data)
    agreed = Application.objects.get().agreed_to_rules_at
    assert agreed is not None
    assert agreed.date() == dt.date(2026, 2, 27)
    edit = f"/members/applications/{Application.objects.get().pk}/edit/"
    sita.post(edit, data | {"phone": "01632 960 009"})
    assert Application.objects.get().agreed_to_rules_at == agreed
