"""The roles screen: give, end, and be told why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditLine, RoleGrant, User
from core.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(administrator: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(administrator)


def form(**changes: str) -> dict[str, str]:
    return {
        "name": "Bob Byrne",
        "email": "bob@example.org",
        "role": "coordinator",
        "since": timezone.localdate().isoformat(),
    } | changes


def test_somebody_new_gets_a_role_and_can_sign_in(desk: Client) -> None:
    response = desk.post("/roles/give/", form(), follow=True)
    assert "The role of coordinator is given." in response.content.decode()
    assert User.objects.get(email="bob@example.org").has_perm("rota.build_rota")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"email": "bob"}, "Enter an e-mail address, such as"),
        ({"role": "king"}, "valid choice"),
        ({"since": "31 February 2026"}, "date"),
        ({"until": "2020-01-01"}, "must not be before"),
        ({"role": "member"}, "valid choice"),
    ],
)
def test_a_wrong_form_says_why_and_changes_nothing(
    desk: Client, wrong: dict[str, str], says: str
) -> None:
    before = RoleGrant.objects.count()
    response = desk.post("/roles/give/", form(**wrong))
    assert says in response.content.decode()
    assert RoleGrant.objects.count() == before
    assert not User.objects.filter(email="bob@example.org").exists()


def test_giving_yourself_a_role_is_refused_on_the_page(desk: Client, administrator: User) -> None:
    response = desk.post("/roles/give/", form(email=administrator.email))
    assert "cannot give yourself" in response.content.decode()


def test_ending_a_role_twice_is_told(desk: Client, treasurer: User) -> None:
    grant = treasurer.role_grants.get()
    desk.post(f"/roles/{grant.pk}/end/")
    assert desk.post(f"/roles/{grant.pk}/end/").status_code == 409
    assert not User.objects.get(pk=treasurer.pk).has_perm("members.view_register")


def test_the_list_costs_the_same_whatever_its_length(
    desk: Client, make_user: Callable[..., User], django_assert_num_queries: Callable
) -> None:
    desk.get("/roles/")
    with django_assert_num_queries(QUERIES):
        desk.get("/roles/")
    for number in range(8):
        make_user(f"carer {number}", Role.CARER)
    with django_assert_num_queries(QUERIES):
        desk.get("/roles/")


def test_the_audit_trail_filters_and_costs_the_same_whatever_its_length(
    desk: Client, make_user: Callable[..., User], django_assert_num_queries: Callable
) -> None:
    desk.get("/audit/")
    with django_assert_num_queries(AUDIT_QUERIES):
        page = desk.get("/audit/?action=grant role").content.decode()
    assert "Grant role" in page
    assert "Create user" not in page
    for number in range(8):
        make_user(f"carer {number}", Role.CARER)
    with django_assert_num_queries(AUDIT_QUERIES):
        desk.get("/audit/?action=grant role")
    nothing = desk.get(f"/audit/?until={dt.date(2001, 1, 1)}").content.decode()
    assert "No act matches." in nothing
    assert AuditLine.objects.count() > 8


QUERIES = 13
AUDIT_QUERIES = 17
