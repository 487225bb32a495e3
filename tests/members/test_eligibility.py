"""Evidence that counts until a day, grounds that end, and what the secretary is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from members.models import Eligibility, Member, MemberClass
from members.operations import end_ground, note_evidence, tell_of_lapses
from tests.members.conftest import TODAY
from tests.members.leaving import classes, enter

pytestmark = pytest.mark.django_db

YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


def seen(member: Member, until: dt.date | None = None, on: dt.date | None = None) -> Eligibility:
    day = on or dt.date(2026, 2, 1)
    return note_evidence(member=member, what="A letter", seen_on=day, until=until, by=SYSTEM)


def lacking(on: dt.date = TODAY) -> list[Member]:
    return list(Member.objects.lacking_evidence(on))


def test_members_without_evidence_are_on_the_list_until_something_is_seen() -> None:
    member = enter(code="supported")
    assert lacking() == [member]
    seen(member)
    assert lacking() == []


def test_a_class_that_asks_for_nothing_puts_nobody_on_the_list() -> None:
    enter(code="investor")
    assert lacking() == []


def test_evidence_counts_until_its_last_day() -> None:
    member = enter(code="supported")
    seen(member, until=TODAY)
    assert lacking(TODAY) == []
    assert lacking(TOMORROW) == [member]
    assert Member.objects.lacking_evidence(TOMORROW).get().ran_out == TODAY  # type: ignore[attr-defined]


def test_the_class_says_for_how_long_evidence_counts() -> None:
    member = enter(code="worker")
    MemberClass.objects.filter(code="worker").update(evidence_lasts_months=12)
    found = Member.objects.get(pk=member.pk)
    assert seen(found, on=dt.date(2025, 3, 4)).until == TODAY


def test_evidence_for_an_earlier_class_does_not_count_for_the_one_now() -> None:
    member = enter(code="worker")
    seen(member)
    Member.objects.update(member_class=classes()["supported"])
    assert lacking() == [member]


def test_what_is_noted_was_seen_and_ends_after() -> None:
    member = enter()
    with pytest.raises(RuleError, match="still to come"):
        seen(member, on=TOMORROW)
    with pytest.raises(RuleError, match="before it was seen"):
        seen(member, until=dt.date(2026, 1, 1))
    with pytest.raises(RuleError, match="what was seen"):
        note_evidence(member=member, what=" ", seen_on=TODAY, by=SYSTEM)


def test_only_the_secretary_notes_evidence_and_ends(treasurer: User, coordinator: User) -> None:
    member = enter()
    for user in (treasurer, coordinator):
        actor = Actor("user", user=user)
        with pytest.raises(PermissionDenied):
            note_evidence(member=member, what="x", seen_on=TODAY, by=actor)
        with pytest.raises(PermissionDenied):
            end_ground(member=member, on=TODAY, why="x", by=actor)


@pytest.mark.parametrize("evidence", [True, False])
@pytest.mark.parametrize(
    ("on_lapse", "ceased", "on_list"),
    [("keeps", False, False), ("board", False, True), ("ends", True, False)],
)
def test_when_the_ground_ends_the_class_s_rule_is_followed(
    on_lapse: str, *, ceased: bool, on_list: bool, evidence: bool
) -> None:
    member = enter(code="supported")
    MemberClass.objects.filter(code="supported").update(on_lapse=on_lapse)
    if evidence:
        seen(member)
    end_ground(member=member, on=TODAY, why="Support has ended", by=SYSTEM)
    found = Member.objects.get()
    assert (found.ceased == TODAY) == ceased
    assert (lacking() == [found]) == on_list
    noted = Eligibility.objects.get()
    assert (noted.until, noted.ended_because) == (YESTERDAY, "Support has ended")
    assert found.shares_on(TODAY) == 100
    if on_list:
        seen(found, on=TODAY)  # the board let them stay
        assert lacking() == []


def test_a_ground_ends_on_a_day_of_the_membership_with_a_reason() -> None:
    member = enter()
    for changes, field in (
        ({"on": TOMORROW}, "on"),
        ({"on": dt.date(2024, 1, 1)}, "on"),
        ({"why": " "}, "why"),
    ):
        said = {"on": TODAY, "why": "Moved away"} | changes
        with pytest.raises(RuleError) as refusal:
            end_ground(member=member, by=SYSTEM, **said)  # type: ignore[arg-type]
        assert refusal.value.field == field


def test_the_secretary_is_told_once_a_day_and_no_membership_ends(secretary: User) -> None:
    member = enter(code="supported")
    MemberClass.objects.update(on_lapse="ends")
    seen(member, until=YESTERDAY)
    enter("Rita Shaw", code="supported")  # never seen anything: nothing has run out
    assert tell_of_lapses(today=TODAY, by=SYSTEM) == 1
    assert tell_of_lapses(today=TODAY, by=SYSTEM) == 1
    mail = OutboxMessage.objects.get(kind="members.lapses")
    assert mail.to == secretary.email
    assert "1 member" in mail.text
    assert "Dyson" not in mail.text
    assert Member.objects.filter(ceased=None).count() == 2
    assert tell_of_lapses(today=TOMORROW, by=SYSTEM) == 1
    assert OutboxMessage.objects.filter(kind="members.lapses").count() == 1
    assert AuditLine.objects.filter(action="members.tell_of_lapses").count() == 1


def test_after_nights_without_a_worker_each_lapse_is_told_once(secretary: User) -> None:
    seen(enter(code="supported"), until=YESTERDAY)
    seen(enter("Rita Shaw", code="supported"), until=TODAY)
    seen(enter("Tom Hirst", code="supported"), until=dt.date(2026, 2, 1))
    back = TODAY + dt.timedelta(days=10)
    assert tell_of_lapses(today=back, by=SYSTEM) == 2
    assert tell_of_lapses(today=back + dt.timedelta(days=1), by=SYSTEM) == 2
    texts = OutboxMessage.objects.filter(kind="members.lapses").values_list("text", flat=True)
    assert ["Monday 2 March 2026" in text for text in sorted(texts)] == [True, False]
    assert len(texts) == 2


def test_new_evidence_before_the_old_runs_out_is_no_lapse(secretary: User) -> None:
    member = enter(code="supported")
    seen(member, until=YESTERDAY)
    seen(member, on=YESTERDAY)
    assert tell_of_lapses(today=TODAY, by=SYSTEM) == 0
