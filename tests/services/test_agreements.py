"""Agreements: drafted, agreed, changed only by a new version, ended; nonsense refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, User
from core.permissions import Role
from members.models import Skill
from services import operations
from services.models import Agreement, AgreementLine, AgreementVersion, PersonSupported, Visit
from services.recurrence import weekly
from services.rules import LineTerms
from tests.services.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db

Terms = Callable[..., LineTerms]
Agree = Callable[[AgreementVersion], AgreementVersion]
NEXT_MONDAY = TODAY + dt.timedelta(7)


def refused(operation: Callable[..., Any], **arguments: Any) -> RuleError:
    """The refusal, after checking that nothing changed and nothing was logged."""
    before = AuditLine.objects.count(), AgreementVersion.objects.count(), Visit.objects.count()
    with pytest.raises(RuleError) as error:
        operation(**arguments)
    assert before == (
        AuditLine.objects.count(),
        AgreementVersion.objects.count(),
        Visit.objects.count(),
    )
    return error.value


def test_a_draft_has_no_visits_and_an_agreed_version_has(
    draft: AgreementVersion, terms: Terms, agree: Agree, cora: Actor
) -> None:
    operations.add_line(version=draft, terms=terms(), by=cora)
    assert not Visit.objects.exists()
    version = agree(draft)
    assert version.state == "agreed"
    assert version.agreement.state == Agreement.State.ACTIVE
    assert version.recorded_by == cora.user
    assert Visit.objects.count() == 43  # today and six weeks on


def test_an_agreement_that_ends_before_it_starts_is_refused(
    mavis: PersonSupported, cora: Actor
) -> None:
    error = refused(
        operations.draft_agreement,
        supported=mavis,
        first_day=TODAY,
        last_day=TODAY - dt.timedelta(1),
        by=cora,
    )
    assert (error.field, error.message) == (
        "last_day",
        "The agreement would end before it starts.",
    )
    assert not Agreement.objects.exists()


def test_an_agreement_before_support_begins_is_refused(mavis: PersonSupported, cora: Actor) -> None:
    error = refused(
        operations.draft_agreement, supported=mavis, first_day=dt.date(2025, 12, 31), by=cora
    )
    assert error.field == "first_day"


def test_a_second_agreement_beside_the_first_is_refused(
    draft: AgreementVersion, mavis: PersonSupported, cora: Actor
) -> None:
    refused(operations.draft_agreement, supported=mavis, first_day=TODAY, by=cora)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(person_supported=mavis, first_day=TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"first_day": TODAY - dt.timedelta(1)}, "first_day"),
        ({"last_day": TODAY - dt.timedelta(1)}, "last_day"),
        ({"rrule": weekly(["SU"]), "last_day": TODAY + dt.timedelta(5)}, "days"),
        ({}, "start_time"),
    ],
)
def test_a_line_that_cannot_be_changes_nothing(
    draft: AgreementVersion, terms: Terms, cora: Actor, changes: dict[str, Any], field: str
) -> None:
    operations.add_line(version=draft, terms=terms(), by=cora)
    error = refused(operations.add_line, version=draft, terms=terms(**changes), by=cora)
    assert error.field == field
    assert AgreementLine.objects.count() == 1


def test_an_empty_agreement_is_not_agreed(draft: AgreementVersion, cora: Actor) -> None:
    error = refused(
        operations.agree_version,
        version=draft,
        agreed_with="Mavis",
        agreed_as="",
        agreed_on=TODAY,
        by=cora,
    )
    assert "at least one visit" in error.message


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"agreed_with": " "}, "agreed_with"), ({"agreed_on": NEXT_MONDAY}, "agreed_on")],
)
def test_agreeing_says_with_whom_and_not_in_the_future(
    draft: AgreementVersion, terms: Terms, cora: Actor, changes: dict[str, Any], field: str
) -> None:
    operations.add_line(version=draft, terms=terms(), by=cora)
    said = {"agreed_with": "Mavis", "agreed_as": "", "agreed_on": TODAY} | changes
    assert refused(operations.agree_version, version=draft, by=cora, **said).field == field


def test_an_agreed_version_never_changes(
    agreed: AgreementVersion, terms: Terms, agree: Agree, cora: Actor, hoist: Skill
) -> None:
    line = agreed.lines.get()
    for operation, arguments in [
        (operations.add_line, {"version": agreed, "terms": terms(start_time=dt.time(12))}),
        (operations.change_line, {"line": line, "terms": terms(minutes=60)}),
        (operations.remove_line, {"line": line}),
        (operations.discard_draft, {"version": agreed}),
        (operations.redate_draft, {"version": agreed, "since": NEXT_MONDAY}),
    ]:
        assert "does not change" in refused(operation, **arguments, by=cora).message
    with pytest.raises(RuleError):
        agree(agreed)


def test_the_database_refuses_to_change_an_agreed_line(
    agreed: AgreementVersion, hoist: Skill
) -> None:
    line = agreed.lines.get()
    for change in (
        lambda: AgreementLine.objects.filter(pk=line.pk).update(minutes=60),
        lambda: AgreementLine.objects.create(
            version=agreed,
            what="Slipped in",
            rrule="FREQ=DAILY",
            first_day=TODAY,
            start_time=dt.time(12),
            minutes=30,
        ),
        lambda: line.skills.add(Skill.objects.create(code="x", name="X")),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()


def test_a_change_is_a_new_version_with_a_reason_and_the_lines_of_the_old(
    agreed: AgreementVersion, cora: Actor
) -> None:
    agreement = agreed.agreement
    assert (
        refused(
            operations.new_version, agreement=agreement, since=NEXT_MONDAY, reason="", by=cora
        ).field
        == "reason"
    )
    version = operations.new_version(
        agreement=agreement, since=NEXT_MONDAY, reason="Home from hospital", by=cora
    )
    old, new = agreed.lines.get(), version.lines.get()
    assert (version.number, version.state) == (2, "draft")
    assert new.series == old.series
    assert new.terms() == old.terms()
    assert "already being drafted" in (
        refused(
            operations.new_version, agreement=agreement, since=NEXT_MONDAY, reason="x", by=cora
        ).message
    )


def test_a_change_begins_today_at_the_earliest_and_inside_the_agreement(
    agreed: AgreementVersion, cora: Actor
) -> None:
    def since(day: dt.date) -> str:
        agreement = Agreement.objects.get()
        error = refused(operations.new_version, agreement=agreement, since=day, reason="x", by=cora)
        return f"{error.field}: {error.message}"

    assert since(TODAY - dt.timedelta(1)).startswith("since: A change can begin today")
    Agreement.objects.update(last_day=NEXT_MONDAY)
    assert since(NEXT_MONDAY + dt.timedelta(1)).startswith("since: The agreement ends on")


def test_a_change_whose_day_passed_while_it_was_drafted_must_be_dated_again(
    agreed: AgreementVersion, agree: Agree, cora: Actor
) -> None:
    version = operations.new_version(
        agreement=agreed.agreement, since=TODAY, reason="Later call", by=cora
    )
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        with pytest.raises(RuleError, match="today at the earliest"):
            agree(version)
        operations.redate_draft(version=version, since=TODAY + dt.timedelta(1), by=cora)
        assert agree(version).state == "agreed"


def test_a_draft_is_not_dated_past_the_end_of_its_lines(
    draft: AgreementVersion, terms: Terms, cora: Actor
) -> None:
    operations.add_line(version=draft, terms=terms(last_day=TODAY + dt.timedelta(2)), by=cora)
    error = refused(operations.redate_draft, version=draft, since=NEXT_MONDAY, by=cora)
    assert error.field == "since"
    assert Agreement.objects.get().first_day == TODAY


def test_the_version_before_ends_the_day_before_the_change(
    agreed: AgreementVersion, agree: Agree, cora: Actor
) -> None:
    version = agree(
        operations.new_version(
            agreement=agreed.agreement, since=NEXT_MONDAY, reason="Later call", by=cora
        )
    )
    agreed.refresh_from_db()
    assert agreed.until == NEXT_MONDAY - dt.timedelta(1)
    assert not agreed.is_in_force_on(NEXT_MONDAY)
    assert version.is_in_force_on(NEXT_MONDAY)
    assert not version.is_in_force_on(NEXT_MONDAY - dt.timedelta(1))


def test_a_fortnightly_line_keeps_its_weeks_through_a_change(
    draft: AgreementVersion, terms: Terms, agree: Agree, cora: Actor
) -> None:
    operations.add_line(version=draft, terms=terms(rrule=weekly(["MO"], every=2)), by=cora)
    agree(draft)
    days = list(Visit.objects.values_list("date", flat=True))
    agree(operations.new_version(agreement=draft.agreement, since=NEXT_MONDAY, reason="x", by=cora))
    assert list(Visit.objects.planned().values_list("date", flat=True)) == days


def test_discarding_a_first_draft_leaves_nothing_and_a_later_one_only_itself(
    draft: AgreementVersion, terms: Terms, agree: Agree, mavis: PersonSupported, cora: Actor
) -> None:
    operations.discard_draft(version=draft, by=cora)
    assert not Agreement.objects.exists()
    again = operations.draft_agreement(supported=mavis, first_day=TODAY, by=cora)
    operations.add_line(version=again, terms=terms(), by=cora)
    agree(again)
    change = operations.new_version(agreement=again.agreement, since=TODAY, reason="x", by=cora)
    operations.discard_draft(version=change, by=cora)
    assert [version.number for version in AgreementVersion.objects.all()] == [1]


def test_a_line_of_a_draft_is_changed_and_removed(
    draft: AgreementVersion, terms: Terms, cora: Actor
) -> None:
    line = operations.add_line(version=draft, terms=terms(), by=cora)
    changed = operations.change_line(line=line, terms=terms(minutes=60), by=cora)
    assert (changed.minutes, changed.series) == (60, line.series)
    operations.remove_line(line=changed, by=cora)
    assert not AgreementLine.objects.exists()


def test_ending_cancels_what_lies_after_and_shows_as_ended_once_the_day_is_over(
    agreed: AgreementVersion, cora: Actor
) -> None:
    friday = TODAY + dt.timedelta(4)
    agreement = operations.end_agreement(
        agreement=agreed.agreement, last_day=friday, because="Moved to Leeds", by=cora
    )
    assert agreement.state == Agreement.State.ACTIVE
    assert Visit.objects.planned().latest("date").date == friday
    with time_machine.travel(NOW + dt.timedelta(days=5), tick=False):
        assert operations.close_ended_agreements(by=SYSTEM) == 1
        assert operations.close_ended_agreements(by=SYSTEM) == 0
    agreement.refresh_from_db()
    assert agreement.state == Agreement.State.ENDED


def test_ending_needs_a_reason_and_a_possible_day(agreed: AgreementVersion, cora: Actor) -> None:
    agreement = agreed.agreement
    for change, field in [
        ({"because": ""}, "because"),
        ({"last_day": TODAY - dt.timedelta(1)}, "last_day"),
    ]:
        said = {"last_day": TODAY, "because": "Moved"} | change
        error = refused(operations.end_agreement, agreement=agreement, by=cora, **said)
        assert error.field == field


def test_somebody_who_is_no_coordinator_or_cannot_see_the_person_is_refused(
    mavis: PersonSupported, make_user: Callable[..., User], coordinator: User
) -> None:
    tom = Actor("user", user=make_user("tom", Role.TREASURER))
    with pytest.raises(PermissionDenied):
        operations.draft_agreement(supported=mavis, first_day=TODAY, by=tom)
    coordinator.access_links.update(until=NOW)
    with pytest.raises(PermissionDenied):
        operations.draft_agreement(
            supported=mavis, first_day=TODAY, by=Actor("user", user=coordinator)
        )
