"""D1, D3, D5, D6, D9: who may see a care record, which part of it, and who looked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import ReadLine, User
from core.operations import end_lapsed_roles, end_role, grant_role
from core.permissions import Role
from members.models import Person
from services import operations
from services.models import AccessLink, AgreementVersion, PersonSupported, Visit
from services.operations import Window
from services.rules import Ground, Group
from tests.services.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db

MakeUser = Callable[..., User]
SignedIn = Callable[[User], Client]
HOUR = dt.timedelta(hours=1)


def sees(user: User, supported: PersonSupported, group: Group = Group.IDENTITY) -> bool:
    return PersonSupported.objects.visible_to(user, NOW, group).filter(pk=supported.pk).exists()


def test_d1_without_a_link_nobody_sees_anybody(
    agreed: AgreementVersion, make_user: MakeUser, mavis: PersonSupported
) -> None:
    for name, role in [("b", Role.BOARD), ("s", Role.SECRETARY), ("c", Role.CARER)]:
        user = make_user(name, role)
        assert not sees(user, mavis)
        assert not Visit.objects.visible_to(user, NOW).exists()


def test_d1_a_link_opens_one_record_from_its_first_instant_and_not_at_its_last(
    mavis: PersonSupported,
    make_supported: Callable[..., PersonSupported],
    make_user: MakeUser,
    link: Callable[..., User],
) -> None:
    other = make_supported("Norman")
    user = link(make_user("fay"), mavis, Ground.FAMILY, since=NOW, until=NOW + HOUR)
    assert sees(user, mavis)
    assert not sees(user, other)
    visible = PersonSupported.objects.visible_to
    assert not visible(user, NOW - dt.timedelta(seconds=1)).exists()
    assert not visible(user, NOW + HOUR).exists()


def test_two_links_show_a_person_once(
    mavis: PersonSupported, make_user: MakeUser, link: Callable[..., User]
) -> None:
    user = make_user("fay")
    link(user, mavis, Ground.FAMILY)
    link(user, mavis, Ground.HEALTH_ATTORNEY)
    assert PersonSupported.objects.visible_to(user, NOW).count() == 1
    assert mavis.groups_seen_by(user, NOW) >= {Group.HEALTH, Group.VISITS}


def test_coordinators_see_whom_the_team_supports_and_the_person_their_own(
    mavis: PersonSupported,
    coordinator: User,
    make_user: MakeUser,
    make_supported: Callable[..., PersonSupported],
) -> None:
    assert sees(coordinator, mavis)
    own = make_user("nora")
    nora = make_supported("Nora", user=own)
    assert sees(own, nora)
    assert not sees(own, mavis)
    assert nora.person.access_links.get(user=own).ground == Ground.SELF


def test_a_new_coordinator_sees_everybody_and_one_who_leaves_nobody(
    mavis: PersonSupported, make_user: MakeUser
) -> None:
    user = make_user("newt")
    assert not sees(user, mavis)
    grant = grant_role(user=user, role=Role.COORDINATOR, since=TODAY, by=SYSTEM)
    assert sees(user, mavis)
    end_role(grant=grant, by=SYSTEM)
    assert not sees(user, mavis)
    assert AccessLink.objects.get(user=user).until == NOW


def test_a_role_that_begins_later_opens_records_on_its_day(
    mavis: PersonSupported, make_user: MakeUser
) -> None:
    user = make_user("newt")
    grant_role(user=user, role=Role.COORDINATOR, since=TODAY + dt.timedelta(1), by=SYSTEM)
    assert not sees(user, mavis)
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        end_lapsed_roles(by=SYSTEM)
    assert AccessLink.objects.filter(user=user, until__isnull=True).count() == 1


def test_d8_a_link_that_has_ended_stays_to_be_told_of(
    mavis: PersonSupported, make_user: MakeUser, link: Callable[..., User], cora: Actor
) -> None:
    user = link(make_user("fay"), mavis, Ground.FAMILY)
    found = AccessLink.objects.get(user=user)
    operations.close_access(link=found, by=cora)
    assert AccessLink.objects.get(user=user).until == NOW
    with pytest.raises(RuleError, match="already ended"):
        operations.close_access(link=found, by=cora)


def test_links_of_the_team_and_the_person_are_not_ended_one_by_one(
    mavis: PersonSupported, coordinator: User, cora: Actor
) -> None:
    with pytest.raises(RuleError, match="comes with the role"):
        operations.close_access(link=AccessLink.objects.get(user=coordinator), by=cora)


def test_the_same_link_twice_is_refused_also_by_the_database(
    mavis: PersonSupported, make_user: MakeUser, link: Callable[..., User]
) -> None:
    user = link(make_user("fay"), mavis, Ground.FAMILY)
    with pytest.raises(RuleError, match="already see"):
        link(user, mavis, Ground.FAMILY)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessLink.objects.create(person=mavis.person, user=user, ground=Ground.FAMILY, since=NOW)
    with pytest.raises(RuleError) as refused:
        link(make_user("gil"), mavis, Ground.FAMILY, since=NOW, until=NOW)
    assert refused.value.field == "until"


def test_nobody_lets_others_into_a_record_they_do_not_see(
    mavis: PersonSupported, make_user: MakeUser, cora: Actor, coordinator: User
) -> None:
    coordinator.access_links.update(until=NOW)
    with pytest.raises(PermissionDenied):
        operations.open_access(
            person=mavis.person, user=make_user("fay"), ground=Ground.FAMILY, since=NOW, by=cora
        )


def test_only_the_person_has_the_ground_of_the_person(
    mavis: PersonSupported, make_user: MakeUser, cora: Actor
) -> None:
    with pytest.raises(RuleError) as refused:
        operations.open_access(
            person=mavis.person, user=make_user("fay"), ground=Ground.SELF, since=NOW, by=cora
        )
    assert refused.value.field == "ground"


def test_d2_the_rota_replaces_its_own_windows_and_no_others(
    mavis: PersonSupported, make_user: MakeUser, link: Callable[..., User]
) -> None:
    ann, bob = make_user("ann", Role.CARER), make_user("bob", Role.CARER)
    link(bob, mavis, Ground.FAMILY)
    person = mavis.person_id

    def replace(*windows: Window) -> int:
        return operations.replace_access(source="rota 1", windows=windows, by=SYSTEM)

    window = Window(person, ann.pk, NOW - HOUR, NOW + HOUR)
    assert replace(window) == 1
    assert sees(ann, mavis)
    assert replace(window) == 0
    assert replace(Window(person, bob.pk, NOW + HOUR, NOW + 2 * HOUR)) == 1
    assert not sees(ann, mavis)
    assert sees(bob, mavis)  # as family
    replace()
    later = AccessLink.objects.get(user=bob, ground=Ground.ROTA)
    assert later.until == later.since  # it never held
    with pytest.raises(RuleError):
        replace(Window(person, ann.pk, NOW, NOW))


def test_d9_an_ended_link_shuts_the_next_page(
    mavis: PersonSupported,
    make_user: MakeUser,
    link: Callable[..., User],
    cora: Actor,
    signed_in: SignedIn,
) -> None:
    user = link(make_user("fay"), mavis, Ground.FAMILY)
    page, browser = reverse("services:care", args=[mavis.pk]), signed_in(user)
    assert browser.get(page).status_code == 200
    operations.close_access(link=AccessLink.objects.get(user=user), by=cora)
    assert browser.get(page).status_code == 404


@pytest.mark.parametrize(
    ("ground", "sees_health", "sees_who_agreed", "sees_who_looked"),
    [
        (Ground.FAMILY, False, False, False),
        (Ground.MONEY_ATTORNEY, False, True, True),
        (Ground.HEALTH_ATTORNEY, True, True, True),
        (Ground.ROTA, True, False, False),
    ],
)
def test_d3_each_ground_sees_its_fields_on_the_page(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    make_user: MakeUser,
    link: Callable[..., User],
    signed_in: SignedIn,
    ground: Ground,
    sees_health: bool,
    sees_who_agreed: bool,
    sees_who_looked: bool,
) -> None:
    browser = signed_in(link(make_user("fay"), mavis, ground))
    page = browser.get(reverse("services:care", args=[mavis.pk])).content.decode()
    assert "Morning call" in page
    assert ("Key safe" in page) is sees_health
    assert ("Hoist" in page) is sees_health
    assert ("Agreed with" in page) is sees_who_agreed
    assert ("Who looked" in page) is sees_who_looked
    for name in ("services:who_looked", "services:who_may_see"):
        opened = browser.get(reverse(name, args=[mavis.pk])).status_code == 200
        assert opened is sees_who_looked


def test_d3_a_pause_in_hospital_does_not_say_so_to_those_who_see_no_health(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    make_user: MakeUser,
    link: Callable[..., User],
    signed_in: SignedIn,
    cora: Actor,
) -> None:
    operations.pause_visits(
        supported=mavis, first_day=TODAY, last_day=None, why="hospital", note="Hip", by=cora
    )
    url = reverse("services:care", args=[mavis.pk])
    fay = signed_in(link(make_user("fay"), mavis, Ground.FAMILY)).get(url).content.decode()
    hal = signed_in(link(make_user("hal"), mavis, Ground.HEALTH_ATTORNEY)).get(url)
    assert "Visits are paused" in fay
    assert "hospital" not in fay
    assert "in hospital" in hal.content.decode()


def test_d5_each_group_that_a_page_shows_is_written_down(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    make_user: MakeUser,
    link: Callable[..., User],
    signed_in: SignedIn,
) -> None:
    user = link(make_user("fay"), mavis, Ground.FAMILY)
    signed_in(user).get(reverse("services:care", args=[mavis.pk]))
    lines = ReadLine.objects.filter(user=user, subject_id=mavis.person_id)
    assert {line.group for line in lines} == {"identity", "contact", "visits"}


def test_d5_a_list_writes_down_whom_it_showed(
    mavis: PersonSupported,
    make_supported: Callable[..., PersonSupported],
    coordinator: User,
    signed_in: SignedIn,
) -> None:
    norman = make_supported("Norman")
    signed_in(coordinator).get(reverse("services:people"))
    shown = ReadLine.objects.filter(user=coordinator, why="list", group="identity")
    assert {line.subject_id for line in shown} == {mavis.person_id, norman.person_id}


def test_d6_the_person_reads_in_plain_words_who_looked(
    make_supported: Callable[..., PersonSupported],
    coordinator: User,
    make_user: MakeUser,
    signed_in: SignedIn,
) -> None:
    nora = make_supported("Nora", user=make_user("nora"))
    signed_in(coordinator).get(reverse("services:person", args=[nora.pk]))
    page = signed_in(nora.person.user).get(reverse("services:who_looked", args=[nora.pk]))
    text = " ".join(page.content.decode().split())
    assert "Monday 2 March 2026" in text
    assert "Cora Coordinator" in text
    assert "(coordinator of the team)" in text
    assert "name and birthday, address and phone, visits and agreement, health notes" in text
    assert "You" in text


def test_letting_somebody_in_gives_them_a_sign_in(mavis: PersonSupported, cora: Actor) -> None:
    operations.add_to_circle(
        supported=mavis,
        first_name="Fay",
        last_name="Ogden",
        email="fay@example.org",
        ground=Ground.FAMILY,
        by=cora,
    )
    assert sees(User.objects.get(email="fay@example.org"), mavis)


def test_an_address_that_is_known_under_another_name_is_refused(
    mavis: PersonSupported, cora: Actor
) -> None:
    Person.objects.create(first_name="Gil", last_name="Shaw", email="fay@example.org")
    with pytest.raises(RuleError) as refused:
        operations.add_to_circle(
            supported=mavis,
            first_name="Fay",
            last_name="Ogden",
            email="FAY@example.org",
            ground=Ground.FAMILY,
            by=cora,
        )
    assert refused.value.field == "email"
    assert not User.objects.filter(email="fay@example.org").exists()


def test_the_circle_does_not_make_carers_or_coordinators(
    mavis: PersonSupported, cora: Actor
) -> None:
    person = Person.objects.create(first_name="A", last_name="B", email="a@example.org")
    for ground in (Ground.TEAM, Ground.ROTA):
        with pytest.raises(RuleError):
            operations.let_in(supported=mavis, person=person, ground=ground, by=cora)
