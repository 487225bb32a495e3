"""What stays after a meeting: minutes, decisions, what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from governance import operations as ops
from governance.models import Action, Decision, Meeting, Minutes, MinutesVersion
from tests.governance.conftest import AFTER, LONDON, MEETING_AT, NOW, TODAY, Society, text, user_of
from tests.governance.test_divisions import Room

pytestmark = pytest.mark.django_db

ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def room(society: Society) -> Room:
    """A meeting that has carried a motion, with one who stood aside, and is over."""
    society.add_members(6)
    room = Room(society, absent=1).open()
    ops.note_apology(voter=room.absent[0], by=room.by)
    ops.note_guest(meeting=room.meeting, name="Gus Guest", way="room", now=NOW, by=room.by)
    ops.declare_interest(
        item=room.motion.item, voter=room.voters[0], interest="Bakes", now=NOW, by=room.by
    )
    room.hands(3, 1, 0)
    ops.close_meeting(meeting=room.meeting, now=room.meeting.starts_at, by=room.by)
    return room


def later_meeting(society: Society) -> Meeting:
    meeting = ops.make_meeting(
        body=society.body(),
        kind="general",
        title="Summer meeting",
        starts_at=MEETING_AT + 60 * ONE_DAY,
        place="Weavers Hall",
        record_date=TODAY,
        by=society.secretary,
    )
    ops.add_item(meeting=meeting, title="Minutes", by=society.secretary)
    ops.record_notice(meeting=meeting, sent_on=TODAY, by=society.secretary)
    return meeting


def held(meeting: Meeting, on: dt.date = TODAY) -> Meeting:
    """It has been held, on that day."""
    starts_at = dt.datetime.combine(on, dt.time(9), tzinfo=LONDON)
    Meeting.objects.filter(pk=meeting.pk).update(state="closed", starts_at=starts_at)
    meeting.refresh_from_db()
    return meeting


def test_a_draft_says_what_the_record_says(room: Room) -> None:
    minutes = ops.draft_minutes(meeting=room.meeting, by=room.by)
    who, *_, rules = minutes.entries.all()
    assert "5 of 6 who may vote came (in the room 5)" in who.text
    assert "Member1" not in who.text
    for words in ("Present: Member1", "Guests: Gus Guest", "Apologies: Member6"):
        assert words in who.private
    assert "show of hands: 3 for, 1 against, 0 abstaining" in rules.text
    assert rules.text.endswith("Carried.")
    assert rules.private == "Member1 Example stood aside: Bakes."


def test_who_proposed_a_motion_stands_in_the_members_version_only(room: Room) -> None:
    room.motion.proposer, room.motion.seconder = room.society.members[1:3]
    room.motion.save()
    minutes = ops.draft_minutes(meeting=room.meeting, by=room.by)
    assert not minutes.entries.filter(text__contains="roposed").exists()
    assert minutes.entries.last().private == (  # type: ignore[union-attr]
        "Proposed by Member2 Example, seconded by Member3 Example.\n"
        "Member1 Example stood aside: Bakes."
    )


def test_a_draft_says_who_was_elected(society: Society) -> None:
    society.add_members(6)
    meeting = society.meeting()
    election = society.open(society.election(meeting, seats=1, standing=2))
    for member in society.members[:3]:
        society.vote(election, member, 2)
    society.close(election)
    society.unseal(election)
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    ops.open_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    ops.close_meeting(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    last = ops.draft_minutes(meeting=meeting, by=society.secretary).entries.last()
    assert last
    assert last.title == "Board"
    assert "Member2 Example" in last.text


def test_minutes_are_begun_once_and_after_the_meeting(society: Society, room: Room) -> None:
    ops.draft_minutes(meeting=room.meeting, by=room.by)
    with pytest.raises(RuleError, match="begun already"):
        ops.draft_minutes(meeting=room.meeting, by=room.by)
    with pytest.raises(RuleError, match="Close the meeting first"):
        ops.draft_minutes(meeting=later_meeting(society), by=room.by)


def words(minutes: Minutes, text: str) -> dict[int, tuple[str, str]]:
    return {entry.pk: (text, "") for entry in minutes.entries.all()[:1]}


def test_what_was_sent_round_is_kept_and_what_is_approved_stays(
    society: Society, room: Room
) -> None:
    minutes = ops.draft_minutes(meeting=room.meeting, by=room.by)
    ops.write_minutes(minutes=minutes, words=words(minutes, "First"), by=room.by)
    assert not MinutesVersion.objects.exists()
    ops.circulate_minutes(minutes=minutes, by=room.by)
    ops.write_minutes(minutes=minutes, words=words(minutes, "Second"), by=room.by)
    kept = [version.entries[0]["text"] for version in minutes.versions.all()]
    assert kept == ["First", "Second"]
    with pytest.raises(IntegrityError), transaction.atomic():
        MinutesVersion.objects.update(entries=[])
    Meeting.objects.filter(pk=room.meeting.pk).update(starts_at=NOW - 9 * ONE_DAY)
    minutes.meeting.refresh_from_db()
    later = held(later_meeting(society))
    ops.approve_minutes(minutes=minutes, at=later, on=TODAY, corrections="A name.", by=room.by)
    with pytest.raises(RuleError, match="do not change"):
        ops.write_minutes(minutes=minutes, words=words(minutes, "Third"), by=room.by)
    person = society.members[0].person
    assert person
    with pytest.raises(RuleError, match="before they were approved"):
        ops.sign_minutes(minutes=minutes, person=person, on=TODAY - ONE_DAY, by=room.by)
    ops.sign_minutes(minutes=minutes, person=person, on=TODAY, by=room.by)
    with pytest.raises(RuleError, match="approved and signed"):
        ops.sign_minutes(minutes=minutes, person=person, on=TODAY, by=room.by)
    assert minutes.state == "signed"


def test_only_a_later_meeting_of_the_same_body_approves(society: Society, room: Room) -> None:
    minutes = ops.draft_minutes(meeting=room.meeting, by=room.by)
    later = later_meeting(society)
    with pytest.raises(RuleError, match="not been held"):
        ops.approve_minutes(minutes=minutes, at=later, on=TODAY, by=room.by)
    ops.circulate_minutes(minutes=minutes, by=room.by)
    with pytest.raises(RuleError, match="sent round"):
        ops.circulate_minutes(minutes=minutes, by=room.by)
    with pytest.raises(RuleError, match="later meeting"):
        ops.approve_minutes(minutes=minutes, at=room.meeting, on=TODAY, by=room.by)
    with pytest.raises(RuleError, match="to come"):
        ops.approve_minutes(minutes=minutes, at=later, on=TODAY + ONE_DAY, by=room.by)
    held(later)
    Meeting.objects.filter(pk=room.meeting.pk).update(starts_at=NOW - 9 * ONE_DAY)
    minutes.meeting.refresh_from_db()
    with pytest.raises(RuleError, match="before the meeting"):
        ops.approve_minutes(minutes=minutes, at=later, on=TODAY - ONE_DAY, by=room.by)


def test_members_read_minutes_once_they_are_sent_round(
    room: Room, society: Society, signed_in: Callable[[User], Client], secretary_client: Client
) -> None:
    url = reverse("governance:minutes", args=[room.meeting.pk])
    secretary_client.post(reverse("governance:minutes_draft", args=[room.meeting.pk]))
    member = signed_in(user_of(society.members[0]))
    assert member.get(url).status_code == 404
    minutes = Minutes.objects.get()
    form = {f"text_{entry.pk}": "Put into words." for entry in minutes.entries.all()}
    secretary_client.post(reverse("governance:minutes_write", args=[room.meeting.pk]), form)
    secretary_client.post(reverse("governance:minutes_circulate", args=[room.meeting.pk]))
    page = text(member.get(url))
    assert "Put into words." in page
    assert "not approved yet" in page
    assert "Send them round" not in page
    Meeting.objects.filter(pk=room.meeting.pk).update(starts_at=NOW - 9 * ONE_DAY)
    later = held(later_meeting(society))
    answers = {"at": later.pk, "on": "3 March 2026", "corrections": ""}
    secretary_client.post(reverse("governance:minutes_approve", args=[room.meeting.pk]), answers)
    secretary_client.post(
        reverse("governance:minutes_sign", args=[room.meeting.pk]),
        {"person": "1", "on": "3 March 2026"},
    )
    assert "Signed by" in text(member.get(url))


def test_the_public_version_leaves_out_what_is_for_members(
    room: Room, secretary_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, str] = {}

    def keep(request: Any, template: str, context: Any, filename: str) -> Any:
        from django.http import HttpResponse
        from django.template.loader import render_to_string

        seen[filename] = render_to_string(template, context | {"styles": []})
        return HttpResponse("x")

    monkeypatch.setattr("governance.views.minutes.pdf_response", keep)
    ops.draft_minutes(meeting=room.meeting, by=room.by)
    for version in ("members", "public"):
        secretary_client.get(reverse("governance:minutes_pdf", args=[room.meeting.pk, version]))
    assert "Gus Guest" in seen["minutes-members.pdf"]
    assert "Gus Guest" not in seen["minutes-public.pdf"]
    assert "stood aside" not in seen["minutes-public.pdf"]


# --- Decisions ------------------------------------------------------------------------------------


def decide(society: Society, **fields: Any) -> Decision:
    known = {"text": "The office moves.", "people_affected": "All were asked.", "decided_on": TODAY}
    return ops.record_decision(body=society.body(), by=society.secretary, **(known | fields))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"people_affected": "  "}, "how the people affected were involved"),
        ({"text": ""}, "what was decided"),
        ({"decided_on": TODAY + ONE_DAY}, "to come"),
        ({"review_on": TODAY}, "after the decision"),
    ],
)
def test_a_decision_that_leaves_something_out_is_not_entered(
    society: Society, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RuleError, match=sentence):
        decide(society, **fields)
    assert not Decision.objects.exists()


def test_decisions_are_numbered_by_year(society: Society) -> None:
    last_year = dt.date(2025, 12, 30)
    made = [decide(society), decide(society, decided_on=last_year), decide(society)]
    assert [one.reference for one in made] == ["2026/1", "2025/1", "2026/2"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=made[2].pk).update(number=1)


def test_a_decision_is_looked_at_again_and_stands_or_not(society: Society) -> None:
    decision = decide(society, decided_on=TODAY - 9 * ONE_DAY, review_on=TODAY)
    assert list(Decision.objects.due_for_review(TODAY)) == [decision]
    by, later = society.secretary, TODAY + 90 * ONE_DAY

    def review(**fields: Any) -> Decision:
        known = {"review": "Works.", "state": "stands", "on": TODAY, "next_on": later}
        return ops.review_decision(decision=decision, by=by, **(known | fields))

    for fields in ({"review": ""}, {"state": "perhaps"}, {"next_on": TODAY}):
        with pytest.raises(RuleError):
            review(**fields)
    review()
    assert not decision.is_due(TODAY)
    review(state="ended")
    assert decision.review_on is None
    with pytest.raises(RuleError, match="no longer"):
        review()


def test_members_see_decisions_of_their_meetings_and_not_of_the_board(
    society: Society, signed_in: Callable[[User], Client], secretary_client: Client
) -> None:
    society.add_member()
    decide(society)
    board = ops.make_body(name="Board", kind="board", since=TODAY, by=society.secretary)
    ops.record_decision(
        body=board,
        text="Secret of the board.",
        people_affected="Nobody is affected.",
        decided_on=TODAY,
        by=society.secretary,
    )
    member = signed_in(user_of(society.members[0]))
    for name in ("decisions", "decisions_csv"):
        page = text(member.get(reverse(f"governance:{name}")))
        assert "The office moves." in page
        assert "Secret of the board." not in page
        assert "Secret of the board." in text(secretary_client.get(reverse(f"governance:{name}")))


def test_a_decision_is_entered_and_reviewed_in_the_browser(
    society: Society, secretary_client: Client, django_assert_max_num_queries: Any
) -> None:
    form = {"body": society.body().pk, "text": "The office moves.", "decided_on": "2 March 2026"}
    url = reverse("governance:decision_new")
    assert secretary_client.post(url, form).status_code == 400
    form |= {"people_affected": "Two evenings in the hall.", "review_on": "3 March 2027"}
    secretary_client.post(url, form)
    decision = Decision.objects.get()
    secretary_client.post(
        reverse("governance:decision_review", args=[decision.pk]),
        {"review": "Too far.", "state": "ended", "on": "3 March 2026"},
    )
    with django_assert_max_num_queries(16):
        assert "Too far." in text(secretary_client.get(reverse("governance:decisions")))


# --- To do ----------------------------------------------------------------------------------------


@pytest.fixture
def action(society: Society) -> Action:
    owner = society.add_member().person
    assert owner
    return ops.add_action(
        body=society.body(),
        text="Ring the landlord.",
        owner=owner,
        due_on=TODAY - ONE_DAY,
        by=society.secretary,
    )


def test_who_took_it_on_says_that_it_is_done_and_nobody_else(
    society: Society, action: Action
) -> None:
    other = Actor("user", user_of(society.add_member()))
    owner = Actor("user", action.owner.user)
    for done, by in ((True, other), (False, owner)):
        with pytest.raises(PermissionDenied):
            ops.end_action(action=action, done=done, outcome="x", on=TODAY, by=by)
    assert action.is_late(TODAY)
    ops.end_action(action=action, done=True, on=TODAY, by=owner)
    with pytest.raises(RuleError, match="ended already"):
        ops.end_action(action=action, done=True, on=TODAY, by=society.secretary)
    ops.reopen_action(action=action, by=society.secretary)
    with pytest.raises(RuleError, match="This is open"):
        ops.reopen_action(action=action, by=society.secretary)
    with pytest.raises(RuleError, match="why it is dropped"):
        ops.end_action(action=action, done=False, on=TODAY, by=society.secretary)


def test_the_list_shows_what_is_late_and_ends_it(
    society: Society, action: Action, secretary_client: Client, signed_in: Callable[[User], Client]
) -> None:
    url = reverse("governance:actions")
    assert "1 late." in text(secretary_client.get(url))
    assert action.owner.user
    owner = signed_in(action.owner.user)
    assert "It is done" in text(owner.get(url))
    owner.post(reverse("governance:action_done", args=[action.pk]))
    action.refresh_from_db()
    assert action.state == "done"
    assert "Ring the landlord." in text(secretary_client.get(f"{url}?show=ended"))
    secretary_client.post(reverse("governance:action_reopen", args=[action.pk]))
    secretary_client.post(reverse("governance:action_drop", args=[action.pk]), {"outcome": "Moved"})
    action.refresh_from_db()
    assert (action.state, action.outcome) == ("dropped", "Moved")
    secretary_client.post(
        reverse("governance:action_new"),
        {"body": society.body().pk, "text": "Paint.", "owner": "1", "due_on": "9 March 2026"},
    )
    assert Action.objects.open().count() == 1


def test_who_is_to_do_something_is_reminded_before_and_once_after(
    society: Society, action: Action
) -> None:
    one = action
    Action.objects.filter(pk=one.pk).update(due_on=TODAY + dt.timedelta(days=8))

    def remind(days: int) -> int:
        return ops.remind_of_actions(today=TODAY + dt.timedelta(days=days), by=SYSTEM)

    assert [remind(0), remind(1), remind(1), remind(8), remind(9), remind(30)] == [0, 1, 0, 0, 1, 0]
    subjects = OutboxMessage.objects.filter(kind="governance.action").order_by("pk")
    assert [message.subject for message in subjects] == [
        "Something to do is due soon",
        "Something to do is late",
    ]
    ops.end_action(action=one, done=True, on=TODAY, by=society.secretary)
    assert remind(90) == 0
