"""Members ask for a general meeting: who signs, how many it takes, and what it then deals with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actors import SYSTEM
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from governance import operations as ops
from governance import tasks
from governance.models import AskingSignature, Meeting, Requisition
from governance.operations.requisitions import signatures_needed
from members.models import Member
from tests.governance.conftest import (
    MEETING_AT,
    NOW,
    RECORD_DATE,
    TODAY,
    Society,
    as_member,
    text,
    user_of,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def members(society: Society) -> list[Member]:
    """21 of them: three must sign."""
    society.body()
    return society.add_members(21)


def ask(member: Member, **said: Any) -> Requisition:
    said = {"title": "The day centre", "business": "Whether it stays open."} | said
    said.setdefault("by", as_member(member))
    return ops.start_requisition(member=member, now=said.pop("now", NOW), **said)


def sign(requisition: Requisition, *signers: Member, **said: Any) -> None:
    for member in signers:
        ops.sign_requisition(
            requisition=requisition,
            member=member,
            **{"now": NOW} | ({} if "by" in said else {"by": as_member(member)}) | said,
        )


def call(requisition: Requisition, society: Society) -> Meeting:
    return ops.call_requisitioned(
        requisition=requisition,
        starts_at=MEETING_AT,
        place="Hall",
        record_date=RECORD_DATE,
        by=society.secretary,
    )


# --- How many -------------------------------------------------------------------------------------


def test_the_last_signature_needed_makes_it_valid_and_tells_the_secretary(
    members: list[Member],
) -> None:
    requisition = ask(members[0])
    assert signatures_needed(requisition, TODAY) == 3
    sign(requisition, members[1])
    assert requisition.is_collecting
    assert not OutboxMessage.objects.exists()
    sign(requisition, members[2])
    assert (requisition.state, requisition.needed, requisition.valid_at) == ("valid", 3, NOW)
    told = OutboxMessage.objects.get()
    assert "3 members have asked for a general meeting: The day centre" in told.text
    assert "day centre" not in told.subject


def test_what_is_needed_is_written_down_once_it_is_valid(
    society: Society, members: list[Member]
) -> None:
    requisition = ask(members[0])
    sign(requisition, *members[1:3])
    society.add_members(40)
    assert signatures_needed(requisition, TODAY) == 3


def test_the_signature_of_who_leaves_does_not_count(members: list[Member]) -> None:
    requisition = ask(members[0])
    sign(requisition, members[1])
    Member.objects.filter(pk=members[1].pk).update(ceased=TODAY)
    sign(requisition, members[2])  # 20 are left, and two of them must sign
    assert (requisition.state, requisition.needed) == ("valid", 2)


def test_it_becomes_valid_when_the_register_shrinks(members: list[Member]) -> None:
    requisition = ask(members[0])
    sign(requisition, members[1])
    assert ops.settle_requisitions(now=NOW, by=SYSTEM) == 0
    Member.objects.filter(pk=members[20].pk).update(ceased=TODAY)
    tasks.settle_requisitions()
    requisition.refresh_from_db()
    assert requisition.state == "valid"
    assert ops.settle_requisitions(now=NOW, by=SYSTEM) == 0


def test_it_lapses_after_half_a_year(members: list[Member]) -> None:
    requisition = ask(members[0])
    requisition.refresh_from_db()
    late = requisition.lapses_at
    with pytest.raises(RuleError, match="lapsed"):
        sign(requisition, members[1], now=late)
    assert ops.settle_requisitions(now=late - dt.timedelta(seconds=1), by=SYSTEM) == 0
    assert ops.settle_requisitions(now=late, by=SYSTEM) == 1
    requisition.refresh_from_db()
    assert (requisition.state, requisition.ended_at) == ("lapsed", late)


# --- Who signs ------------------------------------------------------------------------------------


def test_a_member_signs_once_and_only_for_themselves(members: list[Member]) -> None:
    requisition = ask(members[0])
    with pytest.raises(RuleError, match="signed it already"):
        sign(requisition, members[0])
    with pytest.raises(PermissionDenied):
        sign(requisition, members[1], by=as_member(members[2]))
    assert requisition.signatures.count() == 1


def test_the_representative_signs_for_an_organisation(
    society: Society, members: list[Member]
) -> None:
    trust = society.add_organisation("Damside Trust", members[0])
    requisition = ask(members[0])
    sign(requisition, trust, by=as_member(members[0]))
    assert requisition.signatures.counting_on(TODAY).count() == 2


def test_staff_key_what_was_signed_on_paper(society: Society, members: list[Member]) -> None:
    requisition = ask(members[0], way="paper", by=society.secretary)
    sign(requisition, members[1], way="paper", by=society.secretary)
    assert set(requisition.signatures.values_list("way", flat=True)) == {"paper"}
    with pytest.raises(RuleError, match="how it was signed"):
        sign(requisition, members[2], way="smoke", by=society.secretary)


def test_who_has_left_does_not_sign(society: Society, members: list[Member]) -> None:
    requisition = ask(members[0])
    gone = society.add_member(ceased=TODAY)
    with pytest.raises(RuleError, match="Only members"):
        sign(requisition, gone, by=society.secretary)


def test_a_name_is_taken_off_until_there_are_enough(members: list[Member]) -> None:
    requisition = ask(members[0])
    sign(requisition, members[1])
    mine = requisition.signatures.get(member=members[1])
    with pytest.raises(PermissionDenied):
        ops.withdraw_signature(signature=mine, now=NOW, by=as_member(members[2]))
    ops.withdraw_signature(signature=mine, now=NOW, by=as_member(members[1]))
    with pytest.raises(RuleError, match="taken off already"):
        ops.withdraw_signature(signature=mine, now=NOW, by=as_member(members[1]))
    sign(requisition, *members[1:3])  # the first of them signs again
    first = requisition.signatures.get(member=members[0])
    with pytest.raises(RuleError, match="no longer open: enough have signed"):
        ops.withdraw_signature(signature=first, now=NOW, by=as_member(members[0]))
    with pytest.raises(RuleError, match="no longer open"):
        sign(requisition, members[3])


def test_staff_take_off_what_they_keyed_and_no_more(
    society: Society, members: list[Member]
) -> None:
    requisition = ask(members[0])
    sign(requisition, members[1], way="paper", by=society.secretary)
    own, keyed = requisition.signatures.order_by("pk")
    for refused in (
        lambda: ops.withdraw_signature(signature=own, now=NOW, by=society.secretary),
        lambda: ops.withdraw_requisition(requisition=requisition, now=NOW, by=society.secretary),
    ):
        with pytest.raises(RuleError, match="Only they can take it back"):
            refused()
    ops.withdraw_signature(signature=keyed, now=NOW, by=society.secretary)
    assert list(requisition.signatures.standing()) == [own]


def test_who_started_it_gives_it_up(members: list[Member]) -> None:
    requisition = ask(members[0])
    with pytest.raises(PermissionDenied):
        ops.withdraw_requisition(requisition=requisition, now=NOW, by=as_member(members[1]))
    ops.withdraw_requisition(requisition=requisition, now=NOW, by=as_member(members[0]))
    with pytest.raises(RuleError, match="no longer open: given up"):
        sign(requisition, members[1])


@pytest.mark.parametrize(
    ("said", "field"), [({"title": " "}, "title"), ({"business": ""}, "business")]
)
def test_the_business_is_stated(members: list[Member], said: dict[str, str], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        ask(members[0], **said)
    assert refused.value.field == field
    assert not Requisition.objects.exists()


def test_the_record_keeps_numbers_and_no_words(members: list[Member]) -> None:
    requisition = ask(members[0])
    sign(requisition, *members[1:3])
    lines = AuditLine.objects.filter(action__contains="requisition")
    assert lines.count() == 5
    assert not any("day centre" in str(line.data) for line in lines)


# --- The meeting ----------------------------------------------------------------------------------


def test_its_agenda_is_the_stated_business_and_nothing_else(
    society: Society, members: list[Member]
) -> None:
    requisition = ask(members[0], motion="That the day centre stay open.")
    with pytest.raises(RuleError, match="not enough have signed"):
        call(requisition, society)
    sign(requisition, *members[1:3])
    meeting = call(requisition, society)
    item = meeting.items.get()
    assert (item.title, item.text) == ("The day centre", "Whether it stays open.")
    assert (item.motion.text, item.motion.proposer) == (
        "That the day centre stay open.",
        members[0],
    )
    alone = "their business alone"
    with pytest.raises(RuleError, match=alone):
        ops.add_item(meeting=meeting, title="Pay", by=society.secretary)
    with pytest.raises(RuleError, match=alone):
        ops.change_item(item=item, title="Something else", by=society.secretary)
    with pytest.raises(RuleError, match=alone):
        ops.remove_item(item=item, by=society.secretary)
    with pytest.raises(RuleError, match="a meeting for it already"):
        call(requisition, society)
    ops.call_meeting(meeting=meeting, now=NOW, by=society.secretary)
    requisition.refresh_from_db()
    assert requisition.state == "called"


def test_only_the_secretary_prepares_it(members: list[Member]) -> None:
    requisition = ask(members[0])
    sign(requisition, *members[1:3])
    with pytest.raises(PermissionDenied):
        ops.call_requisitioned(
            requisition=requisition,
            starts_at=MEETING_AT,
            place="Hall",
            record_date=RECORD_DATE,
            by=as_member(members[0]),
        )


# --- On the screen --------------------------------------------------------------------------------


def test_members_ask_sign_and_see_how_far_it_is(
    members: list[Member], signed_in: SignIn, secretary_client: Client
) -> None:
    ann, bo, cy = (signed_in(user_of(member)) for member in members[:3])
    new = reverse("governance:requisition_new")
    typed = {"member": members[0].pk, "title": "The day centre", "business": "Does it stay?"}
    other = ann.post(new, typed | {"member": members[1].pk})
    assert "Select a valid choice" in text(other)
    ann.post(new, typed)
    requisition = Requisition.objects.get()
    page = reverse("governance:requisition", args=[requisition.pk])
    assert "The day centre" in text(bo.get(reverse("governance:requisitions")))
    shown = text(bo.get(page))
    assert "1 of 3" in shown
    assert members[0].name not in shown  # who has signed is for the secretary
    assert members[0].name in text(secretary_client.get(page))
    bo.post(reverse("governance:requisition_sign", args=[requisition.pk, members[1].pk]))
    mine = AskingSignature.objects.get(member=members[1])
    unsign = reverse("governance:requisition_unsign", args=[requisition.pk, mine.pk])
    assert cy.post(unsign).status_code == 403
    bo.post(unsign)
    assert "1 of 3" in text(bo.get(page))
    for member in members[1:3]:
        secretary_client.post(page, {"member": member.number})
    assert "The secretary must call the meeting" in text(ann.get(page))
    assert "You must call this meeting" in text(secretary_client.get(page))
    prepare = reverse("governance:requisition_meeting", args=[requisition.pk])
    assert ann.get(prepare).status_code == 403
    where = {
        "day": "28 March 2026",
        "clock": "14:00",
        "place": "Hall",
        "held": "room",
        "record_date": "1/3/2026",
    }
    late = secretary_client.post(prepare, where | {"record_date": "29 March 2026"})
    assert "record date must not be after" in text(late)
    secretary_client.post(prepare, where)
    meeting = Meeting.objects.get()
    assert meeting.kind == "general"
    assert "To the meeting" in text(secretary_client.get(page))
    assert "To the meeting" not in text(ann.get(page))  # it is a draft still


def test_staff_key_one_that_came_on_paper(members: list[Member], secretary_client: Client) -> None:
    typed = {"member": members[4].number, "title": "Pay", "business": "What is paid."}
    secretary_client.post(reverse("governance:requisition_new"), typed)
    assert Requisition.objects.get().signatures.get().way == "paper"


def test_the_meeting_is_held_in_time_and_stays_a_general_one(
    society: Society, members: list[Member]
) -> None:
    """Called by 31 March, and held within 28 days of that, to 28 April."""
    requisition = ask(members[0])
    sign(requisition, *members[1:3])
    late = {"place": "Hall", "record_date": RECORD_DATE, "by": society.secretary}
    day = dt.datetime(2026, 4, 29, 14, tzinfo=dt.UTC)
    with pytest.raises(RuleError, match="held by 28 April 2026"):
        ops.call_requisitioned(requisition=requisition, starts_at=day, **late)
    meeting = call(requisition, society)
    for change, field in (({"starts_at": day}, "day"), ({"kind": "agm"}, "kind")):
        values = {"kind": "general", "title": "Asked for", "starts_at": MEETING_AT} | late
        with pytest.raises(RuleError) as refused:
            ops.change_meeting(meeting=meeting, **(values | change))
        assert refused.value.field == field
    assert Meeting.objects.get().kind == "general"


def test_who_starts_it_gives_it_up_on_the_screen(members: list[Member], signed_in: SignIn) -> None:
    requisition = ask(members[0])
    page = reverse("governance:requisition", args=[requisition.pk])
    assert "Give it up" in text(signed_in(user_of(members[0])).get(page))
    assert "Give it up" not in text(signed_in(user_of(members[1])).get(page))
    url = reverse("governance:requisition_withdraw", args=[requisition.pk])
    signed_in(user_of(members[0])).post(url)
    requisition.refresh_from_db()
    assert requisition.state == "withdrawn"


def test_lists_ask_the_same_number_of_questions_however_long(
    members: list[Member], secretary_client: Client
) -> None:
    requisition = ask(members[0])
    pages = [
        reverse("governance:requisitions"),
        reverse("governance:requisition", args=[requisition.pk]),
    ]

    def queries() -> list[int]:
        counted = []
        for url in pages:
            secretary_client.get(url)
            with CaptureQueriesContext(connection) as captured:
                secretary_client.get(url)
            counted.append(len(captured))
        return counted

    before = queries()
    sign(requisition, members[1])
    ask(members[2])
    ask(members[3])
    assert queries() == before
