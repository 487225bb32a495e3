"""Coming to the co-op and leaving it; where the home is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from core.actors import Actor
from core.errors import RuleError
from core.models import User
from members.models import Person
from services import operations
from services.models import AccessLink, AgreementVersion, PersonSupported
from services.rules import Ground
from tests.services.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


def newcomer(**fields: str) -> Person:
    return Person.objects.create(first_name="Olive", last_name="Haigh", **fields)


def add(person: Person, by: Actor, **where: float) -> PersonSupported:
    return operations.add_person_supported(person=person, since=TODAY, by=by, **where)


def test_the_same_person_is_added_once(mavis: PersonSupported, cora: Actor) -> None:
    with pytest.raises(RuleError) as refused:
        add(mavis.person, cora, latitude=53.7, longitude=-2.0)
    assert refused.value.field == "person"


def test_a_home_without_coordinates_lies_among_its_neighbours(
    make_supported: Callable[..., PersonSupported], cora: Actor
) -> None:
    make_supported("Mavis", town="Damside", postcode="QX7 2AB")
    olive = add(newcomer(town="damside", postcode="QX7 9ZZ"), cora)
    assert (olive.latitude, olive.longitude) == (53.72, -1.99)


def test_a_home_that_nobody_knows_the_place_of_is_asked_for(cora: Actor) -> None:
    with pytest.raises(RuleError) as refused:
        add(newcomer(town="Upper Harrow"), cora)
    assert refused.value.field == "latitude"
    assert not PersonSupported.objects.exists()


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [(-1.99, 53.72, "latitude"), (53.72, 53.72, "longitude"), (53.72, None, "latitude")],
)
def test_a_home_outside_the_country_is_refused(
    cora: Actor, latitude: float, longitude: float, field: str
) -> None:
    with pytest.raises(RuleError) as refused:
        add(newcomer(), cora, latitude=latitude, longitude=longitude)
    assert refused.value.field == field


def test_a_home_is_put_right(mavis: PersonSupported, cora: Actor) -> None:
    moved = operations.move_home(supported=mavis, latitude=53.8, longitude=-2.1, by=cora)
    moved.refresh_from_db()
    assert (moved.latitude, moved.longitude) == (53.8, -2.1)


def test_support_ends_after_the_agreement_and_shuts_out_family_and_carers(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    cora: Actor,
    make_user: Callable[..., User],
    link: Callable[..., User],
) -> None:
    link(make_user("fay"), mavis, Ground.FAMILY)
    link(make_user("hal"), mavis, Ground.HEALTH_ATTORNEY)
    with pytest.raises(RuleError, match="End the agreement first"):
        operations.end_support(supported=mavis, last_day=TODAY, by=cora)
    yesterday = TODAY - dt.timedelta(1)
    agreed.agreement.first_day = yesterday
    agreed.agreement.save()
    operations.end_agreement(
        agreement=agreed.agreement, last_day=yesterday, because="Moved", by=cora
    )
    operations.end_support(supported=mavis, last_day=TODAY, by=cora)
    grounds = {link.ground for link in AccessLink.objects.active_at(NOW)}
    assert grounds == {Ground.TEAM, Ground.HEALTH_ATTORNEY}
    with pytest.raises(RuleError, match="already ended"):
        operations.end_support(supported=mavis, last_day=TODAY, by=cora)
    with pytest.raises(RuleError, match="no longer support"):
        operations.draft_agreement(supported=mavis, first_day=TODAY, by=cora)


def test_support_does_not_end_in_the_future_or_before_it_began(
    mavis: PersonSupported, cora: Actor
) -> None:
    for day in (TODAY + dt.timedelta(1), dt.date(2025, 12, 31)):
        with pytest.raises(RuleError) as refused:
            operations.end_support(supported=mavis, last_day=day, by=cora)
        assert refused.value.field == "last_day"
