"""Roles: the one table, Django's groups, and who may give them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from core import permissions_sync
from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, RoleGrant, User
from core.operations import (
    appoint_first_administrator,
    create_user,
    end_lapsed_roles,
    end_role,
    grant_role,
)
from core.permissions import GRANTS, Role

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
MakeUser = Callable[..., User]


@pytest.fixture(autouse=True)
def _on_2_march() -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False):
        yield


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_the_groups_say_what_the_table_says() -> None:
    for role in Role:
        group = Group.objects.get(name=role.label)
        held = {
            f"{p.content_type.app_label}.{p.codename}"
            for p in group.permissions.filter(content_type__model="operation")
        }
        assert held == {name for name, roles in GRANTS.items() if role in roles}


def test_syncing_takes_back_what_the_table_does_not_grant_and_leaves_others_rights() -> None:
    group = Group.objects.get(name=Role.CARER.label)
    foreign = Permission.objects.get(codename="add_page")
    group.permissions.add(foreign, Permission.objects.get(codename="view_audit"))
    permissions_sync.sync()
    assert list(group.permissions.filter(codename="view_audit")) == []
    assert foreign in group.permissions.all()


def test_a_role_gives_its_permissions_and_ending_it_takes_them(
    make_user: MakeUser, secretary: User
) -> None:
    bob = make_user("bob")
    by = Actor("user", user=secretary)
    grant = grant_role(user=bob, role=Role.COORDINATOR, since=TODAY, by=by)
    assert fresh(bob).has_perm("rota.build_rota")
    assert grant.granted_by == secretary
    end_role(grant=grant, by=by)
    assert not fresh(bob).has_perm("rota.build_rota")
    end_lapsed_roles(by=SYSTEM)
    assert not fresh(bob).has_perm("rota.build_rota")
    assert fresh(bob).roles_on(TODAY) == set()


def test_a_role_is_ended_once(make_user: MakeUser, secretary: User) -> None:
    bob = make_user("bob", Role.CARER)
    by = Actor("user", user=secretary)
    grant = bob.role_grants.get()
    end_role(grant=grant, by=by)
    with pytest.raises(RuleError, match="already ended"):
        end_role(grant=grant, by=by)
    grant_role(user=bob, role=Role.CARER, since=TODAY, by=by)
    assert fresh(bob).roles_on(TODAY) == {Role.CARER}


def test_the_only_administrator_stays_until_there_is_another(
    administrator: User, secretary: User, make_user: MakeUser
) -> None:
    by = Actor("user", user=secretary)
    with pytest.raises(RuleError, match="only administrator"):
        end_role(grant=administrator.role_grants.get(), by=by)
    make_user("alan administrator", Role.ADMINISTRATOR)
    end_role(grant=administrator.role_grants.get(), by=by)


def test_a_role_that_runs_out_is_taken_the_day_after(make_user: MakeUser) -> None:
    bob = make_user("bob")
    grant_role(user=bob, role=Role.CARER, since=TODAY, until=TODAY, by=SYSTEM)
    assert end_lapsed_roles(by=SYSTEM) == 0
    with time_machine.travel(dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)):
        assert end_lapsed_roles(by=SYSTEM) == 1
        assert fresh(bob).roles_on(dt.date(2026, 3, 3)) == set()


def test_the_first_administrator_is_made_once() -> None:
    first = appoint_first_administrator(email="ada@example.org", name="Ada", by=SYSTEM)
    assert fresh(first).has_perm("core.manage_roles")
    with pytest.raises(RuleError, match="an administrator already"):
        appoint_first_administrator(email="eve@example.org", name="Eve", by=SYSTEM)
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("first_administrator", "nonsense", "Eve")


def test_a_role_from_next_week_does_nothing_until_then(make_user: MakeUser) -> None:
    bob = make_user("bob")
    grant_role(user=bob, role=Role.TREASURER, since=TODAY + dt.timedelta(days=7), by=SYSTEM)
    assert not fresh(bob).has_perm("members.view_register")
    with time_machine.travel(dt.datetime(2026, 3, 9, 1, tzinfo=dt.UTC)):
        assert end_lapsed_roles(by=SYSTEM) == 1
        assert fresh(bob).has_perm("members.view_register")


def test_nobody_gives_themselves_a_role(secretary: User) -> None:
    with pytest.raises(RuleError, match="cannot give yourself"):
        grant_role(
            user=secretary, role=Role.TREASURER, since=TODAY, by=Actor("user", user=secretary)
        )


def test_a_stranger_and_a_visitor_give_no_roles(stranger: User, make_user: MakeUser) -> None:
    bob = make_user("bob")
    for by in (Actor("user", user=stranger), VISITOR):
        with pytest.raises(PermissionDenied):
            grant_role(user=bob, role=Role.BOARD, since=TODAY, by=by)
    assert not RoleGrant.objects.filter(user=bob).exists()


def test_the_same_role_twice_is_refused_by_the_rule_and_by_the_database(
    make_user: MakeUser,
) -> None:
    bob = make_user("bob", Role.CARER)
    with pytest.raises(RuleError, match="already carer"):
        grant_role(user=bob, role=Role.CARER, since=TODAY, by=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=bob, role=Role.CARER, since=TODAY)


def test_a_role_that_is_to_come_already_is_refused_for_now_and_given_until_then(
    make_user: MakeUser,
) -> None:
    bob = make_user("bob")
    april = dt.date(2026, 4, 1)
    grant_role(user=bob, role=Role.TREASURER, since=april, by=SYSTEM)
    with pytest.raises(RuleError, match="from 1 April 2026 already"):
        grant_role(user=bob, role=Role.TREASURER, since=TODAY, by=SYSTEM)
    grant_role(
        user=bob, role=Role.TREASURER, since=TODAY, until=april - dt.timedelta(days=1), by=SYSTEM
    )
    assert fresh(bob).has_perm("members.view_register")


def test_nobody_is_made_a_member_or_stops_being_one_by_hand(
    make_user: MakeUser, secretary: User
) -> None:
    by = Actor("user", user=secretary)
    with pytest.raises(RuleError, match="by being admitted"):
        grant_role(user=make_user("bob"), role=Role.MEMBER, since=TODAY, by=by)
    mo = make_user("mo", Role.MEMBER)
    with pytest.raises(RuleError, match="by being admitted"):
        end_role(grant=mo.role_grants.get(), by=by)
    assert fresh(mo).has_perm("governance.vote")


def test_a_role_that_would_end_before_it_starts_is_refused(make_user: MakeUser) -> None:
    bob = make_user("bob")
    with pytest.raises(RuleError, match="must not be before"):
        grant_role(
            user=bob, role=Role.CARER, since=TODAY, until=TODAY - dt.timedelta(days=1), by=SYSTEM
        )


def test_every_grant_is_in_the_audit_trail_without_a_name(make_user: MakeUser) -> None:
    bob = make_user("bob builder", Role.CARER)
    line = AuditLine.objects.get(action="core.grant_role")
    assert (line.object_type, line.object_id, line.data) == (
        "core.user",
        str(bob.pk),
        {"role": "carer"},
    )


def test_one_user_per_address_whatever_its_case(make_user: MakeUser) -> None:
    bob = make_user("bob")
    again = create_user(email="BOB@example.org", name="Robert", by=SYSTEM)
    assert again == bob
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Bob@Example.org")
