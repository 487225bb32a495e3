"""What services/ tells members/ of somebody's support, and what the checklist makes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.actors import SYSTEM, Actor
from members.checklist import standing
from members.models import Application, MemberClass, Person
from members.operations import set_up_member_classes
from members.rules import Check
from members.support import periods_of
from services import operations, recurrence
from services.models import AgreementVersion, PersonSupported
from services.rules import LineTerms
from tests.services.conftest import TODAY

pytestmark = pytest.mark.django_db

Agree = Callable[[AgreementVersion], AgreementVersion]


@pytest.fixture
def supported() -> MemberClass:
    set_up_member_classes(by=SYSTEM)
    asks = {"ground_months": 2, "ground_hours_a_week": Decimal(2)}
    MemberClass.objects.filter(code="supported").update(**asks)
    return MemberClass.objects.get(code="supported")


def check(person: Person, wanted: MemberClass, today: dt.date = TODAY) -> Check | None:
    asked = Application.objects.create(
        reference="AP-1", member_class=wanted, known_person=person, shares=1
    )
    found = {one.code: one for one in standing(asked, today).checks}
    return found.get("ground")


def test_a_version_is_a_period_with_its_hours_a_week(
    agreed: AgreementVersion, mavis: PersonSupported
) -> None:
    [period] = periods_of({mavis.person_id})[mavis.person_id]
    minutes = agreed.lines.get().minutes
    assert (period.since, period.until) == (agreed.since, None)
    assert period.hours_a_week == Decimal(7 * minutes) / 60


def test_every_second_week_counts_by_half(
    draft: AgreementVersion, terms: Callable[..., LineTerms], agree: Agree, cora: Actor
) -> None:
    fortnightly = terms(rrule=recurrence.weekly(["MO"], every=2), minutes=120)
    operations.add_line(version=draft, terms=fortnightly, by=cora)
    version = agree(draft)
    person = version.agreement.person_supported.person_id
    assert [one.hours_a_week for one in periods_of({person})[person]] == [Decimal(1)]


def test_admission_waits_until_support_has_lasted(
    agreed: AgreementVersion, mavis: PersonSupported, supported: MemberClass
) -> None:
    MemberClass.objects.filter(pk=supported.pk).update(ground_hours_a_week=1)
    supported.refresh_from_db()
    waits = check(mavis.person, supported, agreed.since)
    assert waits is not None
    assert not waits.ok
    assert waits.title == "Supported for 2 months, 1 hour a week or more"
    assert waits.found.startswith("That will be on ")


def test_support_of_too_few_hours_is_not_the_ground(
    agreed: AgreementVersion, mavis: PersonSupported, supported: MemberClass
) -> None:
    MemberClass.objects.filter(pk=supported.pk).update(ground_hours_a_week=99)
    supported.refresh_from_db()
    too_few = check(mavis.person, supported)
    assert too_few == Check(
        "ground",
        "Supported for 2 months, 99 hours a week or more",
        False,
        "No agreement of today comes to that.",
    )


def test_support_that_has_lasted_admits(
    agreed: AgreementVersion, mavis: PersonSupported, supported: MemberClass
) -> None:
    MemberClass.objects.filter(pk=supported.pk).update(ground_hours_a_week=1)
    supported.refresh_from_db()
    met = check(mavis.person, supported, agreed.since + dt.timedelta(days=62))
    assert met is not None
    assert met.ok


def test_of_somebody_without_an_agreement_the_evidence_has_to_show_it(
    mavis: PersonSupported, supported: MemberClass
) -> None:
    assert check(mavis.person, supported) is None


def test_many_applications_ask_once(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    make_supported: Callable[..., PersonSupported],
    django_assert_num_queries: Any,
) -> None:
    others = {make_supported(f"N{number}").person_id for number in range(5)}
    with django_assert_num_queries(2):
        assert set(periods_of(others | {mavis.person_id})) == {mavis.person_id}
